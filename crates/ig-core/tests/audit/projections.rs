//! The frozen projections, made by a Python program from the page of the mapping; and that a bad log gives none.

use ig_core::Error;
use ig_core::audit::projection::{Endpoint, Projection, Source, ecs, fhir_r4, fhir_r5, project_log};
use ig_core::audit::{AuditRecord, EventKind, Outcome, RecordFilter};
use serde_json::Value;

fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/audit_projections_v1.json");
    serde_json::from_slice(&std::fs::read(path).expect("vector file")).expect("vectors")
}

fn source(given: &Value) -> Result<Source, Error> {
    let text = |name: &str| given[name].as_str();
    let mut source = Source::new(text("base").expect("base"), text("observer").expect("observer"))?;
    if let Some(system) = text("actor_system") {
        source = source.actor_system(system)?;
    }
    if let Some(system) = text("organisation_system") {
        source = source.organisation_system(system)?;
    }
    let end = |name: &str| {
        let end = given[name].as_array()?;
        Some(Endpoint::new(end[0].as_str()?, end[1].as_str()?))
    };
    Ok(match (end("client"), end("server")) {
        (Some(client), Some(server)) => source.restful(client?, server?),
        _ => source,
    })
}

#[test]
fn projections_are_those_of_the_vectors() {
    let whole = vectors();
    let sources: Vec<_> =
        whole["sources"].as_array().expect("sources").iter().map(|given| source(given).expect("source")).collect();
    let vectors = whole["vectors"].as_array().expect("vectors");
    let (mut claims, mut kinds, mut outcomes) = (0, Vec::new(), Vec::new());
    for vector in vectors {
        let line = vector["line"].as_str().expect("line");
        let record = AuditRecord::parse(line.as_bytes()).expect(line);
        kinds.push(record.event());
        outcomes.push(record.outcome());
        for (at, source) in sources.iter().enumerate() {
            let r4 = fhir_r4(&record, source).expect("r4");
            assert_eq!(r4, vector["fhir_r4"][at], "{line}");
            assert_eq!(fhir_r5(&record, source).expect("r5"), vector["fhir_r5"][at], "{line}");
            claims += usize::from(r4.get("meta").is_some());
        }
        assert_eq!(ecs(&record).expect("ecs"), vector["ecs"], "{line}");
    }
    assert_eq!(claims, 1, "the one read of one thing that succeeded, between two known ends");
    assert!(EventKind::ALL.iter().all(|kind| kinds.contains(kind)), "every event");
    assert!(Outcome::ALL.iter().all(|outcome| outcomes.contains(outcome)), "every outcome");
}

#[test]
fn a_log_that_does_not_verify_gives_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let mut bytes = crate::sample(folder.path(), 4);
    let path = folder.path().join("sample.jsonl");
    let (report, lines) = project_log(&path, None, &RecordFilter::default(), &Projection::Ecs).expect("projected");
    assert_eq!((report.records, lines.len()), (4, 4));
    let last = bytes.len() - 3;
    bytes[last] = b'2';
    std::fs::write(&path, bytes).expect("written");
    let refused = project_log(&path, None, &RecordFilter::default(), &Projection::Ecs).expect_err("changed");
    assert_eq!(refused.code(), "audit.version_unknown");
}
