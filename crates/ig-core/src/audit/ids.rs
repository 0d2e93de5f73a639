//! Ids of records and of runs.

use super::Timestamp;
use crate::error::AuditError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::{Uuid, Variant};

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $field:literal, $expected:literal, $fits:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = AuditError;

            fn from_str(text: &str) -> Result<Self, AuditError> {
                Self::read(text).ok_or_else(|| AuditError::Field { field: $field.into(), expected: $expected.into() })
            }
        }

        impl $name {
            /// One id has one spelling: without braces, in small letters, so that equal ids are equal text.
            pub(super) fn read(text: &str) -> Option<Self> {
                let fits: fn(&Uuid) -> bool = $fits;
                hyphenated(text).map(Uuid::from_bytes).filter(fits).map(Self)
            }

            pub(super) fn push_to(&self, out: &mut Vec<u8>) {
                let mut text = [0; 36];
                self.0.hyphenated().encode_lower(&mut text);
                out.extend_from_slice(&text);
            }
        }

        impl TryFrom<String> for $name {
            type Error = AuditError;

            fn try_from(text: String) -> Result<Self, AuditError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

id! {
    /// The id of one record: a `UUIDv7`, so ids sort roughly by time and no two logs share one.
    ///
    /// Source of the rule: RFC 9562, section 5.7.
    RecordId, "id", "a UUID of version 7", |id| id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122
}

id! {
    /// The id of one run, shared by all its records and by its manifest.
    ///
    /// Make it once where a run begins and pass it on: a fresh one for each call correlates nothing.
    ///
    /// ```
    /// use ig_core::audit::CorrelationId;
    ///
    /// let run = CorrelationId::generate()?;
    /// assert_eq!(run.to_string().parse(), Ok(run));
    /// assert!("00000000-0000-0000-0000-000000000000".parse::<CorrelationId>().is_err());
    /// # Ok::<(), ig_core::AuditError>(())
    /// ```
    CorrelationId, "corr_id", "a UUID that is not all zeros or all ones", |id| !id.is_nil() && !id.is_max()
}

/// The bytes of a UUID in its usual form, in small letters.
fn hyphenated(text: &str) -> Option<[u8; 16]> {
    let text = <&[u8; 36]>::try_from(text.as_bytes()).ok()?;
    let (mut bytes, mut digits) = ([0; 16], 0);
    for (byte, at) in bytes.iter_mut().zip(PAIRS) {
        let (high, low) = (HEX[usize::from(text[at])], HEX[usize::from(text[at + 1])]);
        digits |= high | low;
        *byte = high << 4 | low & 0x0F;
    }
    let hyphens = [8, 13, 18, 23].iter().all(|at| text[*at] == b'-');
    (hyphens && digits != NO_DIGIT).then_some(bytes)
}

/// Where the pairs of digits begin.
const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

const NO_DIGIT: u8 = 0xFF;

/// The value of each small hexadecimal digit.
const HEX: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    values
};

impl RecordId {
    pub(super) fn new(time: Timestamp, random: &[u8; 10]) -> Self {
        Self(version_7(time, random))
    }
}

impl CorrelationId {
    /// A new id from the clock and random bytes of the operating system.
    ///
    /// # Errors
    /// `audit.not_recorded` if the system gives no time or no random bytes.
    pub fn generate() -> Result<Self, AuditError> {
        use super::{StampSource, SystemStamps};
        Ok(Self(version_7(SystemStamps.now()?, &SystemStamps.random()?)))
    }
}

fn version_7(time: Timestamp, random: &[u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(time.unix_micros() / 1000, random).into_uuid()
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let good = "01a5d1b2-0c00-7000-8000-00000000000a";
        assert_eq!(good.parse::<CorrelationId>().expect("canonical").to_string(), good);
        assert_eq!(good.parse::<RecordId>().expect("canonical").to_string(), good);
        let plain = good.replace('-', "");
        for other in [
            good.to_uppercase(),
            format!("{{{good}}}"),
            format!("urn:uuid:{good}"),
            plain,
            format!(" {good}"),
            format!("{good}\n"),
            good.replace('a', "A"),
        ] {
            assert_eq!(other.parse::<CorrelationId>().expect_err(&other).code(), "audit.field");
            assert_eq!(other.parse::<RecordId>().expect_err(&other).code(), "audit.field");
        }
    }
}
