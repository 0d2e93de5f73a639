//! What publishing one more cell would give away.

use super::kernel::{Elimination, Kernel};
use super::row::{Entry, combine, factor_at, proportional, same_line};
use super::task::{Insiders, Singles};
use crate::error::Result;
use std::collections::HashMap;

/// What a cell is to the attackers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It may be published.
    Open,
    /// Hidden by order of the caller, and protected against recomputation from outside.
    Forced,
    /// A primary cell.
    Primary,
}

/// A kernel, and the cells whose rows must not be reached.
///
/// With a rule for single contributors the cells they know are coordinates themselves, after all others: the *tail*.
/// The part of a row before it, its *body*, is what remains unknown to all of them together.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) kernel: Kernel,
    roles: Vec<Role>,
    first_tail: u32,
    /// For each coordinate of the tail whether a published difference holds it.
    used: Vec<bool>,
    insiders: Insiders,
    /// Cells whose members know them; each alone.
    known: Vec<bool>,
    /// Protected cells that were one and the same number before anything was chosen have one class.
    classes: Vec<u32>,
    /// Protected cells that the pooling insiders know from the start.
    pooled: Vec<bool>,
}

impl Guard {
    /// Takes the kernel once everything is published that says nothing of its own: zeros, and cells that are not
    /// up for choice.
    pub(super) fn new(
        mut kernel: Kernel,
        roles: Vec<Role>,
        counts: &[i64],
        singles: Singles,
        insiders: Insiders,
    ) -> Result<Self> {
        let first_tail = kernel.coordinates() as u32;
        let of_tail = |cell: usize| {
            roles[cell] == Role::Primary
                && match counts[cell] {
                    0 => singles == Singles::Zeros,
                    1 => singles == Singles::Ones || insiders == Insiders::Pooling,
                    _ => false,
                }
        };
        let mut tied = Vec::new();
        for cell in (0..roles.len()).filter(|&cell| of_tail(cell)) {
            move_to_tail(&mut kernel, cell, first_tail, &mut tied)?;
        }
        let mut used = vec![false; kernel.coordinates() - first_tail as usize];
        for coordinate in tied {
            used[(coordinate - first_tail) as usize] = true;
        }
        let mut guard = Self {
            first_tail,
            used,
            insiders,
            known: Vec::new(),
            classes: Vec::new(),
            pooled: Vec::new(),
            kernel,
            roles,
        };
        if insiders != Insiders::Ignored {
            let cells = 0..guard.roles.len();
            guard.known =
                cells.clone().map(|c| guard.roles[c] == Role::Primary && matches!(counts[c], 1 | 2)).collect();
            guard.classes = guard.find_classes();
            guard.pooled = cells.map(|c| guard.body(guard.kernel.row(c)).is_empty()).collect();
        }
        Ok(guard)
    }

    fn find_classes(&self) -> Vec<u32> {
        let mut first: HashMap<Vec<Entry>, u32> = HashMap::new();
        let class = |cell: u32| {
            if self.roles[cell as usize] == Role::Open {
                return cell;
            }
            let mut row = self.kernel.row(cell as usize).to_vec();
            let sign = row.first().map_or(1, |entry| entry.factor.signum());
            for entry in &mut row {
                entry.factor *= sign;
            }
            *first.entry(row).or_insert(cell)
        };
        (0..self.roles.len() as u32).map(class).collect()
    }

