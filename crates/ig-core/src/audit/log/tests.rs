use super::*;
use crate::audit::{CorrelationId, EventKind, Outcome, verify};

fn event(kind: EventKind) -> AuditEvent {
    let run = CorrelationId::generate().expect("run");
    AuditEvent::new(kind, Outcome::Success, "a.analyst", run).expect("event")
}

fn log() -> (tempfile::TempDir, AuditLog) {
    let folder = tempfile::tempdir().expect("folder");
    let log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
    (folder, log)
}

#[test]
fn a_failed_sync_poisons_the_handle_and_a_new_one_goes_on() {
    let (_folder, mut log) = log();
    log.group.sync = Box::new(|_| Err(io::Error::from(io::ErrorKind::StorageFull)));
    assert_eq!(log.record(&event(EventKind::Read)).expect("not synced").durability, Durability::Written);
    assert_eq!(log.record(&event(EventKind::Export)).expect_err("sync").code(), "audit.not_recorded");
    assert_eq!(log.record(&event(EventKind::Read)).expect_err("poisoned").code(), "audit.poisoned");
    let again = AuditLog::open(log.path()).expect("opened again");
    assert_eq!(again.record(&event(EventKind::Delete)).expect("recorded").durability, Durability::Synced);
    assert_eq!(verify(log.path(), None).expect("verifies").records, 3);
}

#[test]
fn a_moved_removed_or_shortened_log_is_an_error() {
    let (folder, log) = log();
    log.record(&event(EventKind::Read)).expect("recorded");
    let aside = folder.path().join("aside");
    std::fs::rename(log.path(), &aside).expect("moved");
    assert_eq!(log.record(&event(EventKind::Read)).expect_err("gone").code(), "audit.log_replaced");
    std::fs::copy(&aside, log.path()).expect("copied");
    assert_eq!(log.record(&event(EventKind::Read)).expect_err("a copy").code(), "audit.log_replaced");
    std::fs::rename(&aside, log.path()).expect("moved back");
    log.record(&event(EventKind::Read)).expect("recorded");
    File::options().write(true).open(log.path()).and_then(|file| file.set_len(10)).expect("cut");
    assert_eq!(log.record(&event(EventKind::Read)).expect_err("cut").code(), "audit.log_shortened");
    assert_eq!(std::fs::metadata(log.path()).expect("data").len(), 10);
}

#[cfg(unix)]
#[test]
fn a_new_log_is_private_and_a_pipe_or_folder_is_refused() {
    use std::os::unix::fs::MetadataExt;
    let (folder, log) = log();
    assert_eq!(std::fs::metadata(log.path()).expect("data").mode() & 0o777, 0o600);
    assert_eq!(AuditLog::open(folder.path()).expect_err("folder").code(), "audit.not_recorded");
    assert_eq!(AuditLog::open("/dev/null").expect_err("device").code(), "audit.not_recorded");
    assert_eq!(AuditLog::open(folder.path().join("no/log")).expect_err("missing").code(), "audit.not_recorded");
}

#[test]
fn a_fork_gets_a_file_of_its_own() {
    let (_folder, log) = log();
    log.record(&event(EventKind::Read)).expect("recorded");
    // What a forked child finds: a file that another process opened.
    log.state.lock().expect("state").process = 0;
    log.record(&event(EventKind::Read)).expect("recorded");
    assert_eq!(log.state.lock().expect("state").process, std::process::id());
    assert_eq!(verify(log.path(), None).expect("verifies").records, 2);
}

#[test]
fn a_log_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<AuditLog>();
}
