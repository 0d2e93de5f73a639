//! Column acts on Arrow data and on lists.

use crate::arrow_capsule::{array_capsules, column, engine};
use crate::error::{OrRaise, setting};
use crate::lists::{array_of, list_of};
use arrow::array::ArrayRef;
use arrow::compute::concat;
use arrow::datatypes::{DataType, Field};
use ig_core::columns::{ColumnAct, Place};
use ig_core::{Error, MisuseError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

/// A column made by this library, offered to any Arrow consumer through the PyCapsule interface.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct Column {
    field: Field,
    array: ArrayRef,
    /// How many cells were not valid and were set to null.
    #[pyo3(get)]
    invalid: u64,
}

impl Column {
    /// A column of no act, all of whose cells are valid.
    pub(crate) fn new(name: &str, array: ArrayRef) -> Self {
        Self { field: Field::new(name, array.data_type().clone(), true), array, invalid: 0 }
    }
}

#[pymethods]
impl Column {
    /// The Arrow array as two capsules; the requested schema is not used.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let _ = requested_schema;
        array_capsules(py, &self.field, &self.array)
    }

    /// The cells as Python values.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        list_of(py, &self.array)
    }

    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __repr__(&self) -> String {
        format!("Column({} cells)", self.array.len())
    }
}

/// Reads an act from its settings as JSON text, and returns it in full.
///
/// Raises `MisuseError` with code `misuse.argument`.
#[pyfunction]
pub(crate) fn check_act(py: Python<'_>, act: &str) -> PyResult<String> {
    let act = parse(act).or_raise(py)?;
    act_text(py, &act)
}

/// Applies an act to any object that offers an Arrow column.
#[pyfunction]
pub(crate) fn act_on_column(py: Python<'_>, object: &Bound<'_, PyAny>, act: &str, name: &str) -> PyResult<Column> {
    let (_, chunks) = column(object)?;
    run(py, &chunks, act, name)
}

/// Applies an act to a sequence of `str`, `int`, `float`, `date` and `None`.
#[pyfunction]
pub(crate) fn act_on_list(py: Python<'_>, values: &Bound<'_, PyAny>, act: &str, name: &str) -> PyResult<Column> {
    let array = array_of(values, name)?;
    run(py, &[array], act, name)
}

fn run(py: Python<'_>, chunks: &[ArrayRef], act: &str, name: &str) -> PyResult<Column> {
    let act = parse(act).or_raise(py)?;
    let place = Place::column(name);
    let empty = [arrow::array::new_empty_array(&DataType::Utf8)];
    let chunks = if chunks.is_empty() { &empty } else { chunks };
    let done = py.detach(|| act.prepare()?.apply_chunks(chunks, &place)).or_raise(py)?;
    let array = match &done.chunks[..] {
        [only] => ArrayRef::clone(only),
        many => concat(&many.iter().map(AsRef::as_ref).collect::<Vec<_>>()).map_err(|error| engine(py, &error))?,
    };
    Ok(Column { field: act.output_field(name), array, invalid: done.invalid })
}

pub(crate) fn parse(act: &str) -> Result<ColumnAct, Error> {
    let value: serde_json::Value = serde_json::from_str(act).map_err(|_| MisuseError::PanicInside {})?;
    // A name that is none could be anything, so it is not shown.
    let plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let name = value["act"].as_str().filter(plain).unwrap_or("the act").to_owned();
    setting(&format!("a setting of {name}"), value)
}

pub(crate) fn act_text(py: Python<'_>, act: &ColumnAct) -> PyResult<String> {
    serde_json::to_string(act).map_err(|_| Error::from(MisuseError::PanicInside {})).or_raise(py)
}
