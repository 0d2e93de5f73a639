//! The audit of any finished table, made here or elsewhere.

use super::attack::{AuditTask, Bounds, Need, Needed, audit_with_progress};
use super::layout::{Hierarchy, Layout, Listed};
use super::marked::Marked;
use super::options::{Candidates, Margins, SuppressOptions};
use super::policy::Zeros;
use super::progress::{Progress, carry_on};
use super::rounding::Rounding;
use super::system::Shown;
use super::table::CountTable;
use super::table_audit::TableAudit;
use crate::error::{Error, MisuseError, PolicyError, Result};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// What a combination of categories that a finished table leaves out means, where it lists others of its kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// Nobody: a count of zero.
    #[default]
    Zero,
    /// A hidden cell: rows of hidden cells were dropped.
    Hidden,
}

/// What is known about how a finished table was made; the default knows little and assumes the attacker's best case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditTableOptions {
    /// Whether the table has totals; `All` is not possible for a finished table.
    pub margins: Margins,
    /// The key of a row of totals.
    pub total_label: String,
    /// How categories nest.
    pub hierarchies: Vec<Hierarchy>,
    /// Whether zeros are shown: then a hidden cell is 1 or more.
    pub zeros: Zeros,
    /// Counts from 1 to `threshold` − 1 were to be hidden.
    pub threshold: u32,
    /// How shown numbers were rounded.
    pub rounding: Rounding,
    /// What combinations that are left out mean.
    pub left_out: LeftOut,
    /// How much doubt must stay.
    pub candidates: Candidates,
}

impl Default for AuditTableOptions {
    fn default() -> Self {
        Self {
            margins: Margins::Given,
            total_label: "Total".into(),
            hierarchies: Vec::new(),
            zeros: Zeros::Keep,
            threshold: 5,
            rounding: Rounding::None,
            left_out: LeftOut::Zero,
            candidates: Candidates::AtLeast(3),
        }
    }
}

/// Says for each hidden cell of a finished table what a reader can infer about it.
///
/// The reader knows the published numbers, that counts are whole and not negative (1 or more where zeros are shown),
/// the ranges that markers such as `<5` state, and the base of rounding. `cells` are the written cells in the order
/// of the table's rows, whose own counts are not looked at. Rounded numbers are audited as the ranges they stand for.
///
/// It does **not** know other tables over the same people, nor anything about persons. Which hidden cells are small
/// is not known either: the verdict is about every hidden cell, those that only protect others too.
///
/// # Errors
/// `misuse.argument` for lengths that differ or a threshold of 0; `policy.inconsistent_table` if no counts at all
/// could look like this table; `policy.hierarchy_ambiguous`, `policy.hierarchy_incomplete`, `policy.table_too_large`,
/// `policy.total_row_found` with `Margins::None`, `policy.total_row_missing` without.
///
/// ```
/// use ig_core::suppression::{AuditTableOptions, AuditVerdict, CountTable, Marked, audit_table};
///
/// let keys = vec![vec![Some("A"), Some("B"), Some("Total")]];
/// let table = CountTable::new(["site"], keys, vec![None; 3])?;
/// let cells: Vec<Marked> = ["*", "42", "45"].iter().filter_map(|text| Marked::read(text, &[])).collect();
/// let audit = audit_table(&table, &cells, &AuditTableOptions::default())?;
/// assert_eq!(audit.summary().verdict, AuditVerdict::NotProtected);
/// assert_eq!((audit.cells()[0].lower, audit.cells()[0].upper), (3, Some(3)));
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn audit_table(table: &CountTable, cells: &[Marked], options: &AuditTableOptions) -> Result<TableAudit> {
    audit_table_watched(table, cells, options, &carry_on)
}

