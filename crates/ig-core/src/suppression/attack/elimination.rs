//! Elimination of a component's equations modulo a prime, and what follows from it: which cells are sums of known
//! ones, and which combination of equations says so.

use super::component::Component;
use super::field::{Field, Random};
use super::stop::{Stop, Work};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const NONE: u32 = u32::MAX;

/// Rows and how often each is taken, and the divisor of what they add up to.
pub(super) type Combination = (Vec<(u32, i64)>, i64);

/// One step: the cell that a row was solved for. `terms` are the row's other cells, all of which are solved for
/// later or never.
struct Pivot {
    row: u32,
    column: u32,
    inverse: u64,
    terms: Vec<(u32, u64)>,
    known: u64,
}

/// The eliminated equations.
pub(super) struct Elimination {
    pub(super) field: Field,
    columns: usize,
    pivots: Vec<Pivot>,
    /// The pivot that solves for each cell.
    place: Vec<u32>,
    /// Which pivots' rows were taken from each row, how often.
    taken: Vec<Vec<(u32, u64)>>,
    /// A row that says 0 = something else.
    pub(super) contradiction: Option<usize>,
}

/// Rows that are still to be used.
struct Active {
    rows: Vec<Vec<(u32, u64)>>,
    known: Vec<u64>,
    open: Vec<bool>,
    rows_of: Vec<Vec<u32>>,
    count: Vec<u32>,
    /// Cells by the number of rows that hold them; what is out of date is skipped.
    buckets: Vec<Vec<u32>>,
    single: Vec<u32>,
    lowest: usize,
}

impl Active {
    fn new(component: &Component, field: Field, given: Option<&[bool]>) -> Self {
        let is_given = |cell: u32| given.is_some_and(|given| given[cell as usize]);
        let rows: Vec<Vec<(u32, u64)>> = (0..component.rows())
            .map(|row| {
                let terms = component.row(row).iter().filter(|&&(cell, _)| !is_given(cell));
                terms.map(|&(cell, factor)| (cell, field.class(factor.into()))).collect()
            })
            .collect();
        let mut rows_of = vec![Vec::new(); component.cells.len()];
        for (row, terms) in rows.iter().enumerate() {
            for &(cell, _) in terms {
                rows_of[cell as usize].push(row as u32);
            }
        }
        let count: Vec<u32> = rows_of.iter().map(|rows| rows.len() as u32).collect();
        let single = (0..rows.len()).rev().filter(|&row| rows[row].len() == 1).map(|row| row as u32).collect();
        let known = component.known.iter().map(|&known| field.class(known)).collect();
        let open = vec![true; rows.len()];
        let mut active = Self { rows, known, open, rows_of, count, buckets: Vec::new(), single, lowest: 0 };
        for cell in (0..component.cells.len() as u32).rev() {
            active.file(cell);
        }
        active
    }

    fn file(&mut self, cell: u32) {
        let count = self.count[cell as usize] as usize;
        if count > 0 {
            if self.buckets.len() <= count {
                self.buckets.resize(count + 1, Vec::new());
            }
            self.buckets[count].push(cell);
            self.lowest = self.lowest.min(count);
        }
    }

    fn holds(&self, row: u32, cell: u32) -> Option<usize> {
        self.rows[row as usize].binary_search_by_key(&cell, |&(cell, _)| cell).ok()
    }

    /// The next row and cell: rows of one cell first, since they tell it; then the cell in the fewest rows, in the
    /// shortest of them.
    fn next(&mut self, place: &[u32]) -> Option<(u32, u32)> {
        while let Some(row) = self.single.pop() {
            if self.open[row as usize] && self.rows[row as usize].len() == 1 {
                return Some((row, self.rows[row as usize][0].0));
            }
        }
        while self.lowest < self.buckets.len() {
            let Some(cell) = self.buckets[self.lowest].pop() else {
                self.lowest += 1;
                continue;
            };
            if place[cell as usize] != NONE || self.count[cell as usize] as usize != self.lowest {
                continue;
            }
            let rows = std::mem::take(&mut self.rows_of[cell as usize]);
            let open = rows.iter().copied().filter(|&row| self.open[row as usize] && self.holds(row, cell).is_some());
            let best = open.min_by_key(|&row| (self.rows[row as usize].len(), row));
            self.rows_of[cell as usize] = rows;
            if let Some(row) = best {
                return Some((row, cell));
            }
        }
        None
    }
}

