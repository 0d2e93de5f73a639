//! The audit records of a release.

use super::earlier::{CELLS, COMPLETE, RECORDS};
use super::manifest::Manifest;
use crate::agreement::{Agreement, OutputKind, Permit, Request};
use crate::audit::{AuditEvent, AuditLog, CorrelationId, EventKind, Outcome};
use crate::error::{AuditError, Error, KeyError, MisuseError};
use crate::key::Key;

/// Writes the records of one run, all with the same actor, role, purpose, agreement and run id.
pub(super) struct Trail<'a> {
    log: &'a AuditLog,
    agreement: &'a Agreement,
    request: &'a Request,
    run: CorrelationId,
    key: Option<&'a Key>,
}

/// Holds a request against an agreement and records a refusal before it is raised.
///
/// # Errors
/// `access.refused`, and those of the audit log.
pub fn audited_permit(
    agreement: &Agreement,
    request: &Request,
    log: &AuditLog,
    run: CorrelationId,
) -> Result<Permit, Error> {
    let decision = agreement.decide(request);
    decision.permit().inspect_err(|error| Trail { log, agreement, request, run, key: None }.record_end(error))
}

impl<'a> Trail<'a> {
    pub(super) fn new(log: &'a AuditLog, permit: &'a Permit, run: CorrelationId, key: Option<&'a Key>) -> Self {
        Self { log, agreement: permit.agreement(), request: permit.request(), run, key }
    }

    pub(super) fn record(
        &self,
        kind: EventKind,
        outcome: Outcome,
        more: impl FnOnce(AuditEvent) -> Result<AuditEvent, AuditError>,
    ) -> Result<(), Error> {
        let mut event = AuditEvent::new(kind, outcome, &self.request.actor, self.run)?
            .role(&self.request.role)?
            .org(&self.request.organisation)?
            .purpose(&self.request.purpose)?
            .agreement_id(self.agreement.id())?;
        if let Some(key) = self.key {
            event = event.key_id(key.id().as_str())?;
        }
        self.log.record(&more(event)?)?;
        Ok(())
    }

    /// Records how an attempt ended that made nothing: refused by a rule, or failed.
    ///
    /// The error itself goes to the caller in any case; if this record cannot be written either, the attempt
    /// without an end is what the log shows.
    pub(super) fn record_end(&self, error: &Error) {
        let outcome = match error {
            Error::Access(_) | Error::Policy(_) | Error::Identifier(_) => Outcome::Refused,
            Error::Export(error) if error.code() == "export.identifier_in_output" => Outcome::Refused,
            Error::Key(KeyError::Purpose { .. } | KeyError::Pending { .. } | KeyError::Retired { .. }) => {
                Outcome::Refused
            }
            _ => Outcome::Failure,
        };
        let _ = self.record(EventKind::Export, outcome, |event| event.code(error.code()));
    }

    /// Records each file, the report and then the whole release.
    pub(super) fn record_release(
        &self,
        manifest: &Manifest,
        manifest_sha256: &str,
        report_sha256: &str,
    ) -> Result<(), Error> {
        for output in &manifest.outputs {
            let code = match output.kind {
                OutputKind::RecordLevel => RECORDS,
                OutputKind::Aggregate => CELLS,
            };
            self.record(EventKind::Export, Outcome::Success, |event| {
                let event = event.code(code)?;
                Ok(event.dataset(&output.name)?.count(output.summary.rows)?.object(output.summary.sha256.parse()?))
            })?;
        }
        let report = report_sha256.parse().map_err(|_| MisuseError::PanicInside {})?;
        self.record(EventKind::Export, Outcome::Success, |event| event.object(report).code("release.report"))?;
        let object = manifest_sha256.parse().map_err(|_| MisuseError::PanicInside {})?;
        let ticket = manifest.earlier.as_ref().and_then(|earlier| earlier.reason_ref.as_deref());
        self.record(EventKind::Export, Outcome::Success, |event| {
            with_ticket(event.object(object).code(COMPLETE)?, ticket)
        })
    }
}

/// An event with the ticket, if there is one.
pub(super) fn with_ticket(event: AuditEvent, reason_ref: Option<&str>) -> Result<AuditEvent, AuditError> {
    match reason_ref {
        Some(reason_ref) => event.reason_ref(reason_ref),
        None => Ok(event),
    }
}
