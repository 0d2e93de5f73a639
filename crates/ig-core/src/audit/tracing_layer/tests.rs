#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::*;
use crate::audit::{AuditRecord, RecordFilter, read_records};
use std::path::{Path, PathBuf};
use tracing::{Level, info, info_span, subscriber::with_default, trace};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;

const RUN: &str = "01a5d1b2-0c00-7000-8000-00000000000a";
const OTHER: &str = "01a5d1b2-0c00-7000-8000-00000000000b";

struct Desk {
    _folder: tempfile::TempDir,
    path: PathBuf,
    layer: Option<AuditLayer>,
    gate: AuditGate,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("audit.jsonl");
        let (layer, gate) = AuditLayer::new(AuditLog::open(&path).expect("log"));
        Self { _folder: folder, path, layer: Some(layer), gate }
    }

    fn with<T>(&mut self, work: impl FnOnce(&AuditGate) -> T) -> T {
        let layer = self.layer.take().expect("once");
        let gate = self.gate.clone();
        with_default(tracing_subscriber::registry().with(layer), || work(&gate))
    }
}

fn records(path: &Path) -> Vec<AuditRecord> {
    let mut found = Vec::new();
    let each = |record: &AuditRecord, _: &[u8]| {
        found.push(record.clone());
        Ok(())
    };
    read_records(path, None, &RecordFilter::default(), each).expect("a log that verifies");
    found
}

#[test]
fn every_field_arrives_and_spans_complete_what_events_lack() {
    let mut desk = Desk::new();
    desk.with(|gate| {
        let outer = info_span!(target: AUDIT_TARGET, "run", corr_id = RUN, actor = "a.analyst", role = "analyst", org = tracing::field::Empty);
        let _outer = outer.clone().entered();
        outer.record("org", "RJ1");
        // Of another target, so that its fields mean something else, and nothing of them is refused.
        let _other = info_span!("request", actor = "9990000018", path = "/x").entered();
        info!(patient = "9990000018", "free text of the service");
        gate.recorded(|| {
            trace!(
                target: AUDIT_TARGET, event = "export", outcome = "success", dataset = "dids", purpose = "planning",
                agreement_id = "DSA-2026-014", count = 5_u64, code = "release.complete", reason_ref = "IG/2026/17",
                object = %"ab".repeat(32), key_id = "k-1", authoriser = "c.guardian", device = "sde/vm-04",
            );
        })
        .expect("written");
        let _inner = info_span!(target: AUDIT_TARGET, "inner", corr_id = %OTHER).entered();
        gate.recorded(|| info!(target: AUDIT_TARGET, event = "read", outcome = "attempt", actor = "b.analyst", count = 7_i32)).expect("written");
    });
    desk.gate.check().expect("nothing failed");
    let found = records(&desk.path);
    let [first, second] = found.as_slice() else { panic!("two records, not {}", found.len()) };
    let line = first.to_line();
    let (id, ts) = (first.id(), first.ts());
    let zeros = "0".repeat(64);
    assert_eq!(
        line,
        format!(
            "{{\"actor\":\"a.analyst\",\"agreement_id\":\"DSA-2026-014\",\"authoriser\":\"c.guardian\",\
             \"code\":\"release.complete\",\"corr_id\":\"{RUN}\",\"count\":5,\"dataset\":\"dids\",\
             \"device\":\"sde/vm-04\",\"event\":\"export\",\"id\":\"{id}\",\"key_id\":\"k-1\",\"object\":\"{}\",\
             \"org\":\"RJ1\",\"outcome\":\"success\",\"prev\":\"{zeros}\",\"purpose\":\"planning\",\
             \"reason_ref\":\"IG/2026/17\",\"role\":\"analyst\",\"seq\":0,\"ts\":\"{ts}\",\"v\":1}}",
            "ab".repeat(32)
        )
    );
    assert_eq!((second.actor(), second.corr_id().to_string().as_str()), ("b.analyst", OTHER));
    assert_eq!((second.role(), second.count(), second.dataset()), (Some("analyst"), Some(7), None));
}

