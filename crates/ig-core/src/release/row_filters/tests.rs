//! Conditions against columns of every type that engines make.

use super::*;
use arrow::array::{AsArray, Date32Array, DictionaryArray, Int32Array, StringArray, TimestampSecondArray};
use arrow::datatypes::{Field, Int32Type};
use std::sync::Arc;
use time::macros::date;

fn filter() -> RowFilter {
    RowFilter {
        field: "x".into(),
        justification: "y".into(),
        one_of: Vec::new(),
        none_of: Vec::new(),
        from: None,
        to: None,
        present: false,
    }
}

/// The rows that stay, by number; an error by its code.
fn kept(filter: RowFilter, column: ArrayRef) -> Result<Vec<i32>, &'static str> {
    let rows: ArrayRef = Arc::new((0..).take(column.len()).map(Some).collect::<Int32Array>());
    let fields = vec![Field::new("x", column.data_type().clone(), true), Field::new("row", DataType::Int32, false)];
    let schema = Arc::new(Schema::new(fields));
    let dataset = Dataset {
        name: "d".into(),
        person_level: false,
        id_field: None,
        drop_id_field: false,
        row_filter: vec![filter],
        field: Vec::new(),
    };
    let filters = RowFilters::new(&dataset, &schema).map_err(|error| error.code())?;
    let batch = RecordBatch::try_new(schema, vec![column, rows]).expect("a batch");
    let out = filters.keep(batch).map_err(|error| error.code())?;
    Ok(out.column(1).as_primitive::<Int32Type>().values().to_vec())
}

fn text(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

fn words(list: &[&str]) -> Vec<FilterValue> {
    list.iter().map(|word| FilterValue::Text((*word).to_owned())).collect()
}

#[test]
fn text_is_compared_exactly_and_nothing_meets_nothing() {
    let cells = [Some("A"), Some("a"), None, Some("B"), Some(" ")];
    assert_eq!(kept(RowFilter { one_of: words(&["A", "B"]), ..filter() }, text(&cells)), Ok(vec![0, 3]));
    assert_eq!(kept(RowFilter { none_of: words(&["A"]), ..filter() }, text(&cells)), Ok(vec![1, 3, 4]));
    assert_eq!(kept(RowFilter { present: true, ..filter() }, text(&cells)), Ok(vec![0, 1, 3]));
    let dictionary: DictionaryArray<Int32Type> = cells.into_iter().collect();
    assert_eq!(kept(RowFilter { one_of: words(&["A"]), ..filter() }, Arc::new(dictionary)), Ok(vec![0]));
    let numbers: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    assert_eq!(kept(RowFilter { one_of: words(&["1"]), ..filter() }, numbers), Err("misuse.column_type"));
}

#[test]
fn numbers_and_days_are_compared_by_value() {
    let from_to = |from, to| RowFilter { from: Some(from), to: Some(to), ..filter() };
    let two_to_four = || from_to(FilterValue::Whole(2), FilterValue::Whole(4));
    let numbers: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), Some(2), None, Some(4), Some(5)]));
    assert_eq!(kept(two_to_four(), numbers), Ok(vec![1, 3]));
    assert_eq!(kept(two_to_four(), text(&[Some("02"), Some("5"), Some(""), None])), Ok(vec![0]));
    assert_eq!(kept(two_to_four(), text(&[Some("2"), Some("two")])), Err("access.row_filter"));
    let first_days = || from_to(FilterValue::Day(date!(1970 - 01 - 02)), FilterValue::Day(date!(1970 - 01 - 03)));
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), Some(1), Some(2), Some(3), None]));
    assert_eq!(kept(first_days(), days), Ok(vec![1, 2]));
    let times: ArrayRef = Arc::new(TimestampSecondArray::from(vec![86_399, 86_400, 259_199, 259_200]));
    assert_eq!(kept(first_days(), times), Ok(vec![1, 2]));
    assert_eq!(kept(first_days(), text(&[Some("1970-01-03"), Some("1970-01-04"), None])), Ok(vec![0]));
    assert_eq!(kept(first_days(), text(&[Some("soon")])), Err("access.row_filter"));
    let none_of = RowFilter { none_of: vec![FilterValue::Whole(1)], ..filter() };
    let numbers: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), Some(2), None]));
    assert_eq!(kept(none_of, numbers), Ok(vec![1]));
}
