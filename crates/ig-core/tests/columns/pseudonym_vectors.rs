//! The frozen pseudonyms, one by one and as columns.

use super::{Cells, apply, over_shapes, texts};
use arrow::array::{ArrayRef, Float64Array, Int64Array};
use ig_core::columns::PreparedAct;
use ig_core::{
    Context, IdentifierError, Key, KeyId, Kind, NhsNumber, OnInvalid, PseudonymFormat, PseudonymSpec, Pseudonymiser,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

fn file() -> Value {
    let text = include_str!("../../../../tests/vectors/pseudonym_v1.json");
    serde_json::from_str(text).expect("vector file")
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().expect("text")
}

fn keys(file: &Value) -> BTreeMap<&str, Key> {
    let hex = |vector: &Value| -> Vec<u8> {
        let hex = text(vector, "hex").to_owned();
        (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex")).collect()
    };
    let key = |vector| Key::from_bytes(KeyId::new(text(vector, "id")).expect("id"), &hex(vector)).expect("key");
    file["keys"].as_array().expect("keys").iter().map(|vector| (text(vector, "id"), key(vector))).collect()
}

fn pseudonymiser(vector: &Value, keys: &BTreeMap<&str, Key>) -> Pseudonymiser {
    let format = PseudonymFormat {
        length: serde_json::from_value(vector["length"].clone()).expect("length"),
        encoding: serde_json::from_value(vector["encoding"].clone()).expect("encoding"),
    };
    let context = Context::new(text(vector, "context")).expect("context");
    Pseudonymiser::new(&keys[text(vector, "key")], context, Kind::new(text(vector, "kind")).expect("kind"), format)
        .expect("may")
}

fn vectors(file: &Value) -> &Vec<Value> {
    let vectors = file["vectors"].as_array().expect("vectors");
    assert!(vectors.len() > 100);
    vectors
}

fn expected(vector: &Value) -> Result<Option<String>, &str> {
    match vector["error"].as_str() {
        Some(code) => Err(code),
        None => Ok(vector["output"].as_str().map(str::to_owned)),
    }
}

#[test]
fn check_values_are_the_frozen_ones() {
    let file = file();
    let keys = keys(&file);
    for vector in file["keys"].as_array().expect("keys") {
        assert_eq!(keys[text(vector, "id")].check_value(), text(vector, "check_value"));
    }
    assert_eq!(keys.len(), 3);
}

#[test]
fn single_values_have_the_frozen_pseudonyms() {
    let file = file();
    let keys = keys(&file);
    for vector in vectors(&file) {
        let pseudonymiser = pseudonymiser(vector, &keys);
        let of_number = |number: Result<NhsNumber, IdentifierError>| {
            number.map(|number| Some(pseudonymiser.pseudonymise_nhs_number(number)))
        };
        let found = match &vector["input"] {
            Value::Null => Ok(None),
            Value::String(text) => pseudonymiser.pseudonymise(text),
            Value::Number(number) => match number.as_i64() {
                Some(integer) => of_number(NhsNumber::from_integer(integer)),
                None => of_number(NhsNumber::from_float(number.as_f64().expect("a float"))),
            },
            other => panic!("{other}"),
        };
        assert_eq!(found.clone().map_err(|error| error.code()), expected(vector), "{vector}");
        if let Value::String(text) = &vector["input"] {
            assert_eq!(pseudonymiser.pseudonymise_text(text), found.unwrap_or_default(), "{vector}");
        }
    }
}

#[test]
fn columns_of_every_shape_have_the_frozen_pseudonyms() {
    let file = file();
    let keys = keys(&file);
    let mut groups: BTreeMap<String, (&Value, Cells, Cells, u64)> = BTreeMap::new();
    for vector in vectors(&file).iter().filter(|vector| !vector["input"].is_number()) {
        let name = ["key", "context", "kind", "length", "encoding"].map(|name| vector[name].to_string()).join(" ");
        let (_, inputs, outputs, invalid) = groups.entry(name).or_insert((vector, Vec::new(), Vec::new(), 0));
        // A null beside every value, and every value twice, so that neighbours are equal now and then.
        let cell = vector["input"].as_str().map(str::to_owned);
        inputs.extend([cell.clone(), None, cell.clone(), cell]);
        let output = expected(vector).unwrap_or_default();
        outputs.extend([output.clone(), None, output.clone(), output]);
        *invalid += 3 * u64::from(expected(vector).is_err());
    }
    assert!(groups.len() > 30);
    for (name, (vector, inputs, outputs, invalid)) in groups {
        let column = |on_invalid| PreparedAct::pseudonymise(pseudonymiser(vector, &keys), on_invalid);
        assert_eq!(over_shapes(&column(OnInvalid::Null), &inputs), Ok((outputs.clone(), invalid)), "{name}");
        match over_shapes(&column(OnInvalid::Raise), &inputs) {
            Ok(found) => assert_eq!((found, invalid), ((outputs, 0), 0), "{name}"),
            Err(error) => {
                let row = inputs.iter().zip(&outputs).position(|(cell, out)| {
                    out.is_none() && cell.as_deref().is_some_and(|cell| NhsNumber::parse(cell).is_err() && !blank(cell))
                });
                let row = row.expect("an invalid cell") + 1;
                let context = error.context();
                assert!(context.contains(&("count", invalid.to_string())), "{context:?}");
                assert!(context.contains(&("row", row.to_string())), "{context:?} {row}");
            }
        }
    }
}

fn blank(cell: &str) -> bool {
    cell.chars().all(|c| c.is_whitespace() || " \t.-\u{a0}\u{2007}\u{202f}\u{2010}\u{2011}".contains(c))
}

#[test]
fn columns_of_numbers_have_the_frozen_pseudonyms() {
    let file = file();
    let keys = keys(&file);
    let mut seen = 0;
    for vector in vectors(&file).iter().filter(|vector| vector["input"].is_number()) {
        let act = PreparedAct::pseudonymise(pseudonymiser(vector, &keys), OnInvalid::Null);
        let input = &vector["input"];
        let mut columns: Vec<ArrayRef> = vec![Arc::new(Float64Array::from(vec![None, input.as_f64(), None]))];
        if let Some(integer) = input.as_i64() {
            columns.push(Arc::new(Int64Array::from(vec![None, Some(integer), None])));
        }
        for column in columns {
            let (out, invalid) = apply(&act, column).expect("taken");
            assert_eq!(texts(&out), [None, expected(vector).unwrap_or_default(), None], "{vector}");
            assert_eq!(invalid, u64::from(expected(vector).is_err()), "{vector}");
        }
        seen += 1;
    }
    assert!(seen >= 5);
}

#[test]
fn the_public_part_of_a_pseudonym_is_plain_data() {
    let file = file();
    let keys = keys(&file);
    for vector in vectors(&file) {
        let spec = pseudonymiser(vector, &keys).spec().clone();
        let json = serde_json::to_string(&spec).expect("plain");
        assert_eq!(serde_json::from_str::<PseudonymSpec>(&json).expect("read"), spec);
        assert!(file["keys"].as_array().expect("keys").iter().all(|key| !json.contains(text(key, "hex"))));
    }
}

#[test]
fn names_outside_the_specification_are_refused() {
    for context in ["", "a\nb", "a\u{7f}", "\0", &"x".repeat(256), &"é".repeat(128)] {
        assert_eq!(Context::new(context).expect_err("context").code(), "misuse.argument");
    }
    for kind in ["", "A", "1a", "_a", "a-b", "nhs number", "é", &"k".repeat(65)] {
        assert_eq!(Kind::new(kind).expect_err("kind").code(), "misuse.argument");
    }
}
