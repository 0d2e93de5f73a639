//! Columns of tables of counts, whatever their type: keys as text, counts as whole numbers.

use super::invalid::shown_name;
use super::schema::column_position;
use crate::error::{Error, MisuseError};
use arrow::array::{Array, AsArray, Int64Array, LargeStringArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

pub(super) fn text_of(batch: &RecordBatch, name: &str) -> Result<LargeStringArray, Error> {
    let column = batch.column(column_position(&batch.schema(), name)?);
    let refused = || MisuseError::ColumnType {
        column: shown_name(name),
        expected: "a type that can be written as text".to_owned(),
        found: "of bytes, or a nested type".to_owned(),
    };
    if column.data_type().is_nested() && !matches!(column.data_type(), DataType::Dictionary(_, _)) {
        return Err(refused().into());
    }
    let text = cast(column, &DataType::LargeUtf8).map_err(|_| refused())?;
    // Values without a text would all fall into the one cell of null.
    if text.null_count() > column.logical_null_count() {
        return Err(refused().into());
    }
    Ok(text.as_string::<i64>().clone())
}

/// Counts as whole numbers: integers, or text of digits as a CSV holds them.
pub(super) fn counts_of(batch: &RecordBatch, name: &str) -> Result<Int64Array, Error> {
    let column = batch.column(column_position(&batch.schema(), name)?);
    let refused = |found: &str| {
        Error::from(MisuseError::ColumnType {
            column: shown_name(name),
            expected: "whole numbers up to 2^63 - 1, not yet suppressed or rounded".to_owned(),
            found: found.to_owned(),
        })
    };
    match column.data_type() {
        DataType::Null => Ok(Int64Array::new_null(column.len())),
        kind if kind.is_integer() => {
            let counts = cast(column, &DataType::Int64).map_err(|_| refused("a larger integer"))?;
            if counts.null_count() > column.null_count() {
                return Err(refused("a larger integer"));
            }
            Ok(counts.as_primitive::<Int64Type>().clone())
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let text = text_of(batch, name)?;
            let parsed = text.iter().map(|cell| cell.map(|cell| whole_number(cell).ok_or(())).transpose());
            parsed.collect::<Result<Int64Array, ()>>().map_err(|()| refused("text with something else in it"))
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => Err(refused("floating-point numbers")),
        _ => Err(refused("another type")),
    }
}

fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
