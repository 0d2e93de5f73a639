//! What is done to a field before it leaves.

use super::text;
use crate::mask::{CodeLimit, DateLevel, Number, ShiftRange};
use crate::scrub::ScrubSettings;
use crate::{MisuseError, OnInvalid};
use serde::{Deserialize, Serialize};

/// What is done to a field before it leaves: exactly one of these.
///
/// In a file, `transform = "keep"`, or with settings `transform.age_band = { width = 5, top = 90 }`. A transform
/// whose settings all have defaults may be written either way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(transform = super::schema::or_a_name_alone))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldTransform {
    /// Leaves the value as it is.
    Keep(NoSettings),
    /// Puts one fixed mark in place of every value.
    Redact(NoSettings),
    /// Puts a keyed pseudonym in place of the value.
    Pseudonymise(PseudonymSettings),
    /// Keeps the first and last characters and masks the rest.
    MaskPartial(MaskSettings),
    /// Keeps a coarser date.
    GeneraliseDate(DateSettings),
    /// Moves the dates of each person by the same secret number of days.
    ShiftDate(ShiftDateSettings),
    /// Cuts high numbers off.
    TopCode(LimitSettings),
    /// Cuts low numbers off.
    BottomCode(LimitSettings),
    /// Rounds numbers to multiples.
    RoundTo(RoundSettings),
    /// Puts an age into a band.
    AgeBand(AgeBandSettings),
    /// Keeps the outward part of a postcode, such as `LS1`.
    PostcodeDistrict(PostcodeSettings),
    /// Keeps the outward part and one digit, such as `LS1 4`.
    PostcodeSector(PostcodeSettings),
    /// Keeps the letters in front, such as `LS`.
    PostcodeArea(PostcodeSettings),
    /// Puts tags such as `[NHS NUMBER]` in place of personal data in free text.
    ScrubText(ScrubSettings),
}

impl FieldTransform {
    /// The name that an agreement writes.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Keep(_) => "keep",
            Self::Redact(_) => "redact",
            Self::Pseudonymise(_) => "pseudonymise",
            Self::MaskPartial(_) => "mask_partial",
            Self::GeneraliseDate(_) => "generalise_date",
            Self::ShiftDate(_) => "shift_date",
            Self::TopCode(_) => "top_code",
            Self::BottomCode(_) => "bottom_code",
            Self::RoundTo(_) => "round_to",
            Self::AgeBand(_) => "age_band",
            Self::PostcodeDistrict(_) => "postcode_district",
            Self::PostcodeSector(_) => "postcode_sector",
            Self::PostcodeArea(_) => "postcode_area",
            Self::ScrubText(_) => "scrub_text",
        }
    }

    /// What happens to cells that cannot be read; none for transforms that read every cell.
    pub const fn on_invalid(&self) -> Option<OnInvalid> {
        match self {
            Self::Keep(_) | Self::Redact(_) | Self::MaskPartial(_) | Self::ScrubText(_) => None,
            Self::Pseudonymise(settings) => Some(settings.on_invalid),
            Self::GeneraliseDate(settings) => Some(settings.on_invalid),
            Self::ShiftDate(settings) => Some(settings.on_invalid),
            Self::TopCode(settings) | Self::BottomCode(settings) => Some(settings.on_invalid),
            Self::RoundTo(settings) => Some(settings.on_invalid),
            Self::AgeBand(settings) => Some(settings.on_invalid),
            Self::PostcodeDistrict(settings) | Self::PostcodeSector(settings) | Self::PostcodeArea(settings) => {
                Some(settings.on_invalid)
            }
        }
    }

    /// Whether values of different people can still be equal afterwards, so that a table may be made by it. Shifted
    /// dates can, but each person's lies elsewhere, and a count by them is wrong.
    pub(super) const fn may_make_cells(&self) -> bool {
        !matches!(
            self,
            Self::Redact(_) | Self::Pseudonymise(_) | Self::MaskPartial(_) | Self::ShiftDate(_) | Self::ScrubText(_)
        )
    }

    /// Whether nothing of an identifier remains that can be read without a key.
    pub(super) const fn hides_identifier(&self) -> bool {
        matches!(self, Self::Redact(_) | Self::Pseudonymise(_))
    }
}

/// No settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

