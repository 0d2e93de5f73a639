//! An incident with what follows from it, as a file and as records.

use super::{CLOCK, Incident, IncidentGrid, refused};
use crate::audit::event::MAX_INTEGER;
use crate::audit::guard;
use crate::audit::{AuditEvent, CorrelationId, Digest, EventKind, Outcome, Timestamp};
use crate::error::AuditError;
use serde::Serialize;

/// An incident that a table was applied to.
///
/// It says what a table says and when the clock runs out. It does **not** decide whether to report: someone who knows
/// the incident does, and writes the reason into the ticket, also for not reporting.
///
/// Source of the clock: UK GDPR article 33, 72 hours from becoming aware, through weekends and holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessedIncident {
    incident: Incident,
    file: String,
    outcome: String,
    notify_by: Timestamp,
    notice: String,
}

/// The file of an incident, version 1: members in the order of their names.
#[derive(Serialize)]
struct File<'a> {
    affected: Option<u64>,
    aware_at: Timestamp,
    contained: bool,
    discovered: Timestamp,
    factors: &'a [String],
    grid_version: &'a str,
    likelihood: u8,
    likelihood_counted: u8,
    likelihood_means: &'a str,
    notice: &'a str,
    notify_by: Timestamp,
    outcome: &'a str,
    reason_ref: &'a str,
    runs: &'a [CorrelationId],
    severity: u8,
    severity_counted: u8,
    severity_means: &'a str,
    v: u8,
}

impl AssessedIncident {
    pub(super) fn new(incident: Incident, grid: &IncidentGrid) -> Result<Self, AuditError> {
        if incident.affected.is_some_and(|people| people > MAX_INTEGER) {
            return Err(refused("affected", "a whole number up to 9007199254740991"));
        }
        if let Some(people) = incident.affected {
            guard::no_number_as_count("affected", people)?;
        }
        if incident.factors.iter().any(|factor| !grid.knows_factor(factor)) {
            return Err(refused("factors", &format!("words of the table: {}", grid.factors())));
        }
        let weighs = !incident.factors.is_empty() && !incident.contained;
        let least = if weighs { grid.minimum_with_factor() } else { 1 };
        let levels = "levels from 1 to 5";
        let means = grid.meanings(incident.likelihood, incident.severity).ok_or_else(|| refused("levels", levels))?;
        let counted = (incident.likelihood.max(least), incident.severity.max(least));
        let outcome = grid.outcome(counted.0, counted.1).ok_or_else(|| refused("levels", levels))?.to_owned();
        let notify_by = Timestamp::from_unix_micros(incident.aware_at.unix_micros() + CLOCK)?;
        let notice = grid.notice();
        let file = File {
            affected: incident.affected,
            aware_at: incident.aware_at,
            contained: incident.contained,
            discovered: incident.discovered,
            factors: &incident.factors,
            grid_version: grid.version(),
            likelihood: incident.likelihood,
            likelihood_counted: counted.0,
            likelihood_means: means.0,
            notice: &notice,
            notify_by,
            outcome: &outcome,
            reason_ref: &incident.reference,
            runs: &incident.runs,
            severity: incident.severity,
            severity_counted: counted.1,
            severity_means: means.1,
            v: 1,
        };
        let file = serde_json::to_string_pretty(&file)
            .map_err(|_| AuditError::NotRecorded { reason: "the incident has no text".into() })?;
        Ok(Self { file: file + "\n", outcome, notify_by, notice, incident })
    }

    /// What the table says, such as `report_ico`.
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// When the 72 hours end.
    pub const fn notify_by(&self) -> Timestamp {
        self.notify_by
    }

    /// Whether the 72 hours have passed at a moment.
    pub fn is_overdue(&self, at: Timestamp) -> bool {
        at > self.notify_by
    }

    /// Which table was used, and that it must be checked.
    pub fn notice(&self) -> &str {
        &self.notice
    }

    /// The incident as a file of JSON, whose hash the records name: keep it with the ticket.
    pub fn to_json(&self) -> &str {
        &self.file
    }

    /// The SHA-256 of that file.
    pub fn object(&self) -> Digest {
        Digest::of(self.file.as_bytes())
    }

    /// The records to write: one for each affected run, under that run's id, so that they are found together; without
    /// runs one, under the id of the run that records it.
    ///
    /// # Errors
    /// As [`AuditEvent::new`], for the actor.
    pub fn events(&self, actor: &str, recording_run: CorrelationId) -> Result<Vec<AuditEvent>, AuditError> {
        let own = [recording_run];
        let runs = if self.incident.runs.is_empty() { &own } else { &self.incident.runs[..] };
        runs.iter()
            .map(|run| {
                let event = AuditEvent::new(EventKind::Incident, Outcome::Success, actor, *run)?
                    .reason_ref(&self.incident.reference)?
                    .code(&format!("incident.{}", self.outcome))?
                    .object(self.object());
                self.incident.affected.map_or(Ok(event.clone()), |people| event.count(people))
            })
            .collect()
    }
}
