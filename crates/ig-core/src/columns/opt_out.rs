//! Leaves the rows of people who opted out away.

use super::checks::{Numbers, nhs_numbers};
use super::invalid::Place;
use super::schema::column_position;
use crate::error::{Error, MisuseError};
use crate::opt_out::{OptOutCounts, OptOutFilter, RowOutcome};
use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;

/// The rows of a batch that may stay, by the NHS numbers of one column; every row is counted.
///
/// Call [`OptOutFilter::finish`] with the counts of all batches before the rows are used: it refuses numbers
/// that were never checked.
///
/// # Errors
/// `misuse.column_missing`, `misuse.column_type`
pub fn exclude_opted_out(
    filter: &OptOutFilter<'_>,
    batch: &RecordBatch,
    id: &str,
    counts: &mut OptOutCounts,
) -> Result<RecordBatch, Error> {
    keep_rows(filter, batch, id, counts, |_| ())
}

/// As [`exclude_opted_out`], and shows every number on its way, also of rows that go.
pub(crate) fn keep_rows(
    filter: &OptOutFilter<'_>,
    batch: &RecordBatch,
    id: &str,
    counts: &mut OptOutCounts,
    seen: impl FnOnce(&Numbers),
) -> Result<RecordBatch, Error> {
    let column = batch.column(column_position(&batch.schema(), id)?);
    let found = nhs_numbers(column, &Place::column(id))?;
    seen(&found);
    let stays = found.rows.iter().map(|&person| {
        let outcome = filter.decide(person);
        counts.add(outcome);
        Some(outcome == RowOutcome::Keep)
    });
    let stays: BooleanArray = stays.collect();
    filter_record_batch(batch, &stays).map_err(|_| MisuseError::PanicInside {}.into())
}
