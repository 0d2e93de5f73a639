//! What `verify` finds, with a held head and without.

use super::{event, line_ends, sample};
use ig_core::audit::{AuditLog, Digest, EventKind, HeldHead, Truncation, verify, verify_reader};

#[test]
fn every_single_bit_flip_is_found_with_a_held_head() {
    let folder = tempfile::tempdir().expect("folder");
    let bytes = sample(folder.path(), 4);
    let held = verify_reader(&bytes[..], None).expect("verifies").head();
    let last_line = line_ends(&bytes)[2] + 1;
    let mut unseen = Vec::new();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            assert!(verify_reader(&flipped[..], Some(held)).is_err(), "byte {at} bit {bit}");
            if verify_reader(&flipped[..], None).is_ok() {
                unseen.push(at);
            }
        }
    }
    // Without a held head nothing vouches for the last record: its values can change unseen, nothing before it.
    assert!(!unseen.is_empty() && unseen.iter().all(|at| *at >= last_line), "{unseen:?}");
    println!("unseen without a held head: {} of {} bits, all in the last line", unseen.len(), bytes.len() * 8);
}

#[test]
fn cut_rewritten_and_reordered_logs_are_found() {
    let folder = tempfile::tempdir().expect("folder");
    let bytes = sample(folder.path(), 4);
    let ends = line_ends(&bytes);
    let report = verify_reader(&bytes[..], None).expect("verifies");
    assert_eq!(report.truncation, Truncation::NotExcluded);
    let held = report.head();
    let code = |bytes: &[u8], held| verify_reader(bytes, held).expect_err("found").code();

    let cut = &bytes[..=ends[2]];
    assert_eq!(verify_reader(cut, None).expect("looks well").records, 3);
    assert_eq!(code(cut, Some(held)), "audit.held_head_missing");
    assert_eq!(code(b"", Some(held)), "audit.held_head_missing");

    // A whole new chain, as a program without any key can compute it.
    std::fs::create_dir(folder.path().join("other")).expect("folder");
    let path = folder.path().join("other/audit.jsonl");
    let other = AuditLog::open(&path).expect("log");
    for _ in 0..4 {
        other.record(&event(EventKind::Query)).expect("recorded");
    }
    assert!(verify(&path, None).is_ok());
    assert_eq!(verify(&path, Some(held)).expect_err("found").code(), "audit.held_head_differs");

    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let swapped = [lines[0], lines[2], lines[1], lines[3]].concat();
    assert_eq!(code(&swapped, None), "audit.sequence");
    let doubled = [lines[0], lines[0], lines[1]].concat();
    assert_eq!(code(&doubled, None), "audit.sequence");
    assert_eq!(code(&lines[1..].concat(), None), "audit.sequence");
    assert_eq!(code(&bytes[..bytes.len() - 1], None), "audit.torn_tail");
    assert_eq!(code(&[&bytes[..], b"\n"].concat(), None), "audit.record_format");
    assert_eq!(code(&bytes.repeat(2), None), "audit.sequence");
    assert_eq!(code(&[&bytes[..], "x".repeat(20_000).as_bytes()].concat(), None), "audit.torn_tail");

    // An older head is enough for all that stands before it, and a log may have grown since.
    let older = verify_reader(cut, None).expect("verifies").head();
    assert_eq!(
        verify_reader(&bytes[..], Some(older)).expect("verifies").truncation,
        Truncation::Excluded { records: 3 }
    );
    let nothing = HeldHead { records: 0, hash: Digest::ZERO };
    assert!(verify_reader(&bytes[..], Some(nothing)).is_ok());
    let wrong = HeldHead { records: 0, hash: Digest::of(b"") };
    assert_eq!(code(&bytes, Some(wrong)), "audit.held_head_differs");
}

#[test]
fn what_cannot_be_read_does_not_verify() {
    let folder = tempfile::tempdir().expect("folder");
    assert_eq!(verify(folder.path().join("none"), None).expect_err("missing").code(), "audit.unreadable");
    assert_eq!(verify(folder.path(), None).expect_err("a folder").code(), "audit.unreadable");
}

#[test]
fn a_seal_must_name_exactly_the_bytes_before_it() {
    let folder = tempfile::tempdir().expect("folder");
    let bytes = sample(folder.path(), 2);
    let path = folder.path().join("sealed.jsonl");
    std::fs::write(&path, &bytes[..bytes.len() - 50]).expect("torn");
    AuditLog::open(&path).and_then(|log| log.record(&event(EventKind::Read))).expect("recorded");
    let sealed = std::fs::read(&path).expect("bytes");
    let ends = line_ends(&sealed);
    assert_eq!(verify_reader(&sealed[..], None).expect("verifies").recoveries, 1);
    for at in ends[0] + 1..=ends[1] {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(verify_reader(&changed[..], None).is_err(), "sealed byte {at}");
    }
    // The seal without what it seals.
    let bare = [&sealed[..=ends[0]], &sealed[ends[1] + 1..]].concat();
    assert_eq!(verify_reader(&bare[..], None).expect_err("bare").code(), "audit.recovery_unmatched");
}

#[test]
fn an_overlong_line_is_skipped_in_pieces_and_sealed() {
    let folder = tempfile::tempdir().expect("folder");
    let mut bytes = sample(folder.path(), 1);
    bytes.extend_from_slice(&[0; 3 * 4097 + 11]);
    let path = folder.path().join("long.jsonl");
    std::fs::write(&path, &bytes).expect("state");
    AuditLog::open(&path).and_then(|log| log.record(&event(EventKind::Read))).expect("recorded");
    assert_eq!(verify(&path, None).expect("verifies").sealed_bytes, 3 * 4097 + 12);
}
