//! Composite pseudonyms: the frozen ones, and every shape of struct column.

use super::{Cells, dictionary_u8, dictionary_u32, place, texts};
use arrow::array::{
    Array, ArrayRef, Int64Array, LargeStringArray, NullArray, StringArray, StringViewArray, StructArray,
};
use arrow::buffer::NullBuffer;
use ig_core::columns::{ColumnAct, PreparedAct, fields_column};
use ig_core::composite::{CompositePseudonymiser, CompositeSpec, Kinds};
use ig_core::{Context, Key, KeyId, Kind, PseudonymFormat, process_keys};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

fn file() -> Value {
    serde_json::from_str(include_str!("../../../../tests/vectors/composite_v1.json")).expect("vector file")
}

/// The keys of the vectors, in the ring of this process.
pub(crate) fn keys(file: &Value) -> BTreeMap<String, Arc<Key>> {
    let hex = |hex: &str| -> Vec<u8> {
        (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex")).collect()
    };
    let key = |entry: &Value| {
        let id = entry["id"].as_str().expect("id");
        let key = Key::from_bytes(KeyId::new(id).expect("id"), &hex(entry["hex"].as_str().expect("hex"))).expect("key");
        assert_eq!(key.check_value(), entry["check_value"]);
        let key = Arc::new(key);
        process_keys(|ring| ring.add(Arc::clone(&key))).expect("added");
        (id.to_owned(), key)
    };
    file["keys"].as_array().expect("keys").iter().map(key).collect()
}

fn pseudonymiser(vector: &Value, keys: &BTreeMap<String, Arc<Key>>) -> CompositePseudonymiser {
    let format = PseudonymFormat {
        length: serde_json::from_value(vector["length"].clone()).expect("length"),
        encoding: serde_json::from_value(vector["encoding"].clone()).expect("encoding"),
    };
    let context = Context::new(vector["context"].as_str().expect("text")).expect("context");
    let kinds: Kinds = serde_json::from_value(vector["kinds"].clone()).expect("kinds");
    CompositePseudonymiser::new(&keys[vector["key"].as_str().expect("id")], context, kinds, format).expect("may")
}

fn prepared(spec: &CompositeSpec, on_invalid: &str) -> PreparedAct {
    let mut value = serde_json::to_value(spec).expect("plain");
    value["act"] = "pseudonymise_fields".into();
    value["on_invalid"] = on_invalid.into();
    let act: ColumnAct = serde_json::from_value(value).expect("an act");
    act.prepare().expect("the key is here")
}

fn fields(vector: &Value) -> Cells {
    vector["fields"].as_array().expect("fields").iter().map(|field| field.as_str().map(str::to_owned)).collect()
}

fn single(pseudonymiser: &CompositePseudonymiser, fields: &Cells) -> Result<Option<String>, &'static str> {
    let fields: Vec<_> = fields.iter().map(Option::as_deref).collect();
    pseudonymiser.pseudonymise(&fields).map_err(|error| error.code())
}

#[test]
fn single_rows_have_the_frozen_pseudonyms() {
    let file = file();
    let keys = keys(&file);
    let vectors = file["vectors"].as_array().expect("vectors");
    assert!(vectors.len() > 90);
    for vector in vectors {
        let found = single(&pseudonymiser(vector, &keys), &fields(vector));
        let expected = match vector["error"].as_str() {
            Some(code) => Err(code),
            None => Ok(vector["output"].as_str().map(str::to_owned)),
        };
        assert_eq!(found, expected, "{vector}");
    }
}

