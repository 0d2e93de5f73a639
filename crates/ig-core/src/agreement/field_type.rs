//! What kind of value a field holds.

use super::FieldTransform;
use serde::{Deserialize, Serialize};

/// What kind of value a field holds in the source, before its transform.
///
/// A release holds the source against it: a column of another kind stops the release before a row leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldType {
    /// NHS numbers, valid or not.
    NhsNumber,
    /// A short code without spaces: 1 to 64 characters, such as an organisation code.
    Code,
    /// A category or label: one line of at most 255 characters.
    Text,
    /// Words that somebody typed, of any length.
    FreeText,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Decimal,
    /// True or false.
    Boolean,
    /// Days of the calendar.
    Date,
    /// Days with a time.
    Datetime,
    /// UK postcodes.
    Postcode,
}

impl FieldType {
    /// The name that an agreement writes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NhsNumber => "nhs_number",
            Self::Code => "code",
            Self::Text => "text",
            Self::FreeText => "free_text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Postcode => "postcode",
        }
    }

    /// Whether a transform reads values of this kind.
    pub(super) const fn suits(self, transform: &FieldTransform) -> bool {
        use FieldTransform as T;
        match transform {
            T::Keep(_) | T::Redact(_) | T::Pseudonymise(_) | T::MaskPartial(_) => true,
            T::GeneraliseDate(_) | T::ShiftDate(_) => matches!(self, Self::Date | Self::Datetime),
            T::TopCode(_) | T::BottomCode(_) | T::RoundTo(_) => matches!(self, Self::Integer | Self::Decimal),
            T::AgeBand(_) => matches!(self, Self::Integer),
            T::PostcodeDistrict(_) | T::PostcodeSector(_) | T::PostcodeArea(_) => matches!(self, Self::Postcode),
            T::ScrubText(_) => matches!(self, Self::Text | Self::FreeText),
        }
    }

    /// Whether values may only be kept as they are where persons may be named.
    pub(super) const fn names_people(self) -> bool {
        matches!(self, Self::NhsNumber | Self::FreeText)
    }
}
