//! Minimise and transform: the agreed fields of a batch, each with its one transform.

use crate::agreement::{Dataset, Field, FieldTransform};
use crate::columns::{ColumnAct, OnInvalid, Place, PreparedAct, column_of};
use crate::error::Error;
use crate::key::Key;
use crate::mask::{AgeBand, MaskPartial};
use crate::postcode::PostcodeLevel;
use crate::pseudonym::{Context, Kind, PseudonymFormat, Pseudonymiser};
use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Schema};

/// One field of the agreement, ready to be applied.
pub(super) struct PreparedField {
    pub(super) name: String,
    pub(super) position: usize,
    /// None keeps the values.
    pub(super) act: Option<PreparedAct>,
    /// Cells that were not valid and were set to null.
    pub(super) invalid: u64,
}

/// Finds the fields in a source and makes their transforms ready, before any row is read.
pub(super) fn prepare(
    dataset: &Dataset,
    schema: &Schema,
    context: &Context,
    key: impl Fn() -> Result<Option<Key2>, Error>,
) -> Result<Vec<PreparedField>, Error> {
    let _ = (dataset, schema, context, key);
    unimplemented!()
}
