//! From one key to another, recorded.

use super::{LATER, MADE, context, id, key, read, ring_of_one};
use arrow::array::{ArrayRef, DictionaryArray, StringArray};
use arrow::datatypes::Int32Type;
use ig_core::audit::{AuditLog, CorrelationId, Digest, StampSource, SystemStamps, Timestamp};
use ig_core::keys::{Crosswalk, CrosswalkReport, Key, KeySource, crosswalk};
use ig_core::{AuditError, Encoding, Error, Kind, Length, NhsNumber, OnInvalid, PseudonymFormat, Pseudonymiser};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const NUMBERS: [&str; 3] = ["9990000018", "9990000026", "9990000034"];

struct Bench {
    folder: tempfile::TempDir,
    log: AuditLog,
    old: Key,
    new: Key,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().expect("folder");
    let log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
    Bench { folder, log, old: key("old", 1), new: key("new", 90) }
}

impl Bench {
    fn out(&self) -> PathBuf {
        self.folder.path().join("crosswalk.csv")
    }

    fn inputs<'a>(&'a self, out: &'a Path) -> Crosswalk<'a> {
        Crosswalk {
            old: &self.old,
            new: &self.new,
            context: context("DSA-1"),
            kind: Kind::nhs_number(),
            format: PseudonymFormat::default(),
            on_invalid: OnInvalid::Raise,
            out,
            audit: &self.log,
            run: CorrelationId::generate().expect("run"),
            actor: "a.keeper",
            reason_ref: "IG/2026/17",
            authoriser: None,
        }
    }

    fn run(&self, ids: &[ArrayRef], change: impl FnOnce(&mut Crosswalk<'_>)) -> Result<CrosswalkReport, Error> {
        let out = self.out();
        let mut inputs = self.inputs(&out);
        change(&mut inputs);
        crosswalk(ids, &inputs)
    }

    fn records(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.log.path()).expect("log");
        text.lines().map(|line| serde_json::from_str(line).expect("record")).collect()
    }
}

