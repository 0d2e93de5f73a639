//! How wide the range of an unsafe cell must stay.

use super::contributions::CellContributors;
use super::rules::{MagnitudeRule, MagnitudeRules};

/// The range that must stay possible for a cell: from `low` to `high`, the cell's own total within it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    pub(super) low: i64,
    pub(super) high: i64,
}

/// The least total at which the cell would meet every rule it fails, its contributors' values being what they are; as
/// much below the true total, but not below `least`.
///
/// | rule | upper end |
/// |---|---|
/// | p-percent | the two largest, and p % of the largest |
/// | (n, k) | the first total of which the n largest have less than k % |
/// | largest share | the first total of which the largest has s % or less |
/// | minimum contributors | `few_percent` % above the total: the rule itself gives no width |
///
/// Always at least one more than the total.
pub(super) fn width(
    cell: &CellContributors,
    failed: &[MagnitudeRule],
    rules: &MagnitudeRules,
    few_percent: u8,
    least: i128,
) -> Width {
    let total = cell.total();
    let per_cent = |share: u8, of: i128| up(i128::from(share) * of, 100);
    let upper = |rule: &MagnitudeRule| match rule {
        MagnitudeRule::MinContributors => Some(total + per_cent(few_percent, total)),
        MagnitudeRule::MaxShare => rules.max_share.map(|share| up(100 * cell.largest(1), share.into())),
        MagnitudeRule::Nk => rules.nk.map(|nk| {
            let n = usize::try_from(nk.n).unwrap_or(usize::MAX);
            100 * cell.largest(n) / i128::from(nk.k_percent) + 1
        }),
        MagnitudeRule::PPercent => rules.p_percent.map(|p| cell.largest(2) + per_cent(p, cell.largest(1))),
    };
    let high = failed.iter().filter_map(upper).max().unwrap_or(total).max(total + 1);
    let low = (2 * total - high).max(least);
    // Published numbers have 64 bits, so nobody looks beyond them.
    let whole = |end: i128| i64::try_from(end).unwrap_or(i64::MAX);
    Width { low: whole(low), high: whole(high) }
}

/// Division of whole numbers above zero, rounded up.
fn up(a: i128, b: i128) -> i128 {
    (a + b - 1) / b
}

#[cfg(test)]
mod tests {
    use super::super::contributions::Contributions;
    use super::*;
    use crate::suppression::NkRule;
    use proptest::prelude::*;

    fn cell(values: &[i64]) -> CellContributors {
        let names: Vec<String> = (0..values.len()).map(|place| place.to_string()).collect();
        Contributions::of_rows(1, &vec![0; values.len()], &names, None, values).expect("rows").cell(0).expect("cell")
    }

    fn of(rules: MagnitudeRules, values: &[i64]) -> (i64, i64) {
        let names: Vec<String> = (0..values.len()).map(|place| place.to_string()).collect();
        let rows = Contributions::of_rows(1, &vec![0; values.len()], &names, None, values).expect("rows");
        let width = width(&cell(values), rules.apply(&rows).expect("limits").failed(0), &rules, 10, 1);
        (width.low, width.high)
    }

    #[test]
    fn the_textbook_widths() {
        let none = MagnitudeRules::default();
        // Largest 100, next 50, rest 4: 10 % of 100 less 4 is 6.
        assert_eq!(of(MagnitudeRules { p_percent: Some(10), ..none }, &[100, 50, 4]), (148, 160));
        // 190 is 90 % of 211.1, so 212 would pass.
        assert_eq!(of(MagnitudeRules { nk: Some(NkRule { n: 2, k_percent: 90 }), ..none }, &[100, 90, 10]), (188, 212));
        assert_eq!(of(MagnitudeRules { max_share: Some(50), ..none }, &[100, 60]), (120, 200));
        assert_eq!(of(MagnitudeRules { min_contributors: Some(3), ..none }, &[100, 50]), (135, 165));
        // A single contributor is hidden by its own share of the value, and never exactly known.
        assert_eq!(of(MagnitudeRules { p_percent: Some(10), ..none }, &[100]), (90, 110));
        assert_eq!(of(MagnitudeRules { p_percent: Some(1), ..none }, &[1]), (1, 2));
        assert_eq!(of(MagnitudeRules { max_share: Some(1), ..none }, &[9]), (1, 900));
        assert_eq!(of(MagnitudeRules { p_percent: Some(100), ..none }, &[i64::MAX]), (1, i64::MAX));
    }

    proptest! {
        /// The upper end is the least total that passes, found by trying one after the other.
        #[test]
        fn the_upper_end_is_the_first_total_that_passes(
            values in prop::collection::vec(1..60_i64, 1..5), p in 1..=100_u8, n in 1..3_u32, k in 20..=100_u8,
        ) {
            let mut sorted = values.clone();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            let top = |n: usize| sorted.iter().take(n).sum::<i64>();
            let total = top(9);
            let first = |passes: &dyn Fn(i64) -> bool| (total + 1..100_000).find(|&total| passes(total)).expect("some total");
            let none = MagnitudeRules::default();
            let by_p = of(MagnitudeRules { p_percent: Some(p), ..none }, &values).1;
            prop_assert_eq!(by_p, first(&|total| 100 * (total - top(2)) >= i64::from(p) * top(1)));
            let nk = MagnitudeRules { nk: Some(NkRule { n, k_percent: k }), ..none };
            prop_assert_eq!(of(nk, &values).1, first(&|total| 100 * top(n as usize) < i64::from(k) * total));
            let by_share = of(MagnitudeRules { max_share: Some(k), ..none }, &values).1;
            prop_assert_eq!(by_share, first(&|total| 100 * top(1) <= i64::from(k) * total));
        }
    }
}
