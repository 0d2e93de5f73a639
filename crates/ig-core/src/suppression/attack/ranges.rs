//! The attacker who knows that counts are whole and within their ranges: bounds from propagation, then examples of
//! tables and linear programs for what is left.
//!
//! Two kinds of fact are kept apart. The **ledger** holds bounds that no table can pass. The **examples** hold
//! counts that some table reaches. A cell is safe by examples, and unsafe by the ledger; both are exact.

use super::component::Component;
use super::elimination::Elimination;
use super::ledger::{Ledger, Rows, Side, implied};
use super::outcome::Method;
use super::program::Program;
use super::search;
use super::simplex::Outcome;
use super::stop::{Stop, Work};
use super::task::{Bounds, Limits, Need};

/// Counts that some table reaches.
pub(super) struct Examples {
    /// With fractions of people allowed: the whole numbers between the least and the greatest value of any example.
    pub(super) possible: Vec<Option<(i64, i64)>>,
    /// In whole-number tables alone.
    pub(super) found: Vec<Option<(i64, i64)>>,
    /// The last whole-number table.
    pub(super) last: Option<Vec<i64>>,
}

impl Examples {
    pub(super) fn new(cells: usize) -> Self {
        Self { possible: vec![None; cells], found: vec![None; cells], last: None }
    }

    /// Takes what examples of a part reach, which are examples of the whole.
    pub(super) fn widen(&mut self, cell: usize, possible: Option<(i64, i64)>, found: Option<(i64, i64)>) {
        let join = |range: &mut Option<(i64, i64)>, more: Option<(i64, i64)>| {
            if let Some((least, greatest)) = more {
                let (low, high) = range.unwrap_or((i64::MAX, i64::MIN));
                *range = Some((low.min(least), high.max(greatest)));
            }
        };
        join(&mut self.possible[cell], possible);
        join(&mut self.found[cell], found);
    }

    /// Takes a table that was checked.
    pub(super) fn add(&mut self, numbers: &[i64], divisor: i64) {
        let widen = |range: &mut Option<(i64, i64)>, least: i64, greatest: i64| {
            let (low, high) = range.unwrap_or((i64::MAX, i64::MIN));
            *range = Some((low.min(least), high.max(greatest)));
        };
        for (cell, &number) in numbers.iter().enumerate() {
            let floor = number.div_euclid(divisor);
            let ceiling = if number.rem_euclid(divisor) == 0 { floor } else { floor + 1 };
            widen(&mut self.possible[cell], ceiling, floor);
            if divisor == 1 {
                widen(&mut self.found[cell], number, number);
            }
        }
        if divisor == 1 {
            self.last = Some(numbers.to_vec());
        }
    }
}

/// The work on one component's ranges.
pub(super) struct Ranges<'a> {
    pub(super) component: &'a Component,
    pub(super) ledger: Ledger,
    pub(super) examples: Examples,
    /// What narrowed a cell's range last.
    pub(super) narrowed_by: Vec<Method>,
    pub(super) programs: usize,
    /// Ranges after propagation: the ones that linear programs work with.
    low: Vec<i64>,
    high: Vec<Option<i64>>,
}

impl<'a> Ranges<'a> {
    /// Takes the ledger after propagation, with the method that narrowed each cell.
    pub(super) fn new(component: &'a Component, ledger: Ledger, narrowed_by: Vec<Method>) -> Self {
        let (low, high) = (ledger.low.clone(), ledger.high.clone());
        let examples = Examples::new(component.cells.len());
        Self { component, ledger, examples, narrowed_by, programs: 0, low, high }
    }

    /// Takes an example if it is one.
    pub(super) fn add_example(&mut self, numbers: &[i64], divisor: i64) -> bool {
        let holds = self.component.holds(numbers, divisor, &self.low, &self.high);
        if holds {
            self.examples.add(numbers, divisor);
        }
        holds
    }

    /// Whether nothing is left to find out about a cell.
    pub(super) fn is_decided(&self, cell: usize, need: Need, bounds: Bounds) -> bool {
        let (low, high) = (self.ledger.low[cell], self.ledger.high[cell]);
        match bounds {
            Bounds::Full => {
                high == Some(low)
                    || self.examples.possible[cell]
                        .is_some_and(|(least, greatest)| least == low && Some(greatest) == high)
            }
            Bounds::Enough => {
                !need.met_by(low, high)
                    || self.examples.possible[cell].is_some_and(|(least, greatest)| need.met_by(least, Some(greatest)))
            }
        }
    }

    /// Solves linear programs until every wanted cell is decided, or the work is spent.
    ///
    /// Gives false if no table at all can look like this.
    pub(super) fn solve(
        &mut self,
        elimination: &Elimination,
        wanted: &[(usize, Need)],
        bounds: Bounds,
        limits: &Limits,
        work: &mut Work<'_>,
    ) -> Result<bool, Stop> {
        let open = wanted.iter().any(|&(cell, need)| !self.is_decided(cell, need, bounds));
        if !open
            || elimination.pivots().saturating_mul(self.component.cells.len() - elimination.pivots()) > limits.tableau
        {
            return Ok(true);
        }
        let start = self.examples.last.clone();
        let Some(mut program) =
            Program::new(self.component, elimination, &self.low, &self.high, start.as_deref(), work)?
        else {
            return Ok(true);
        };
        if !program.simplex.make_feasible(work)? {
            return Ok(!program.is_impossible(self.component, elimination, &self.low, &self.high, work)?);
        }
        self.take_point(&mut program);
        for &(cell, need) in wanted {
            for side in [Side::High, Side::Low] {
                if self.is_decided(cell, need, bounds) || self.is_reached(cell, side) {
                    continue;
                }
                // A second go starts from a fresh tableau.
                for _ in 0..2 {
                    self.programs += 1;
                    let goal = self.goal(cell, need, bounds, side);
                    let outcome = program.simplex.push(cell, side == Side::High, goal, work)?;
                    if self.take_point(&mut program) {
                        if outcome == Outcome::Best && !self.is_reached(cell, side) {
                            self.prove(&program, elimination, cell, side, work)?;
                        }
                        if outcome != Outcome::Stuck {
                            break;
                        }
                    }
                    let Some(start) = self.examples.last.as_deref() else { break };
                    let fresh = Program::new(self.component, elimination, &self.low, &self.high, Some(start), work)?;
                    let Some(fresh) = fresh else { return Ok(true) };
                    program = fresh;
                }
            }
        }
        Ok(true)
    }

