use super::*;
use crate::audit::{AuditEvent, AuditLog, CorrelationId, Durability, EventKind, Outcome, verify};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

fn event() -> AuditEvent {
    let run = CorrelationId::generate().expect("run");
    AuditEvent::new(EventKind::Export, Outcome::Success, "a.analyst", run).expect("event")
}

fn log_with(sync: impl Fn(&File) -> io::Result<()> + Send + Sync + 'static) -> (tempfile::TempDir, AuditLog) {
    let folder = tempfile::tempdir().expect("folder");
    let mut log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
    log.group.sync = Box::new(sync);
    (folder, log)
}

/// Runs the same work in so many threads.
fn at_once<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    let start = Barrier::new(threads);
    std::thread::scope(|scope| {
        let run = || {
            start.wait();
            work()
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        running.into_iter().map(|thread| thread.join().expect("joined")).collect()
    })
}

/// At every ok, a sync that began after the record was in the file has ended well: each sync notes how long the file
/// was when it began, and each receipt is looked for in what was noted by then.
#[test]
fn threads_share_syncs_and_every_ok_has_one_that_began_after_its_write() {
    const THREADS: usize = 8;
    const EACH: usize = 40;
    let noted = Arc::new((AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false)));
    let seen = Arc::clone(&noted);
    let (_folder, log) = log_with(move |file| {
        let (syncs, on_disk, under_way) = &*seen;
        assert!(!under_way.swap(true, Ordering::SeqCst), "two syncs at once");
        let begun = file.metadata()?.len();
        // As a disk does, so that the other threads come to write.
        std::thread::sleep(Duration::from_millis(4));
        syncs.fetch_add(1, Ordering::SeqCst);
        on_disk.fetch_max(begun, Ordering::SeqCst);
        under_way.store(false, Ordering::SeqCst);
        Ok(())
    });
    let oks = at_once(THREADS, || {
        let mut oks = Vec::new();
        for _ in 0..EACH {
            let receipt = log.record_as(&event(), Durability::Group).expect("recorded");
            oks.push((receipt, noted.1.load(Ordering::SeqCst)));
        }
        oks
    });
    let lines = std::fs::read(log.path()).expect("bytes");
    let ends: Vec<u64> = (1..).zip(&lines).filter(|(_, byte)| **byte == b'\n').map(|(end, _)| end).collect();
    let early = oks.iter().flatten().filter(|(ok, on_disk)| ends[usize::try_from(ok.seq).expect("seq")] > *on_disk);
    assert_eq!(early.count(), 0, "an ok without its sync");
    let (records, syncs) = ((THREADS * EACH) as u64, noted.0.load(Ordering::SeqCst));
    println!(
        "group commit: {records} records of {THREADS} threads in {syncs} syncs, {}.{:02} a sync",
        records / syncs,
        records * 100 / syncs % 100
    );
    // The goal: 0.4 a thread and sync.
    assert!(records * 10 >= syncs * 4 * THREADS as u64);
    assert_eq!(verify(log.path(), log.head().ok()).expect("verifies").records, records);
}

#[test]
fn synced_has_a_sync_of_its_own_and_alone_group_does_too() {
    let syncs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&syncs);
    let (_folder, log) = log_with(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    at_once(4, || log.record_as(&event(), Durability::Synced).expect("recorded"));
    assert_eq!(syncs.load(Ordering::SeqCst), 4);
    log.record_as(&event(), Durability::Written).expect("recorded");
    assert_eq!(syncs.load(Ordering::SeqCst), 4);
    let receipt = log.record_as(&event(), Durability::Group).expect("recorded");
    assert_eq!((receipt.durability, syncs.load(Ordering::SeqCst)), (Durability::Group, 5));
}

/// The third sync fails: whoever waited for it, or comes later, gets no ok, in whatever mode.
#[test]
fn a_failed_sync_fails_everyone_who_waits_for_it() {
    let syncs = AtomicU64::new(0);
    let (_folder, log) = log_with(move |_| {
        std::thread::sleep(Duration::from_millis(4));
        if syncs.fetch_add(1, Ordering::SeqCst) == 2 { Err(io::Error::other("bad block")) } else { Ok(()) }
    });
    let modes = [Durability::Group, Durability::Synced];
    let ends = at_once(8, || {
        let mut oks = 0;
        loop {
            match log.record_as(&event(), modes[oks % 2]) {
                Ok(_) => oks += 1,
                Err(error) => return (oks as u64, error.code()),
            }
        }
    });
    let failed = ends.iter().filter(|(_, code)| *code == "audit.not_recorded").count();
    assert_eq!(failed, 1, "whoever did the sync");
    assert!(ends.iter().all(|(_, code)| ["audit.not_recorded", "audit.poisoned"].contains(code)));
    assert_eq!(log.record_as(&event(), Durability::Written).expect_err("poisoned").code(), "audit.poisoned");
    let again = AuditLog::open(log.path()).expect("opened again");
    assert!(again.head().expect("head").records > ends.iter().map(|(oks, _)| oks).sum());
}

/// A sync that never returns leaves nobody waiting for it.
#[test]
fn a_panic_in_the_sync_poisons_the_handle() {
    let (_folder, log) = log_with(|_| panic!("no disk"));
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| log.record_as(&event(), Durability::Group)));
    assert!(ended.is_err());
    assert_eq!(log.record_as(&event(), Durability::Group).expect_err("poisoned").code(), "audit.poisoned");
}

/// A fork may find that a thread it does not have was syncing.
#[test]
fn a_fork_does_not_wait_for_its_parent() {
    let (_folder, log) = log_with(|_| Ok(()));
    log.record_as(&event(), Durability::Written).expect("recorded");
    log.group.progress().expect("progress").under_way = true;
    log.state.lock().expect("state").process = 0;
    log.record_as(&event(), Durability::Group).expect("recorded");
}
