//! Acts as data: what they write, read, refuse and take as default.

use ig_core::OnInvalid;
use ig_core::columns::ColumnAct;
use serde_json::{Value, json};

fn read(value: &Value) -> Result<ColumnAct, serde_json::Error> {
    serde_json::from_str(&value.to_string())
}

fn pseudonymise() -> Value {
    json!({"act": "pseudonymise", "scheme": "v1", "key_id": "k", "check_value": "0123456789",
        "context": "DSA-1", "kind": "nhs_number", "length": 192, "encoding": "base32", "on_invalid": "null"})
}

/// Every act with every setting.
fn acts() -> Vec<Value> {
    vec![
        pseudonymise(),
        json!({"act": "pseudonymise_fields", "scheme": "v1", "key_id": "k", "check_value": "0123456789",
            "context": "DSA-1", "kinds": ["nhs_number", "text"], "length": 256, "encoding": "bytes", "on_invalid": "null"}),
        json!({"act": "tokenise", "scheme": "v1", "key_id": "k", "check_value": "0123456789",
            "context": "DSA-1", "kind": "text", "on_invalid": "null"}),
        json!({"act": "redact"}),
        json!({"act": "mask_partial", "keep_first": 1, "keep_last": 2, "mask_char": "#"}),
        json!({"act": "generalise_date", "to": "financial_year", "on_invalid": "null"}),
        json!({"act": "age_band", "width": 10, "top": 80, "on_invalid": "null"}),
        json!({"act": "postcode", "to": "sector", "on_invalid": "null"}),
        json!({"act": "scrub_text", "kinds": ["nhs_number", "name"], "min_score": 61,
            "names": {"id": "clinic-7", "check_value": "0a1b"}}),
        json!({"act": "is_nhs_number"}),
        json!({"act": "invalid_reason"}),
        json!({"act": "normalise_nhs_number", "on_invalid": "null"}),
        json!({"act": "format_nhs_number", "on_invalid": "null"}),
        json!({"act": "nhs_number_region", "on_invalid": "null"}),
    ]
}

#[test]
fn an_act_survives_a_round_trip() {
    for value in acts() {
        let act = read(&value).expect("an act");
        let written = serde_json::to_value(&act).expect("plain");
        assert_eq!(written, value);
        assert_eq!(read(&written).expect("read again"), act);
    }
}

#[test]
fn a_setting_that_is_not_known_is_refused() {
    for mut value in acts() {
        for name in ["widht", "on_invaild", "lenght", "secret", "bands", "spec"] {
            let settings = value.as_object_mut().expect("object");
            settings.insert(name.to_owned(), json!(5));
            assert!(read(&value).is_err(), "{value}");
            value.as_object_mut().expect("object").remove(name);
        }
        assert!(read(&value).is_ok());
    }
    assert!(read(&json!({"act": "age_band", "widht": 5})).is_err());
    assert!(read(&json!({"act": "redact", "on_invalid": "null"})).is_err());
}

#[test]
fn defaults_are_the_documented_ones() {
    let defaults = |value: Value, full: Value| assert_eq!(read(&value).expect("short"), read(&full).expect("full"));
    defaults(json!({"act": "age_band"}), json!({"act": "age_band", "width": 5, "top": 90, "on_invalid": "raise"}));
    defaults(
        json!({"act": "mask_partial"}),
        json!({"act": "mask_partial", "keep_first": 0, "keep_last": 0, "mask_char": "*"}),
    );
    defaults(
        json!({"act": "generalise_date", "to": "year"}),
        json!({"act": "generalise_date", "to": "year", "on_invalid": "raise"}),
    );
    let mut short = pseudonymise();
    for name in ["length", "encoding", "on_invalid"] {
        short.as_object_mut().expect("object").remove(name);
    }
    let ColumnAct::Pseudonymise { spec, on_invalid } = read(&short).expect("short") else { panic!("another act") };
    let spec = serde_json::to_value(spec).expect("plain");
    assert_eq!((&spec["length"], &spec["encoding"], on_invalid), (&json!(128), &json!("hex"), OnInvalid::Raise));
}

#[test]
fn settings_without_a_default_and_values_out_of_range_are_refused() {
    for value in [
        json!({"act": "generalise_date"}),
        json!({"act": "postcode"}),
        json!({"act": "generalise_date", "to": "week"}),
        json!({"act": "age_band", "width": 0}),
        json!({"act": "age_band", "width": 7}),
        json!({"act": "mask_partial", "keep_last": 9}),
        json!({"act": "normalise_nhs_number", "on_invalid": "keep"}),
        json!({"act": "scrub_text", "kinds": []}),
        json!({"act": "scrub_text", "kinds": ["nhs"]}),
        json!({"act": "scrub_text", "min_score": 0}),
        json!({"act": "scrub_text", "min_score": 101}),
        json!({"act": "scrub_text", "names": {"id": "Clinic"}}),
        json!({"act": "scrub_text", "names": {"id": "a", "check_value": "xyz"}}),
        json!({"act": "scrub_text", "names": {"id": "a", "names": ["b"]}}),
        json!({"act": "scrub_text", "kinds": ["date"], "names": {"id": "a"}}),
        json!({"act": "erase"}),
        json!({"to": "year"}),
    ] {
        assert!(read(&value).is_err(), "{value}");
    }
    for (name, wrong) in [
        ("scheme", json!("v2")),
        ("length", json!(64)),
        ("length", json!("128")),
        ("encoding", json!("base64")),
        ("context", json!("")),
        ("kind", json!("NHS")),
        ("key_id", json!("K")),
    ] {
        let mut value = pseudonymise();
        value[name] = wrong;
        assert!(read(&value).is_err(), "{value}");
    }
    for name in ["scheme", "key_id", "check_value", "context", "kind"] {
        let mut value = pseudonymise();
        value.as_object_mut().expect("object").remove(name);
        assert!(read(&value).is_err(), "{name}");
    }
}
