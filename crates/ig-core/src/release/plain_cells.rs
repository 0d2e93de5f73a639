//! Text, whole numbers and days of a column, whatever engine made it.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use time::Date;

/// The Julian day of 1 January 1970.
const EPOCH: i32 = 2_440_588;

/// What the values of a column are, below any dictionary.
pub(super) fn value_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => values,
        other => other,
    }
}

pub(super) const fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

pub(super) const fn is_date_or_time(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _))
}

/// Every cell of a text column; other columns have none.
pub(super) fn texts(array: &ArrayRef) -> Vec<Option<&str>> {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().collect(),
        DataType::Utf8View => array.as_string_view().iter().collect(),
        _ => Vec::new(),
    }
}

/// A column without its dictionary.
pub(super) fn unpacked(array: &ArrayRef) -> Option<ArrayRef> {
    let values = value_type(array.data_type());
    if values == array.data_type() { Some(array.clone()) } else { cast(array, values).ok() }
}

/// The whole numbers of a column of them; none where a number does not fit 64 bits.
pub(super) fn wholes(array: &ArrayRef) -> Option<Vec<Option<i64>>> {
    let numbers = cast(array, &DataType::Int64).ok()?;
    (numbers.null_count() == array.logical_null_count()).then(|| numbers.as_primitive::<Int64Type>().iter().collect())
}

/// The days of a column of dates or times.
pub(super) fn days(array: &ArrayRef) -> Option<Vec<Option<Date>>> {
    let days = cast(array, &DataType::Date32).ok()?;
    let date = |day: i32| day.checked_add(EPOCH).and_then(|day| Date::from_julian_day(day).ok());
    let read = |day: Option<i32>| day.map_or(Some(None), |day| date(day).map(Some));
    days.as_primitive::<Date32Type>().iter().map(read).collect()
}
