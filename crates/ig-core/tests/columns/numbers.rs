//! Top-coded, bottom-coded and rounded columns of every type.

use super::{act, apply, over_shapes, texts};
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, DictionaryArray, Float32Array, Float64Array, Int8Array,
    Int64Array, NullArray, UInt8Array, UInt64Array,
};
use arrow::datatypes::{DataType, Float32Type, Float64Type, Int8Type, Int64Type, UInt8Type, UInt64Type};
use ig_core::columns::ColumnAct;
use serde_json::{Value, json};
use std::sync::Arc;

fn vectors() -> Vec<Value> {
    serde_json::from_str(include_str!("../../../../tests/vectors/masking_numbers.json")).expect("vector file")
}

/// The settings of a vector as an act that sets invalid cells to null.
fn act_of(vector: &Value) -> Value {
    let mut act = vector["settings"].clone();
    act["act"] = vector["act"].clone();
    act
}

fn column_of(input: &Value) -> ArrayRef {
    match input {
        Value::String(text) => Arc::new(arrow::array::StringArray::from(vec![text.as_str()])),
        Value::Number(number) if number.is_i64() => Arc::new(Int64Array::from(vec![number.as_i64()])),
        other => Arc::new(Float64Array::from(vec![other.as_f64()])),
    }
}

fn cell_of(array: &ArrayRef) -> Value {
    match array.data_type() {
        DataType::Int64 => json!(array.as_primitive::<Int64Type>().value(0)),
        DataType::Float64 => json!(array.as_primitive::<Float64Type>().value(0)),
        _ => json!(array.as_string::<i64>().value(0)),
    }
}

#[test]
fn vectors_masking_numbers() {
    let vectors = vectors();
    assert!(vectors.len() > 500);
    for vector in vectors {
        let column = column_of(&vector["input"]);
        let made = serde_json::from_value::<ColumnAct>(act_of(&vector));
        if vector["error"] == "misuse.argument" {
            let refused = made.is_err() || apply(&act(&act_of(&vector).to_string()), column).is_err();
            assert!(refused, "{vector}");
            continue;
        }
        let act = made.expect("an act").prepare().expect("no key");
        match apply(&act, Arc::clone(&column)) {
            Ok((made, _)) => {
                assert_eq!(cell_of(&made), vector["output"], "{vector}");
                assert_eq!(*made.data_type(), act.act().output_type().data_type(column.data_type()));
            }
            Err(error) => {
                let reason = error.context().into_iter().find(|(name, _)| *name == "reason").expect("a reason").1;
                assert_eq!(reason, vector["error"], "{vector}");
            }
        }
    }
}

#[test]
fn text_of_every_shape_is_the_map_of_its_cells() {
    let cells: Vec<_> = [Some("91"), None, Some(" "), Some("90.5"), Some("old"), Some("7"), Some("7"), Some("-1")]
        .map(|cell| cell.map(str::to_owned))
        .to_vec();
    let wanted = |cells: [Option<&str>; 8]| (cells.map(|cell| cell.map(str::to_owned)).to_vec(), 1);
    let null = |json: &str| act(&json.replace('}', r#","on_invalid":"null"}"#));
    let top = over_shapes(&null(r#"{"act":"top_code","at":90}"#), &cells);
    assert_eq!(top, Ok(wanted([Some("90"), None, None, Some("90"), None, Some("7"), Some("7"), Some("-1")])));
    let bottom = over_shapes(&null(r#"{"act":"bottom_code","at":7,"label":"7 or less"}"#), &cells);
    let low = Some("7 or less");
    assert_eq!(bottom, Ok(wanted([Some("91"), None, None, Some("90.5"), None, low, low, low])));
    let round = over_shapes(&null(r#"{"act":"round_to","base":5}"#), &cells);
    assert_eq!(round, Ok(wanted([Some("90"), None, None, Some("90"), None, Some("5"), Some("5"), Some("0")])));
}

#[test]
fn each_type_stays_and_its_ends_are_exact() {
    let round = act(r#"{"act":"round_to","base":10,"on_invalid":"null"}"#);
    let (made, invalid) =
        apply(&round, Arc::new(Int8Array::from(vec![Some(127), Some(-128), Some(124), Some(-125), None])))
            .expect("taken");
    let made: Vec<_> = made.as_primitive::<Int8Type>().iter().collect();
    assert_eq!((made, invalid), (vec![None, None, Some(120), None, None], 3));
    let (made, invalid) = apply(&round, Arc::new(UInt64Array::from(vec![u64::MAX, u64::MAX - 5, 4]))).expect("taken");
    let made: Vec<_> = made.as_primitive::<UInt64Type>().iter().collect();
    assert_eq!((made, invalid), (vec![None, Some(u64::MAX - 5), Some(0)], 1));
    let (made, invalid) =
        apply(&round, Arc::new(Float32Array::from(vec![25.0, -0.1, f32::NAN, f32::INFINITY, 16_777_216.0])))
            .expect("taken");
    let made: Vec<_> = made.as_primitive::<Float32Type>().iter().collect();
    assert_eq!((made, invalid), (vec![Some(30.0), Some(0.0), None, None, Some(16_777_220.0)], 2));
    let (made, _) = apply(&round, Arc::new(NullArray::new(2))).expect("taken");
    assert_eq!((texts(&made), made.len()), (vec![None, None], 2));
    let keys = UInt8Array::from(vec![Some(1), None, Some(0), Some(1)]);
    let dictionary = DictionaryArray::<UInt8Type>::new(keys, Arc::new(Int64Array::from(vec![14, 16])));
    let (made, _) = apply(&round, Arc::new(dictionary)).expect("taken");
    assert_eq!(made.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(20), None, Some(10), Some(20)]);
}

#[test]
fn a_limit_that_the_type_cannot_hold_is_refused_whatever_the_data() {
    for (json, fits) in [
        (r#"{"act":"top_code","at":300}"#, true),
        (r#"{"act":"top_code","at":-300}"#, false),
        (r#"{"act":"bottom_code","at":-300}"#, true),
        (r#"{"act":"bottom_code","at":300}"#, false),
        (r#"{"act":"top_code","at":1.5}"#, false),
        (r#"{"act":"top_code","at":-300,"label":"low"}"#, true),
    ] {
        let done = apply(&act(json), Arc::new(Int8Array::from(vec![Some(1), None])));
        assert_eq!(done.is_ok(), fits, "{json}");
        assert!(fits || done.expect_err("refused").code() == "misuse.argument");
    }
    let wide = apply(&act(r#"{"act":"top_code","at":16777217}"#), Arc::new(Float32Array::from(vec![1.0])));
    assert_eq!(wide.expect_err("not exact").code(), "misuse.argument");
}

#[test]
fn columns_that_are_no_numbers_are_refused() {
    let columns: Vec<ArrayRef> =
        vec![Arc::new(BooleanArray::from(vec![true])), Arc::new(Decimal128Array::from(vec![1_i128]))];
    for column in columns {
        for json in [r#"{"act":"top_code","at":5}"#, r#"{"act":"round_to","base":5}"#] {
            let error = apply(&act(json), Arc::clone(&column)).expect_err("refused");
            assert_eq!(error.code(), "misuse.column_type");
        }
    }
}
