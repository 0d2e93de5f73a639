#![doc = include_str!("../../docs/date_shift_v1.md")]

mod range;
#[cfg(test)]
mod tests;

pub use range::ShiftRange;

use crate::error::{IdentifierError, KeyError};
use crate::key::{Key, KeyId, RetiredKeys, process_keys};
use crate::nhs_number::{NhsNumber, is_blank};
use crate::pseudonym::derive::labelled_key;
use crate::pseudonym::{Context, Kind, Scheme};
use ig_hmac::HmacSha256Key;
use serde::Serialize;
use std::ops::RangeInclusive;
use std::sync::Arc;
use time::macros::date;
use time::{Date, Duration};

const LABEL: &str = "nhs-ig/date-shift/v1";

/// The dates that may be shifted; others stand for "not known" and would give the shift away.
const SHIFTABLE: RangeInclusive<Date> = date!(1900 - 01 - 02)..=date!(2199 - 12 - 31);

/// The same in days since 1 January 1970.
#[cfg(feature = "arrow")]
pub(crate) const SHIFTABLE_DAYS: RangeInclusive<i64> = day_of(*SHIFTABLE.start())..=day_of(*SHIFTABLE.end());

#[cfg(feature = "arrow")]
const fn day_of(date: Date) -> i64 {
    (date.to_julian_day() - date!(1970 - 01 - 01).to_julian_day()) as i64
}

/// Everything about shifted dates but the key: what plans, pickles and manifests carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DateShiftSpec {
    /// Version of the scheme; 1 is the only one.
    pub scheme: Scheme,
    /// Public id of the key.
    pub key_id: KeyId,
    /// Check value of the key, so that another key under the same id is noticed.
    pub check_value: String,
    /// Agreement or project that the shifts are for.
    pub context: Context,
    /// Kind of the identifier that tells persons apart.
    pub kind: Kind,
    /// How far dates move.
    #[serde(flatten)]
    pub range: ShiftRange,
}

/// Moves all dates of one person by the same secret number of days, which is never 0.
///
/// Guarantees that the days between two dates of one person stay the same, that no date moves by more than
/// `max_days` or keeps its true value, and, for a range of whole weeks, that a Monday stays a Monday. Other
/// persons, contexts, kinds, ranges and keys have unrelated shifts.
///
/// Attacks that still work: **one true date of a person gives all the others**; a placeholder such as
/// 1 January 1970 is as good as a true date; an unusual series of intervals is recognised; seasons, school
/// holidays and weekends show through; people stay in order where their dates are far apart; a range of whole weeks
/// leaves few choices; and two extracts with different ranges, laid side by side, narrow the shift. The
/// specification, `docs/date_shift_v1.md`, says more.
///
/// ```
/// use ig_core::mask::{DateShifter, ShiftRange, parse_date};
/// use ig_core::{Context, Key, Kind};
///
/// let range = ShiftRange::whole_weeks(28)?;
/// let shifter = DateShifter::new(&Key::generate()?, Context::new("DSA-2026-014")?, Kind::nhs_number(), range)?;
/// let (admitted, left) = (parse_date("2024-05-13")?, parse_date("2024-05-17")?);
/// let shifted = shifter.shift(admitted, "999 000 0018")?;
/// assert_eq!(shifter.shift(left, "9990000018")? - shifted, left - admitted);
/// assert_eq!(shifted.weekday(), admitted.weekday());
/// assert!(shifted != admitted);
/// assert_eq!(shifter.shift(admitted, "").unwrap_err().code(), "identifier.no_person");
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug)]
pub struct DateShifter {
    spec: DateShiftSpec,
    hmac: HmacSha256Key,
}

impl DateShifter {
    /// Derives the key for one context, kind and range.
    ///
    /// # Errors
    /// `key.purpose`, `key.pending` and `key.retired` for a key of a ring file; see [`Key::check_use`].
    pub fn new(key: &Key, context: Context, kind: Kind, range: ShiftRange) -> Result<Self, KeyError> {
        key.check_use(&context, RetiredKeys::Refuse)?;
        Ok(Self::derive(key, context, kind, range))
    }

