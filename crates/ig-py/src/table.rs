//! Tables between files, frames and lists.

use crate::arrow_capsule::{engine, stream_capsule};
use crate::columns::cores;
use crate::error::{OrRaise, argument};
use crate::lists::{array_of, list_of};
use crate::panic::Work;
use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use ig_core::files;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A table in memory, offered to any Arrow consumer through the PyCapsule interface.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct Table {
    pub(crate) schema: SchemaRef,
    pub(crate) batches: Vec<RecordBatch>,
}

impl Table {
    pub(crate) fn one(batch: RecordBatch) -> Self {
        Self { schema: batch.schema(), batches: vec![batch] }
    }

    pub(crate) fn reader(&self) -> Box<dyn RecordBatchReader + Send> {
        let batches: Vec<_> = self.batches.iter().cloned().map(Ok).collect();
        Box::new(RecordBatchIterator::new(batches, Arc::clone(&self.schema)))
    }

    /// Everything as one batch.
    pub(crate) fn batch(&self, py: Python<'_>) -> PyResult<RecordBatch> {
        concat_batches(&self.schema, &self.batches).map_err(|error| engine(py, &error))
    }
}

#[pymethods]
impl Table {
    /// The table as a stream capsule; the requested schema is not used.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = requested_schema;
        // As any object: the name of a capsule's type is in Python's own stubs only since 3.13.
        stream_capsule(py, self.reader()).map(Bound::into_any)
    }

    /// The table with one column replaced by what an act makes of it, and how many cells were not valid.
    fn with_act(&self, py: Python<'_>, column: &str, act: &str) -> PyResult<(Self, u64)> {
        let act = crate::columns::parse(act).or_raise(py)?;
        let act = || act.prepare()?.with_threads(cores()).apply_to_table(&self.schema, &self.batches, column);
        let done = py.work(act).or_raise(py)?;
        Ok((Self { schema: done.schema, batches: done.batches }, done.invalid))
    }

    /// The columns as a dictionary of lists.
    fn to_lists<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = PyDict::new(py);
        let batch = self.batch(py)?;
        for (field, array) in self.schema.fields().iter().zip(batch.columns()) {
            columns.set_item(field.name(), list_of(py, array)?)?;
        }
        Ok(columns)
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        format!("Table({} rows, {} columns)", self.__len__(), self.schema.fields().len())
    }
}

/// Reads a CSV file (every column as text, empty fields as null) or a Parquet file.
///
/// Raises `MisuseError` with code `misuse.file_kind`, `misuse.unreadable`, `misuse.not_csv` or `misuse.not_parquet`.
#[pyfunction]
pub(crate) fn read_table(py: Python<'_>, path: PathBuf) -> PyResult<Table> {
    let read = py.work(|| files::read_whole_table(&path)).or_raise(py)?;
    Ok(Table { schema: read.0, batches: read.1 })
}

/// Writes a table to a new CSV or Parquet file in one step: beside it first, then renamed. `formulas` is `keep`, or
/// `escape` for text in CSV that a spreadsheet would run.
///
/// Raises `ExportError` with code `export.file_exists` or `export.write_failed`, `MisuseError` with code
/// `misuse.file_kind`.
#[pyfunction]
#[pyo3(signature = (table, path, *, overwrite = false, formulas = "keep"))]
pub(crate) fn write_table(
    py: Python<'_>,
    table: &Bound<'_, PyAny>,
    path: PathBuf,
    overwrite: bool,
    formulas: &str,
) -> PyResult<u64> {
    let reader = crate::arrow_capsule::table(table)?;
    let escape = match formulas {
        "keep" => false,
        "escape" => files::FileKind::of(&path).map_err(ig_core::Error::from).or_raise(py)? == files::FileKind::Csv,
        _ => return Err(argument(py, "formulas", "escape or keep")),
    };
    let interrupted: Mutex<Option<PyErr>> = Mutex::default();
    let reader = Outgoing { reader, interrupted: &interrupted, escape };
    let written = py.work(|| files::write_table(reader, &path, overwrite));
    match interrupted.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => written.or_raise(py).map(|summary| summary.rows),
    }
}

/// Batches between which Ctrl-C is heard, so that a file that would take long is given up and not renamed.
struct Outgoing<'a> {
    reader: Box<dyn RecordBatchReader + Send>,
    interrupted: &'a Mutex<Option<PyErr>>,
    /// Whether formulas become text.
    escape: bool,
}

impl Iterator for Outgoing<'_> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        #[allow(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
        let signals = Python::attach(|py| py.check_signals());
        let Err(error) = signals else {
            let batch = self.reader.next()?;
            let defect = |_| ArrowError::ComputeError("a column could not be written as text".to_owned());
            return Some(if self.escape {
                batch.and_then(|b| files::escape_formulas(&b).map_err(defect))
            } else {
                batch
            });
        };
        *self.interrupted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Some(Err(ArrowError::ComputeError("interrupted".to_owned())))
    }
}

impl RecordBatchReader for Outgoing<'_> {
    fn schema(&self) -> SchemaRef {
        let schema = self.reader.schema();
        if self.escape { files::escape_names(&schema) } else { schema }
    }
}

/// A table of named lists of equal length.
///
/// Raises `MisuseError` with code `misuse.column_type` or `misuse.argument`.
#[pyfunction]
pub(crate) fn table_from_lists(py: Python<'_>, columns: &Bound<'_, PyDict>) -> PyResult<Table> {
    let mut fields = Vec::with_capacity(columns.len());
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(columns.len());
    for (name, values) in columns {
        let name: String = name.extract()?;
        let array = array_of(&values, &name)?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    if arrays.is_empty() {
        return Ok(Table::one(RecordBatch::new_empty(schema)));
    }
    let batch = RecordBatch::try_new(schema, arrays);
    batch.map(Table::one).map_err(|_| argument(py, "the table", "lists of equal length"))
}
