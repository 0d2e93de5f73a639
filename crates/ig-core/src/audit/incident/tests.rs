//! The clock, the table and the gathering.

use super::*;
use crate::audit::{AuditEvent, AuditLog, EventKind, Outcome};

fn at(text: &str) -> Timestamp {
    text.parse().expect("time")
}

fn incident() -> Incident {
    Incident::new("IG/2026/17", at("2026-11-20T16:30:00.000000Z"), at("2026-11-20T17:00:00.000000Z")).expect("incident")
}

fn shipped() -> IncidentGrid {
    IncidentGrid::shipped().expect("grid")
}

#[test]
fn the_clock_is_72_hours_from_knowing_and_runs_through_the_weekend() {
    let assessed = incident().levels(5, 2).assess(&shipped()).expect("assessed");
    assert_eq!(assessed.notify_by(), at("2026-11-23T17:00:00.000000Z"));
    assert!(!assessed.is_overdue(at("2026-11-23T17:00:00.000000Z")));
    assert!(assessed.is_overdue(at("2026-11-23T17:00:00.000001Z")));
    // The clocks go forward in the night to 29 March 2026: 72 hours are 72 hours.
    let spring = Incident::new("IG/1", at("2026-03-27T12:00:00.000000Z"), at("2026-03-27T12:00:00.000000Z"));
    let spring = spring.expect("incident").assess(&shipped()).expect("assessed");
    assert_eq!(spring.notify_by(), at("2026-03-30T12:00:00.000000Z"));
    let late = Incident::new("IG/1", at("9999-12-31T00:00:00.000000Z"), at("9999-12-31T00:00:00.000000Z"));
    assert_eq!(late.expect_err("late").code(), "audit.incident");
    let early = Incident::new("IG/1", at("2026-11-21T00:00:00.000000Z"), at("2026-11-20T00:00:00.000000Z"));
    assert_eq!(early.expect_err("known before found").code(), "audit.incident");
    let prose = Incident::new("because", at("2026-11-20T00:00:00.000000Z"), at("2026-11-20T00:00:00.000000Z"));
    assert_eq!(prose.expect_err("prose").code(), "audit.field");
}

/// The rules of the shipped table, said once more as sentences.
#[test]
fn every_place_of_the_grid_says_what_the_rules_say() {
    for likelihood in 1..=5 {
        for severity in 1..=5 {
            let expected = match (likelihood, severity) {
                (1, _) | (_, 1) => "no_impact",
                (2, _) => "impact_unlikely",
                (_, 2 | 3) => "report_ico",
                _ => "report_ico_and_department",
            };
            let assessed = incident().levels(likelihood, severity).assess(&shipped()).expect("assessed");
            assert_eq!(assessed.outcome(), expected, "{likelihood} {severity}");
        }
    }
    // Nothing said is the worst.
    assert_eq!(incident().assess(&shipped()).expect("assessed").outcome(), "report_ico_and_department");
}

#[test]
fn factors_weigh_unless_contained() {
    let low = || incident().levels(1, 1);
    let outcome = |incident: Incident| incident.assess(&shipped()).expect("assessed").outcome().to_owned();
    assert_eq!(outcome(low()), "no_impact");
    assert_eq!(outcome(low().factor("mental_health")), "impact_unlikely");
    assert_eq!(outcome(low().factor("mental_health").contained()), "no_impact");
    assert_eq!(low().factor("shoe_size").assess(&shipped()).expect_err("unknown").code(), "audit.incident");
    for (likelihood, severity) in [(0, 1), (1, 0), (6, 1), (1, 6), (255, 255)] {
        let refused = incident().levels(likelihood, severity).assess(&shipped());
        assert_eq!(refused.expect_err("level").code(), "audit.incident");
    }
    let crowd = incident().affected(u64::MAX).assess(&shipped());
    assert_eq!(crowd.expect_err("count").code(), "audit.incident");
}

