//! Plain data of the core as Python dictionaries and lists.

use crate::error::to_python;
use ig_core::MisuseError;
use pyo3::prelude::*;
use serde::Serialize;

/// Anything that can be written as JSON, as Python objects.
pub(crate) fn plain<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    let text = serde_json::to_string(value).map_err(|_| to_python(py, &MisuseError::PanicInside {}.into()))?;
    py.import("json")?.call_method1("loads", (text,))
}
