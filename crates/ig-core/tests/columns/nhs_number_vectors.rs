//! NHS numbers of the vector file, one by one and as columns; live ranges are computed here and never stored.

use super::{act, apply, over_shapes, texts};
use arrow::array::{ArrayRef, Float64Array, Int64Array};
use ig_core::NhsNumber;
use serde_json::Value;
use std::sync::Arc;

fn vectors() -> Vec<Value> {
    let text = include_str!("../../../../tests/vectors/nhs_number.json");
    let file: Value = serde_json::from_str(text).expect("vector file");
    file["vectors"].as_array().expect("vectors").clone()
}

fn expected(vector: &Value, name: &str) -> Option<String> {
    vector[name].as_str().map(str::to_owned)
}

#[test]
fn single_values() {
    let vectors = vectors();
    assert!(vectors.len() > 150);
    for vector in &vectors {
        let input = &vector["input"];
        let parsed = match vector["type"].as_str().expect("type") {
            "text" => NhsNumber::parse(input.as_str().expect("text")),
            "integer" => NhsNumber::from_integer(input.as_i64().expect("integer")),
            _ => NhsNumber::from_float(input.as_f64().expect("float")),
        };
        match (parsed, vector["error"].as_str()) {
            (Ok(number), None) => {
                assert_eq!(number.as_str(), vector["digits"]);
                assert_eq!(number.to_string(), vector["display"]);
                assert_eq!(number.region().as_str(), vector["region"]);
            }
            // A blank cell is missing in a column; asked for by itself it is no number.
            (Err(_), Some("identifier.blank")) => {}
            (Err(error), Some(code)) => assert_eq!(error.code(), code, "{vector}"),
            other => panic!("{vector}: {other:?}"),
        }
    }
}

#[test]
fn columns() {
    let vectors = vectors();
    let of = |kind: &str| -> Vec<&Value> { vectors.iter().filter(|vector| vector["type"] == kind).collect() };
    let integers: ArrayRef = Arc::new(of("integer").iter().map(|v| v["input"].as_i64()).collect::<Int64Array>());
    let floats: ArrayRef = Arc::new(of("float").iter().map(|v| v["input"].as_f64()).collect::<Float64Array>());
    let strings: Vec<_> = of("text").iter().map(|vector| expected(vector, "input")).collect();
    for (json, name) in [
        (r#"{"act":"normalise_nhs_number","on_invalid":"null"}"#, "digits"),
        (r#"{"act":"format_nhs_number","on_invalid":"null"}"#, "display"),
        (r#"{"act":"nhs_number_region","on_invalid":"null"}"#, "region"),
        (r#"{"act":"invalid_reason"}"#, "error"),
    ] {
        let act = act(json);
        let wanted = |kind| of(kind).iter().map(|vector| expected(vector, name)).collect::<Vec<_>>();
        // The text vectors have more than 255 cells' worth of distinct values in a dictionary of u8 keys only if
        // taken at once, so they go in parts.
        for (some, wanted) in strings.chunks(60).zip(wanted("text").chunks(60)) {
            assert_eq!(over_shapes(&act, some).expect("taken").0, wanted, "{json}");
        }
        assert_eq!(texts(&apply(&act, Arc::clone(&integers)).expect("taken").0), wanted("integer"), "{json}");
        assert_eq!(texts(&apply(&act, Arc::clone(&floats)).expect("taken").0), wanted("float"), "{json}");
    }
    let valid = |vector: &&Value| Some(vector["digits"].is_string().to_string());
    for (some, text) in strings.chunks(60).zip(of("text").chunks(60)) {
        let wanted: Vec<_> = text.iter().map(valid).collect();
        assert_eq!(over_shapes(&act(r#"{"act":"is_nhs_number"}"#), some), Ok((wanted, 0)));
    }
}

#[test]
fn one_in_eleven_of_any_run_is_valid_in_every_range() {
    // By the weights, ten neighbours that share nine digits have one valid number, or none if the check value is 10.
    for start in [0, 101_000_000, 3_200_000_000, 4_000_000_000, 6_000_000_000, 8_000_000_000, 9_999_999_000_u64] {
        for nine in (start / 10)..(start / 10 + 100) {
            let valid = (0..10).filter(|digit| NhsNumber::from_unsigned(nine * 10 + digit).is_ok()).count();
            let sum: u64 = (0..9).map(|place| nine / 10_u64.pow(place) % 10 * u64::from(place + 2)).sum();
            let repeated = nine % 111_111_111 == 0 && nine / 111_111_111 < 10;
            assert_eq!(valid, usize::from(sum % 11 != 1 && !repeated), "{start}");
        }
    }
}