/// As [`audit_table`], with a hook that is told how far the run is and can stop it.
///
/// # Errors
/// As [`audit_table`]; `policy.interrupted` if the hook says so.
pub fn audit_table_watched(
    table: &CountTable,
    cells: &[Marked],
    options: &AuditTableOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<TableAudit> {
    run(table, cells, options, hook).map_err(|error| table.own_rows(error))
}

fn run(
    table: &CountTable,
    cells: &[Marked],
    options: &AuditTableOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<TableAudit> {
    options.rounding.check()?;
    check(table, cells, options)?;
    let layout_options = layout_options(options);
    super::suppress::check_margins(table, &layout_options)?;
    let layout = Layout::new(table, &layout_options)?;
    let shown = shown_in(&layout, cells, options);
    let targets = targets_in(&layout, cells);
    let task = AuditTask {
        targets: Some(&targets),
        needed: Needed::Each(need(options)),
        bounds: Bounds::Full,
        ..AuditTask::new(&layout.system, &shown)
    };
    let found = audit_with_progress(&task, hook).map_err(|error| match error {
        Error::Policy(PolicyError::InconsistentRelation { relation }) => {
            layout.inconsistent(relation - 1, table).into()
        }
        other => other,
    })?;
    let out = layout.rows_in_order();
    Ok(TableAudit::new(&found, &layout.system, &shown, &out, &|cell| layout.name_of(cell, table)))
}

pub(super) fn check(table: &CountTable, cells: &[Marked], options: &AuditTableOptions) -> Result<()> {
    let refuse = |name: &str, expected: &str| -> Result<()> {
        Err(MisuseError::Argument { name: name.into(), expected: expected.into() }.into())
    };
    if cells.len() != table.rows() {
        return refuse("cells", "one for each row of the table");
    }
    if options.threshold == 0 || options.margins == Margins::All || options.margins == Margins::Reconciled {
        return refuse("threshold or margins", "a threshold of 1 or more, and margins that are given or none");
    }
    Ok(())
}

pub(super) fn layout_options(options: &AuditTableOptions) -> SuppressOptions {
    SuppressOptions {
        margins: options.margins,
        total_label: options.total_label.clone(),
        hierarchies: options.hierarchies.clone(),
        ..SuppressOptions::default()
    }
}

/// What a reader knows of each cell.
pub(super) fn shown_in(layout: &Layout, cells: &[Marked], options: &AuditTableOptions) -> Vec<Shown> {
    let listed = layout.listed.iter().map(|listed| match listed {
        Listed::Row(row) => shown(cells[*row], options),
        Listed::ReadAsZero if options.left_out == LeftOut::Zero => Shown::Exactly(0),
        Listed::ReadAsZero | Listed::Added | Listed::NotPublished => Shown::Between { low: 0, high: None },
    });
    listed.collect()
}

/// The cells that are asked about: rows without a number.
pub(super) fn targets_in(layout: &Layout, cells: &[Marked]) -> Vec<bool> {
    let hidden = |listed: &Listed| match listed {
        Listed::Row(row) => !matches!(cells[*row], Marked::Count(_)),
        _ => false,
    };
    layout.listed.iter().map(hidden).collect()
}

pub(super) fn need(options: &AuditTableOptions) -> Need {
    let most = i64::from(options.threshold) - 1;
    match options.candidates {
        Candidates::AtLeast(values) => Need::Values(values.min(options.threshold - 1).max(1)),
        Candidates::Whole => Need::Whole { low: i64::from(options.zeros == Zeros::Keep).min(most), high: most },
    }
}

/// What a reader knows of a written cell.
fn shown(cell: Marked, options: &AuditTableOptions) -> Shown {
    match cell {
        Marked::Count(count) => match options.rounding.counts_shown_as(count) {
            Some((low, high)) => Shown::Between { low, high: Some(high) },
            // Not a multiple of the base, so it was not rounded.
            None => Shown::Exactly(count),
        },
        hidden => hidden.shown(i64::from(options.zeros == Zeros::Keep)),
    }
}
