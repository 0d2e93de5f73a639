//! The acts, as data.

use super::act_data::ActData;
use super::needed::Needed;
use super::prepared::PreparedAct;
use crate::composite::CompositeSpec;
use crate::error::Error;
use crate::mask::{AgeBand, CodeLimit, DateLevel, DateShiftSpec, MaskPartial, RoundTo};
use crate::opt_out::FilterRef;
use crate::pseudonym::{Encoding, PseudonymSpec};
use crate::scrub::ScrubSettings;
use crate::suppression::PrimaryRule;
use crate::token::TokenSpec;
use crate::{OnInvalid, PostcodeLevel};
use arrow::datatypes::{DataType, Field};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One act on a column, as plain data: it names a key by id and never holds one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", try_from = "ActData")]
#[non_exhaustive]
pub enum ColumnAct {
    /// Replace identifiers by keyed pseudonyms.
    Pseudonymise {
        /// Scheme, key id, context, kind and form.
        #[serde(flatten)]
        spec: PseudonymSpec,
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
    /// Replace the rows of a struct column by one keyed pseudonym of all its fields.
    PseudonymiseFields {
        /// Scheme, key id, context, kinds and form.
        #[serde(flatten)]
        spec: CompositeSpec,
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
    /// Replace identifiers by tokens that the key holder can bring back.
    Tokenise {
        /// Scheme, key id, context and kind.
        #[serde(flatten)]
        spec: TokenSpec,
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
    /// Replace NHS numbers by other ten digits that the key holder can bring back.
    #[cfg(feature = "format_preserving")]
    EncryptNumbers {
        /// Scheme, key id, context and check.
        #[serde(flatten)]
        spec: crate::format_preserving::NumberSpec,
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
    /// Replace every value by a fixed word.
    Redact,
    /// Show a few characters at either end.
    MaskPartial(MaskPartial),
    /// Keep month, quarter, year or financial year of a date.
    GeneraliseDate {
        /// How much is kept.
        to: DateLevel,
        /// What to do with cells that are not dates.
        on_invalid: OnInvalid,
    },
    /// Move the dates of each person by the same secret number of days: a struct column of date and person.
    ShiftDate {
        /// Scheme, key id, context, kind and range.
        #[serde(flatten)]
        spec: DateShiftSpec,
        /// What to do with cells that are not dates and dates without a valid person.
        on_invalid: OnInvalid,
    },
    /// Cut high numbers off.
    TopCode {
        /// Where, and the words for numbers beyond.
        #[serde(flatten)]
        limit: CodeLimit,
        /// What to do with cells that are not numbers.
        on_invalid: OnInvalid,
    },
    /// Cut low numbers off.
    BottomCode {
        /// Where, and the words for numbers beyond.
        #[serde(flatten)]
        limit: CodeLimit,
        /// What to do with cells that are not numbers.
        on_invalid: OnInvalid,
    },
    /// Round numbers to multiples.
    RoundTo {
        /// Of what.
        #[serde(flatten)]
        round: RoundTo,
        /// What to do with cells that are not numbers.
        on_invalid: OnInvalid,
    },
    /// Hide small counts, each looked at alone, and round the others.
    SuppressPrimary {
        /// Threshold, zeros and rounding.
        rule: PrimaryRule,
        /// What to do with negative counts.
        on_invalid: OnInvalid,
    },
    /// Put ages into bands.
    AgeBand {
        /// Width and top.
        #[serde(flatten)]
        bands: AgeBand,
        /// What to do with cells that are not ages.
        on_invalid: OnInvalid,
    },
    /// Keep area, district or sector of a postcode.
    Postcode {
        /// How much is kept.
        to: PostcodeLevel,
        /// What to do with cells that are not postcodes.
        on_invalid: OnInvalid,
    },
    /// Put tags in place of personal data in free text.
    ScrubText(ScrubSettings),
    /// Whether the row of a person may stay, by opt-out lists that this process holds.
    MayStay(FilterRef),
    /// Whether a cell is a valid NHS number.
    IsNhsNumber,
    /// Why a cell is not a valid NHS number.
    InvalidReason,
    /// Ten digits without spaces.
    NormaliseNhsNumber {
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
    /// The 3-3-4 form.
    FormatNhsNumber {
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
    /// Who issues numbers of its range.
    NhsNumberRegion {
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
}

/// The type of column an act makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputType {
    /// `LargeUtf8`
    Text,
    /// `LargeBinary`
    Bytes,
    /// `Boolean`
    Boolean,
    /// `Int64`
    Whole,
    /// The type that came in, of a struct that of its first field, of a dictionary that of its values; text of every
    /// form, and a column of nothing but nulls, become `LargeUtf8`.
    SameAsInput,
}

impl OutputType {
    /// The Arrow type made from a column of that type.
    pub fn data_type(self, input: &DataType) -> DataType {
        match self {
            Self::Text => DataType::LargeUtf8,
            Self::Bytes => DataType::LargeBinary,
            Self::Boolean => DataType::Boolean,
            Self::Whole => DataType::Int64,
            Self::SameAsInput => match input {
                DataType::Struct(fields) => match fields.first() {
                    Some(first) => self.data_type(first.data_type()),
                    None => DataType::LargeUtf8,
                },
                DataType::Dictionary(_, values) => self.data_type(values),
                DataType::Utf8 | DataType::Utf8View | DataType::Null => DataType::LargeUtf8,
                other => other.clone(),
            },
        }
    }
}

impl ColumnAct {
    /// The type of column it makes.
    pub const fn output_type(&self) -> OutputType {
        match self {
            Self::IsNhsNumber | Self::MayStay(_) => OutputType::Boolean,
            Self::SuppressPrimary { .. } => OutputType::Whole,
            Self::Pseudonymise { spec: PseudonymSpec { encoding: Encoding::Bytes, .. }, .. }
            | Self::PseudonymiseFields { spec: CompositeSpec { encoding: Encoding::Bytes, .. }, .. } => {
                OutputType::Bytes
            }
            Self::ShiftDate { .. } | Self::RoundTo { .. } => OutputType::SameAsInput,
            Self::TopCode { limit, .. } | Self::BottomCode { limit, .. } if !limit.has_label() => {
                OutputType::SameAsInput
            }
            _ => OutputType::Text,
        }
    }

    /// The field of the column it makes from a column of that type. A column of pseudonyms says in its metadata how
    /// they were made, for engines that keep it: scheme, context, kind, key id, check value, length and encoding.
    pub fn output_field(&self, name: &str, input: &DataType) -> Field {
        let field = Field::new(name, self.output_type().data_type(input), true);
        let (name, said) = match self {
            Self::Pseudonymise { spec, .. } => ("nhs_ig.pseudonym", serde_json::to_string(spec)),
            Self::PseudonymiseFields { spec, .. } => ("nhs_ig.composite", serde_json::to_string(spec)),
            Self::Tokenise { spec, .. } => ("nhs_ig.token", serde_json::to_string(spec)),
            #[cfg(feature = "format_preserving")]
            Self::EncryptNumbers { spec, .. } => ("nhs_ig.number", serde_json::to_string(spec)),
            _ => return field,
        };
        field.with_metadata(HashMap::from([(name.to_owned(), said.unwrap_or_default())]))
    }

    /// Finds the key or the name list, if the act needs one, in this process.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`, `misuse.names_unavailable`, `misuse.names_mismatch`, `opt_out.filter_unavailable`
    pub fn prepare(&self) -> Result<PreparedAct, Error> {
        Ok(PreparedAct::new(self.clone(), Needed::find(self)?))
    }

    /// What becomes of cells that are not valid.
    pub(super) const fn on_invalid(&self) -> OnInvalid {
        match self {
            #[cfg(feature = "format_preserving")]
            Self::EncryptNumbers { on_invalid, .. } => *on_invalid,
            Self::Pseudonymise { on_invalid, .. }
            | Self::PseudonymiseFields { on_invalid, .. }
            | Self::Tokenise { on_invalid, .. }
            | Self::GeneraliseDate { on_invalid, .. }
            | Self::ShiftDate { on_invalid, .. }
            | Self::TopCode { on_invalid, .. }
            | Self::BottomCode { on_invalid, .. }
            | Self::RoundTo { on_invalid, .. }
            | Self::SuppressPrimary { on_invalid, .. }
            | Self::AgeBand { on_invalid, .. }
            | Self::Postcode { on_invalid, .. }
            | Self::NormaliseNhsNumber { on_invalid }
            | Self::FormatNhsNumber { on_invalid }
            | Self::NhsNumberRegion { on_invalid } => *on_invalid,
            Self::Redact
            | Self::MaskPartial(_)
            | Self::ScrubText(_)
            | Self::MayStay(_)
            | Self::IsNhsNumber
            | Self::InvalidReason => OnInvalid::Raise,
        }
    }
}