/// Settings of a pseudonym.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PseudonymSettings {
    /// The kind of identifier: `nhs_number`, `text` or a name of your own.
    #[serde(deserialize_with = "text::code")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Code"))]
    pub kind: String,
    /// Bits kept: 128, 192 or 256.
    #[serde(default = "default_length", deserialize_with = "super::transform_syntax::pseudonym_length")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [128, 192, 256])))]
    pub length: u16,
    /// How they are written.
    #[serde(default)]
    pub encoding: PseudonymEncoding,
    /// What happens to invalid identifiers.
    #[serde(default)]
    pub on_invalid: OnInvalid,
}

const fn default_length() -> u16 {
    128
}

/// How a pseudonym is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PseudonymEncoding {
    /// Lower-case hexadecimal digits.
    #[default]
    Hex,
    /// RFC 4648 base32, lower case, unpadded.
    Base32,
}

/// Settings of a partial mask; at least one of the two is above 0, and both are at most 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MaskSettings {
    /// Characters kept in front.
    #[serde(default, deserialize_with = "super::transform_syntax::kept_characters")]
    #[cfg_attr(feature = "schema", schemars(range(max = 16)))]
    pub keep_first: u8,
    /// Characters kept at the end.
    #[serde(default, deserialize_with = "super::transform_syntax::kept_characters")]
    #[cfg_attr(feature = "schema", schemars(range(max = 16)))]
    pub keep_last: u8,
}

/// Settings of a coarser date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DateSettings {
    /// How coarse.
    pub to: DateLevel,
    /// What happens to text that is not a date.
    #[serde(default)]
    pub on_invalid: OnInvalid,
}

/// Settings of shifted dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShiftDateSettings {
    /// The column of the source that says whose dates they are. It is read, and leaves only if it is a field too.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub person: String,
    /// The kind of identifier in that column.
    #[serde(default = "nhs_number", deserialize_with = "text::code")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Code"))]
    pub kind: String,
    /// The most days by which a date moves: 7 to 3,650, or from 28 where the weekday is kept.
    #[cfg_attr(feature = "schema", schemars(range(min = 7, max = 3650)))]
    pub max_days: u32,
    /// Whether a Monday stays a Monday.
    #[serde(default)]
    pub keep_weekday: bool,
    /// What happens to text that is not a date and to dates without a valid person.
    #[serde(default)]
    pub on_invalid: OnInvalid,
}

fn nhs_number() -> String {
    "nhs_number".to_owned()
}

impl ShiftDateSettings {
    /// The range, if it is usable.
    pub(crate) fn range(&self) -> Result<ShiftRange, MisuseError> {
        if self.keep_weekday { ShiftRange::whole_weeks(self.max_days) } else { ShiftRange::days(self.max_days) }
    }
}

/// Settings of a limit for numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// The limit, a whole number.
    pub at: i64,
    /// The words for numbers at or beyond the limit; without them, numbers beyond it become the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What happens to cells that are not numbers.
    #[serde(default)]
    pub on_invalid: OnInvalid,
}

impl LimitSettings {
    /// The limit, if it is usable.
    pub(crate) fn limit(&self) -> Result<CodeLimit, MisuseError> {
        CodeLimit::checked(Number::Whole(self.at.into()), self.label.clone())
    }
}

/// Settings of rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoundSettings {
    /// Numbers become multiples of this.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 9_007_199_254_740_992_u64)))]
    pub base: u64,
    /// What happens to cells that are not numbers.
    #[serde(default)]
    pub on_invalid: OnInvalid,
}

/// Settings of an age band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgeBandSettings {
    /// Years in a band, 1 to 50.
    #[serde(default = "default_width", deserialize_with = "super::transform_syntax::band_width")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 50)))]
    pub width: u8,
    /// The age from which on all are one band, 1 to 120.
    #[serde(default = "default_top", deserialize_with = "super::transform_syntax::top_age")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 120)))]
    pub top: u8,
    /// What happens to cells that are not an age.
    #[serde(default)]
    pub on_invalid: OnInvalid,
}

const fn default_width() -> u8 {
    5
}

const fn default_top() -> u8 {
    90
}

/// Settings of a shortened postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PostcodeSettings {
    /// What happens to text that is not a postcode.
    #[serde(default)]
    pub on_invalid: OnInvalid,
}
