//! Core errors as the exceptions of `nhs_ig.errors`.

use ig_core::{Error, MisuseError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The Python exception of an error: the class of its group with message, code and context.
pub(crate) fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    let made = || -> PyResult<Bound<'_, PyAny>> {
        let context = PyDict::new(py);
        for (name, value) in error.context() {
            context.set_item(name, value)?;
        }
        let class = py.import("nhs_ig.errors")?.getattr(format!("{}Error", error.group()))?;
        class.call1((error.to_string(), error.code(), context))
    };
    made().map_or_else(|failed| failed, PyErr::from_value)
}

/// Converts any error of the core.
pub(crate) trait OrRaise<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T, E: Into<Error>> OrRaise<T> for Result<T, E> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| to_python(py, &error.into()))
    }
}

/// A `misuse.argument` error.
pub(crate) fn argument(py: Python<'_>, name: &str, expected: &str) -> PyErr {
    to_python(py, &MisuseError::Argument { name: name.to_owned(), expected: expected.to_owned() }.into())
}

/// A setting given as plain data.
pub(crate) fn setting<T: DeserializeOwned>(name: &str, value: impl Serialize) -> Result<T, Error> {
    serde_json::to_value(value).and_then(serde_json::from_value).map_err(|error| {
        MisuseError::Argument { name: name.to_owned(), expected: without_value(&error.to_string()) }.into()
    })
}

/// Settings given as one JSON object, all of which have a default; the error names the one that does not fit.
pub(crate) fn settings<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    let refused = |name: &str, message: &str| -> Error {
        let name = match name {
            "total_label" => "total",
            "candidates" => "min_candidates",
            name => name,
        };
        MisuseError::Argument { name: name.to_owned(), expected: without_value(message) }.into()
    };
    let all: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(json).map_err(|_| refused("options", "settings by name"))?;
    serde_json::from_value(all.clone().into()).map_err(|error| {
        let alone = |(name, value): (String, serde_json::Value)| {
            let one = serde_json::Map::from_iter([(name.clone(), value)]);
            serde_json::from_value::<T>(one.into()).err().map(|error| refused(&name, &error.to_string()))
        };
        all.into_iter().find_map(alone).unwrap_or_else(|| refused("options", &error.to_string()))
    })
}

/// The part of a parser's message that says what was expected, without the value that was found and in plain words.
fn without_value(message: &str) -> String {
    let expected = message.rsplit_once("expected ").map_or(message, |(_, expected)| expected);
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        _ => expected.to_owned(),
    }
}
