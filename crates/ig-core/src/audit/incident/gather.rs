//! Gathers what a log knows of an incident.

use crate::audit::field::Shape;
use crate::audit::{AuditRecord, CorrelationId, EventKind, Held, RecordFilter, VerifyReport, read_records};
use crate::error::AuditError;
use std::collections::BTreeSet;
use std::path::Path;

/// Verifies a log and hands over every record of the runs that an incident names, in their order: the runs under whose
/// ids `incident` records with this ticket were written.
///
/// It finds what was recorded under those ids, and cannot find a run that nobody named or a program that made a new id
/// for each call ([`coverage`](crate::audit::coverage) tells how many do).
///
/// # Errors
/// As [`verify`](crate::audit::verify), with nothing handed over; `audit.incident_unknown` if no record names the
/// ticket; `audit.field` for something other than a ticket; and whatever `each` refuses with.
pub fn incident_records<'a>(
    path: impl AsRef<Path>,
    held: impl Into<Held<'a>>,
    reference: &str,
    mut each: impl FnMut(&AuditRecord, &[u8]) -> Result<(), AuditError>,
) -> Result<VerifyReport, AuditError> {
    Shape::ReasonRef.check("reason_ref", reference)?;
    let (path, held) = (path.as_ref(), held.into());
    let mut runs = BTreeSet::<CorrelationId>::new();
    let incidents = RecordFilter { event: Some(EventKind::Incident), ..RecordFilter::default() };
    let report = read_records(path, held, &incidents, |record, _| {
        if record.reason_ref() == Some(reference) {
            runs.insert(record.corr_id());
        }
        Ok(())
    })?;
    if runs.is_empty() {
        return Err(AuditError::IncidentUnknown {});
    }
    // What was written meanwhile is not part of the verified report.
    read_records(path, report.head(), &RecordFilter::default(), |record, line| {
        if record.seq() < report.records && runs.contains(&record.corr_id()) { each(record, line) } else { Ok(()) }
    })?;
    Ok(report)
}
