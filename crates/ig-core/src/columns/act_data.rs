//! How an act is read from data. Each act takes exactly its own settings: one that is misspelt is refused, since
//! a default in its place would change the output without a word.

use super::ColumnAct;
use crate::error::MisuseError;
use crate::mask::{AgeBand, DateLevel, MaskPartial};
use crate::pseudonym::{Context, Encoding, Kind, Length, PseudonymSpec, Scheme};
use crate::scrub::ScrubSettings;
use crate::{KeyId, OnInvalid, PostcodeLevel};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(super) enum ActData {
    Pseudonymise(Pseudonymise),
    Redact(NoSettings),
    MaskPartial(MaskPartial),
    GeneraliseDate(GeneraliseDate),
    AgeBand(Bands),
    ScrubText(ScrubSettings),
    Postcode(Postcode),
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

impl TryFrom<ActData> for ColumnAct {
    type Error = MisuseError;

    fn try_from(data: ActData) -> Result<Self, MisuseError> {
        Ok(match data {
            ActData::Pseudonymise(data) => {
                let Pseudonymise { scheme, key_id, check_value, context, kind, length, encoding, on_invalid } = data;
                let spec = PseudonymSpec { scheme, key_id, check_value, context, kind, length, encoding };
                Self::Pseudonymise { spec, on_invalid }
            }
            ActData::Redact(NoSettings {}) => Self::Redact,
            ActData::MaskPartial(mask) => Self::MaskPartial(mask),
            ActData::GeneraliseDate(GeneraliseDate { to, on_invalid }) => Self::GeneraliseDate { to, on_invalid },
            ActData::AgeBand(Bands { width, top, on_invalid }) => {
                Self::AgeBand { bands: AgeBand::new(width, top)?, on_invalid }
            }
            ActData::ScrubText(settings) => Self::ScrubText(settings),
            ActData::Postcode(Postcode { to, on_invalid }) => Self::Postcode { to, on_invalid },
            ActData::IsNhsNumber(NoSettings {}) => Self::IsNhsNumber,
            ActData::InvalidReason(NoSettings {}) => Self::InvalidReason,
            ActData::NormaliseNhsNumber(InvalidOnly { on_invalid }) => Self::NormaliseNhsNumber { on_invalid },
            ActData::FormatNhsNumber(InvalidOnly { on_invalid }) => Self::FormatNhsNumber { on_invalid },
            ActData::NhsNumberRegion(InvalidOnly { on_invalid }) => Self::NhsNumberRegion { on_invalid },
        })
    }
}
