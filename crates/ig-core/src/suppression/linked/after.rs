//! Suppression of a table of which readers have kept earlier releases.

mod together;

use super::over_time::Releases;
use super::releases::{EarlierCounts, Finished};
use super::union::{Part, Union};
use crate::error::{Error, MisuseError, PolicyError, Result};
use crate::suppression::audit_table::{AuditTableOptions, check, layout_options};
use crate::suppression::cell::{Cell, Reason};
use crate::suppression::layout::{Layout, Listed, Tops};
use crate::suppression::marked::Marked;
use crate::suppression::options::{Margins, SuppressOptions};
use crate::suppression::policy::{Secondary, SuppressionPolicy, Totals};
use crate::suppression::progress::{Progress, carry_on};
use crate::suppression::protect::Insiders;
use crate::suppression::result::SuppressionResult;
use crate::suppression::rounding::Rounding;
use crate::suppression::secondary::{self, Before, Hidden};
use crate::suppression::suppress::{check_exempt, check_key, check_options, decide, exempt_cells, suppress_watched};
use crate::suppression::table::CountTable;
use crate::suppression::table_audit::TableAudit;
use std::ops::ControlFlow;
use together::Together;

/// As [`suppress`](super::super::suppress()), for readers who have kept earlier releases, the oldest first.
///
/// What [`suppress`](super::super::suppress()) guarantees holds for a reader of this table and all earlier releases, at
/// the levels `exact` and `interval`: a cell that was hidden before and may be small is not given back by what is shown
/// now, nor the other way round. With [`EarlierCounts::Same`], the releases show the same counts, and a cell that was
/// shown once is shown again. With [`EarlierCounts::Grown`], counts can only have grown, and what a row grew by since
/// is a small count of its own where it is one. The releases are finished tables with their markers; they are taken
/// to be made by a rule with the same treatment of zeros, and rounded as this rule rounds unless a number says otherwise.
///
/// Does **not** protect against releases that are not given, or against other tables. A small count that the earlier
/// releases give away by themselves cannot be taken back: nothing is returned then.
///
/// # Errors
/// - `policy.not_protected`: whatever is hidden now, the releases together give a small
///   count back.
/// - `policy.releases_differ`: an earlier release and the counts cannot both be true, or, for counts that have grown, a
///   row of an earlier release is not in the table.
/// - `policy.margins_unavailable`: the rule makes totals from rounded parts.
/// - Those of [`suppress`](super::super::suppress()); `misuse.argument` for cells that are not one for each row.
///
/// ```
/// use ig_core::suppression::{
///     CountTable, EarlierCounts, Margins, Marked, SuppressOptions, SuppressionPolicy, suppress_after,
/// };
///
/// let keys = || vec![vec![Some("A"), Some("B"), Some("C"), Some("Total")]];
/// let table = CountTable::new(["site"], keys(), vec![Some(3), Some(12), Some(40), Some(55)])?;
/// let before = [Marked::Hidden, Marked::Count(12), Marked::Hidden, Marked::Count(55)];
/// let options = SuppressOptions { margins: Margins::Given, ..SuppressOptions::default() };
/// let policy = SuppressionPolicy::preset("under5")?;
/// let made = suppress_after(&table, &[(&table, &before)], EarlierCounts::Same, &policy, &options)?;
/// // Alone, 12 would be hidden rather than 40; but 12 is known, and 40 would then give the 3 back.
/// assert_eq!(made.publish().display(), ["*", "12", "*", "55"]);
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn suppress_after(
    table: &CountTable,
    earlier: &[Finished<'_>],
    counts: EarlierCounts,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
) -> Result<SuppressionResult> {
    suppress_after_watched(table, earlier, counts, policy, options, &carry_on)
}

/// As [`suppress_after`], with a hook that is told how far the run is and can stop it.
///
/// # Errors
/// As [`suppress_after`]; `policy.interrupted` if the hook says so.
pub fn suppress_after_watched(
    table: &CountTable,
    earlier: &[Finished<'_>],
    counts: EarlierCounts,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<SuppressionResult> {
    if earlier.is_empty() {
        return suppress_watched(table, policy, options, hook);
    }
    run(table, earlier, counts, policy, options, hook).map_err(|error| table.own_rows(error))
}

fn run(
    table: &CountTable,
    earlier: &[Finished<'_>],
    counts: EarlierCounts,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<SuppressionResult> {
    if policy.totals() == Totals::SumOfRounded {
        let reason =
            "the rule makes totals from the rounded cells, and those of earlier releases cannot be told from it";
        return Err(PolicyError::MarginsUnavailable { reason: reason.into() }.into());
    }
    check_key(policy, None)?;
    check_options(table, policy, options)?;
    let now = Layout::new(table, options)?;
    now.check(table)?;
    let exempt = exempt_cells(table, &now, policy, options)?;
    check_exempt(options, &[(table, &now)])?;
    let decided = decide(&now, policy, &exempt, None)?;
    let mut layouts = vec![now];
    let mut asked = Vec::with_capacity(earlier.len());
    for (release, cells) in earlier {
        if release.dimensions() != table.dimensions() {
            let expected = "releases with the key columns of the table, in its order".into();
            return Err(MisuseError::Argument { name: "earlier".into(), expected }.into());
        }
        let (layout, how) = lay_out(release, cells, policy, options)?;
        layouts.push(layout);
        asked.push(how);
    }
    let tables = std::iter::once(table).chain(earlier.iter().map(|(table, _)| *table));
    let parts: Vec<Part> = tables.zip(&layouts).map(|(table, layout)| Part { table, layout }).collect();
    let moments: Vec<usize> = (0..parts.len()).collect();
    let union = Union::of(&parts, &options.total_label)?;
    let releases = Releases { parts: &parts, moments: &moments, names: &[], union: &union };
    let cells: Vec<&[Marked]> = earlier.iter().map(|(_, cells)| *cells).collect();
    let all = match counts {
        EarlierCounts::Same => Together::same(&releases),
        EarlierCounts::Grown => Together::grown(&releases, &options.total_label)?,
    };
    let known = all.known(&releases, &cells, &asked, policy)?;
    let level = options.secondary.unwrap_or(policy.secondary());
    let size = all.system.cells();
    let mut open = vec![false; size];
    let mut chosen = vec![Cell::Suppressed(Reason::Missing); size];
    for (own, cell) in all.places[0].iter().enumerate().filter_map(|(own, cell)| Some((own, (*cell)?))) {
        if layouts[0].listed[own] != Listed::NotPublished {
            (open[cell], chosen[cell]) = (exempt[own], decided[own]);
        }
    }
    for &cell in &known.small {
        chosen[cell] = Cell::Suppressed(Reason::Primary);
    }
    let layout = Layout {
        system: all.system.clone(),
        axes: Vec::new(),
        counts: known.counts,
        listed: known.listed,
        margins: options.margins,
    };
    let mut hidden = Hidden {
        layout: &layout,
        policy,
        options,
        level,
        exempt: &open,
        derived: &vec![false; size],
        before: Some(Before { shown: &known.before.shown, told: &known.told, asked: &known.before.targets }),
        insiders: Insiders::Pooling,
        cells: chosen,
    };
    let (found, shown) = secondary::hide_and_audit(&mut hidden, hook).map_err(|error| match error {
        Error::Policy(PolicyError::PrimaryGivenAway { .. }) => {
            PolicyError::NotProtected { cells: 1, level: level.as_str().into() }.into()
        }
        Error::Policy(PolicyError::InconsistentRelation { relation }) => {
            let cells: Vec<usize> = all.system.relation(relation - 1).iter().map(|term| term.cell as usize).collect();
            all.differ(&releases, &known.before, &cells)
        }
        other => other,
    })?;
    let chosen = hidden.cells;
    let rows = union.rows(0, &layouts[0]);
    let mut row_of = vec![None; union.system.cells()];
    rows.iter().enumerate().for_each(|(row, &cell)| row_of[cell] = Some(row));
    let published_row: Vec<Option<usize>> = all.of.iter().map(|of| of.and_then(|of| row_of[of])).collect();
    // What has no row in the table cannot be told of in its audit, so it is not let through at any level.
    let failed = |cell: &&super::super::attack::Inferred| {
        !cell.passed() && (level != Secondary::None || published_row[cell.cell].is_none())
    };
    let failed = found.cells.iter().filter(failed).count();
    if failed > 0 {
        return Err(PolicyError::NotProtected { cells: failed, level: level.as_str().into() }.into());
    }
    let names = |cell: usize| all.names[cell].clone();
    let audit = match counts {
        EarlierCounts::Same => TableAudit::new(&found, &all.system, &shown, &rows, &names),
        EarlierCounts::Grown => TableAudit::over_time(&found, &all.system, &shown, &published_row, &all.about, &names),
    };
    let mut place_of = vec![None; union.system.cells()];
    for (own, cell) in releases.cells_of(0) {
        place_of[cell] = all.places[0][own];
    }
    let decided: Option<Vec<Cell>> = rows.iter().map(|&cell| place_of[cell].map(|cell| chosen[cell])).collect();
    let keys = layouts[0].keys_of(&layouts[0].rows_in_order(), table);
    Ok(SuppressionResult::new(keys, decided.unwrap_or_default(), policy.marker().to_owned(), audit))
}

/// Lays an earlier release out, and says how it was made.
fn lay_out(
    release: &CountTable,
    cells: &[Marked],
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
) -> Result<(Layout, AuditTableOptions)> {
    // A number that is no multiple of the base says that the release was not rounded.
    let rounded = |cell: &Marked| match cell {
        Marked::Count(count) => policy.rounding().counts_shown_as(*count).is_some(),
        _ => true,
    };
    let how = AuditTableOptions {
        margins: Margins::Given,
        total_label: options.total_label.clone(),
        hierarchies: options.hierarchies.clone(),
        zeros: policy.zeros(),
        threshold: policy.threshold().max(1),
        rounding: if cells.iter().all(rounded) { policy.rounding() } else { Rounding::None },
        ..AuditTableOptions::default()
    };
    check(release, cells, &how)?;
    let layout = Layout::with_tops(release, &layout_options(&how), Tops::AsListed)?;
    // Without totals on either side, combinations that are left out say nothing.
    if options.margins == Margins::None && !layout.lists_a_total() {
        return Ok((Layout::with_tops(release, &SuppressOptions::default(), Tops::AsListed)?, how));
    }
    Ok((layout, how))
}

#[cfg(test)]
mod tests;
