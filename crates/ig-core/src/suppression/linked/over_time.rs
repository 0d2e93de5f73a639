//! Tables of several moments as one system: what each moment shows, and what grew from one to the next.

use super::merged;
use super::union::{Part, Union};
use crate::error::{Error, PolicyError, Result};
use crate::suppression::layout::{Layout, Listed};
use crate::suppression::system::{System, SystemBuilder, Term};
use crate::suppression::table_audit::About;
use std::collections::BTreeMap;

/// Tables over the same people, some of them published earlier.
#[derive(Clone, Copy)]
pub(super) struct Releases<'a> {
    /// Those of now, then the earlier ones.
    pub(super) parts: &'a [Part<'a>],
    /// For each table its moment: 0 is now, 1 the oldest.
    pub(super) moments: &'a [usize],
    /// For each table its name, where several belong to one moment.
    pub(super) names: &'a [&'a str],
    /// All tables as those of one moment.
    pub(super) union: &'a Union,
}

/// All moments as one system: the cells of one after those of the other, then the growths.
pub(super) struct OverTime {
    pub(super) system: System,
    /// For each table the cell of each cell of its own layout; none for totals that nobody lists.
    pub(super) places: Vec<Vec<Option<usize>>>,
    /// For each cell what it is about.
    pub(super) about: Vec<About>,
    /// For each cell that of all releases together.
    pub(super) of: Vec<Option<usize>>,
    pub(super) names: Vec<String>,
    pub(super) growths: Vec<Growth>,
}

/// newer − older − growth = 0.
pub(super) struct Growth {
    pub(super) cell: usize,
    pub(super) newer: usize,
    pub(super) older: usize,
    /// Whether both are rows of tables, so that a reader looks at the growth.
    pub(super) of_rows: bool,
}

