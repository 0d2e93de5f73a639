//! Ages in bands.

use crate::error::{IdentifierError, MisuseError};
use serde::{Deserialize, Serialize};
use time::Date;

/// Bands of equal width with an open one at the top: `0-4`, `5-9` … `85-89`, `90 and over`.
///
/// Guarantees that every age from 0 to 149 is in exactly one band. With a width of 1 a band is one age, `42`.
///
/// Attacks that still work: a band beside a small area and a rare condition can hold one person; two extracts
/// with different widths or a birthday apart, laid side by side, narrow the age to less than a band; a person
/// who moves to the next band between two extracts has a birthday in between.
///
/// Source of the default: five-year bands as in NHS England publications, open from 90.
///
/// ```
/// use ig_core::mask::AgeBand;
///
/// let bands = AgeBand::default();
/// assert_eq!(bands.band(42)?, "40-44");
/// assert_eq!(bands.band(103)?, "90 and over");
/// assert_eq!(bands.band(150).unwrap_err().code(), "identifier.age");
/// # Ok::<(), ig_core::IdentifierError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Settings")]
pub struct AgeBand {
    width: u32,
    top: u32,
}

/// As read, not yet checked.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    width: u32,
    top: u32,
}

impl Default for Settings {
    fn default() -> Self {
        let AgeBand { width, top } = AgeBand::default();
        Self { width, top }
    }
}

impl Default for AgeBand {
    /// Five years, open from 90.
    fn default() -> Self {
        Self { width: 5, top: 90 }
    }
}

impl TryFrom<Settings> for AgeBand {
    type Error = MisuseError;

    fn try_from(settings: Settings) -> Result<Self, MisuseError> {
        Self::new(settings.width, settings.top)
    }
}

/// No age is this high.
const END: i64 = 150;

impl AgeBand {
    /// Takes the width of a band in years, 1 to 50, and the age from which the last band is open: a multiple of
    /// the width, 1 to 149.
    ///
    /// # Errors
    /// `misuse.argument`.
    pub fn new(width: u32, top: u32) -> Result<Self, MisuseError> {
        let refuse =
            |name: &str, expected: &str| Err(MisuseError::Argument { name: name.into(), expected: expected.into() });
        if !(1..=50).contains(&width) {
            return refuse("width", "1 to 50 years");
        }
        if !top.is_multiple_of(width) || !(1..END).contains(&i64::from(top)) {
            return refuse("top", "a multiple of width from 1 to 149, so that the last closed band is a full one");
        }
        Ok(Self { width, top })
    }

    /// The width of a band in years.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// The age from which the last band is open.
    pub const fn top(&self) -> u32 {
        self.top
    }

    /// The band of an age in whole years.
    ///
    /// # Errors
    /// `identifier.age` outside 0 to 149.
    pub fn band(&self, age: i64) -> Result<String, IdentifierError> {
        if !(0..END).contains(&age) {
            return Err(IdentifierError::Age {});
        }
        let (width, top) = (i64::from(self.width), i64::from(self.top));
        if age >= top {
            return Ok(format!("{top} and over"));
        }
        let start = age - age % width;
        Ok(if width == 1 { start.to_string() } else { format!("{start}-{}", start + width - 1) })
    }
}

/// Whole years from birth to a day, the birthday counted as a full year.
///
/// Someone born on 29 February is a year older on 1 March of a year without that day, the usual reading in the
/// United Kingdom; other places count 28 February.
///
/// # Errors
/// `identifier.age` if the day is before the birth or the age is above 149.
///
/// ```
/// use ig_core::mask::{age_in_years, parse_date};
///
/// let age = |on| age_in_years(parse_date("2004-02-29")?, parse_date(on)?);
/// assert_eq!((age("2023-02-28")?, age("2023-03-01")?, age("2024-02-29")?), (18, 19, 20));
/// # Ok::<(), ig_core::IdentifierError>(())
/// ```
pub fn age_in_years(birth: Date, on: Date) -> Result<u32, IdentifierError> {
    let month_and_day = |date: Date| (u8::from(date.month()), date.day());
    let had_birthday = month_and_day(on) >= month_and_day(birth);
    let years = i64::from(on.year()) - i64::from(birth.year()) - i64::from(!had_birthday);
    if on < birth || years >= END {
        return Err(IdentifierError::Age {});
    }
    u32::try_from(years).map_err(|_| IdentifierError::Age {})
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;
    use time::{Duration, Month};

    #[test]
    fn unusable_bands_are_refused_however_they_are_made() {
        for (width, top) in [(0, 90), (51, 51), (5, 92), (5, 0), (5, 150), (20, 90)] {
            assert_eq!(AgeBand::new(width, top).expect_err("refused").code(), "misuse.argument");
            let json = format!(r#"{{"width": {width}, "top": {top}}}"#);
            assert!(serde_json::from_str::<AgeBand>(&json).is_err(), "{json}");
        }
        assert!(serde_json::from_str::<AgeBand>(r#"{"widht": 5}"#).is_err());
        assert_eq!(serde_json::from_str::<AgeBand>("{}").expect("defaults"), AgeBand::default());
        assert_eq!(serde_json::to_string(&AgeBand::default()).expect("plain"), r#"{"width":5,"top":90}"#);
    }

    #[test]
    fn an_age_before_birth_or_past_149_is_refused() {
        let birth = date!(1875 - 05 - 10);
        assert_eq!(age_in_years(birth, birth), Ok(0));
        assert_eq!(age_in_years(birth, date!(2025 - 05 - 09)), Ok(149));
        for on in [date!(1875 - 05 - 09), date!(2025 - 05 - 10)] {
            assert_eq!(age_in_years(birth, on).expect_err("age").code(), "identifier.age");
        }
    }

    proptest! {
        #[test]
        fn a_band_holds_its_age_and_starts_at_a_multiple(age in 0..150_u32, width in 1..=50_u32, steps in 1..20_u32) {
            let top = width * steps;
            prop_assume!(top < 150);
            let label = AgeBand::new(width, top).expect("usable").band(age.into()).expect("in range");
            if let Some(open) = label.strip_suffix(" and over") {
                prop_assert_eq!(open.parse::<u32>(), Ok(top));
                prop_assert!(age >= top);
            } else {
                let (start, end) = label.split_once('-').unwrap_or((&label, &label));
                let (start, end): (u32, u32) = (start.parse().expect("number"), end.parse().expect("number"));
                prop_assert!((start..=end).contains(&age) && age < top);
                prop_assert_eq!((start % width, end - start + 1), (0, width));
            }
        }

        /// Counts the birthdays one by one.
        #[test]
        fn age_equals_counted_birthdays(birth in 0..60_000_i64, lived in 0..54_000_i64) {
            let birth = date!(1850 - 01 - 01) + Duration::days(birth);
            let on = birth + Duration::days(lived);
            let birthday = |year| birth.replace_year(year).unwrap_or_else(|_| {
                Date::from_calendar_date(year, Month::March, 1).expect("1 March is in every year")
            });
            let counted = (birth.year() + 1..=on.year()).filter(|&year| birthday(year) <= on).count();
            prop_assert_eq!(age_in_years(birth, on), Ok(counted as u32));
        }
    }
}
