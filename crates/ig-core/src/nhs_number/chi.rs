//! The date of birth inside a Scottish CHI number.

use super::NhsNumber;

/// Day, month and two-digit year that a CHI number begins with. The century is not in the number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChiDate {
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Month, 1 to 12.
    pub month: u8,
    /// Year within its century, 0 to 99.
    pub year: u8,
}

impl ChiDate {
    pub(super) fn of(number: NhsNumber) -> Option<Self> {
        Self::from_first_six(number.to_u64() / 10_000)
    }

    /// Reads DDMMYY; 29 February is real in every year that divides by four, since 2000 was a leap year.
    pub(super) fn from_first_six(digits: u64) -> Option<Self> {
        let (day, month, year) = (digits / 10_000, digits / 100 % 100, digits % 100);
        let month_length = match month {
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(4) => 29,
            2 => 28,
            1..=12 => 31,
            _ => return None,
        };
        (1..=month_length).contains(&day).then_some(Self { day: day as u8, month: month as u8, year: year as u8 })
    }
}

impl std::fmt::Debug for ChiDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChiDate(not shown)")
    }
}
