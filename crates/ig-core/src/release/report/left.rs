//! What left: the files, and how their tables are protected.

use super::blocks::{Column, Table, section};
use super::markup::Markup;
use super::transforms::grouped;
use super::words::{listed, number, short, size};
use crate::agreement::{OutputFormat, OutputKind};
use crate::release::{ComparedCounts, Disclosure, Manifest, ManifestOutput};
use crate::suppression::{AuditVerdict, Rounding, Secondary, SuppressionPolicy, Zeros};

const FILES: &[(Column, &str)] = &[
    (Column::Name, "File"),
    (Column::Text, "What it holds"),
    (Column::Number, "Rows"),
    (Column::Number, "Size"),
    (Column::Text, "SHA-256 begins"),
    (Column::Text, "Fields, by what was done to them"),
];

const TABLES: &[(Column, &str)] = &[
    (Column::Name, "File"),
    (Column::Text, "Rule"),
    (Column::Text, "Totals"),
    (Column::Number, "Shown"),
    (Column::Number, "Hidden"),
    (Column::Text, "Auditor"),
];

pub(super) fn left(manifest: &Manifest) -> Markup {
    let caption = if manifest.dry_run { "Files that a release would give" } else { "Files that left" };
    let mut files = Table::new(caption, FILES);
    manifest.outputs.iter().for_each(|output| files.row(file(output)));
    let tables: Vec<_> =
        manifest.outputs.iter().filter_map(|output| Some((output, output.disclosure.as_ref()?))).collect();
    let mut inner = files.markup();
    if !tables.is_empty() {
        let mut suppressed = Table::new(
            "How small numbers in tables are protected: totals that were published, cells shown and hidden, and what the auditor says",
            TABLES,
        );
        for (output, disclosure) in tables {
            suppressed.row(protected(output, disclosure));
        }
        inner = inner.and(suppressed.markup());
    }
    section("left", if manifest.dry_run { "What would leave" } else { "What left" }, inner)
}

fn file(output: &ManifestOutput) -> Vec<Markup> {
    let format = match output.format {
        OutputFormat::Csv => "CSV",
        OutputFormat::Parquet => "Parquet",
        OutputFormat::Xlsx => "Excel workbook",
    };
    let kind = match output.kind {
        OutputKind::RecordLevel => format!("rows of {}, {format}", output.dataset),
        OutputKind::Aggregate => format!("table of {}, {format}", output.dataset),
    };
    let groups = grouped(&output.fields).into_iter().map(|(done, names)| {
        Markup::element(
            "span",
            &[("class", "group")],
            Markup::of("b", &format!("{done}:")).and(Markup::text(" ")).and(Markup::text(&names)),
        )
    });
    let summary = &output.summary;
    let hash = Markup::element("code", &[], Markup::text(&short(&summary.sha256)));
    vec![
        Markup::text(&output.file),
        Markup::text(&kind),
        Markup::text(&number(summary.rows)),
        Markup::text(&size(summary.bytes)),
        hash,
        Markup::element("span", &[], groups.collect()),
    ]
}

fn protected(output: &ManifestOutput, disclosure: &Disclosure) -> Vec<Markup> {
    [
        output.file.clone(),
        rule(&disclosure.rule, disclosure.secondary),
        disclosure.totals.to_owned(),
        number(disclosure.cells_published),
        number(disclosure.cells_hidden),
        format!("{}{}", verdict(disclosure.audit), beside(disclosure.earlier)),
    ]
    .iter()
    .map(|text| Markup::text(text))
    .collect()
}

/// `hes: counts from 1 to 7 hidden, zeros shown, others rounded to the nearest 5; no further cells hidden`.
fn rule(policy: &SuppressionPolicy, secondary: Secondary) -> String {
    let mut parts = Vec::new();
    match policy.threshold() {
        0 | 1 => parts.push("no count hidden for its size".to_owned()),
        2 => parts.push("counts of 1 hidden".to_owned()),
        threshold => parts.push(format!("counts from 1 to {} hidden", number(u64::from(threshold - 1)))),
    }
    parts.push(match policy.zeros() {
        Zeros::Keep => "zeros shown".to_owned(),
        Zeros::Hide => "zeros hidden".to_owned(),
    });
    match policy.rounding() {
        Rounding::None => {}
        Rounding::Nearest(base) => parts.push(format!("the rest rounded to the nearest {base}")),
        Rounding::Midpoint(base) => parts.push(format!("the rest shown as the middle of {base}")),
        Rounding::Random(base) => parts.push(format!("the rest rounded at random to multiples of {base}")),
    }
    let further = match secondary {
        Secondary::None => "no further cells hidden to protect them",
        Secondary::Exact => "further cells hidden so that none can be computed",
        Secondary::Interval => "further cells hidden so that none can be narrowed to a few values",
    };
    format!("{}: {}; {further}", policy.name(), listed(&parts))
}

const fn beside(earlier: ComparedCounts) -> &'static str {
    match earlier {
        ComparedCounts::NoneComparable => "",
        ComparedCounts::Same => "; beside earlier releases: protected, as the same counts",
        ComparedCounts::Grown => "; beside earlier releases: protected, as counts that have grown",
        ComparedCounts::NotRelated => "; beside earlier releases: not looked at, since counts went up and down",
        ComparedCounts::NotProtected => "; beside earlier releases: NOT protected",
        ComparedCounts::NotCompared => "; beside earlier releases: not looked at, as agreed",
    }
}

const fn verdict(verdict: AuditVerdict) -> &'static str {
    match verdict {
        AuditVerdict::Protected => "Protected, as far as this table alone goes",
        AuditVerdict::NotProtected => "NOT PROTECTED: a reader can work hidden counts out",
        AuditVerdict::Undecided => "NOT DECIDED: treat as not protected",
    }
}
