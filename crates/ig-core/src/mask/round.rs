//! Numbers rounded to multiples.

use super::number::{EXACT, EXACT_FLOAT, Number, float_of};
use crate::error::{IdentifierError, MisuseError};
use serde::{Deserialize, Serialize};

/// Rounds to the nearest multiple of a whole number; a tie goes away from zero, as it does in a spreadsheet.
///
/// Guarantees a multiple of the base that is at most half a base away, exact for whole numbers of any size and for
/// floating-point numbers below 2^53.
///
/// Attacks that still work: a rounded value says which interval of one base the true value lies in, and 0 means
/// "less than half a base"; a total of unrounded values beside rounded ones gives one of them back; two releases
/// with different bases narrow the interval to the overlap; small counts are not hidden by it, for which see
/// [`suppression`](crate::suppression).
///
/// ```
/// use ig_core::mask::{Number, RoundTo};
///
/// let round = RoundTo::new(5)?;
/// assert_eq!(round.round(Number::Whole(-13))?, Number::Whole(-15));
/// assert_eq!(RoundTo::new(10)?.round(Number::Float(-25.0))?, Number::Float(-30.0));
/// assert_eq!(RoundTo::new(0).unwrap_err().code(), "misuse.argument");
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Settings")]
pub struct RoundTo {
    base: u64,
}

/// As read, not yet checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    base: u64,
}

impl TryFrom<Settings> for RoundTo {
    type Error = MisuseError;

    fn try_from(settings: Settings) -> Result<Self, MisuseError> {
        Self::new(settings.base)
    }
}

impl RoundTo {
    /// Takes the base, a whole number from 1 to 2^53.
    ///
    /// # Errors
    /// `misuse.argument`
    pub fn new(base: u64) -> Result<Self, MisuseError> {
        if (1..=EXACT).contains(&base) {
            Ok(Self { base })
        } else {
            Err(MisuseError::Argument { name: "base".into(), expected: "a whole number from 1 to 2^53".into() })
        }
    }

    /// The base.
    pub const fn base(&self) -> u64 {
        self.base
    }

    /// The nearest multiple.
    ///
    /// # Errors
    /// `identifier.number_range` for a floating-point number that is 2^53 or more from zero, or rounds to more, where
    /// not every whole number exists.
    pub fn round(&self, number: Number) -> Result<Number, IdentifierError> {
        let out_of_range = IdentifierError::NumberRange {};
        match number {
            Number::Whole(number) => {
                let base = i128::from(self.base);
                let rest = number % base;
                let away = if 2 * rest.abs() >= base { base * rest.signum() } else { 0 };
                (number - rest).checked_add(away).map(Number::Whole).ok_or(out_of_range)
            }
            Number::Float(number) => {
                // Both exact: the base is below 2^53, and a remainder of floats is never rounded.
                let base = float_of(self.base.into());
                let rest = number % base;
                let away = if 2.0 * rest.abs() >= base { base.copysign(rest) } else { 0.0 };
                let rounded = number - rest + away;
                let exact = number.abs() < EXACT_FLOAT && rounded.abs() <= EXACT_FLOAT;
                if exact { Ok(Number::Float(rounded + 0.0)) } else { Err(out_of_range) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_of_the_types_are_exact_or_refused() {
        let round = |base, number| RoundTo::new(base).expect("usable").round(Number::Whole(number));
        assert_eq!(round(10, i64::MAX.into()), Ok(Number::Whole(9_223_372_036_854_775_810)));
        assert_eq!(round(10, i64::MIN.into()), Ok(Number::Whole(-9_223_372_036_854_775_810)));
        assert_eq!(round(EXACT, (EXACT / 2).into()), Ok(Number::Whole(EXACT.into())));
        assert_eq!(round(EXACT, i128::from(EXACT / 2) - 1), Ok(Number::Whole(0)));
        assert_eq!(round(10, i128::MAX).expect_err("too large").code(), "identifier.number_range");
        let float = |base, number| RoundTo::new(base).expect("usable").round(Number::Float(number));
        assert_eq!(float(1, 0.5), Ok(Number::Float(1.0)));
        assert_eq!(float(1, 0.499_999_999_999_999_94), Ok(Number::Float(0.0)));
        assert_eq!(float(3, -1.5), Ok(Number::Float(-3.0)));
        assert_eq!(float(3, -1.25).expect("zero").to_string(), "0");
        assert_eq!(float(3, 9_007_199_254_740_991.0), Ok(Number::Float(9_007_199_254_740_990.0)));
        assert_eq!(float(3, EXACT_FLOAT).expect_err("not exact").code(), "identifier.number_range");
        assert_eq!(float(1, f64::MAX).expect_err("not exact").code(), "identifier.number_range");
    }

    #[test]
    fn unusable_bases_are_refused_however_they_are_made() {
        for base in [0, EXACT + 1, u64::MAX] {
            assert_eq!(RoundTo::new(base).expect_err("refused").code(), "misuse.argument");
            assert!(serde_json::from_str::<RoundTo>(&format!(r#"{{"base": {base}}}"#)).is_err());
        }
        for json in ["{}", r#"{"base": -5}"#, r#"{"base": 2.5}"#, r#"{"base": 5, "to": 5}"#] {
            assert!(serde_json::from_str::<RoundTo>(json).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn a_rounded_number_is_a_multiple_within_half_a_base(value in any::<i64>(), base in 1..=EXACT) {
            let Ok(Number::Whole(rounded)) = RoundTo::new(base).expect("usable").round(Number::Whole(value.into())) else {
                return Err(TestCaseError::fail("whole numbers are always rounded"));
            };
            let (value, base) = (i128::from(value), i128::from(base));
            prop_assert_eq!(rounded % base, 0);
            prop_assert!(2 * (rounded - value).abs() <= base);
            // A tie goes away from zero.
            prop_assert!(2 * (rounded - value).abs() < base || rounded.abs() > value.abs());
        }

        /// Halves are exact in both, so whole numbers of half units are the oracle.
        #[test]
        fn floats_round_as_whole_numbers_do(halves in -1_000_000_000_i64..1_000_000_000, base in 1..10_000_u64) {
            let float = RoundTo::new(base).expect("usable").round(Number::Float(float_of(halves.into()) / 2.0));
            let Ok(Number::Whole(doubled)) =
                RoundTo::new(base * 2).expect("usable").round(Number::Whole(halves.into()))
            else {
                return Err(TestCaseError::fail("whole numbers are always rounded"));
            };
            prop_assert_eq!(float, Ok(Number::Float(float_of(doubled) / 2.0)));
        }
    }
}
