//! Every state that a crash can leave a small log in: opened and appended to, it verifies and has lost nothing.

use super::{Counting, event, line_ends, sample};
use ig_core::audit::{AuditLog, EventKind, VerifyReport, verify};
use std::path::Path;

/// Writes a crash state, appends two records through one handle, and verifies.
fn goes_on(path: &Path, state: &[u8], what: &str) -> VerifyReport {
    std::fs::write(path, state).expect("state");
    let log = AuditLog::open_with(path, Counting::default()).unwrap_or_else(|e| panic!("{what}: {e}"));
    for _ in 0..2 {
        log.record(&event(EventKind::Write)).unwrap_or_else(|e| panic!("{what}: {e}"));
    }
    let head = log.head().expect("head");
    let after = std::fs::read(path).expect("bytes");
    assert!(after.starts_with(state), "{what}: the log was shortened or rewritten");
    let report = verify(path, Some(head)).unwrap_or_else(|e| panic!("{what}: {e}"));
    assert_eq!(report.head(), head, "{what}");
    report
}

#[test]
fn every_byte_cut_goes_on() {
    let folder = tempfile::tempdir().expect("folder");
    let bytes = sample(folder.path(), 3);
    let ends = line_ends(&bytes);
    let path = folder.path().join("cut.jsonl");
    for cut in 0..=bytes.len() {
        let report = goes_on(&path, &bytes[..cut], &format!("cut at {cut}"));
        // A record whose last brace was written is whole, with its newline or without.
        let whole = ends.iter().filter(|&&end| cut >= end).count() as u64;
        let begun = ends.iter().filter(|&&end| cut > end).map(|end| end + 1).next_back().unwrap_or(0);
        let torn = cut > begun && !ends.contains(&cut);
        assert_eq!(report.records, whole + u64::from(torn) + 2, "cut at {cut}");
        assert_eq!(report.recoveries, u64::from(torn), "cut at {cut}");
        assert_eq!(report.sealed_bytes, if torn { (cut - begun) as u64 + 1 } else { 0 }, "cut at {cut}");
    }
}

#[test]
fn zero_filled_tails_and_blocks_go_on() {
    let folder = tempfile::tempdir().expect("folder");
    let bytes = sample(folder.path(), 3);
    let ends = line_ends(&bytes);
    let path = folder.path().join("zero.jsonl");
    for cut in 0..bytes.len() {
        let whole = ends.iter().filter(|&&end| cut > end).count() as u64;
        // The length reached the disk, the data from here on did not.
        let mut tail = bytes.clone();
        tail[cut..].fill(0);
        assert_eq!(goes_on(&path, &tail, &format!("zeros from {cut}")).records, whole + 3, "zeros from {cut}");
        // One block of it did not.
        let mut hole = bytes.clone();
        let end = bytes.len().min(cut + 64);
        hole[cut..end].fill(0);
        assert_eq!(goes_on(&path, &hole, &format!("hole at {cut}")).records, whole + 3, "hole at {cut}");
        // Zeros were added after a cut.
        let mut padded = bytes[..cut].to_vec();
        padded.resize(cut + 5000, 0);
        assert_eq!(goes_on(&path, &padded, &format!("padded at {cut}")).records, whole + 3, "padded at {cut}");
    }
}

/// A crash while a crash is being sealed, at every byte.
#[test]
fn a_seal_that_is_cut_itself_goes_on() {
    let folder = tempfile::tempdir().expect("folder");
    let bytes = sample(folder.path(), 2);
    let path = folder.path().join("twice.jsonl");
    let torn = bytes.len() - 100;
    goes_on(&path, &bytes[..torn], "first");
    let sealed = std::fs::read(&path).expect("bytes");
    for cut in torn..sealed.len() {
        let report = goes_on(&path, &sealed[..cut], &format!("cut again at {cut}"));
        assert!(report.records >= 1 + 1 + 2 && report.recoveries >= 1, "cut again at {cut}: {report}");
    }
}

/// A handle that stays open finds what a crashed neighbour left.
#[test]
fn an_open_handle_seals_the_torn_record_of_another_writer() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::open_with(&path, Counting::default()).expect("log");
    log.record(&event(EventKind::Read)).expect("recorded");
    let mut bytes = std::fs::read(&path).expect("bytes");
    bytes.extend_from_slice(b"{\"actor\":\"b.anal");
    std::fs::write(&path, &bytes).expect("torn");
    assert_eq!(verify(&path, None).expect_err("torn").code(), "audit.torn_tail");
    log.record(&event(EventKind::Read)).expect("recorded");
    log.record(&event(EventKind::Read)).expect("recorded");
    let report = verify(&path, log.head().ok()).expect("verifies");
    assert_eq!((report.records, report.recoveries, report.sealed_bytes), (4, 1, 17));
    assert!(report.to_string().ends_with("17 bytes sealed after 1 interruptions"), "{report}");
}

/// What no crash leaves is neither sealed nor touched.
#[test]
fn edits_and_foreign_files_are_refused_untouched() {
    let folder = tempfile::tempdir().expect("folder");
    let bytes = sample(folder.path(), 3);
    let ends = line_ends(&bytes);
    let text = String::from_utf8(bytes.clone()).expect("text");
    let without_second = [&bytes[..=ends[0]], &bytes[ends[1] + 1..]].concat();
    let newer = [&bytes[..], b"{\"actor\":\"a.analyst\",\"more\":[1.5],\"v\":2}\n"].concat();
    let states: [(Vec<u8>, &str); 7] = [
        (text.replacen("a.analyst", "b.analyst", 1).into_bytes(), "audit.chain_broken"),
        (text.replacen("success", "successs", 1).into_bytes(), "audit.record_format"),
        (without_second, "audit.sequence"),
        (newer, "audit.version_unknown"),
        (b"nhs_number,date_of_birth\n9990000018,2000-01-01\n".to_vec(), "audit.not_a_log"),
        (b"{\"v\":1}".to_vec(), "audit.not_a_log"),
        (b"\n".to_vec(), "audit.not_a_log"),
    ];
    for (state, code) in states {
        let path = folder.path().join("state");
        std::fs::write(&path, &state).expect("state");
        assert_eq!(AuditLog::open(&path).expect_err(code).code(), code);
        assert_eq!(std::fs::read(&path).expect("bytes"), state);
    }
}
