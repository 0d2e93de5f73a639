//! Several handles, threads and processes on one file make one chain.

use super::{Counting, event};
use ig_core::audit::{AuditLog, Durability, EventKind, RecordFilter, read_records, verify};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn four_threads_on_one_handle_make_one_chain() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::open(&path).expect("log");
    let seqs: BTreeSet<u64> = std::thread::scope(|scope| {
        let work = || (0..50).map(|_| log.record(&event(EventKind::Read)).expect("recorded").seq).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("joined")).collect()
    });
    assert_eq!(seqs, (0..200).collect());
    assert_eq!(verify(&path, log.head().ok()).expect("verifies").records, 200);
}

#[test]
fn two_handles_in_turn_and_four_at_once_make_one_chain() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let handles = [(); 2].map(|()| AuditLog::open_with(&path, Counting::default()).expect("log"));
    for seq in 0..20 {
        assert_eq!(handles[seq % 2].record(&event(EventKind::Read)).expect("recorded").seq, seq as u64);
    }
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| write(&path, 50));
        }
    });
    assert_eq!(verify(&path, None).expect("verifies").records, 220);
}

/// Segments are begun while other threads wait for a sync of the one before.
#[test]
fn threads_of_several_handles_share_syncs_over_rotations() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let open = |limit| AuditLog::options().rotate_at(limit).open(&path).expect("log");
    let logs = [open(1500), open(2500)];
    let modes = [Durability::Group, Durability::Written, Durability::Group, Durability::Synced];
    let work = |log: &AuditLog, first: usize| -> Vec<u64> {
        let record = |turn| log.record_as(&event(EventKind::Read), modes[(first + turn) % 4]).expect("recorded").seq;
        (0..25).map(record).collect()
    };
    let told: BTreeSet<u64> = std::thread::scope(|scope| {
        let start = |n: usize| {
            let (work, log) = (&work, &logs[n % 2]);
            scope.spawn(move || work(log, n))
        };
        let threads: Vec<_> = (0..8).map(start).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("joined")).collect()
    });
    let mut found = Vec::new();
    let report = read_records(&path, None, &RecordFilter::default(), |record, _| {
        if record.event() == EventKind::Read {
            found.push(record.seq());
        }
        Ok(())
    });
    assert_eq!(found, told.into_iter().collect::<Vec<_>>());
    assert!(found.len() == 200 && report.expect("verifies").records > 220);
}

fn write(path: &Path, records: usize) {
    let log = AuditLog::open(path).expect("log");
    for _ in 0..records {
        log.record(&event(EventKind::Write)).expect("recorded");
    }
}

const CHILD_LOG: &str = "IG_AUDIT_TEST_CHILD_LOG";

/// Does nothing unless started by one of the tests below as a process of its own.
#[test]
fn child_writer() {
    if let Some(path) = std::env::var_os(CHILD_LOG) {
        write(Path::new(&path), 50);
    }
}

fn child(mut command: Command, path: &Path) -> Command {
    command.args(["--exact", "concurrency::child_writer", "--nocapture"]).env(CHILD_LOG, path);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn four_processes_make_one_chain() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let program = std::env::current_exe().expect("program");
    let children: Vec<_> = (0..4).map(|_| child(Command::new(&program), &path).spawn().expect("started")).collect();
    for child in children {
        assert!(child.wait_with_output().expect("ended").status.success());
    }
    assert_eq!(verify(&path, None).expect("verifies").records, 200);
}

/// The file may not grow past a limit, as on a full disk: the last write ends half-way.
#[cfg(unix)]
#[test]
fn a_record_that_does_not_fit_is_an_error_and_is_sealed_later() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""]).arg(std::env::current_exe().expect("program"));
    let output = child(shell, &path).output().expect("ran");
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("NotRecorded"), "{said}");
    let length = std::fs::metadata(&path).expect("data").len();
    assert!(length == 8 * 512 || length == 8 * 1024, "the write ended half-way at {length}");
    assert_eq!(verify(&path, None).expect_err("torn").code(), "audit.torn_tail");
    write(&path, 1);
    let report = verify(&path, None).expect("verifies");
    assert_eq!(report.recoveries, 1);
    assert!(report.records > 8, "{report}");
}
