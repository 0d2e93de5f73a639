//! The audit of a table whose earlier releases are known.

use super::audit::Known;
use super::union::{Part, Union};
use crate::error::{Error, PolicyError, Result};
use crate::suppression::attack::{Audit, AuditTask, Bounds, Needed, Verdict, audit_with_progress};
use crate::suppression::audit_table::{AuditTableOptions, check, layout_options, need, shown_in, targets_in};
use crate::suppression::layout::{Layout, Listed, Tops};
use crate::suppression::marked::Marked;
use crate::suppression::options::Margins;
use crate::suppression::policy::Zeros;
use crate::suppression::progress::{Progress, carry_on};
use crate::suppression::suppress::check_margins;
use crate::suppression::system::{Shown, System, SystemBuilder, Term};
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
    let union = Union::of(&parts, &options.total_label)?;
    let asked = Asked { releases: &releases, parts: &parts, union: &union, options };
    match counts {
        EarlierCounts::Same => asked.same(hook),
        EarlierCounts::Grown => asked.grown(hook),
    }
}

struct Asked<'a> {
    releases: &'a [Finished<'a>],
    /// The table, then the earlier releases.
    parts: &'a [Part<'a>],
    union: &'a Union,
    options: &'a AuditTableOptions,
}

/// All releases as one system: the cells of one after those of the other, then the growths.
struct OverTime {
    system: System,
    shown: Vec<Shown>,
    targets: Vec<bool>,
    rows: Vec<Option<usize>>,
    about: Vec<About>,
    names: Vec<String>,
}

