//! Calendar dates of an agreement.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use time::{Date, Month};

const EXPECTED: &str = "expected a date such as 2026-04-01, without quotes and without a time";

/// A newtype of this name stands for a date where another kind of value may stand too.
pub(super) const OR_ANOTHER: &str = "DateOrAnother";

pub(super) fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    /// As the tree of the file hands it over.
    #[derive(Deserialize)]
    struct Parts(u16, u8, u8);

    let wrong = |_| D::Error::custom(EXPECTED);
    let Parts(year, month, day) = Parts::deserialize(deserializer).map_err(|_| D::Error::custom(EXPECTED))?;
    let month = Month::try_from(month).map_err(wrong)?;
    Date::from_calendar_date(year.into(), month, day).map_err(wrong)
}

pub(super) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    required(deserializer).map(Some)
}

/// Year, month and day with hyphens, for manifests.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn write<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// As [`write`], for a date that may be absent.
#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn write_optional<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => write(date, serializer),
        None => serializer.serialize_none(),
    }
}

/// As people write it: 22 November 2026.
pub(crate) fn spoken(date: Date) -> String {
    format!("{} {} {}", date.day(), date.month(), date.year())
}
