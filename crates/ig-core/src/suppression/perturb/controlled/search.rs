//! Rounding where the sums are no network: innermost cells go up or down, totals follow, and moves are made until no
//! total is too far off. Sums hold by construction; only distances are searched for.

use super::source::Draws;
use super::{AdditiveRounding, argument, not_additive};
use crate::error::{Error, Result};
use crate::suppression::sums::Sums;
use crate::suppression::system::System;
use std::collections::BTreeMap;

/// What must stay near zero: a total's change, or what a second way to the same total would differ by.
struct Line {
    relation: usize,
    /// Whether anything but zero is too far.
    must_be_zero: bool,
    now: i64,
    cells: Vec<usize>,
}

struct Search {
    base: i64,
    rests: Vec<i64>,
    /// For each innermost cell, the lines that it is in, and how often.
    lines_of: Vec<Vec<(usize, i64)>>,
    lines: Vec<Line>,
    /// For each cell, its change.
    changes: Vec<i64>,
    last_moved: Vec<u64>,
    state: u64,
}

/// Candidates looked at in a step.
const TRIED: usize = 48;

/// The most innermost cells of which all choices are tried when the search has found none.
const MOST_TRIED_OUT: usize = 16;

/// By how much each cell changes.
pub(super) fn round(
    system: &System,
    rests: &[i64],
    rounding: AdditiveRounding,
    draws: &mut Draws<'_>,
) -> Result<Vec<i64>, Error> {
    let sums = Sums::of(system).map_err(|relation| {
        let expected =
            format!("sums, each of a total and its parts; equation {} is not (the first is 1)", relation + 1);
        argument("system", &expected)
    })?;
    let mut search = Search::new(system, &sums, rests, rounding.base.into(), draws.seed());
    search.begin();
    let steps = 20_000 + 5 * system.cells() as u64;
    for bases in 1..=rounding.max_bases {
        let most = i64::from(bases) * search.base - 1;
        if search.run(most, steps) || search.try_all(most) {
            return Ok(search.all_changes(system, &sums));
        }
    }
    let most = i64::from(rounding.max_bases) * search.base - 1;
    let worst = search.lines.iter().max_by_key(|line| line.excess(most, line.now)).map_or(0, |line| line.relation);
    Err(not_additive(rounding, worst).into())
}

impl Line {
    /// How much too far off a change is.
    fn excess(&self, most: i64, change: i64) -> i64 {
        if self.must_be_zero { change.abs() } else { (change.abs() - most).max(0) }
    }
}

impl Search {
    fn new(system: &System, sums: &Sums, rests: &[i64], base: i64, seed: u64) -> Self {
        let cells = system.cells();
        // What every cell is in terms of innermost ones.
        let mut made_of: Vec<BTreeMap<usize, i64>> = (0..cells).map(|cell| BTreeMap::from([(cell, 1)])).collect();
        let mut lines = Vec::new();
        let mut lines_of = vec![Vec::new(); cells];
        let mut add = |relation, must_be_zero, leaves: &BTreeMap<usize, i64>| {
            if leaves.is_empty() {
                return;
            }
            for (&leaf, &factor) in leaves {
                lines_of[leaf].push((lines.len(), factor));
            }
            lines.push(Line { relation, must_be_zero, now: 0, cells: leaves.keys().copied().collect() });
        };
        let total_of_parts = |made_of: &[BTreeMap<usize, i64>], relation: usize, skip: Option<usize>| {
            let mut together = BTreeMap::new();
            for term in system.relation(relation).iter().filter(|term| Some(term.cell as usize) != skip) {
                for (&leaf, &factor) in &made_of[term.cell as usize] {
                    *together.entry(leaf).or_insert(0) += i64::from(term.factor) * factor;
                }
            }
            together.retain(|_, factor| *factor != 0);
            together
        };
        for &(total, relation) in &sums.order {
            made_of[total] = total_of_parts(&made_of, relation, Some(total));
            add(relation, false, &made_of[total]);
        }
        for &relation in &sums.others {
            add(relation, true, &total_of_parts(&made_of, relation, None));
        }
        Self {
            base,
            rests: rests.to_vec(),
            lines_of,
            lines,
            changes: vec![0; cells],
            last_moved: vec![0; cells],
            state: seed,
        }
    }

    /// The one other change of an innermost cell that is off the base; changes of 0 are not an end.
    fn other_change(&self, cell: usize) -> i64 {
        if self.changes[cell] > 0 { -self.rests[cell] } else { self.base - self.rests[cell] }
    }

    fn move_to(&mut self, cell: usize, change: i64) {
        let by = change - self.changes[cell];
        self.changes[cell] = change;
        for &(line, factor) in &self.lines_of[cell] {
            self.lines[line].now += factor * by;
        }
    }

