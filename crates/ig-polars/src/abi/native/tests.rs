//! Nothing is copied, nothing leaks, and nothing is let go twice.

use super::*;
use arrow::array::{AsArray, Int64Array, StringViewArray};
use arrow::buffer::{Buffer, ScalarBuffer};
use arrow::datatypes::{DataType, Int64Type};
use polars::prelude::NamedFrom;
use std::ptr::NonNull;
use std::sync::Arc;

const ROWS: usize = 4;

/// A column whose buffer tells when it is let go.
fn counted(count: &Arc<()>) -> ArrayRef {
    struct Owned(Vec<i64>, #[allow(dead_code, reason = "held for its count")] Arc<()>);
    let owned = Arc::new(Owned(vec![0, 1, 2, 3], Arc::clone(count)));
    let pointer = NonNull::new(owned.0.as_ptr().cast_mut()).expect("not null").cast();
    // SAFETY: the numbers live as long as `owned`, which the buffer holds.
    let buffer = unsafe { Buffer::from_custom_allocation(pointer, ROWS * size_of::<i64>(), owned) };
    Arc::new(Int64Array::new(ScalarBuffer::new(buffer, 0, ROWS), None))
}

fn field(data_type: DataType) -> Field {
    Field::new("x", data_type, true)
}

#[test]
fn a_column_goes_there_and_back_in_the_same_memory_and_is_let_go_once() {
    let count = Arc::new(());
    let chunks = vec![counted(&count), counted(&count)];
    let address = chunks[1].as_primitive::<Int64Type>().values().as_ptr();
    let series = series_of(&field(DataType::Int64), chunks).expect("given");
    assert_eq!((series.len(), series.n_chunks(), Arc::strong_count(&count)), (2 * ROWS, 2, 3));
    let (field, chunks) = chunks_of(&series).expect("taken");
    assert_eq!((field.name().as_str(), field.data_type()), ("x", &DataType::Int64));
    drop(series);
    // The arrays alone keep the memory alive now.
    let second = chunks[1].as_primitive::<Int64Type>();
    assert_eq!((second.values().as_ptr(), second.value(3), Arc::strong_count(&count)), (address, 3, 3));
    drop(chunks);
    assert_eq!(Arc::strong_count(&count), 1);
}

#[test]
fn what_is_taken_many_times_is_let_go_as_often() {
    let count = Arc::new(());
    let series = series_of(&field(DataType::Int64), vec![counted(&count)]).expect("given");
    let taken: Vec<_> = (0..100).map(|_| chunks_of(&series).expect("taken")).collect();
    assert_eq!((taken.len(), Arc::strong_count(&count)), (100, 2));
    drop(taken);
    assert_eq!(Arc::strong_count(&count), 2);
    drop(series);
    assert_eq!(Arc::strong_count(&count), 1);
}

#[test]
fn chunks_of_another_type_than_the_field_are_refused_and_let_go() {
    let count = Arc::new(());
    let other: ArrayRef = Arc::new(StringViewArray::from(vec!["a"]));
    let error = series_of(&field(DataType::Int64), vec![counted(&count), other]).expect_err("refused");
    assert_eq!((error.code(), Arc::strong_count(&count)), ("misuse.defect", 1));
}

#[test]
fn a_column_that_an_act_refuses_is_let_go() {
    let count = Arc::new(());
    let series = series_of(&field(DataType::Int64), vec![counted(&count), counted(&count)]).expect("given");
    let act = ig_core::columns::ColumnAct::GeneraliseDate {
        to: ig_core::mask::DateLevel::Month,
        on_invalid: ig_core::OnInvalid::Raise,
    };
    let (_, chunks) = chunks_of(&series).expect("taken");
    assert_eq!(crate::act::chunks_after(&act, "x", &chunks).expect_err("refused").code(), "misuse.column_type");
    drop((series, chunks));
    assert_eq!(Arc::strong_count(&count), 1);
}

#[test]
fn no_chunks_make_an_empty_column() {
    for data_type in [DataType::Utf8View, DataType::BinaryView, DataType::Boolean, DataType::Date32] {
        let series = series_of(&field(data_type), Vec::new()).expect("empty");
        assert_eq!((series.len(), series.name().as_str()), (0, "x"));
    }
}

#[test]
fn text_is_taken_as_views_without_a_copy() {
    let long = "a text of more than twelve bytes lies outside the view";
    let series = Series::new("x".into(), [Some(long), None, Some("short")]);
    let (field, chunks) = chunks_of(&series).expect("taken");
    assert_eq!(field.data_type(), &DataType::Utf8View);
    let taken = chunks[0].as_string_view();
    assert_eq!(taken.iter().collect::<Vec<_>>(), [Some(long), None, Some("short")]);
    let engine = series.str().expect("text").get(0).expect("a cell").as_ptr();
    assert_eq!(taken.value(0).as_ptr(), engine);
}
