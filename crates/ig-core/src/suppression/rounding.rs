//! Rounding of the counts that stay visible.

use crate::error::{Error, MisuseError};

/// How visible counts are rounded. Whole numbers throughout, so no result depends on a floating-point mode.
///
/// Rounding alone does not hide: where a table and its totals are rounded apart from each other, comparing them
/// narrows the original counts, sometimes to one value.
///
/// ```
/// use ig_core::suppression::Rounding;
///
/// assert_eq!(Rounding::Nearest(5).round(12), Some(10));
/// assert_eq!(Rounding::Nearest(10).round(15), Some(20)); // a tie goes up
/// assert_eq!(Rounding::Midpoint(6).round(7), Some(9));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "method", content = "base", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rounding {
    /// Shown as they are.
    None,
    /// To the nearest multiple of the base; a tie, which only an even base has, goes up.
    Nearest(u32),
    /// Zero stays zero; 1 to base, base + 1 to 2 × base and so on each become the middle of their bin,
    /// `ceil(n / base) × base − base / 2`, halves dropped: with base 6 the values are 0, 3, 9, 15 and so on.
    Midpoint(u32),
    /// To one of the two multiples of the base around the count, by a keyed chance that is the same for the same cell in
    /// every table: [random rounding v1](super::perturb::RandomRounder). Multiples stay. The key is not part of the rule.
    Random(u32),
}

/// The bases that are accepted.
const BASES: std::ops::RangeInclusive<u32> = 2..=1000;

impl Rounding {
    /// The rounded count; none for a negative count, a base of 0, a result beyond `i64`, or rounding that needs a key.
    pub fn round(self, count: i64) -> Option<i64> {
        let wide = u128::try_from(count).ok()?;
        let rounded = match self {
            Self::None => wide,
            Self::Nearest(base) => (wide + u128::from(base) / 2).checked_div(base.into())? * u128::from(base),
            Self::Midpoint(0) | Self::Random(_) => return None,
            Self::Midpoint(base) => {
                let base = u128::from(base);
                (wide.div_ceil(base) * base).saturating_sub(base / 2)
            }
        };
        i64::try_from(rounded).ok()
    }

    /// The smallest and largest count that is shown as this number; none if no count is.
    ///
    /// ```
    /// use ig_core::suppression::Rounding;
    ///
    /// assert_eq!(Rounding::Nearest(5).counts_shown_as(10), Some((8, 12)));
    /// assert_eq!(Rounding::Midpoint(6).counts_shown_as(9), Some((7, 12)));
    /// assert_eq!(Rounding::Nearest(5).counts_shown_as(11), None);
    /// assert_eq!(Rounding::Random(5).counts_shown_as(10), Some((6, 14)));
    /// ```
    pub fn counts_shown_as(self, shown: i64) -> Option<(i64, i64)> {
        let wide = i128::from(shown);
        let (low, high) = match self {
            Self::None => (wide, wide),
            Self::Nearest(base) => {
                let low = wide - i128::from(base / 2);
                (low, low + i128::from(base) - 1)
            }
            Self::Random(base) if base > 0 && wide >= 0 && wide % i128::from(base) == 0 => {
                let (low, high) = (wide - i128::from(base) + 1, wide + i128::from(base) - 1);
                return Some((i64::try_from(low.max(0)).ok()?, i64::try_from(high).unwrap_or(i64::MAX)));
            }
            Self::Random(_) => return None,
            Self::Midpoint(_) if shown == 0 => (0, 0),
            Self::Midpoint(base) => {
                let high = wide + i128::from(base / 2);
                (high - i128::from(base) + 1, high)
            }
        };
        let inside = |count: i128| i64::try_from(count.clamp(0, i64::MAX.into())).ok();
        let (low, high) = (inside(low)?, inside(high)?);
        (self.round(low) == Some(shown)).then_some((low, high))
    }

