//! The primal simplex method for variables with bounds, on the solved form that elimination leaves.
//!
//! Basic variables are a constant less the tableau times the nonbasic ones. The objective is always one variable: its
//! gradient is its own tableau row, so that a change of objective costs nothing and every start is a warm one. All
//! this is floating point and only **proposes** points and combinations; the caller checks them exactly.
#![allow(clippy::cast_precision_loss, reason = "guesses, which are checked in whole numbers")]

use super::stop::{Stop, Work};

const SMALL: f64 = 1e-9;
/// Entries below are rounding errors: those of tables are fractions with small denominators.
const NOTHING: f64 = 1e-8;
/// Entries below are too small to divide by.
const TINY: f64 = 1e-6;
/// Steps without gain before the rule that cannot cycle takes over.
const STALLED: u32 = 60;

/// Differences that are taken for rounding errors.
fn slack(value: f64) -> f64 {
    SMALL + 1e-12 * value.abs()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Row(u32),
    Column(u32),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// No point is better.
    Best,
    /// The goal was reached first.
    Reached,
    /// There is no limit; the point was moved on by a finite step.
    Unbounded,
    /// Rounding errors lead round in a circle.
    Stuck,
}

pub(super) struct Simplex {
    width: usize,
    tableau: Vec<f64>,
    basic: Vec<u32>,
    nonbasic: Vec<u32>,
    place: Vec<Place>,
    pub(super) point: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    nonzero: Vec<u32>,
}

impl Simplex {
    /// Takes the tableau row by row. Every variable is basic or nonbasic; `high` may be infinite.
    pub(super) fn new(
        tableau: Vec<f64>,
        basic: Vec<u32>,
        nonbasic: Vec<u32>,
        point: Vec<f64>,
        low: Vec<f64>,
        high: Vec<f64>,
    ) -> Self {
        let mut place = vec![Place::Row(0); point.len()];
        for (row, &variable) in basic.iter().enumerate() {
            place[variable as usize] = Place::Row(row as u32);
        }
        for (column, &variable) in nonbasic.iter().enumerate() {
            place[variable as usize] = Place::Column(column as u32);
        }
        Self { width: nonbasic.len(), tableau, basic, nonbasic, place, point, low, high, nonzero: Vec::new() }
    }

    fn entry(&self, row: usize, column: usize) -> f64 {
        self.tableau[row * self.width + column]
    }

    /// The equation of a basic variable: it plus these multiples of others is a constant. None for a nonbasic one.
    pub(super) fn equation(&self, variable: usize) -> Option<Vec<(u32, f64)>> {
        let Place::Row(row) = self.place[variable] else { return None };
        let row = &self.tableau[row as usize * self.width..][..self.width];
        let others = self.nonbasic.iter().zip(row).filter(|(_, factor)| factor.abs() > SMALL);
        Some(others.map(|(&variable, &factor)| (variable, factor)).collect())
    }

    /// Takes over exact numbers for the point.
    pub(super) fn set_point(&mut self, numbers: &[i64], divisor: i64) {
        for (value, &number) in self.point.iter_mut().zip(numbers) {
            *value = number as f64 / divisor as f64;
        }
    }

    fn violation(&self, variable: usize) -> f64 {
        let value = self.point[variable];
        let slack = slack(value);
        if value < self.low[variable] - slack {
            -1.0
        } else if value > self.high[variable] + slack {
            1.0
        } else {
            0.0
        }
    }

    /// Moves to a point within all bounds. False if there seems to be none.
    pub(super) fn make_feasible(&mut self, work: &mut Work<'_>) -> Result<bool, Stop> {
        let mut stalled = 0;
        let mut before = f64::INFINITY;
        for _ in 0..self.patience() {
            let mut gradient = vec![0.0; self.width];
            let mut total = 0.0;
            for (row, &variable) in self.basic.iter().enumerate() {
                let sign = self.violation(variable as usize);
                if sign != 0.0 {
                    let bound = if sign < 0.0 { &self.low } else { &self.high }[variable as usize];
                    total += (self.point[variable as usize] - bound).abs();
                    let entries = &self.tableau[row * self.width..][..self.width];
                    for (slope, entry) in gradient.iter_mut().zip(entries) {
                        *slope += sign * entry;
                    }
                }
            }
            work.spend((self.tableau.len() / 4 + self.width + 1) as u64)?;
            if total == 0.0 {
                return Ok(true);
            }
            stalled = if total < before - SMALL { 0 } else { stalled + 1 };
            before = total;
            let Some((column, up)) = self.entering(&gradient, stalled > STALLED) else { return Ok(false) };
            if !self.step(column, up, stalled > STALLED, work)? {
                return Ok(false);
            }
        }
        Ok(false)
    }

    /// Increases (or decreases) one variable until it is best or has reached the goal.
    pub(super) fn push(&mut self, variable: usize, up: bool, goal: f64, work: &mut Work<'_>) -> Result<Outcome, Stop> {
        let mut stalled = 0;
        for _ in 0..self.patience() {
            let value = self.point[variable];
            if (up && value >= goal) || (!up && value <= goal) {
                return Ok(Outcome::Reached);
            }
            let chosen = match self.place[variable] {
                Place::Column(column) => {
                    let bound = if up { &self.high } else { &self.low }[variable];
                    ((bound - value).abs() > slack(value)).then_some((column as usize, up))
                }
                Place::Row(row) => {
                    let sign = if up { -1.0 } else { 1.0 };
                    let row = &self.tableau[row as usize * self.width..][..self.width];
                    let gradient: Vec<f64> = row.iter().map(|entry| sign * entry).collect();
                    self.entering(&gradient, stalled > STALLED)
                }
            };
            let Some((column, rise)) = chosen else { return Ok(Outcome::Best) };
            if !self.step(column, rise, stalled > STALLED, work)? {
                self.escape(column, rise, variable, goal);
                return Ok(Outcome::Unbounded);
            }
            let gained = (self.point[variable] - value).abs() > slack(value);
            stalled = if gained { 0 } else { stalled + 1 };
        }
        Ok(Outcome::Stuck)
    }

