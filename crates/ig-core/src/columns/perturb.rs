//! Tables of record batches that are rounded instead of hidden.

use super::suppress::{CellTable, batch_of};
use crate::error::Error;
use crate::suppression::SuppressOptions;
use crate::suppression::perturb::{
    AdditiveRounding, Choice, RandomRounder, RoundedTable, round_table_additively, round_table_randomly,
};
use arrow::array::RecordBatch;

/// The cells with their totals, each rounded at random: see [`round_table_randomly`].
///
/// # Errors
/// Those of [`round_table_randomly`]; `misuse.argument` if a key column has the count's name.
pub fn round_cells_randomly(
    cells: &CellTable,
    options: &SuppressOptions,
    rounder: &RandomRounder,
    count: &str,
) -> Result<RecordBatch, Error> {
    let table = round_table_randomly(&cells.table()?, options, rounder)?;
    batch_of(cells, &table, options, count)
}

/// The cells with their totals, rounded so that all sums hold, and how: see [`round_table_additively`].
///
/// # Errors
/// Those of [`round_table_additively`]; `misuse.argument` if a key column has the count's name.
pub fn round_cells_additively(
    cells: &CellTable,
    options: &SuppressOptions,
    rounding: AdditiveRounding,
    choice: Choice<'_>,
    count: &str,
) -> Result<(RecordBatch, RoundedTable), Error> {
    let (table, rounded) = round_table_additively(&cells.table()?, options, rounding, choice)?;
    Ok((batch_of(cells, &table, options, count)?, rounded))
}
