//! Python lists to Arrow arrays and back.

use crate::error::to_python;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float32Array, Float64Array, Int64Array, LargeStringBuilder,
    NullArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use ig_core::columns::Place;
use ig_core::{Error, MisuseError};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyBytes, PyDate, PyDateAccess, PyDateTime, PyFloat, PyInt, PyList, PyString, PyTimeAccess, PyTzInfoAccess,
};
use std::sync::Arc;
use time::{Date, Month};

/// The kinds of value that a list may hold, apart from `None`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Float,
    /// A floating-point number of `NumPy` that has the digits of 32 bits.
    ShortFloat,
    Date,
    /// A date with a time of day and no time zone.
    Time,
    Boolean,
}

/// An array of a sequence whose values are all of one kind; whole and floating numbers may mix.
pub(crate) fn array_of(values: &Bound<'_, PyAny>, name: &str) -> PyResult<ArrayRef> {
    // Text is a sequence too, of its characters; nobody means that.
    if values.is_instance_of::<PyString>() || values.is_instance_of::<PyBytes>() || values.try_iter().is_err() {
        return Err(refused(values, name, "a list of values", "a single value"));
    }
    let values: Vec<Bound<'_, PyAny>> = values.try_iter()?.collect::<PyResult<_>>()?;
    let values: Vec<_> = values.iter().map(|value| (!is_missing(value)).then_some(value)).collect();
    let mut kind = None;
    for value in values.iter().flatten() {
        kind = match (kind, kind_of(value, name)?) {
            (None, found) => Some(found),
            (Some(known), found) if known == found => Some(known),
            (Some(Kind::Integer | Kind::Float | Kind::ShortFloat), Kind::Integer | Kind::Float | Kind::ShortFloat) => {
                Some(Kind::Float)
            }
            _ => return Err(refused(value, name, "values of one kind", "a mix of kinds")),
        };
    }
    let cells = values.iter().copied();
    Ok(match kind {
        None => Arc::new(NullArray::new(values.len())),
        Some(Kind::Text) => text(cells, name)?,
        Some(Kind::Integer) => Arc::new(integers(cells, name)?),
        Some(Kind::Float) => {
            Arc::new(collect(cells, |value| floating(value, name))?.into_iter().collect::<Float64Array>())
        }
        Some(Kind::ShortFloat) => {
            Arc::new(collect(cells, |value| value.extract())?.into_iter().collect::<Float32Array>())
        }
        Some(Kind::Date) => Arc::new(collect(cells, days)?.into_iter().collect::<Date32Array>()),
        Some(Kind::Time) => Arc::new(collect(cells, microseconds)?.into_iter().collect::<TimestampMicrosecondArray>()),
        Some(Kind::Boolean) => Arc::new(collect(cells, |value| value.extract())?.into_iter().collect::<BooleanArray>()),
    })
}

/// A number as a 64-bit float; a whole number that has none of its own is refused, since two could become equal.
fn floating(value: &Bound<'_, PyAny>, name: &str) -> PyResult<f64> {
    let exact = || !value.is_instance_of::<PyInt>() || value.extract::<i64>().is_ok_and(|whole| whole.abs() <= 1 << 53);
    if !exact() {
        return Err(refused(value, name, "beside fractions, whole numbers of up to 2^53", "a larger integer"));
    }
    value.extract()
}

type Cell<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

fn collect<'a, 'py: 'a, T>(
    cells: impl Iterator<Item = Cell<'a, 'py>>,
    convert: impl Fn(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<Vec<Option<T>>> {
    cells.map(|cell| cell.map(&convert).transpose()).collect()
}

fn text<'a, 'py: 'a>(cells: impl Iterator<Item = Cell<'a, 'py>>, name: &str) -> PyResult<ArrayRef> {
    let mut out = LargeStringBuilder::new();
    for cell in cells {
        let Some(value) = cell else {
            out.append_null();
            continue;
        };
        // Python's own error would carry the text.
        let text = value.cast::<PyString>()?.to_cow();
        out.append_value(text.map_err(|_| refused(value, name, "Unicode text", "text with unpaired surrogates"))?);
    }
    Ok(Arc::new(out.finish()))
}

fn integers<'a, 'py: 'a>(cells: impl Iterator<Item = Cell<'a, 'py>>, name: &str) -> PyResult<Int64Array> {
    let convert = |value: &Bound<'py, PyAny>| {
        value.extract::<i64>().map_err(|error| {
            if error.is_instance_of::<PyOverflowError>(value.py()) {
                refused(value, name, "whole numbers from -2^63 to 2^63 - 1", "a larger integer")
            } else {
                error
            }
        })
    };
    Ok(collect(cells, convert)?.into_iter().collect())
}

/// `None` and what pandas writes for a missing value. Its missing time is a `datetime` of the year 1 by type.
fn is_missing(value: &Bound<'_, PyAny>) -> bool {
    if value.is_none() {
        return true;
    }
    if value.is_instance_of::<PyString>() || value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>() {
        return false;
    }
    value.get_type().name().is_ok_and(|name| name == "NaTType" || name == "NAType")
}

