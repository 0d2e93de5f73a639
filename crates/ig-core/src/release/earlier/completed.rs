//! Which releases of an agreement were completed, as the audit log has it.

use crate::audit::{AuditLog, AuditRecord, CorrelationId, Digest, EventKind, Outcome, ReadTo};
use crate::error::AuditError;
use std::collections::BTreeMap;

/// The code of the record of a whole release.
pub(in crate::release) const COMPLETE: &str = "release.complete";
/// The code of the record of a file of rows.
pub(in crate::release) const RECORDS: &str = "release.records";
/// The code of the record of a table of counts.
pub(in crate::release) const CELLS: &str = "release.cells";

/// One completed release.
#[derive(Clone)]
pub(super) struct Completed {
    pub(super) manifest: Digest,
    pub(super) run: CorrelationId,
    /// Whether the log rules out that it had tables of counts.
    pub(super) rows_alone: bool,
}

/// What the log says of one agreement, up to where it was read. The log itself is never held in memory.
pub(super) struct CompletedReleases {
    agreement_id: String,
    read_to: ReadTo,
    /// For runs that have not completed: files of rows, tables of counts.
    files: BTreeMap<String, (u64, u64)>,
    pub(super) all: Vec<Completed>,
}

impl CompletedReleases {
    pub(super) fn of(agreement_id: &str) -> Self {
        Self { agreement_id: agreement_id.to_owned(), read_to: ReadTo::START, files: BTreeMap::new(), all: Vec::new() }
    }

    /// Reads what was written since; gives how many releases were known before.
    pub(super) fn catch_up(&mut self, log: &AuditLog) -> Result<usize, AuditError> {
        let known = self.all.len();
        let from = self.read_to;
        self.read_to = log.read_from(from, |record| self.see(record))?;
        Ok(known)
    }

    fn see(&mut self, record: &AuditRecord) {
        let of_agreement = record.agreement_id() == Some(self.agreement_id.as_str());
        if !of_agreement || (record.event(), record.outcome()) != (EventKind::Export, Outcome::Success) {
            return;
        }
        let run = record.corr_id().to_string();
        match (record.code(), record.object()) {
            (Some(RECORDS), _) => self.files.entry(run).or_default().0 += 1,
            (Some(CELLS), _) => self.files.entry(run).or_default().1 += 1,
            (Some(COMPLETE), Some(manifest)) => {
                // Without a word about its files, it may have had any.
                let (records, cells) = self.files.remove(&run).unwrap_or_default();
                if self.all.iter().all(|known| known.manifest != manifest) {
                    let rows_alone = records > 0 && cells == 0;
                    self.all.push(Completed { manifest, run: record.corr_id(), rows_alone });
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::AuditEvent;

    fn write(log: &AuditLog, run: CorrelationId, agreement: &str, code: &str, object: &[u8]) {
        let event = AuditEvent::new(EventKind::Export, Outcome::Success, "a.analyst", run)
            .and_then(|event| event.agreement_id(agreement)?.code(code));
        log.record(&event.expect("event").object(Digest::of(object))).expect("recorded");
    }

    /// Other agreements, dry runs and runs that never completed are no releases; two releases of one run are two.
    #[test]
    fn the_log_tells_which_releases_were_completed() {
        let folder = tempfile::tempdir().expect("folder");
        let log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
        let [rows, cells, other] = [(); 3].map(|()| CorrelationId::generate().expect("run"));
        write(&log, rows, "A", RECORDS, b"rows");
        write(&log, cells, "A", CELLS, b"cells");
        write(&log, rows, "A", COMPLETE, b"1");
        write(&log, other, "B", COMPLETE, b"2");
        write(&log, other, "A", "release.dry_run", b"3");
        let mut found = CompletedReleases::of("A");
        assert_eq!(found.catch_up(&log).expect("read"), 0);
        write(&log, cells, "A", COMPLETE, b"4");
        write(&log, cells, "A", COMPLETE, b"5");
        write(&log, other, "A", CELLS, b"cells");
        assert_eq!(found.catch_up(&log).expect("read"), 1);
        let seen: Vec<_> = found.all.iter().map(|one| (one.manifest, one.run, one.rows_alone)).collect();
        let expected = [(&b"1"[..], rows, true), (b"4", cells, false), (b"5", cells, false)];
        assert_eq!(seen, expected.map(|(object, run, rows)| (Digest::of(object), run, rows)));
    }
}
