//! The audit log as its callers see it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod attacks;
mod checkpoints;
mod concurrency;
mod crash;
mod guard;
mod projections;
mod rotation;
mod swaps;
mod tamper;
mod vectors;

use ig_core::AuditError;
use ig_core::audit::{AuditEvent, AuditLog, EventKind, Outcome, StampSource, Timestamp};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A clock that ticks once a second and random bytes that count: the same events give the same bytes.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl StampSource for Counting {
    fn now(&self) -> Result<Timestamp, AuditError> {
        Timestamp::from_unix_micros(1_795_339_800_000_000 + self.0.load(Ordering::SeqCst) * 1_000_000)
    }

    fn random(&self) -> Result<[u8; 10], AuditError> {
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        Ok(bytes)
    }
}

pub(crate) fn event(kind: EventKind) -> AuditEvent {
    let run = "01a5d1b2-0c00-7000-8000-00000000000a".parse().expect("run");
    AuditEvent::new(kind, Outcome::Success, "a.analyst", run).expect("event")
}

/// The bytes of a log of so many records.
pub(crate) fn sample(folder: &Path, records: usize) -> Vec<u8> {
    let path = folder.join("sample.jsonl");
    let log = AuditLog::open_with(&path, Counting::default()).expect("log");
    for count in 0..records {
        log.record(&event(EventKind::Read).count(count as u64).expect("count")).expect("recorded");
    }
    std::fs::read(&path).expect("bytes")
}

/// Where the newlines are.
pub(crate) fn line_ends(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|&at| bytes[at] == b'\n').collect()
}
