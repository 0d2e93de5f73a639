//! What the page does not prove, and where its proof is.

use super::blocks::{Facts, section};
use super::markup::Markup;
use super::words::{moment, number};
use crate::release::Manifest;

const NOT_PROVED: [&str; 5] = [
    "That the agreement was lawfully made, or that the people named in it signed and approved it: the file is taken at its word.",
    "Who the person who asked really is: that is for the system that ran this.",
    "That nobody can be recognised by the fields that were kept, or by their order.",
    "That tables stay safe beside figures published elsewhere.",
    "That this page is unchanged: compare its SHA-256 with the audit record release.report of this run.",
];

pub(super) fn not_proved() -> Markup {
    let points = NOT_PROVED.iter().map(|text| Markup::of("li", text)).collect();
    section("not-proved", "What this page does not prove", Markup::element("ul", &[], points))
}

pub(super) fn record(manifest: &Manifest, manifest_sha256: Option<&str>) -> Markup {
    let key = manifest.key.as_ref().map_or_else(
        || "none was used".to_owned(),
        |key| format!("{}, check value {}, {}", key.id, key.check_value, key.scheme),
    );
    let sha256 = manifest_sha256.map_or_else(|| "none: no manifest was written".to_owned(), str::to_owned);
    let facts = Facts::new(Markup::none())
        .and("Run", std::slice::from_ref(&manifest.run_id))
        .and("Manifest SHA-256", &[sha256])
        .and("Key", &[key])
        .and(
            "Made",
            &[format!("{} by {} {}", moment(&manifest.finished_at), manifest.library.name, manifest.library.version)],
        )
        .and("Audit log", &[format!("{} records before the last of this run", number(manifest.audit.records))]);
    Markup::element("footer", &[], section("record", "Where the proof is", facts.list()))
}
