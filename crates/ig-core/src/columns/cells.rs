//! Walks the cells of a column of any accepted type: the only place that looks at data types.

use super::invalid::Place;
use crate::error::{Error, MisuseError};
use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Int64Array, LargeStringArray, PrimitiveArray, StringArray, StringViewArray,
    UInt64Array,
};
use arrow::compute::cast;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt64Type,
};
use std::sync::Arc;

/// One cell.
#[derive(Clone, Copy)]
pub(super) enum Cell<'a> {
    Text(&'a str),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    /// Days since 1 January 1970.
    Day(i32),
}

/// Which kinds of column an act takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepts {
    /// Text, or whole numbers as tools make them of identifiers.
    TextOrNumbers,
    /// Text alone.
    Text,
    /// Text, dates and times.
    TextOrDates,
}

impl Accepts {
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::TextOrNumbers => "text, or whole numbers as integer or 64-bit float",
            Self::Text => "text (cast it yourself, so that the written form is your choice)",
            Self::TextOrDates => "a date, a time without time zone, or text YYYY-MM-DD",
        }
    }
}

/// A column brought to one of a few shapes.
pub(super) enum Cells {
    Text(ArrayRef),
    Integer(Int64Array),
    Unsigned(UInt64Array),
    Float(PrimitiveArray<Float64Type>),
    Day(Date32Array),
    /// Distinct values, and for each row which of them it has.
    Dictionary {
        values: Box<Cells>,
        keys: Vec<Option<usize>>,
    },
    Null(usize),
}

impl Cells {
    /// Takes a column if the act takes its type.
    pub(super) fn of(array: &ArrayRef, accepts: Accepts, place: &Place) -> Result<Self, Error> {
        use DataType as T;
        let numbers = accepts == Accepts::TextOrNumbers;
        let dates = accepts == Accepts::TextOrDates;
        let refused = || column_type(place, accepts.expected(), array.data_type());
        Ok(match array.data_type() {
            T::Null => Self::Null(array.len()),
            T::Utf8 | T::LargeUtf8 | T::Utf8View => Self::Text(Arc::clone(array)),
            T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 if numbers => {
                Self::Integer(cast_to::<Int64Type>(array, place)?)
            }
            T::UInt64 if numbers => Self::Unsigned(cast_to::<UInt64Type>(array, place)?),
            T::Float64 if numbers => Self::Float(cast_to::<Float64Type>(array, place)?),
            T::Date32 if dates => Self::Day(array.as_primitive::<Date32Type>().clone()),
            T::Date64 if dates => Self::Day(days::<Date64Type>(array, 86_400_000)),
            T::Timestamp(unit, None) if dates => Self::Day(match unit {
                TimeUnit::Second => days::<TimestampSecondType>(array, 86_400),
                TimeUnit::Millisecond => days::<TimestampMillisecondType>(array, 86_400_000),
                TimeUnit::Microsecond => days::<TimestampMicrosecondType>(array, 86_400_000_000),
                TimeUnit::Nanosecond => days::<TimestampNanosecondType>(array, 86_400_000_000_000),
            }),
            T::Dictionary(_, _) => {
                let dictionary = array.as_any_dictionary();
                let keys = cast(dictionary.keys(), &T::UInt64).map_err(|_| refused())?;
                let keys = keys.as_primitive::<UInt64Type>().iter().map(|key| key.map(|k| k as usize)).collect();
                match Self::of(dictionary.values(), accepts, place) {
                    Ok(Self::Dictionary { .. }) => return Err(refused()),
                    values => Self::Dictionary { values: Box::new(values?), keys },
                }
            }
            _ => return Err(refused()),
        })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Text(array) => array.len(),
            Self::Integer(array) => array.len(),
            Self::Unsigned(array) => array.len(),
            Self::Float(array) => array.len(),
            Self::Day(array) => array.len(),
            Self::Dictionary { keys, .. } => keys.len(),
            Self::Null(length) => *length,
        }
    }

    /// Visits every cell in order; the values of a dictionary, not its rows.
    ///
    /// All cells come from one place in the code, so that `visit` is compiled into the loop and a cell never passes
    /// through memory, which takes longer than looking at it.
    #[inline]
    pub(super) fn visit(&self, visit: &mut impl FnMut(Option<Cell<'_>>)) {
        if let Self::Dictionary { values, .. } = self {
            return values.visit(visit);
        }
        let typed = Typed::of(self);
        for row in 0..self.len() {
            visit(typed.cell(row));
        }
    }
}

