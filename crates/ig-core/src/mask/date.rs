//! Dates made coarser.

use crate::error::IdentifierError;
use serde::{Deserialize, Serialize};
use time::{Date, Month};

/// How much of a date is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DateLevel {
    /// `2024-05`.
    Month,
    /// `2024-Q2`, quarters of the calendar year.
    Quarter,
    /// `2024`.
    Year,
    /// `2024/25`, the UK financial year from 1 April to 31 March.
    FinancialYear,
}

/// The month, quarter, year or financial year of a date, as text that sorts by time.
///
/// Guarantees that two dates of the same period give the same text. Years 1 to 9999.
///
/// Attacks that still work: several dates of one person (birth, admission, death), each coarse, together pick
/// out a few people; a rare event in a small place is known by its month alone; a year of birth above about 90
/// is rare, so use [`AgeBand`](super::AgeBand) for the old.
///
/// # Errors
/// `identifier.date` for a year outside 1 to 9999.
///
/// ```
/// use ig_core::mask::{DateLevel, generalise_date, parse_date};
///
/// let date = parse_date("2024-03-31")?;
/// assert_eq!(generalise_date(date, DateLevel::Quarter)?, "2024-Q1");
/// assert_eq!(generalise_date(date, DateLevel::FinancialYear)?, "2023/24");
/// # Ok::<(), ig_core::IdentifierError>(())
/// ```
pub fn generalise_date(date: Date, to: DateLevel) -> Result<String, IdentifierError> {
    let (year, month) = (date.year(), u8::from(date.month()));
    if !(1..=9999).contains(&year) {
        return Err(IdentifierError::Date {});
    }
    Ok(match to {
        DateLevel::Month => format!("{year:04}-{month:02}"),
        DateLevel::Quarter => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
        DateLevel::Year => format!("{year:04}"),
        DateLevel::FinancialYear => {
            let start = if month < 4 { year - 1 } else { year };
            format!("{start:04}/{:02}", (start + 1) % 100)
        }
    })
}

/// Reads `YYYY-MM-DD`, alone or before a time: `T` or a space, `HH:MM:SS`, then if wanted a fraction and `Z` or
/// an offset.
///
/// The date is taken as written, whatever the offset. Day and month order is never guessed: `01/02/2024` is refused.
///
/// # Errors
/// `identifier.date`.
pub fn parse_date(text: &str) -> Result<Date, IdentifierError> {
    read_date(text.as_bytes()).ok_or(IdentifierError::Date {})
}

fn read_date(text: &[u8]) -> Option<Date> {
    let (date, rest) = text.split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let year = u16::from(two_digits(*y1, *y2)?) * 100 + u16::from(two_digits(*y3, *y4)?);
    let month = Month::try_from(two_digits(*m1, *m2)?).ok()?;
    let day = two_digits(*d1, *d2)?;
    if year == 0 || !is_time_or_nothing(rest) {
        return None;
    }
    Date::from_calendar_date(i32::from(year), month, day).ok()
}

fn is_time_or_nothing(rest: &[u8]) -> bool {
    let [b'T' | b' ', h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = rest else { return rest.is_empty() };
    let below = |high, low, limit| two_digits(high, low).is_some_and(|value| value < limit);
    // A leap second is written as 60.
    below(*h1, *h2, 24) && below(*m1, *m2, 60) && below(*s1, *s2, 61) && is_offset(without_fraction(rest))
}

/// What follows a fraction; a lone full stop is no fraction and stays.
fn without_fraction(rest: &[u8]) -> &[u8] {
    match rest {
        [b'.', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => {
            &digits[digits.iter().take_while(|byte| byte.is_ascii_digit()).count()..]
        }
        _ => rest,
    }
}

fn is_offset(rest: &[u8]) -> bool {
    match rest {
        [] | b"Z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] | [b'+' | b'-', h1, h2, m1, m2] => {
            two_digits(*h1, *h2).is_some_and(|hours| hours < 24)
                && two_digits(*m1, *m2).is_some_and(|minutes| minutes < 60)
        }
        _ => false,
    }
}

fn two_digits(high: u8, low: u8) -> Option<u8> {
    (high.is_ascii_digit() && low.is_ascii_digit()).then(|| (high - b'0') * 10 + (low - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::date;

    #[test]
    fn only_the_one_order_is_read() {
        for text in [
            "2024-02-29",
            "2024-02-29T00:00:00",
            "2024-02-29 23:59:60.123456Z",
            "2024-02-29T10:00:00+01:00",
            "2024-02-29T10:00:00.5-0130",
        ] {
            assert_eq!(parse_date(text), Ok(date!(2024 - 02 - 29)), "{text}");
        }
        let not = [
            "",
            "2024",
            "2024-02",
            "29/02/2024",
            "29-02-2024",
            "2024/02/29",
            "20240229",
            "2023-02-29",
            "2024-13-01",
            "2024-00-01",
            "0000-01-01",
            "2024-2-29",
            " 2024-02-29",
            "2024-02-29 ",
            "2024-02-29T",
            "2024-02-29T10:00",
            "2024-02-29T24:00:00",
            "2024-02-29T10:60:00",
            "2024-02-29T10:00:00.",
            "2024-02-29T10:00:00Zx",
            "2024-02-29T10:00:00+1",
            "2024-02-29x",
            "２024-02-29",
            "+024-02-29",
        ];
        for text in not {
            assert_eq!(parse_date(text).expect_err(text).code(), "identifier.date");
        }
    }

    #[test]
    fn years_outside_1_to_9999_are_refused() {
        for date in [date!(0000 - 12 - 31), date!(-0044 - 03 - 15)] {
            assert_eq!(generalise_date(date, DateLevel::Year).expect_err("year").code(), "identifier.date");
        }
        assert_eq!(generalise_date(date!(9999 - 12 - 31), DateLevel::FinancialYear).expect("year"), "9999/00");
    }

    proptest! {
        /// Counted another way: months since year 0, in whole numbers.
        #[test]
        fn periods_agree_with_independent_arithmetic(days in 0..3_652_058_i64) {
            let date = date!(0001 - 01 - 01) + Duration::days(days);
            let months = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1;
            let to = |level| generalise_date(date, level).expect("in range");
            prop_assert_eq!(to(DateLevel::Month), format!("{:04}-{:02}", months / 12, months % 12 + 1));
            prop_assert_eq!(to(DateLevel::Quarter), format!("{:04}-Q{}", months / 12, months / 3 % 4 + 1));
            prop_assert_eq!(to(DateLevel::Year), format!("{:04}", months / 12));
            let start = (months - 3) / 12;
            let next = format!("{:04}", start + 1);
            prop_assert_eq!(to(DateLevel::FinancialYear), format!("{start:04}/{}", &next[next.len() - 2..]));
            prop_assert_eq!(parse_date(&date.to_string()), Ok(date));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,30}") {
            let _ = parse_date(&text);
        }
    }
}
