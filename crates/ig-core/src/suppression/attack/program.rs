//! The linear program of a component: its start from the elimination, and the exact numbers behind its guesses.
#![allow(clippy::cast_precision_loss, reason = "guesses, which are checked in whole numbers")]

use super::component::Component;
use super::elimination::Elimination;
use super::ledger::{Rows, Side, implied};
use super::simplex::Simplex;
use super::stop::{Stop, Work};

/// Denominators that corners of tables of counts have in practice.
const DIVISORS: [i64; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 24, 60, 840];

pub(super) struct Program {
    pub(super) simplex: Simplex,
}

impl Program {
    /// Solves the component for its free cells. None if its numbers are no small fractions.
    pub(super) fn new(
        component: &Component,
        elimination: &Elimination,
        low: &[i64],
        high: &[Option<i64>],
        start: Option<&[i64]>,
        work: &mut Work<'_>,
    ) -> Result<Option<Self>, Stop> {
        let field = elimination.field;
        let cells = component.cells.len();
        let free = elimination.free();
        let mut is_free = vec![false; cells];
        for &cell in &free {
            is_free[cell as usize] = true;
        }
        let basic: Vec<u32> = (0..cells as u32).filter(|&cell| !is_free[cell as usize]).collect();
        let mut tableau = vec![0.0; basic.len() * free.len()];
        for (column, &cell) in free.iter().enumerate() {
            work.spend((elimination.entries() + cells) as u64)?;
            let mut values = vec![0; cells];
            values[cell as usize] = field.one;
            elimination.fill(&mut values, false);
            for (row, &basic) in basic.iter().enumerate() {
                let value = values[basic as usize];
                if value != 0 {
                    let Some((numerator, denominator)) = field.fraction(value) else { return Ok(None) };
                    tableau[row * free.len() + column] = -(numerator as f64) / denominator as f64;
                }
            }
        }
        let point = if let Some(table) = start {
            table.iter().map(|&count| count as f64).collect()
        } else {
            let mut values = vec![0; cells];
            for &cell in &free {
                values[cell as usize] = field.class(low[cell as usize].into());
            }
            elimination.fill(&mut values, true);
            let nearest = |&value: &u64| {
                let over =
                    |&divisor: &i64| (field.nearest(field.multiply(value, field.class(divisor.into()))), divisor);
                let small = DIVISORS.iter().map(over).min_by_key(|&(numerator, divisor)| (numerator / divisor).abs());
                small.map_or(0.0, |(numerator, divisor)| numerator as f64 / divisor as f64)
            };
            values.iter().map(nearest).collect()
        };
        let low = low.iter().map(|&low| low as f64).collect();
        let high = high.iter().map(|high| high.map_or(f64::INFINITY, |high| high as f64)).collect();
        Ok(Some(Self { simplex: Simplex::new(tableau, basic, free, point, low, high) }))
    }

    /// The point as whole numbers over a common divisor, if it looks like one.
    pub(super) fn exact_point(&self) -> Option<(Vec<i64>, i64)> {
        with_divisor(&self.simplex.point)
    }

    /// The rows of the component that add up to the equation by which the last objective ended.
    pub(super) fn rows_behind(
        &self,
        elimination: &Elimination,
        cell: usize,
        work: &mut Work<'_>,
    ) -> Result<Option<Vec<(u32, i64)>>, Stop> {
        let Some(equation) = self.simplex.equation(cell) else { return Ok(None) };
        let factors: Vec<f64> = equation.iter().map(|&(_, factor)| factor).collect();
        let Some((numbers, divisor)) = with_divisor(&factors) else { return Ok(None) };
        let mut wanted: Vec<(u32, i64)> =
            equation.iter().zip(numbers).map(|(&(other, _), number)| (other, number)).collect();
        wanted.push((cell as u32, divisor));
        Ok(elimination.combination(&wanted, work)?.map(|(rows, _)| rows))
    }

    /// Whether some cell's own equation proves that its range cannot be met.
    pub(super) fn is_impossible(
        &self,
        component: &Component,
        elimination: &Elimination,
        low: &[i64],
        high: &[Option<i64>],
        work: &mut Work<'_>,
    ) -> Result<bool, Stop> {
        for cell in 0..component.cells.len() {
            let Some(rows) = self.rows_behind(elimination, cell, work)? else { continue };
            let rows = Rows::Many(rows);
            let above = implied(component, &rows, cell, Side::Low, low, high);
            let below = implied(component, &rows, cell, Side::High, low, high);
            let passes_high = above.is_some_and(|bound| high[cell].is_some_and(|high| bound > i128::from(high)));
            if passes_high || below.is_some_and(|bound| bound < i128::from(low[cell])) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Numbers over the least common divisor that makes all of them whole, nearly.
fn with_divisor(values: &[f64]) -> Option<(Vec<i64>, i64)> {
    let mut common = 1_i64;
    for &value in values {
        let scaled = value * common as f64;
        if (scaled - scaled.round()).abs() > NEAR * common as f64 {
            common =
                common.checked_mul(denominator(scaled, NEAR * common as f64)?).filter(|&common| common <= LARGEST)?;
        }
    }
    let number = |&value: &f64| {
        let whole = (value * common as f64).round();
        (whole.abs() < 9e15).then_some(whole as i64)
    };
    Some((values.iter().map(number).collect::<Option<Vec<_>>>()?, common))
}

/// Differences from a fraction that are taken for rounding errors.
const NEAR: f64 = 1e-7;
/// The largest common divisor that is looked for.
const LARGEST: i64 = 100_000;

/// The denominator of the simplest fraction nearby, by continued fractions.
fn denominator(value: f64, near: f64) -> Option<i64> {
    let (mut before, mut now) = (0_i64, 1_i64);
    let mut rest = value - value.floor();
    for _ in 0..12 {
        if rest.abs() < 1e-9 {
            return None;
        }
        let inverse = 1.0 / rest;
        let whole = inverse.floor();
        rest = inverse - whole;
        (before, now) = (now, now.checked_mul(whole as i64)?.checked_add(before)?);
        if now > LARGEST {
            return None;
        }
        let scaled = value * now as f64;
        if (scaled - scaled.round()).abs() <= near * now as f64 {
            return Some(now);
        }
    }
    None
}
