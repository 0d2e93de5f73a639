//! The answer first: what left, to whom, under which agreement; and what a reader must not overlook.

use super::basis::about_people;
use super::markup::Markup;
use super::words::{counted, day, listed, number, people, rows};
use crate::agreement::{OutputKind, spoken};
use crate::release::{ComparedCounts, Manifest, ManifestOutput};
use crate::suppression::AuditVerdict;

/// Outputs that are told one by one in the first sentence.
const TOLD: usize = 3;

/// The first sentence of the page.
pub(super) fn verdict(manifest: &Manifest) -> Markup {
    let agreement = manifest.decision.agreement();
    let document = agreement.document();
    let request = manifest.decision.request();
    let (recipient, on) = (&document.parties.recipient, spoken(request.date));
    let lead = if manifest.dry_run {
        format!("Nothing was released. A release to {recipient} on {on} would give")
    } else {
        format!("Released to {recipient} on {on}")
    };
    let sentence = format!(
        "{lead}: {}. Agreement {}, version {}: {}",
        what(manifest),
        agreement.id(),
        agreement.version(),
        document.agreement.title,
    );
    Markup::element("p", &[("class", "verdict")], Markup::text(&sentence))
}

fn what(manifest: &Manifest) -> String {
    let outputs = &manifest.outputs;
    if outputs.is_empty() {
        return "no file".to_owned();
    }
    if outputs.len() > TOLD {
        let all = outputs.iter().map(|output| output.summary.rows).sum();
        return format!("{} with {}", counted(outputs.len() as u64, "file", "files"), rows(all));
    }
    let told: Vec<_> = outputs.iter().map(|output| one(output, manifest)).collect();
    listed(&told)
}

fn one(output: &ManifestOutput, manifest: &Manifest) -> String {
    match &output.disclosure {
        None => {
            let about = manifest.datasets.iter().find(|dataset| dataset.name == output.dataset);
            let about = about.and_then(|dataset| dataset.people);
            let about = about.map_or_else(String::new, |count| format!(" about {}", people(count)));
            format!("{}{about}", rows(output.summary.rows))
        }
        Some(cells) => format!(
            "a table with {} shown and {} hidden",
            counted(cells.cells_published, "count", "counts"),
            number(cells.cells_hidden)
        ),
    }
}

/// What must not be overlooked, each under a word of its own.
pub(super) fn warnings(manifest: &Manifest) -> Markup {
    let found = found(manifest);
    if found.is_empty() {
        return Markup::none();
    }
    let line = |(word, text): &(&'static str, String)| {
        let inner = Markup::of("strong", word).and(Markup::text(" ")).and(Markup::text(text));
        Markup::element("li", &[], inner)
    };
    let attributes = [("class", "warnings"), ("aria-label", "Read this first")];
    Markup::element("ul", &attributes, found.iter().map(line).collect())
}

fn found(manifest: &Manifest) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let request = manifest.decision.request();
    let ruling = manifest.decision.opt_out();
    let made = manifest.started_at.split('T').next().unwrap_or_default();
    if manifest.dry_run {
        found.push(("Dry run:", "nothing was released. This page says what a release would have given.".to_owned()));
    }
    if manifest.rehearsal {
        let (decided, made) = (spoken(request.date), day(made));
        let text = if decided == made {
            format!("{decided} was taken as given, and not held against the calendar.")
        } else {
            format!("decided for {decided}, but made on {made}.")
        };
        found.push(("Rehearsal:", text));
    }
    if about_people(manifest) && !ruling.applies() {
        let evidence = ruling.evidence().unwrap_or("none recorded");
        let text = format!("people who opted out may be among these rows: {} (evidence: {evidence}).", ruling.reason());
        found.push(("National Data Opt-Out not applied:", text));
    }
    if about_people(manifest)
        && let Some(reference) = ruling.no_number_exemption()
    {
        let text = format!("nobody could be asked about them; exemption: {reference}.");
        found.push(("Rows without a valid NHS number stayed:", text));
    }
    let never_checked = manifest.datasets.iter().map(|dataset| dataset.refused).sum::<u64>();
    if never_checked > 0 {
        let text = format!("{} left out, because the check service was never asked about them.", rows(never_checked));
        found.push(("Not everybody was checked:", text));
    }
    found.extend(manifest.outputs.iter().filter_map(open_table));
    found.extend(manifest.outputs.iter().filter_map(open_beside_earlier));
    if let Some(earlier) = manifest.earlier.as_ref().filter(|earlier| !earlier.unavailable.is_empty()) {
        let count = counted(earlier.unavailable.len() as u64, "earlier release", "earlier releases");
        let reference = earlier.reason_ref.as_deref().unwrap_or("none recorded");
        let text = format!("tables were not held against {count} of this agreement (reason: {reference}).");
        found.push(("Earlier releases not at hand:", text));
    }
    if exact_numbers(manifest) {
        let text = "this page and manifest.json hold exact numbers of people and rows, which help to work out hidden counts. \
                    Pass the tables on without them.";
        found.push(("Keep with those who hold the source:", text.to_owned()));
    }
    found
}

fn open_table(output: &ManifestOutput) -> Option<(&'static str, String)> {
    let (word, text) = match output.disclosure.as_ref()?.audit {
        AuditVerdict::Protected => return None,
        AuditVerdict::NotProtected => ("Hidden counts can be worked out:", "a reader of"),
        AuditVerdict::Undecided => ("Not known whether hidden counts are safe:", "nobody could say for"),
    };
    let end = match output.disclosure.as_ref()?.audit {
        AuditVerdict::NotProtected => "can compute at least one, or narrow it to a few values",
        _ => "in the work allowed; treat it as not protected",
    };
    Some((word, format!("{text} {} {end}.", output.file)))
}

fn open_beside_earlier(output: &ManifestOutput) -> Option<(&'static str, String)> {
    let why = match output.disclosure.as_ref()?.earlier {
        ComparedCounts::NoneComparable | ComparedCounts::Same | ComparedCounts::Grown => return None,
        ComparedCounts::NotRelated => "nobody looked at what the differences give away, since counts went up and down",
        ComparedCounts::NotProtected => {
            "the differences give small counts away, which its rule does not claim to prevent"
        }
        ComparedCounts::NotCompared => "nobody looked at what the differences give away, as the agreement says",
    };
    Some(("Open beside earlier releases:", format!("{}: {why}.", output.file)))
}

/// A table of people beside exact numbers of the same people is not as well protected as the table alone.
fn exact_numbers(manifest: &Manifest) -> bool {
    let about = |output: &ManifestOutput| {
        manifest.datasets.iter().any(|dataset| dataset.person_level && dataset.name == output.dataset)
    };
    manifest.outputs.iter().any(|output| output.kind == OutputKind::Aggregate && about(output))
}
