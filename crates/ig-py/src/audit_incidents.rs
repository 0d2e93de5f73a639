//! Data security incidents in Python.

use crate::audit::{AuditLogHandle, Receipt};
use crate::audit_checkpoints::CheckpointHandle;
use crate::audit_reading::held_of;
use crate::error::OrRaise;
use crate::panic::Work;
use ig_core::AuditError;
use ig_core::audit::{self, AssessedIncident, CorrelationId, Durability, Incident, IncidentGrid, Timestamp};
use pyo3::prelude::*;
use std::path::PathBuf;

/// An incident with what follows from it; see `nhs_ig.Incident`.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct IncidentHandle(AssessedIncident);

#[pymethods]
impl IncidentHandle {
    /// Applies a table to an incident; times are microseconds since 1970.
    #[new]
    #[pyo3(signature = (reference, discovered, aware_at, *, affected, likelihood, severity, factors, contained, runs, grid))]
    fn new(
        py: Python<'_>,
        reference: &str,
        discovered: u64,
        aware_at: u64,
        affected: Option<u64>,
        likelihood: u8,
        severity: u8,
        factors: Vec<String>,
        contained: bool,
        runs: Vec<String>,
        grid: Option<&str>,
    ) -> PyResult<Self> {
        let assess = || {
            let [discovered, aware] = [discovered, aware_at].map(Timestamp::from_unix_micros);
            let incident = Incident::new(reference, discovered?, aware?)?.levels(likelihood, severity);
            let incident = factors.iter().fold(incident, |incident, factor| incident.factor(factor));
            let incident = if contained { incident.contained() } else { incident };
            let incident = affected.map_or(incident.clone(), |people| incident.affected(people));
            let with_run = |incident: Incident, run: &String| Ok::<_, AuditError>(incident.run(run.parse()?));
            let incident = runs.iter().try_fold(incident, with_run)?;
            incident.assess(&grid.map_or_else(IncidentGrid::shipped, IncidentGrid::from_toml)?)
        };
        assess().or_raise(py).map(Self)
    }

    /// What the table says.
    #[getter]
    fn outcome(&self) -> &str {
        self.0.outcome()
    }

    /// When the 72 hours end, in microseconds since 1970.
    #[getter]
    fn notify_by(&self) -> u64 {
        self.0.notify_by().unix_micros()
    }

    /// Which table was used, and that it must be checked.
    #[getter]
    fn notice(&self) -> &str {
        self.0.notice()
    }

    /// The incident as a file of JSON.
    #[getter]
    fn text(&self) -> &str {
        self.0.to_json()
    }

    /// The SHA-256 of that file.
    #[getter]
    fn object(&self) -> String {
        self.0.object().to_string()
    }

    /// Records it: one record for each affected run.
    fn record(&self, py: Python<'_>, log: &AuditLogHandle, actor: &str, run: &str) -> PyResult<Vec<Receipt>> {
        let run: CorrelationId = run.parse().or_raise(py)?;
        let events = self.0.events(actor, run).or_raise(py)?;
        let one = |event| log.0.record_as(event, Durability::Synced);
        let receipts = py.work(|| events.iter().map(one).collect::<Result<Vec<_>, _>>()).or_raise(py)?;
        Ok(receipts.into_iter().map(Receipt::from).collect())
    }
}

/// The table that comes with the library, as its file.
#[pyfunction]
pub(crate) const fn incident_grid_text() -> &'static str {
    IncidentGrid::shipped_text()
}

/// Verifies a log and gives the lines of every run that an incident names.
#[pyfunction]
#[pyo3(signature = (path, reference, *, held, checkpoint))]
pub(crate) fn read_incident_records(
    py: Python<'_>,
    path: PathBuf,
    reference: &str,
    held: Option<(u64, String)>,
    checkpoint: Option<&CheckpointHandle>,
) -> PyResult<Vec<String>> {
    let held = held_of(held, checkpoint).or_raise(py)?;
    let gather = || {
        let mut lines = Vec::new();
        audit::incident_records(path, held, reference, |record, _| {
            lines.push(record.to_line());
            Ok(())
        })
        .map(|_| lines)
    };
    py.work(gather).or_raise(py)
}
