//! The nine attacks of the threat model, each on a log that someone signed a checkpoint of.

use super::{Counting, event, sample};
use ig_core::AuditError;
use ig_core::audit::{
    AuditLog, AuditRecord, Checkpoint, Digest, EventKind, HeldHead, SignerKey, VerifyReport, verify, verify_reader,
};

const ORIGIN: &str = "example.nhs.uk/audit";

/// A log of six records, its head, and what its auditor holds.
struct Target {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
    head: HeldHead,
    checkpoint: Checkpoint,
}

impl Target {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let bytes = sample(folder.path(), 6);
        let path = folder.path().join("sample.jsonl");
        let signer = SignerKey::generate(ORIGIN).expect("key");
        let note = Checkpoint::of_log(&path, &signer, ORIGIN, None).expect("signed").to_string();
        // As it is: kept as text elsewhere, and opened again with the key got from the signer.
        let checkpoint = Checkpoint::open(&note, signer.verifier(), ORIGIN).expect("opens");
        let head = verify(&path, None).expect("verifies").head();
        Self { folder, bytes, head, checkpoint }
    }

    fn lines(&self) -> Vec<Vec<u8>> {
        self.bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    }

    /// The codes with a held checkpoint and with a held head.
    fn held(&self, attacked: &[u8]) -> (&'static str, &'static str) {
        let code = |found: Result<VerifyReport, AuditError>| found.expect_err("not found").code();
        (code(verify_reader(attacked, &self.checkpoint)), code(verify_reader(attacked, Some(self.head))))
    }

    /// Found by the chain alone, and so in any case.
    fn is_found_alone(&self, attacked: &[u8], expected: &str) {
        assert_ne!(attacked, self.bytes);
        assert_eq!(verify_reader(attacked, None).expect_err("not found").code(), expected);
        assert_eq!(self.held(attacked), (expected, expected));
    }

    /// Looks as good as any log, and is found only against what is held.
    fn is_found_held(&self, attacked: &[u8], expected: (&str, &str)) {
        assert_ne!(attacked, self.bytes);
        assert!(verify_reader(attacked, None).is_ok(), "found alone: say so in the threat model");
        assert_eq!(self.held(attacked), expected);
    }

    /// A log under another name that begins with these bytes and to which somebody wrote.
    fn written_on(&self, start: &[u8], records: usize, kind: EventKind) -> Vec<u8> {
        let path = self.folder.path().join("attacked.jsonl");
        std::fs::write(&path, start).expect("written");
        let log = AuditLog::open_with(&path, Counting::default()).expect("opens");
        for _ in 0..records {
            log.record(&event(kind)).expect("recorded");
        }
        std::fs::read(&path).expect("bytes")
    }
}

const MISSING: (&str, &str) = ("audit.checkpoint_missing", "audit.held_head_missing");
const DIFFERS: (&str, &str) = ("audit.checkpoint_differs", "audit.held_head_differs");

fn replaced(line: &[u8], from: &str, to: &str) -> Vec<u8> {
    String::from_utf8_lossy(line).replace(from, to).into_bytes()
}

#[test]
fn attack_1_change_a_record() {
    let target = Target::new();
    let mut lines = target.lines();
    lines[2] = replaced(&lines[2], "a.analyst", "b.analyst");
    target.is_found_alone(&lines.concat(), "audit.chain_broken");
}

#[test]
fn attack_2_delete_a_record() {
    let target = Target::new();
    let mut lines = target.lines();
    lines.remove(2);
    target.is_found_alone(&lines.concat(), "audit.sequence");
}

#[test]
fn attack_3_insert_a_record() {
    let target = Target::new();
    let mut lines = target.lines();
    // It follows from the line before, and the line after it follows no longer.
    let inserted = replaced(&lines[2], "\"event\":\"read\"", "\"event\":\"query\"");
    lines.insert(2, inserted);
    target.is_found_alone(&lines.concat(), "audit.sequence");
}

#[test]
fn attack_4_swap_two_records() {
    let target = Target::new();
    let mut lines = target.lines();
    lines.swap(2, 3);
    target.is_found_alone(&lines.concat(), "audit.sequence");
}

#[test]
fn attack_5_cut_off_the_end() {
    let target = Target::new();
    for kept in 0..6 {
        target.is_found_held(&target.lines()[..kept].concat(), MISSING);
    }
}

