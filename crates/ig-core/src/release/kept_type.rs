//! Whether the cells of a field that is kept are of the kind that the agreement states.

use super::plain_cells::{is_date_or_time, is_text, value_type};
use crate::Postcode;
use crate::agreement::FieldType;
use crate::mask::parse_date;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};

/// Whether a column of this type can hold values of the kind at all.
pub(super) fn column_suits(kind: FieldType, data_type: &DataType) -> bool {
    let values = value_type(data_type);
    let number = values.is_integer() || values.is_floating();
    is_text(values)
        || *values == DataType::Null
        || match kind {
            FieldType::NhsNumber | FieldType::Integer => number,
            FieldType::Code | FieldType::Text => values.is_integer(),
            FieldType::Decimal => number || values.is_decimal(),
            FieldType::Boolean => *values == DataType::Boolean || values.is_integer(),
            FieldType::Date | FieldType::Datetime => is_date_or_time(values),
            FieldType::FreeText | FieldType::Postcode => false,
        }
}

/// How many cells are of another kind. Missing ones, and blank text, are of every kind.
pub(super) fn misfits(kind: FieldType, column: &ArrayRef) -> u64 {
    // A dictionary's values stand for all its rows.
    let dictionary = column.as_any_dictionary_opt().map(|dictionary| dictionary.values().clone());
    let column = dictionary.as_ref().unwrap_or(column);
    let values = column.data_type();
    if is_text(values) {
        return misfit_texts(kind, column);
    }
    match kind {
        FieldType::Integer | FieldType::NhsNumber if values.is_floating() => {
            let Ok(numbers) = cast(column, &DataType::Float64) else { return column.len() as u64 };
            count(numbers.as_primitive::<Float64Type>().iter().flatten(), |number| {
                number.is_nan() || number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0
            })
        }
        FieldType::Boolean if values.is_integer() => {
            let Ok(numbers) = cast(column, &DataType::Float64) else { return column.len() as u64 };
            count(numbers.as_primitive::<Float64Type>().iter().flatten(), |number| {
                number.total_cmp(&0.0).is_eq() || number.total_cmp(&1.0).is_eq()
            })
        }
        // A time of day in a column of dates would leave with it.
        FieldType::Date if !matches!(values, DataType::Date32 | DataType::Null) => times_of_day(column),
        _ => 0,
    }
}

fn misfit_texts(kind: FieldType, column: &ArrayRef) -> u64 {
    let fits = |text: &str| is_plain_code(kind, text) || text.trim().is_empty() || fits(kind, text);
    match column.data_type() {
        DataType::Utf8 => count(column.as_string::<i32>().iter().flatten(), fits),
        DataType::LargeUtf8 => count(column.as_string::<i64>().iter().flatten(), fits),
        _ => count(column.as_string_view().iter().flatten(), fits),
    }
}

