//! Small random tables, every whole-number table that looks like one, and a reading of proofs of its own.

use super::super::field::Random;
use super::super::{Certificate, Claim};
use crate::suppression::{Dimension, DimensionSum, Shown, System, Term};
use std::collections::BTreeMap;

/// A table as sums of leaf counts.
pub(super) struct Table {
    pub(super) system: System,
    /// The leaves that each cell counts.
    pub(super) leaves: Vec<Vec<usize>>,
    pub(super) counts: Vec<i64>,
}

pub(super) struct Dice(Random);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }

    pub(super) fn below(&mut self, limit: u64) -> usize {
        (self.0.next() >> 11) as usize % limit as usize
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent as usize
    }

    fn count(&mut self) -> i64 {
        if self.chance(25) { 0 } else { [1, 1, 2, 2, 3, 4, 5, 6][self.below(8)] }
    }
}

fn names(prefix: &str, number: usize) -> Vec<String> {
    (0..number).map(|at| format!("{prefix}{at}")).collect()
}

pub(super) fn flat(parts: usize) -> Dimension {
    Dimension::with_total("all", names("c", parts)).expect("dimension")
}

/// Four leaves in two groups under a total; with `overlap` also in two other groups.
pub(super) fn nested(overlap: bool) -> Dimension {
    let sum = |total, parts: &[usize]| DimensionSum { total, parts: parts.to_vec() };
    let mut sums = vec![sum(0, &[1, 2]), sum(1, &[3, 4]), sum(2, &[5, 6])];
    if overlap {
        sums.extend([sum(0, &[7, 8]), sum(7, &[3, 5, 6]), sum(8, &[4])]);
    }
    Dimension::new(names("n", if overlap { 9 } else { 7 }), sums).expect("dimension")
}

fn leaf_sets(dimension: &Dimension) -> Vec<Vec<usize>> {
    let categories = dimension.categories().len();
    let mut sets: Vec<Vec<usize>> = vec![Vec::new(); categories];
    let levels = dimension.levels();
    let mut leaf = 0;
    for category in 0..categories {
        if levels[category] == 0 {
            sets[category] = vec![leaf];
            leaf += 1;
        }
    }
    for level in 1..=levels.iter().copied().max().unwrap_or(0) {
        for sum in dimension.sums().iter().filter(|sum| levels[sum.total] == level) {
            let mut set: Vec<usize> = sum.parts.iter().flat_map(|&part| sets[part].clone()).collect();
            set.sort_unstable();
            sets[sum.total] = set;
        }
    }
    sets
}

impl Table {
    /// The full cross, with random leaf counts.
    pub(super) fn random(dimensions: Vec<Dimension>, dice: &mut Dice) -> Self {
        let sets: Vec<Vec<Vec<usize>>> = dimensions.iter().map(leaf_sets).collect();
        let sizes: Vec<usize> = sets.iter().map(|sets| sets.iter().flatten().max().map_or(0, |max| max + 1)).collect();
        let system = System::cross(dimensions).expect("cross");
        let cross = system.as_cross().expect("cross");
        let cell_leaves = |cell: usize| {
            let mut leaves = vec![0];
            for ((category, sets), size) in cross.categories(cell).into_iter().zip(&sets).zip(&sizes) {
                leaves = leaves.iter().flat_map(|leaf| sets[category].iter().map(move |at| leaf * size + at)).collect();
            }
            leaves
        };
        let leaves: Vec<Vec<usize>> = (0..system.cells()).map(cell_leaves).collect();
        let inner: Vec<i64> = (0..sizes.iter().product()).map(|_| dice.count()).collect();
        let counts = leaves.iter().map(|leaves| leaves.iter().map(|&leaf| inner[leaf]).sum()).collect();
        Self { system, leaves, counts }
    }

    /// Two such tables that share their first cells' counts by row: the total column of the second is that of the
    /// first.
    pub(super) fn linked(rows: usize, dice: &mut Dice) -> Self {
        let columns = [2, 2];
        let mut builder = System::builder();
        let first = builder.add_cross(vec![flat(rows), flat(columns[0])]).expect("cross");
        let second = builder.add_cross(vec![flat(rows), flat(columns[1])]).expect("cross");
        let width = columns[0] + 1;
        for row in 0..=rows {
            let term = |cell: usize, factor| Term { cell: cell as u32, factor };
            builder.add_relation(&[term(first + row * width, 1), term(second + row * width, -1)]).expect("link");
        }
        let system = builder.build();
        // Leaves: row × column of the first × column of the second.
        let inner: Vec<i64> = (0..rows * 4).map(|_| dice.count() / 2).collect();
        let mut leaves = Vec::new();
        for table in 0..2 {
            for row in 0..=rows {
                for column in 0..=2 {
                    let inside = |leaf: &usize| {
                        let (r, c) = (leaf / 4 + 1, [leaf / 2 % 2, leaf % 2][table] + 1);
                        (row == 0 || r == row) && (column == 0 || c == column)
                    };
                    leaves.push((0..rows * 4).filter(inside).collect::<Vec<usize>>());
                }
            }
        }
        let counts = leaves.iter().map(|leaves| leaves.iter().map(|&leaf| inner[leaf]).sum()).collect();
        Self { system, leaves, counts }
    }

