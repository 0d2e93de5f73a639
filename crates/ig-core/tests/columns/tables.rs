//! Tables that come as record batches, suppressed.

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, Float64Array, Int64Array, RecordBatch, StringArray, StructArray, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema};
use ig_core::Error;
use ig_core::columns::{CellTable, Repeats, suppress_cells};
use ig_core::suppression::{SuppressOptions, SuppressionPolicy};
use std::sync::Arc;

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).expect("batch")
}

fn rows(by: &[Option<&str>], n: ArrayRef) -> RecordBatch {
    batch(vec![("org", Arc::new(StringArray::from(by.to_vec())) as ArrayRef), ("n", n)])
}

fn counts(n: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(n.to_vec()))
}

fn added(batches: &[RecordBatch], count: Option<&str>) -> Result<CellTable, Error> {
    let mut cells = CellTable::new(&["org".to_owned()], count, Repeats::Add);
    batches.iter().try_for_each(|batch| cells.add(batch)).map(|()| cells)
}

fn published(batches: &[RecordBatch], count: Option<&str>) -> RecordBatch {
    let policy = SuppressionPolicy::preset("hes").expect("preset");
    let table = suppress_cells(&added(batches, count).expect("added"), &policy, &SuppressOptions::default(), &|_| {
        std::ops::ControlFlow::Continue(())
    });
    table.expect("suppressed").publish("n").expect("published")
}

#[test]
fn parts_of_a_cell_in_two_batches_are_added_before_they_are_judged() {
    let first = rows(&[Some("A"), Some("B"), None], counts(&[Some(4), Some(4), Some(100)]));
    let second = rows(&[Some("B"), Some("A"), Some("C")], counts(&[Some(1), Some(6), Some(0)]));
    let table = published(&[first, second], Some("n"));
    let orgs: Vec<_> = table.column(0).as_string::<i32>().iter().collect();
    assert_eq!(orgs, [Some("A"), Some("B"), None, Some("C")]);
    assert_eq!(table.column(1).as_ref(), counts(&[Some(10), None, Some(100), Some(0)]).as_ref());
    let display: Vec<_> = table.column(2).as_string::<i64>().iter().flatten().collect();
    assert_eq!(display, ["10", "*", "100", "0"]);
    assert_eq!(table.num_columns(), 3);
}

#[test]
fn a_second_row_of_a_cell_is_refused_where_each_row_is_one_cell() {
    let mut cells = CellTable::new(&["org".to_owned()], Some("n"), Repeats::Refuse);
    cells.add(&rows(&[Some("A"), Some("B")], counts(&[Some(4), Some(5)]))).expect("distinct");
    let error = cells.add(&rows(&[Some("C"), Some("B")], counts(&[Some(6), Some(7)]))).expect_err("repeated");
    assert_eq!(error.code(), "policy.duplicate_cell");
    assert_eq!(error.context(), vec![("first", "2".to_owned()), ("second", "4".to_owned())]);
}

#[test]
fn rows_are_counted_where_there_is_no_count() {
    let column = |n: usize| Arc::new(StringArray::from(vec!["A"; n])) as ArrayRef;
    let table = published(&[batch(vec![("org", column(7))])], None);
    assert!(table.column(1).is_null(0));
    let table = published(&[batch(vec![("org", column(7))]), batch(vec![("org", column(5))])], None);
    assert_eq!(table.column(1).as_ref(), counts(&[Some(10)]).as_ref());
}

#[test]
fn errors_name_the_row_of_the_whole_table() {
    let good = rows(&[Some("A"), Some("B")], counts(&[Some(1), None]));
    let row = |bad: Vec<Option<i64>>| {
        let bad = rows(&[Some("A"), Some("B"), Some("C")], counts(&bad));
        let error = added(&[good.clone(), good.clone(), bad], Some("n")).map(|_| ()).expect_err("refused");
        (error.code(), error.context())
    };
    assert_eq!(row(vec![Some(1), Some(-1), None]), ("policy.negative_count", vec![("row", "6".to_owned())]));
    assert_eq!(row(vec![Some(i64::MAX), None, None]), ("policy.count_too_large", vec![("row", "5".to_owned())]));
}

#[test]
fn counts_that_are_not_whole_numbers_are_refused() {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Float64Array::from(vec![1.0])),
        Arc::new(UInt64Array::from(vec![u64::MAX])),
        Arc::new(StringArray::from(vec!["*"])),
        Arc::new(StringArray::from(vec!["1.5"])),
        Arc::new(StringArray::from(vec!["9999999999999999999"])),
        Arc::new(StringArray::from(vec![""])),
        Arc::new(BinaryArray::from_vec(vec![b"5"])),
    ];
    for column in columns {
        let data_type = column.data_type().clone();
        let error = added(&[rows(&[Some("A")], column)], Some("n")).map(|_| ()).expect_err("refused");
        assert_eq!(error.code(), "misuse.column_type", "{data_type}");
    }
    let text: ArrayRef = Arc::new(StringArray::from(vec![Some("0012"), Some("-5")]));
    let error = added(&[rows(&[Some("A"), Some("A")], text)], Some("n")).map(|_| ()).expect_err("negative part");
    assert_eq!(error.code(), "policy.negative_count");
}

#[test]
fn keys_without_a_text_do_not_fall_into_one_cell() {
    let bytes: ArrayRef = Arc::new(BinaryArray::from_vec(vec![&[0xff], &[0xfe]]));
    let inner: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
    let nested: ArrayRef = Arc::new(StructArray::from(vec![(Arc::new(Field::new("x", DataType::Utf8, true)), inner)]));
    for key in [bytes, nested] {
        let error = added(&[batch(vec![("org", key)])], None).map(|_| ()).expect_err("refused");
        assert_eq!(error.code(), "misuse.column_type");
    }
}

#[test]
fn a_missing_or_doubled_column_is_refused() {
    let other = batch(vec![("region", Arc::new(StringArray::from(vec!["A"])) as ArrayRef)]);
    let error = added(&[other], None).map(|_| ()).expect_err("missing");
    assert_eq!(error.code(), "misuse.column_missing");
    assert!(error.to_string().contains("region"), "{error}");
    let field = Field::new("org", DataType::Utf8, true);
    let column: ArrayRef = Arc::new(StringArray::from(vec!["A"]));
    let schema = Arc::new(Schema::new(vec![field.clone(), field]));
    let twice = RecordBatch::try_new(schema, vec![Arc::clone(&column), column]).expect("batch");
    assert_eq!(added(&[twice], None).map(|_| ()).expect_err("twice").code(), "misuse.argument");
    // Without its header the first person's row stands where the names should be.
    let cells =
        ["Smith", "M13 9PL", "9990000018"].map(|name| (name, Arc::new(StringArray::from(vec!["x"])) as ArrayRef));
    let error = added(&[batch(cells.to_vec())], None).map(|_| ()).expect_err("missing");
    assert!(!error.to_string().contains("Smith") && !error.to_string().contains("999"), "{error}");
}
