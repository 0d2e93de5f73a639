//! What has been proved about the cells of one component, step by step, and the steps that a bound rests on.

use super::certificate::{Certificate, CertificateStep, Claim, Multiple};
use super::component::Component;

/// One end of a cell's range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Low,
    High,
}

/// The equations behind a step, as rows of the component and how often each is taken.
#[derive(Clone)]
pub(super) enum Rows {
    One(u32),
    Many(Vec<(u32, i64)>),
}

impl Rows {
    pub(super) fn multiples(&self) -> Vec<(u32, i64)> {
        match self {
            Self::One(row) => vec![(*row, 1)],
            Self::Many(rows) => rows.clone(),
        }
    }
}

struct Entry {
    cell: u32,
    side: Side,
    bound: i64,
    rows: Rows,
}

/// Ranges that hold for sure. Every change is written down with the equations that it follows from.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) low: Vec<i64>,
    pub(super) high: Vec<Option<i64>>,
    entries: Vec<Entry>,
    /// Cells that a combination of equations gives outright, with that combination.
    sums: Vec<(u32, Vec<(u32, i64)>)>,
}

impl Ledger {
    pub(super) fn new(component: &Component) -> Self {
        Self { low: component.low.clone(), high: component.high.clone(), ..Self::default() }
    }

    /// Ranges to start from that need no proof.
    pub(super) fn from_ranges(low: Vec<i64>, high: Vec<Option<i64>>) -> Self {
        Self { low, high, ..Self::default() }
    }

    /// Writes down a narrower bound; false if it leaves no count.
    pub(super) fn narrow(&mut self, cell: usize, side: Side, bound: i64, rows: Rows) -> bool {
        match side {
            Side::Low => self.low[cell] = bound,
            Side::High => self.high[cell] = Some(bound),
        }
        self.entries.push(Entry { cell: cell as u32, side, bound, rows });
        self.high[cell].is_none_or(|high| self.low[cell] <= high)
    }

    /// Writes down a cell that is a sum of known ones; false if its range does not hold the number.
    pub(super) fn fix(&mut self, cell: usize, value: i64, rows: Vec<(u32, i64)>) -> bool {
        let possible = self.low[cell] <= value && self.high[cell].is_none_or(|high| value <= high);
        (self.low[cell], self.high[cell]) = (value, Some(value));
        self.sums.push((cell as u32, rows));
        possible
    }

    /// The proof of the cell's range, without steps that it does not need.
    pub(super) fn certificate(&self, component: &Component, index: &LedgerIndex, cell: usize) -> Certificate {
        let name = |cell: u32| component.cells[cell as usize] as usize;
        let multiple =
            |&(row, times): &(u32, i64)| Multiple { relation: component.relations[row as usize] as usize, times };
        let multiples = |rows: &[(u32, i64)]| rows.iter().map(multiple).collect::<Vec<_>>();
        let mut fixed: Vec<u32> = Vec::new();
        let mut needed: Vec<usize> = Vec::new();
        let mut open: Vec<(u32, Side, usize)> =
            vec![(cell as u32, Side::Low, usize::MAX), (cell as u32, Side::High, usize::MAX)];
        let mut seen = std::collections::BTreeSet::new();
        while let Some((cell, side, before)) = open.pop() {
            if index.sums[cell as usize] != usize::MAX {
                fixed.push(cell);
                continue;
            }
            let Some(number) = index.last(cell, side, before) else { continue };
            if !seen.insert(number) {
                continue;
            }
            needed.push(number);
            let entry = &self.entries[number];
            let (own, factors) = factors(component, &entry.rows, entry.cell);
            for (other, factor) in factors {
                // The bound of one end rests on that end of cells with the opposite sign.
                let same = (factor > 0) != (own > 0);
                let side = if same { entry.side } else { entry.side.other() };
                open.push((other, side, number));
            }
        }
        fixed.sort_unstable();
        fixed.dedup();
        needed.sort_unstable();
        let sum_step = |&cell: &u32| CertificateStep {
            cell: name(cell),
            claim: Claim::Equals(self.low[cell as usize]),
            relations: multiples(&self.sums[index.sums[cell as usize]].1),
        };
        let bound_step = |&number: &usize| {
            let entry = &self.entries[number];
            let claim = match entry.side {
                Side::Low => Claim::AtLeast(entry.bound),
                Side::High => Claim::AtMost(entry.bound),
            };
            CertificateStep { cell: name(entry.cell), claim, relations: multiples(&entry.rows.multiples()) }
        };
        Certificate { steps: fixed.iter().map(sum_step).chain(needed.iter().map(bound_step)).collect() }
    }
}

