//! Calendar dates of an agreement.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::Serializer;
use time::{Date, Month};
use toml::value::Datetime;

const EXPECTED: &str = "expected a date such as 2026-04-01, without quotes and without a time";

pub(super) fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let wrong = || D::Error::custom(EXPECTED);
    let found = Datetime::deserialize(deserializer).map_err(|_| wrong())?;
    let Datetime { date: Some(date), time: None, offset: None } = found else {
        return Err(wrong());
    };
    let month = Month::try_from(date.month).map_err(|_| wrong())?;
    Date::from_calendar_date(i32::from(date.year), month, date.day).map_err(|_| wrong())
}

pub(super) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    required(deserializer).map(Some)
}

/// Year, month and day with hyphens, for manifests.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn write<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// As people write it: 22 November 2026.
pub(super) fn spoken(date: Date) -> String {
    format!("{} {} {}", date.day(), date.month(), date.year())
}