fn kind_of(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Kind> {
    if value.is_instance_of::<PyString>() {
        Ok(Kind::Text)
    } else if value.is_instance_of::<PyBool>() {
        Ok(Kind::Boolean)
    } else if value.is_instance_of::<PyInt>() {
        Ok(Kind::Integer)
    } else if value.is_instance_of::<PyFloat>() {
        Ok(Kind::Float)
    } else if is_short_float(value) {
        Ok(Kind::ShortFloat)
    } else if let Ok(time) = value.cast::<PyDateTime>() {
        match time.get_tzinfo() {
            None => Ok(Kind::Time),
            Some(_) => Err(refused(value, name, "a date, or a time without time zone", "a time with time zone")),
        }
    } else if value.is_instance_of::<PyDate>() {
        Ok(Kind::Date)
    } else if is_whole_number(value) {
        Ok(Kind::Integer)
    } else {
        let found = value.get_type().name().map_or_else(|_| "another object".to_owned(), |name| name.to_string());
        Err(refused(value, name, "str, int, float, date or None", &found))
    }
}

/// `numpy.float32` and `numpy.float16`, which are no floats of Python's own.
fn is_short_float(value: &Bound<'_, PyAny>) -> bool {
    value.get_type().name().is_ok_and(|name| name == "float32" || name == "float16")
}

/// Whole numbers of other libraries, such as `numpy`'s.
fn is_whole_number(value: &Bound<'_, PyAny>) -> bool {
    value.hasattr("__index__").unwrap_or(false) && !value.hasattr("__len__").unwrap_or(true)
}

fn refused(value: &Bound<'_, PyAny>, name: &str, expected: &str, found: &str) -> PyErr {
    let error = MisuseError::ColumnType {
        column: Place::column(name).column,
        expected: expected.to_owned(),
        found: found.to_owned(),
    };
    to_python(value.py(), &error.into())
}

fn days(value: &Bound<'_, PyAny>) -> PyResult<i32> {
    const EPOCH: i32 = 2_440_588;
    let date = value.cast::<PyDate>()?;
    let month = Month::try_from(date.get_month()).unwrap_or(Month::January);
    let date = Date::from_calendar_date(date.get_year(), month, date.get_day());
    Ok(date.map_or(0, |date| date.to_julian_day() - EPOCH))
}

fn microseconds(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let time = value.cast::<PyDateTime>()?;
    // A time of pandas can be finer than those of Python; to cut it would make different times equal.
    if value.getattr_opt("nanosecond")?.is_some_and(|rest| rest.extract().unwrap_or(1_u32) != 0) {
        return Err(refused(
            value,
            "",
            "times in whole microseconds (Arrow and Polars columns may be finer)",
            "nanoseconds",
        ));
    }
    let seconds = i64::from(days(value)?) * 86_400
        + i64::from(time.get_hour()) * 3_600
        + i64::from(time.get_minute()) * 60
        + i64::from(time.get_second());
    Ok(seconds * 1_000_000 + i64::from(time.get_microsecond()))
}

/// A time of day on a date, from microseconds since 1970; `None` where Python has no such year.
fn python_time(py: Python<'_>, microseconds: i64) -> PyResult<Option<Bound<'_, PyDateTime>>> {
    let Ok(time) = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(microseconds) * 1_000) else {
        return Ok(None);
    };
    let (date, time) = (time.date(), time.time());
    PyDateTime::new(
        py,
        date.year(),
        date.month().into(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.microsecond(),
        None,
    )
    .map(Some)
}

/// The cells of an array as Python values: text, bytes, booleans, whole and floating numbers, dates, times.
pub(crate) fn list_of<'py>(py: Python<'py>, array: &ArrayRef) -> PyResult<Bound<'py, PyList>> {
    let unsupported = |_| to_python(py, &Error::from(MisuseError::PanicInside {}));
    let integer = |kind: &DataType| kind.is_integer() && kind != &DataType::UInt64;
    let list = PyList::empty(py);
    match array.data_type() {
        DataType::Null => (0..array.len()).try_for_each(|_| list.append(py.None()))?,
        DataType::Boolean => array.as_boolean().iter().try_for_each(|cell| list.append(cell))?,
        DataType::LargeBinary => {
            let bytes = |cell: Option<&[u8]>| cell.map(|cell| PyBytes::new(py, cell));
            array.as_binary::<i64>().iter().try_for_each(|cell| list.append(bytes(cell)))?;
        }
        DataType::Date32 => {
            for cell in array.as_primitive::<Date32Type>() {
                let date = cell.and_then(|day| Date::from_julian_day(day + 2_440_588).ok());
                let date =
                    date.map(|date| PyDate::new(py, date.year(), date.month().into(), date.day())).transpose()?;
                list.append(date)?;
            }
        }
        DataType::Timestamp(_, None) => {
            let cells = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, None)).map_err(unsupported)?;
            for cell in cells.as_primitive::<TimestampMicrosecondType>() {
                list.append(cell.map(|at| python_time(py, at)).transpose()?.flatten())?;
            }
        }
        kind if integer(kind) => {
            let cells = cast(array, &DataType::Int64).map_err(unsupported)?;
            cells.as_primitive::<Int64Type>().iter().try_for_each(|cell| list.append(cell))?;
        }
        kind if kind.is_floating() => {
            let cells = cast(array, &DataType::Float64).map_err(unsupported)?;
            cells.as_primitive::<Float64Type>().iter().try_for_each(|cell| list.append(cell))?;
        }
        _ => {
            let cells = cast(array, &DataType::LargeUtf8).map_err(unsupported)?;
            cells.as_string::<i64>().iter().try_for_each(|cell| list.append(cell))?;
        }
    }
    Ok(list)
}
