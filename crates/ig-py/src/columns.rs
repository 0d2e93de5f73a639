//! Column acts on Arrow data and on lists.

use crate::arrow_capsule::{array_capsules, column, engine};
use crate::error::{OrRaise, setting};
use crate::lists::{array_of, list_of};
use crate::panic::Work;
use crate::table::Table;
use arrow::array::{Array, ArrayRef, RecordBatch, new_empty_array};
use arrow::compute::concat;
use arrow::datatypes::{DataType, Field, Schema};
use ig_core::columns::{ColumnAct, Place, fields_column};
use ig_core::{Error, MisuseError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use serde::Serialize;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// A column made by this library, offered to any Arrow consumer through the PyCapsule interface.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct Column {
    field: Field,
    chunks: Vec<ArrayRef>,
    /// How many cells were not valid and were set to null.
    #[pyo3(get)]
    invalid: u64,
}

impl Column {
    /// A column of no act, all of whose cells are valid.
    pub(crate) const fn new(field: Field, chunks: Vec<ArrayRef>) -> Self {
        Self { field, chunks, invalid: 0 }
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
        array_capsules(py, &self.field, &joined(py, &self.chunks)?)
    }

    /// A table of this column alone, whose chunks are taken over as they are where an array would be copied.
    fn as_table(&self, py: Python<'_>) -> PyResult<Table> {
        let schema = Arc::new(Schema::new(vec![self.field.clone()]));
        let batches = self.chunks.iter().map(|chunk| RecordBatch::try_new(Arc::clone(&schema), vec![chunk.clone()]));
        let batches = batches.collect::<Result<_, _>>().map_err(|error| engine(py, &error))?;
        Ok(Table { schema, batches })
    }

    /// The cells as Python values.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        list_of(py, &joined(py, &self.chunks)?)
    }

    fn __len__(&self) -> usize {
        self.chunks.iter().map(Array::len).sum()
    }

    fn __repr__(&self) -> String {
        format!("Column({} cells)", self.__len__())
    }
}

/// Chunks as one array.
pub(crate) fn joined(py: Python<'_>, chunks: &[ArrayRef]) -> PyResult<ArrayRef> {
    match chunks {
        [only] => Ok(ArrayRef::clone(only)),
        many => concat(&many.iter().map(AsRef::as_ref).collect::<Vec<_>>()).map_err(|error| engine(py, &error)),
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

/// Applies an act to several columns of one length, each with Arrow data or a sequence as of `act_on_list`.
#[pyfunction]
pub(crate) fn act_on_columns(
    py: Python<'_>,
    objects: Vec<Bound<'_, PyAny>>,
    act: &str,
    name: &str,
) -> PyResult<Column> {
    let columns = objects.iter().map(|object| whole_column(object, name)).collect::<PyResult<Vec<_>>>()?;
    run(py, &[fields_column(columns).or_raise(py)?], act, name)
}

/// A column in one piece: an object with Arrow data, or a list.
pub(crate) fn whole_column(object: &Bound<'_, PyAny>, name: &str) -> PyResult<ArrayRef> {
    if !object.hasattr("__arrow_c_array__")? && !object.hasattr("__arrow_c_stream__")? {
        return array_of(object, name);
    }
    let (field, chunks) = column(object)?;
    if chunks.is_empty() { Ok(new_empty_array(field.data_type())) } else { joined(object.py(), &chunks) }
}

fn run(py: Python<'_>, chunks: &[ArrayRef], act: &str, name: &str) -> PyResult<Column> {
    let act = parse(act).or_raise(py)?;
    let place = Place::column(name);
    let empty = [new_empty_array(&DataType::Utf8)];
    let chunks = if chunks.is_empty() { &empty } else { chunks };
    let done = py.work(|| act.prepare()?.with_threads(cores()).apply_chunks(chunks, &place)).or_raise(py)?;
    Ok(Column { field: act.output_field(name, chunks[0].data_type()), chunks: done.chunks, invalid: done.invalid })
}

/// The cores that this process may use.
pub(crate) fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

pub(crate) fn parse(act: &str) -> Result<ColumnAct, Error> {
    let plain_data = || MisuseError::Argument {
        name: "a setting of the act".to_owned(),
        expected: "text, true or false, or a finite number".to_owned(),
    };
    let value: serde_json::Value = serde_json::from_str(act).map_err(|_| plain_data())?;
    // A name that is none could be anything, so it is not shown.
    let plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let name = value["act"].as_str().filter(plain).unwrap_or("the act").to_owned();
    setting(&format!("a setting of {name}"), value)
}

pub(crate) fn act_text(py: Python<'_>, act: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(act).map_err(|_| Error::from(MisuseError::PanicInside {})).or_raise(py)
}
