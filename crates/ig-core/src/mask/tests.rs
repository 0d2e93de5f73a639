//! The vectors, which every language runs.

use super::*;
use crate::error::Error;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    act: String,
    settings: Value,
    input: Value,
    output: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    to: DateLevel,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoSettings {}

/// Settings that cannot be read are the caller's mistake whatever the reason.
fn settings<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, Error> {
    let misuse = |_| crate::MisuseError::Argument { name: "settings".into(), expected: "those of the act".into() };
    Ok(T::deserialize(value).map_err(misuse)?)
}

fn run(vector: &Vector) -> Result<String, Error> {
    let text = vector.input.as_str().unwrap_or_default();
    match vector.act.as_str() {
        "mask_partial" => Ok(settings::<MaskPartial>(&vector.settings)?.mask(text)),
        "generalise_date" => Ok(generalise_date(parse_date(text)?, settings::<To>(&vector.settings)?.to)?),
        "age_band" => {
            let age = vector.input.as_i64().expect("an age is a number");
            Ok(settings::<AgeBand>(&vector.settings)?.band(age)?)
        }
        plain => {
            settings::<NoSettings>(&vector.settings)?;
            match plain {
                "redact" => Ok(redact().to_owned()),
                "postcode_area" => Ok(postcode_area(text)?),
                "postcode_district" => Ok(postcode_district(text)?),
                "postcode_sector" => Ok(postcode_sector(text)?),
                other => unreachable!("unknown act {other}"),
            }
        }
    }
}

#[test]
fn vectors_masking() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../../../../tests/vectors/masking.json")).expect("vector file");
    let acts = [
        "redact",
        "mask_partial",
        "generalise_date",
        "age_band",
        "postcode_area",
        "postcode_district",
        "postcode_sector",
    ];
    for act in acts {
        assert!(vectors.iter().any(|vector| vector.act == act && vector.output.is_some()), "{act} has vectors");
    }
    for vector in vectors {
        assert_ne!(vector.output.is_some(), vector.error.is_some(), "{} says what to expect", vector.act);
        let found = run(&vector).map_err(|error| error.code().to_owned());
        let place = format!("{} {} {}", vector.act, vector.settings, vector.input);
        assert_eq!(found.as_ref().ok(), vector.output.as_ref(), "{place}");
        assert_eq!(found.err(), vector.error, "{place}");
    }
}
