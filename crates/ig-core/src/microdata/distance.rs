//! How far the values of one class are from those of the whole table: the earth mover's distance of t-closeness.
//!
//! Sums are of whole numbers and divided once, so the result does not depend on the order of rows.

use serde::{Deserialize, Serialize};

/// The ground distance between two values of a sensitive column (Li, Li and Venkatasubramanian 2007, section 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Distance {
    /// Ordered for numbers, dates and times without a missing value; equal for everything else.
    #[default]
    Auto,
    /// Any two values are one apart: half the sum of the differences of shares.
    Equal,
    /// Values are as far apart as their places in the order of the distinct values, and the ends are one apart.
    Ordered,
}

/// What all classes of one sensitive column are held against.
pub(super) struct Whole {
    rows: u64,
    /// Rows by code.
    counts: Vec<u64>,
    order: Option<Order>,
}

struct Order {
    /// The place of each code.
    ranks: Vec<u32>,
    /// Rows with a value up to each place.
    up_to: Vec<u64>,
    /// Sums of `up_to` before each place, and of all.
    sums: Vec<u128>,
}

impl Whole {
    pub(super) fn new(counts: Vec<u64>, ranks: Option<Vec<u32>>) -> Self {
        let rows = counts.iter().sum();
        let order = ranks.map(|ranks| {
            let mut by_rank = vec![0; counts.len()];
            ranks.iter().zip(&counts).for_each(|(&rank, &count)| by_rank[rank as usize] = count);
            let mut running = 0;
            let up_to: Vec<u64> = by_rank
                .iter()
                .map(|count| {
                    running += count;
                    running
                })
                .collect();
            let mut sum = 0;
            let sums = std::iter::once(0)
                .chain(up_to.iter().map(|&n| {
                    sum += u128::from(n);
                    sum
                }))
                .collect();
            Order { ranks, up_to, sums }
        });
        Self { rows, counts, order }
    }

    /// The distance of a class with these counts by code; their order is lost.
    pub(super) fn distance(&self, class: &mut [(u32, u64)]) -> f64 {
        let own: u64 = class.iter().map(|&(_, count)| count).sum();
        let scale = own as f64 * self.rows as f64;
        match &self.order {
            None => self.equal(class, own) as f64 / scale,
            Some(order) => match order.up_to.len() {
                0 | 1 => 0.0,
                values => {
                    class.sort_unstable_by_key(|&(code, _)| order.ranks[code as usize]);
                    order.distance(class, own, self.rows) as f64 / (scale * (values - 1) as f64)
                }
            },
        }
    }

    /// The shares that the class has too much of, times both numbers of rows. What it has too little of is as much.
    fn equal(&self, class: &[(u32, u64)], own: u64) -> u128 {
        let too_much = class.iter().map(|&(code, count)| {
            let there = u128::from(count) * u128::from(self.rows);
            there.saturating_sub(u128::from(self.counts[code as usize]) * u128::from(own))
        });
        too_much.sum()
    }
}

impl Order {
    /// The sum over all places of the difference of the cumulated shares, times both numbers of rows.
    ///
    /// Between two values of the class its share stands still and that of the table only grows, so each stretch
    /// takes one search for the place where they cross.
    fn distance(&self, class: &[(u32, u64)], own: u64, rows: u64) -> u128 {
        let own = u128::from(own);
        let (mut sum, mut start, mut level) = (0, 0, 0_u128);
        let ends = class.iter().map(|&(code, count)| (self.ranks[code as usize] as usize, count));
        for (end, count) in ends.chain(std::iter::once((self.up_to.len(), 0))) {
            let crossing = start + self.up_to[start..end].partition_point(|&n| u128::from(n) * own <= level);
            let below = own * (self.sums[crossing] - self.sums[start]);
            let above = own * (self.sums[end] - self.sums[crossing]);
            sum += level * (crossing - start) as u128 - below;
            sum += above - level * (end - crossing) as u128;
            level += u128::from(count) * u128::from(rows);
            start = end;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Table 3 of Li et al. 2007: salaries 3k to 11k, one each; {3, 4, 5} is 0.375 away, {6, 8, 11} 0.167.
    #[test]
    fn the_worked_example_of_the_paper() {
        let whole = Whole::new(vec![1; 9], Some((0..9).collect()));
        assert!((whole.distance(&mut [(0, 1), (1, 1), (2, 1)]) - 0.375).abs() < 1e-12);
        assert!((whole.distance(&mut [(3, 1), (5, 1), (8, 1)]) - 1.0 / 6.0).abs() < 1e-12);
        let categories = Whole::new(vec![1; 9], None);
        assert!((categories.distance(&mut [(0, 1), (1, 1), (2, 1)]) - 2.0 / 3.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn both_distances_are_those_of_the_definition(
            counts in proptest::collection::vec((0..9_u64, 0..9_u64), 2..12),
            turn in 0..12_u32,
        ) {
            let size = counts.len();
            let (class, rest): (Vec<u64>, Vec<u64>) = counts.into_iter().map(|(q, p)| (q, p + 1)).unzip();
            let all: Vec<u64> = class.iter().zip(&rest).map(|(q, p)| q + p).collect();
            prop_assume!(class.iter().sum::<u64>() > 0);
            let share = |counts: &[u64], code: usize| counts[code] as f64 / counts.iter().sum::<u64>() as f64;
            let gaps: Vec<f64> = (0..size).map(|code| share(&class, code) - share(&all, code)).collect();
            let equal = gaps.iter().map(|gap| gap.abs()).sum::<f64>() / 2.0;
            let ranks: Vec<u32> = (0..size as u32).map(|code| (code + turn) % size as u32).collect();
            let mut by_rank = vec![0.0; size];
            ranks.iter().zip(&gaps).for_each(|(&rank, gap)| by_rank[rank as usize] = *gap);
            let mut running = 0.0_f64;
            let ordered =
                by_rank.iter().map(|gap| { running += gap; running.abs() }).sum::<f64>() / (size - 1) as f64;
            let mut cells: Vec<(u32, u64)> =
                class.iter().enumerate().filter(|(_, n)| **n > 0).map(|(code, &n)| (code as u32, n)).collect();
            prop_assert!((Whole::new(all.clone(), None).distance(&mut cells) - equal).abs() < 1e-12);
            let found = Whole::new(all, Some(ranks)).distance(&mut cells);
            prop_assert!((found - ordered).abs() < 1e-12);
            prop_assert!(found <= equal + 1e-12, "equal distance is never less");
        }
    }
}