/// The same rows as struct columns in every storage, and in chunks.
fn shapes(rows: &[Cells]) -> Vec<(&'static str, Vec<ArrayRef>)> {
    let column = |at: usize| -> Cells { rows.iter().map(|row| row[at].clone()).collect() };
    let width = rows[0].len();
    let of = |make: &dyn Fn(Cells) -> ArrayRef| {
        fields_column((0..width).map(|at| make(column(at))).collect()).expect("a struct")
    };
    let plain = of(&|cells| Arc::new(StringArray::from(cells)));
    let padded = |cells: Cells| [vec![Some("9990000019".into()), None], cells, vec![None]].concat();
    let with_nulls = {
        let padded = of(&|cells| Arc::new(StringArray::from(padded(cells))));
        let parts = padded.as_any().downcast_ref::<StructArray>().expect("a struct").clone().into_parts();
        let mut valid = vec![true; rows.len() + 3];
        valid[0] = false;
        let array = StructArray::new(parts.0, parts.1, Some(NullBuffer::from(valid)));
        // A null row is null whatever stands in its fields.
        array.slice(0, 1 + 1 + rows.len()).slice(2, rows.len())
    };
    vec![
        ("utf8", vec![Arc::clone(&plain)]),
        ("large", vec![of(&|cells| Arc::new(LargeStringArray::from(cells)))]),
        ("view", vec![of(&|cells| Arc::new(cells.iter().map(Option::as_deref).collect::<StringViewArray>()))]),
        ("dictionary", vec![of(&|cells| dictionary_u32(&cells))]),
        ("sliced dictionary", vec![of(&|cells| dictionary_u8(&padded(cells))).slice(2, rows.len())]),
        ("sliced fields", vec![of(&|cells| StringArray::from(padded(cells)).slice(2, rows.len()).into_array())]),
        ("sliced with null rows", vec![Arc::new(with_nulls)]),
        ("chunked", (0..rows.len()).map(|row| plain.slice(row, 1)).chain([plain.slice(0, 0)]).collect()),
    ]
}

trait IntoArray {
    fn into_array(self) -> ArrayRef;
}

impl IntoArray for StringArray {
    fn into_array(self) -> ArrayRef {
        Arc::new(self)
    }
}

#[test]
fn columns_of_every_shape_have_the_frozen_pseudonyms() {
    let file = file();
    let keys = keys(&file);
    let mut groups: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for vector in file["vectors"].as_array().expect("vectors") {
        let name = ["key", "context", "kinds", "length", "encoding"].map(|name| vector[name].to_string()).join(" ");
        groups.entry(name).or_default().push(vector);
    }
    for (name, vectors) in groups {
        let spec = pseudonymiser(vectors[0], &keys).spec().clone();
        let rows: Vec<Cells> = vectors.iter().map(|vector| fields(vector)).collect();
        let expected: Cells = vectors.iter().map(|vector| vector["output"].as_str().map(str::to_owned)).collect();
        let invalid = vectors.iter().filter(|vector| !vector["error"].is_null()).count() as u64;
        let first = vectors.iter().position(|vector| !vector["error"].is_null());
        for (shape, chunks) in shapes(&rows) {
            let done = prepared(&spec, "null").apply_chunks(&chunks, &place()).expect("taken");
            let found: Cells = done.chunks.iter().flat_map(texts).collect();
            assert_eq!((&found, done.invalid), (&expected, invalid), "{shape} {name}");
            let refused = prepared(&spec, "raise").apply_chunks(&chunks, &place());
            assert_eq!(refused.is_err(), first.is_some(), "{shape} {name}");
            if let (Err(error), Some(first)) = (refused, first) {
                assert_eq!(error.code(), "identifier.invalid_cells");
                assert!(error.context().contains(&("row", (first + 1).to_string())), "{shape} {error:?}");
                assert!(error.context().contains(&("count", invalid.to_string())), "{shape} {error:?}");
                assert!(!error.to_string().contains("9990000"), "{error}");
            }
        }
    }
}

