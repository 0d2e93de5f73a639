//! Where a record gets its time and its random bytes from.

use crate::error::AuditError;
use serde::{Deserialize, Serialize};
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

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000).map_err(|_| fmt::Error)?;
        let (year, month, day) = (moment.year(), u8::from(moment.month()), moment.day());
        let (hour, minute, second, micro) = moment.to_hms_micro();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z")
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
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let small = |from: usize| part(from, from + 2).and_then(|value| u8::try_from(value).ok());
    let year = i32::try_from(part(0, 4)?).ok()?;
    let date = Date::from_calendar_date(year, Month::try_from(small(5)?).ok()?, small(8)?).ok()?;
    let time = Time::from_hms_micro(small(11)?, small(14)?, small(17)?, part(20, 26)?).ok()?;
    let nanos = OffsetDateTime::new_utc(date, time).unix_timestamp_nanos();
    u64::try_from(nanos / 1000).ok().map(Timestamp)
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
        let mut bytes = [0; 10];
        getrandom::fill(&mut bytes)
            .map_err(|_| AuditError::NotRecorded { reason: "the operating system gave no random bytes".into() })?;
        Ok(bytes)
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
