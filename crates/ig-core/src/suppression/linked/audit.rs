//! The audit of several finished tables together.

use super::merged::differ;
use super::union::{Part, Union};
use super::{check_names, options_of};
use crate::error::{Error, MisuseError, PolicyError, Result};
use crate::suppression::attack::{AuditTask, Bounds, Needed, audit_with_progress};
use crate::suppression::audit_table::{AuditTableOptions, check, layout_options, need, shown_in, targets_in};
use crate::suppression::layout::{Layout, Listed, Tops};
use crate::suppression::marked::Marked;
use crate::suppression::options::Margins;
use crate::suppression::progress::{Progress, carry_on};
use crate::suppression::suppress::check_margins;
use crate::suppression::system::Shown;
use crate::suppression::table::CountTable;
use crate::suppression::table_audit::TableAudit;
use std::ops::ControlFlow;

/// Says for each hidden cell of several finished tables over the same people what a reader of all of them can infer.
///
/// What [`audit_table`](super::super::audit_table()) does for one table. Cells are the same as in
/// [`suppress_linked`](super::suppress_linked); what is known of such a cell is what all tables together say. The
/// audits are in the order of the tables; a cell that stands hidden in several is in the audit of each.
///
/// It does **not** know other tables, and takes the caller's word that all tables count the same people.
///
/// # Errors
/// - `policy.linked_tables_differ`: what two tables say of a cell, or of sums, cannot both be true.
/// - `misuse.argument`: no table, two of the same name, or margins that are not given.
/// - Those of [`audit_table`](super::super::audit_table()).
///
/// ```
/// use ig_core::suppression::{AuditTableOptions, AuditVerdict, CountTable, Marked, audit_tables_linked};
///
/// let sex = CountTable::new(["sex"], vec![vec![Some("F"), Some("M")]], vec![None; 2])?;
/// let age = CountTable::new(["age"], vec![vec![Some("0-39"), Some("40+")]], vec![None; 2])?;
/// let one = [Marked::Hidden, Marked::Count(50)];
/// let other = [Marked::Count(20), Marked::Count(33)];
/// let audits = audit_tables_linked(&[("by sex", &sex, &one), ("by age", &age, &other)], &AuditTableOptions::default())?;
/// assert_eq!(audits[0].summary().verdict, AuditVerdict::NotProtected);
/// assert_eq!(audits[0].cells()[0].upper, Some(3));
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn audit_tables_linked(
    tables: &[(&str, &CountTable, &[Marked])],
    options: &AuditTableOptions,
) -> Result<Vec<TableAudit>> {
    audit_tables_linked_watched(tables, options, &carry_on)
}

/// As [`audit_tables_linked`], with a hook that is told how far the run is and can stop it.
///
/// # Errors
/// As [`audit_tables_linked`]; `policy.interrupted` if the hook says so.
pub fn audit_tables_linked_watched(
    tables: &[(&str, &CountTable, &[Marked])],
    options: &AuditTableOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<Vec<TableAudit>> {
    let names: Vec<&str> = tables.iter().map(|(name, ..)| *name).collect();
    let inputs: Vec<&CountTable> = tables.iter().map(|(_, table, _)| *table).collect();
    check_names(&names)?;
    check_given(options)?;
    let own = options_of(&inputs, &layout_options(options))?;
    let mut layouts = Vec::with_capacity(inputs.len());
    for ((table, own), (_, _, cells)) in inputs.iter().zip(&own).zip(tables) {
        check(table, cells, options)?;
        check_margins(table, own)?;
        layouts.push(Layout::with_tops(table, own, Tops::Always)?);
    }
    let parts: Vec<Part> = inputs.iter().zip(&layouts).map(|(table, layout)| Part { table, layout }).collect();
    let union = Union::of(&parts, &options.total_label)?;
    let mut known = Known::new(union.system.cells());
    for (place, (part, (_, _, cells))) in parts.iter().zip(tables).enumerate() {
        let shown = shown_in(part.layout, cells, options);
        let targets = targets_in(part.layout, cells);
        for (own, cell) in union.places[place].iter().enumerate().filter_map(|(own, cell)| Some((own, (*cell)?))) {
            known.targets[cell] |= targets[own];
            if part.layout.listed[own] != Listed::NotPublished {
                let met = known.meet(cell, shown[own], (place, own));
                met.map_err(|before| differ(&names, &parts, before, (place, own)))?;
            }
        }
    }
    let task = AuditTask {
        targets: Some(&known.targets),
        needed: Needed::Each(need(options)),
        bounds: Bounds::Full,
        ..AuditTask::new(&union.system, &known.shown)
    };
    let found = audit_with_progress(&task, hook).map_err(|error| match error {
        Error::Policy(PolicyError::InconsistentRelation { relation }) => {
            let terms = union.system.relation(relation - 1);
            let mut owners: Vec<_> = terms.iter().filter_map(|term| known.from[term.cell as usize]).collect();
            owners.sort_unstable();
            let (first, last) = (owners.first().copied(), owners.last().copied());
            differ(&names, &parts, first.unwrap_or_default(), last.unwrap_or_default())
        }
        other => other,
    })?;
    let audits = parts.iter().enumerate().map(|(place, part)| {
        let rows = union.rows(place, part.layout);
        let hidden = targets_in(part.layout, tables[place].2);
        let mut mine = vec![false; union.system.cells()];
        let places = union.places[place].iter().zip(hidden).filter(|(_, hidden)| *hidden);
        places.for_each(|(cell, _)| cell.iter().for_each(|&cell| mine[cell] = true));
        let name = |cell: usize| union.names[cell].clone();
        TableAudit::of_some(&found, &union.system, &known.shown, &rows, &name, &|cell| mine[cell])
    });
    Ok(audits.collect())
}

/// Refuses linked tables that are said to have no totals.
pub(super) fn check_given(options: &AuditTableOptions) -> Result<()> {
    if options.margins != Margins::Given {
        let expected = "given: linked tables have totals in common, whether they list them or not".into();
        return Err(MisuseError::Argument { name: "margins".into(), expected }.into());
    }
    Ok(())
}

/// What all tables together say of each cell.
pub(in crate::suppression) struct Known {
    pub(in crate::suppression) shown: Vec<Shown>,
    pub(in crate::suppression) targets: Vec<bool>,
    /// The table and its cell that said something of it last.
    pub(in crate::suppression) from: Vec<Option<(usize, usize)>>,
}

impl Known {
    pub(in crate::suppression) fn new(cells: usize) -> Self {
        Self {
            shown: vec![Shown::Between { low: 0, high: None }; cells],
            targets: vec![false; cells],
            from: vec![None; cells],
        }
    }

    /// Adds what one more table says; otherwise whom it contradicts.
    pub(in crate::suppression) fn meet(
        &mut self,
        cell: usize,
        shown: Shown,
        from: (usize, usize),
    ) -> std::result::Result<(), (usize, usize)> {
        let before = self.shown[cell];
        let low = before.low().max(shown.low());
        let high = match (before.high(), shown.high()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        if high.is_some_and(|high| high < low) {
            return Err(self.from[cell].unwrap_or(from));
        }
        self.shown[cell] = if high == Some(low) { Shown::Exactly(low) } else { Shown::Between { low, high } };
        self.from[cell] = Some(from);
        Ok(())
    }
}