impl Elimination {
    /// Eliminates; cells that are `given` count as known.
    pub(super) fn new(
        component: &Component,
        field: Field,
        given: Option<&[bool]>,
        work: &mut Work<'_>,
    ) -> Result<Self, Stop> {
        work.spend(component.entries() as u64)?;
        let mut active = Active::new(component, field, given);
        let columns = component.cells.len();
        let mut result = Self {
            field,
            columns,
            pivots: Vec::new(),
            place: vec![NONE; columns],
            taken: vec![Vec::new(); component.rows()],
            contradiction: None,
        };
        // What is given has no known value here, so only a full elimination can contradict.
        let check = given.is_none();
        while let Some((row, column)) = active.next(&result.place) {
            result.solve(&mut active, row, column, check, work)?;
        }
        Ok(result)
    }

    fn solve(
        &mut self,
        active: &mut Active,
        row: u32,
        column: u32,
        check: bool,
        work: &mut Work<'_>,
    ) -> Result<(), Stop> {
        let field = self.field;
        let number = self.pivots.len() as u32;
        let mut terms = std::mem::take(&mut active.rows[row as usize]);
        active.open[row as usize] = false;
        let at = terms.iter().position(|&(cell, _)| cell == column).unwrap_or(0);
        let inverse = field.invert(terms.remove(at).1);
        let known = active.known[row as usize];
        self.place[column as usize] = number;
        for &(cell, _) in &terms {
            active.count[cell as usize] -= 1;
            active.file(cell);
        }
        for other in std::mem::take(&mut active.rows_of[column as usize]) {
            let Some(at) = active.holds(other, column).filter(|_| active.open[other as usize]) else { continue };
            let mut before = std::mem::take(&mut active.rows[other as usize]);
            let times = field.multiply(before.remove(at).1, inverse);
            work.spend((before.len() + terms.len() + 8) as u64)?;
            let merged = if terms.is_empty() { before } else { subtract(active, other, &before, times, &terms, field) };
            active.known[other as usize] = field.subtract(active.known[other as usize], field.multiply(times, known));
            self.taken[other as usize].push((number, times));
            match merged.len() {
                0 => {
                    active.open[other as usize] = false;
                    if check && active.known[other as usize] != 0 {
                        self.contradiction =
                            Some(self.contradiction.map_or(other as usize, |row| row.min(other as usize)));
                    }
                }
                1 => active.single.push(other),
                _ => {}
            }
            active.rows[other as usize] = merged;
        }
        terms.shrink_to_fit();
        self.pivots.push(Pivot { row, column, inverse, terms, known });
        Ok(())
    }

    /// The cells that no equation was solved for.
    pub(super) fn free(&self) -> Vec<u32> {
        (0..self.columns as u32).filter(|&cell| self.place[cell as usize] == NONE).collect()
    }

    pub(super) fn pivots(&self) -> usize {
        self.pivots.len()
    }

    pub(super) fn entries(&self) -> usize {
        self.pivots.iter().map(|pivot| pivot.terms.len() + 1).sum()
    }

    /// Fills in the solved cells so that the equations hold, with their known sides or with 0 in place of them.
    pub(super) fn fill(&self, values: &mut [u64], with_known: bool) {
        for pivot in self.pivots.iter().rev() {
            let start = if with_known { pivot.known } else { 0 };
            let take = |rest, &(cell, factor): &(u32, u64)| {
                let value = values[cell as usize];
                if value == 0 { rest } else { self.field.subtract(rest, self.field.multiply(factor, value)) }
            };
            let rest = pivot.terms.iter().fold(start, take);
            values[pivot.column as usize] = if rest == 0 { 0 } else { self.field.multiply(rest, pivot.inverse) };
        }
    }

    /// A random vector that no equation notices: adding it to the cells changes no known sum. A cell where it is
    /// zero is a sum of known ones; by chance it is zero elsewhere once in 2⁶⁰. Cells that are given stay zero.
    pub(super) fn hidden_change(&self, random: &mut Random, given: Option<&[bool]>) -> Vec<u64> {
        let mut values = vec![0; self.columns];
        for cell in self.free() {
            if given.is_none_or(|given| !given[cell as usize]) {
                values[cell as usize] = random.class(self.field);
            }
        }
        self.fill(&mut values, false);
        values
    }

