//! The acts on columns: vectors, properties, types and settings.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod composite;
mod dates;
mod debug;
mod nhs_number_vectors;
mod numbers;
mod paths;
mod properties;
mod pseudonym_vectors;
mod rows;
mod scrub_vectors;
mod secrets;
mod settings;
mod shifted;
mod tables;
mod tokens;
mod types;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, LargeStringArray, StringArray, StringViewArray, UInt8Array, UInt32Array,
    new_empty_array,
};
use arrow::datatypes::{DataType, Int64Type, UInt8Type, UInt32Type};
use ig_core::columns::{ColumnAct, Place, PreparedAct};
use ig_core::{Context, Error, Key, KeyId, Kind, OnInvalid, PseudonymFormat, Pseudonymiser};
use std::sync::Arc;

pub(crate) type Cells = Vec<Option<String>>;

pub(crate) fn place() -> Place {
    Place::column("nhs_number")
}

pub(crate) fn test_key() -> Key {
    let bytes: Vec<u8> = (0..32).collect();
    Key::from_bytes(KeyId::new("counting").expect("id"), &bytes).expect("key")
}

pub(crate) fn pseudonymiser(kind: &Kind) -> Pseudonymiser {
    let context = Context::new("DSA-2026-014").expect("context");
    Pseudonymiser::new(&test_key(), context, kind.clone(), PseudonymFormat::default()).expect("may")
}

pub(crate) fn pseudonymise(kind: &Kind, on_invalid: OnInvalid) -> PreparedAct {
    PreparedAct::pseudonymise(pseudonymiser(kind), on_invalid)
}

pub(crate) fn act(json: &str) -> PreparedAct {
    serde_json::from_str::<ColumnAct>(json).expect("an act").prepare().expect("no key needed")
}

#[allow(clippy::needless_pass_by_value, reason = "callers make the array in place")]
pub(crate) fn apply(act: &PreparedAct, array: ArrayRef) -> Result<(ArrayRef, u64), Error> {
    act.apply(&array, &place())
}

/// Text of a text column, hex of a binary one.
pub(crate) fn texts(array: &ArrayRef) -> Cells {
    match array.data_type() {
        DataType::LargeBinary => {
            let hex = |cell: &[u8]| cell.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            array.as_binary::<i64>().iter().map(|cell| cell.map(hex)).collect()
        }
        DataType::LargeUtf8 => array.as_string::<i64>().iter().map(|cell| cell.map(str::to_owned)).collect(),
        DataType::Boolean => array.as_boolean().iter().map(|cell| cell.map(|b| b.to_string())).collect(),
        DataType::Int64 => array.as_primitive::<Int64Type>().iter().map(|cell| cell.map(|n| n.to_string())).collect(),
        other => panic!("an act made {other}"),
    }
}

/// The same cells as every kind of text column that engines hand over, in one chunk or several.
pub(crate) fn shapes(cells: &[Option<String>]) -> Vec<(&'static str, Vec<ArrayRef>)> {
    let plain: ArrayRef = Arc::new(StringArray::from(cells.to_vec()));
    let mut padded = vec![None, Some("not a number".to_owned()), Some("9990000026".to_owned())];
    padded.extend_from_slice(cells);
    padded.extend([Some("another".to_owned()), None]);
    let slice = |array: ArrayRef| array.slice(3, cells.len());
    let mut chunks: Vec<ArrayRef> = cells.chunks(3).map(|some| slice_of(some.to_vec())).collect();
    chunks.insert(chunks.len() / 2, new_empty_array(&DataType::Utf8));
    vec![
        ("utf8", vec![Arc::clone(&plain)]),
        ("large", vec![Arc::new(LargeStringArray::from(cells.to_vec()))]),
        ("view", vec![Arc::new(cells.iter().map(Option::as_deref).collect::<StringViewArray>())]),
        ("sliced", vec![slice(Arc::new(StringArray::from(padded.clone())))]),
        ("sliced large", vec![slice(Arc::new(LargeStringArray::from(padded.clone())))]),
        ("sliced view", vec![slice(Arc::new(padded.iter().map(Option::as_deref).collect::<StringViewArray>()))]),
        ("chunked", chunks),
        ("dictionary u8", vec![dictionary_u8(cells)]),
        ("dictionary u32", vec![dictionary_u32(cells)]),
        ("sliced dictionary", vec![slice(dictionary_u32(&padded))]),
    ]
}

fn slice_of(cells: Cells) -> ArrayRef {
    let mut longer = vec![Some("before".to_owned())];
    longer.extend(cells);
    let length = longer.len() - 1;
    Arc::new(StringArray::from(longer).slice(1, length))
}

/// Values with one that no row has and that is not valid, one that is null and stands for null, and each cell's.
fn values_of(cells: &[Option<String>]) -> (Cells, Vec<Option<usize>>) {
    let mut values = vec![Some("9990000019 no row has this".to_owned()), None];
    let mut keys = Vec::new();
    for (row, cell) in cells.iter().enumerate() {
        keys.push(match cell {
            None if row % 2 == 0 => None,
            None => Some(1),
            Some(_) => Some(values.iter().skip(2).position(|value| value == cell).map_or_else(
                || {
                    values.push(cell.clone());
                    values.len() - 1
                },
                |at| at + 2,
            )),
        });
    }
    (values, keys)
}

pub(crate) fn dictionary_u8(cells: &[Option<String>]) -> ArrayRef {
    let (values, keys) = values_of(cells);
    let keys: UInt8Array = keys.into_iter().map(|key| key.map(|k| u8::try_from(k).expect("few values"))).collect();
    Arc::new(DictionaryArray::<UInt8Type>::new(keys, Arc::new(StringArray::from(values))))
}

pub(crate) fn dictionary_u32(cells: &[Option<String>]) -> ArrayRef {
    let (values, keys) = values_of(cells);
    let keys: UInt32Array = keys.into_iter().map(|key| key.map(|k| u32::try_from(k).expect("few values"))).collect();
    Arc::new(DictionaryArray::<UInt32Type>::new(keys, Arc::new(LargeStringArray::from(values))))
}

fn lengths_of(chunks: &[ArrayRef]) -> Vec<usize> {
    chunks.iter().map(Array::len).collect()
}

/// Runs the act over every shape; all must agree.
pub(crate) fn over_shapes(act: &PreparedAct, cells: &[Option<String>]) -> Result<(Cells, u64), Error> {
    let mut agreed: Option<Result<(Cells, u64), Error>> = None;
    for (name, chunks) in shapes(cells) {
        let result = act.apply_chunks(&chunks, &place()).map(|done| {
            let lengths = lengths_of(&done.chunks);
            assert_eq!(lengths, lengths_of(&chunks), "{name}");
            let wanted = |column: &ArrayRef| act.act().output_type().data_type(column.data_type());
            let as_said = |(made, column): (&ArrayRef, &ArrayRef)| *made.data_type() == wanted(column);
            assert!(done.chunks.iter().zip(&chunks).all(as_said), "{name}");
            (done.chunks.iter().flat_map(texts).collect(), done.invalid)
        });
        match &agreed {
            None => agreed = Some(result),
            Some(first) => assert_eq!(&result, first, "{name} differs from the whole column"),
        }
    }
    agreed.expect("there are shapes")
}
