//! The act: hide small counts, hide what would give them back, round the rest, and audit the outcome.

use super::cell::{Cell, Reason};
use super::layout::{Layout, Listed, is_total};
use super::options::{Exemption, Margins, SuppressOptions};
use super::perturb::{CellName, RandomRounder};
use super::policy::{NationalRows, Secondary, SuppressionPolicy, Totals};
use super::primary;
use super::progress::{Progress, carry_on};
use super::protect::Insiders;
use super::result::SuppressionResult;
use super::rounding::Rounding;
use super::secondary::{self, Hidden};
use super::table::CountTable;
use super::table_audit::TableAudit;
use crate::error::{MisuseError, PolicyError, Result};
use std::ops::ControlFlow;

/// Decides every cell of a table by one rule: hides small counts and what would give them back, then rounds what is
/// left, and audits the finished table.
///
/// Guarantees: the same table and rule always give the same pattern, whatever the order of rows; a hidden count is not
/// in the published face of the result; a rule is never applied weaker than asked. At level `exact` no hidden small
/// count is a sum or difference of published cells, at `interval` it cannot be narrowed to fewer whole numbers than
/// the options ask for either; both hold against the people in cells of 1 and 2 too. An auditor that shares no code
/// with the choice of cells has said so, or the call fails.
///
/// Does **not** protect against what this table does not hold: totals published elsewhere, other tables over the same
/// people, earlier releases (link or audit them together), or an attacker who knows more people than himself.
/// At level `none` a total gives hidden cells back, and the result's audit says where. A rounded count can be smaller
/// than the threshold where the rule's base allows it (5 for a true 6).
///
/// # Errors
/// - `policy.not_protected`: the auditor found a cell that can be computed or narrowed, and nothing is returned.
/// - `policy.inconsistent_table`: a given total is not the sum of its parts.
/// - `policy.total_row_found`: a row is labelled as a total although there should be none; `policy.total_row_missing`:
///   none is although there should be some.
/// - `policy.margins_unavailable`: the rule makes totals from rounded parts only, and some are given.
/// - `policy.hierarchy_ambiguous`, `policy.hierarchy_incomplete`: categories do not nest.
/// - `policy.primary_given_away`: rows that must be published give hidden cells away.
/// - `policy.exemption_unavailable`, `misuse.column_missing`, `misuse.argument`: an exemption that the rule or the table
///   does not have.
/// - `policy.missing_count`, `policy.count_too_large`, `policy.table_too_large`: what the rule cannot decide.
///
/// ```
/// use ig_core::suppression::{CountTable, Margins, SuppressOptions, SuppressionPolicy, suppress};
///
/// let keys = vec![vec![Some("A"), Some("B"), Some("C")]];
/// let table = CountTable::new(["site"], keys, vec![Some(3), Some(12), Some(40)])?;
/// let options = SuppressOptions { margins: Margins::All, ..SuppressOptions::default() };
/// let result = suppress(&table, &SuppressionPolicy::preset("under5")?, &options)?;
/// // With the total published, hiding 3 alone would not hide it.
/// assert_eq!(result.publish().display(), ["*", "*", "40", "55"]);
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn suppress(
    table: &CountTable,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
) -> Result<SuppressionResult> {
    suppress_watched(table, policy, options, &carry_on)
}

