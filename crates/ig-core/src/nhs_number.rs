//! NHS numbers: parsing, check digit, region and display.

mod chi;
mod digits;
mod normalise;
mod number_set;
mod region;

pub use chi::ChiDate;
pub(crate) use normalise::is_blank;
#[cfg(feature = "files")]
pub(crate) use normalise::is_separator;
pub(crate) use number_set::{NO_NUMBER, NumberSet, with_check_digit};
pub use region::Region;

use crate::error::IdentifierError;
use std::fmt;

/// A ten-digit number whose check digit fits: a value of this type is proof that it was checked.
///
/// Guarantees ten ASCII digits, a fitting modulus-11 check digit, and not ten times the same digit.
/// It does **not** say that the number was ever issued or that it belongs to the person it stands beside:
/// one in eleven random ten-digit numbers passes.
///
/// Source of the rule: NHS Data Dictionary, attribute NHS NUMBER; display and input rules from the
/// NHS Number Standard (ISB 0149).
///
/// `Debug` does not show the digits; [`fmt::Display`] prints the 3-3-4 form on purpose.
///
/// ```
/// use ig_core::NhsNumber;
///
/// let number = NhsNumber::parse("999 000 0018")?;
/// assert_eq!(number.to_string(), "999 000 0018");
/// assert!(number.is_synthetic());
/// assert_eq!(NhsNumber::parse("999 000 0017").unwrap_err().code(), "identifier.check_digit");
/// # Ok::<(), ig_core::IdentifierError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber([u8; 10]);

impl NhsNumber {
    /// Reads a number as people write it.
    ///
    /// Spaces (also the no-break ones), tabs, hyphens and dots are removed wherever they stand; ten digits
    /// must remain.
    ///
    /// # Errors
    /// `identifier.length`, `identifier.character`, `identifier.non_ascii_digit`, `identifier.placeholder`,
    /// `identifier.check_digit`.
    #[inline]
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        Self::from_digits(normalise::ten_digits(text)?)
    }

    /// Reads a number that a tool has turned into an integer and so has lost its leading zeros.
    ///
    /// # Errors
    /// `identifier.negative`, `identifier.length`, `identifier.placeholder`, `identifier.check_digit`.
    #[inline]
    pub fn from_integer(value: i64) -> Result<Self, IdentifierError> {
        let value = u64::try_from(value).map_err(|_| IdentifierError::Negative {})?;
        Self::from_unsigned(value)
    }

    /// As [`NhsNumber::from_integer`], for unsigned integers.
    ///
    /// # Errors
    /// `identifier.length`, `identifier.placeholder`, `identifier.check_digit`.
    #[inline]
    pub fn from_unsigned(value: u64) -> Result<Self, IdentifierError> {
        if value > 9_999_999_999 {
            return Err(IdentifierError::Length { found: value.ilog10() as usize + 1 });
        }
        Self::from_digits(digits_of(value))
    }

    /// Reads a number that a tool has turned into a floating-point one (pandas does so beside missing values).
    ///
    /// # Errors
    /// `identifier.fraction` if it has a fraction, is not finite or is 2^53 or more; then as
    /// [`NhsNumber::from_integer`].
    pub fn from_float(value: f64) -> Result<Self, IdentifierError> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if !value.is_finite() || value.fract() != 0.0 || value.abs() >= EXACT {
            return Err(IdentifierError::Fraction {});
        }
        Self::from_integer(value as i64)
    }

    /// A valid number that stands there as nothing but its ten digits, which nearly all do. Whoever gets none asks
    /// [`NhsNumber::parse`] for the reason, which takes longer.
    #[cfg(feature = "arrow")]
    #[inline]
    pub(crate) fn plain(text: &str) -> Option<Self> {
        let digits = <[u8; 10]>::try_from(text.as_bytes()).ok()?;
        let valid = digits::all_digits(digits) && check_digit_fits(digits) && !digits::all_the_same(digits);
        valid.then_some(Self(digits))
    }

    /// The ten digits of a text or of an integer's text, whether or not their check digit fits.
    pub(crate) fn unchecked_digits(text: &str) -> Result<u64, IdentifierError> {
        normalise::ten_digits(text).map(|digits| Self(digits).to_u64())
    }

    #[inline]
    fn from_digits(digits: [u8; 10]) -> Result<Self, IdentifierError> {
        if !check_digit_fits(digits) {
            return Err(IdentifierError::CheckDigit {});
        }
        if digits::all_the_same(digits) {
            return Err(IdentifierError::Placeholder {});
        }
        Ok(Self(digits))
    }

    /// The ten digits without spaces.
    #[inline]
    pub fn as_str(&self) -> &str {
        // Ten ASCII digits are UTF-8 by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The ten digits as bytes.
    #[inline]
    pub const fn as_bytes(&self) -> &[u8; 10] {
        &self.0
    }

    /// The number as an integer; leading zeros are lost.
    #[inline]
    pub fn to_u64(self) -> u64 {
        u64::from(digits::first_nine(self.0)) * 10 + u64::from(self.0[9] - b'0')
    }

    /// The first nine digits, which give the tenth.
    #[inline]
    pub(crate) fn prefix(self) -> u32 {
        digits::first_nine(self.0)
    }

    /// Who issues numbers of this range.
    pub fn region(self) -> Region {
        Region::of(self)
    }

    /// Day and month of birth that a Scottish CHI number begins with; none if they are not a real date.
    pub fn chi_date(self) -> Option<ChiDate> {
        ChiDate::of(self)
    }

    /// Whether the number is of the range 900 to 999, which is never issued to a person.
    pub fn is_synthetic(self) -> bool {
        self.0[0] == b'9'
    }
}

