//! Narrowing of ranges: each equation bounds each of its cells by the ranges of the others, rounded inward to whole
//! numbers, again and again until nothing changes.

use super::component::Component;
use super::ledger::{Ledger, Rows, Side, floor_divide};
use super::stop::{Stop, Work};
use std::collections::VecDeque;

/// An equation is looked at this often at most. A range that shrinks by one each time round would take as many rounds
/// as it has counts; what is then left is the linear program's.
const ROUNDS: u32 = 50;

/// The least or the greatest that a row's terms add up to, as far as it is finite.
#[derive(Clone, Copy, Default)]
struct Reach {
    finite: i128,
    infinite: u32,
}

impl Reach {
    fn add(&mut self, factor: i64, bound: Option<i64>) {
        match bound {
            Some(bound) => self.finite += i128::from(factor) * i128::from(bound),
            None => self.infinite += 1,
        }
    }

    /// What the row reaches without one of its terms.
    fn without(self, factor: i64, bound: Option<i64>) -> Option<i128> {
        match (bound, self.infinite) {
            (Some(bound), 0) => Some(self.finite - i128::from(factor) * i128::from(bound)),
            (None, 1) => Some(self.finite),
            _ => None,
        }
    }
}

/// Why propagation ended before its fixed point.
pub(super) enum Ended {
    /// The ranges cannot meet this row.
    Contradiction(usize),
    Stopped(Stop),
}

impl From<Stop> for Ended {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

/// Narrows all ranges of the ledger.
pub(super) fn propagate(component: &Component, ledger: &mut Ledger, work: &mut Work<'_>) -> Result<(), Ended> {
    let rows = component.rows();
    let mut waiting: VecDeque<u32> = (0..rows as u32).collect();
    let mut is_waiting = vec![true; rows];
    let mut rounds = vec![0_u32; rows];
    let mut changed = Vec::new();
    while let Some(row) = waiting.pop_front() {
        let row = row as usize;
        is_waiting[row] = false;
        if rounds[row] == ROUNDS {
            continue;
        }
        rounds[row] += 1;
        work.spend(2 * component.row(row).len() as u64)?;
        changed.clear();
        if !narrow(component, ledger, row, &mut changed) {
            return Err(Ended::Contradiction(row));
        }
        for &cell in &changed {
            for &other in component.rows_of(cell as usize) {
                if !std::mem::replace(&mut is_waiting[other as usize], true) {
                    waiting.push_back(other);
                }
            }
        }
    }
    Ok(())
}

/// The ends of factor · cell that make it least and greatest.
fn ends(ledger: &Ledger, cell: usize, factor: i64) -> (Option<i64>, Option<i64>) {
    let (low, high) = (Some(ledger.low[cell]), ledger.high[cell]);
    if factor > 0 { (low, high) } else { (high, low) }
}

/// One row; false if it cannot be met.
fn narrow(component: &Component, ledger: &mut Ledger, row: usize, changed: &mut Vec<u32>) -> bool {
    let known = component.known[row];
    let (mut least, mut greatest) = (Reach::default(), Reach::default());
    for &(cell, factor) in component.row(row) {
        let (small, large) = ends(ledger, cell as usize, factor);
        least.add(factor, small);
        greatest.add(factor, large);
    }
    if (least.infinite == 0 && least.finite > known) || (greatest.infinite == 0 && greatest.finite < known) {
        return false;
    }
    if least.infinite > 1 && greatest.infinite > 1 {
        return true;
    }
    for &(cell, factor) in component.row(row) {
        let at = cell as usize;
        // The ends from before this row's own changes: what they give is weaker at most.
        let (small, large) = ends(ledger, at, factor);
        let above = least.without(factor, small).map(|others| known - others);
        let below = greatest.without(factor, large).map(|others| known - others);
        let wide = i128::from(factor);
        let (top, bottom) = if factor > 0 { (above, below) } else { (below, above) };
        let top = top.map(|top| floor_divide(top, wide));
        let bottom = bottom.map(|bottom| -floor_divide(-bottom, wide));
        let before = changed.len();
        if let Some(top) = top.and_then(|top| i64::try_from(top.max(i64::MIN.into())).ok())
            && ledger.high[at].is_none_or(|high| top < high)
        {
            // The row's sums stay those of before the change, so they are put right here.
            update(&mut least, &mut greatest, factor, (None, Some((ledger.high[at], top))));
            if !ledger.narrow(at, Side::High, top, Rows::One(row as u32)) {
                return false;
            }
            changed.push(cell);
        }
        if let Some(bottom) = bottom.map(|bottom| bottom.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
            && bottom > ledger.low[at]
        {
            update(&mut least, &mut greatest, factor, (Some((ledger.low[at], bottom)), None));
            if !ledger.narrow(at, Side::Low, bottom, Rows::One(row as u32)) {
                return false;
            }
            if changed.len() == before {
                changed.push(cell);
            }
        }
    }
    true
}

type LowChange = Option<(i64, i64)>;
type HighChange = Option<(Option<i64>, i64)>;

/// Keeps the row's reach in step with a narrowed cell.
fn update(least: &mut Reach, greatest: &mut Reach, factor: i64, (low, high): (LowChange, HighChange)) {
    let wide = i128::from(factor);
    let (with_low, with_high) = if factor > 0 { (least, greatest) } else { (greatest, least) };
    if let Some((before, after)) = low {
        with_low.finite += wide * (i128::from(after) - i128::from(before));
    }
    if let Some((before, after)) = high {
        if let Some(before) = before {
            with_high.finite += wide * (i128::from(after) - i128::from(before));
        } else {
            with_high.infinite -= 1;
            with_high.finite += wide * i128::from(after);
        }
    }
}
