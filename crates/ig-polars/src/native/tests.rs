//! Plays a Rust pipeline. What is expected comes from the core's own acts on Arrow arrays that are made by hand, never
//! through the conversion that is tested.

mod acts;
mod all_acts;
mod errors;
mod plans;
mod types;

use super::*;
use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::{DataType as ArrowType, Date32Type, Float64Type, Int64Type};
use polars::prelude::{AnyValue, DataFrame, IntoLazy, NamedFrom, col};
use std::sync::Arc;

/// The same cells for both sides.
fn text(cells: &[Option<&str>]) -> (Series, ArrayRef) {
    (Series::new("x".into(), cells), Arc::new(StringArray::from(cells.to_vec())))
}

fn frame(series: &Series) -> DataFrame {
    DataFrame::new_infer_height(vec![series.clone().into()]).expect("one column")
}

fn collected(series: &Series, act: &ColumnAct) -> PolarsResult<Series> {
    let done = frame(series).lazy().select([col("x").ig(act.clone())]).collect()?;
    Ok(done.column("x")?.as_materialized_series().clone())
}

/// The message, with what the engine says after it about the expression.
fn refused(result: PolarsResult<Series>) -> String {
    match result.map_err(PolarsError::context_trace) {
        Err(PolarsError::ComputeError(message)) => message.to_string(),
        other => panic!("not refused as it should be: {other:?}"),
    }
}

fn cells(series: &Series) -> Vec<Option<String>> {
    let cell = |value| match value {
        AnyValue::Null => None,
        AnyValue::String(text) => Some(text.to_owned()),
        AnyValue::Binary(bytes) => Some(format!("{bytes:?}")),
        AnyValue::Boolean(yes) => Some(yes.to_string()),
        AnyValue::Int64(number) => Some(number.to_string()),
        AnyValue::Float64(number) => Some(number.to_string()),
        AnyValue::Date(day) => Some(format!("day {day}")),
        other => panic!("not expected here: {}", other.dtype()),
    };
    series.iter().map(cell).collect()
}

fn arrow_cells(chunk: &ArrayRef) -> Vec<Option<String>> {
    let cell = |row| match chunk.data_type() {
        ArrowType::LargeUtf8 => chunk.as_string::<i64>().value(row).to_owned(),
        ArrowType::LargeBinary => format!("{:?}", chunk.as_binary::<i64>().value(row)),
        ArrowType::Boolean => chunk.as_boolean().value(row).to_string(),
        ArrowType::Int64 => chunk.as_primitive::<Int64Type>().value(row).to_string(),
        ArrowType::Float64 => chunk.as_primitive::<Float64Type>().value(row).to_string(),
        ArrowType::Date32 => format!("day {}", chunk.as_primitive::<Date32Type>().value(row)),
        other => panic!("not expected here: {other}"),
    };
    (0..chunk.len()).map(|row| chunk.is_valid(row).then(|| cell(row))).collect()
}
