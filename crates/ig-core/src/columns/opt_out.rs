//! Leaves the rows of people who opted out away.

use super::checks::{Numbers, nhs_numbers};
use super::invalid::Place;
use super::schema::column_position;
use crate::error::{Error, MisuseError};
use crate::opt_out::{OptOutCounts, OptOutFilter};
use arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use arrow::buffer::{BooleanBuffer, Buffer};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema};
use std::sync::Arc;

/// The rows of a batch that may stay, by the NHS numbers of one column; every row is counted.
///
/// Call [`OptOutFilter::finish`] with the counts of all batches before the rows are used: it refuses numbers
/// that were never checked.
///
/// # Errors
/// `misuse.column_missing`, `misuse.column_type`
pub fn exclude_opted_out(
    filter: &OptOutFilter,
    batch: &RecordBatch,
    id: &str,
    counts: &mut OptOutCounts,
) -> Result<RecordBatch, Error> {
    keep_rows(filter, batch, id, counts, |_, _| ())
}

/// As [`exclude_opted_out`], and gives which rows may stay in place of them: one column `stays`, without nulls.
///
/// # Errors
/// As [`exclude_opted_out`].
pub fn rows_that_stay(
    filter: &OptOutFilter,
    batch: &RecordBatch,
    id: &str,
    counts: &mut OptOutCounts,
) -> Result<RecordBatch, Error> {
    let column = batch.column(column_position(&batch.schema(), id)?);
    let stays = stays(filter, &nhs_numbers(column, &Place::column(id))?, counts);
    let schema = Schema::new(vec![Field::new("stays", DataType::Boolean, false)]);
    RecordBatch::try_new(Arc::new(schema), vec![Arc::new(stays)]).map_err(|_| MisuseError::PanicInside {}.into())
}

/// Whether the row of each number may stay; a missing or invalid number is asked about like any other.
///
/// What was never checked stops the run here too, unless the filter withholds it; an engine shows one batch at a time.
pub(super) fn may_stay(filter: &OptOutFilter, array: &ArrayRef, place: &Place) -> Result<ArrayRef, Error> {
    let mut counts = OptOutCounts::default();
    let stays = stays(filter, &nhs_numbers(array, place)?, &mut counts);
    filter.finish(&counts)?;
    Ok(Arc::new(stays))
}

fn stays(filter: &OptOutFilter, found: &Numbers, counts: &mut OptOutCounts) -> BooleanArray {
    let words = Buffer::from_vec(filter.stays(&found.rows, counts));
    BooleanBuffer::new(words, 0, found.rows.len()).into()
}

/// As [`exclude_opted_out`], and shows every number on its way, also of rows that go, and which rows stay.
pub(crate) fn keep_rows(
    filter: &OptOutFilter,
    batch: &RecordBatch,
    id: &str,
    counts: &mut OptOutCounts,
    seen: impl FnOnce(&Numbers, &BooleanArray),
) -> Result<RecordBatch, Error> {
    let column = batch.column(column_position(&batch.schema(), id)?);
    let found = nhs_numbers(column, &Place::column(id))?;
    let stays = stays(filter, &found, counts);
    seen(&found, &stays);
    filter_record_batch(batch, &stays).map_err(|_| MisuseError::PanicInside {}.into())
}