    pub(super) fn check(self) -> Result<(), Error> {
        match self {
            Self::Nearest(base) | Self::Midpoint(base) | Self::Random(base) if !BASES.contains(&base) => {
                Err(MisuseError::Argument { name: "rounding base".into(), expected: "2 to 1000".into() }.into())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Looks at every multiple around the count and takes the nearest, the larger of two equally near ones.
    fn nearest_by_search(count: i64, base: i64) -> i64 {
        let mut best = 0;
        let mut multiple = 0;
        while multiple <= count + base {
            if (multiple - count).abs() <= (best - count).abs() {
                best = multiple;
            }
            multiple += base;
        }
        best
    }

    /// Walks from bin to bin until the count is inside.
    fn midpoint_by_walking(count: i64, base: i64) -> i64 {
        let (mut low, mut high) = (1, base);
        if count == 0 {
            return 0;
        }
        while count > high {
            low += base;
            high += base;
        }
        i64::midpoint(low, high)
    }

    #[test]
    fn a_result_beyond_64_bits_is_none_and_never_wraps() {
        assert_eq!(Rounding::None.round(i64::MAX), Some(i64::MAX));
        // 2^63 − 1 ends in 7: to base 10 it would go up and out, to base 7 it is a multiple already.
        assert_eq!(Rounding::Nearest(10).round(i64::MAX), None);
        assert_eq!(Rounding::Nearest(7).round(i64::MAX), Some(i64::MAX));
        assert_eq!(Rounding::Midpoint(1000).round(i64::MAX), Some(9_223_372_036_854_775_500));
        assert_eq!(Rounding::Nearest(5).round(-1), None);
        assert_eq!(Rounding::Nearest(0).round(3), None);
        assert_eq!(Rounding::Midpoint(0).round(3), None);
        assert_eq!(Rounding::Nearest(7).counts_shown_as(i64::MAX), Some((i64::MAX - 3, i64::MAX)));
        assert_eq!(Rounding::Midpoint(0).counts_shown_as(3), None);
    }

    #[test]
    fn random_rounding_needs_a_key_and_tells_less() {
        assert_eq!(Rounding::Random(5).round(7), None);
        assert_eq!(
            [0, 5, 7, -5].map(|shown| Rounding::Random(5).counts_shown_as(shown)),
            [Some((0, 4)), Some((1, 9)), None, None]
        );
        assert_eq!(Rounding::Random(7).counts_shown_as(i64::MAX), Some((i64::MAX - 6, i64::MAX)));
        assert_eq!(Rounding::Random(0).counts_shown_as(0), None);
        assert_eq!(Rounding::Random(1).check().expect_err("base").code(), "misuse.argument");
    }

    #[test]
    fn settings_are_plain_data() {
        let json = serde_json::to_value([Rounding::None, Rounding::Nearest(5)]).expect("plain");
        assert_eq!(json, serde_json::json!([{"method": "none"}, {"method": "nearest", "base": 5}]));
    }

    proptest! {
        #[test]
        fn nearest_equals_a_search(count in 0..5_000_i64, base in 2..1_001_u32) {
            prop_assert_eq!(Rounding::Nearest(base).round(count), Some(nearest_by_search(count, base.into())));
        }

        #[test]
        fn midpoint_equals_a_walk(count in 0..5_000_i64, base in 2..1_001_u32) {
            prop_assert_eq!(Rounding::Midpoint(base).round(count), Some(midpoint_by_walking(count, base.into())));
        }

        #[test]
        fn shown_numbers_come_from_just_the_counts_that_round_to_them(shown in 0..300_i64, base in 2..40_u32) {
            for rounding in [Rounding::None, Rounding::Nearest(base), Rounding::Midpoint(base)] {
                let counts: Vec<i64> = (0..400).filter(|&count| rounding.round(count) == Some(shown)).collect();
                let ends = counts.first().map(|&low| (low, counts[counts.len() - 1]));
                prop_assert_eq!(rounding.counts_shown_as(shown), ends);
            }
        }

        #[test]
        fn large_counts_move_by_at_most_half_a_base(count in (i64::MAX - 5_000)..=i64::MAX, base in 2..1_001_u32) {
            for rounding in [Rounding::Nearest(base), Rounding::Midpoint(base)] {
                if let Some(rounded) = rounding.round(count) {
                    prop_assert!(rounded.abs_diff(count) <= u64::from(base / 2));
                }
            }
        }
    }
}
