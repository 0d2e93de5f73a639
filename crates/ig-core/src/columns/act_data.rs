//! How an act is read from data. Each act takes exactly its own settings: one that is misspelt is refused, since
//! a default in its place would change the output without a word.

use super::ColumnAct;
use crate::composite::{CompositeSpec, Kinds};
use crate::error::{Error, MisuseError};
use crate::mask::{AgeBand, CodeLimit, DateLevel, DateShiftSpec, MaskPartial, Number, RoundTo, ShiftRange};
use crate::opt_out::FilterRef;
use crate::pseudonym::{Context, Encoding, Kind, Length, PseudonymSpec, Scheme};
use crate::scrub::ScrubSettings;
use crate::suppression::PrimaryRule;
use crate::token::TokenSpec;
use crate::{KeyId, OnInvalid, PostcodeLevel};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(super) enum ActData {
    Pseudonymise(Pseudonymise),
    PseudonymiseFields(PseudonymiseFields),
    Tokenise(Tokenise),
    #[cfg(feature = "format_preserving")]
    EncryptNumbers(EncryptNumbers),
    Redact(NoSettings),
    MaskPartial(MaskPartial),
    GeneraliseDate(GeneraliseDate),
    ShiftDate(ShiftDate),
    TopCode(Limited),
    BottomCode(Limited),
    RoundTo(Rounded),
    SuppressPrimary(Primary),
    AgeBand(Bands),
    ScrubText(ScrubSettings),
    Postcode(Postcode),
    MayStay(FilterRef),
    IsNhsNumber(NoSettings),
    InvalidReason(NoSettings),
    NormaliseNhsNumber(InvalidOnly),
    FormatNhsNumber(InvalidOnly),
    NhsNumberRegion(InvalidOnly),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoSettings {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InvalidOnly {
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pseudonymise {
    scheme: Scheme,
    key_id: KeyId,
    check_value: String,
    context: Context,
    kind: Kind,
    #[serde(default)]
    length: Length,
    #[serde(default)]
    encoding: Encoding,
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PseudonymiseFields {
    scheme: Scheme,
    key_id: KeyId,
    check_value: String,
    context: Context,
    kinds: Kinds,
    #[serde(default)]
    length: Length,
    #[serde(default)]
    encoding: Encoding,
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tokenise {
    scheme: Scheme,
    key_id: KeyId,
    check_value: String,
    context: Context,
    kind: Kind,
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[cfg(feature = "format_preserving")]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EncryptNumbers {
    scheme: Scheme,
    key_id: KeyId,
    check_value: String,
    context: Context,
    check: crate::format_preserving::CheckDigit,
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GeneraliseDate {
    to: DateLevel,
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bands {
    #[serde(default = "default_width")]
    width: u32,
    #[serde(default = "default_top")]
    top: u32,
    #[serde(default)]
    on_invalid: OnInvalid,
}

fn default_width() -> u32 {
    AgeBand::default().width()
}

fn default_top() -> u32 {
    AgeBand::default().top()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Postcode {
    to: PostcodeLevel,
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShiftDate {
    scheme: Scheme,
    key_id: KeyId,
    check_value: String,
    context: Context,
    kind: Kind,
    max_days: u32,
    #[serde(default)]
    keep_weekday: bool,
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limited {
    at: Number,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rounded {
    base: u64,
    #[serde(default)]
    on_invalid: OnInvalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Primary {
    rule: PrimaryRule,
    #[serde(default)]
    on_invalid: OnInvalid,
}

impl TryFrom<ActData> for ColumnAct {
    type Error = MisuseError;

    fn try_from(data: ActData) -> Result<Self, MisuseError> {
        Ok(match data {
            ActData::Pseudonymise(data) => {
                let Pseudonymise { scheme, key_id, check_value, context, kind, length, encoding, on_invalid } = data;
                let spec = PseudonymSpec { scheme, key_id, check_value, context, kind, length, encoding };
                Self::Pseudonymise { spec, on_invalid }
            }
            ActData::PseudonymiseFields(data) => {
                let PseudonymiseFields { scheme, key_id, check_value, context, kinds, length, encoding, on_invalid } =
                    data;
                let spec = CompositeSpec { scheme, key_id, check_value, context, kinds, length, encoding };
                Self::PseudonymiseFields { spec, on_invalid }
            }
            ActData::Tokenise(Tokenise { scheme, key_id, check_value, context, kind, on_invalid }) => {
                Self::Tokenise { spec: TokenSpec { scheme, key_id, check_value, context, kind }, on_invalid }
            }
            #[cfg(feature = "format_preserving")]
            ActData::EncryptNumbers(EncryptNumbers { scheme, key_id, check_value, context, check, on_invalid }) => {
                let spec = crate::format_preserving::NumberSpec { scheme, key_id, check_value, context, check };
                Self::EncryptNumbers { spec, on_invalid }
            }
            ActData::Redact(NoSettings {}) => Self::Redact,
            ActData::MaskPartial(mask) => Self::MaskPartial(mask),
            ActData::GeneraliseDate(GeneraliseDate { to, on_invalid }) => Self::GeneraliseDate { to, on_invalid },
            ActData::ShiftDate(data) => {
                let ShiftDate { scheme, key_id, check_value, context, kind, max_days, keep_weekday, on_invalid } = data;
                let range = if keep_weekday { ShiftRange::whole_weeks(max_days)? } else { ShiftRange::days(max_days)? };
                let spec = DateShiftSpec { scheme, key_id, check_value, context, kind, range };
                Self::ShiftDate { spec, on_invalid }
            }
            ActData::TopCode(Limited { at, label, on_invalid }) => {
                Self::TopCode { limit: CodeLimit::checked(at, label)?, on_invalid }
            }
            ActData::BottomCode(Limited { at, label, on_invalid }) => {
                Self::BottomCode { limit: CodeLimit::checked(at, label)?, on_invalid }
            }
            ActData::RoundTo(Rounded { base, on_invalid }) => Self::RoundTo { round: RoundTo::new(base)?, on_invalid },
            ActData::SuppressPrimary(Primary { rule, on_invalid }) => {
                let rule = rule.checked().map_err(|error| match error {
                    Error::Misuse(error) => error,
                    _ => MisuseError::PanicInside {},
                })?;
                Self::SuppressPrimary { rule, on_invalid }
            }
            ActData::AgeBand(Bands { width, top, on_invalid }) => {
                Self::AgeBand { bands: AgeBand::new(width, top)?, on_invalid }
            }
            ActData::ScrubText(settings) => Self::ScrubText(settings),
            ActData::Postcode(Postcode { to, on_invalid }) => Self::Postcode { to, on_invalid },
            ActData::MayStay(filter) => Self::MayStay(filter),
            ActData::IsNhsNumber(NoSettings {}) => Self::IsNhsNumber,
            ActData::InvalidReason(NoSettings {}) => Self::InvalidReason,
            ActData::NormaliseNhsNumber(InvalidOnly { on_invalid }) => Self::NormaliseNhsNumber { on_invalid },
            ActData::FormatNhsNumber(InvalidOnly { on_invalid }) => Self::FormatNhsNumber { on_invalid },
            ActData::NhsNumberRegion(InvalidOnly { on_invalid }) => Self::NhsNumberRegion { on_invalid },
        })
    }
}