    fn body<'r>(&self, row: &'r [Entry]) -> &'r [Entry] {
        &row[..row.partition_point(|entry| entry.coordinate < self.first_tail)]
    }

    /// Publishes the cell if that gives nothing away, and says whether it did.
    pub(super) fn offer(&mut self, cell: usize) -> bool {
        let row = self.kernel.row(cell);
        let body = self.body(row);
        let Some(by) = self.kernel.rarest(if body.is_empty() { row } else { body }) else { return true };
        let column = self.kernel.column(by);
        let looked = column.len();
        let refused = (body.is_empty() && !self.is_harmless_difference(row))
            || column.iter().any(|&other| self.is_reached(other as usize, row, body))
            || (self.insiders != Insiders::Ignored && self.tells_an_insider(row, by));
        let tail: Vec<u32> = if body.is_empty() { row.iter().map(|entry| entry.coordinate).collect() } else { vec![] };
        self.kernel.add_work(looked);
        if refused {
            return false;
        }
        let published = self.kernel.publish(cell, by) == Elimination::Done;
        if published {
            for coordinate in tail {
                self.used[(coordinate - self.first_tail) as usize] = true;
            }
        }
        published
    }

    /// Whether three or more single contributors, none of them in another published difference, stand in the row
    /// with both signs: then neither an outsider nor one of them learns a cell from it.
    fn is_harmless_difference(&self, row: &[Entry]) -> bool {
        let both_signs = row.iter().any(|entry| entry.factor > 0) && row.iter().any(|entry| entry.factor < 0);
        self.insiders != Insiders::Pooling
            && row.len() >= 3
            && both_signs
            && row.iter().all(|entry| !self.used[(entry.coordinate - self.first_tail) as usize])
    }

    /// Whether the other cell is protected and follows from a published row.
    fn is_reached(&self, other: usize, row: &[Entry], body: &[Entry]) -> bool {
        if self.roles[other] == Role::Open {
            return false;
        }
        let reached = self.kernel.row(other);
        if same_line(reached, row) {
            return true;
        }
        self.insiders == Insiders::Pooling
            && self.roles[other] == Role::Primary
            && !self.pooled[other]
            && proportional(self.body(reached), body)
    }

    /// Whether a member of one cell of 1 or 2, who knows that cell, could then compute another primary cell: whether
    /// two rows that differ now would be proportional once `row` is taken out.
    fn tells_an_insider(&self, row: &[Entry], by: u32) -> bool {
        let mut moved: Vec<(usize, Vec<Entry>)> = Vec::new();
        for &other in self.kernel.column(by) {
            let other = other as usize;
            let held = self.kernel.row(other);
            if self.roles[other] != Role::Primary || factor_at(held, by) == 0 {
                continue;
            }
            let mut out = Vec::new();
            if combine(held, row, by, &mut out).is_none() {
                return true;
            }
            moved.push((other, out));
        }
        let tells = |one: usize, other: usize| {
            (self.known[one] || self.known[other]) && self.classes[one] != self.classes[other]
        };
        moved.iter().enumerate().any(|(place, (cell, after))| {
            let among_moved =
                || moved[..place].iter().any(|(other, row)| tells(*cell, *other) && same_line(row, after));
            let among_others = |coordinate: u32| {
                self.kernel.column(coordinate).iter().any(|&other| {
                    let other = other as usize;
                    self.roles[other] == Role::Primary
                        && tells(*cell, other)
                        && same_line(self.kernel.row(other), after)
                        && factor_at(self.kernel.row(other), by) == 0
                })
            };
            among_moved() || self.kernel.rarest(after).is_some_and(among_others)
        })
    }

    /// The protected cells that follow from what is published already.
    pub(super) fn lost(&self) -> impl Iterator<Item = usize> {
        (0..self.roles.len()).filter(|&cell| self.roles[cell] == Role::Primary && self.kernel.row(cell).is_empty())
    }
}

/// Makes the cell a coordinate of its own in the tail. If it follows from those there, these are `tied`.
fn move_to_tail(kernel: &mut Kernel, cell: usize, first_tail: u32, tied: &mut Vec<u32>) -> Result<()> {
    let row = kernel.row(cell);
    let body = &row[..row.partition_point(|entry| entry.coordinate < first_tail)];
    let Some(by) = kernel.rarest(body) else {
        // A single one is the same cell in another place, such as a total of 1.
        if row.len() > 1 {
            tied.extend(row.iter().map(|entry| entry.coordinate));
        }
        return Ok(());
    };
    let mut joined = row.to_vec();
    joined.push(Entry { coordinate: kernel.add_coordinate(), factor: -1 });
    match kernel.eliminate(&joined, by) {
        Elimination::Done => Ok(()),
        Elimination::NumbersTooLarge => Err(crate::error::PolicyError::TableTooEntangled { cell: cell + 1 }.into()),
    }
}
