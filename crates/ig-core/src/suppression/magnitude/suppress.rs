//! The act: hide unsafe totals and what would give them back, and audit the outcome.

use super::contribution_table::ContributionTable;
use super::contributions::Contributions;
use super::hide::Hiding;
use super::rules::{MagnitudeFlags, MagnitudeRules, primary};
use super::width::{Width, width};
use crate::error::{MisuseError, PolicyError, Result};
use crate::suppression::cell::{Cell, Reason};
use crate::suppression::layout::{Hierarchy, Layout, Listed};
use crate::suppression::options::{Margins, SuppressOptions};
use crate::suppression::policy::{Secondary, SuppressionPolicy, Zeros};
use crate::suppression::progress::{Progress, carry_on};
use crate::suppression::result::SuppressionResult;
use crate::suppression::rounding::Rounding;
use crate::suppression::suppress::check_margins;
use crate::suppression::table_audit::TableAudit;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// Settings of one [`suppress_magnitudes`] call; the default asks for nothing beyond the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MagnitudeOptions {
    /// The level of secondary suppression; none means the rule's own.
    pub secondary: Option<Secondary>,
    /// Totals: [`Margins::None`] or [`Margins::All`]. Contributions hold no totals.
    pub margins: Margins,
    /// The key of a row of totals.
    pub total_label: String,
    /// How categories nest; several for one dimension where areas overlap.
    pub hierarchies: Vec<Hierarchy>,
    /// How far, in per cent of its total, a cell of too few contributors must stay open upwards and downwards at level
    /// `interval`, 1 to 100; 10 unless set. Other rules say so themselves.
    pub few_range_percent: u8,
}

impl Default for MagnitudeOptions {
    fn default() -> Self {
        Self {
            secondary: None,
            margins: Margins::None,
            total_label: "Total".into(),
            hierarchies: Vec::new(),
            few_range_percent: 10,
        }
    }
}

/// Adds contributions up to a table of magnitudes, hides the totals that give a contributor's value away and what would
/// give these back, and audits the finished table.
///
/// Which cells are unsafe is decided by the policy's `threshold` (as the least number of contributors), `max_share`,
/// `nk` and `p_percent`, for totals too: see [`primary`]. Cells of nothing are zeros, for which the policy has its own
/// setting.
///
/// Guarantees at level `exact`: no unsafe cell is a sum or difference of published cells, not for a reader, and not for a
/// contributor or holding that knows all hidden cells in which it is alone. At level `interval` the range that a reader
/// who knows that values are not below zero can narrow an unsafe cell to, by linear programming, also reaches up to the
/// first total at which the cell would be safe by the rule it fails, and as far down, as far as the shape of the table
/// allows (Hundepool and others 2012, chapter 4). An auditor that shares no code with the choice of cells has said so,
/// or the call fails.
///
/// Does **not** protect against contributors of different holdings who pool what they know; against a contributor who uses
/// ranges beside sums (what it adds to cells with others in them narrows these further); against totals or other
/// tables published elsewhere; and says nothing about how many contribute, which must not be published beside it unless
/// [`suppress`](crate::suppression::suppress) has dealt with that table.
///
/// # Errors
/// - `policy.not_for_magnitudes`: the rule rounds counts.
/// - `policy.not_protected`: the auditor found a cell that is open, and nothing is returned.
/// - `policy.margins_unavailable`: margins are said to be given; `policy.total_row_found`: a row is labelled as a total.
/// - `policy.hierarchy_ambiguous`, `policy.hierarchy_incomplete`, `policy.primary_given_away`,
///   `policy.count_too_large`, `policy.table_too_large`, `policy.table_too_entangled`.
/// - `misuse.argument`: `few_range_percent`, or a contributor that belongs to two holdings.
///
/// ```
/// use ig_core::suppression::{Margins, Secondary, SuppressionPolicy};
/// use ig_core::suppression::magnitude::{ContributionTable, MagnitudeOptions, suppress_magnitudes};
///
/// // Site A is made up of one contributor; B and C of three equal ones each.
/// let keys = vec![["A", "B", "B", "B", "C", "C", "C"].map(Some).to_vec()];
/// let contributors = ["t", "u", "v", "w", "u", "v", "w"].map(Some);
/// let values = [900, 400, 400, 400, 700, 700, 700].map(Some);
/// let table = ContributionTable::new(["site"], &keys, &contributors, None, &values)?;
/// let policy = SuppressionPolicy::builder("costs", 3).p_percent(10).build()?;
/// let options = MagnitudeOptions { margins: Margins::All, ..MagnitudeOptions::default() };
/// let result = suppress_magnitudes(&table, &policy, &options)?;
/// // With the total shown, hiding A alone would not hide it.
/// assert_eq!(result.publish().display(), ["*", "*", "2100", "4200"]);
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn suppress_magnitudes(
    table: &ContributionTable,
    policy: &SuppressionPolicy,
    options: &MagnitudeOptions,
) -> Result<SuppressionResult> {
    suppress_magnitudes_watched(table, policy, options, &carry_on)
}

