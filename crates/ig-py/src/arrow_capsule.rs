//! Arrow data from and to Python objects through the PyCapsule interface.
//!
//! A capsule is a pointer with a name. Its content is moved out at most once: a capsule that was consumed
//! before is refused, as is one with another name.
#![allow(unsafe_code)]

use crate::error::to_python;
use arrow::array::{ArrayReader, ArrayRef, AsArray, RecordBatchReader, make_array};
use arrow::datatypes::{DataType, Field};
use arrow::error::ArrowError;
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use arrow::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream, RecordBatchStreamReader};
use ig_core::MisuseError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use std::ffi::{CStr, c_char, c_void};
use std::ptr::NonNull;

const STREAM: &CStr = c"arrow_array_stream";
const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";

/// The field and chunks of a column.
pub(crate) fn column(object: &Bound<'_, PyAny>) -> PyResult<(Field, Vec<ArrayRef>)> {
    if let Some(stream) = stream(object)? {
        let py = object.py();
        let read = py.detach(move || {
            let reader = ArrayStreamReader::try_new(stream)?;
            let field = reader.field().as_ref().clone();
            Ok::<_, ArrowError>((field, reader.collect::<Result<Vec<_>, _>>()?))
        });
        let read = read.map_err(|error| engine(py, &error))?;
        return Ok(if object.hasattr("nhs_ig_only_column")? { only_column(read) } else { read });
    }
    let (field, array) = array(object)?;
    Ok((field, vec![array]))
}

/// The one column of a table whose rows came as structs: the Python side marks a table that stands for a column.
fn only_column((field, rows): (Field, Vec<ArrayRef>)) -> (Field, Vec<ArrayRef>) {
    let DataType::Struct(fields) = field.data_type() else { return (field, rows) };
    let Some(only) = fields.first() else { return (field, rows) };
    let chunks = rows.iter().filter_map(|chunk| chunk.as_struct_opt()).map(|chunk| ArrayRef::clone(chunk.column(0)));
    (only.as_ref().clone(), chunks.collect())
}

/// The record batches of a table.
pub(crate) fn table(object: &Bound<'_, PyAny>) -> PyResult<Box<dyn RecordBatchReader + Send>> {
    let py = object.py();
    let stream = stream(object)?.ok_or_else(|| unsupported(py))?;
    Ok(Box::new(RecordBatchStreamReader::try_new(stream).map_err(|error| engine(py, &error))?))
}

/// A schema as the C Data Interface lays it out. One without a `release` callback was taken before, and nothing
/// else in it may be looked at.
#[repr(C)]
struct SchemaLayout {
    texts: [*const c_char; 3],
    flags: i64,
    n_children: i64,
    links: [*const c_void; 2],
    release: Option<unsafe extern "C" fn(*mut Self)>,
    private_data: *const c_void,
}

/// The content of a capsule of that name.
fn content(object: &Bound<'_, PyAny>, name: &CStr) -> PyResult<NonNull<c_void>> {
    let capsule = object.cast::<PyCapsule>().ok().and_then(|capsule| capsule.pointer_checked(Some(name)).ok());
    capsule.ok_or_else(|| not_arrow(object.py()))
}

fn stream(object: &Bound<'_, PyAny>) -> PyResult<Option<FFI_ArrowArrayStream>> {
    if !object.hasattr("__arrow_c_stream__")? {
        return Ok(None);
    }
    let capsule = object.call_method0("__arrow_c_stream__")?;
    let pointer = content(&capsule, STREAM)?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name holds a stream by the PyCapsule interface. The stream is moved out and an
    // empty one is left, so a second use finds it released.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) };
    Ok(Some(stream))
}

fn array(object: &Bound<'_, PyAny>) -> PyResult<(Field, ArrayRef)> {
    let py = object.py();
    if !object.hasattr("__arrow_c_array__")? {
        return Err(unsupported(py));
    }
    let capsules = object.call_method0("__arrow_c_array__")?;
    let capsules = capsules.cast::<PyTuple>().ok().filter(|pair| pair.len() == 2).ok_or_else(|| not_arrow(py))?;
    let schema = content(&capsules.get_item(0)?, SCHEMA)?.cast::<FFI_ArrowSchema>();
    let array = content(&capsules.get_item(1)?, ARRAY)?.cast::<FFI_ArrowArray>();
    // SAFETY: capsules of these names hold a schema and an array by the PyCapsule interface.
    if unsafe { schema.cast::<SchemaLayout>().as_ref().release.is_none() || array.as_ref().is_released() } {
        return Err(engine(py, &ArrowError::CDataInterface("released".to_owned())));
    }
    // SAFETY: as above; both are moved out once, and empty ones are left.
    let (schema, array) =
        unsafe { (FFI_ArrowSchema::from_raw(schema.as_ptr()), FFI_ArrowArray::from_raw(array.as_ptr())) };
    let field = Field::try_from(&schema).map_err(|error| engine(py, &error))?;
    // SAFETY: the array and schema came together from one producer, which vouches for their layout.
    let data = unsafe { from_ffi(array, &schema) }.map_err(|error| engine(py, &error))?;
    Ok((field, make_array(data)))
}

/// The two capsules of one array.
pub(crate) fn array_capsules<'py>(py: Python<'py>, field: &Field, array: &ArrayRef) -> PyResult<Bound<'py, PyTuple>> {
    let (array, _) = to_ffi(&array.to_data()).map_err(|error| engine(py, &error))?;
    let schema = FFI_ArrowSchema::try_from(field).map_err(|error| engine(py, &error))?;
    let schema = PyCapsule::new_with_value(py, schema, SCHEMA)?;
    let array = PyCapsule::new_with_value(py, array, ARRAY)?;
    PyTuple::new(py, [schema, array])
}

/// The capsule of a table.
pub(crate) fn stream_capsule(
    py: Python<'_>,
    reader: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), STREAM)
}

fn unsupported(py: Python<'_>) -> PyErr {
    to_python(
        py,
        &MisuseError::Engine { reason: "it does not offer Arrow data (PyCapsule interface)".to_owned() }.into(),
    )
}

fn not_arrow(py: Python<'_>) -> PyErr {
    to_python(py, &MisuseError::Engine { reason: "it gave something other than Arrow capsules".to_owned() }.into())
}

/// The text of an Arrow error could hold data, so only its kind is kept.
pub(crate) fn engine(py: Python<'_>, error: &ArrowError) -> PyErr {
    let reason = match error {
        ArrowError::CDataInterface(_) => "its Arrow data was already taken, or is of a type that is not supported",
        _ => "its Arrow data is not valid",
    };
    to_python(py, &MisuseError::Engine { reason: reason.to_owned() }.into())
}