    /// Whether an example reaches the bound.
    fn is_reached(&self, cell: usize, side: Side) -> bool {
        self.examples.possible[cell].is_some_and(|(least, greatest)| match side {
            Side::Low => least == self.ledger.low[cell],
            Side::High => Some(greatest) == self.ledger.high[cell],
        })
    }

    /// Where a linear program may stop.
    #[allow(clippy::cast_precision_loss, reason = "a place to stop, not a bound")]
    fn goal(&self, cell: usize, need: Need, bounds: Bounds, side: Side) -> f64 {
        let endless = if side == Side::High { f64::INFINITY } else { f64::NEG_INFINITY };
        match (bounds, need, self.examples.possible[cell]) {
            (Bounds::Full, ..) | (Bounds::Enough, Need::Values(_), None) => endless,
            (Bounds::Enough, Need::Values(values), Some((least, greatest))) => match side {
                Side::High => least as f64 + f64::from(values) - 1.0,
                Side::Low => greatest as f64 - f64::from(values) + 1.0,
            },
            (Bounds::Enough, Need::Whole { low, high }, _) => {
                if side == Side::High {
                    high as f64
                } else {
                    low as f64
                }
            }
        }
    }

    /// Checks the program's point and keeps it as an example.
    fn take_point(&mut self, program: &mut Program) -> bool {
        if let Some((numbers, divisor)) = program.exact_point()
            && self.add_example(&numbers, divisor)
        {
            program.simplex.set_point(&numbers, divisor);
            return true;
        }
        false
    }

    /// Turns the end of a linear program into a bound that holds, if it checks.
    fn prove(
        &mut self,
        program: &Program,
        elimination: &Elimination,
        cell: usize,
        side: Side,
        work: &mut Work<'_>,
    ) -> Result<(), Stop> {
        let Some(rows) = program.rows_behind(elimination, cell, work)? else { return Ok(()) };
        let rows = Rows::Many(rows);
        let Some(bound) = implied(self.component, &rows, cell, side, &self.low, &self.high) else { return Ok(()) };
        let Ok(bound) = i64::try_from(bound) else { return Ok(()) };
        let better = match side {
            Side::Low => bound > self.ledger.low[cell],
            Side::High => self.ledger.high[cell].is_none_or(|high| bound < high),
        };
        if better {
            self.ledger.narrow(cell, side, bound, rows);
            self.narrowed_by[cell] = Method::LinearProgram;
        }
        Ok(())
    }

    /// Searches whole-number tables for the ends of a cell's range, where only fractions of people reach them yet.
    pub(super) fn search(
        &mut self,
        cell: usize,
        need: Need,
        bounds: Bounds,
        limits: &Limits,
        work: &mut Work<'_>,
    ) -> Result<(), Stop> {
        let mut attempt = work.part(limits.search_steps);
        let result = self.search_within(cell, need, bounds, &mut attempt);
        match result {
            Err(Stop::Exhausted) => Ok(()),
            other => other,
        }
    }

    fn search_within(&mut self, cell: usize, need: Need, bounds: Bounds, work: &mut Work<'_>) -> Result<(), Stop> {
        for side in [Side::High, Side::Low] {
            loop {
                let (low, high) = (self.ledger.low[cell], self.ledger.high[cell]);
                let found = self.examples.found[cell];
                let enough = found.is_some_and(|(least, greatest)| need.met_by(least, Some(greatest)));
                let reached = found.is_some_and(|(least, greatest)| match side {
                    Side::Low => least == low,
                    Side::High => Some(greatest) == high,
                });
                if high == Some(low) || reached || (bounds == Bounds::Enough && (enough || !need.met_by(low, high))) {
                    break;
                }
                let end = match side {
                    Side::Low => low,
                    Side::High => match (high, found) {
                        (Some(high), _) => high,
                        // Without a limit there is no end to look for; one more than was found will do.
                        (None, Some((_, greatest))) if !enough => greatest.saturating_add(1),
                        _ => break,
                    },
                };
                let (mut least, mut greatest) = (self.low.clone(), self.high.clone());
                (least[cell], greatest[cell]) = (end, Some(end));
                let near = self.examples.last.clone().unwrap_or_else(|| self.low.clone());
                match search::find(self.component, &least, &greatest, &near, work)? {
                    Some(table) => {
                        if !self.add_example(&table, 1) {
                            return Ok(());
                        }
                    }
                    None if high.is_none() && side == Side::High => break,
                    None => {
                        // No table has this count at the end of the range, so the end moves in.
                        let next = if side == Side::High { end.checked_sub(1) } else { end.checked_add(1) };
                        let Some(next) = next else { return Ok(()) };
                        if !self.ledger.narrow(cell, side, next, Rows::Many(Vec::new())) {
                            return Ok(());
                        }
                        self.narrowed_by[cell] = Method::WholeNumbers;
                    }
                }
            }
        }
        Ok(())
    }
}
