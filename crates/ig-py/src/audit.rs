//! The audit log in Python.

use crate::error::{OrRaise, argument};
use crate::identity::ActorGiven;
use crate::panic::Work;
use ig_core::audit::{self, AuditEvent, CorrelationId, Durability, EventKind, Outcome};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;

/// An append-only log; see `nhs_ig.AuditLog`.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct AuditLogHandle(pub(crate) audit::AuditLog);

#[pymethods]
impl AuditLogHandle {
    /// Opens a log, or makes it, readable by its owner only.
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.work(|| audit::AuditLog::open(path)).or_raise(py).map(Self)
    }

    /// Appends one record and gives its number, id and hash.
    #[pyo3(signature = (event, outcome, actor, corr_id, fields, *, count = None, durability = None))]
    fn record(
        &self,
        py: Python<'_>,
        event: &str,
        outcome: &str,
        actor: ActorGiven,
        corr_id: &str,
        fields: &Bound<'_, PyDict>,
        count: Option<i64>,
        durability: Option<&str>,
    ) -> PyResult<(u64, String, String)> {
        let event = event_of(py, event, outcome, &actor, corr_id, fields, count)?;
        let durability = match durability {
            None => event.kind().default_durability(),
            Some("written") => Durability::Written,
            Some("synced") => Durability::Synced,
            Some(_) => return Err(argument(py, "durability", "\"written\" or \"synced\"")),
        };
        let receipt = py.work(|| self.0.record_as(&event, durability)).or_raise(py)?;
        Ok((receipt.seq, receipt.id.to_string(), receipt.hash.to_string()))
    }

    /// Records in the log and the hash of its last line, as this handle last saw it.
    #[getter]
    fn head(&self, py: Python<'_>) -> PyResult<(u64, String)> {
        let head = self.0.head().or_raise(py)?;
        Ok((head.records, head.hash.to_string()))
    }
}

/// The act as the caller reports it.
pub(crate) fn event_of(
    py: Python<'_>,
    event: &str,
    outcome: &str,
    actor: &ActorGiven,
    corr_id: &str,
    fields: &Bound<'_, PyDict>,
    count: Option<i64>,
) -> PyResult<AuditEvent> {
    let kind: EventKind = event.parse().or_raise(py)?;
    let outcome: Outcome = outcome.parse().or_raise(py)?;
    if actor.is_verified() && (fields.contains("role")? || fields.contains("org")?) {
        return Err(argument(py, "role and org", "left out with a verified actor, who has them"));
    }
    let event = actor.event(kind, outcome, corr_id.parse().or_raise(py)?).or_raise(py)?;
    let count = count.map(u64::try_from).transpose().map_err(|_| argument(py, "count", "a whole number from 0"))?;
    let event = count.map_or(Ok(event.clone()), |count| event.count(count)).or_raise(py)?;
    with_fields(py, event, fields)
}

fn with_fields(py: Python<'_>, mut event: AuditEvent, fields: &Bound<'_, PyDict>) -> PyResult<AuditEvent> {
    for (name, value) in fields {
        let name: String = name.extract()?;
        // Python's own error would carry the text.
        let value: String = value.extract().map_err(|_| argument(py, &format!("the field {name}"), "text"))?;
        let set = match name.as_str() {
            "dataset" => event.dataset(&value),
            "role" => event.role(&value),
            "org" => event.org(&value),
            "purpose" => event.purpose(&value),
            "agreement_id" => event.agreement_id(&value),
            "code" => event.code(&value),
            "reason_ref" => event.reason_ref(&value),
            "key_id" => event.key_id(&value),
            "authoriser" => event.authoriser(&value),
            "device" => event.device(&value),
            "object" => value.parse().map(|digest| event.object(digest)),
            _ => return Err(argument(py, "the fields of a record", "those of record v1; there is no free text")),
        };
        event = set.or_raise(py)?;
    }
    Ok(event)
}

/// A new run id.
#[pyfunction]
pub(crate) fn new_run_id(py: Python<'_>) -> PyResult<String> {
    CorrelationId::generate().or_raise(py).map(|id| id.to_string())
}
