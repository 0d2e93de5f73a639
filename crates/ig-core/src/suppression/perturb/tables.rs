//! Whole tables, with their totals, rounded instead of hidden.

use super::controlled::{AdditiveRounding, Choice, RoundedTable, round_additively};
use super::p_table::PerturbationTable;
use super::random::RandomRounder;
use super::record_key::CellKeys;
use crate::error::{MisuseError, PolicyError, Result};
use crate::suppression::layout::{Layout, Listed};
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

/// The counts of a table of people with the noise of their cell keys; totals have that of all people in them.
///
/// `people` counts the rows of the table's cells, `table` names these cells in the same order. The same people have the
/// same noise in every table, whatever the table calls them: totals of one table and cells of another agree.
///
/// # Errors
/// Those of [`CountTable::with_totals`] and [`PerturbationTable::perturb`]; `policy.margins_unavailable` for totals that are given;
/// `misuse.argument` if `people` has other cells.
///
/// ```
/// use ig_core::suppression::perturb::{CellKeys, PerturbationTable, PerturbationTableSettings, perturb_table};
/// use ig_core::suppression::{CountTable, Margins, SuppressOptions};
///
/// let settings = PerturbationTableSettings { bits: 8, max_noise: 5, variance: 2, unpublished: 0 };
/// let noise = PerturbationTable::new(settings)?;
/// let names = CountTable::from_microdata(["sex"], &[vec![Some("F"), Some("M"), Some("F")]])?;
/// let people = CellKeys::of_rows(2, &[0, 1, 0], &[3_111_222_333, 44, 5_000])?;
/// let options = SuppressOptions { margins: Margins::All, ..SuppressOptions::default() };
/// let shown = perturb_table(&names, &people, &noise, &options)?;
/// // The total has the noise of its own people, not the sum of its parts'.
/// let (count, key) = people.total(&[0, 1])?;
/// assert_eq!(shown.counts()[2], Some(noise.perturb(&[count], &[key])?[0]));
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn perturb_table(
    table: &CountTable,
    people: &CellKeys,
    noise: &PerturbationTable,
    options: &SuppressOptions,
) -> Result<CountTable> {
    if people.counts().len() != table.rows() {
        let (name, expected) = ("people".into(), "as many cells as the table has".into());
        return Err(MisuseError::Argument { name, expected }.into());
    }
    if matches!(options.margins, Margins::Given | Margins::Reconciled) {
        let reason = "people are counted here, and no row is a total; state margins=\"all\" to add totals";
        return Err(PolicyError::MarginsUnavailable { reason: reason.into() }.into());
    }
    let counted = table.with_counts(people.counts().iter().copied().map(Some).collect());
    check_margins(&counted, options)?;
    let layout = Layout::new(&counted, options)?;
    let mut keys: Vec<Option<u32>> = layout
        .listed
        .iter()
        .map(|listed| match listed {
            Listed::Row(row) => Some(people.cell_keys()[*row]),
            Listed::ReadAsZero => Some(0),
            Listed::Added | Listed::NotPublished => None,
        })
        .collect();
    layout.each_sum(|total, parts| {
        let sum = parts.iter().try_fold(0_u32, |sum, &part| Some(sum.wrapping_add(keys[part]?)));
        keys[total] = sum.or(keys[total]);
        Ok(())
    })?;
    let out = layout.rows_in_order();
    let counts: Vec<i64> = out.iter().map(|&cell| layout.counts[cell].unwrap_or(0)).collect();
    let cell_keys: Vec<u32> = out.iter().map(|&cell| keys[cell].unwrap_or(0)).collect();
    let shown = noise.perturb(&counts, &cell_keys)?.into_iter().map(Some).collect();
    Ok(CountTable::of_keys(layout.keys_of(&out, &counted), shown))
}
