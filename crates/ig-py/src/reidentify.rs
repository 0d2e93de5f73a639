//! Acts on several fields, and re-identification.

use crate::arrow_capsule::column;
use crate::audit::AuditLogHandle;
use crate::columns::{Column, act_on_array, joined};
use crate::error::{OrRaise, argument, setting};
use crate::lists::array_of;
use crate::table::Table;
use arrow::array::{ArrayRef, new_empty_array};
use arrow::datatypes::{DataType, Field};
use ig_core::columns::{Place, Reidentify, fields_column};
use ig_core::reidentify::ReidentifyRequest;
use ig_core::{Error, MisuseError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Applies an act on several fields to columns of equal length: objects with Arrow data, or lists.
#[pyfunction]
pub(crate) fn act_on_fields(py: Python<'_>, columns: Vec<Bound<'_, PyAny>>, act: &str, name: &str) -> PyResult<Column> {
    let arrays = columns.iter().map(|column| array_from(py, column, name)).collect::<PyResult<Vec<_>>>()?;
    act_on_array(py, fields_column(arrays).or_raise(py)?, act, name)
}

/// Brings the identifiers of a column back: an object with Arrow data, or a list.
#[pyfunction]
pub(crate) fn reidentify_column(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    settings: &str,
    name: &str,
    log: &AuditLogHandle,
    request: &Bound<'_, PyDict>,
) -> PyResult<Column> {
    let (what, request) = (parse(settings).or_raise(py)?, request_of(py, request)?);
    let (array, place) = (array_from(py, object, name)?, Place::column(name));
    let opened = py.detach(|| what.column(&[array], &place, &request, &log.0)).or_raise(py)?;
    Ok(Column::new(Field::new(name, DataType::LargeUtf8, true), joined(py, &opened)?, 0))
}

/// Brings the identifiers of one column of a table back and leaves the other columns as they are.
#[pyfunction]
pub(crate) fn reidentify_table(
    py: Python<'_>,
    table: &Table,
    column: &str,
    settings: &str,
    log: &AuditLogHandle,
    request: &Bound<'_, PyDict>,
) -> PyResult<Table> {
    let (what, request) = (parse(settings).or_raise(py)?, request_of(py, request)?);
    let done = py.detach(|| what.table(&table.schema, &table.batches, column, &request, &log.0)).or_raise(py)?;
    Ok(Table { schema: done.schema, batches: done.batches })
}

fn parse(settings: &str) -> Result<Reidentify, Error> {
    let value: serde_json::Value = serde_json::from_str(settings).map_err(|_| MisuseError::PanicInside {})?;
    setting("a setting of reidentify", value)
}

/// The cells of a list, or of all chunks of an object with Arrow data.
fn array_from(py: Python<'_>, object: &Bound<'_, PyAny>, name: &str) -> PyResult<ArrayRef> {
    if !object.hasattr("__arrow_c_stream__")? && !object.hasattr("__arrow_c_array__")? {
        return array_of(object, name);
    }
    let (field, chunks) = column(object)?;
    if chunks.is_empty() { Ok(new_empty_array(field.data_type())) } else { joined(py, &chunks) }
}

fn request_of(py: Python<'_>, fields: &Bound<'_, PyDict>) -> PyResult<ReidentifyRequest> {
    let optional = |name: &str| text_of(py, fields, name);
    let required = |name: &str| optional(name)?.ok_or_else(|| argument(py, name, "text"));
    let run = required("run")?.parse().or_raise(py)?;
    let mut request = ReidentifyRequest::new(&required("actor")?, &required("reason_ref")?, run);
    request.role = optional("role")?;
    request.org = optional("org")?;
    request.purpose = optional("purpose")?;
    request.agreement_id = optional("agreement_id")?;
    request.dataset = optional("dataset")?;
    request.authoriser = optional("authoriser")?;
    request.device = optional("device")?;
    Ok(request)
}

fn text_of(py: Python<'_>, fields: &Bound<'_, PyDict>, name: &str) -> PyResult<Option<String>> {
    let Some(value) = fields.get_item(name)?.filter(|value| !value.is_none()) else { return Ok(None) };
    // Python's own error would carry the text.
    value.extract().map(Some).map_err(|_| argument(py, name, "text"))
}
