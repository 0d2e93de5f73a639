//! From plugin arguments to an act of the core, and the act on a column.

use crate::abi::as_view;
use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field};
use ig_core::columns::{ColumnAct, Place};
use ig_core::{Error, MisuseError};

fn parse(arguments: &[u8]) -> Result<ColumnAct, Error> {
    serde_pickle::from_slice(arguments, serde_pickle::DeOptions::new()).map_err(|_| {
        MisuseError::Argument {
            name: "the plan".to_owned(),
            expected: "an act of this version of nhs_ig; make the expression again with the version that runs it"
                .to_owned(),
        }
        .into()
    })
}

/// The output column's name and type for an act on a column.
///
/// # Errors
/// `misuse.argument` if the arguments are not an act.
pub fn output_field(input: &Field, arguments: &[u8]) -> Result<Field, Error> {
    Ok(field_after(&parse(arguments)?, input))
}

/// Applies an act to the chunks of one column.
///
/// # Errors
/// Those of the act; row numbers are counted within this batch and say so.
pub fn act_on_chunks(name: &str, chunks: &[ArrayRef], arguments: &[u8]) -> Result<Vec<ArrayRef>, Error> {
    chunks_after(&parse(arguments)?, name, chunks)
}

pub(crate) fn field_after(act: &ColumnAct, input: &Field) -> Field {
    let data_type = match act.output_type().data_type(input.data_type()) {
        DataType::LargeUtf8 => DataType::Utf8View,
        DataType::LargeBinary => DataType::BinaryView,
        other => other,
    };
    Field::new(input.name(), data_type, true)
}

pub(crate) fn chunks_after(act: &ColumnAct, name: &str, chunks: &[ArrayRef]) -> Result<Vec<ArrayRef>, Error> {
    // Polars takes text and bytes back as views.
    let act = act.prepare()?.with_layout(as_view);
    Ok(act.apply_chunks(chunks, &Place::batch(name))?.chunks)
}
