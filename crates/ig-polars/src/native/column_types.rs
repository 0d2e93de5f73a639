//! Which types of column can be handed over at all.

use ig_core::columns::Place;
use ig_core::{Error, MisuseError};
use polars::prelude::DataType;

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