fn column(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

#[test]
fn every_person_once_and_in_an_order_that_tells_nothing() {
    let bench = bench();
    let cells = [Some("999 000 0026"), Some(NUMBERS[0]), None, Some(" "), Some(NUMBERS[1]), Some(NUMBERS[2])];
    let report = bench.run(&[column(&cells), column(&cells[..2])], |_| {}).expect("made");
    assert_eq!((report.cells, report.pairs, report.empty, report.invalid), (8, 3, 2, 0));
    let text = std::fs::read_to_string(bench.out()).expect("text");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("old_pseudonym,new_pseudonym"));
    let lines: Vec<&str> = lines.collect();
    assert!(lines.is_sorted() && text.ends_with('\n'));
    let of = |key: &Key, number: &str| {
        Pseudonymiser::new(key, context("DSA-1"), Kind::nhs_number(), PseudonymFormat::default())
            .expect("may")
            .pseudonymise_nhs_number(NhsNumber::parse(number).expect("valid"))
    };
    let expected: BTreeSet<String> =
        NUMBERS.iter().map(|number| format!("{},{}", of(&bench.old, number), of(&bench.new, number))).collect();
    assert_eq!(lines, expected.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(report.sha256, Digest::of(text.as_bytes()));

    let told: Vec<(String, String)> = bench
        .records()
        .iter()
        .map(|record| (record["outcome"].as_str().unwrap().to_owned(), record["key_id"].as_str().unwrap().to_owned()))
        .collect();
    let pair = |outcome: &str, key: &str| (outcome.to_owned(), key.to_owned());
    assert_eq!(told, [pair("attempt", "old"), pair("attempt", "new"), pair("success", "old"), pair("success", "new")]);
    for record in &bench.records()[2..] {
        assert_eq!(record["object"], report.sha256.to_string());
        assert_eq!((record["count"].as_u64(), record["event"].as_str()), (Some(3), Some("key_use")));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(bench.out()).expect("there").permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_categorical_column_counts_rows_and_not_what_it_merely_lists() {
    let bench = bench();
    let values = StringArray::from(vec![NUMBERS[0], NUMBERS[1], "9990000017"]);
    let keys = arrow::array::Int32Array::from(vec![Some(0), Some(0), None]);
    let array: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(values)));
    let report = bench.run(&[array], |_| {}).expect("made");
    assert_eq!((report.cells, report.pairs, report.empty, report.invalid), (3, 1, 1, 0));
}

#[test]
fn other_kinds_and_forms() {
    let bench = bench();
    let report = bench.run(&[column(&[Some("W 9"), Some("w 9"), Some("")])], |inputs| {
        inputs.kind = Kind::new("local_patient_id").expect("kind");
        inputs.format = PseudonymFormat { length: Length::Bits256, encoding: Encoding::Bytes };
    });
    assert_eq!(report.expect("made").pairs, 2);
    let text = std::fs::read_to_string(bench.out()).expect("text");
    assert!(text.lines().skip(1).all(|line| line.len() == 129));
}

#[test]
fn refusals_leave_nothing_but_their_records() {
    let good = || [column(&[Some(NUMBERS[0])])];
    let bad = [column(&[Some(NUMBERS[0]), Some("9990000017")])];
    let (_folder, file) = ring_of_one();
    file.add(&key("second", 90), KeySource::Inline, &[context("DSA-1")], MADE).expect("added");
    let ring = read(file.path()).expect("read");
    let pending = ring.key(&id("second")).expect("held");
    file.promote(&id("second"), LATER).expect("promoted");
    let ring = read(file.path()).expect("read");
    let (retired, second) = (ring.key(&id("first")).expect("held"), ring.primary().expect("primary"));
    let spare = key("spare", 30);
    let refused = |ids: &[ArrayRef], code: &str, old: Option<&Key>, new: Option<&Key>, agreement: &str| {
        let bench = bench();
        let out = bench.out();
        let inputs = bench.inputs(&out);
        let (old, new) = (old.unwrap_or(inputs.old), new.unwrap_or(inputs.new));
        let error = crosswalk(ids, &Crosswalk { old, new, context: context(agreement), ..inputs }).expect_err(code);
        assert_eq!(error.code(), code);
        assert!(!format!("{error} {error:?}").contains("999000"));
        assert!(!bench.out().exists());
        let records = bench.records();
        assert_eq!(records.len(), 4, "{code}");
        assert!(records[2..].iter().all(|record| record["outcome"] == "refused" && record["code"] == code));
    };
    refused(&bad, "identifier.invalid_cells", None, None, "DSA-1");
    refused(&good(), "misuse.argument", None, Some(&key("renamed", 1)), "DSA-1");
    refused(&good(), "key.pending", Some(&pending), Some(&spare), "DSA-1");
    refused(&good(), "key.retired", Some(&spare), Some(&retired), "DSA-1");
    refused(&good(), "key.purpose", None, Some(&second), "DSA-2");

    let bench = bench();
    std::fs::write(bench.out(), "mine").expect("written");
    assert_eq!(bench.run(&good(), |_| {}).expect_err("exists").code(), "export.file_exists");
    assert_eq!(std::fs::read_to_string(bench.out()).expect("kept"), "mine");
    let out = bench.folder.path().join("no").join("x.csv");
    assert_eq!(crosswalk(&good(), &bench.inputs(&out)).expect_err("no folder").code(), "export.write_failed");
    assert_eq!(bench.records().last().expect("record")["outcome"], "failure");
    let left = bench.run(&bad, |inputs| inputs.out = Path::new("/nonexistent/x")).expect_err("refused");
    assert_eq!(left.code(), "identifier.invalid_cells");
    let generic = bench.run(&good(), |inputs| inputs.actor = "system").expect_err("refused");
    assert_eq!(generic.code(), "audit.actor_generic");
}

/// Ends the process where a record is asked for, as a crash between the file and its success would.
struct Crashing(AtomicU32);

impl StampSource for Crashing {
    fn now(&self) -> Result<Timestamp, AuditError> {
        if self.0.fetch_sub(1, Ordering::SeqCst) == 0 {
            std::process::exit(CRASHED);
        }
        SystemStamps.now()
    }

    fn random(&self) -> Result<[u8; 10], AuditError> {
        SystemStamps.random()
    }
}

const CRASHED: i32 = 77;
const CRASH_IN: &str = "NHS_IG_TEST_CRASH_IN";

/// Two attempts, the file, two successes: after each number of records the process ends, in a process of its own.
#[test]
fn a_crash_leaves_a_state_that_can_be_told() {
    if let Ok(place) = std::env::var(CRASH_IN) {
        let (folder, records) = place.split_once('|').expect("folder and records");
        let stamps = Crashing(AtomicU32::new(records.parse().expect("a number")));
        let log = AuditLog::open_with(Path::new(folder).join("audit.jsonl"), stamps).expect("log");
        let out = Path::new(folder).join("crosswalk.csv");
        let bench = Bench { log, ..bench() };
        crosswalk(&[column(&[Some(NUMBERS[0])])], &bench.inputs(&out)).expect("ends before");
        return;
    }
    for (records, has_file) in [(0, false), (1, false), (2, true), (3, true)] {
        let bench = bench();
        let folder = bench.folder.path().to_str().expect("text");
        let this_test = "crosswalk::a_crash_leaves_a_state_that_can_be_told";
        let status = std::process::Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", this_test, "--nocapture"])
            .env(CRASH_IN, format!("{folder}|{records}"))
            .stdout(std::process::Stdio::null())
            .status()
            .expect("run");
        assert_eq!(status.code(), Some(CRASHED), "after {records} records");
        assert_eq!(bench.out().exists(), has_file, "after {records} records");
        let told: Vec<_> = bench.records().iter().map(|record| record["outcome"].clone()).collect();
        assert_eq!(told, ["attempt", "attempt", "success"][..records]);
        if has_file {
            // Whole, though no record accounts for it yet; and a second run does not overwrite it.
            let made = std::fs::read(bench.out()).expect("bytes");
            assert!(made.starts_with(b"old_pseudonym,new_pseudonym\n") && made.ends_with(b"\n"));
            let accounted = bench.records().iter().any(|record| record["object"] == Digest::of(&made).to_string());
            assert_eq!(accounted, records == 3);
            let again = bench.run(&[column(&[Some(NUMBERS[0])])], |_| {});
            assert_eq!(again.expect_err("exists").code(), "export.file_exists");
            assert_eq!(std::fs::read(bench.out()).expect("kept"), made);
            assert_eq!(bench.records().last().expect("record")["outcome"], "refused");
        }
    }
}

#[test]
fn invalid_cells_can_be_left_out_and_are_counted() {
    let bench = bench();
    let report = bench.run(&[column(&[Some("9990000017"), None, Some(NUMBERS[0])])], |inputs| {
        inputs.on_invalid = OnInvalid::Null;
    });
    let report = report.expect("made");
    assert_eq!((report.cells, report.pairs, report.empty, report.invalid), (3, 1, 1, 1));
}