    /// Cell after cell, to the side that keeps the lines nearer to zero so far.
    fn begin(&mut self) {
        for cell in 0..self.rests.len() {
            if self.rests[cell] == 0 {
                continue;
            }
            let (down, up) = (-self.rests[cell], self.base - self.rests[cell]);
            let cost = |change: i64| -> i128 {
                let of_line =
                    |&(line, factor): &(usize, i64)| i128::from(self.lines[line].now + factor * change).pow(2);
                self.lines_of[cell].iter().map(of_line).sum::<i128>() + i128::from(change).pow(2)
            };
            let change = if cost(up) < cost(down) { up } else { down };
            self.move_to(cell, change);
        }
    }

    /// Numbers that only vary the search (xorshift); a poor one costs time, nothing else.
    fn random(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % (below.max(1) as u64)).unwrap_or(0)
    }

    /// Moves cells of lines that are too far off, the best of some in each, until there is none.
    fn run(&mut self, most: i64, steps: u64) -> bool {
        let mut bad: Vec<usize> = (0..self.lines.len()).filter(|&line| self.is_bad(line, most)).collect();
        let mut place_in_bad = vec![usize::MAX; self.lines.len()];
        for (place, &line) in bad.iter().enumerate() {
            place_in_bad[line] = place;
        }
        for step in 1..=steps {
            if bad.is_empty() {
                return true;
            }
            let line = bad[self.random(bad.len())];
            let Some(cell) = self.best_move(line, most, step) else { continue };
            self.move_to(cell, self.other_change(cell));
            self.last_moved[cell] = step;
            for place in 0..self.lines_of[cell].len() {
                let line = self.lines_of[cell][place].0;
                match (self.is_bad(line, most), place_in_bad[line]) {
                    (true, usize::MAX) => {
                        place_in_bad[line] = bad.len();
                        bad.push(line);
                    }
                    (false, place) if place != usize::MAX => {
                        bad.swap_remove(place);
                        if let Some(&moved) = bad.get(place) {
                            place_in_bad[moved] = place;
                        }
                        place_in_bad[line] = usize::MAX;
                    }
                    _ => {}
                }
            }
        }
        self.last_moved.fill(0);
        bad.is_empty()
    }

    /// For few innermost cells, every choice there is: from one to the next a single cell moves (Gray code).
    fn try_all(&mut self, most: i64) -> bool {
        let is_choice = |cell: &usize| self.rests[*cell] != 0 && !self.lines_of[*cell].is_empty();
        let choices: Vec<usize> = (0..self.rests.len()).filter(is_choice).collect();
        if choices.len() > MOST_TRIED_OUT {
            return false;
        }
        for step in 1..=1_usize << choices.len() {
            if !(0..self.lines.len()).any(|line| self.is_bad(line, most)) {
                return true;
            }
            if let Some(&cell) = choices.get(step.trailing_zeros() as usize) {
                self.move_to(cell, self.other_change(cell));
            }
        }
        false
    }

    fn is_bad(&self, line: usize, most: i64) -> bool {
        self.lines[line].excess(most, self.lines[line].now) > 0
    }

    /// Of some cells that would bring the line nearer, the one that helps all lines most; not one moved a moment ago.
    fn best_move(&mut self, line: usize, most: i64, step: u64) -> Option<usize> {
        let (all, now) = (self.lines[line].cells.len(), self.lines[line].now);
        let first = self.random(all);
        let mut best: Option<((i64, i64), usize)> = None;
        let mut tried = 0;
        for place in 0..all {
            let cell = self.lines[line].cells[(first + place) % all];
            if self.rests[cell] == 0 || self.last_moved[cell] + 8 > step && self.last_moved[cell] > 0 {
                continue;
            }
            let by = self.other_change(cell) - self.changes[cell];
            let factor = self.lines_of[cell].iter().find(|(of, _)| *of == line).map_or(0, |(_, factor)| *factor);
            if (factor * by).signum() == now.signum() {
                continue;
            }
            let value = self.value(cell, by, most);
            if best.is_none_or(|(least, _)| value < least) {
                best = Some((value, cell));
            }
            tried += 1;
            if tried == TRIED {
                break;
            }
        }
        best.map(|(_, cell)| cell)
    }

    /// What a move costs: excess first, then distance from zero.
    fn value(&self, cell: usize, by: i64, most: i64) -> (i64, i64) {
        self.lines_of[cell].iter().fold((0, 0), |(excess, squares), &(line, factor)| {
            let line = &self.lines[line];
            let after = line.now + factor * by;
            (
                excess + line.excess(most, after) - line.excess(most, line.now),
                squares + (after * after - line.now * line.now) / self.base,
            )
        })
    }

    /// The changes of all cells, totals as the sums of their parts.
    fn all_changes(&self, system: &System, sums: &Sums) -> Vec<i64> {
        let mut changes = self.changes.clone();
        for &(total, relation) in &sums.order {
            let parts = system.relation(relation).iter().filter(|term| term.cell as usize != total);
            changes[total] = parts.map(|term| changes[term.cell as usize]).sum();
        }
        changes
    }
}