impl Releases<'_> {
    /// The moments in the order of time.
    fn in_time(&self) -> impl Iterator<Item = usize> {
        (1..=self.moments.iter().copied().max().unwrap_or(0)).chain([0])
    }

    fn at(&self, moment: usize) -> Vec<usize> {
        (0..self.parts.len()).filter(|&part| self.moments[part] == moment).collect()
    }

    /// Each cell of a table that some table lists, and the cell of all releases together.
    pub(super) fn cells_of(&self, part: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.union.places[part].iter().enumerate().filter_map(|(own, cell)| Some((own, (*cell)?)))
    }

    /// One system, in which no count is smaller than it was.
    ///
    /// # Errors
    /// `policy.table_too_large`.
    pub(super) fn over_time(&self, total_label: &str) -> Result<OverTime> {
        let mut builder = System::builder();
        let mut all = OverTime {
            system: System::builder().build(),
            places: vec![Vec::new(); self.parts.len()],
            about: Vec::new(),
            of: Vec::new(),
            names: Vec::new(),
            growths: Vec::new(),
        };
        for moment in 0..=self.moments.iter().copied().max().unwrap_or(0) {
            let here = self.at(moment);
            let parts: Vec<Part> = here.iter().map(|&part| self.parts[part]).collect();
            let several = if parts.len() > 1 { Some(Union::of(&parts, total_label)?) } else { None };
            let system = several.as_ref().map_or_else(|| &parts[0].layout.system, |union| &union.system);
            let start = builder.add_cells(system.cells())?;
            for relation in 0..system.relations() {
                let moved = system.relation(relation).iter().map(|&term| term_at(start, term));
                builder.add_relation(&moved.collect::<Result<Vec<_>>>()?)?;
            }
            all.of.resize(start + system.cells(), None);
            for (place, &part) in here.iter().enumerate() {
                let own = 0..parts[place].layout.system.cells();
                all.places[part] = match &several {
                    Some(union) => union.places[place].iter().map(|cell| cell.map(|cell| start + cell)).collect(),
                    None => own.clone().map(|cell| Some(start + cell)).collect(),
                };
                for own in own {
                    if let Some(cell) = all.places[part][own] {
                        all.of[cell] = all.of[cell].or(self.union.places[part][own]);
                    }
                }
            }
            all.about.resize(all.of.len(), if moment == 0 { About::Now } else { About::Earlier });
            let named = |cell: &Option<usize>| format!("{}, {}", self.name(*cell), self.moment(moment));
            all.names.extend(all.of[start..].iter().map(named));
        }
        self.add_growths(&mut builder, &mut all)?;
        all.system = builder.build();
        Ok(all)
    }

    fn add_growths(&self, builder: &mut SystemBuilder, all: &mut OverTime) -> Result<()> {
        let mut last: Vec<Option<(usize, bool)>> = vec![None; self.union.system.cells()];
        for moment in self.in_time() {
            let mut here: BTreeMap<usize, (usize, usize, bool)> = BTreeMap::new();
            for (order, part) in self.at(moment).into_iter().enumerate() {
                let listed = &self.parts[part].layout.listed;
                for (own, cell) in self.cells_of(part).filter(|&(own, _)| listed[own] != Listed::NotPublished) {
                    let Some(place) = all.places[part][own] else { continue };
                    let is_row = matches!(listed[own], Listed::Row(_) | Listed::Added);
                    let known = here.entry(cell).or_insert((order * listed.len() + own, place, false));
                    known.2 |= is_row;
                }
            }
            let mut in_order: Vec<_> = here.into_iter().collect();
            in_order.sort_by_key(|&(_, (order, ..))| order);
            for (of, (_, newer, is_row)) in in_order {
                let Some((older, was_row)) = last[of].replace((newer, is_row)) else { continue };
                let cell = builder.add_cells(1)?;
                builder.add_sum(newer, &[older, cell])?;
                all.growths.push(Growth { cell, newer, older, of_rows: is_row && was_row });
                all.about.push(About::Growth);
                all.of.push(Some(of));
                let until = match moment {
                    0 if self.moments.iter().all(|&moment| moment < 2) => String::new(),
                    moment => format!(" to {}", self.moment(moment)),
                };
                all.names.push(format!("{}, growth{until}", self.union.names[of]));
            }
        }
        Ok(())
    }

    fn name(&self, cell: Option<usize>) -> &str {
        cell.map_or("a total that is not listed", |cell| self.union.names[cell].as_str())
    }

    fn moment(&self, moment: usize) -> String {
        match (moment, self.moments.iter().max()) {
            (0, _) => "now".to_owned(),
            (_, Some(1)) => "before".to_owned(),
            _ => format!("release {moment}"),
        }
    }

    /// Refuses a row of an earlier release that no table of now has.
    ///
    /// # Errors
    /// `policy.releases_differ`.
    pub(super) fn rows_are_still_listed(&self) -> Result<()> {
        let mut now = vec![false; self.union.system.cells()];
        for part in self.at(0) {
            let layout: &Layout = self.parts[part].layout;
            self.union.rows(part, layout).into_iter().for_each(|cell| now[cell] = true);
        }
        for part in (0..self.parts.len()).filter(|&part| self.moments[part] > 0) {
            let gone = |&(own, cell): &(usize, usize)| {
                !now[cell] && matches!(self.parts[part].layout.listed[own], Listed::Row(_))
            };
            if let Some((own, _)) = self.cells_of(part).find(gone) {
                return Err(self.differ(&[(part, own)]));
            }
        }
        Ok(())
    }

    /// The error that names a row: of the newest release that has one, with the earliest that contradicts it; or the
    /// two tables, where all belong to one moment.
    pub(super) fn differ(&self, cells: &[(usize, usize)]) -> Error {
        let mut sorted = cells.to_vec();
        sorted.sort_unstable();
        let ends = sorted.first().copied().zip(sorted.last().copied());
        let in_one_moment = |&(first, last): &((usize, usize), (usize, usize))| {
            first.0 != last.0 && self.moments[first.0] == self.moments[last.0]
        };
        if let Some((first, last)) = ends.filter(in_one_moment) {
            return merged::differ(self.names, self.parts, first, last);
        }
        let row = |&(part, own): &(usize, usize)| match self.parts[part].layout.listed[own] {
            Listed::Row(row) => Some((part, row + 1)),
            _ => None,
        };
        let (part, row) = cells.iter().rev().filter_map(row).min_by_key(|&(part, _)| part).unwrap_or((0, 1));
        let release = cells.iter().map(|&(part, _)| self.moments[part]).max().unwrap_or(0).max(1);
        let table = self.names.get(part).map_or_else(|| "the table".to_owned(), |name| format!("the table {name}"));
        let of = match (self.moments[part], self.names.get(part)) {
            (0, _) => table,
            (moment, None) => format!("earlier release {moment}"),
            (moment, Some(_)) => format!("{table} of earlier release {moment}"),
        };
        PolicyError::ReleasesDiffer { row, of, release }.into()
    }
}

fn term_at(start: usize, term: Term) -> Result<Term> {
    let too_large = PolicyError::TableTooLarge { limit: u32::MAX.into() };
    let cell = u32::try_from(start + term.cell as usize).map_err(|_| too_large)?;
    Ok(Term { cell, factor: term.factor })
}