/// Modulus 11 with weights 10 to 1 over all ten digits: the sum divides by 11 exactly when the check digit
/// fits. A check value of 10 has no digit, so such a number never fits.
#[inline]
fn check_digit_fits(digits: [u8; 10]) -> bool {
    digits::weighted_sum(digits).is_multiple_of(11)
}

fn digits_of(mut value: u64) -> [u8; 10] {
    let mut digits = [b'0'; 10];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
    digits
}

impl fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NhsNumber(not shown)")
    }
}

impl fmt::Display for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.as_str();
        write!(f, "{} {} {}", &text[..3], &text[3..6], &text[6..])
    }
}

impl std::str::FromStr for NhsNumber {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, step by step, as the Data Dictionary words it.
    fn valid_by_definition(digits: &[u32; 10]) -> bool {
        let sum: u32 = (0..9).map(|i| digits[i] * (10 - i as u32)).sum();
        match 11 - sum % 11 {
            10 => false,
            11 => digits[9] == 0,
            check => digits[9] == check,
        }
    }

    #[test]
    fn debug_hides_and_display_groups() {
        let number = NhsNumber::parse("9990000018").expect("valid");
        assert_eq!(format!("{number:?}"), "NhsNumber(not shown)");
        assert_eq!(format!("{number}"), "999 000 0018");
    }

    #[test]
    fn the_synthetic_block_999_has_909_091_numbers() {
        let valid = (9_990_000_000..=9_999_999_999_u64).filter(|&n| check_digit_fits(digits_of(n))).count();
        assert_eq!(valid, 909_091);
    }

    #[test]
    fn every_repdigit_fits_and_is_refused() {
        for digit in 0..10_u64 {
            let error = NhsNumber::from_unsigned(digit * 1_111_111_111).expect_err("placeholder");
            assert_eq!(error.code(), "identifier.placeholder");
        }
    }

    proptest! {
        #[test]
        fn check_digit_equals_the_definition(value in 0..10_000_000_000_u64) {
            let digits = digits_of(value);
            let plain: [u32; 10] = digits.map(|d| u32::from(d - b'0'));
            prop_assert_eq!(check_digit_fits(digits), valid_by_definition(&plain));
        }

        #[test]
        fn text_integer_and_float_agree(value in 0..10_000_000_000_u64) {
            let text = NhsNumber::parse(&format!("{value:010}"));
            prop_assert_eq!(&NhsNumber::from_unsigned(value), &text);
            prop_assert_eq!(&NhsNumber::from_integer(i64::try_from(value).expect("ten digits")), &text);
            let float: f64 = value.to_string().parse().expect("a number");
            prop_assert_eq!(&NhsNumber::from_float(float), &text);
            if let Ok(number) = text {
                prop_assert_eq!(number.to_u64(), value);
                prop_assert_eq!(NhsNumber::parse(&number.to_string()), Ok(number));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}") {
            let _ = NhsNumber::parse(&text);
        }
    }
}
