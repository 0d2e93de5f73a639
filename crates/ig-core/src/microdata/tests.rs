//! The vectors, and what holds for any table.

mod vectors;

use super::*;
use crate::columns::ColumnAct;
use arrow::array::{ArrayRef, BinaryArray, DictionaryArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int8Type;
use std::sync::Arc;

fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter(columns.iter().cloned()).expect("columns of one length")
}

fn texts(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

fn band(width: u32) -> Level {
    let act = serde_json::json!({"act": "age_band", "width": width, "top": 60});
    Level::Act(serde_json::from_value::<ColumnAct>(act).expect("an act"))
}

#[test]
fn rows_are_kept_only_where_asked_for() {
    let rows = batch(&[("a", texts(&["x", "x", "y"]))]);
    let mut plain = MicrodataScan::new(&["a"], &[""; 0]).expect("scan");
    plain.add(&rows).expect("rows");
    assert_eq!(plain.finish(2).expect("figures").at_risk(), None);
    let mut keeping = MicrodataScan::new(&["a"], &[""; 0]).expect("scan").keep_rows();
    keeping.add(&rows).expect("rows");
    keeping.add(&rows.slice(0, 1)).expect("rows");
    let found = keeping.finish(3).expect("figures");
    let marks: Vec<bool> = found.at_risk().expect("kept").iter().flatten().collect();
    assert_eq!(marks, [false, false, true, false]);
    assert_eq!((found.classes_below(), found.rows_below(), found.required_k()), (1, 1, 3));
}

#[test]
fn a_dictionary_is_its_values_even_if_two_of_them_are_equal() {
    let keys = arrow::array::Int8Array::from(vec![Some(0), Some(1), Some(2), None, Some(3)]);
    let values = Arc::new(StringArray::from(vec![Some("x"), Some("y"), Some("x"), None]));
    let dictionary: ArrayRef = Arc::new(DictionaryArray::<Int8Type>::try_new(keys, values).expect("dictionary"));
    let mut scan = MicrodataScan::new(&["a"], &["s"]).expect("scan");
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 1, 2, 3, 4]));
    scan.add(&batch(&[("a", dictionary), ("s", numbers)])).expect("rows");
    let found = scan.finish(2).expect("figures");
    assert_eq!(found.histogram(), [(1, 1), (2, 2)]);
    assert_eq!(found.sensitive()[0].l_distinct, 1);
    assert_eq!(found.sensitive()[0].distance, Distance::Ordered);
}

#[test]
fn bytes_are_refused_without_the_bytes() {
    let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![b"secret".as_slice()]));
    let mut scan = MicrodataScan::new(&["a"], &[""; 0]).expect("scan");
    let error = scan.add(&batch(&[("a", bytes)])).expect_err("bytes");
    assert_eq!(error.code(), "misuse.column_type");
    assert!(!error.to_string().contains("secret"));
}

#[test]
fn suggestions_are_plain_data_and_come_from_many_batches() {
    let ages: ArrayRef = Arc::new(Int64Array::from(vec![31, 34, 38, 52, 57, 58]));
    let ladder = Ladder { column: "age".to_owned(), levels: vec![Level::Keep, band(5), band(20), Level::Omit] };
    let rows = batch(&[("age", ages)]);
    let mut scan = GeneralisationScan::new(vec![ladder.clone()]).expect("scan");
    for row in 0..rows.num_rows() {
        scan.add(&rows.slice(row, 1)).expect("a row");
    }
    let found = scan.finish(&SuggestOptions::new(3)).expect("a level");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].levels[0].1, found[0].k, found[0].classes), (&band(20), 3, 2));
    assert_eq!(found[0].discernibility, 18);
    let text = serde_json::to_string(&found[0]).expect("plain data");
    assert!(text.contains(r#"["age",{"act":"age_band","width":20,"top":60"#), "{text}");
    let again: Ladder = serde_json::from_str(&serde_json::to_string(&ladder).expect("text")).expect("ladder");
    assert_eq!(again, ladder);
}

#[test]
fn dictionaries_of_many_batches_do_not_run_out_of_keys() {
    let ladder = Ladder { column: "a".to_owned(), levels: vec![Level::Keep, Level::Omit] };
    let mut scan = GeneralisationScan::new(vec![ladder]).expect("scan");
    for piece in 0..4 {
        let words: Vec<String> = (0..100).map(|word| format!("{piece} {word}")).collect();
        let words: DictionaryArray<Int8Type> = words.iter().map(String::as_str).collect();
        scan.add(&batch(&[("a", Arc::new(words))])).expect("a batch");
    }
    assert_eq!(scan.finish(&SuggestOptions::new(5)).expect("omitted")[0].k, 400);
}