    fn patience(&self) -> usize {
        1000 + 20 * self.point.len()
    }

    /// The nonbasic variable to move, and whether up: the steepest, or the first one to avoid cycles.
    fn entering(&self, gradient: &[f64], first: bool) -> Option<(usize, bool)> {
        let mut best: Option<(usize, bool)> = None;
        let mut steepest = SMALL;
        let mut least = u32::MAX;
        for (column, &slope) in gradient.iter().enumerate() {
            if slope.abs() <= SMALL {
                continue;
            }
            let variable = self.nonbasic[column] as usize;
            let value = self.point[variable];
            let slack = slack(value);
            let free =
                if slope > 0.0 { value < self.high[variable] - slack } else { value > self.low[variable] + slack };
            if !free {
                continue;
            }
            if first {
                if self.nonbasic[column] < least {
                    least = self.nonbasic[column];
                    best = Some((column, slope > 0.0));
                }
            } else if slope.abs() > steepest {
                steepest = slope.abs();
                best = Some((column, slope > 0.0));
            }
        }
        best
    }

    /// Moves a nonbasic variable as far as the bounds let it and changes the basis where a basic one stops it. False
    /// if nothing stops it.
    fn step(&mut self, column: usize, up: bool, first: bool, work: &mut Work<'_>) -> Result<bool, Stop> {
        let direction = if up { 1.0 } else { -1.0 };
        let variable = self.nonbasic[column] as usize;
        let own =
            if up { self.high[variable] - self.point[variable] } else { self.point[variable] - self.low[variable] };
        let mut length = own;
        let mut blocking: Option<usize> = None;
        work.spend(self.basic.len() as u64 + 1)?;
        for row in 0..self.basic.len() {
            let rate = -self.entry(row, column) * direction;
            if rate.abs() <= TINY {
                continue;
            }
            let other = self.basic[row] as usize;
            let value = self.point[other];
            // One that is out of its range stops where it comes in.
            let violation = self.violation(other);
            let (low, high) = (self.low[other], self.high[other]);
            let bound = match (rate > 0.0, violation < 0.0, violation > 0.0) {
                (true, true, _) | (false, false, false) => low,
                (true, false, false) | (false, _, true) => high,
                (true, _, true) => f64::INFINITY,
                (false, true, _) => f64::NEG_INFINITY,
            };
            let limit = ((bound - value) / rate).max(0.0);
            let tie = (limit - length).abs() <= SMALL;
            let better = if tie {
                blocking.is_some_and(|best| {
                    if first {
                        self.basic[row] < self.basic[best]
                    } else {
                        rate.abs() > self.entry(best, column).abs() + SMALL
                    }
                })
            } else {
                limit < length
            };
            if better {
                length = length.min(limit);
                blocking = Some(row);
            }
        }
        if length.is_infinite() {
            return Ok(false);
        }
        self.advance(column, direction * length);
        if let Some(row) = blocking {
            self.exchange(row, column, work)?;
        }
        Ok(true)
    }

    fn advance(&mut self, column: usize, length: f64) {
        if length == 0.0 {
            return;
        }
        self.point[self.nonbasic[column] as usize] += length;
        for row in 0..self.basic.len() {
            self.point[self.basic[row] as usize] -= self.entry(row, column) * length;
        }
    }

    /// Moves along a ray until the variable has passed the goal, or by a fixed amount if the goal is infinite.
    fn escape(&mut self, column: usize, up: bool, variable: usize, goal: f64) {
        let rate = match self.place[variable] {
            Place::Row(row) => self.entry(row as usize, column).abs(),
            Place::Column(_) => 1.0,
        };
        let distance = if goal.is_finite() { (goal - self.point[variable]).abs() } else { 1000.0 };
        let length = (distance / rate.max(SMALL)).ceil();
        self.advance(column, if up { length } else { -length });
    }

    fn exchange(&mut self, row: usize, column: usize, work: &mut Work<'_>) -> Result<(), Stop> {
        let width = self.width;
        let inverse = 1.0 / self.entry(row, column);
        let mut nonzero = std::mem::take(&mut self.nonzero);
        nonzero.clear();
        {
            let entries = &mut self.tableau[row * width..][..width];
            for (at, entry) in entries.iter_mut().enumerate() {
                if at == column {
                    *entry = inverse;
                } else {
                    *entry *= inverse;
                    if entry.abs() < NOTHING {
                        *entry = 0.0;
                    } else {
                        nonzero.push(at as u32);
                    }
                }
            }
        }
        let pivot: Vec<f64> = self.tableau[row * width..][..width].to_vec();
        let mut steps = width;
        for other in 0..self.basic.len() {
            if other == row {
                continue;
            }
            let entries = &mut self.tableau[other * width..][..width];
            let times = entries[column];
            if times == 0.0 {
                continue;
            }
            steps += nonzero.len() + 1;
            for &at in &nonzero {
                let entry = &mut entries[at as usize];
                *entry -= times * pivot[at as usize];
                if entry.abs() < NOTHING {
                    *entry = 0.0;
                }
            }
            entries[column] = -times * inverse;
        }
        self.nonzero = nonzero;
        std::mem::swap(&mut self.basic[row], &mut self.nonbasic[column]);
        self.place[self.basic[row] as usize] = Place::Row(row as u32);
        self.place[self.nonbasic[column] as usize] = Place::Column(column as u32);
        work.spend(steps as u64)
    }
}