    /// Every table that looks like this one: for each cell the least, the greatest and the number of distinct counts.
    /// None if there are too many to walk through.
    pub(super) fn enumerate(&self, shown: &[Shown]) -> Option<Vec<std::collections::BTreeSet<i64>>> {
        let inner = self.leaves.iter().flatten().max().map_or(0, |max| max + 1);
        let mut cells_of: Vec<Vec<usize>> = vec![Vec::new(); inner];
        let mut left: Vec<usize> = Vec::new();
        for (cell, leaves) in self.leaves.iter().enumerate() {
            left.push(leaves.len());
            leaves.iter().for_each(|&leaf| cells_of[leaf].push(cell));
        }
        let mut seen = vec![std::collections::BTreeSet::new(); self.leaves.len()];
        let mut sums = vec![0_i64; self.leaves.len()];
        let mut steps = 400_000;
        walk(0, &cells_of, shown, &mut sums, &mut left, &mut seen, &mut steps)?;
        Some(seen)
    }
}

#[allow(clippy::too_many_arguments, reason = "the state of a walk")]
fn walk(
    leaf: usize,
    cells_of: &[Vec<usize>],
    shown: &[Shown],
    sums: &mut Vec<i64>,
    left: &mut Vec<usize>,
    seen: &mut Vec<std::collections::BTreeSet<i64>>,
    steps: &mut u32,
) -> Option<()> {
    *steps = steps.checked_sub(1)?;
    if leaf == cells_of.len() {
        sums.iter().enumerate().for_each(|(cell, &sum)| {
            seen[cell].insert(sum);
        });
        return Some(());
    }
    for count in 0..=200 {
        let cells = &cells_of[leaf];
        cells.iter().for_each(|&cell| {
            sums[cell] += count;
            left[cell] -= 1;
        });
        let over = cells.iter().any(|&cell| shown[cell].high().is_some_and(|high| sums[cell] > high));
        let under = cells.iter().any(|&cell| left[cell] == 0 && sums[cell] < shown[cell].low());
        let result = if over || under { Some(()) } else { walk(leaf + 1, cells_of, shown, sums, left, seen, steps) };
        cells.iter().for_each(|&cell| {
            sums[cell] -= count;
            left[cell] += 1;
        });
        result?;
        if over {
            break;
        }
    }
    Some(())
}

/// What a published table may look like.
#[derive(Debug, Clone, Copy)]
pub(super) enum Style {
    /// Counts 1 to 4 and some others hidden; zeros shown.
    ZerosShown,
    /// Zeros may be hidden as well.
    ZerosHidden,
    /// Counts 1 to 4 shown as such, others hidden without a mark.
    Marked,
    /// All counts rounded to the nearest 5.
    Rounded,
}

pub(super) const STYLES: [Style; 4] = [Style::ZerosShown, Style::ZerosHidden, Style::Marked, Style::Rounded];

pub(super) fn publish(counts: &[i64], style: Style, secondary: u64, dice: &mut Dice) -> Vec<Shown> {
    let show = |(cell, &count): (usize, &i64)| {
        let small = (1..5).contains(&count);
        let more = cell != 0 && dice.chance(secondary);
        match style {
            Style::Rounded => {
                let nearest = (count + 2) / 5 * 5;
                Shown::Between { low: (nearest - 2).max(0), high: Some(nearest + 2) }
            }
            Style::Marked if small => Shown::Between { low: 1, high: Some(4) },
            Style::ZerosShown | Style::Marked if count > 0 && (small || more) => Shown::Between { low: 1, high: None },
            Style::ZerosHidden if small || more => Shown::Between { low: 0, high: None },
            _ => Shown::Exactly(count),
        }
    };
    let mut shown: Vec<Shown> = counts.iter().enumerate().map(show).collect();
    if !matches!(style, Style::Rounded) {
        // The total stays, so that there are finitely many tables.
        shown[0] = Shown::Exactly(counts[0]);
    }
    shown
}

/// Reads a proof with code that shares nothing with the audit, and gives the range that it leaves its last cell.
pub(super) fn read_proof(proof: &Certificate, system: &System, shown: &[Shown]) -> (i64, Option<i64>) {
    let wide = |high: Option<i64>| high.map_or(i128::MAX / 4, i128::from);
    let mut ranges: Vec<(i128, i128)> =
        shown.iter().map(|shown| (i128::from(shown.low()), wide(shown.high()))).collect();
    let mut last = 0;
    for step in &proof.steps {
        let mut factors: BTreeMap<usize, i128> = BTreeMap::new();
        for multiple in &step.relations {
            for term in system.relation(multiple.relation) {
                *factors.entry(term.cell as usize).or_default() += i128::from(term.factor) * i128::from(multiple.times);
            }
        }
        let own = factors.remove(&step.cell).expect("the cell is in its own step");
        assert_ne!(own, 0);
        // A count v is ruled out if own · v + (all that the others can be) misses zero.
        let reach = factors.iter().fold((0_i128, 0_i128), |(low, high), (&cell, &factor)| {
            let ends = [ranges[cell].0, ranges[cell].1]
                .map(|end| if end == i128::MAX / 4 { end * factor.signum() } else { end * factor });
            if factor == 0 {
                (low, high)
            } else {
                (low.saturating_add(ends[0].min(ends[1])), high.saturating_add(ends[0].max(ends[1])))
            }
        });
        let possible = |value: i128| own * value + reach.0 <= 0 && own * value + reach.1 >= 0;
        let (low, high) = &mut ranges[step.cell];
        match step.claim {
            Claim::Equals(value) => {
                assert_eq!(reach.0, reach.1, "the others are known");
                assert_eq!(own * i128::from(value), -reach.0);
                (*low, *high) = (value.into(), value.into());
            }
            Claim::AtMost(value) => {
                assert!(!possible(i128::from(value) + 1) && !possible(i128::from(value) + 1000));
                *high = value.into();
            }
            Claim::AtLeast(value) => {
                assert!(!possible(i128::from(value) - 1) && !possible(i128::from(value) - 1000));
                *low = value.into();
            }
        }
        last = step.cell;
    }
    let (low, high) = ranges[last];
    (low as i64, i64::try_from(high).ok())
}
