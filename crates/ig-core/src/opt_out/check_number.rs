//! The numbers that a request may hold.

use crate::NhsNumber;
use crate::error::{IdentifierError, Result};

/// Which numbers a request holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckNumbers {
    /// Valid NHS numbers. The service refuses a whole file for one invalid number.
    #[default]
    Valid,
    /// Any ten digits, for a cohort with Scottish or Northern Irish numbers or a service that is a stand-in.
    FormatOnly,
}

/// Ten digits that go to the check service; never shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckNumber(u64);

impl CheckNumber {
    /// Ten digits, whatever their check digit; spaces and hyphens between them are passed over.
    ///
    /// # Errors
    /// `identifier.length`, `identifier.character`, `identifier.full_width_digit`.
    pub fn format_only(text: &str) -> Result<Self, IdentifierError> {
        NhsNumber::unchecked_digits(text).map(Self)
    }

    /// The number, if its check digit fits.
    pub fn valid(self) -> Option<NhsNumber> {
        NhsNumber::from_unsigned(self.0).ok().filter(|number| number.to_u64() == self.0)
    }

    pub(super) const fn value(self) -> u64 {
        self.0
    }
}

impl From<NhsNumber> for CheckNumber {
    fn from(number: NhsNumber) -> Self {
        Self(number.to_u64())
    }
}

/// Ten ASCII digits with leading zeros.
pub(super) fn digits_of(mut value: u64) -> [u8; 10] {
    let mut digits = [b'0'; 10];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_pass_whatever_their_check_digit() {
        for (text, valid) in [("999 000 0018", true), ("9990000019", false), ("0000000001", false)] {
            let number = CheckNumber::format_only(text).expect(text);
            assert_eq!(number.valid().is_some(), valid, "{text}");
            assert_eq!(digits_of(number.value()).as_slice(), text.replace(' ', "").as_bytes());
        }
        for (text, code) in [("999000001", "identifier.length"), ("999000001x", "identifier.character")] {
            assert_eq!(CheckNumber::format_only(text).err().expect(text).code(), code);
        }
        assert_eq!(digits_of(9_990_000_018), *b"9990000018");
    }
}
