//! The frozen bytes of record version 1, made by a Python program from the specification.

use ig_core::AuditError;
use ig_core::audit::{AuditEvent, AuditLog, AuditRecord, StampSource, Timestamp, verify};
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Given {
    stamps: Vec<(u64, [u8; 10])>,
    next: AtomicUsize,
}

impl StampSource for Given {
    fn now(&self) -> Result<Timestamp, AuditError> {
        Timestamp::from_unix_micros(self.stamps[self.next.load(Ordering::SeqCst)].0)
    }

    fn random(&self) -> Result<[u8; 10], AuditError> {
        Ok(self.stamps[self.next.fetch_add(1, Ordering::SeqCst)].1)
    }
}

fn vectors() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/audit_record_v1.json");
    serde_json::from_slice(&std::fs::read(path).expect("vector file")).expect("vectors")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is missing"))
}

fn random(vector: &Value) -> [u8; 10] {
    let hex = text(vector, "random");
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
}

fn event(fields: &Value) -> Result<AuditEvent, AuditError> {
    let required = |name| text(fields, name);
    let mut event = AuditEvent::new(
        required("event").parse()?,
        required("outcome").parse()?,
        required("actor"),
        required("corr_id").parse()?,
    )?;
    for (name, value) in fields.as_object().expect("fields") {
        let given = value.as_str().unwrap_or_default();
        event = match name.as_str() {
            "event" | "outcome" | "actor" | "corr_id" => event,
            "dataset" => event.dataset(given)?,
            "role" => event.role(given)?,
            "org" => event.org(given)?,
            "purpose" => event.purpose(given)?,
            "agreement_id" => event.agreement_id(given)?,
            "count" => event.count(value.as_u64().expect("count"))?,
            "code" => event.code(given)?,
            "reason_ref" => event.reason_ref(given)?,
            "object" => event.object(given.parse()?),
            "key_id" => event.key_id(given)?,
            "authoriser" => event.authoriser(given)?,
            "device" => event.device(given)?,
            other => panic!("unknown field {other}"),
        };
    }
    Ok(event)
}

#[test]
fn the_same_event_gives_the_frozen_bytes() {
    let vectors = vectors();
    assert!(vectors.len() >= 6);
    let stamps = vectors.iter().map(|v| (v["unix_micros"].as_u64().expect("micros"), random(v))).collect();
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::open_with(&path, Given { stamps, next: AtomicUsize::new(0) }).expect("log");
    for vector in &vectors {
        let receipt = log.record(&event(&vector["event"]).expect("event")).expect("recorded");
        assert_eq!(receipt.hash.to_string(), text(vector, "sha256"), "{}", vector["name"]);
        assert_eq!(receipt.id.to_string(), text(vector, "id"));
        assert_eq!(Some(receipt.seq), vector["seq"].as_u64());
    }
    let expected: String = vectors.iter().flat_map(|vector| [text(vector, "line"), "\n"]).collect();
    assert_eq!(std::fs::read_to_string(&path).expect("text"), expected);
    assert_eq!(verify(&path, None).expect("verifies").records, vectors.len() as u64);
}

#[test]
fn frozen_lines_are_read_back_field_by_field() {
    let mut seen = std::collections::BTreeSet::new();
    for vector in vectors() {
        let line = text(&vector, "line");
        let record = AuditRecord::parse(line.as_bytes()).expect("record");
        assert_eq!(record.to_line(), line);
        let json: Value = serde_json::from_str(line).expect("json");
        seen.extend(json.as_object().expect("object").keys().cloned());
        let read = |name: &str| json[name].as_str();
        assert_eq!(Some(record.actor()), read("actor"));
        assert_eq!(record.agreement_id(), read("agreement_id"));
        assert_eq!(record.authoriser(), read("authoriser"));
        assert_eq!(record.code(), read("code"));
        assert_eq!(Some(record.corr_id().to_string().as_str()), read("corr_id"));
        assert_eq!(record.count(), json["count"].as_u64());
        assert_eq!(record.dataset(), read("dataset"));
        assert_eq!(record.device(), read("device"));
        assert_eq!(Some(record.event().as_str()), read("event"));
        assert_eq!(Some(record.id().to_string().as_str()), read("id"));
        assert_eq!(record.key_id(), read("key_id"));
        assert_eq!(record.object().map(|hash| hash.to_string()).as_deref(), read("object"));
        assert_eq!(record.org(), read("org"));
        assert_eq!(Some(record.outcome().as_str()), read("outcome"));
        assert_eq!(Some(record.prev().to_string().as_str()), read("prev"));
        assert_eq!(record.purpose(), read("purpose"));
        assert_eq!(record.reason_ref(), read("reason_ref"));
        assert_eq!(record.role(), read("role"));
        assert_eq!(Some(record.seq()), json["seq"].as_u64());
        assert_eq!(Some(record.ts().to_string().as_str()), read("ts"));
    }
    assert_eq!(seen.len(), 21, "every member of the specification occurs: {seen:?}");
}
