use super::*;
use crate::audit::{CorrelationId, Durability, EventKind, Outcome, StampSource, verify};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

fn event() -> AuditEvent {
    let run = CorrelationId::generate().expect("run");
    AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", run).expect("event")
}

/// The files of a folder and their segments' numbers of records.
fn files(folder: &Path) -> Vec<(String, usize)> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .expect("listed")
        .map(|entry| {
            let entry = entry.expect("entry");
            let lines = fs::read_to_string(entry.path()).expect("text").lines().count();
            (entry.file_name().to_string_lossy().into_owned(), lines)
        })
        .collect();
    found.sort();
    found
}

fn named(found: &[(&str, usize)]) -> Vec<(String, usize)> {
    found.iter().map(|(name, lines)| ((*name).to_owned(), *lines)).collect()
}

#[test]
fn a_full_file_is_archived_and_the_chain_goes_on() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::options().rotate_at(700).open(&path).expect("log");
    let receipts: Vec<_> = (0..7).map(|_| log.record(&event()).expect("recorded").seq).collect();
    // Three lines reach 700 bytes; later files begin with a line of the log's own.
    assert_eq!(receipts, [0, 1, 2, 5, 6, 9, 10]);
    let expected = [("audit.0000000000000000.jsonl", 4), ("audit.0000000000000004.jsonl", 4), ("audit.jsonl", 3)];
    assert_eq!(files(folder.path()), named(&expected));
    let report = verify(&path, log.head().ok()).expect("verifies");
    assert_eq!((report.records, report.head()), (11, log.head().expect("head")));
    // Opened again, with and without a limit.
    assert_eq!(AuditLog::open(&path).and_then(|log| log.record(&event())).expect("recorded").seq, 11);
    let log = AuditLog::options().rotate_at(0).open(&path).expect("log");
    assert_eq!([0, 1].map(|_| log.record(&event()).expect("recorded").seq), [14, 17]);
    assert_eq!(verify(&path, None).expect("verifies").records, 18);
}

struct Clock(&'static AtomicU64);

impl StampSource for Clock {
    fn now(&self) -> Result<Timestamp, AuditError> {
        Timestamp::from_unix_micros(self.0.load(Ordering::SeqCst))
    }

    fn random(&self) -> Result<[u8; 10], AuditError> {
        Ok([0; 10])
    }
}

#[test]
fn an_old_file_is_archived_when_the_next_record_comes() {
    static NOW: AtomicU64 = AtomicU64::new(10_000_000);
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let open =
        || AuditLog::options().stamps(Clock(&NOW)).rotate_after(Duration::from_secs(5)).open(&path).expect("log");
    let log = open();
    let at = |micros, log: &AuditLog| {
        NOW.store(micros, Ordering::SeqCst);
        log.record(&event()).expect("recorded").seq
    };
    assert_eq!([at(10_000_000, &log), at(14_999_999, &log), at(15_000_000, &log)], [0, 1, 4]);
    // The age is that of the file, not of the handle; a clock that was set back puts it off.
    assert_eq!([at(19_999_999, &open()), at(1_000, &open()), at(20_000_000, &open())], [5, 6, 9]);
    assert_eq!(verify(&path, None).expect("verifies").records, 10);
}

#[test]
fn handles_follow_rotations_of_others_however_many() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let still = AuditLog::open(&path).expect("log");
    still.record(&event()).expect("recorded");
    let rotating = AuditLog::options().rotate_at(1).open(&path).expect("log");
    for expected in [3, 6, 9] {
        assert_eq!(rotating.record(&event()).expect("recorded").seq, expected);
    }
    assert_eq!(still.record(&event()).expect("recorded").seq, 10);
    assert_eq!(rotating.record(&event()).expect("recorded").seq, 13);
    // A fork finds that its file was archived.
    still.state.lock().expect("state").process = 0;
    assert_eq!(still.record_as(&event(), Durability::Group).expect("recorded").seq, 14);
    assert_eq!(verify(&path, still.head().ok()).expect("verifies").records, 15);
}

/// A record that was only written is on the disk before its file is left, and a disk that fails then poisons the handle.
#[test]
fn what_was_written_is_synced_before_the_file_is_left() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let mut still = AuditLog::open(&path).expect("log");
    still.group.sync = Box::new(|_| Err(io::Error::other("bad block")));
    still.record(&event()).expect("recorded");
    let mut rotating = AuditLog::options().rotate_at(1).open(&path).expect("log");
    rotating.record(&event()).expect("recorded");
    assert_eq!(still.record(&event()).expect_err("sync").code(), "audit.not_recorded");
    assert_eq!(still.record(&event()).expect_err("poisoned").code(), "audit.poisoned");
    rotating.group.sync = Box::new(|_| Err(io::Error::other("bad block")));
    assert_eq!(rotating.record(&event()).expect_err("sync").code(), "audit.not_recorded");
    assert_eq!(rotating.record(&event()).expect_err("poisoned").code(), "audit.poisoned");
    // The end of the file stands there already; whoever opens the log next goes on from it.
    assert_eq!(AuditLog::open(&path).and_then(|log| log.record(&event())).expect("recorded").seq, 6);
    assert_eq!(verify(&path, None).expect("verifies").records, 7);
}

#[test]
fn a_place_that_is_taken_or_a_link_is_not_rotated() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::options().rotate_at(1).open(&path).expect("log");
    log.record(&event()).expect("recorded");
    let next = next_name(&path);
    fs::create_dir(&next).expect("taken");
    assert_eq!(log.record(&event()).expect_err("taken").code(), "audit.not_rotated");
    fs::remove_dir(&next).expect("freed");
    fs::write(&next, "left over").expect("left over");
    assert_eq!(log.record(&event()).expect("recorded").seq, 3);
    fs::write(archive_name(&path, 2), "foreign").expect("foreign");
    assert_eq!(log.record(&event()).expect_err("foreign").code(), "audit.segment_foreign");
    assert_eq!(AuditLog::open(&path).expect_err("foreign").code(), "audit.segment_foreign");
    assert_eq!(verify(&path, None).expect_err("foreign").code(), "audit.segment_foreign");
    fs::remove_file(archive_name(&path, 2)).expect("removed");
    assert_eq!(log.record(&event()).expect("recorded").seq, 6);
    assert_eq!(verify(&path, log.head().ok()).expect("verifies").records, 7);
}

#[cfg(unix)]
#[test]
fn a_log_behind_a_link_is_not_rotated_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("folder");
    let (path, link) = (folder.path().join("audit.jsonl"), folder.path().join("link.jsonl"));
    AuditLog::open(&path).and_then(|log| log.record(&event())).expect("recorded");
    std::os::unix::fs::symlink(&path, &link).expect("link");
    let log = AuditLog::options().rotate_at(1).open(&link).expect("log");
    assert_eq!(log.record(&event()).expect_err("link").code(), "audit.not_rotated");
    assert_eq!(verify(&path, None).expect("verifies").records, 1);
    assert_eq!(AuditLog::open(&link).and_then(|log| log.record(&event())).expect("recorded").seq, 1);
}
