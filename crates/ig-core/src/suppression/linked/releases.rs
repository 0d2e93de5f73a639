//! The audit of a table whose earlier releases are known.

use super::audit::Known;
use super::over_time::Releases;
use super::union::{Part, Union};
use super::{check_names, options_of};
use crate::error::{Error, MisuseError, PolicyError, Result};
use crate::suppression::attack::{Audit, AuditTask, Bounds, Needed, audit_with_progress};
use crate::suppression::audit_table::{AuditTableOptions, check, layout_options, need, shown_in, targets_in};
use crate::suppression::layout::{Layout, Listed, Tops};
use crate::suppression::marked::Marked;
use crate::suppression::options::Margins;
use crate::suppression::policy::Zeros;
use crate::suppression::progress::{Progress, carry_on};
use crate::suppression::suppress::check_margins;
use crate::suppression::system::System;
use crate::suppression::table::CountTable;
use crate::suppression::table_audit::{About, TableAudit};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// What the counts of an earlier release are to those of the table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlierCounts {
    /// The same counts, shown in another way.
    #[default]
    Same,
    /// Counts of some time before, which can only have grown: cumulative ones.
    Grown,
}

/// A finished table: the keys of its rows, whose own counts are not looked at, and the cells as written.
pub type Finished<'a> = (&'a CountTable, &'a [Marked]);

/// A finished table among linked ones: its name, the keys of its rows and the cells as written.
pub type LinkedFinished<'a> = (&'a str, &'a CountTable, &'a [Marked]);

