//! The JSON Schema of a manifest, made from the types that write it.

use super::Manifest;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema as shape};
use serde_json::Value;
use std::borrow::Cow;

/// The JSON Schema (draft 2020-12) of `manifest.json`, form `nhs-ig/manifest/v1`.
///
/// Guarantees that every manifest of this version fits it, and that a key it does not know, a count that is not a whole
/// number from 0 and a hash that is none do not. It does **not** hold figures against each other: that rows read are the
/// sum of rows left out and rows that went on is for whoever reads the manifest.
pub fn manifest_schema() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(only_as_written))
        .with_transform(RecursiveTransform(closed));
    let mut schema = settings.into_generator().into_root_schema_for::<Manifest>();
    schema.insert("title".into(), "Release manifest, nhs-ig/manifest/v1".into());
    schema.to_value()
}

/// A manifest writes every transform with its settings; the name alone is a way to write an agreement.
fn only_as_written(schema: &mut Schema) {
    if let Some(Value::Array(choices)) = schema.get_mut("oneOf") {
        let written_as_name = |choice: &Value| choice["type"] == "string" && choice["enum"][0] == "keep";
        choices.retain(|choice| !written_as_name(choice));
    }
}

/// Nothing else may stand in a manifest, so that nothing about a person can; and what may be absent is never null.
fn closed(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        // What the rest says is for those who program in Rust.
        text.truncate(text.find("\n\n").unwrap_or(text.len()));
        *text = text.replace('\n', " ");
    }
    let required = schema.get("required").cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for (name, property) in properties {
        let always = required.as_array().is_some_and(|required| required.iter().any(|known| known == name));
        if let Some(property) = property.as_object_mut().filter(|_| !always) {
            without_null(property);
        }
    }
    if schema.get("additionalProperties").is_none() {
        schema.insert("additionalProperties".into(), Value::Bool(false));
    }
}

fn without_null(property: &mut serde_json::Map<String, Value>) {
    if let Some(Value::Array(kinds)) = property.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            property.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(choices)) = property.get_mut("anyOf") {
        choices.retain(|choice| choice["type"] != "null");
    }
}

macro_rules! written {
    ($($(#[$doc:meta])* $name:ident = $shape:expr;)+) => {
        $(
            $(#[$doc])*
            pub(super) struct $name;

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    $shape
                }
            }
        )+
    };
}

written! {
    /// 64 lower-case hex digits.
    Sha256Hex = shape!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    /// As the writer's timestamps.
    Moment = shape!({
        "type": "string",
        "format": "date-time",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$",
    });
    /// A day.
    WrittenDay = shape!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });
    /// The form.
    Form = shape!({ "type": "string", "const": "nhs-ig/manifest/v1" });
    /// What happens to numbers that were never checked.
    UncheckedWord = shape!({ "type": "string", "enum": ["raise", "withhold"] });
    /// Which totals.
    TotalsWord = shape!({ "type": "string", "enum": ["none", "given", "all"] });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_schema_is_what_the_types_make() {
        let shipped =
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../python/nhs_ig/schemas/manifest_v1.json"));
        let shipped: Value = serde_json::from_str(shipped).expect("JSON");
        assert_eq!(shipped, manifest_schema(), "write it anew: see crates/ig-core/examples/manifest_schema.rs");
    }
}