/// As [`suppress_magnitudes`], with a hook that is told how far the run is and can stop it.
///
/// # Errors
/// As [`suppress_magnitudes`]; `policy.interrupted` if the hook says so.
pub fn suppress_magnitudes_watched(
    table: &ContributionTable,
    policy: &SuppressionPolicy,
    options: &MagnitudeOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<SuppressionResult> {
    check(policy, options)?;
    let laid_out = SuppressOptions {
        margins: options.margins,
        total_label: options.total_label.clone(),
        hierarchies: options.hierarchies.clone(),
        ..SuppressOptions::default()
    };
    let layout = lay_out(table, &laid_out)?;
    let totals: Vec<i64> = layout.counts.iter().map(|total| total.unwrap_or(0)).collect();
    let contributions = contributions(table, &layout)?;
    let flags = primary(policy, &contributions)?;
    let widths = widths(&layout, policy, &contributions, &flags, options.few_range_percent)?;
    let level = options.secondary.unwrap_or(policy.secondary());
    let mut hiding = Hiding {
        system: &layout.system,
        contributions: &contributions,
        totals: &totals,
        widths: &widths,
        level,
        zeros: policy.zeros(),
        cells: totals.iter().enumerate().map(|(cell, &total)| decide(total, flags.failed(cell), policy)).collect(),
    };
    let (found, shown) = hiding.run(hook)?;
    let cells = hiding.cells;
    let out = layout.rows_in_order();
    let names = |cell| layout.name_of(cell, &table.cells);
    let audit = TableAudit::new(&found, &layout.system, &shown, &out, &names);
    let open = audit.unsafe_cells().count();
    if level != Secondary::None && open > 0 {
        return Err(PolicyError::NotProtected { cells: open, level: level.as_str().into() }.into());
    }
    let decided = out.iter().map(|&cell| cells[cell]).collect();
    Ok(SuppressionResult::new(layout.keys_of(&out, &table.cells), decided, policy.marker().to_owned(), audit))
}

fn check(policy: &SuppressionPolicy, options: &MagnitudeOptions) -> Result<()> {
    if policy.rounding() != Rounding::None {
        let reason = "it rounds counts, and a value rounded to a few units gives it away; make a rule with p_percent, \
                      nk or max_share and without rounding";
        return Err(PolicyError::NotForMagnitudes { policy: policy.name().into(), reason: reason.into() }.into());
    }
    if !matches!(options.margins, Margins::None | Margins::All) {
        let reason = "contributions hold no totals; leave rows of totals out and state margins=\"all\" to add them";
        return Err(PolicyError::MarginsUnavailable { reason: reason.into() }.into());
    }
    if !(1..=100).contains(&options.few_range_percent) {
        let (name, expected) = ("few_range_percent".into(), "1 to 100 per cent".into());
        return Err(MisuseError::Argument { name, expected }.into());
    }
    Ok(())
}

/// Lays the sums out; errors name rows of contributions.
fn lay_out(table: &ContributionTable, options: &SuppressOptions) -> Result<Layout> {
    check_margins(&table.cells, options).and_then(|()| Layout::new(&table.cells, options)).map_err(|error| {
        let row_of = |cell: usize| {
            let first = table.cell_of_row.iter().position(|&of_row| of_row + 1 == cell);
            first.map_or(cell, |row| row + 1)
        };
        match error {
            crate::Error::Policy(PolicyError::TotalRowFound { dimension, row }) => {
                PolicyError::TotalRowFound { dimension, row: row_of(row) }.into()
            }
            crate::Error::Policy(PolicyError::HierarchyIncomplete { dimension, row }) => {
                PolicyError::HierarchyIncomplete { dimension, row: row_of(row) }.into()
            }
            other => other,
        }
    })
}

fn contributions(table: &ContributionTable, layout: &Layout) -> Result<Contributions> {
    let mut place = vec![0; table.cells()];
    for (cell, listed) in layout.listed.iter().enumerate() {
        if let Listed::Row(row) = listed {
            place[*row] = cell;
        }
    }
    let cells: Vec<usize> = table.cell_of_row.iter().map(|&row| place[row]).collect();
    let (holdings, of) = (table.holdings.as_deref(), &table.contributors);
    let rows = Contributions::of_rows(layout.system.cells(), &cells, of, holdings, &table.values)?;
    if layout.system.relations() == 0 { Ok(rows) } else { rows.with_totals(&layout.system) }
}

/// What each unsafe cell needs.
fn widths(
    layout: &Layout,
    policy: &SuppressionPolicy,
    contributions: &Contributions,
    flags: &MagnitudeFlags,
    few_percent: u8,
) -> Result<Vec<Width>> {
    let rules = MagnitudeRules::of_policy(policy);
    // Everybody sees how many cells of a total are not zero, where zeros are shown.
    let shown = policy.zeros() == Zeros::Keep;
    let mut least: Vec<i128> = layout.counts.iter().map(|&total| i128::from(shown && total != Some(0))).collect();
    layout.each_sum(|total, parts| {
        least[total] = parts.iter().map(|&part| least[part]).sum();
        Ok(())
    })?;
    let one = |cell: usize| {
        let made_up = contributions.cell(cell)?;
        Some(width(&made_up, flags.failed(cell), &rules, few_percent, least[cell]))
    };
    Ok((0..layout.system.cells()).filter_map(one).collect())
}

fn decide(total: i64, failed: &[super::rules::MagnitudeRule], policy: &SuppressionPolicy) -> Cell {
    match (total, policy.zeros()) {
        (0, Zeros::Hide) => Cell::Suppressed(Reason::Zero),
        _ if failed.is_empty() => Cell::Published(total),
        _ => Cell::Suppressed(Reason::Primary),
    }
}
