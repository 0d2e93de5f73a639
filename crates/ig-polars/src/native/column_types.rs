//! Which types of column can be handed over at all, and in which form.

use ig_core::columns::Place;
use ig_core::{Error, MisuseError};
use polars::prelude::{DataType, Field, PolarsResult, Series};
use std::borrow::Cow;

/// Refuses columns that have no form in Arrow, such as Rust objects or 128-bit numbers: the engine would hand over
/// its own memory, or panic. What an act makes of the others is for the act to say.
pub(super) fn check_known(name: &str, data_type: &DataType) -> Result<(), Error> {
    if is_known(data_type) {
        return Ok(());
    }
    let Place { column, .. } = Place::batch(name);
    Err(MisuseError::ColumnType {
        column,
        expected: "a type that Arrow has, such as text, numbers or dates".to_owned(),
        found: kind(data_type).to_owned(),
    }
    .into())
}

#[allow(clippy::match_same_arms)] // one line for each family of types
fn is_known(data_type: &DataType) -> bool {
    use DataType as T;
    match data_type {
        T::Struct(fields) => fields.iter().all(|field| is_known(field.dtype())),
        T::Boolean | T::String | T::Binary | T::Null | T::Categorical(..) | T::Enum(..) => true,
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => true,
        T::Float32 | T::Float64 | T::Decimal(..) | T::Date | T::Datetime(..) | T::Duration(_) | T::Time => true,
        // Lists, and arrays where that feature of `polars` is on.
        nested => nested.inner_dtype().is_some_and(is_known),
    }
}

/// The outermost type alone: the fields of a struct have names, which may be data.
fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Struct(_) => "a struct with a field of such a type",
        DataType::List(_) => "a list of such a type",
        DataType::Int128 | DataType::UInt128 => "a 128-bit number",
        DataType::Float16 => "a 16-bit number",
        _ => "a type of this engine alone",
    }
}

/// A column of nothing but nulls in a struct, as text: within a struct the two crates of Arrow disagree on its form.
pub(super) fn without_null_fields(series: &Series) -> PolarsResult<Cow<'_, Series>> {
    match series.dtype() {
        DataType::Struct(fields) if fields.iter().any(|field| field.dtype().is_null()) => {
            let as_text = |field: &Field| match field.dtype() {
                DataType::Null => Field::new(field.name().clone(), DataType::String),
                _ => field.clone(),
            };
            series.cast(&DataType::Struct(fields.iter().map(as_text).collect())).map(Cow::Owned)
        }
        _ => Ok(Cow::Borrowed(series)),
    }
}