/// A short code of visible ASCII characters, as nearly all are: fits without a closer look.
fn is_plain_code(kind: FieldType, text: &str) -> bool {
    let short = matches!(kind, FieldType::Code | FieldType::Text) && text.len() <= 64;
    short && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn count<T>(cells: impl Iterator<Item = T>, fits: impl Fn(T) -> bool) -> u64 {
    cells.filter_map(|cell| (!fits(cell)).then_some(())).count() as u64
}

/// Cells that are not midnight.
fn times_of_day(column: &ArrayRef) -> u64 {
    let days = cast(column, &DataType::Date32).and_then(|days| cast(&days, column.data_type()));
    let Ok(days) = days else { return column.len() as u64 };
    let (days, times) = (days.to_data(), column.to_data());
    (0..column.len()).filter(|&row| days.slice(row, 1) != times.slice(row, 1)).count() as u64
}

fn fits(kind: FieldType, text: &str) -> bool {
    let trimmed = text.trim();
    match kind {
        FieldType::NhsNumber | FieldType::FreeText => true,
        FieldType::Code => trimmed.len() <= 64 && !trimmed.chars().any(char::is_whitespace),
        FieldType::Text => text.len() <= 255 && !trimmed.chars().any(char::is_control),
        FieldType::Integer => trimmed.parse::<i64>().is_ok(),
        FieldType::Decimal => trimmed.parse::<f64>().is_ok_and(f64::is_finite),
        FieldType::Boolean => {
            ["0", "1", "true", "false", "y", "n", "yes", "no"].iter().any(|word| trimmed.eq_ignore_ascii_case(word))
        }
        FieldType::Date => parse_date(trimmed).is_ok(),
        FieldType::Datetime => is_datetime(trimmed),
        FieldType::Postcode => Postcode::parse(trimmed).is_ok(),
    }
}

/// A day, or a day and a time of it: `2026-11-22T09:30`, with seconds, fractions and an offset if there are any.
fn is_datetime(text: &str) -> bool {
    let Some((day, time)) = text.split_once(['T', ' ']) else { return parse_date(text).is_ok() };
    let time = time.trim_end_matches('Z');
    let time = time.split_once(['+', '-']).map_or(time, |(time, _)| time);
    let mut parts = time.split(':');
    let mut part =
        |below: f64| parts.next().is_some_and(|part| part.parse::<f64>().is_ok_and(|n| n >= 0.0 && n < below));
    let hours_and_minutes = part(24.0) && part(60.0);
    let seconds = time.matches(':').count() < 2 || part(61.0);
    parse_date(day).is_ok() && hours_and_minutes && seconds && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, TimestampSecondArray};
    use std::sync::Arc;

    fn text(cells: &[&str]) -> ArrayRef {
        Arc::new(StringArray::from(cells.to_vec()))
    }

    #[test]
    fn text_is_held_against_its_kind() {
        use FieldType as T;
        let cases: [(T, &[&str], &[&str]); 9] = [
            (T::Code, &["RR8", "A-1_b/2", ""], &["two words", &"x".repeat(65)]),
            (T::Text, &["two words"], &["two\nlines", &"x".repeat(256)]),
            (T::FreeText, &["anything\nat all"], &[]),
            (T::Integer, &["12", " -3 ", "+4"], &["1.5", "x", "1e3", "99999999999999999999"]),
            (T::Decimal, &["12", "-3.5", "1e3"], &["x", "inf", "nan", "1,5"]),
            (T::Boolean, &["0", "1", "Y", "no", "TRUE"], &["2", "maybe"]),
            (T::Date, &["2026-11-22"], &["22 people", "2026-13-01", "2026-11-22T10:00"]),
            (
                T::Datetime,
                &[
                    "2026-11-22",
                    "2026-11-22T09:30",
                    "2026-11-22 09:30:59.5",
                    "2026-11-22T09:30:00Z",
                    "2026-11-22T09:30:00+01:00",
                ],
                &["2026-11-22T25:00", "2026-11-22T09", "2026-11-22T09:30:00:00", "T09:30"],
            ),
            (T::Postcode, &["LS1 4AP", "ZZ99 3VZ"], &["Leeds", "LS1"]),
        ];
        for (kind, good, bad) in cases {
            assert_eq!(misfits(kind, &text(good)), 0, "{kind:?}");
            for cell in bad {
                assert_eq!(misfits(kind, &text(&[cell])), 1, "{kind:?} {cell}");
            }
        }
    }

    #[test]
    fn other_columns_are_held_against_it_too() {
        use FieldType as T;
        let whole: ArrayRef = Arc::new(Int64Array::from(vec![Some(0), Some(1), None, Some(7)]));
        let float: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 1.5, f64::NAN]));
        let truth: ArrayRef = Arc::new(BooleanArray::from(vec![true, false]));
        let day: ArrayRef = Arc::new(Date32Array::from(vec![1, 2]));
        let time: ArrayRef = Arc::new(TimestampSecondArray::from(vec![86_400, 86_401]));
        let suits = |kind, column: &ArrayRef| column_suits(kind, column.data_type());
        assert!(
            suits(T::Integer, &whole)
                && suits(T::Code, &whole)
                && !suits(T::Date, &whole)
                && !suits(T::Postcode, &whole)
        );
        assert!(
            suits(T::Decimal, &float)
                && !suits(T::Code, &float)
                && !suits(T::Text, &truth)
                && suits(T::Boolean, &truth)
        );
        assert!(suits(T::Date, &day) && suits(T::Datetime, &time) && !suits(T::Integer, &day));
        assert_eq!((misfits(T::Integer, &float), misfits(T::Boolean, &whole), misfits(T::Integer, &whole)), (1, 1, 0));
        assert_eq!((misfits(T::Date, &time), misfits(T::Datetime, &time), misfits(T::Date, &day)), (1, 0, 0));
    }
}
