//! Which service issues numbers of a range.

use super::{ChiDate, NhsNumber};

/// The range that a number is of.
///
/// A range says who *may* have issued a number, not that it was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// Scotland: a CHI number, 010 to 311, that begins with a real day and month.
    Scotland,
    /// Northern Ireland: Health and Care number, 320 to 399.
    NorthernIreland,
    /// England, Wales and the Isle of Man: 400 to 499 and 600 to 799.
    EnglandWalesIsleOfMan,
    /// Held back and not issued: 500 to 599.
    Reserved,
    /// Republic of Ireland: Individual Health Identifier, 800 to 859.
    Ireland,
    /// Never issued to a person, for tests: 900 to 999.
    Synthetic,
    /// No service issues it: the gaps, 860 to 899, and the Scottish range without a real date.
    Unallocated,
}

impl Region {
    pub(super) fn of(number: NhsNumber) -> Self {
        // Ranges are on the nine digits before the check digit.
        match number.to_u64() / 10 {
            10_000_000..=311_299_999 if ChiDate::of(number).is_some() => Self::Scotland,
            320_000_000..=399_999_999 => Self::NorthernIreland,
            400_000_000..=499_999_999 | 600_000_000..=799_999_999 => Self::EnglandWalesIsleOfMan,
            500_000_000..=599_999_999 => Self::Reserved,
            800_000_000..=859_999_999 => Self::Ireland,
            900_000_000..=999_999_999 => Self::Synthetic,
            _ => Self::Unallocated,
        }
    }

    /// The name used in Python, Polars and vectors.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scotland => "scotland",
            Self::NorthernIreland => "northern_ireland",
            Self::EnglandWalesIsleOfMan => "england_wales_isle_of_man",
            Self::Reserved => "reserved",
            Self::Ireland => "ireland",
            Self::Synthetic => "synthetic",
            Self::Unallocated => "unallocated",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{check_digit_fits, digits_of};
    use super::*;

    /// Live-range numbers are computed here and never stored.
    fn first_valid_from(start: u64) -> NhsNumber {
        (start..).find_map(|n| NhsNumber::from_unsigned(n).ok()).expect("one in eleven is valid")
    }

    #[test]
    fn each_range_edge_has_its_region() {
        let cases = [
            (101_000_000, Region::Scotland),
            (3_112_990_000, Region::Scotland),
            (3_113_000_000, Region::Unallocated),
            (2_302_000_000, Region::Scotland),
            (3_002_000_000, Region::Unallocated),
            (3_200_000_000, Region::NorthernIreland),
            (3_999_999_900, Region::NorthernIreland),
            (4_000_000_000, Region::EnglandWalesIsleOfMan),
            (4_999_999_900, Region::EnglandWalesIsleOfMan),
            (5_000_000_000, Region::Reserved),
            (6_000_000_000, Region::EnglandWalesIsleOfMan),
            (7_999_999_900, Region::EnglandWalesIsleOfMan),
            (8_000_000_000, Region::Ireland),
            (8_599_999_900, Region::Ireland),
            (8_600_000_000, Region::Unallocated),
            (8_999_999_900, Region::Unallocated),
            (9_000_000_000, Region::Synthetic),
            (1, Region::Unallocated),
        ];
        for (start, region) in cases {
            assert_eq!(first_valid_from(start).region(), region, "from {start}");
        }
    }

    #[test]
    fn real_chi_dates_have_33_204_544_valid_numbers() {
        // The check value is a sum over the digits, so the three digits after each date are counted once, by their
        // part of the sum modulo 11.
        let mut sequences = [0_u32; 11];
        for sequence in 0..1_000_usize {
            let part = sequence / 100 * 4 + sequence / 10 % 10 * 3 + sequence % 10 * 2;
            sequences[part % 11] += 1;
        }
        let mut valid = 0_u32;
        for day in 1..=31_u64 {
            for month in 1..=12_u64 {
                for year in 0..100_u64 {
                    let first_six = day * 10_000 + month * 100 + year;
                    if ChiDate::from_first_six(first_six).is_none() {
                        continue;
                    }
                    // A nine-digit number is valid with exactly one check digit, unless the check value is 10.
                    let weighted = |digits: [u8; 10], weights: std::ops::RangeInclusive<usize>| -> usize {
                        digits.iter().zip(weights.rev()).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum()
                    };
                    let date = weighted(digits_of(first_six * 10_000), 1..=10) % 11;
                    valid += (0..11).filter(|rest| (date + rest) % 11 != 1).map(|rest| sequences[rest]).sum::<u32>();
                }
            }
        }
        assert_eq!(valid, 33_204_544);
        assert!(check_digit_fits(digits_of(9_990_000_018)));
    }
}
