//! How a transform is written in a file.

use super::FieldTransform;
use crate::mask::{AgeBand, MaskPartial, RoundTo};
use serde::de::value::MapDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use std::{fmt, iter};

const EXACTLY_ONE: &str = "expected exactly one transform, such as \"keep\" or { age_band = { width = 5, top = 90 } }";

/// The names, so that an unknown one is told apart from bad settings.
#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Keep,
    Redact,
    Pseudonymise,
    MaskPartial,
    GeneraliseDate,
    ShiftDate,
    TopCode,
    BottomCode,
    RoundTo,
    AgeBand,
    PostcodeDistrict,
    PostcodeSector,
    PostcodeArea,
    ScrubText,
}

impl<'de> Deserialize<'de> for FieldTransform {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneTransform)
    }
}

/// Serde's own derive reads a name or a table, but not both for one variant, and ignores a second table entry.
struct OneTransform;

impl<'de> Visitor<'de> for OneTransform {
    type Value = FieldTransform;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXACTLY_ONE.trim_start_matches("expected "))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        self.visit_map(MapDeserializer::new(iter::once((name, NoneGiven))))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let name = map.next_key::<Name>()?.ok_or_else(|| A::Error::custom(EXACTLY_ONE))?;
        let transform = match name {
            Name::Keep => FieldTransform::Keep(map.next_value()?),
            Name::Redact => FieldTransform::Redact(map.next_value()?),
            Name::Pseudonymise => FieldTransform::Pseudonymise(map.next_value()?),
            Name::MaskPartial => FieldTransform::MaskPartial(map.next_value()?),
            Name::GeneraliseDate => FieldTransform::GeneraliseDate(map.next_value()?),
            Name::ShiftDate => FieldTransform::ShiftDate(map.next_value()?),
            Name::TopCode => FieldTransform::TopCode(map.next_value()?),
            Name::BottomCode => FieldTransform::BottomCode(map.next_value()?),
            Name::RoundTo => FieldTransform::RoundTo(map.next_value()?),
            Name::AgeBand => FieldTransform::AgeBand(map.next_value()?),
            Name::PostcodeDistrict => FieldTransform::PostcodeDistrict(map.next_value()?),
            Name::PostcodeSector => FieldTransform::PostcodeSector(map.next_value()?),
            Name::PostcodeArea => FieldTransform::PostcodeArea(map.next_value()?),
            Name::ScrubText => FieldTransform::ScrubText(map.next_value()?),
        };
        if map.next_key::<String>()?.is_some() {
            return Err(A::Error::custom(EXACTLY_ONE));
        }
        if let FieldTransform::MaskPartial(mask) = &transform
            && mask.keep_first == 0
            && mask.keep_last == 0
        {
            return Err(A::Error::custom("expected keep_first or keep_last above 0, or the transform \"redact\""));
        }
        if !settings_fit(&transform) {
            return Err(A::Error::custom(SETTINGS_DO_NOT_FIT));
        }
        Ok(transform)
    }
}

const SETTINGS_DO_NOT_FIT: &str = "expected settings that fit together: at most 8 characters kept in all, a top age that is a multiple of the width, max_days from 7 (28 where the weekday is kept) to 3650, a base from 1 to 2^53, a label of 1 to 64 characters";

/// Whether the settings that only fit together are taken by the masks themselves.
fn settings_fit(transform: &FieldTransform) -> bool {
    match transform {
        FieldTransform::MaskPartial(mask) => {
            MaskPartial::new(mask.keep_first.into(), mask.keep_last.into(), '*').is_ok()
        }
        FieldTransform::AgeBand(bands) => AgeBand::new(bands.width.into(), bands.top.into()).is_ok(),
        FieldTransform::ShiftDate(settings) => settings.range().is_ok(),
        FieldTransform::TopCode(settings) | FieldTransform::BottomCode(settings) => settings.limit().is_ok(),
        FieldTransform::RoundTo(settings) => RoundTo::new(settings.base).is_ok(),
        _ => true,
    }
}

/// The settings of a transform that is written as a name only.
struct NoneGiven;

impl<'de, E: Error> IntoDeserializer<'de, E> for NoneGiven {
    type Deserializer = MapDeserializer<'de, iter::Empty<(&'de str, &'de str)>, E>;

    fn into_deserializer(self) -> Self::Deserializer {
        MapDeserializer::new(iter::empty())
    }
}

pub(super) fn pseudonym_length<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    within(deserializer, |bits| matches!(bits, 128 | 192 | 256), "expected 128, 192 or 256")
}

pub(super) fn kept_characters<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    within(deserializer, |count| count <= 16, "expected a number of characters from 0 to 16")
}

pub(super) fn band_width<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    within(deserializer, |years| (1..=50).contains(&years), "expected a number of years from 1 to 50")
}

pub(super) fn top_age<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    within(deserializer, |age| (1..=120).contains(&age), "expected an age from 1 to 120")
}

fn within<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    deserializer: D,
    allowed: fn(i64) -> bool,
    expected: &'static str,
) -> Result<T, D::Error> {
    let wrong = || D::Error::custom(expected);
    let number = i64::deserialize(deserializer).map_err(|_| wrong())?;
    if !allowed(number) {
        return Err(wrong());
    }
    T::try_from(number).map_err(|_| wrong())
}
