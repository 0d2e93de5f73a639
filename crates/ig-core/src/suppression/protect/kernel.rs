//! What an attacker cannot know, as a basis that shrinks with every cell published.
//!
//! Row `c` says how cell `c` moves with the coordinates of all changes that leave the published cells as they are.
//! Rows count up to a positive factor. An empty row is a cell that follows from what is published. Publishing a cell takes its row out of every other.

use super::row::{Entry, combine, factor_at};
use crate::error::{PolicyError, Result};

/// The rows, and for each coordinate the rows that may hold it (a superset: entries that vanish stay listed).
#[derive(Clone)]
pub(super) struct Kernel {
    rows: Vec<Vec<Entry>>,
    columns: Vec<Vec<u32>>,
    /// No number in any row is larger than this.
    largest: u64,
    /// Entries read and written so far: the measure of work, the same on every machine.
    work: u64,
    scratch: Vec<Entry>,
}

/// Whether a row could be taken out of the others.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Elimination {
    Done,
    /// A number would not have fitted; nothing was changed.
    NumbersTooLarge,
}

impl Kernel {
    /// Takes rows in which every coordinate is below `coordinates`.
    pub(super) fn new(rows: Vec<Vec<Entry>>, coordinates: usize) -> Self {
        let mut lengths = vec![0_u32; coordinates];
        let mut largest = 1;
        for entry in rows.iter().flatten() {
            lengths[entry.coordinate as usize] += 1;
            largest = largest.max(entry.factor.unsigned_abs());
        }
        let mut columns: Vec<Vec<u32>> = lengths.iter().map(|&length| Vec::with_capacity(length as usize)).collect();
        for (cell, row) in (0_u32..).zip(&rows) {
            for entry in row {
                columns[entry.coordinate as usize].push(cell);
            }
        }
        Self { rows, columns, largest, work: 0, scratch: Vec::new() }
    }

    pub(super) fn row(&self, cell: usize) -> &[Entry] {
        &self.rows[cell]
    }

    pub(super) fn row_mut(&mut self, cell: usize) -> &mut Vec<Entry> {
        &mut self.rows[cell]
    }

    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The rows that may hold the coordinate.
    pub(super) fn column(&self, coordinate: u32) -> &[u32] {
        &self.columns[coordinate as usize]
    }

    pub(super) fn coordinates(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn work(&self) -> u64 {
        self.work
    }

    pub(super) fn add_work(&mut self, work: usize) {
        self.work += work as u64;
    }

    /// Adds a coordinate that no row holds yet.
    pub(super) fn add_coordinate(&mut self) -> u32 {
        self.columns.push(Vec::new());
        (self.columns.len() - 1) as u32
    }

    /// Forgets a row that nobody asks for again.
    pub(super) fn drop_row(&mut self, cell: usize) {
        self.rows[cell] = Vec::new();
    }

    /// Keeps the first rows only.
    pub(super) fn keep_rows(&mut self, kept: usize) {
        self.rows.truncate(kept);
        self.columns.iter_mut().for_each(|column| column.retain(|&cell| (cell as usize) < kept));
    }

    /// The coordinate of the row that the fewest rows hold, preferring the factors 1 and −1.
    pub(super) fn rarest(&self, row: &[Entry]) -> Option<u32> {
        let rarity = |entry: &&Entry| (entry.factor.unsigned_abs() != 1, self.column(entry.coordinate).len());
        row.iter().min_by_key(rarity).map(|entry| entry.coordinate)
    }

    /// Takes the row of a published cell out of all others, by the given coordinate of it.
    pub(super) fn publish(&mut self, cell: usize, by: u32) -> Elimination {
        let pivot = std::mem::take(&mut self.rows[cell]);
        let done = self.eliminate(&pivot, by);
        if done == Elimination::NumbersTooLarge {
            self.rows[cell] = pivot;
        }
        done
    }

    /// As [`Kernel::publish`], for what must be published.
    pub(super) fn must_publish(&mut self, cell: usize) -> Result<()> {
        match self.rarest(&self.rows[cell]) {
            Some(by) if self.publish(cell, by) != Elimination::Done => {
                Err(PolicyError::TableTooEntangled { cell: cell + 1 }.into())
            }
            _ => Ok(()),
        }
    }

    /// Takes a row that belongs to no cell out of all rows.
    pub(super) fn eliminate(&mut self, pivot: &[Entry], by: u32) -> Elimination {
        let holders = std::mem::take(&mut self.columns[by as usize]);
        if !self.surely_fits(pivot) && !self.fits(&holders, pivot, by) {
            self.columns[by as usize] = holders;
            return Elimination::NumbersTooLarge;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        for &holder in &holders {
            let row = &mut self.rows[holder as usize];
            if factor_at(row, by) == 0 {
                continue;
            }
            if pivot.len() == 1 {
                self.work += 1;
                row.retain(|entry| entry.coordinate != by);
                super::row::normalise(row);
                continue;
            }
            // `fits` has tried every one of these.
            let _ = combine(row, pivot, by, &mut scratch);
            self.work += (row.len() + pivot.len()) as u64;
            let mut before = row.iter().peekable();
            for entry in &scratch {
                self.largest = self.largest.max(entry.factor.unsigned_abs());
                while before.next_if(|old| old.coordinate < entry.coordinate).is_some() {}
                if before.next_if(|old| old.coordinate == entry.coordinate).is_none() {
                    self.columns[entry.coordinate as usize].push(holder);
                }
            }
            row.clear();
            row.extend_from_slice(&scratch);
        }
        self.scratch = scratch;
        Elimination::Done
    }

    /// No product of two numbers, doubled, can leave 63 bits.
    fn surely_fits(&self, pivot: &[Entry]) -> bool {
        pivot.len() == 1 || self.largest < 1 << 30
    }

    fn fits(&mut self, holders: &[u32], pivot: &[Entry], by: u32) -> bool {
        let mut out = std::mem::take(&mut self.scratch);
        let fits = holders.iter().all(|&holder| {
            let row = &self.rows[holder as usize];
            factor_at(row, by) == 0 || combine(row, pivot, by, &mut out).is_some()
        });
        self.scratch = out;
        fits
    }
}