    /// How often each row must be taken so that they add up to these terms; none if they never do, or if the numbers
    /// are not small fractions. The caller checks the result over the whole numbers.
    ///
    /// Gives the rows with their multiples, and the common divisor.
    pub(super) fn combination(&self, wanted: &[(u32, i64)], work: &mut Work<'_>) -> Result<Option<Combination>, Stop> {
        let field = self.field;
        let mut rest: Vec<u64> = vec![0; self.columns];
        let mut times: Vec<u64> = vec![0; self.pivots.len()];
        let mut queue: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
        let mut queued = vec![false; self.pivots.len()];
        work.spend((self.columns / 8 + self.pivots.len() / 8 + 1) as u64)?;
        for &(cell, factor) in wanted {
            rest[cell as usize] = field.class(factor.into());
            let pivot = self.place[cell as usize];
            if pivot != NONE && !std::mem::replace(&mut queued[pivot as usize], true) {
                queue.push(Reverse(pivot));
            }
        }
        let mut touched: Vec<u32> = wanted.iter().map(|&(cell, _)| cell).collect();
        let mut used: BinaryHeap<u32> = BinaryHeap::new();
        while let Some(Reverse(number)) = queue.pop() {
            let pivot = &self.pivots[number as usize];
            let share = field.multiply(rest[pivot.column as usize], pivot.inverse);
            if share == 0 {
                continue;
            }
            work.spend(pivot.terms.len() as u64 + 1)?;
            times[number as usize] = share;
            used.push(number);
            rest[pivot.column as usize] = 0;
            for &(cell, factor) in &pivot.terms {
                rest[cell as usize] = field.subtract(rest[cell as usize], field.multiply(share, factor));
                touched.push(cell);
                let later = self.place[cell as usize];
                if later != NONE && !std::mem::replace(&mut queued[later as usize], true) {
                    queue.push(Reverse(later));
                }
            }
        }
        if touched.iter().any(|&cell| rest[cell as usize] != 0) {
            return Ok(None);
        }
        // The pivots' rows in terms of the rows as they were: each had earlier pivots' rows taken from it.
        let mut in_use = vec![false; self.pivots.len()];
        for &number in &used {
            in_use[number as usize] = true;
        }
        let mut rows: Vec<(u32, u64)> = Vec::new();
        while let Some(number) = used.pop() {
            let share = times[number as usize];
            if share == 0 {
                continue;
            }
            let row = self.pivots[number as usize].row;
            rows.push((row, share));
            work.spend(self.taken[row as usize].len() as u64 + 1)?;
            for &(earlier, factor) in &self.taken[row as usize] {
                let change = field.multiply(share, factor);
                times[earlier as usize] = field.subtract(times[earlier as usize], change);
                if !std::mem::replace(&mut in_use[earlier as usize], true) {
                    used.push(earlier);
                }
            }
        }
        rows.sort_unstable();
        Ok(whole_multiples(field, &rows))
    }
}

/// `before` − `times` · `terms`, with the counts of the cells kept up.
fn subtract(
    active: &mut Active,
    row: u32,
    before: &[(u32, u64)],
    times: u64,
    terms: &[(u32, u64)],
    field: Field,
) -> Vec<(u32, u64)> {
    let mut merged = Vec::with_capacity(before.len() + terms.len());
    let (mut left, mut right) = (before.iter().peekable(), terms.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (Some(&&(a, value)), Some(&&(b, _))) if a < b => {
                merged.push((a, value));
                left.next();
            }
            (Some(&&(a, value)), Some(&&(b, factor))) if a == b => {
                let rest = field.subtract(value, field.multiply(times, factor));
                if rest == 0 {
                    active.count[a as usize] -= 1;
                    active.file(a);
                } else {
                    merged.push((a, rest));
                }
                left.next();
                right.next();
            }
            (_, Some(&&(b, factor))) => {
                merged.push((b, field.negate(field.multiply(times, factor))));
                active.count[b as usize] += 1;
                active.rows_of[b as usize].push(row);
                active.file(b);
                right.next();
            }
            (Some(&&(a, value)), None) => {
                merged.push((a, value));
                left.next();
            }
            (None, None) => return merged,
        }
    }
}

/// Fractions with a common divisor.
fn whole_multiples(field: Field, rows: &[(u32, u64)]) -> Option<Combination> {
    let fractions: Vec<(i64, i64)> = rows.iter().map(|&(_, class)| field.fraction(class)).collect::<Option<_>>()?;
    let divisor = fractions.iter().try_fold(1_i64, |all, &(_, d)| (all / greatest_common(all, d)).checked_mul(d))?;
    let whole = |(&(row, _), &(n, d)): (&(u32, u64), &(i64, i64))| Some((row, n.checked_mul(divisor / d)?));
    let whole: Option<Vec<_>> = rows.iter().zip(&fractions).map(whole).collect();
    Some((whole?, divisor))
}

fn greatest_common(a: i64, b: i64) -> i64 {
    if b == 0 { a.max(1) } else { greatest_common(b, a % b) }
}
