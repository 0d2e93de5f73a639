//! The audit log in Python.

use crate::error::{OrRaise, argument};
use crate::identity::ActorGiven;
use crate::panic::Work;
use ig_core::audit::{self, AuditEvent, CorrelationId, Digest, Durability, EventKind, Outcome, RecordId};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::path::PathBuf;
use std::time::Duration;

/// An append-only log; see `nhs_ig.AuditLog`.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct AuditLogHandle(pub(crate) audit::AuditLog);

#[pymethods]
impl AuditLogHandle {
    /// Opens a log, or makes it, readable by its owner only; the age is in microseconds.
    #[new]
    #[pyo3(signature = (path, *, rotate_bytes = None, rotate_after = None))]
    fn new(py: Python<'_>, path: PathBuf, rotate_bytes: Option<u64>, rotate_after: Option<u64>) -> PyResult<Self> {
        let mut options = audit::AuditLog::options();
        if let Some(bytes) = rotate_bytes {
            options = options.rotate_at(bytes);
        }
        if let Some(micros) = rotate_after {
            options = options.rotate_after(Duration::from_micros(micros));
        }
        py.work(|| options.open(path)).or_raise(py).map(Self)
    }

    /// Appends one record.
    #[pyo3(signature = (event, outcome, actor, corr_id, fields, count, durability, actor_kind))]
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
        actor_kind: &str,
    ) -> PyResult<Receipt> {
        let event = event_of(py, event, outcome, &actor, actor_kind, corr_id, fields, count)?;
        let durability = match durability {
            None => event.kind().default_durability(),
            Some("written") => Durability::Written,
            Some("synced") => Durability::Synced,
            Some("group") => Durability::Group,
            Some(_) => return Err(argument(py, "durability", "\"written\", \"synced\" or \"group\"")),
        };
        py.work(|| self.0.record_as(&event, durability)).or_raise(py).map(Receipt::from)
    }

    /// Records in the log and the hash of its last line, as this handle last saw it.
    #[getter]
    fn head(&self, py: Python<'_>) -> PyResult<(u64, String)> {
        let head = self.0.head().or_raise(py)?;
        Ok((head.records, head.hash.to_string()))
    }
}

/// Proof that a record was taken.
#[pyclass(module = "nhs_ig._core", frozen, eq)]
#[derive(PartialEq, Eq)]
pub(crate) struct Receipt {
    /// The number of the record.
    #[pyo3(get)]
    seq: u64,
    id: RecordId,
    hash: Digest,
}

impl Receipt {
    pub(crate) const fn new(seq: u64, id: RecordId, hash: Digest) -> Self {
        Self { seq, id, hash }
    }
}

impl From<audit::Receipt> for Receipt {
    fn from(receipt: audit::Receipt) -> Self {
        Self::new(receipt.seq, receipt.id, receipt.hash)
    }
}

#[pymethods]
impl Receipt {
    /// Its id.
    #[getter]
    fn id(&self) -> String {
        self.id.to_string()
    }

    /// The SHA-256 of its line.
    #[getter]
    fn hash(&self) -> String {
        self.hash.to_string()
    }

    /// Shows the number only.
    fn __repr__(&self) -> String {
        format!("Receipt(seq={})", self.seq)
    }
}

/// The act as the caller reports it.
pub(crate) fn event_of(
    py: Python<'_>,
    event: &str,
    outcome: &str,
    actor: &ActorGiven,
    actor_kind: &str,
    corr_id: &str,
    fields: &Bound<'_, PyDict>,
    count: Option<i64>,
) -> PyResult<AuditEvent> {
    let kind: EventKind = event.parse().or_raise(py)?;
    let (outcome, run): (Outcome, _) = (outcome.parse().or_raise(py)?, corr_id.parse().or_raise(py)?);
    let given = |name: &str| fields.get_item(name).map(|given| given.is_some_and(|given| !given.is_none()));
    if actor.is_verified() && (given("role")? || given("org")?) {
        return Err(argument(py, "role and org", "left out with a verified actor, who has them"));
    }
    let event = match (actor_kind, actor) {
        ("person", actor) => actor.event(kind, outcome, run),
        // Whoever answers for it is no detail that can be left out.
        ("service", ActorGiven::Named(service)) => {
            let authoriser = fields.get_item("authoriser")?.and_then(|given| given.extract::<String>().ok());
            AuditEvent::by_service(kind, outcome, service, &authoriser.unwrap_or_default(), run)
        }
        ("service", ActorGiven::Verified(_)) => {
            return Err(argument(py, "actor_kind", "left out with a verified actor, who is a person"));
        }
        _ => return Err(argument(py, "actor_kind", "\"person\" or \"service\"")),
    };
    let event = with_fields(py, event.or_raise(py)?, fields)?;
    let count = count.map(u64::try_from).transpose().map_err(|_| argument(py, "count", "a whole number from 0"))?;
    match count {
        None => Ok(event),
        Some(count) => event.count(count).or_raise(py),
    }
}

/// The fields that are handed over by name; the last is `object`.
const FIELDS: [&str; 11] = [
    "dataset",
    "role",
    "org",
    "purpose",
    "agreement_id",
    "code",
    "reason_ref",
    "key_id",
    "authoriser",
    "device",
    "object",
];

fn with_fields(py: Python<'_>, mut event: AuditEvent, fields: &Bound<'_, PyDict>) -> PyResult<AuditEvent> {
    for (name, value) in fields {
        let name = name.cast::<PyString>()?.to_str()?;
        if !FIELDS.contains(&name) {
            return Err(argument(py, "the fields of a record", "those of record v1; there is no free text"));
        }
        if value.is_none() {
            continue;
        }
        // Python's own error would carry the text.
        let not_text = || argument(py, &format!("the field {name}"), "text");
        let value = value.cast::<PyString>().map_err(|_| not_text())?;
        let value = value.to_str().map_err(|_| not_text())?;
        let set = match name {
            "dataset" => event.dataset(value),
            "role" => event.role(value),
            "org" => event.org(value),
            "purpose" => event.purpose(value),
            "agreement_id" => event.agreement_id(value),
            "code" => event.code(value),
            "reason_ref" => event.reason_ref(value),
            "key_id" => event.key_id(value),
            "authoriser" => event.authoriser(value),
            "device" => event.device(value),
            _ => value.parse().map(|digest| event.object(digest)),
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
