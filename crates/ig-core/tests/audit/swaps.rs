//! What stands under the log's name is exchanged while a handle is open: before a record, and between the handle's look
//! at the name and its write.

use super::{Counting, event};
use ig_core::AuditError;
use ig_core::audit::{AuditLog, EventKind, StampSource, Timestamp, verify};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

type Swap = fn(&Path);

/// Does something when it is asked for the time: after the file was checked and before the record is written.
struct Between {
    stamps: Counting,
    path: PathBuf,
    swap: Arc<Mutex<Option<Swap>>>,
}

impl StampSource for Between {
    fn now(&self) -> Result<Timestamp, AuditError> {
        if let Some(swap) = self.swap.lock().expect("swap").take() {
            swap(&self.path);
        }
        self.stamps.now()
    }

    fn random(&self) -> Result<[u8; 10], AuditError> {
        self.stamps.random()
    }
}

fn aside(path: &Path) -> PathBuf {
    path.with_file_name("aside")
}

fn unlink(path: &Path) {
    fs::remove_file(path).expect("removed");
}

fn rename(path: &Path) {
    fs::rename(path, aside(path)).expect("moved");
}

fn copy_in_place(path: &Path) {
    rename(path);
    fs::copy(aside(path), path).expect("copied");
}

/// Another log is copied over the file, which stays the same file.
fn copy_over(path: &Path) {
    let other = path.with_file_name("other");
    let log = AuditLog::open(&other).expect("log");
    for _ in 0..5 {
        log.record(&event(EventKind::Query)).expect("recorded");
    }
    fs::write(path, fs::read(&other).expect("bytes")).expect("copied over");
}

fn truncate(path: &Path) {
    fs::File::options().write(true).open(path).and_then(|file| file.set_len(0)).expect("cut");
}

#[cfg(unix)]
fn link_elsewhere(path: &Path) {
    copy_in_place(path);
    rename(path);
    std::os::unix::fs::symlink(aside(path), path).expect("link");
}

#[cfg(unix)]
fn link_nowhere(path: &Path) {
    unlink(path);
    std::os::unix::fs::symlink(path.with_file_name("none"), path).expect("link");
}

fn swaps() -> Vec<(&'static str, Swap, &'static str)> {
    vec![
        ("unlink", unlink, "audit.log_replaced"),
        ("rename", rename, "audit.log_replaced"),
        ("copy in its place", copy_in_place, "audit.log_replaced"),
        ("copy over it", copy_over, "audit.record_format"),
        ("truncate", truncate, "audit.log_shortened"),
        #[cfg(unix)]
        ("link elsewhere", link_elsewhere, "audit.log_replaced"),
        #[cfg(unix)]
        ("link nowhere", link_nowhere, "audit.log_replaced"),
    ]
}

#[test]
fn an_exchanged_file_is_found_by_the_next_record() {
    let swaps = swaps();
    let mut found = 0;
    for (what, swap, code) in &swaps {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("audit.jsonl");
        let log = AuditLog::open_with(&path, Counting::default()).expect("log");
        for _ in 0..2 {
            log.record(&event(EventKind::Read)).expect("recorded");
        }
        swap(&path);
        let before = fs::read(&path).ok();
        for _ in 0..2 {
            assert_eq!(log.record(&event(EventKind::Read)).expect_err(what).code(), *code, "{what}");
        }
        assert_eq!(fs::read(&path).ok(), before, "{what}: it was written to");
        found += 1;
    }
    println!("files exchanged under a writer: {} tried, {found} found", swaps.len());
}

/// No look at a name can be one act with a write. Who takes the file away between the two might have done so just after
/// the ok; the record is in the file he took, and the next record finds out.
#[test]
fn an_exchange_between_check_and_write_is_found_one_record_later() {
    for (what, swap, code) in swaps() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("audit.jsonl");
        let armed = Arc::new(Mutex::new(None));
        let stamps = Between { stamps: Counting::default(), path: path.clone(), swap: Arc::clone(&armed) };
        let log = AuditLog::open_with(&path, stamps).expect("log");
        for _ in 0..2 {
            log.record(&event(EventKind::Read)).expect("recorded");
        }
        *armed.lock().expect("swap") = Some(swap);
        let receipt = log.record(&event(EventKind::Read)).expect("written before the swap is seen");
        assert_eq!(log.record(&event(EventKind::Read)).expect_err(what).code(), code, "{what}");
        if what == "rename" {
            assert_eq!(verify(aside(&path), receipt.head()).expect("verifies").records, 3);
        }
    }
}