/// The arrays of a column by their types.
enum Typed<'a> {
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Integer(&'a Int64Array),
    Unsigned(&'a UInt64Array),
    Float(&'a PrimitiveArray<Float64Type>),
    Day(&'a Date32Array),
    Nothing,
}

impl<'a> Typed<'a> {
    fn of(cells: &'a Cells) -> Self {
        match cells {
            Cells::Text(array) => match array.data_type() {
                DataType::Utf8 => Self::Text(array.as_string()),
                DataType::LargeUtf8 => Self::LargeText(array.as_string()),
                _ => Self::TextView(array.as_string_view()),
            },
            Cells::Integer(array) => Self::Integer(array),
            Cells::Unsigned(array) => Self::Unsigned(array),
            Cells::Float(array) => Self::Float(array),
            Cells::Day(array) => Self::Day(array),
            Cells::Dictionary { .. } | Cells::Null(_) => Self::Nothing,
        }
    }

    #[allow(clippy::inline_always, reason = "called, it returns its cell through memory; measured")]
    #[inline(always)]
    fn cell(&self, row: usize) -> Option<Cell<'a>> {
        match self {
            Self::Text(array) => (!array.is_null(row)).then(|| Cell::Text(array.value(row))),
            Self::LargeText(array) => (!array.is_null(row)).then(|| Cell::Text(array.value(row))),
            Self::TextView(array) => (!array.is_null(row)).then(|| Cell::Text(array.value(row))),
            Self::Integer(array) => (!array.is_null(row)).then(|| Cell::Integer(array.value(row))),
            Self::Unsigned(array) => (!array.is_null(row)).then(|| Cell::Unsigned(array.value(row))),
            Self::Float(array) => (!array.is_null(row)).then(|| Cell::Float(array.value(row))),
            Self::Day(array) => (!array.is_null(row)).then(|| Cell::Day(array.value(row))),
            Self::Nothing => None,
        }
    }
}

fn cast_to<T: ArrowPrimitiveType>(array: &ArrayRef, place: &Place) -> Result<PrimitiveArray<T>, Error> {
    let cast = cast(array, &T::DATA_TYPE)
        .map_err(|_| column_type(place, "values within the range of its type", array.data_type()))?;
    Ok(cast.as_primitive::<T>().clone())
}

/// The day of each time, rounded down also before 1970, which a cast does not do for every type. A time too far
/// away to have a day becomes a day that is no date, so that it is counted as invalid.
fn days<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef, a_day: i64) -> Date32Array {
    array.as_primitive::<T>().unary(|time| i32::try_from(time.div_euclid(a_day)).unwrap_or(i32::MAX))
}

/// The rows of a dictionary column as a column of its values' type; other columns as they are.
pub(super) fn unpacked(array: &ArrayRef, place: &Place) -> Result<ArrayRef, Error> {
    let DataType::Dictionary(_, values) = array.data_type() else { return Ok(Arc::clone(array)) };
    cast(array, values).map_err(|_| column_type(place, "a categorical of text, numbers or dates", array.data_type()))
}

pub(super) fn column_type(place: &Place, expected: &str, found: &DataType) -> Error {
    MisuseError::ColumnType {
        column: place.column.clone(),
        expected: expected.to_owned(),
        found: type_name(found).to_owned(),
    }
    .into()
}

/// The name of a type without the field names that nested types hold.
fn type_name(data_type: &DataType) -> &'static str {
    use DataType as T;
    match data_type {
        T::Null => "null",
        T::Boolean => "boolean",
        T::Int8 | T::Int16 | T::Int32 | T::Int64 => "integer",
        T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => "unsigned integer",
        T::Float16 | T::Float32 => "32-bit float, which cannot hold ten digits",
        T::Float64 => "64-bit float",
        T::Utf8 | T::LargeUtf8 | T::Utf8View => "text",
        T::Binary | T::LargeBinary | T::BinaryView | T::FixedSizeBinary(_) => "bytes",
        T::Date32 | T::Date64 => "date",
        T::Timestamp(_, None) => "time",
        T::Timestamp(_, Some(_)) => "time with time zone",
        T::Time32(_) | T::Time64(_) => "time of day",
        T::Duration(_) | T::Interval(_) => "duration",
        T::Dictionary(_, _) => "categorical of something other than text",
        T::Struct(_) => "struct",
        T::List(_) | T::LargeList(_) | T::FixedSizeList(_, _) | T::ListView(_) | T::LargeListView(_) => "list",
        T::Decimal32(_, _) | T::Decimal64(_, _) | T::Decimal128(_, _) | T::Decimal256(_, _) => "decimal",
        _ => "a nested type",
    }
}