#[test]
fn what_is_refused_is_told_to_the_call_and_never_forgotten() {
    macro_rules! refused {
        ($code:literal, $name:literal, $($field:tt)*) => {{
            let mut desk = Desk::new();
            desk.with(|gate| {
                let failure = gate.recorded(|| info!(target: AUDIT_TARGET, $($field)*)).expect_err(stringify!($($field)*));
                assert_eq!(failure.code(), $code, "{}", stringify!($($field)*));
                let text = format!("{failure} {failure:?}");
                assert!(text.contains($name) && !text.contains("9990000018") && !text.contains("free"), "{text}");
                assert_eq!(gate.check(), Err(failure));
                // A good one after it is written, and does not hide it.
                gate.recorded(|| info!(target: AUDIT_TARGET, event = "read", outcome = "success", actor = "a.analyst", corr_id = RUN)).expect("written");
                assert_eq!(gate.check().expect_err("kept").code(), $code);
            });
            assert_eq!(records(&desk.path).len(), 1);
        }};
    }
    refused!(
        "misuse.argument",
        "message",
        event = "read",
        outcome = "success",
        actor = "a.analyst",
        corr_id = RUN,
        "free text"
    );
    refused!("misuse.argument", "message", "free text about {}", "9990000018");
    refused!(
        "misuse.argument",
        "nhs_number",
        event = "read",
        outcome = "success",
        actor = "a.analyst",
        corr_id = RUN,
        nhs_number = "9990000018"
    );
    refused!("misuse.argument", "event", outcome = "success", actor = "a.analyst", corr_id = RUN);
    refused!("misuse.argument", "outcome", event = "read", actor = "a.analyst", corr_id = RUN);
    refused!("misuse.argument", "actor", event = "read", outcome = "success", corr_id = RUN);
    refused!("misuse.argument", "corr_id", event = "read", outcome = "success", actor = "a.analyst");
    refused!(
        "misuse.argument",
        "count",
        event = "read",
        outcome = "success",
        actor = "a.analyst",
        corr_id = RUN,
        count = -1
    );
    refused!(
        "misuse.argument",
        "count",
        event = "read",
        outcome = "success",
        actor = "a.analyst",
        corr_id = RUN,
        count = "5"
    );
    refused!(
        "misuse.argument",
        "count",
        event = "read",
        outcome = "success",
        actor = "a.analyst",
        corr_id = RUN,
        count = 5.0
    );
    refused!("misuse.argument", "count", event = "read", outcome = "success", actor = "a.analyst", corr_id = RUN, count = ?5);
    refused!(
        "misuse.argument",
        "dataset",
        event = "read",
        outcome = "success",
        actor = "a.analyst",
        corr_id = RUN,
        dataset = 5
    );
    refused!(
        "misuse.argument",
        "dataset",
        event = "read",
        outcome = "success",
        actor = "a.analyst",
        corr_id = RUN,
        dataset = true
    );
    refused!("audit.field", "dataset", event = "read", outcome = "success", actor = "a.analyst", corr_id = RUN, dataset = ?"dids");
    refused!("audit.identifier_in_field", "dataset", event = "read", outcome = "success", actor = "a.analyst", corr_id = RUN, dataset = %9_990_000_018_u64);
    refused!("audit.actor_generic", "actor", event = "read", outcome = "success", actor = "system", corr_id = RUN);
    refused!("audit.field", "event", event = "looked", outcome = "success", actor = "a.analyst", corr_id = RUN);
    refused!(
        "audit.event_reserved",
        "",
        event = "chain.recovered",
        outcome = "success",
        actor = "a.analyst",
        corr_id = RUN
    );
}

#[test]
fn a_span_that_is_refused_fails_all_within() {
    let mut desk = Desk::new();
    desk.with(|gate| {
        let _span =
            info_span!(target: AUDIT_TARGET, "run", corr_id = RUN, actor = "a.analyst", outcome = "success").entered();
        assert_eq!(gate.check().expect_err("refused at once").code(), "misuse.argument");
        let inside = gate.recorded(|| info!(target: AUDIT_TARGET, event = "read", outcome = "success"));
        assert_eq!(inside.expect_err("refused").code(), "misuse.argument");
    });
    assert!(records(&desk.path).is_empty());
}

#[test]
fn what_a_filter_drops_or_nobody_hears_is_told() {
    let mut desk = Desk::new();
    let layer = desk.layer.take().expect("layer");
    let gate = desk.gate.clone();
    let event = || info!(target: AUDIT_TARGET, event = "read", outcome = "success", actor = "a.analyst", corr_id = RUN);
    with_default(tracing_subscriber::registry().with(layer).with(LevelFilter::from_level(Level::WARN)), || {
        assert_eq!(gate.recorded(event).expect_err("dropped").code(), "audit.not_recorded");
    });
    assert_eq!(gate.recorded(event).expect_err("not installed").code(), "audit.not_recorded");
    assert_eq!(gate.recorded(|| {}).expect_err("nothing").code(), "audit.not_recorded");
    assert!(gate.check().is_err());
    assert!(records(&desk.path).is_empty());
}

#[test]
fn what_cannot_be_written_is_told() {
    let mut desk = Desk::new();
    let (path, moved) = (desk.path.clone(), desk.path.with_extension("moved"));
    desk.with(|gate| {
        let event =
            || info!(target: AUDIT_TARGET, event = "read", outcome = "success", actor = "a.analyst", corr_id = RUN);
        gate.recorded(event).expect("written");
        std::fs::rename(&path, &moved).expect("moved");
        // Emitted without asking: the failure is not lost.
        event();
        assert!(gate.check().is_err());
        assert!(gate.recorded(event).is_err());
    });
    assert_eq!(records(&moved).len(), 1);
}

#[test]
fn two_layers_and_nested_calls_are_told_apart() {
    let (mut first, mut second) = (Desk::new(), Desk::new());
    let layers = [first.layer.take().expect("layer"), second.layer.take().expect("layer")];
    let [one, two] = layers;
    let event = || info!(target: AUDIT_TARGET, event = "read", outcome = "success", actor = "a.analyst", corr_id = RUN);
    with_default(tracing_subscriber::registry().with(one).with(two.durability(Durability::Synced)), || {
        first.gate.recorded(|| second.gate.recorded(event).expect("inner")).expect("outer");
        std::fs::remove_file(&second.path).expect("removed");
        let (mut inner, outer) = (Ok(()), first.gate.recorded(|| ()));
        assert!(outer.is_err());
        first.gate.recorded(|| inner = second.gate.recorded(event)).expect("the first is as it was");
        assert!(inner.is_err());
    });
    assert_eq!(records(&first.path).len(), 2);
    // A call that panics leaves nothing behind.
    let gate = first.gate.clone();
    assert!(std::panic::catch_unwind(|| gate.recorded(|| panic!("inside"))).is_err());
    gate::tests_only_no_call_is_open();
}
