//! A part of the table in which the choice is made again.

use super::super::system::System;
use super::basis;
use super::greedy;
use super::guard::Guard;
use super::lines::Lines;
use super::row::Entry;
use super::task::ProtectTask;
use crate::error::Result;

/// The hidden cells, and for each relation which of its cells they are.
pub(super) struct Hidden<'a> {
    task: &'a ProtectTask<'a>,
    lines: &'a Lines,
    marks: Vec<bool>,
    open: Vec<Vec<u32>>,
}

/// Cells that may change, and all hidden cells that hang together with them: everything outside is published or
/// shares no relation with them, so the region is protected or not by itself.
pub(super) struct Region {
    /// Ascending.
    pub(super) cells: Vec<u32>,
}

/// What a region comes to if the choice is made again.
pub(super) struct Rechoice {
    pub(super) hidden: Vec<u32>,
    pub(super) work: u64,
}

impl<'a> Hidden<'a> {
    pub(super) fn new(task: &'a ProtectTask<'a>, lines: &'a Lines, secondary: &[u32]) -> Self {
        let mut hidden: Vec<bool> = task.primary.iter().zip(task.forced).map(|(&p, &f)| p || f).collect();
        for &cell in secondary {
            hidden[cell as usize] = true;
        }
        let open = |relation| {
            let cells = task.system.relation(relation).iter().map(|term| term.cell);
            cells.filter(|&cell| hidden[cell as usize]).collect()
        };
        let open = (0..task.system.relations()).map(open).collect();
        Self { task, lines, marks: hidden, open }
    }

    pub(super) fn is_hidden(&self, cell: u32) -> bool {
        self.marks[cell as usize]
    }

    pub(super) fn is_secondary(&self, cell: u32) -> bool {
        self.is_hidden(cell) && !self.task.is_decided(cell as usize)
    }

    pub(super) fn set(&mut self, cell: u32, hidden: bool) {
        if std::mem::replace(&mut self.marks[cell as usize], hidden) == hidden {
            return;
        }
        for &relation in self.lines.of(cell as usize) {
            let open = &mut self.open[relation as usize];
            // The order within a relation must not depend on how a state was reached.
            match open.binary_search(&cell) {
                Ok(place) => {
                    open.remove(place);
                }
                Err(place) => open.insert(place, cell),
            }
        }
    }

    /// The region around some cells, or None past `limit` cells.
    pub(super) fn region(&self, around: &[u32], limit: usize) -> Option<Region> {
        let mut cells = around.to_vec();
        cells.sort_unstable();
        cells.dedup();
        let mut seen = Marks::of(self.marks.len(), &cells);
        let mut relations = Marks::new(self.open.len());
        let mut next = 0;
        while let Some(&cell) = cells.get(next) {
            next += 1;
            for &relation in self.lines.of(cell as usize) {
                if relations.insert(relation) {
                    cells.extend(self.open[relation as usize].iter().filter(|&&cell| seen.insert(cell)));
                }
            }
            if cells.len() > limit {
                return None;
            }
        }
        cells.sort_unstable();
        Some(Region { cells })
    }

    /// Makes the choice in the region again: `order` holds all of its cells that are neither primary nor forced.
    pub(super) fn choose_again(&self, region: &Region, order: &[u32]) -> Result<Rechoice> {
        let cells = &region.cells;
        let local = |cell: u32| cells.partition_point(|&other| other < cell) as u32;
        let mut terms: Vec<(u32, Entry)> = Vec::new();
        for (place, &cell) in (0_u32..).zip(cells) {
            for &relation in self.lines.of(cell as usize) {
                let factor = factor(self.task.system, relation, cell);
                terms.push((relation, Entry { coordinate: place, factor }));
            }
        }
        terms.sort_unstable_by_key(|&(relation, entry)| (relation, entry.coordinate));
        let relations =
            terms.chunk_by(|a, b| a.0 == b.0).map(|chunk| chunk.iter().map(|&(_, entry)| entry).collect()).collect();
        let kernel = basis::of_part(cells.len(), relations)?;
        let role = |&cell: &u32| self.task.role(cell as usize);
        let counts: Vec<i64> = cells.iter().map(|&cell| self.task.counts[cell as usize]).collect();
        let roles = cells.iter().map(role).collect();
        let mut guard = Guard::new(kernel, roles, &counts, self.task.singles, self.task.insiders)?;
        let order: Vec<u32> = order.iter().map(|&cell| local(cell)).collect();
        let hidden = greedy::keep_hidden(&mut guard, &order, |_| Ok(()))?;
        Ok(Rechoice { hidden: hidden.iter().map(|&cell| cells[cell as usize]).collect(), work: guard.kernel.work() })
    }
}

/// A set of small numbers.
pub(super) struct Marks(Vec<u64>);

impl Marks {
    pub(super) fn new(limit: usize) -> Self {
        Self(vec![0; limit.div_ceil(64)])
    }

    pub(super) fn of(limit: usize, numbers: &[u32]) -> Self {
        let mut marks = Self::new(limit);
        for &number in numbers {
            marks.insert(number);
        }
        marks
    }

    /// Whether it was not there before.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = (&mut self.0[number as usize / 64], 1 << (number % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        self.0[number as usize / 64] & (1 << (number % 64)) != 0
    }
}

fn factor(system: &System, relation: u32, cell: u32) -> i64 {
    let terms = system.relation(relation as usize);
    let place = terms.partition_point(|term| term.cell < cell);
    i64::from(terms[place].factor)
}