#[test]
fn null_rows_and_columns_of_nothing_are_null() {
    let file = file();
    let keys = keys(&file);
    let act = prepared(pseudonymiser(&file["vectors"][0], &keys).spec(), "raise");
    let row = fields_column(vec![text(&["9990000018"]), text(&["RR8"])]).expect("a struct");
    let parts = row.as_any().downcast_ref::<StructArray>().expect("a struct").clone().into_parts();
    let null: ArrayRef = Arc::new(StructArray::new(parts.0, parts.1, Some(NullBuffer::from(vec![false]))));
    assert_eq!(texts(&act.apply(&null, &place()).expect("taken").0), [None]);
    let nothing: ArrayRef = Arc::new(NullArray::new(3));
    assert_eq!(texts(&act.apply(&nothing, &place()).expect("taken").0), [None, None, None]);
    let none = fields_column(vec![Arc::new(NullArray::new(1)), text(&["RR8"])]).expect("a struct");
    assert!(texts(&act.apply(&none, &place()).expect("taken").0)[0].is_some());
}

#[test]
fn numbers_may_be_whole_numbers_and_texts_may_not() {
    let file = file();
    let keys = keys(&file);
    let act = prepared(pseudonymiser(&file["vectors"][0], &keys).spec(), "raise");
    let number: ArrayRef = Arc::new(Int64Array::from(vec![9_990_000_018]));
    let whole = fields_column(vec![Arc::clone(&number), text(&["RR8"])]).expect("a struct");
    let made = texts(&act.apply(&whole, &place()).expect("taken").0);
    assert_eq!(made[0].as_deref(), file["vectors"][0]["output"].as_str());
    let swapped = fields_column(vec![text(&["9990000018"]), number]).expect("a struct");
    let error = act.apply(&swapped, &place()).expect_err("a number for text");
    assert_eq!(error.code(), "misuse.column_type");
    assert!(error.to_string().contains("field 2 of"), "{error}");
}

#[test]
fn as_many_fields_as_kinds_and_of_equal_length() {
    let file = file();
    let keys = keys(&file);
    let pseudonymiser = pseudonymiser(&file["vectors"][0], &keys);
    let act = prepared(pseudonymiser.spec(), "null");
    for count in [1, 3] {
        let column = fields_column(vec![text(&["a"]); count]).expect("a struct");
        assert_eq!(act.apply(&column, &place()).expect_err("another number").code(), "misuse.argument");
        assert_eq!(
            pseudonymiser.pseudonymise(&vec![None; count]).expect_err("another number").code(),
            "misuse.argument"
        );
    }
    assert_eq!(act.apply(&text(&["a"]), &place()).expect_err("no struct").code(), "misuse.column_type");
    for columns in [vec![], vec![text(&["a"]), text(&["a", "b"])]] {
        assert_eq!(fields_column(columns).expect_err("no struct").code(), "misuse.argument");
    }
    for count in [0, 65] {
        assert_eq!(Kinds::new(vec![Kind::text(); count]).expect_err("too few or many").code(), "misuse.argument");
    }
}

fn text(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_column_is_the_map_of_its_rows(rows in rows()) {
        let file = file();
        let keys = keys(&file);
        let pseudonymiser = pseudonymiser(&file["vectors"][0], &keys);
        let wanted: Vec<_> = rows.iter().map(|row| single(&pseudonymiser, row)).collect();
        let invalid = wanted.iter().filter(|made| made.is_err()).count() as u64;
        let wanted: Cells = wanted.into_iter().map(Result::unwrap_or_default).collect();
        for (shape, chunks) in shapes(&rows) {
            let done = prepared(pseudonymiser.spec(), "null").apply_chunks(&chunks, &place()).expect("taken");
            let found: Cells = done.chunks.iter().flat_map(texts).collect();
            prop_assert_eq!((found, done.invalid), (wanted.clone(), invalid), "{}", shape);
        }
    }
}

fn rows() -> impl Strategy<Value = Vec<Cells>> {
    let number = prop_oneof![
        2 => Just("9990000018".to_owned()),
        2 => Just("999 000 0026".to_owned()),
        1 => Just("9990000017".to_owned()),
        1 => "[ .-]{0,3}",
        1 => any::<String>(),
    ];
    let row = (proptest::option::of(number), proptest::option::of(any::<String>()));
    proptest::collection::vec(row.prop_map(|(number, text)| vec![number, text]), 1..20)
}
