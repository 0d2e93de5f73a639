//! Re-identification.

use crate::audit::AuditLogHandle;
use crate::columns::{Column, whole_column};
use crate::error::{OrRaise, argument, setting};
use crate::panic::Work;
use crate::table::Table;
use arrow::datatypes::{DataType, Field};
use ig_core::columns::{Place, Reidentify};
use ig_core::reidentify::ReidentifyRequest;
use ig_core::{Error, KeyId, MisuseError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

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
    let (array, place) = (whole_column(object, name)?, Place::column(name));
    let opened = py.work(|| what.column(&[array], &place, &request, &log.0)).or_raise(py)?;
    Ok(Column::new(Field::new(name, DataType::LargeUtf8, true), opened))
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
    let done = py.work(|| what.table(&table.schema, &table.batches, column, &request, &log.0)).or_raise(py)?;
    Ok(Table { schema: done.schema, batches: done.batches })
}

/// Records that a request was refused before there was anything to open, with the code of the refusal.
#[pyfunction]
pub(crate) fn record_refused_reidentify(
    py: Python<'_>,
    key_id: &str,
    code: &str,
    log: &AuditLogHandle,
    request: &Bound<'_, PyDict>,
) -> PyResult<()> {
    let (key_id, request) = (KeyId::new(key_id).or_raise(py)?, request_of(py, request)?);
    py.work(|| request.record_refusal(&log.0, &key_id, code)).or_raise(py)
}

fn parse(settings: &str) -> Result<Reidentify, Error> {
    let value: serde_json::Value = serde_json::from_str(settings).map_err(|_| MisuseError::PanicInside {})?;
    setting("a setting of reidentify", value)
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
