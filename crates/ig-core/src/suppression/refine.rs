//! Small tables: publish more, or cheaper cells instead, wherever the auditor agrees.
//!
//! Every trial is audited, so nothing here has to be right about safety. Work is counted in audits and the random
//! numbers are a fixed sequence: the same table gives the same pattern everywhere.

use super::cell::{Cell, Reason};
use super::progress::Progress;
use super::secondary::{Failure, Hidden};
use crate::error::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// Tables of more cells are left as they are.
pub(super) const SMALL: usize = 500;

/// Audits of one table times its cells; at least 60 audits and at most 3,000.
const WORK: usize = 180_000;

/// The audits without a gain after which swapping ends, beside as many as led to the last gain.
const PATIENCE: usize = 400;

/// Tries of the swapping at most, with or without an audit.
const ROUNDS: usize = 20_000;

/// Publishes secondary cells again, and swaps them for cheaper ones, while the auditor passes.
///
/// `decided` are the cells before any was secondary, as they are published.
///
/// # Errors
/// Those of the audit.
pub(super) fn refine(table: &mut Hidden, decided: &[Cell], hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<()> {
    let cells = table.cells.len();
    let start = secondary(table);
    if cells > SMALL || start.is_empty() {
        return Ok(());
    }
    let mut trials = Trials { table, decided, hook, left: (WORK / cells).clamp(60, 3_000), failed: Vec::new() };
    let mut best = trials.thin(&start, &BTreeSet::new(), |_| 0)?;
    best = trials.thin_everything(best)?;
    best = trials.swap(best)?;
    trials.set(&best);
    Ok(())
}

/// The secondary cells.
fn secondary(table: &Hidden) -> BTreeSet<usize> {
    (0..table.cells.len()).filter(|&cell| table.cells[cell] == Cell::Suppressed(Reason::Secondary)).collect()
}

struct Trials<'a, 'b> {
    table: &'a mut Hidden<'b>,
    decided: &'a [Cell],
    hook: &'a dyn Fn(Progress) -> ControlFlow<()>,
    /// Audits that may still be made.
    left: usize,
    /// Sets of cells of which one must be hidden: hiding more never makes a table less safe.
    failed: Vec<Vec<usize>>,
}

impl Trials<'_, '_> {
    /// What the cells cost that are hidden: their counts, then how many they are.
    fn cost(&self, cells: &BTreeSet<usize>) -> (i128, usize) {
        (cells.iter().map(|&cell| i128::from(self.table.count(cell))).sum(), cells.len())
    }

    /// Makes these the secondary cells.
    fn set(&mut self, cells: &BTreeSet<usize>) {
        for cell in secondary(self.table) {
            if !cells.contains(&cell) {
                self.table.cells[cell] = self.decided[cell];
            }
        }
        for &cell in cells {
            self.table.cells[cell] = Cell::Suppressed(Reason::Secondary);
        }
    }

    fn passes(&mut self, cells: &BTreeSet<usize>) -> Result<bool> {
        Ok(self.is_met(cells) && self.failures(cells)?.is_empty())
    }

    /// Whether each set that must hold a hidden cell does.
    fn is_met(&self, cells: &BTreeSet<usize>) -> bool {
        self.failed.iter().all(|failed| failed.iter().any(|cell| cells.contains(cell)))
    }

    /// Asks the auditor, and remembers what it says.
    fn failures(&mut self, cells: &BTreeSet<usize>) -> Result<Vec<Failure>> {
        self.left = self.left.saturating_sub(1);
        self.set(cells);
        let failures = self.table.failures(self.hook)?;
        let before = self.failed.len();
        for failure in &failures {
            if let Failure::Proof(cells) = failure
                && !cells.is_empty()
                && !self.failed.contains(cells)
            {
                self.failed.push(cells.clone());
            }
        }
        if !failures.is_empty() && self.failed.len() == before {
            let open = |&cell: &usize| self.table.is_open(cell) && !cells.contains(&cell);
            let rest: Vec<usize> = (0..self.table.cells.len()).filter(open).collect();
            if !rest.is_empty() {
                self.failed.push(rest);
            }
        }
        Ok(failures)
    }

    /// Publishes cells one by one, the dearest first, where the rest still passes. `keep` stay hidden; `jitter` per
    /// cell, in hundredths of its cost, changes the order.
    fn thin(
        &mut self,
        start: &BTreeSet<usize>,
        keep: &BTreeSet<usize>,
        mut jitter: impl FnMut(usize) -> i128,
    ) -> Result<BTreeSet<usize>> {
        let mut order: Vec<usize> = start.difference(keep).copied().collect();
        let count = |cell: usize| i128::from(self.table.count(cell)) + 1;
        order.sort_by_cached_key(|&cell| (std::cmp::Reverse(count(cell) * (100 + jitter(cell))), cell));
        let mut hidden = start.clone();
        for cell in order {
            if self.left == 0 {
                break;
            }
            hidden.remove(&cell);
            if !self.passes(&hidden)? {
                hidden.insert(cell);
            }
        }
        Ok(hidden)
    }

    /// Starts from everything hidden, if there is work enough for one such pass.
    fn thin_everything(&mut self, best: BTreeSet<usize>) -> Result<BTreeSet<usize>> {
        let all: BTreeSet<usize> = (0..self.table.cells.len()).filter(|&cell| self.table.is_open(cell)).collect();
        if self.left < 2 * all.len() || !self.passes(&all)? {
            return Ok(best);
        }
        let other = self.thin(&all, &BTreeSet::new(), |_| 0)?;
        // Where the work ran out the pattern is dear, and loses.
        Ok(if self.cost(&other) < self.cost(&best) { other } else { best })
    }

    /// Takes dear cells out, lets others be hidden instead, and thins those out; kept if that costs no more.
    fn swap(&mut self, mut best: BTreeSet<usize>) -> Result<BTreeSet<usize>> {
        let near = self.neighbours();
        let mut random = Random(0);
        let start = self.left;
        let mut improved = 0;
        let mut rounds = 0;
        while self.left > 0 && start - self.left < 2 * improved + PATIENCE && rounds < ROUNDS && !best.is_empty() {
            rounds += 1;
            let wider = if rounds % 3 == 0 {
                self.widen(&best, &near, &mut random)?
            } else {
                self.repair(&best, &near, &mut random)?
            };
            let Some(wider) = wider else { continue };
            let limit = self.cost(&best);
            let noise = [10, 40, 80][random.below(3)];
            let other = self.thin(&wider, &BTreeSet::new(), |_| random.below(noise) as i128)?;
            if self.cost(&other) < limit {
                improved = start - self.left;
            }
            if self.cost(&other) <= limit {
                best = other;
            }
        }
        Ok(best)
    }

    /// The dearest of a few cells.
    fn dear(&self, chosen: &[usize], random: &mut Random) -> usize {
        let picks = [0; 2].map(|_| chosen[random.below(chosen.len())]);
        picks.into_iter().max_by_key(|&cell| self.table.count(cell)).unwrap_or(chosen[0])
    }

    /// Takes one cell out and hides a few cells near it, whatever these are good for.
    fn widen(
        &mut self,
        best: &BTreeSet<usize>,
        near: &[Vec<usize>],
        random: &mut Random,
    ) -> Result<Option<BTreeSet<usize>>> {
        let chosen: Vec<usize> = best.iter().copied().collect();
        let out = self.dear(&chosen, random);
        let mut wider = best.clone();
        wider.remove(&out);
        let mut here = out;
        let steps = 2 + random.below(8);
        for _ in 0..4 * steps {
            let around = &near[here];
            if around.is_empty() || wider.len() > best.len() + steps {
                break;
            }
            // The cheaper of two, as a dear cell is seldom worth hiding.
            let picks = [0; 2].map(|_| around[random.below(around.len())]);
            let next = picks.into_iter().min_by_key(|&cell| self.table.count(cell)).unwrap_or(around[0]);
            if self.table.is_open(next) && next != out {
                wider.insert(next);
            }
            here = if random.below(3) == 0 { out } else { next };
        }
        Ok(self.passes(&wider)?.then_some(wider))
    }

    /// Takes a few cells out and hides what the auditor then misses, without one of those.
    fn repair(
        &mut self,
        best: &BTreeSet<usize>,
        near: &[Vec<usize>],
        random: &mut Random,
    ) -> Result<Option<BTreeSet<usize>>> {
        let chosen: Vec<usize> = best.iter().copied().collect();
        let out = self.dear(&chosen, random);
        let mut wider = best.clone();
        let mut banned = BTreeSet::from([out]);
        // Others go too, but may come back.
        for _ in 0..random.below(1 + chosen.len().min(8)) {
            wider.remove(&self.dear(&chosen, random));
        }
        wider.remove(&out);
        if random.below(3) == 0 {
            banned.insert(self.dear(&chosen, random));
            wider.retain(|cell| !banned.contains(cell));
        }
        let limit = self.cost(best).0 * 3 / 2 + 10;
        let noise = [1, 30, 100][random.below(3)];
        while self.left > 0 && self.cost(&wider).0 <= limit {
            let mut hits: BTreeMap<usize, i128> = BTreeMap::new();
            for failed in self.failed.iter().filter(|failed| !failed.iter().any(|cell| wider.contains(cell))) {
                // A long set says little about each of its cells.
                let weight = 1 + 1_000 / failed.len() as i128;
                for &cell in failed {
                    *hits.entry(cell).or_default() += weight;
                }
            }
            if hits.is_empty() {
                let failures = self.failures(&wider)?;
                if failures.is_empty() {
                    return Ok(Some(wider));
                }
                for failure in failures {
                    if let Failure::Beside(cells) = failure {
                        for &cell in cells.iter().flat_map(|&cell| &near[cell]) {
                            if self.table.is_open(cell) && !wider.contains(&cell) {
                                *hits.entry(cell).or_default() += 1_000;
                            }
                        }
                    }
                }
            }
            let mut price = |(&cell, &hits): (&usize, &i128)| {
                let percent = 100 + random.below(noise) as i128;
                ((i128::from(self.table.count(cell)) + 1) * percent * 1_000 / hits.max(1), cell)
            };
            let open = hits.iter().filter(|(cell, _)| !banned.contains(cell));
            match open.map(&mut price).min() {
                Some((_, cell)) => _ = wider.insert(cell),
                // What the auditor has just said is looked at in the next round, if it was a proof.
                None if hits.is_empty() => {}
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// For each cell those in an equation with it.
    fn neighbours(&self) -> Vec<Vec<usize>> {
        let system = &self.table.layout.system;
        let mut near = vec![BTreeSet::new(); system.cells()];
        for relation in 0..system.relations() {
            let terms = system.relation(relation);
            for term in terms {
                near[term.cell as usize].extend(terms.iter().map(|term| term.cell as usize));
            }
        }
        let others = |(cell, mut near): (usize, BTreeSet<usize>)| {
            near.remove(&cell);
            near.into_iter().filter(|&other| !self.table.is_fixed(other)).collect()
        };
        near.into_iter().enumerate().map(others).collect()
    }
}

/// `SplitMix64` (Steele, Lea and Flood 2014): a fixed sequence.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * limit as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests;
