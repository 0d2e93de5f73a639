//! Checkpoints and proofs: the vectors of a Python program written from the specification, and other people's code.

use super::{event, sample};
use ig_core::audit::{
    AuditLog, Checkpoint, ConsistencyProof, Digest, EventKind, InclusionProof, MerkleTree, RecordFilter, SignerKey,
    Truncation, VerifierKey, check_consistency, check_inclusion, read_records, verify, verify_reader,
};
use serde_json::Value;
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};
use std::path::{Path, PathBuf};
use tlog_tiles::{Hash, check_record, check_tree, record_hash};

fn file(name: &str) -> Value {
    let path = format!("{}/../../tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).expect("vector file")).expect("vectors")
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("list").iter().map(|text| text.as_str().expect("text")).collect()
}

fn digests(value: &Value) -> Vec<Digest> {
    texts(value).into_iter().map(|text| text.parse().expect("hash")).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("number")
}

/// The log of the record vectors, of which the checkpoints and proofs are.
fn log_of_vectors(folder: &Path) -> (PathBuf, Vec<String>) {
    let lines: Vec<String> = file("audit_record_v1")
        .as_array()
        .expect("list")
        .iter()
        .map(|vector| vector["line"].as_str().expect("line").to_owned())
        .collect();
    let path = folder.join("vectors.jsonl");
    std::fs::write(&path, lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>()).expect("written");
    (path, lines)
}

#[test]
fn roots_and_paths_are_those_of_the_vectors() {
    let tree = &file("audit_tree_v1")["tree"];
    let (leaves, hashes, roots) = (texts(&tree["leaves"]), digests(&tree["hashes"]), digests(&tree["roots"]));
    let mut grown = MerkleTree::default();
    for (size, root) in roots.iter().enumerate() {
        assert_eq!(grown.root(), *root, "{size}");
        let Some(leaf) = leaves.get(size) else { break };
        let bytes = data_encoding::HEXLOWER.decode(leaf.as_bytes()).expect("hex");
        assert_eq!(MerkleTree::leaf(&bytes), hashes[size]);
        grown.push(hashes[size]);
    }
    assert_eq!((leaves.len(), roots.len()), (8, 9));
    let inclusion = tree["inclusion"].as_array().expect("list");
    for proof in inclusion {
        let (index, size) = (number(&proof["index"]), number(&proof["size"]));
        let (leaf, root) = (hashes[index as usize], roots[size as usize]);
        assert_eq!(check_inclusion(leaf, index, size, &digests(&proof["path"]), root), Ok(()));
    }
    let consistency = tree["consistency"].as_array().expect("list");
    for proof in consistency {
        let (older, newer) = (number(&proof["older"]), number(&proof["newer"]));
        let (old, new) = ((older, roots[older as usize]), (newer, roots[newer as usize]));
        assert_eq!(check_consistency(old, new, &digests(&proof["path"])), Ok(()));
    }
    assert_eq!((inclusion.len(), consistency.len()), (36, 45));
}

#[test]
fn checkpoints_and_proofs_are_the_bytes_of_the_vectors() {
    let vectors = file("audit_tree_v1");
    let text = |name: &str| vectors[name].as_str().expect("text").to_owned();
    let origin = text("origin");
    let signer = SignerKey::from_text(&text("signer_key")).expect("key");
    let verifier: VerifierKey = text("verifier_key").parse().expect("key");
    assert_eq!(signer.verifier(), &verifier);
    let folder = tempfile::tempdir().expect("folder");
    let (path, lines) = log_of_vectors(folder.path());
    let notes = texts(&vectors["log"]["checkpoints"]);
    let opened: Vec<Checkpoint> =
        notes.iter().map(|note| Checkpoint::open(note, &verifier, &origin).expect("opens")).collect();
    for (size, (note, checkpoint)) in notes.iter().zip(&opened).enumerate() {
        let start = folder.path().join("start.jsonl");
        std::fs::write(&start, lines[..size].iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>())
            .expect("written");
        let made = Checkpoint::of_log(&start, &signer, &origin, size.checked_sub(1).map(|before| &opened[before]));
        assert_eq!(made.expect("signed").to_string(), **note);
        // The log has grown since most of them were signed.
        let report = verify(&path, checkpoint).expect("verifies");
        let expected = if size == 0 { Truncation::NotExcluded } else { Truncation::Excluded { records: size as u64 } };
        assert_eq!((report.truncation, report.root), (expected, opened[lines.len()].root()));
    }
    let last = &opened[lines.len()];
    for (seq, text) in texts(&vectors["log"]["inclusion"]).into_iter().enumerate() {
        assert_eq!(InclusionProof::make(&path, seq as u64, last).expect("made").to_string(), text);
        let proof = InclusionProof::open(text, None, &verifier, &origin).expect("opens");
        assert_eq!((proof.record().to_line(), proof.checkpoint()), (lines[seq].clone(), last));
    }
    for (older, text) in texts(&vectors["log"]["consistency"]).into_iter().enumerate() {
        assert_eq!(ConsistencyProof::make(&path, &opened[older], last).expect("made").to_string(), text);
        let proof = ConsistencyProof::open(text, &opened[older], &verifier).expect("opens");
        assert_eq!((proof.older(), proof.newer()), (older as u64, last));
    }
}

/// `signed_note` and `tlog_tiles` are ports of what Go programs check such logs with.
#[test]
fn other_peoples_code_accepts_what_we_make_and_we_accept_theirs() {
    let vectors = file("audit_tree_v1");
    let text = |name: &str| vectors[name].as_str().expect("text");
    let folder = tempfile::tempdir().expect("folder");
    let (path, lines) = log_of_vectors(folder.path());
    let signer = SignerKey::from_text(text("signer_key")).expect("key");
    let theirs = StandardVerifier::new(&signer.verifier().to_string()).expect("their verifier key");
    let checked = |note: &str| {
        let note = Note::from_bytes(note.as_bytes()).expect("their note");
        let (good, other) = note.verify(&VerifierList::new(vec![Box::new(theirs.clone())])).expect("their verdict");
        assert_eq!((good.len(), other.len()), (1, 0));
        tlog_tiles::Checkpoint::from_bytes(note.text()).expect("their checkpoint")
    };
    let ours = Checkpoint::of_log(&path, &signer, "example.nhs.uk/audit", None).expect("signed");
    let read = checked(&ours.to_string());
    let size = lines.len() as u64;
    assert_eq!((read.origin(), read.size(), read.hash().0), ("example.nhs.uk/audit", size, *ours.root().as_bytes()));
    let hashes = |path: &[Digest]| path.iter().map(|hash| Hash(*hash.as_bytes())).collect::<Vec<_>>();
    for (seq, line) in lines.iter().enumerate() {
        let proof = InclusionProof::make(&path, seq as u64, &ours).expect("made");
        check_record(&hashes(proof.path()), size, *read.hash(), seq as u64, record_hash(line.as_bytes()))
            .expect("their verdict on a record");
    }
    for note in texts(&vectors["log"]["checkpoints"]).into_iter().skip(1) {
        let older = Checkpoint::open(note, signer.verifier(), "example.nhs.uk/audit").expect("opens");
        let proof = ConsistencyProof::make(&path, &older, &ours).expect("made");
        let root = Hash(*older.root().as_bytes());
        check_tree(&hashes(proof.path()), size, *read.hash(), older.size(), root).expect("their verdict on growth");
    }

    // Theirs: the same text signed by their code with the same key is the same note, byte for byte.
    let made = tlog_tiles::Checkpoint::new("example.nhs.uk/audit", size, *read.hash(), "").expect("theirs");
    let mut note = Note::new(&made.to_bytes(), &[]).expect("their note");
    let their_signer = StandardSigner::new(text("signer_key")).expect("their signing key");
    note.add_sigs(&[&their_signer]).expect("signed by theirs");
    assert_eq!(String::from_utf8(note.to_bytes()).expect("text"), ours.to_string());
    assert_eq!(verify(&path, &ours).expect("verifies").records, size);
}

#[test]
fn a_changed_proof_is_refused() {
    let vectors = file("audit_tree_v1");
    let verifier: VerifierKey = vectors["verifier_key"].as_str().expect("text").parse().expect("key");
    let origin = vectors["origin"].as_str().expect("text");
    let inclusion = texts(&vectors["log"]["inclusion"])[5];
    let open = |text: &str, line| InclusionProof::open(text, line, &verifier, origin).map(|proof| proof.record().seq());
    assert_eq!(open(inclusion, None), Ok(5));
    for at in 0..inclusion.len() {
        let mut changed = inclusion.as_bytes().to_vec();
        changed[at] ^= 1;
        if let Ok(text) = std::str::from_utf8(&changed) {
            assert!(open(text, None).is_err(), "byte {at}: {text}");
        }
    }
    let code = |text: &str, line| open(text, line).expect_err(text).code();
    let extra = inclusion.lines().nth(1).expect("extra");
    let without = inclusion.replace(&format!("{extra}\n"), "");
    let record = data_encoding::BASE64.decode(&extra.as_bytes()[6..]).expect("base64");
    assert_eq!(open(&without, Some(&record)), Ok(5));
    assert_eq!(code(&without, None), "audit.proof_format");
    assert_eq!(code(&without, Some(b"another line")), "audit.proof_differs");
    assert_eq!(code(inclusion, Some(b"another line")), "audit.proof_differs");
    assert_eq!(code(&inclusion.replace("index 5", "index 4"), None), "audit.proof_differs");
    assert_eq!(code(&inclusion.replace("index 5", "index 13"), None), "audit.proof_range");
    assert_eq!(code(&inclusion.replace("index 5", "index 05"), None), "audit.proof_format");
    assert_eq!(code(&inclusion.replace("@v1", "@v2"), None), "audit.proof_format");
    assert_eq!(code("", None), "audit.proof_format");
    let many = format!("index 5\n{}", format!("{}\n", inclusion.lines().nth(3).expect("hash")).repeat(60));
    assert_eq!(code(&inclusion.replace("index 5\n", &many), None), "audit.proof_format");
    assert_eq!(code(&format!("{}{inclusion}", "x".repeat(20_000)), None), "audit.proof_format");

    let notes = texts(&vectors["log"]["checkpoints"]);
    let older = |size: usize| Checkpoint::open(notes[size], &verifier, origin).expect("opens");
    let growth = texts(&vectors["log"]["consistency"])[6];
    let open = |text: &str, size| ConsistencyProof::open(text, &older(size), &verifier).map(|proof| proof.older());
    assert_eq!(open(growth, 6), Ok(6));
    for at in 0..growth.len() {
        let mut changed = growth.as_bytes().to_vec();
        changed[at] ^= 1;
        if let Ok(text) = std::str::from_utf8(&changed) {
            assert!(open(text, 6).is_err(), "byte {at}: {text}");
        }
    }
    assert_eq!(open(growth, 7).expect_err("another older one").code(), "audit.proof_differs");
    assert_eq!(open(&growth.replace("old 6", "old 7"), 7).expect_err("other hashes").code(), "audit.proof_differs");
    assert_eq!(open(&growth.replace("old 6", "new 6"), 6).expect_err("no old line").code(), "audit.proof_format");
    let (head, _) = growth.split_once("\n\n").expect("head");
    let turned = format!("{head}\n\n{}", notes[3]);
    assert_eq!(open(&turned, 6).expect_err("turned round").code(), "audit.checkpoint_order");
}

#[test]
fn what_cannot_be_proved_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    sample(folder.path(), 5);
    let path = folder.path().join("sample.jsonl");
    let (signer, other) = (SignerKey::generate("a").expect("key"), SignerKey::generate("b").expect("key"));
    let older = Checkpoint::of_log(&path, &signer, "a", None).expect("signed");
    let elsewhere = Checkpoint::of_log(&path, &other, "b", None).expect("signed");
    AuditLog::open(&path).and_then(|log| log.record(&event(EventKind::Login))).expect("recorded");
    let newer = Checkpoint::of_log(&path, &signer, "a", Some(&older)).expect("signed");
    assert_eq!(InclusionProof::make(&path, 5, &older).expect_err("later").code(), "audit.proof_range");
    assert_eq!(InclusionProof::make(&path, 5, &newer).expect("made").record().event(), EventKind::Login);
    assert_eq!(ConsistencyProof::make(&path, &newer, &older).expect_err("turned").code(), "audit.checkpoint_order");
    assert_eq!(
        ConsistencyProof::make(&path, &elsewhere, &newer).expect_err("another log").code(),
        "audit.checkpoint_origin"
    );
    // The same key signed a log that went another way: the two cannot be joined.
    let forked = folder.path().join("forked.jsonl");
    let log = AuditLog::open(&forked).expect("log");
    for _ in 0..4 {
        log.record(&event(EventKind::Query)).expect("recorded");
    }
    let fork = Checkpoint::of_log(&forked, &signer, "a", None).expect("signed");
    assert_eq!(ConsistencyProof::make(&path, &fork, &newer).expect_err("forked").code(), "audit.checkpoint_differs");
}