impl Asked<'_> {
    fn same(&self, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<TableAudit> {
        let mut known = Known::new(self.union.system.cells());
        for (place, (part, (_, cells))) in self.parts.iter().zip(self.releases).enumerate() {
            let shown = shown_in(part.layout, cells, self.options);
            let targets = targets_in(part.layout, cells);
            for (own, cell) in self.cells_of(place) {
                known.targets[cell] |= targets[own] && place == 0;
                if part.layout.listed[own] != Listed::NotPublished {
                    let met = known.meet(cell, shown[own], (place, own));
                    met.map_err(|before| self.differ(&[before, (place, own)]))?;
                }
            }
        }
        let found = self.ask(&self.union.system, &known.shown, &known.targets, hook, &|relation| {
            let terms = self.union.system.relation(relation).iter();
            terms.filter_map(|term| known.from[term.cell as usize]).collect()
        })?;
        let rows = self.union.rows(0, self.parts[0].layout);
        let names = |cell: usize| self.union.names[cell].clone();
        Ok(TableAudit::new(&found, &self.union.system, &known.shown, &rows, &names))
    }

    fn grown(&self, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<TableAudit> {
        let starts = self.starts();
        let all = self.over_time(&starts)?;
        let mut found = self.ask(&all.system, &all.shown, &all.targets, hook, &|relation| {
            let terms = all.system.relation(relation).iter().map(|term| term.cell as usize);
            let of = |cell: usize| {
                let place =
                    starts.iter().rposition(|&start| start <= cell).filter(|&place| place < self.parts.len())?;
                Some((place, cell - starts[place]))
            };
            terms.filter_map(of).collect()
        })?;
        let threshold = i64::from(self.options.threshold);
        for growth in found.cells.iter_mut().filter(|found| all.about[found.cell] == About::Growth) {
            let nobody = growth.upper == Some(0) && self.options.zeros == Zeros::Keep;
            if growth.lower >= threshold || nobody {
                growth.verdict = Verdict::Safe;
            }
        }
        let names = |cell: usize| all.names[cell].clone();
        Ok(TableAudit::over_time(&found, &all.system, &all.shown, &all.rows, &all.about, &names))
    }

    /// Where the cells of each release start, and after them the growths.
    fn starts(&self) -> Vec<usize> {
        let mut next = 0;
        let mut starts = vec![0];
        for part in self.parts {
            next += part.layout.system.cells();
            starts.push(next);
        }
        starts
    }

    fn over_time(&self, starts: &[usize]) -> Result<OverTime> {
        let mut builder = System::builder();
        let cells = starts[self.parts.len()];
        builder.add_cells(cells)?;
        let mut all = OverTime {
            system: System::builder().build(),
            shown: Vec::with_capacity(cells),
            targets: Vec::with_capacity(cells),
            rows: Vec::with_capacity(cells),
            about: Vec::with_capacity(cells),
            names: Vec::with_capacity(cells),
        };
        // The row in the table of each cell that releases have in common.
        let mut row_of = vec![None; self.union.system.cells()];
        for (row, cell) in self.union.rows(0, self.parts[0].layout).into_iter().enumerate() {
            row_of[cell] = Some(row);
        }
        for (place, (part, (_, cells))) in self.parts.iter().zip(self.releases).enumerate() {
            let layout = part.layout;
            all.shown.extend(shown_in(layout, cells, self.options));
            all.targets.extend(targets_in(layout, cells));
            for (own, cell) in self.union.places[place].iter().enumerate() {
                let row = cell.and_then(|cell| row_of[cell]);
                if row.is_none() && matches!(layout.listed[own], Listed::Row(_)) {
                    return Err(self.differ(&[(place, own)]));
                }
                all.rows.push(row);
                all.about.push(if place == 0 { About::Now } else { About::Earlier });
                all.names.push(format!("{}, {}", self.name(*cell), self.moment(place)));
            }
            for relation in 0..layout.system.relations() {
                let moved = layout.system.relation(relation).iter().map(|&term| term_at(starts[place], term));
                builder.add_relation(&moved.collect::<Result<Vec<_>>>()?)?;
            }
        }
        self.add_growths(starts, &row_of, &mut builder, &mut all)?;
        all.system = builder.build();
        Ok(all)
    }

    /// For each cell of two releases in turn: newer − older − growth = 0.
    fn add_growths(
        &self,
        starts: &[usize],
        row_of: &[Option<usize>],
        builder: &mut SystemBuilder,
        all: &mut OverTime,
    ) -> Result<()> {
        let mut last: Vec<Option<(usize, usize)>> = vec![None; self.union.system.cells()];
        // The oldest release comes first, the table last.
        for place in (1..self.parts.len()).chain([0]) {
            let layout = self.parts[place].layout;
            for (own, cell) in self.cells_of(place).collect::<Vec<_>>() {
                if layout.listed[own] == Listed::NotPublished {
                    continue;
                }
                let before = last[cell].replace((place, own));
                let Some((older, old)) = before else { continue };
                let growth = builder.add_cells(1)?;
                builder.add_sum(starts[place] + own, &[starts[older] + old, growth])?;
                let is_row = |place: usize, own: usize| matches!(self.parts[place].layout.listed[own], Listed::Row(_));
                all.shown.push(Shown::Between { low: 0, high: None });
                all.targets.push(is_row(place, own) && is_row(older, old));
                all.rows.push(row_of[cell]);
                all.about.push(About::Growth);
                let until = if self.parts.len() > 2 { format!(" to {}", self.moment(place)) } else { String::new() };
                all.names.push(format!("{}, growth{until}", self.union.names[cell]));
            }
        }
        Ok(())
    }

    fn ask(
        &self,
        system: &System,
        shown: &[Shown],
        targets: &[bool],
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
        owners: &dyn Fn(usize) -> Vec<(usize, usize)>,
    ) -> Result<Audit> {
        let task = AuditTask {
            targets: Some(targets),
            needed: Needed::Each(need(self.options)),
            bounds: Bounds::Full,
            ..AuditTask::new(system, shown)
        };
        audit_with_progress(&task, hook).map_err(|error| match error {
            Error::Policy(PolicyError::InconsistentRelation { relation }) => self.differ(&owners(relation - 1)),
            other => other,
        })
    }

    fn cells_of(&self, place: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.union.places[place].iter().enumerate().filter_map(|(own, cell)| Some((own, (*cell)?)))
    }

    fn name(&self, cell: Option<usize>) -> &str {
        cell.map_or("a total that is not listed", |cell| self.union.names[cell].as_str())
    }

    fn moment(&self, place: usize) -> String {
        match (place, self.parts.len()) {
            (0, _) => "now".to_owned(),
            (_, 2) => "before".to_owned(),
            _ => format!("release {place}"),
        }
    }

    /// The error that names a row: of the newest release that has one, with the earliest that contradicts it.
    fn differ(&self, cells: &[(usize, usize)]) -> Error {
        let row = |&(place, own): &(usize, usize)| match self.parts[place].layout.listed[own] {
            Listed::Row(row) => Some((place, row + 1)),
            _ => None,
        };
        let (place, row) = cells.iter().rev().filter_map(row).min_by_key(|&(place, _)| place).unwrap_or((0, 1));
        let release = cells.iter().map(|&(place, _)| place).max().unwrap_or(0).max(1);
        let of = if place == 0 { "the table".to_owned() } else { format!("earlier release {place}") };
        PolicyError::ReleasesDiffer { row, of, release }.into()
    }
}

fn term_at(start: usize, term: Term) -> Result<Term> {
    let too_large = PolicyError::TableTooLarge { limit: u32::MAX.into() };
    let cell = u32::try_from(start + term.cell as usize).map_err(|_| too_large)?;
    Ok(Term { cell, factor: term.factor })
}
