//! Reads records back out of a log, whole and unchanged.

use super::verify::{open, walk};
use super::{AuditRecord, CorrelationId, EventKind, Held, Timestamp, VerifyReport};
use crate::error::AuditError;
use std::path::Path;

/// Which records are wanted: those that fit everything that is set.
///
/// ```
/// use ig_core::audit::{EventKind, RecordFilter};
///
/// let exports = RecordFilter { event: Some(EventKind::Export), ..RecordFilter::default() };
/// # let _ = exports;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordFilter {
    /// Of this run.
    pub run: Option<CorrelationId>,
    /// Of this kind.
    pub event: Option<EventKind>,
    /// By this actor, letter for letter.
    pub actor: Option<String>,
    /// About this data set, letter for letter.
    pub dataset: Option<String>,
    /// Written at this time or later, by the clock of the machine that wrote.
    pub from: Option<Timestamp>,
    /// Written before this time.
    pub before: Option<Timestamp>,
}

impl RecordFilter {
    /// Whether a record is wanted.
    pub fn wants(&self, record: &AuditRecord) -> bool {
        self.run.is_none_or(|run| run == record.corr_id())
            && self.event.is_none_or(|event| event == record.event())
            && self.actor.as_ref().is_none_or(|actor| actor == record.actor())
            && self.dataset.as_ref().is_none_or(|dataset| record.dataset() == Some(dataset))
            && self.from.is_none_or(|from| record.ts() >= from)
            && self.before.is_none_or(|before| record.ts() < before)
    }
}

/// Verifies a log and hands over its wanted records in their order.
///
/// A record is handed over when it and all before it were accepted, so before the log as a whole is verified: keep
/// what comes until this returns ok.
///
/// # Errors
/// As [`verify`](super::verify), after the records before the fault; and whatever `each` refuses with.
pub fn read_records<'a>(
    path: impl AsRef<Path>,
    held: impl Into<Held<'a>>,
    filter: &RecordFilter,
    mut each: impl FnMut(&AuditRecord, &[u8]) -> Result<(), AuditError>,
) -> Result<VerifyReport, AuditError> {
    walk(open(path.as_ref())?, held.into(), |visited| {
        if filter.wants(visited.record) { each(visited.record, visited.line) } else { Ok(()) }
    })
}