#[test]
fn sealed_bytes_are_covered_though_they_are_no_leaves() {
    let folder = tempfile::tempdir().expect("folder");
    let bytes = sample(folder.path(), 3);
    let path = folder.path().join("torn.jsonl");
    std::fs::write(&path, &bytes[..bytes.len() - 40]).expect("torn");
    AuditLog::open(&path).and_then(|log| log.record(&event(EventKind::Read))).expect("recorded");
    let signer = SignerKey::generate("a").expect("key");
    let checkpoint = Checkpoint::of_log(&path, &signer, "a", None).expect("signed");
    // Two whole records, the seal, and the one that came after.
    assert_eq!(checkpoint.size(), 4);
    assert_eq!(InclusionProof::make(&path, 2, &checkpoint).expect("made").record().event(), EventKind::ChainRecovered);
    let sealed = std::fs::read(&path).expect("bytes");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(verify_reader(&changed[..], &checkpoint).is_err(), "byte {at}");
    }
}

#[test]
fn records_are_read_back_as_they_are_asked_for() {
    let folder = tempfile::tempdir().expect("folder");
    let (path, lines) = log_of_vectors(folder.path());
    let read = |filter: &RecordFilter| {
        let mut found = Vec::new();
        read_records(&path, None, filter, |record, line| {
            assert_eq!(record.to_line().as_bytes(), line);
            found.push(record.seq());
            Ok(())
        })
        .expect("verifies");
        found
    };
    assert_eq!(read(&RecordFilter::default()), (0..lines.len() as u64).collect::<Vec<_>>());
    let filter = RecordFilter { event: Some(EventKind::Export), ..RecordFilter::default() };
    assert_eq!(read(&filter), [1]);
    assert_eq!(read(&RecordFilter { actor: Some("b+analyst".into()), ..filter.clone() }), [0; 0]);
    let filter = RecordFilter { actor: Some("b+analyst".into()), ..RecordFilter::default() };
    assert_eq!(read(&filter), [2]);
    assert_eq!(read(&RecordFilter { dataset: Some("hes_2024_25".into()), ..RecordFilter::default() }), [2]);
    let run = Some("1b4e28ba-2fa1-41d2-883f-0016d3cca427".parse().expect("run"));
    assert_eq!(read(&RecordFilter { run, ..RecordFilter::default() }).len(), 8);
    let time = |text: &str| Some(text.parse().expect("time"));
    let from = time("2026-11-22T09:30:00.000001Z");
    let before = time("2026-11-22T09:30:00.999999Z");
    assert_eq!(read(&RecordFilter { from, before, ..RecordFilter::default() }), [1]);
}

