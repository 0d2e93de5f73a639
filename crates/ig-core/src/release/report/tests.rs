//! What the page says, for agreements and manifests of every kind.

mod content;
mod hostile;
mod warnings;

use super::release_report;
use crate::agreement::{Agreement, FieldTransform, NoSettings, OutputFormat, OutputKind, Request};
use crate::files::FileSummary;
use crate::release::ComparedCounts;
use crate::release::manifest::{
    AgreementEntry, AuditEntry, Disclosure, EarlierEntry, EarlierRun, KeyEntry, Library, Manifest, ManifestDataset,
    ManifestField, ManifestOutput, OptOutEntry,
};
use crate::suppression::{AuditVerdict, Secondary, SuppressionPolicy};
use std::collections::BTreeMap;
use time::macros::date;

const DEMO: &str = include_str!("../../../../../python/nhs_ig/demo_data/agreement.toml");

/// The demonstration agreement with parts of its text replaced.
fn agreement(changes: &[(&str, &str)]) -> Agreement {
    let text = changes.iter().fold(DEMO.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    Agreement::from_toml(&text, "agreement.toml").expect("an agreement")
}

fn dataset(name: &str, person_level: bool) -> ManifestDataset {
    ManifestDataset {
        name: name.to_owned(),
        sha256: "1".repeat(64),
        person_level,
        as_of: None,
        rows_in: 12_345,
        filtered: 1_001,
        opted_out: if person_level { 302 } else { 0 },
        invalid: if person_level { 23 } else { 0 },
        refused: 0,
        rows_out: if person_level { 11_019 } else { 11_344 },
        people: person_level.then_some(8_765),
        cells_set_to_null: BTreeMap::new(),
    }
}

fn field(name: &str, transform: FieldTransform) -> ManifestField {
    ManifestField { name: name.to_owned(), transform }
}

fn output(name: &str, dataset: &str, rows: u64) -> ManifestOutput {
    ManifestOutput {
        file: format!("{name}.csv"),
        name: name.to_owned(),
        dataset: dataset.to_owned(),
        kind: OutputKind::RecordLevel,
        format: OutputFormat::Csv,
        summary: FileSummary { sha256: "abcdef0123456789".repeat(4), bytes: 123_456, rows },
        fields: vec![field("sex", FieldTransform::Keep(NoSettings {}))],
        disclosure: None,
        to_check: Vec::new(),
    }
}

fn cells(name: &str, dataset: &str, audit: AuditVerdict) -> ManifestOutput {
    let disclosure = Disclosure {
        rule: SuppressionPolicy::preset("under10").expect("a preset"),
        secondary: Secondary::Interval,
        totals: "all",
        by: vec!["org_code".to_owned()],
        count: Some("breaches".to_owned()),
        total: None,
        earlier: ComparedCounts::NoneComparable,
        cells_published: 4_321,
        cells_hidden: 77,
        audit,
    };
    ManifestOutput { kind: OutputKind::Aggregate, disclosure: Some(disclosure), ..output(name, dataset, 4_398) }
}

/// A manifest of a release under the demonstration agreement: rows of people, and a table of published counts.
fn manifest(changes: &[(&str, &str)]) -> Manifest {
    let agreement = agreement(changes);
    let day = date!(2026 - 11 - 22);
    let request = Request::new("a.analyst", "analyst", "Example Analytics Unit", "service_evaluation", day);
    Manifest {
        schema: "nhs-ig/manifest/v1",
        run_id: "0199aabb-0000-7000-8000-000000000001".to_owned(),
        started_at: "2026-11-22T09:05:10.123456Z".to_owned(),
        finished_at: "2026-11-22T09:05:12.000000Z".to_owned(),
        rehearsal: false,
        dry_run: false,
        library: Library { name: "nhs_ig", version: "0.1.0" },
        agreement: AgreementEntry {
            id: agreement.id().to_owned(),
            version: agreement.version().to_owned(),
            sha256: agreement.sha256().to_owned(),
        },
        decision: agreement.decide(&request),
        key: Some(KeyEntry {
            id: "project-1".to_owned(),
            check_value: "0a1b2c3d4e".to_owned(),
            scheme: "nhs-ig/pseudonym/v1",
        }),
        opt_out: OptOutEntry {
            checked_at: Some("2026-11-20".to_owned()),
            age_days: Some(2),
            max_age_days: 21,
            submitted: Some(9_090),
            deny_lists: vec!["type 1".to_owned()],
            unchecked: "raise",
        },
        earlier: None,
        datasets: vec![dataset("dids", true), dataset("ae_attendances", false)],
        outputs: vec![
            output("imaging_records", "dids", 11_019),
            cells("ae_breaches", "ae_attendances", AuditVerdict::Protected),
        ],
        audit: AuditEntry { records: 6, head: "2".repeat(64) },
    }
}

fn page(manifest: &Manifest) -> String {
    release_report(manifest, Some(&"3".repeat(64)))
}

/// The page's text as a reader sees it, one line for each block; attributes are left out.
fn seen(page: &str) -> String {
    let body = page.split_once("</style>").map_or(page, |(_, body)| body);
    let mut out = String::new();
    let mut inside = false;
    for character in body.chars() {
        match character {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            character if !inside => out.push(character),
            _ => {}
        }
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let text = entities.into_iter().fold(out, |text, (entity, sign)| text.replace(entity, sign));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Says each of these.
fn says(page: &str, words: &[&str]) {
    let seen = seen(page);
    for word in words {
        assert!(seen.contains(word), "the page does not say {word:?}: {seen}");
    }
}

fn does_not_say(page: &str, words: &[&str]) {
    let seen = seen(page);
    for word in words {
        assert!(!seen.contains(word), "the page says {word:?}: {seen}");
    }
}
