//! Numbers as cells have them.

use crate::error::IdentifierError;
use std::cmp::Ordering;

/// Whole numbers up to this are exact in a 64-bit float.
pub(super) const EXACT: u64 = 1 << 53;
/// The same as a float.
pub(super) const EXACT_FLOAT: f64 = 9_007_199_254_740_992.0;

/// Decimal numbers of up to so many digits are told apart by 64-bit floats.
const DECIMAL_DIGITS: usize = 15;

/// A whole number as a float, exact within 2^53.
#[allow(clippy::cast_precision_loss, reason = "callers stay within 2^53, or ask whether the result is exact")]
pub(crate) const fn float_of(whole: i128) -> f64 {
    whole as f64
}

/// A finite number: whole numbers stay exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i128),
    /// A floating-point number, whole or not.
    Float(f64),
}

impl Number {
    /// A floating-point number.
    ///
    /// # Errors
    /// `identifier.number` for infinities and NaN.
    pub fn float(value: f64) -> Result<Self, IdentifierError> {
        if value.is_finite() { Ok(Self::Float(value)) } else { Err(IdentifierError::Number {}) }
    }

    /// Reads a decimal number such as `42` or `-1.5`, with spaces around it or not. Exponents, thousands
    /// separators and decimal commas are refused, and so is what cannot be held exactly: a fraction with more than
    /// 15 digits, zeros at either end not counted, and a whole number of 2^127 or more.
    ///
    /// # Errors
    /// `identifier.number`
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let text = text.trim();
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(IdentifierError::Number {});
        }
        let fraction = fraction.trim_end_matches('0');
        let significant = whole.trim_start_matches('0').len() + fraction.len();
        if text.contains('.') && significant <= DECIMAL_DIGITS {
            return Self::float(text.parse().map_err(|_| IdentifierError::Number {})?);
        }
        // With more digits, two different numbers could be the same float.
        let signed = if text.starts_with('-') { format!("-{whole}") } else { whole.to_owned() };
        let exact = if fraction.is_empty() { signed.parse().ok() } else { None };
        exact.map(Self::Whole).ok_or(IdentifierError::Number {})
    }

    /// Whether it is zero, of either sign.
    #[cfg(feature = "arrow")]
    pub(crate) fn is_zero(self) -> bool {
        match self {
            Self::Whole(number) => number == 0,
            Self::Float(number) => number.abs().total_cmp(&0.0).is_eq(),
        }
    }

    /// How it compares with a limit, exactly; limits are within 2^53.
    pub(super) fn compare(self, limit: Self) -> Ordering {
        match (self, limit) {
            (Self::Whole(a), Self::Whole(b)) => a.cmp(&b),
            (Self::Whole(a), Self::Float(b)) => match a.cmp(&(b.floor() as i128)) {
                Ordering::Equal if b.fract() != 0.0 => Ordering::Less,
                order => order,
            },
            // Both are finite, so they compare.
            (Self::Float(a), Self::Whole(b)) => a.partial_cmp(&float_of(b)).unwrap_or(Ordering::Equal),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        }
    }
}

impl std::fmt::Display for Number {
    /// The fewest digits that give the number back, without an exponent.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(f),
            // Minus zero is written as zero.
            Self::Float(number) => (number + 0.0).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_numbers_are_read_and_nothing_else() {
        for (text, number) in [
            ("0", Number::Whole(0)),
            (" -42 ", Number::Whole(-42)),
            ("+7", Number::Whole(7)),
            ("007", Number::Whole(7)),
            ("18446744073709551616", Number::Whole(1 << 64)),
            ("-1.5", Number::Float(-1.5)),
            ("93.0", Number::Float(93.0)),
            ("9007199254740993.0", Number::Whole(9_007_199_254_740_993)),
            ("-9007199254740993.000", Number::Whole(-9_007_199_254_740_993)),
            ("+00012345678901234567890.0", Number::Whole(12_345_678_901_234_567_890)),
            ("-170141183460469231731687303715884105728", Number::Whole(i128::MIN)),
            ("0000000000000001.50000000000000000000", Number::Float(1.5)),
        ] {
            assert_eq!(Number::parse(text), Ok(number), "{text}");
        }
        let long = "9".repeat(400);
        for text in [
            "",
            " ",
            "-",
            "+",
            ".",
            "1.",
            ".5",
            "1e3",
            "1,000",
            "0,5",
            "NaN",
            "inf",
            "-inf",
            "--1",
            "0x10",
            "1_000",
            "٣",
            "1 000",
            &long,
            "90.000000000000001",
            "9007199254740993.5",
            "170141183460469231731687303715884105728",
        ] {
            assert_eq!(Number::parse(text).expect_err(text).code(), "identifier.number");
        }
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Number::float(value).expect_err("not finite").code(), "identifier.number");
        }
    }

    #[test]
    fn comparisons_are_exact() {
        let (whole, float) = (Number::Whole, Number::Float);
        assert_eq!(whole(90).compare(float(90.5)), Ordering::Less);
        assert_eq!(whole(91).compare(float(90.5)), Ordering::Greater);
        assert_eq!(whole(-91).compare(float(-90.5)), Ordering::Less);
        assert_eq!(whole(-90).compare(float(-90.5)), Ordering::Greater);
        assert_eq!(whole(90).compare(float(90.0)), Ordering::Equal);
        assert_eq!(whole((1 << 53) + 1).compare(whole(1 << 53)), Ordering::Greater);
        assert_eq!(float(1e300).compare(whole(1 << 53)), Ordering::Greater);
        assert_eq!(float(90.0).compare(whole(90)), Ordering::Equal);
    }
}