/// The worked example of the specification page.
#[test]
fn the_example_of_the_page_is_right() {
    let page = include_str!("../../docs/audit_log_v1.md");
    let example = page.split("# An example").nth(1).expect("example");
    let blocks: Vec<&str> =
        example.split("```text\n").skip(1).map(|rest| rest.split("```").next().expect("end")).collect();
    let [log, hashes, keys, note, older, inclusion, growth] = blocks[..7] else { panic!("{} blocks", blocks.len()) };
    let signer = SignerKey::from_text(keys.lines().next().expect("line")).expect("key");
    assert_eq!(keys.lines().nth(1), Some(signer.verifier().to_string().as_str()));
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    std::fs::write(&path, log).expect("written");
    let made = Checkpoint::of_log(&path, &signer, signer.name(), None).expect("signed");
    assert_eq!(made.to_string(), note);
    let older = Checkpoint::open(older, signer.verifier(), signer.name()).expect("opens");
    let report = verify(&path, &older).expect("verifies");
    assert_eq!(
        report.to_string(),
        "3 records, consistent; truncation excluded for the first 2 records, NOT excluded after them; 16 bytes sealed after 1 interruptions"
    );
    assert!(hashes.ends_with(&format!("root    {}\n", report.root)));
    assert_eq!(InclusionProof::make(&path, 1, &made).expect("made").to_string(), inclusion);
    assert_eq!(ConsistencyProof::make(&path, &older, &made).expect("made").to_string(), growth);
}
