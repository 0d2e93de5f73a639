//! Where a record gets its time and its random bytes from.

use crate::error::AuditError;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::{fmt, str::FromStr, time::SystemTime};
use time::{Date, Month, OffsetDateTime, Time};

/// A moment in UTC to the microsecond, from 1970 to 9999, printed as RFC 3339 with six decimals and `Z`.
///
/// ```
/// use ig_core::audit::Timestamp;
///
/// let time = Timestamp::from_unix_micros(1_795_305_600_000_001)?;
/// assert_eq!(time.to_string(), "2026-11-22T00:00:00.000001Z");
/// assert_eq!(time.to_string().parse(), Ok(time));
/// # Ok::<(), ig_core::AuditError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(u64);

/// 31 December 9999, one microsecond before midnight.
const LAST: u64 = 253_402_300_799_999_999;

impl Timestamp {
    /// The moment so many microseconds after 1 January 1970 UTC.
    ///
    /// # Errors
    /// `audit.field` past the year 9999.
    pub fn from_unix_micros(micros: u64) -> Result<Self, AuditError> {
        if micros > LAST { Err(refused()) } else { Ok(Self(micros)) }
    }

    /// Microseconds since 1 January 1970 UTC.
    pub const fn unix_micros(self) -> u64 {
        self.0
    }
}

fn refused() -> AuditError {
    AuditError::Field { field: "ts".into(), expected: "a time such as 2026-11-22T09:30:00.000000Z".into() }
}

impl Timestamp {
    /// The 27 characters of the record.
    pub(super) fn to_bytes(self) -> [u8; 27] {
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        // Both conversions hold for every moment that a value of this type can be.
        let seconds = i64::try_from(self.0 / 1_000_000).unwrap_or_default();
        let moment = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (year, month, day) = moment.to_calendar_date();
        let (hour, minute, second) = moment.to_hms();
        write_digits(&mut text[0..4], year.unsigned_abs());
        write_digits(&mut text[5..7], u8::from(month).into());
        write_digits(&mut text[8..10], day.into());
        write_digits(&mut text[11..13], hour.into());
        write_digits(&mut text[14..16], minute.into());
        write_digits(&mut text[17..19], second.into());
        write_digits(&mut text[20..26], (self.0 % 1_000_000) as u32);
        text
    }
}

fn write_digits(place: &mut [u8], mut value: u32) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.to_bytes()).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Timestamp {
    type Err = AuditError;

    fn from_str(text: &str) -> Result<Self, AuditError> {
        read(text).ok_or_else(refused)
    }
}

fn read(text: &str) -> Option<Timestamp> {
    let shape = text.len() == 27
        && text.bytes().zip(b"dddd-dd-ddTdd:dd:dd.ddddddZ").all(|(found, expected)| match expected {
            b'd' => found.is_ascii_digit(),
            fixed => found == *fixed,
        });
    if !shape {
        return None;
    }
    let part = |from: usize, to: usize| {
        text.as_bytes()[from..to].iter().fold(0_u32, |value, digit| value * 10 + u32::from(digit - b'0'))
    };
    let small = |from: usize| u8::try_from(part(from, from + 2)).ok();
    let year = i32::try_from(part(0, 4)).ok()?;
    let date = Date::from_calendar_date(year, Month::try_from(small(5)?).ok()?, small(8)?).ok()?;
    let time = Time::from_hms(small(11)?, small(14)?, small(17)?).ok()?;
    let seconds = u64::try_from(OffsetDateTime::new_utc(date, time).unix_timestamp()).ok()?;
    Some(Timestamp(seconds * 1_000_000 + u64::from(part(20, 26))))
}

impl TryFrom<String> for Timestamp {
    type Error = AuditError;

    fn try_from(text: String) -> Result<Self, AuditError> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

/// The clock and the random bytes of a log; replaced in tests so that the same event gives the same bytes.
pub trait StampSource: Send + Sync {
    /// The time now.
    ///
    /// # Errors
    /// `audit.not_recorded` if there is none.
    fn now(&self) -> Result<Timestamp, AuditError>;

    /// Ten random bytes, of which 74 bits go into the record's id.
    ///
    /// # Errors
    /// `audit.not_recorded` if there are none.
    fn random(&self) -> Result<[u8; 10], AuditError>;
}

/// The clock and the random bytes of the operating system.
///
/// The clock can be set by whoever administers the machine: the order of records is told by `seq`, not `ts`.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemStamps;

impl StampSource for SystemStamps {
    fn now(&self) -> Result<Timestamp, AuditError> {
        let wrong = || AuditError::NotRecorded { reason: "the system clock is before 1970 or past 9999".into() };
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(|_| wrong())?;
        let micros = u64::try_from(since.as_micros()).map_err(|_| wrong())?;
        Timestamp::from_unix_micros(micros).map_err(|_| wrong())
    }

    fn random(&self) -> Result<[u8; 10], AuditError> {
        POOL.with_borrow_mut(Pool::take)
    }
}

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; POOL_BYTES], used: POOL_BYTES, process: 0 }) };
}

/// For 64 ids: asking the system for each costs as much as the rest of an id ten times over.
const POOL_BYTES: usize = 640;

/// Random bytes of one thread. They make ids differ, and are no secrets.
struct Pool {
    bytes: [u8; POOL_BYTES],
    used: usize,
    /// A fork takes the pool along, and must not give out what its parent gives out.
    process: u32,
}

impl Pool {
    fn take(&mut self) -> Result<[u8; 10], AuditError> {
        let process = std::process::id();
        if self.used + 10 > POOL_BYTES || self.process != process {
            getrandom::fill(&mut self.bytes)
                .map_err(|_| AuditError::NotRecorded { reason: "the operating system gave no random bytes".into() })?;
            (self.used, self.process) = (0, process);
        }
        let mut taken = [0; 10];
        taken.copy_from_slice(&self.bytes[self.used..self.used + 10]);
        self.used += 10;
        Ok(taken)
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unreal_times_are_refused() {
        for text in [
            "2026-02-29T00:00:00.000000Z",
            "2026-11-22T24:00:00.000000Z",
            "2026-11-22T23:59:60.000000Z",
            "2026-11-22T09:30:00.00000Z",
            "2026-11-22T09:30:00.000000+00:00",
            "2026-11-22t09:30:00.000000z",
            "1969-12-31T23:59:59.999999Z",
            "",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        assert_eq!(Timestamp(LAST).to_string(), "9999-12-31T23:59:59.999999Z");
        assert!(Timestamp::from_unix_micros(LAST + 1).is_err());
    }

    proptest! {
        #[test]
        fn times_are_read_back(micros in 0..=LAST) {
            let time = Timestamp::from_unix_micros(micros).expect("in range");
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }
    }
}