#[test]
fn the_file_says_that_the_table_is_to_be_checked() {
    let assessed = incident().affected(495).levels(3, 2).assess(&shipped()).expect("assessed");
    let file: serde_json::Value = serde_json::from_str(assessed.to_json()).expect("json");
    let names: Vec<&String> = file.as_object().expect("object").keys().collect();
    assert!(names.is_sorted());
    assert_eq!((&file["affected"], &file["notify_by"]), (&495.into(), &"2026-11-23T17:00:00.000000Z".into()));
    assert!(file["notice"].as_str().expect("notice").contains("check against the current Guide"));
    assert_eq!(file["grid_version"], "2026-11-unchecked");
}

#[test]
fn a_corrected_table_is_read_and_a_bad_one_refused() {
    let text = IncidentGrid::shipped_text();
    let corrected = text.replace("2026-11-unchecked", "trust-2027").replacen("\"report_ico\"", "\"tell_sirO\"", 1);
    assert_eq!(IncidentGrid::from_toml(&corrected).expect_err("a capital").code(), "audit.incident_grid");
    let corrected = corrected.replace("tell_sirO", "tell_siro");
    let grid = IncidentGrid::from_toml(&corrected).expect("grid");
    let assessed = incident().levels(3, 2).assess(&grid).expect("assessed");
    assert_eq!((assessed.outcome(), grid.version()), ("tell_siro", "trust-2027"));
    for bad in [
        String::new(),
        text.replace("version = ", "edition = "),
        text.replace("2026-11-unchecked", ""),
        text.replace("minimum_with_factor = 2", "minimum_with_factor = 6"),
        text.replacen("[\"no_impact\", ", "[", 1),
        text.replace("mental_health", "mental health"),
        text.replace("no effect", "no\\u001b[2J effect"),
        text.replacen("\"report_ico\"", &format!("\"{}\"", "a".repeat(33)), 1),
    ] {
        let error = IncidentGrid::from_toml(&bad).expect_err("bad");
        assert_eq!(error.code(), "audit.incident_grid");
    }
}

#[test]
fn the_affected_runs_are_gathered_and_no_others() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let log = AuditLog::open(&path).expect("log");
    let runs: Vec<CorrelationId> = (0..4).map(|_| CorrelationId::generate().expect("run")).collect();
    let act = |event, run| {
        log.record(&AuditEvent::new(event, Outcome::Success, "a.analyst", run).expect("event")).expect("recorded").seq
    };
    let mut wanted = Vec::new();
    for event in [EventKind::Read, EventKind::Export] {
        for (at, run) in runs.iter().enumerate() {
            let seq = act(event, *run);
            if at == 1 || at == 3 {
                wanted.push(seq);
            }
        }
    }
    let assessed = incident().run(runs[3]).run(runs[1]).run(runs[3]).affected(2).assess(&shipped()).expect("assessed");
    let events = assessed.events("c.guardian", runs[0]).expect("events");
    assert_eq!(events.len(), 2);
    for event in &events {
        wanted.push(log.record(event).expect("recorded").seq);
    }
    // Another incident of another run.
    let other = Incident::new("IG/2026/18", at("2026-11-20T16:30:00.000000Z"), at("2026-11-20T17:00:00.000000Z"));
    let other = other.expect("incident").run(runs[2]).assess(&shipped()).expect("assessed");
    for event in other.events("c.guardian", runs[0]).expect("events") {
        log.record(&event).expect("recorded");
    }
    let mut found = Vec::new();
    let report = incident_records(&path, None, "IG/2026/17", |record, _| {
        found.push(record.seq());
        Ok(())
    });
    assert_eq!((found, report.expect("verifies").records), (wanted, 11));
    let unknown = incident_records(&path, None, "IG/2026/19", |_, _| Ok(()));
    assert_eq!(unknown.expect_err("unknown").code(), "audit.incident_unknown");
    let object = assessed.object();
    let written = std::fs::read_to_string(&path).expect("log");
    assert_eq!(written.matches(&object.to_string()).count(), 2);
    assert!(written.contains("incident.report_ico_and_department"));
    // Without runs, the run that records it.
    let bare = incident().assess(&shipped()).expect("assessed").events("c.guardian", runs[0]).expect("events");
    assert_eq!(bare.len(), 1);
    assert_eq!(
        incident().assess(&shipped()).expect("assessed").events("system", runs[0]).expect_err("generic").code(),
        "audit.actor_generic"
    );
}
