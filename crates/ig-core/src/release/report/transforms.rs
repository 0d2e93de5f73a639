//! What was done to a field, in words.

use super::words::{listed, number};
use crate::agreement::{FieldTransform, LimitSettings, MaskSettings};
use crate::mask::DateLevel;
use crate::release::ManifestField;

/// Fields by what was done to them, in the order of the agreement.
pub(super) fn grouped(fields: &[ManifestField]) -> Vec<(String, String)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for field in fields {
        let done = words(&field.transform);
        match groups.iter_mut().find(|(known, _)| *known == done) {
            Some((_, names)) => names.push(field.name.clone()),
            None => groups.push((done, vec![field.name.clone()])),
        }
    }
    groups.into_iter().map(|(done, names)| (done, names.join(", "))).collect()
}

fn words(transform: &FieldTransform) -> String {
    match transform {
        FieldTransform::Keep(_) => "As in the source".to_owned(),
        FieldTransform::Redact(_) => "Redacted".to_owned(),
        FieldTransform::Pseudonymise(_) => "Pseudonym made with the key".to_owned(),
        FieldTransform::MaskPartial(settings) => masked(*settings),
        FieldTransform::GeneraliseDate(settings) => match settings.to {
            DateLevel::Month => "Month and year only",
            DateLevel::Quarter => "Quarter and year only",
            DateLevel::Year => "Year only",
            DateLevel::FinancialYear => "Financial year only",
        }
        .to_owned(),
        FieldTransform::ShiftDate(settings) => {
            let weeks = if settings.keep_weekday { ", by whole weeks" } else { "" };
            format!("Moved by up to {} days{weeks}, all dates of a person alike", number(settings.max_days.into()))
        }
        FieldTransform::TopCode(settings) => limited(settings, "above", "and above"),
        FieldTransform::BottomCode(settings) => limited(settings, "below", "and below"),
        FieldTransform::RoundTo(settings) => format!("Rounded to multiples of {}", number(settings.base)),
        FieldTransform::AgeBand(settings) => {
            format!("Age in bands of {} years, {} and over together", settings.width, settings.top)
        }
        FieldTransform::PostcodeDistrict(_) => "Postcode district only".to_owned(),
        FieldTransform::PostcodeSector(_) => "Postcode sector only".to_owned(),
        FieldTransform::PostcodeArea(_) => "Postcode area only".to_owned(),
        FieldTransform::ScrubText(_) => "Free text, with what looks like an identifier replaced".to_owned(),
    }
}

fn masked(settings: MaskSettings) -> String {
    let kept: Vec<_> = [("first", settings.keep_first), ("last", settings.keep_last)]
        .into_iter()
        .filter(|(_, kept)| *kept > 0)
        .map(|(which, kept)| format!("the {which} {kept}"))
        .collect();
    format!("Masked but for {} characters", listed(&kept))
}

fn limited(settings: &LimitSettings, beyond: &str, and_beyond: &str) -> String {
    match &settings.label {
        None => format!("Numbers {beyond} {} shown as {}", settings.at, settings.at),
        Some(label) => format!("{} {and_beyond} shown as {label}", settings.at),
    }
}