    /// Whoever calls this has looked at what the key may be used for.
    fn derive(key: &Key, context: Context, kind: Kind, range: ShiftRange) -> Self {
        let hmac = HmacSha256Key::new(&labelled_key(key, LABEL, &context, &kind, &range.settings()));
        let (key_id, check_value) = (key.id().clone(), key.check_value().to_owned());
        Self { spec: DateShiftSpec { scheme: Scheme::V1, key_id, check_value, context, kind, range }, hmac }
    }

    /// Finds the key of a spec in the ring of this process.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`, `key.purpose`, `key.pending`, `key.retired`
    pub fn from_process_keys(spec: &DateShiftSpec) -> Result<Self, KeyError> {
        let key: Arc<Key> = process_keys(|ring| ring.resolve_for(&spec.key_id, &spec.check_value, &spec.context))?;
        Ok(Self::derive(&key, spec.context.clone(), spec.kind.clone(), spec.range))
    }

    /// What the shifts are, without the key.
    pub const fn spec(&self) -> &DateShiftSpec {
        &self.spec
    }

    /// The days by which the dates of one person move. **As secret as the dates.**
    ///
    /// # Errors
    /// `identifier.no_person` for an empty or blank identifier, and for NHS numbers those of [`NhsNumber::parse`].
    pub fn days(&self, person: &str) -> Result<i32, IdentifierError> {
        if !self.spec.kind.is_nhs_number() {
            return if person.is_empty() {
                Err(IdentifierError::NoPerson {})
            } else {
                Ok(self.days_of(person.as_bytes()))
            };
        }
        match NhsNumber::parse(person) {
            Err(_) if is_blank(person) => Err(IdentifierError::NoPerson {}),
            number => number.map(|number| self.days_of(number.as_bytes())),
        }
    }

    /// The date of a person, moved.
    ///
    /// # Errors
    /// `identifier.date_range` outside 2 January 1900 to 31 December 2199, and those of [`DateShifter::days`].
    pub fn shift(&self, date: Date, person: &str) -> Result<Date, IdentifierError> {
        Ok(moved(shiftable(date)?, self.days(person)?))
    }

    /// The shift of a person given in canonical form.
    #[inline]
    pub(crate) fn days_of(&self, canonical: &[u8]) -> i32 {
        self.spec.range.choose(&self.hmac.mac(canonical))
    }
}

fn shiftable(date: Date) -> Result<Date, IdentifierError> {
    Some(date).filter(|date| SHIFTABLE.contains(date)).ok_or(IdentifierError::DateRange {})
}

/// No shift leads from a shiftable date out of the calendar.
fn moved(date: Date, days: i32) -> Date {
    date.saturating_add(Duration::days(days.into()))
}

/// A date in the form `YYYY-MM-DD`, alone or before a time, and what follows it.
#[cfg(feature = "arrow")]
pub(crate) struct DateText<'a> {
    date: Date,
    rest: &'a str,
}

#[cfg(feature = "arrow")]
impl<'a> DateText<'a> {
    /// Reads a date that may be shifted.
    pub(crate) fn parse(text: &'a str) -> Result<Self, IdentifierError> {
        let date = shiftable(super::parse_date(text)?)?;
        Ok(Self { date, rest: text.get(10..).unwrap_or_default() })
    }

    /// Writes the date moved, and the rest as it was.
    pub(crate) fn write_moved(&self, days: i32, out: &mut Vec<u8>) {
        let (year, month, day) = moved(self.date, days).to_calendar_date();
        out.extend_from_slice(format!("{year:04}-{:02}-{day:02}", u8::from(month)).as_bytes());
        out.extend_from_slice(self.rest.as_bytes());
    }
}