impl Side {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }
}

/// Where in a ledger each bound of a cell was written.
pub(super) struct LedgerIndex {
    bounds: [Vec<Vec<u32>>; 2],
    sums: Vec<usize>,
}

impl LedgerIndex {
    pub(super) fn new(ledger: &Ledger) -> Self {
        let cells = ledger.low.len();
        let mut index =
            Self { bounds: [vec![Vec::new(); cells], vec![Vec::new(); cells]], sums: vec![usize::MAX; cells] };
        for (number, entry) in ledger.entries.iter().enumerate() {
            index.bounds[entry.side as usize][entry.cell as usize].push(number as u32);
        }
        for (number, (cell, _)) in ledger.sums.iter().enumerate() {
            index.sums[*cell as usize] = number;
        }
        index
    }

    /// The last entry of this bound before another entry.
    fn last(&self, cell: u32, side: Side, before: usize) -> Option<usize> {
        let entries = &self.bounds[side as usize][cell as usize];
        let until = entries.partition_point(|&number| (number as usize) < before);
        until.checked_sub(1).map(|at| entries[at] as usize)
    }
}

/// The factor of `cell` in a combination of rows, and those of the other cells that stay in it.
pub(super) fn factors(component: &Component, rows: &Rows, cell: u32) -> (i128, Vec<(u32, i128)>) {
    let mut terms: Vec<(u32, i128)> = Vec::new();
    let mut add = |row: u32, times: i64| {
        let term = |&(cell, factor): &(u32, i64)| (cell, i128::from(factor) * i128::from(times));
        terms.extend(component.row(row as usize).iter().map(term));
    };
    match rows {
        Rows::One(row) => add(*row, 1),
        Rows::Many(rows) => rows.iter().for_each(|&(row, times)| add(row, times)),
    }
    terms.sort_unstable_by_key(|&(cell, _)| cell);
    let mut merged: Vec<(u32, i128)> = Vec::with_capacity(terms.len());
    for (other, factor) in terms {
        match merged.last_mut() {
            Some((last, sum)) if *last == other => *sum += factor,
            _ => merged.push((other, factor)),
        }
    }
    let own = merged.iter().find(|&&(other, _)| other == cell).map_or(0, |&(_, factor)| factor);
    merged.retain(|&(other, factor)| factor != 0 && other != cell);
    (own, merged)
}

/// The bound that a combination of rows puts on a cell, given the ranges of the other cells: exact whole-number
/// arithmetic, rounded inward. None if it gives no bound or the numbers leave 128 bits.
pub(super) fn implied(
    component: &Component,
    rows: &Rows,
    cell: usize,
    side: Side,
    low: &[i64],
    high: &[Option<i64>],
) -> Option<i128> {
    let known = rows.multiples().iter().try_fold(0_i128, |sum, &(row, times)| {
        sum.checked_add(component.known[row as usize].checked_mul(i128::from(times))?)
    })?;
    let (own, others) = factors(component, rows, cell as u32);
    if own == 0 {
        return None;
    }
    // own · x = known − others. The largest x takes the least of the others if own > 0.
    let least = (side == Side::High) == (own > 0);
    let rest = others.iter().try_fold(known, |rest, &(other, factor)| {
        let at_low = (factor > 0) == least;
        let value = if at_low { Some(low[other as usize]) } else { high[other as usize] };
        rest.checked_sub(factor.checked_mul(i128::from(value?))?)
    })?;
    Some(match side {
        Side::High => floor_divide(rest, own),
        Side::Low => -floor_divide(-rest, own),
    })
}

/// Division rounded down, for any signs but a zero divisor.
pub(super) fn floor_divide(a: i128, b: i128) -> i128 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}