#[test]
fn attack_6_cut_off_the_end_and_write_on() {
    let target = Target::new();
    let start = target.lines()[..4].concat();
    let grown = target.written_on(&start, 2, EventKind::Login);
    target.is_found_held(&grown, DIFFERS);
    let longer = target.written_on(&start, 9, EventKind::Login);
    target.is_found_held(&longer, DIFFERS);
}

/// Every record again, with its chain computed anew: no key is needed for that.
fn rechained(lines: &[Vec<u8>]) -> Vec<u8> {
    let mut prev = Digest::ZERO;
    let mut all = Vec::new();
    for line in lines {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let old = AuditRecord::parse(line).expect("record").prev().to_string();
        let new = replaced(line, &old, &prev.to_string());
        prev = Digest::of(&new);
        all.extend_from_slice(&new);
        all.push(b'\n');
    }
    all
}

#[test]
fn attack_7_change_a_record_and_compute_the_whole_chain_anew() {
    let target = Target::new();
    assert_eq!(rechained(&target.lines()), target.bytes, "the attacker's program works");
    for changed in 0..6 {
        let mut lines = target.lines();
        lines[changed] = replaced(&lines[changed], "a.analyst", "b.analyst");
        target.is_found_held(&rechained(&lines), DIFFERS);
    }
}

#[test]
fn attack_8_put_another_log_in_its_place() {
    let target = Target::new();
    target.is_found_held(&target.written_on(b"", 6, EventKind::Query), DIFFERS);
    target.is_found_held(&target.written_on(b"", 20, EventKind::Query), DIFFERS);
    target.is_found_held(&target.written_on(b"", 3, EventKind::Query), MISSING);
}

#[test]
fn attack_9_put_an_older_copy_in_its_place_and_write_on() {
    let target = Target::new();
    let older = target.lines()[..5].concat();
    target.is_found_held(&older, MISSING);
    target.is_found_held(&target.written_on(&older, 1, EventKind::Delete), DIFFERS);
}

#[test]
fn a_checkpoint_that_the_attacker_makes_too_is_of_another_key() {
    let target = Target::new();
    let path = target.folder.path().join("attacked.jsonl");
    std::fs::write(&path, target.lines()[..3].concat()).expect("written");
    let forger = SignerKey::generate(ORIGIN).expect("key");
    let note = Checkpoint::of_log(&path, &forger, ORIGIN, None).expect("signed").to_string();
    let trusted = SignerKey::generate(ORIGIN).expect("key");
    let refused = Checkpoint::open(&note, trusted.verifier(), ORIGIN).expect_err("another key of the same name");
    assert_eq!(refused.code(), "audit.checkpoint_unknown_key");
    // Nor does a signature of the right key move to another text.
    let signed = Checkpoint::of_log(target.folder.path().join("sample.jsonl"), &trusted, ORIGIN, None);
    let signed = signed.expect("signed").to_string();
    let (signature, text) = (signed.rsplit_once("\n\n").expect("note").1, note.rsplit_once("\n\n").expect("note").0);
    let moved = Checkpoint::open(&format!("{text}\n\n{signature}"), trusted.verifier(), ORIGIN);
    assert_eq!(moved.expect_err("another text").code(), "audit.checkpoint_signature");
}

#[test]
fn the_signer_refuses_every_attacked_log() {
    let target = Target::new();
    let signer = SignerKey::generate(ORIGIN).expect("key");
    let path = target.folder.path().join("attacked.jsonl");
    let sign = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("written");
        Checkpoint::of_log(&path, &signer, ORIGIN, Some(&target.checkpoint))
    };
    for kept in 0..6 {
        assert_eq!(sign(&target.lines()[..kept].concat()).expect_err("cut").code(), "audit.checkpoint_missing");
    }
    let regrown = target.written_on(&target.lines()[..4].concat(), 5, EventKind::Login);
    assert_eq!(sign(&regrown).expect_err("regrown").code(), "audit.checkpoint_differs");
    assert_eq!(sign(&target.bytes[..target.bytes.len() - 5]).expect_err("torn").code(), "audit.torn_tail");
    let other = Checkpoint::of_log(&path, &signer, "example.nhs.uk/other", Some(&target.checkpoint));
    assert_eq!(other.expect_err("another log").code(), "audit.checkpoint_origin");
    let unnamed = Checkpoint::of_log(&path, &signer, "a b", None);
    assert_eq!(unnamed.expect_err("no name").code(), "audit.checkpoint_format");
    let grown = target.written_on(&target.bytes, 3, EventKind::Login);
    assert_eq!(sign(&grown).expect("only grew").size(), 9);
}
