//! The rules, in exact arithmetic.

use super::contributions::{CellContributors, Contributions};
use crate::error::{MisuseError, Result};
use crate::suppression::policy::{NkRule, SuppressionPolicy};
use serde::{Deserialize, Serialize};

/// A rule that a magnitude can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MagnitudeRule {
    /// Too few contribute.
    MinContributors,
    /// The largest contributor has more than the largest share allowed.
    MaxShare,
    /// The n largest contributors have k per cent of the total or more.
    Nk,
    /// The second largest can work the largest out to within less than p per cent.
    PPercent,
}

/// The limits that magnitudes are held to; a limit that is not set is not applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MagnitudeRules {
    /// Fewer contributors than this, but not none, are too few.
    pub min_contributors: Option<u32>,
    /// The largest share of one contributor, 1 to 100 per cent.
    pub max_share: Option<u8>,
    /// The dominance limit: n of 1 or more, k of 1 to 100 per cent.
    pub nk: Option<NkRule>,
    /// The p-percent limit, 1 to 100.
    pub p_percent: Option<u8>,
}

impl MagnitudeRules {
    /// The limits of a policy; its threshold for counts is the least number of contributors.
    pub fn of_policy(policy: &SuppressionPolicy) -> Self {
        Self {
            min_contributors: Some(policy.threshold()),
            max_share: policy.max_share(),
            nk: policy.nk(),
            p_percent: policy.p_percent(),
        }
    }

    /// The rules that each cell fails.
    ///
    /// # Errors
    /// `misuse.argument` for a limit outside its range.
    ///
    /// ```
    /// use ig_core::suppression::magnitude::{Contributions, MagnitudeRule, MagnitudeRules};
    ///
    /// let rows = Contributions::of_rows(1, &[0; 4], &["A", "B", "C", "D"], None, &[900, 80, 15, 5])?;
    /// let rules = MagnitudeRules { p_percent: Some(10), ..MagnitudeRules::default() };
    /// // B knows its own 80 and finds A to lie within 20 of 920: 2.2 per cent.
    /// assert_eq!(rules.apply(&rows)?.failed(0), [MagnitudeRule::PPercent]);
    /// # Ok::<(), ig_core::Error>(())
    /// ```
    pub fn apply(&self, contributions: &Contributions) -> Result<MagnitudeFlags> {
        let shares = [self.max_share, self.p_percent, self.nk.map(|nk| nk.k_percent)];
        let usable = shares.into_iter().flatten().all(|share| (1..=100).contains(&share));
        if !usable || self.nk.is_some_and(|nk| nk.n == 0) {
            let expected = "1 to 100 per cent, and 1 contributor or more".into();
            return Err(MisuseError::Argument { name: "max_share, nk and p_percent".into(), expected }.into());
        }
        let cells = (0..contributions.cells()).map_while(|cell| contributions.cell(cell));
        Ok(MagnitudeFlags { failed: cells.map(|cell| self.failed_by(&cell)).collect() })
    }

    /// A cell of nothing gives nothing away and fails no rule.
    fn failed_by(&self, cell: &CellContributors) -> Vec<MagnitudeRule> {
        let total = cell.total();
        if total == 0 {
            return Vec::new();
        }
        let largest = cell.largest(1);
        let least = self.min_contributors.map(|least| usize::try_from(least).unwrap_or(usize::MAX));
        let nk_fails = |nk: NkRule| {
            let n = usize::try_from(nk.n).unwrap_or(usize::MAX);
            100 * cell.largest(n) >= i128::from(nk.k_percent) * total
        };
        let checks = [
            (MagnitudeRule::MinContributors, least.is_some_and(|least| cell.contributors() < least)),
            (MagnitudeRule::MaxShare, self.max_share.is_some_and(|share| 100 * largest > i128::from(share) * total)),
            (MagnitudeRule::Nk, self.nk.is_some_and(nk_fails)),
            (
                MagnitudeRule::PPercent,
                self.p_percent.is_some_and(|p| 100 * (total - cell.largest(2)) < i128::from(p) * largest),
            ),
        ];
        checks.into_iter().filter_map(|(rule, fails)| fails.then_some(rule)).collect()
    }
}

/// Which rules each cell fails. For the data owner only, as all that tells primary cells from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MagnitudeFlags {
    failed: Vec<Vec<MagnitudeRule>>,
}

impl MagnitudeFlags {
    /// The rules that a cell fails, in a fixed order; none for a cell that does not exist.
    pub fn failed(&self, cell: usize) -> &[MagnitudeRule] {
        self.failed.get(cell).map_or(&[], Vec::as_slice)
    }

    /// How many cells were looked at.
    pub fn cells(&self) -> usize {
        self.failed.len()
    }

    /// The cells that fail any rule, in rising order: the primary cells of a suppression.
    pub fn primary_cells(&self) -> Vec<usize> {
        (0..self.failed.len()).filter(|&cell| !self.failed[cell].is_empty()).collect()
    }
}

