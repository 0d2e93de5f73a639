//! Whole tables, with their totals, rounded instead of hidden.

use super::controlled::{AdditiveRounding, Choice, RoundedTable, round_additively};
use super::random::RandomRounder;
use crate::error::{PolicyError, Result};
use crate::suppression::layout::Layout;
use crate::suppression::options::{Margins, SuppressOptions};
use crate::suppression::suppress::check_margins;
use crate::suppression::table::CountTable;

/// Rounds every cell of a table at random, totals too, as [`RandomRounder::round_table`] does: sums do not hold, and the
/// same cell has the same result in every table. Totals are added or given as the options say.
///
/// # Errors
/// Those of [`CountTable::with_totals`] and [`RandomRounder::round_table`].
pub fn round_table_randomly(
    table: &CountTable,
    options: &SuppressOptions,
    rounder: &RandomRounder,
) -> Result<CountTable> {
    let table = table.with_totals(options)?;
    let label = (options.margins != Margins::None).then(|| options.total_label.trim());
    let counts = rounder.round_table(&table, label)?;
    Ok(table.with_counts(counts))
}

/// Rounds a table so that all its sums hold, as [`round_additively`] does, and says how.
///
/// # Errors
/// Those of [`CountTable::with_totals`] and [`round_additively`]; `policy.missing_count` for a count that is missing or
/// that given totals leave open.
pub fn round_table_additively(
    table: &CountTable,
    options: &SuppressOptions,
    rounding: AdditiveRounding,
    choice: Choice<'_>,
) -> Result<(CountTable, RoundedTable)> {
    check_margins(table, options)?;
    let layout = Layout::new(table, options)?;
    layout.check(table)?;
    if let Some(cell) = layout.counts.iter().position(Option::is_none) {
        return Err(PolicyError::MissingCount { row: layout.some_row(cell) }.into());
    }
    let counts: Vec<i64> = layout.counts.iter().flatten().copied().collect();
    let rounded = round_additively(&layout.system, &counts, rounding, choice)?;
    let out = layout.rows_in_order();
    let shown = out.iter().map(|&cell| Some(rounded.counts()[cell])).collect();
    Ok((CountTable::of_keys(layout.keys_of(&out, table), shown), rounded))
}
