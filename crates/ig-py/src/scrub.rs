//! Name lists, and the table of what is found in free text.

use crate::arrow_capsule::column;
use crate::error::{OrRaise, setting, to_python};
use crate::lists::array_of;
use crate::panic::Work;
use crate::table::Table;
use arrow::array::ArrayRef;
use ig_core::columns::{Offsets, Place, scrub_findings};
use ig_core::scrub::{ScrubSettings, forget_name_list, register_name_list};
use ig_core::{Error, MisuseError};
use pyo3::prelude::*;
use std::sync::Arc;

/// Names of people that `scrub_text` is to find, kept in this process under an id.
///
/// Names are found in any case, with or without accents, hyphens and apostrophes, surname first, and by the parts of
/// a full name. The names never come back: expressions, plans and errors hold the id and a check value of four hex
/// digits, and the object cannot be printed, copied or pickled with its names.
///
/// It does not find nicknames, misspelt names, initials or people who are not on the list.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct NameList(Arc<ig_core::scrub::NameList>);

#[pymethods]
impl NameList {
    /// Makes a list and registers it in this process.
    ///
    /// Raises `MisuseError` with code `misuse.argument` or `misuse.names_conflict`.
    #[new]
    #[pyo3(signature = (names, *, id))]
    fn new(py: Python<'_>, names: Vec<String>, id: &str) -> PyResult<Self> {
        let list = py.work(|| ig_core::scrub::NameList::new(id, names)).or_raise(py)?;
        let list = Arc::new(list);
        register_name_list(Arc::clone(&list)).or_raise(py)?;
        Ok(Self(list))
    }

    /// The public id.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// Four hex digits by which two processes see that they have the same list.
    #[getter]
    fn check_value(&self) -> &str {
        self.0.check_value()
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("NameList(id='{}', check_value='{}', {} names)", self.0.id(), self.0.check_value(), self.0.len())
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Err(to_python(py, &Error::from(MisuseError::NamesNotPicklable {})))
    }

    fn __copy__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.__reduce__(py)
    }

    fn __deepcopy__(&self, py: Python<'_>, _memo: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.__reduce__(py)
    }
}

/// Takes a name list out of this process by its id, so that plans and pickles can no longer use it.
///
/// Returns whether there was one.
#[pyfunction]
pub(crate) fn forget_names(names_id: &str) -> bool {
    forget_name_list(names_id)
}

/// What is found in an Arrow column of free text.
#[pyfunction]
pub(crate) fn findings_in_column(py: Python<'_>, object: &Bound<'_, PyAny>, settings: &str) -> PyResult<Table> {
    let (_, chunks) = column(object)?;
    findings(py, &chunks, settings)
}

/// What is found in a sequence of texts.
#[pyfunction]
pub(crate) fn findings_in_list(py: Python<'_>, values: &Bound<'_, PyAny>, settings: &str) -> PyResult<Table> {
    findings(py, &[array_of(values, "")?], settings)
}

fn findings(py: Python<'_>, chunks: &[ArrayRef], settings: &str) -> PyResult<Table> {
    let value: serde_json::Value =
        serde_json::from_str(settings).map_err(|_| Error::from(MisuseError::PanicInside {})).or_raise(py)?;
    let settings: ScrubSettings = setting("a setting of scrub_text", value).or_raise(py)?;
    let found = py.work(|| scrub_findings(chunks, &settings, Offsets::Characters, &Place::column("")));
    found.or_raise(py).map(Table::one)
}
