//! The JSON Schema of an agreement, made from the types that read it.
//!
//! What serde reads by a function of ours is described here by hand, beside nothing else: the rest is derived.

use super::labels::{DPV, DUO};
use super::{Document, FilterValue};
use crate::opt_out::OptOutRule;
use crate::scrub::{ScrubSettings, TextKind};
use crate::suppression::{Secondary, SuppressionPolicy};
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema as shape};
use serde_json::Value;
use std::borrow::Cow;

/// The JSON Schema (draft 2020-12) of an agreement, schema 1.
///
/// Guarantees that whatever it refuses, the reader refuses too. It does **not** know what only fits together, such
/// as an id field that is among the fields: for that, read the file. Dates are text, as JSON has no others; in TOML
/// they are written without quotes.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(without_null));
    let mut schema = settings.into_generator().into_root_schema_for::<Document>();
    schema.insert("title".into(), "Data sharing agreement, schema 1".into());
    schema.to_value()
}

/// A file has no null: a key that may be absent is left out.
fn without_null(schema: &mut Schema) {
    if schema.get("default") == Some(&Value::Null) {
        schema.remove("default");
    }
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    let Some(Value::Array(choices)) = schema.get_mut("anyOf") else { return };
    choices.retain(|choice| choice.get("type") != Some(&"null".into()));
    if let [Value::Object(only)] = choices.as_slice() {
        let only = only.clone();
        schema.remove("anyOf");
        for (key, value) in only {
            schema.insert(key, value);
        }
    }
}

/// A transform whose settings all have defaults may be its name alone.
pub(super) fn or_a_name_alone(schema: &mut Schema) {
    let names = ["keep", "redact", "age_band", "postcode_district", "postcode_sector", "postcode_area", "scrub_text"];
    if let Some(Value::Array(choices)) = schema.get_mut("oneOf") {
        choices.push(serde_json::json!({
            "description": "A transform without settings, or with all settings at their defaults.",
            "type": "string",
            "enum": names,
        }));
    }
}

const LINE: &str = r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$";
const CODE: &str = "^[a-z][a-z0-9_]{0,63}$";
const FILE_STEM: &str = "^[a-z0-9_-]{1,64}$";

macro_rules! described {
    ($($(#[$doc:meta])* $name:ident = $shape:expr;)+) => {
        $(
            $(#[$doc])*
            pub(super) struct $name;

            described!(inline $name = |_| $shape);
        )+
    };
    (inline $name:ident = |$generator:pat_param| $shape:expr) => {
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $shape
            }
        }
    };
}

described! {
    /// As `text::text`.
    Line = shape!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": LINE });
    /// As `text::code`.
    Code = shape!({ "type": "string", "pattern": CODE });
    /// As `text::file_stem`.
    FileStem = shape!({ "type": "string", "pattern": FILE_STEM });
    /// As `text::texts`.
    Lines = shape!({ "type": "array", "minItems": 1, "items": { "type": "string", "maxLength": 255, "pattern": LINE } });
    /// As `text::optional_texts`.
    OptionalLines = shape!({ "type": "array", "items": { "type": "string", "maxLength": 255, "pattern": LINE } });
    /// As `text::codes`.
    Codes = shape!({ "type": "array", "minItems": 1, "items": { "type": "string", "pattern": CODE } });
    /// As `date::required`.
    Day = shape!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });
    /// A term of the Data Use Ontology.
    DuoCode = shape!({ "type": "string", "enum": DUO.map(|(code, ..)| code) });
    /// A term of the Data Privacy Vocabulary.
    DpvId = shape!({ "type": "string", "enum": DPV });
    /// The name of a suppression preset.
    Preset = shape!({ "type": "string", "enum": SuppressionPolicy::PRESETS });
}

described!(inline Secondary = |_| shape!({
    "type": "string",
    "enum": [Self::None.as_str(), Self::Exact.as_str(), Self::Interval.as_str()],
}));

described!(inline OptOutRule = |_| {
    shape!({ "type": "string", "enum": Self::ALL.iter().map(|rule| rule.code()).collect::<Vec<_>>() })
});

described!(inline FilterValue = |_| shape!({ "type": ["string", "integer"] }));

described!(inline ScrubSettings = |_| shape!({
    "type": "object",
    "additionalProperties": false,
    "properties": {
        "kinds": {
            "description": "What is looked for; everything if absent.",
            "type": "array",
            "minItems": 1,
            "items": { "enum": TextKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>() },
        },
        "min_score": {
            "description": "The lowest score that is replaced.",
            "type": "integer",
            "minimum": 1,
            "maximum": 100,
        },
        "names": {
            "description": "A list of names by its id.",
            "type": "object",
            "additionalProperties": false,
            "required": ["id"],
            "properties": {
                "id": { "type": "string", "pattern": "^[a-z0-9-]{1,32}$" },
                "check_value": { "type": "string", "pattern": "^[0-9a-f]{4}$" },
            },
        },
    },
}));