/// As [`suppress`], with a hook that is told how far the run is and can stop it.
///
/// # Errors
/// As [`suppress`]; `policy.interrupted` if the hook says so.
pub fn suppress_watched(
    table: &CountTable,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<SuppressionResult> {
    suppress_rounding(table, policy, options, None, hook).map_err(|error| table.own_rows(error))
}

/// As [`suppress_watched`], for a rule that rounds at random: each count that is shown is rounded as
/// [`RandomRounder`] does, the same cell alike in every table of the same key, context and kind. The auditor takes it for
/// any count less than one base away.
///
/// # Errors
/// As [`suppress_watched`]; `misuse.argument` if the rule does not round at random, or to another base than the rounder.
///
/// ```
/// use ig_core::suppression::perturb::RandomRounder;
/// use ig_core::suppression::{CountTable, Rounding, SuppressOptions, SuppressionPolicy, suppress, suppress_keyed};
/// use ig_core::{Context, Key, Kind};
/// use std::ops::ControlFlow;
///
/// let rule = SuppressionPolicy::builder("random5", 5).rounding(Rounding::Random(5)).build()?;
/// let table = CountTable::new(["site"], vec![vec![Some("A"), Some("B")]], vec![Some(3), Some(12)])?;
/// let options = SuppressOptions::default();
/// assert_eq!(suppress(&table, &rule, &options).unwrap_err().code(), "policy.rounding_needs_key");
/// let rounder = RandomRounder::new(&Key::generate()?, Context::new("DSA-2026-014")?, Kind::new("count")?, 5)?;
/// let result = suppress_keyed(&table, &rule, &options, &rounder, &|_| ControlFlow::Continue(()))?;
/// assert!(matches!(result.publish().counts(), [None, Some(10 | 15)]));
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn suppress_keyed(
    table: &CountTable,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    rounder: &RandomRounder,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<SuppressionResult> {
    suppress_rounding(table, policy, options, Some(rounder), hook).map_err(|error| table.own_rows(error))
}

fn suppress_rounding(
    table: &CountTable,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    rounder: Option<&RandomRounder>,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<SuppressionResult> {
    check_key(policy, rounder)?;
    let level = options.secondary.unwrap_or(policy.secondary());
    check_options(table, policy, options)?;
    let layout = Layout::new(table, options)?;
    layout.check(table)?;
    let exempt = exempt_cells(table, &layout, policy, options)?;
    check_exempt(options, &[(table, &layout)])?;
    let name = |cell: usize| layout.cell_name(cell, table, &options.total_label);
    let keyed = rounder.map(|rounder| (rounder, &name as &dyn Fn(usize) -> Result<CellName>));
    let mut cells = decide(&layout, policy, &exempt, keyed)?;
    let derived = derived_totals(&layout, policy, &mut cells)?;
    let mut hidden = Hidden {
        layout: &layout,
        policy,
        options,
        level,
        exempt: &exempt,
        derived: &derived,
        before: None,
        insiders: Insiders::Pooling,
        cells,
    };
    let (found, shown) = secondary::hide_and_audit(&mut hidden, hook)?;
    let cells = hidden.cells;
    let out = layout.rows_in_order();
    let audit = TableAudit::new(&found, &layout.system, &shown, &out, &|cell| layout.name_of(cell, table));
    let open = audit.unsafe_cells().count();
    if level != Secondary::None && open > 0 {
        return Err(PolicyError::NotProtected { cells: open, level: level.as_str().into() }.into());
    }
    let keys = layout.keys_of(&out, table);
    let decided = out.iter().map(|&cell| cells[cell]).collect();
    Ok(SuppressionResult::new(keys, decided, policy.marker().to_owned(), audit))
}

/// What rounds at random, and the names of the cells.
pub(super) type Keyed<'a> = Option<(&'a RandomRounder, &'a dyn Fn(usize) -> Result<CellName>)>;

pub(super) fn decide(layout: &Layout, policy: &SuppressionPolicy, exempt: &[bool], keyed: Keyed) -> Result<Vec<Cell>> {
    let decide = |cell: usize| {
        let name = || keyed.map_or_else(|| CellName::new(&[]), |(_, name)| name(cell));
        let chance: primary::Chance = keyed.map(|(rounder, _)| (rounder, &name as &dyn Fn() -> Result<CellName>));
        match layout.listed[cell] {
            Listed::NotPublished => Ok(Cell::Suppressed(Reason::Missing)),
            Listed::Row(row) => primary::decide(policy, layout.counts[cell], exempt[cell], chance, || row + 1),
            // A total with a missing part is missing, and there is no row to blame.
            Listed::Added if layout.counts[cell].is_none() => Ok(Cell::Suppressed(Reason::Missing)),
            Listed::Added | Listed::ReadAsZero => {
                primary::decide(policy, layout.counts[cell], exempt[cell], chance, || layout.some_row(cell))
            }
        }
    };
    (0..layout.system.cells()).map(decide).collect()
}

/// Refuses a rule that needs a key without one, and a key without a rule that needs it.
pub(super) fn check_key(policy: &SuppressionPolicy, rounder: Option<&RandomRounder>) -> Result<()> {
    match (policy.rounding(), rounder) {
        (Rounding::Random(_), None) => {
            Err(PolicyError::RoundingNeedsKey { rule: format!("the rule {}", policy.name()) }.into())
        }
        (Rounding::Random(base), Some(rounder)) if rounder.spec().base == base => Ok(()),
        (_, None) => Ok(()),
        (_, Some(_)) => {
            let expected = "none, unless the rule rounds at random, and to the same base".into();
            Err(MisuseError::Argument { name: "key".into(), expected }.into())
        }
    }
}

/// Totals that the rule makes from the rounded parts: the sum if all parts are shown, else hidden.
fn derived_totals(layout: &Layout, policy: &SuppressionPolicy, cells: &mut [Cell]) -> Result<Vec<bool>> {
    let mut derived = vec![false; cells.len()];
    if policy.totals() != Totals::SumOfRounded || layout.axes.is_empty() {
        return Ok(derived);
    }
    for cell in (0..cells.len()).filter(|&cell| layout.listed[cell] == Listed::Added) {
        derived[cell] = true;
    }
    layout.each_sum(|total, parts| {
        if derived[total] {
            let shown = parts.iter().map(|&part| cells[part].published());
            cells[total] = match shown.collect::<Option<Vec<i64>>>() {
                None => Cell::Suppressed(Reason::Secondary),
                Some(parts) => {
                    let sum = parts.iter().try_fold(0_i64, |all, &part| all.checked_add(part));
                    Cell::Published(sum.ok_or_else(|| PolicyError::CountTooLarge { row: layout.some_row(total) })?)
                }
            };
        }
        Ok(())
    })?;
    Ok(derived)
}

pub(super) fn check_options(table: &CountTable, policy: &SuppressionPolicy, options: &SuppressOptions) -> Result<()> {
    check_margins(table, options)?;
    if matches!(options.margins, Margins::Given | Margins::Reconciled) && policy.totals() == Totals::SumOfRounded {
        let reason = "the rule makes totals from the rounded cells; remove the given ones and state margins=\"all\" to \
                      add them";
        return Err(PolicyError::MarginsUnavailable { reason: reason.into() }.into());
    }
    Ok(())
}

/// Refuses settings of totals that contradict each other or the table.
pub(super) fn check_margins(table: &CountTable, options: &SuppressOptions) -> Result<()> {
    if options.total_label.trim().is_empty() {
        let expected = "the key of total rows, not blank; rows with a missing key are cells of their own".into();
        return Err(MisuseError::Argument { name: "total".into(), expected }.into());
    }
    for tree in &options.hierarchies {
        if !table.dimensions().iter().any(|name| name == tree.dimension()) {
            let available = format!("the key columns are {}", table.dimensions().join(", "));
            return Err(MisuseError::ColumnMissing { column: tree.dimension().to_owned(), available }.into());
        }
    }
    if options.margins != Margins::None {
        return Ok(());
    }
    if options.hierarchies.is_empty() {
        return total_row(table, &options.total_label);
    }
    let reason = "hierarchies make totals; state margins=\"all\" to add them, or \"given\" if the table has them";
    Err(PolicyError::MarginsUnavailable { reason: reason.into() }.into())
}

/// Refuses the first row that is labelled as a total in any dimension.
fn total_row(table: &CountTable, label: &str) -> Result<()> {
    let found = table.dimensions().iter().zip(table.keys()).find_map(|(dimension, column)| {
        let row = column.iter().position(|key| is_total(key.as_deref(), label))?;
        Some(PolicyError::TotalRowFound { dimension: dimension.clone(), row: row + 1 })
    });
    found.map_or(Ok(()), |error| Err(error.into()))
}

/// The cells that the rule's source lets through: all with an exempted key.
pub(super) fn exempt_cells(
    table: &CountTable,
    layout: &Layout,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
) -> Result<Vec<bool>> {
    let mut exempt = vec![false; layout.system.cells()];
    if !options.exempt.is_empty() && policy.national_rows() == NationalRows::Controlled {
        return Err(PolicyError::ExemptionUnavailable { policy: policy.name().into() }.into());
    }
    for exemption in &options.exempt {
        let Some(place) = table.dimensions().iter().position(|name| *name == exemption.dimension) else {
            let available = format!("the key columns are {}", table.dimensions().join(", "));
            return Err(MisuseError::ColumnMissing { column: exemption.dimension.clone(), available }.into());
        };
        for (cell, exempt) in exempt.iter_mut().enumerate() {
            *exempt |= match layout.system.as_cross().filter(|_| !layout.axes.is_empty()) {
                Some(cross) => {
                    let category = cross.categories(cell)[place];
                    layout.axes[place].labels[category].as_ref() == Some(&exemption.value)
                }
                None => table.keys()[place][cell].as_ref() == Some(&exemption.value),
            };
        }
    }
    Ok(exempt)
}

/// Refuses an exemption of a key that none of the tables has: it would let nothing through, and nobody would know.
pub(super) fn check_exempt(options: &SuppressOptions, tables: &[(&CountTable, &Layout)]) -> Result<()> {
    let matches = |exemption: &Exemption| {
        tables.iter().any(|(table, layout)| {
            let Some(place) = table.dimensions().iter().position(|name| *name == exemption.dimension) else {
                return false;
            };
            let labels = layout.axes.get(place).map_or(&table.keys()[place], |axis| &axis.labels);
            labels.iter().any(|label| label.as_ref() == Some(&exemption.value))
        })
    };
    let rows = tables.iter().any(|(table, _)| table.rows() > 0);
    if let Some(lost) = options.exempt.iter().find(|exemption| rows && !matches(exemption)) {
        let expected = format!("a key that {} has, spelled as it is there", lost.dimension);
        return Err(MisuseError::Argument { name: "exempt".into(), expected }.into());
    }
    Ok(())
}
