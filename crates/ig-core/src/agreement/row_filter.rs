//! Which rows of a dataset are agreed.

use super::text;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use time::Date;

/// A condition that rows must meet to be read any further; several conditions must all be met.
///
/// Exactly one kind of condition is written: `one_of`, `none_of`, `from` and/or `to` (both included), or `present`.
/// The field is a column of the source and need not be among the fields that leave. A missing value meets no
/// condition. Text is compared exactly, byte for byte; dates and numbers by their value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RowFilter {
    /// The column.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub field: String,
    /// Why only these rows are needed.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub justification: String,
    /// The values that stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<FilterValue>,
    /// The values that go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none_of: Vec<FilterValue>,
    /// The least value that stays: a date or a whole number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    pub from: Option<FilterValue>,
    /// The greatest value that stays: a date or a whole number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    pub to: Option<FilterValue>,
    /// Rows with any value stay; written `true` or not at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub present: bool,
}

/// A value that rows are compared with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FilterValue {
    /// Text, compared exactly.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A day.
    Day(Date),
}

impl RowFilter {
    /// Why this is not one condition, if it is none or several.
    pub(super) fn mistake(&self) -> Option<&'static str> {
        let range = self.from.is_some() || self.to.is_some();
        let kinds = [!self.one_of.is_empty(), !self.none_of.is_empty(), range, self.present];
        if kinds.iter().filter(|&&given| given).count() != 1 {
            return Some("write exactly one of one_of, none_of, from and to, or present = true");
        }
        let mut values = self.one_of.iter().chain(&self.none_of).chain(&self.from).chain(&self.to);
        let first = values.next()?;
        if values.any(|value| value.kind() != first.kind()) {
            return Some("its values must be of one kind: all text, all whole numbers or all dates");
        }
        if range && matches!(first, FilterValue::Text(_)) {
            return Some("from and to take dates or whole numbers; list text in one_of");
        }
        let backwards = self.from.as_ref().zip(self.to.as_ref()).is_some_and(|(from, to)| from > to);
        backwards.then_some("from must not be greater than to")
    }
}

impl FilterValue {
    const fn kind(&self) -> u8 {
        match self {
            Self::Text(_) => 0,
            Self::Whole(_) => 1,
            Self::Day(_) => 2,
        }
    }
}

fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<FilterValue>, D::Error> {
    FilterValue::deserialize(deserializer).map(Some)
}

impl Serialize for FilterValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Day(day) => super::date::write(day, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for FilterValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(super::date::OR_ANOTHER, OneValue)
    }
}

struct OneValue;

impl<'de> Visitor<'de> for OneValue {
    type Value = FilterValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text in quotes, a whole number or a date")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<FilterValue, E> {
        Ok(FilterValue::Text(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<FilterValue, E> {
        Ok(FilterValue::Whole(number))
    }

    /// A date, by the agreement of `date::OR_ANOTHER`.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<FilterValue, D::Error> {
        super::date::required(deserializer).map(FilterValue::Day)
    }
}
