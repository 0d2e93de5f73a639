//! Reads a log back, record by record, without holding it in memory.

use super::chain::Chain;
use super::segments::Segments;
use super::{AuditLog, AuditRecord};
use crate::error::AuditError;

/// How far a log was read: up to a record that has its newline.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadTo(Chain);

impl ReadTo {
    /// Nothing was read yet.
    pub(crate) const START: Self = Self(Chain::START);
}

impl AuditLog {
    /// Calls `each` on every record after a place, following the chain, and says how far it came.
    ///
    /// Bytes that no record sealed yet are passed over; whoever writes next seals them.
    ///
    /// # Errors
    /// `audit.unreadable`, `audit.log_shortened`, `audit.log_replaced`; the codes of [`verify`](super::verify).
    pub(crate) fn read_from(&self, from: ReadTo, mut each: impl FnMut(&AuditRecord)) -> Result<ReadTo, AuditError> {
        let read = Segments::open(self.path())?.scan(from.0, &mut |accepted| {
            each(&accepted.record);
            Ok(())
        })?;
        Ok(ReadTo(read.settled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{AuditEvent, CorrelationId, EventKind, Outcome};

    fn write(log: &AuditLog, dataset: &str) {
        let run = CorrelationId::generate().expect("run");
        let event = AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", run).expect("event");
        log.record(&event.dataset(dataset).expect("dataset")).expect("recorded");
    }

    fn seen(log: &AuditLog, from: ReadTo) -> (Vec<String>, ReadTo) {
        let mut names = Vec::new();
        let to = log.read_from(from, |record| names.extend(record.dataset().map(str::to_owned)));
        (names, to.expect("read"))
    }

    #[test]
    fn every_record_is_seen_once_and_reading_goes_on_where_it_ended() {
        let folder = tempfile::tempdir().expect("folder");
        let log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
        assert!(seen(&log, ReadTo::START).0.is_empty());
        write(&log, "a");
        write(&log, "b");
        let (names, to) = seen(&log, ReadTo::START);
        assert_eq!(names, ["a", "b"]);
        write(&log, "c");
        // What a crash left behind is no record, before it is sealed and after.
        std::io::Write::write_all(
            &mut std::fs::File::options().append(true).open(log.path()).expect("open"),
            b"{\"actor\":\"x",
        )
        .expect("torn");
        assert_eq!(seen(&log, to).0, ["c"]);
        write(&log, "d");
        assert_eq!(seen(&log, to).0, ["c", "d"]);
        assert_eq!(seen(&log, ReadTo::START).0, ["a", "b", "c", "d"]);
    }

    /// Wherever the reading ended: before a rotation, at the very end of a segment, or in one that was archived since.
    #[test]
    fn reading_goes_on_through_segments() {
        let folder = tempfile::tempdir().expect("folder");
        let log = AuditLog::options().rotate_at(600).open(folder.path().join("audit.jsonl")).expect("log");
        let (mut all, mut places) = (Vec::new(), vec![ReadTo::START]);
        for number in 0..9 {
            write(&log, &format!("d{number}"));
            all.push(format!("d{number}"));
            places.push(seen(&log, ReadTo::START).1);
        }
        for (number, place) in places.iter().enumerate() {
            assert_eq!(seen(&log, *place).0, all[number..]);
        }
        let first = folder.path().join("audit.0000000000000000.jsonl");
        std::fs::remove_file(&first).expect("removed");
        assert_eq!(log.read_from(ReadTo::START, |_| ()).expect_err("gone").code(), "audit.segment_missing");
        assert_eq!(seen(&log, places[8]).0, ["d8"]);
    }

    #[test]
    fn a_log_that_was_changed_or_cut_is_not_read() {
        let folder = tempfile::tempdir().expect("folder");
        let log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
        write(&log, "a");
        write(&log, "b");
        let (_, to) = seen(&log, ReadTo::START);
        let text = std::fs::read_to_string(log.path()).expect("log");
        std::fs::write(log.path(), text.lines().next().expect("line")).expect("cut");
        assert_eq!(log.read_from(to, |_| ()).expect_err("cut").code(), "audit.log_shortened");
    }
}
