//! Which column types each act takes, and how it refuses the others.

use super::{act, apply, pseudonymise, texts};
use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, ListArray, NullArray, StringArray, StructArray, UInt8Array,
    UInt16Array, UInt32Array, UInt64Array, new_empty_array,
};
use arrow::datatypes::{DataType, Field, Int8Type, Int64Type, TimeUnit};
use ig_core::columns::{Place, PreparedAct, every_nhs_number};
use ig_core::{Kind, OnInvalid};
use std::sync::Arc;

const SOME: i64 = 9_990_000_018;

fn number_acts() -> Vec<PreparedAct> {
    vec![
        pseudonymise(&Kind::nhs_number(), OnInvalid::Null),
        act(r#"{"act":"normalise_nhs_number","on_invalid":"null"}"#),
        act(r#"{"act":"is_nhs_number"}"#),
        act(r#"{"act":"invalid_reason"}"#),
        act(r#"{"act":"age_band","on_invalid":"null"}"#),
    ]
}

fn text_acts() -> Vec<PreparedAct> {
    let text = r#"{"act":"mask_partial"}"#;
    let postcode = r#"{"act":"postcode","to":"area","on_invalid":"null"}"#;
    vec![pseudonymise(&Kind::text(), OnInvalid::Null), act(text), act(postcode)]
}

fn date_act() -> PreparedAct {
    act(r#"{"act":"generalise_date","to":"year","on_invalid":"null"}"#)
}

/// Columns that no act but `redact` takes.
fn refused_columns() -> Vec<ArrayRef> {
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(SOME)])]);
    let inner: ArrayRef = Arc::new(StringArray::from(vec!["9990000018"]));
    let person = StructArray::from(vec![(Arc::new(Field::new("9990000018", DataType::Utf8, true)), inner)]);
    let booleans: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    let of_booleans = DictionaryArray::new(UInt8Array::from(vec![0]), Arc::clone(&booleans));
    vec![
        booleans,
        Arc::new(list),
        Arc::new(person),
        Arc::new(BinaryArray::from_vec(vec![b"9990000018"])),
        Arc::new(Decimal128Array::from(vec![i128::from(SOME)])),
        Arc::new(Float32Array::from(vec![9.99e9_f32])),
        Arc::new(of_booleans),
        new_empty_array(&DataType::Time32(TimeUnit::Second)),
        new_empty_array(&DataType::Timestamp(TimeUnit::Second, Some("UTC".into()))),
        new_empty_array(&DataType::Duration(TimeUnit::Second)),
    ]
}

#[test]
fn columns_of_no_use_are_refused_and_not_shown() {
    for act in number_acts().into_iter().chain(text_acts()).chain([date_act()]) {
        for column in refused_columns() {
            let error = apply(&act, Arc::clone(&column)).expect_err("refused");
            assert_eq!(error.code(), "misuse.column_type", "{:?} {}", act.act(), column.data_type());
            assert!(!format!("{error} {error:?}").contains("999"), "{error}");
            assert_eq!(act.check_type(column.data_type(), &super::place()).expect_err("early").code(), error.code());
        }
    }
}

#[test]
fn redact_takes_any_column_and_keeps_null() {
    let act = act(r#"{"act":"redact"}"#);
    for column in refused_columns() {
        let (out, _) = apply(&act, Arc::clone(&column)).expect("taken");
        assert_eq!(texts(&out), vec![Some("[REDACTED]".to_owned()); column.len()]);
    }
    assert_eq!(texts(&apply(&act, Arc::new(NullArray::new(2))).expect("taken").0), [None, None]);
    // A dictionary row is null by its key or by its value.
    let values = StringArray::from(vec![None, Some("x")]);
    let keys = UInt8Array::from(vec![Some(0), None, Some(1)]);
    let (out, _) = apply(&act, Arc::new(DictionaryArray::new(keys, Arc::new(values)))).expect("taken");
    assert_eq!(texts(&out), [None, None, Some("[REDACTED]".to_owned())]);
}

#[test]
fn a_null_column_stays_null() {
    for act in number_acts().into_iter().chain(text_acts()).chain([date_act()]) {
        let (out, invalid) = apply(&act, Arc::new(NullArray::new(3))).expect("taken");
        assert_eq!((texts(&out), invalid), (vec![None; 3], 0), "{:?}", act.act());
    }
}

#[test]
fn every_width_of_integer_is_the_same_number() {
    // 45 fits every width; as ten digits it is 0000000045, whose check digit does not fit, and as an age it does.
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int8Array::from(vec![Some(45), None, Some(-1)])),
        Arc::new(Int16Array::from(vec![Some(45), None, Some(-1)])),
        Arc::new(Int32Array::from(vec![Some(45), None, Some(-1)])),
        Arc::new(Int64Array::from(vec![Some(45), None, Some(i64::MIN)])),
        Arc::new(UInt8Array::from(vec![Some(45), None, Some(255)])),
        Arc::new(UInt16Array::from(vec![Some(45), None, Some(u16::MAX)])),
        Arc::new(UInt32Array::from(vec![Some(45), None, Some(u32::MAX)])),
        Arc::new(UInt64Array::from(vec![Some(45), None, Some(u64::MAX)])),
        Arc::new(Float64Array::from(vec![Some(45.0), Some(f64::NAN), Some(f64::INFINITY)])),
    ];
    let bands = act(r#"{"act":"age_band","on_invalid":"null"}"#);
    for column in columns {
        let data_type = column.data_type().clone();
        let found = apply(&bands, Arc::clone(&column)).expect("taken");
        assert_eq!((texts(&found.0), found.1), (vec![Some("45-49".to_owned()), None, None], 1), "{data_type}");
        let valid = texts(&apply(&act(r#"{"act":"is_nhs_number"}"#), column).expect("taken").0);
        assert_eq!(valid[0].as_deref(), Some("false"), "{data_type}");
        assert_eq!(valid[2].as_deref(), Some("false"), "{data_type}");
    }
}

#[test]
fn ten_digit_integers_and_floats_are_numbers() {
    let act = act(r#"{"act":"normalise_nhs_number"}"#);
    let number = || Some("9990000018".to_owned());
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![Some(SOME), None])),
        Arc::new(UInt64Array::from(vec![Some(9_990_000_018), None])),
        Arc::new(Float64Array::from(vec![Some(9_990_000_018.0), None])),
        Arc::new(Float64Array::from(vec![9_990_000_018.0, f64::NAN])),
        Arc::new(DictionaryArray::new(
            UInt8Array::from(vec![Some(0), None]),
            Arc::new(Int64Array::from(vec![SOME])) as ArrayRef,
        )),
    ];
    for column in columns {
        let (out, _) = apply(&act, Arc::clone(&column)).expect("valid");
        assert_eq!(texts(&out), [number(), None], "{}", column.data_type());
    }
    for text_only in text_acts() {
        let error = apply(&text_only, Arc::new(Int64Array::from(vec![SOME]))).expect_err("refused");
        assert_eq!(error.code(), "misuse.column_type");
    }
    let error = apply(&act, Arc::new(Date32Array::from(vec![1]))).expect_err("refused");
    assert_eq!(error.code(), "misuse.column_type");
}

#[test]
fn every_cell_must_hold_a_number() {
    let every = |column: ArrayRef| {
        let found = every_nhs_number(&column, &Place::column("n")).expect("text or numbers");
        found.map(|numbers| numbers.iter().map(|number| number.as_str().to_owned()).collect::<Vec<_>>())
    };
    let both = Some(vec!["9990000018".to_owned(), "9990000026".to_owned()]);
    assert_eq!(every(Arc::new(StringArray::from(vec!["999 000 0018", "9990000026"]))), both);
    assert_eq!(every(Arc::new(Int64Array::from(vec![SOME, 9_990_000_026]))), both);
    assert_eq!(every(Arc::new(StringArray::from(Vec::<&str>::new()))), Some(Vec::new()));
    for other in [None, Some(""), Some(" "), Some("9990000017"), Some("0000000000")] {
        assert_eq!(every(Arc::new(StringArray::from(vec![Some("9990000018"), other]))), None);
    }
    let few: DictionaryArray<Int8Type> = ["9990000018", "9990000018"].into_iter().collect();
    assert_eq!(every(Arc::new(few)), None);
    for column in refused_columns() {
        let error = every_nhs_number(&column, &Place::column("n")).expect_err("refused");
        assert_eq!(error.code(), "misuse.column_type");
    }
}