/// As [`audit_table`](super::super::audit_table()), for a reader who has kept earlier releases, the oldest first.
///
/// With [`EarlierCounts::Same`], what is known of a cell is what all releases together show: a number wins over a
/// marker, and ranges are cut down to what they have in common. With [`EarlierCounts::Grown`], each release is a table
/// of its own, and no count is smaller than it was. Then hidden cells of all releases are asked about, and the growth
/// of each row from one release to the next: a growth that is known, or known too closely, to be 1 to `threshold` − 1
/// is a small count. [`HiddenCell::about`](super::super::HiddenCell::about) tells which of these a finding is.
///
/// It does **not** know that people can have left between releases: cumulative counts alone can be audited so, and
/// corrections that lower a count are contradictions. It does not know releases that are not given.
///
/// # Errors
/// - `policy.releases_differ`: what the releases show cannot all be true, or, for counts that have grown, a row of an
///   earlier release is not in the table.
/// - Those of [`audit_table`](super::super::audit_table()); `policy.total_row_missing` only if no release lists a total.
///
/// ```
/// use ig_core::suppression::{AuditTableOptions, CountTable, EarlierCounts, Margins, Marked, audit_releases};
///
/// let sites = CountTable::new(["site"], vec![vec![Some("A"), Some("B")]], vec![None; 2])?;
/// let (june, july) = ([Marked::Count(10), Marked::Count(40)], [Marked::Count(12), Marked::Count(60)]);
/// let earlier = [(&sites, &june[..])];
/// let options = AuditTableOptions { margins: Margins::None, ..AuditTableOptions::default() };
/// let audit = audit_releases((&sites, &july), &earlier, EarlierCounts::Grown, &options)?;
/// let two_people = audit.unsafe_cells().next().and_then(|cell| cell.reason.clone());
/// assert_eq!(two_people.as_deref(), Some("site A, growth = site A, now (12) − site A, before (10) = 2\n"));
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn audit_releases(
    table: Finished<'_>,
    earlier: &[Finished<'_>],
    counts: EarlierCounts,
    options: &AuditTableOptions,
) -> Result<TableAudit> {
    audit_releases_watched(table, earlier, counts, options, &carry_on)
}

/// As [`audit_releases`], with a hook that is told how far the run is and can stop it.
///
/// # Errors
/// As [`audit_releases`]; `policy.interrupted` if the hook says so.
pub fn audit_releases_watched(
    table: Finished<'_>,
    earlier: &[Finished<'_>],
    counts: EarlierCounts,
    options: &AuditTableOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<TableAudit> {
    run(table, earlier, counts, options, hook).map_err(|error| table.0.own_rows(error))
}

fn run(
    table: Finished<'_>,
    earlier: &[Finished<'_>],
    counts: EarlierCounts,
    options: &AuditTableOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<TableAudit> {
    let releases: Vec<Finished> = std::iter::once(table).chain(earlier.iter().copied()).collect();
    let own = layout_options(options);
    let mut layouts = Vec::with_capacity(releases.len());
    for (table, cells) in &releases {
        check(table, cells, options)?;
        check_margins(table, &own)?;
        layouts.push(Layout::with_tops(table, &own, Tops::AsListed)?);
    }
    // Rows of parts alone are a release too, as long as some release shows what a total looks like.
    if own.margins == Margins::Given && !layouts.iter().any(Layout::lists_a_total) {
        return Err(PolicyError::TotalRowMissing {}.into());
    }
    let parts: Vec<Part> = releases.iter().zip(&layouts).map(|((table, _), layout)| Part { table, layout }).collect();
    let moments: Vec<usize> = (0..parts.len()).collect();
    let cells: Vec<&[Marked]> = releases.iter().map(|(_, cells)| *cells).collect();
    let union = Union::of(&parts, &options.total_label)?;
    let releases = Releases { parts: &parts, moments: &moments, names: &[], union: &union };
    let audits = Asked { releases, cells: &cells, options }.audit(counts, hook)?;
    audits.into_iter().next().ok_or_else(|| MisuseError::PanicInside {}.into())
}

/// As [`audit_tables_linked`](super::audit_tables_linked), for a reader who has kept earlier releases of the tables.
///
/// Each earlier release is the tables that were published together then, the oldest release first; it need not have
/// all of them, and tables of one name have the same people. What [`audit_releases`] says of [`EarlierCounts`] holds.
///
/// # Errors
/// - `policy.linked_tables_differ`: what two tables of one release say cannot both be true.
/// - `policy.releases_differ`: what the releases show cannot all be true, or, for counts that have grown, a row of an
///   earlier release is in none of the tables.
/// - Those of [`audit_tables_linked`](super::audit_tables_linked).
///
/// ```
/// use ig_core::suppression::{AuditTableOptions, CountTable, EarlierCounts, Marked, audit_linked_releases};
///
/// let sex = CountTable::new(["sex"], vec![vec![Some("F"), Some("M")]], vec![None; 2])?;
/// let age = CountTable::new(["age"], vec![vec![Some("0-39"), Some("40+")]], vec![None; 2])?;
/// let (now, before) = ([Marked::Hidden, Marked::Count(50)], [Marked::Count(20), Marked::Count(33)]);
/// let earlier = vec![vec![("by age", &age, &before[..])]];
/// let options = AuditTableOptions::default();
/// let audits = audit_linked_releases(&[("by sex", &sex, &now)], &earlier, EarlierCounts::Same, &options)?;
/// // 20 + 33 − 50 = 3
/// assert_eq!(audits[0].cells()[0].upper, Some(3));
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn audit_linked_releases(
    tables: &[LinkedFinished<'_>],
    earlier: &[Vec<LinkedFinished<'_>>],
    counts: EarlierCounts,
    options: &AuditTableOptions,
) -> Result<Vec<TableAudit>> {
    audit_linked_releases_watched(tables, earlier, counts, options, &carry_on)
}

/// As [`audit_linked_releases`], with a hook that is told how far the run is and can stop it.
///
/// # Errors
/// As [`audit_linked_releases`]; `policy.interrupted` if the hook says so.
pub fn audit_linked_releases_watched(
    tables: &[LinkedFinished<'_>],
    earlier: &[Vec<LinkedFinished<'_>>],
    counts: EarlierCounts,
    options: &AuditTableOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<Vec<TableAudit>> {
    let mut all: Vec<LinkedFinished> = Vec::new();
    let mut moments = Vec::new();
    for (moment, release) in std::iter::once(tables).chain(earlier.iter().map(Vec::as_slice)).enumerate() {
        check_names(&release.iter().map(|(name, ..)| *name).collect::<Vec<_>>())?;
        all.extend(release);
        moments.resize(all.len(), moment);
    }
    super::audit::check_given(options)?;
    let inputs: Vec<&CountTable> = all.iter().map(|(_, table, _)| *table).collect();
    let own = options_of(&inputs, &layout_options(options))?;
    let mut layouts = Vec::with_capacity(inputs.len());
    for ((_, table, cells), own) in all.iter().zip(&own) {
        check(table, cells, options)?;
        check_margins(table, own)?;
        layouts.push(Layout::with_tops(table, own, Tops::Always)?);
    }
    let parts: Vec<Part> = inputs.iter().zip(&layouts).map(|(table, layout)| Part { table, layout }).collect();
    let names: Vec<&str> = all.iter().map(|(name, ..)| *name).collect();
    let cells: Vec<&[Marked]> = all.iter().map(|(.., cells)| *cells).collect();
    let union = Union::of(&parts, &options.total_label)?;
    let releases = Releases { parts: &parts, moments: &moments, names: &names, union: &union };
    Asked { releases, cells: &cells, options }.audit(counts, hook)
}

struct Asked<'a> {
    releases: Releases<'a>,
    /// For each table its cells as written.
    cells: &'a [&'a [Marked]],
    options: &'a AuditTableOptions,
}

impl Asked<'_> {
    fn audit(&self, counts: EarlierCounts, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<Vec<TableAudit>> {
        match counts {
            EarlierCounts::Same => self.same(hook),
            EarlierCounts::Grown => self.grown(hook),
        }
    }

    /// The tables of now.
    fn now(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.cells.len()).filter(|&part| self.releases.moments[part] == 0)
    }

    /// What all tables together say of the cells of a system; `places` has them for each table.
    fn known(&self, system: &System, places: &[Vec<Option<usize>>]) -> Result<Known> {
        let mut known = Known::new(system.cells());
        for (part, (Part { layout, .. }, cells)) in self.releases.parts.iter().zip(self.cells).enumerate() {
            let shown = shown_in(layout, cells, self.options);
            let targets = targets_in(layout, cells);
            for (own, cell) in places[part].iter().enumerate().filter_map(|(own, cell)| Some((own, (*cell)?))) {
                known.targets[cell] |= targets[own];
                if layout.listed[own] != Listed::NotPublished {
                    let met = known.meet(cell, shown[own], (part, own));
                    met.map_err(|before| self.releases.differ(&[before, (part, own)]))?;
                }
            }
        }
        Ok(known)
    }

    /// For a table of now, which cells of a system it hides itself.
    fn hidden_by(&self, part: usize, cells: usize, places: &[Vec<Option<usize>>]) -> Vec<bool> {
        let targets = targets_in(self.releases.parts[part].layout, self.cells[part]);
        let mut mine = vec![false; cells];
        let own = places[part].iter().zip(targets).filter(|(_, hidden)| *hidden);
        own.for_each(|(cell, _)| cell.iter().for_each(|&cell| mine[cell] = true));
        mine
    }

    fn same(&self, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<Vec<TableAudit>> {
        let union = self.releases.union;
        let (system, places) = (&union.system, &union.places);
        let known = self.known(system, places)?;
        let hidden: Vec<Vec<bool>> = self.now().map(|part| self.hidden_by(part, system.cells(), places)).collect();
        let targets: Vec<bool> = (0..system.cells()).map(|cell| hidden.iter().any(|mine| mine[cell])).collect();
        let found = self.ask(system, &known, &targets, hook)?;
        let audits = self.now().zip(&hidden).map(|(part, mine)| {
            let rows = union.rows(part, self.releases.parts[part].layout);
            let names = |cell: usize| union.names[cell].clone();
            TableAudit::of_some(&found, system, &known.shown, &rows, &names, &|cell| mine[cell])
        });
        Ok(audits.collect())
    }

    fn grown(&self, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<Vec<TableAudit>> {
        self.releases.rows_are_still_listed()?;
        let all = self.releases.over_time(&self.options.total_label)?;
        let mut known = self.known(&all.system, &all.places)?;
        for growth in &all.growths {
            known.targets[growth.cell] = growth.of_rows;
        }
        let targets = known.targets.clone();
        let mut found = self.ask(&all.system, &known, &targets, hook)?;
        let threshold = i64::from(self.options.threshold);
        for growth in found.cells.iter_mut().filter(|found| all.about[found.cell] == About::Growth) {
            let nobody = growth.upper == Some(0) && self.options.zeros == Zeros::Keep;
            if growth.lower >= threshold || nobody {
                growth.is_no_small_count();
            }
        }
        let names = |cell: usize| all.names[cell].clone();
        let audits = self.now().map(|part| {
            let union = self.releases.union;
            let mine = self.hidden_by(part, all.system.cells(), &all.places);
            let mut row_of = vec![None; union.system.cells()];
            for (row, cell) in union.rows(part, self.releases.parts[part].layout).into_iter().enumerate() {
                row_of[cell] = Some(row);
            }
            let row = |(cell, of): (usize, &Option<usize>)| {
                of.and_then(|of| row_of[of]).filter(|_| mine[cell] || all.about[cell] != About::Now)
            };
            let rows: Vec<Option<usize>> = all.of.iter().enumerate().map(row).collect();
            TableAudit::over_time(&found, &all.system, &known.shown, &rows, &all.about, &names)
        });
        Ok(audits.collect())
    }

    fn ask(
        &self,
        system: &System,
        known: &Known,
        targets: &[bool],
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<Audit> {
        let task = AuditTask {
            targets: Some(targets),
            needed: Needed::Each(need(self.options)),
            bounds: Bounds::Full,
            ..AuditTask::new(system, &known.shown)
        };
        audit_with_progress(&task, hook).map_err(|error| match error {
            Error::Policy(PolicyError::InconsistentRelation { relation }) => {
                let terms = system.relation(relation - 1).iter();
                let owners: Vec<_> = terms.filter_map(|term| known.from[term.cell as usize]).collect();
                self.releases.differ(&owners)
            }
            other => other,
        })
    }
}