/// Applies the limits of a policy to magnitudes: `max_share`, `nk`, `p_percent`, and its threshold as the least number
/// of contributors.
///
/// # Errors
/// None for a policy from a preset or a builder, whose limits were checked.
///
/// ```
/// use ig_core::suppression::SuppressionPolicy;
/// use ig_core::suppression::magnitude::{Contributions, MagnitudeRule, primary};
///
/// let rows = Contributions::of_rows(2, &[0, 0, 1], &["A", "B", "A"], None, &[6, 4, 0])?;
/// let flags = primary(&SuppressionPolicy::preset("acro")?, &rows)?;
/// assert_eq!(flags.failed(0), [MagnitudeRule::MinContributors, MagnitudeRule::Nk, MagnitudeRule::PPercent]);
/// assert_eq!(flags.primary_cells(), [0]);
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn primary(policy: &SuppressionPolicy, contributions: &Contributions) -> Result<MagnitudeFlags> {
    MagnitudeRules::of_policy(policy).apply(contributions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn failed(rules: MagnitudeRules, values: &[i64]) -> Vec<MagnitudeRule> {
        let names: Vec<String> = (0..values.len()).map(|place| place.to_string()).collect();
        let rows = Contributions::of_rows(1, &vec![0; values.len()], &names, None, values).expect("rows");
        rules.apply(&rows).expect("usable").failed(0).to_vec()
    }

    #[test]
    fn the_edges_are_on_the_side_that_the_sources_say() {
        use MagnitudeRule::{MaxShare, MinContributors, Nk, PPercent};
        let none = MagnitudeRules::default();
        let nk = MagnitudeRules { nk: Some(NkRule { n: 2, k_percent: 90 }), ..none };
        assert_eq!(failed(nk, &[50, 40, 10]), [Nk]);
        assert_eq!(failed(nk, &[50, 39, 11]), []);
        let p = MagnitudeRules { p_percent: Some(10), ..none };
        assert_eq!(failed(p, &[100, 50, 10]), []);
        assert_eq!(failed(p, &[100, 50, 9]), [PPercent]);
        assert_eq!(failed(p, &[7]), [PPercent]);
        let share = MagnitudeRules { max_share: Some(50), ..none };
        assert_eq!(failed(share, &[50, 30, 20]), []);
        assert_eq!(failed(share, &[51, 30, 19]), [MaxShare]);
        let few = MagnitudeRules { min_contributors: Some(3), ..none };
        assert_eq!(failed(few, &[1, 1, 0]), [MinContributors]);
        assert_eq!(failed(few, &[1, 1, 1]), []);
        let all = MagnitudeRules { min_contributors: Some(3), max_share: Some(50), ..nk };
        assert_eq!(failed(MagnitudeRules { p_percent: Some(10), ..all }, &[0, 0]), []);
        assert_eq!(failed(MagnitudeRules { p_percent: Some(1), ..all }, &[i64::MAX]).len(), 4);
    }

    #[test]
    fn unusable_limits_are_refused() {
        let rows = Contributions::of_rows::<&str>(1, &[], &[], None, &[]).expect("rows");
        let none = MagnitudeRules::default();
        for rules in [
            MagnitudeRules { max_share: Some(0), ..none },
            MagnitudeRules { p_percent: Some(101), ..none },
            MagnitudeRules { nk: Some(NkRule { n: 0, k_percent: 90 }), ..none },
            MagnitudeRules { nk: Some(NkRule { n: 1, k_percent: 0 }), ..none },
        ] {
            assert_eq!(rules.apply(&rows).expect_err("limit").code(), "misuse.argument");
        }
        let flags = MagnitudeRules::of_policy(&SuppressionPolicy::preset("acro").expect("preset")).apply(&rows);
        assert_eq!(flags.expect("usable").failed(9), []);
    }

    proptest! {
        /// What p-percent means: the second largest subtracts its own value from the total, and what is left is an
        /// upper bound of the largest value, which must be at least p per cent too high. Every contributor attacks every other.
        #[test]
        fn p_percent_is_what_the_best_placed_contributor_can_find(
            values in prop::collection::vec(1..200_i64, 1..7), p in 1..=100_u8,
        ) {
            let total: i64 = values.iter().sum();
            let mut found = values.len() == 1;
            for attacker in 0..values.len() {
                for target in (0..values.len()).filter(|&target| target != attacker) {
                    let bound = total - values[attacker];
                    found |= (bound - values[target]) * 100 < i64::from(p) * values[target];
                }
            }
            let rules = MagnitudeRules { p_percent: Some(p), ..MagnitudeRules::default() };
            prop_assert_eq!(!failed(rules, &values).is_empty(), found);
        }

        /// Dominance, with every choice of n contributors tried.
        #[test]
        fn dominance_is_about_the_heaviest_group(
            values in prop::collection::vec(0..50_i64, 1..7), n in 1..4_u32, k in 1..=100_u8,
        ) {
            let total: i64 = values.iter().sum();
            let heavy = (0..1_u32 << values.len()).filter(|group| group.count_ones() <= n).any(|group| {
                let of = |place: &usize| group >> place & 1 == 1;
                let sum: i64 = (0..values.len()).filter(of).map(|place| values[place]).sum();
                sum * 100 >= i64::from(k) * total
            });
            let rules = MagnitudeRules { nk: Some(NkRule { n, k_percent: k }), ..MagnitudeRules::default() };
            prop_assert_eq!(!failed(rules, &values).is_empty(), total > 0 && heavy);
        }
    }
}
