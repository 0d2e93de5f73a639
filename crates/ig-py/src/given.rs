//! Arguments of any kind, refused with a code where they are of a wrong one.

use crate::error::argument;
use pyo3::prelude::*;
use pyo3::types::PyBool;

/// An argument as it was given.
pub(crate) type Given<'py> = Bound<'py, PyAny>;

/// The argument as another type; the error shows nothing of it.
pub(crate) fn taken<'py, T: for<'a> FromPyObject<'a, 'py>>(
    given: Given<'py>,
    name: &str,
    expected: &str,
) -> PyResult<T> {
    given.extract().map_err(|_| argument(given.py(), name, expected))
}

/// A text.
pub(crate) fn text(given: Given<'_>, name: &str) -> PyResult<String> {
    taken(given, name, "text")
}

/// A whole number, which `True` is not.
pub(crate) fn whole<'py, T: for<'a> FromPyObject<'a, 'py>>(
    given: Given<'py>,
    name: &str,
    expected: &str,
) -> PyResult<T> {
    if given.is_instance_of::<PyBool>() {
        return Err(argument(given.py(), name, expected));
    }
    taken(given, name, expected)
}
