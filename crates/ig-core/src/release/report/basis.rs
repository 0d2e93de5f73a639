//! On which law it rests, and whether opt-outs were applied.

use super::blocks::{Facts, section};
use super::markup::Markup;
use super::words::{counted, day, number};
use crate::agreement::{CommonLaw, Document, Sensitivity, spoken};
use crate::release::Manifest;

pub(super) fn basis(manifest: &Manifest) -> Markup {
    let document = manifest.decision.agreement().document();
    let law = &document.lawful_basis;
    let article_9 = law.article_9.map_or_else(
        || "Article 9: no condition recorded".to_owned(),
        |article| format!("Article {}: {}", article.code(), article.meaning()),
    );
    let schedule = law.dpa_2018_schedule_1.clone().unwrap_or_else(|| "no condition recorded".to_owned());
    let dpia = document.dpia.as_ref().map_or_else(
        || "none recorded".to_owned(),
        |dpia| format!("{}, next review by {}", dpia.reference, spoken(dpia.review)),
    );
    let facts = Facts::new(Markup::none())
        .and("UK GDPR", &[format!("Article {}: {}", law.article_6.code(), law.article_6.meaning()), article_9])
        .and("DPA 2018", &[format!("Schedule 1: {schedule}")])
        .and("Duty of confidence", &[confidence(&law.common_law)])
        .and("DPIA", &[dpia])
        .and("Sensitivity", &[sensitivity(document).to_owned()])
        .and("National Data Opt-Out", &ruling(manifest))
        .and("Opt-out check", &check(manifest))
        .and("Other opt-outs", &[denied(manifest)]);
    section("basis", "On what basis", facts.list())
}

/// The basis with its evidence, in the words of the file.
fn confidence(law: &CommonLaw) -> String {
    let mut parts = vec![law.basis.meaning().to_owned()];
    parts.extend(law.regulation.map(|number| format!("COPI regulation {number}")));
    let references = [
        ("CAG reference", &law.cag_ref),
        ("consent", &law.consent_ref),
        ("statute", &law.statute),
        ("test", &law.test_ref),
        ("assessment", &law.assessment_ref),
        ("because", &law.reason),
    ];
    parts.extend(references.into_iter().filter_map(|(name, text)| Some(format!("{name} {}", text.as_ref()?))));
    parts.extend(law.annual_review.map(|day| format!("annual review due by {}", spoken(day))));
    parts.join(", ")
}

const fn sensitivity(document: &Document) -> &'static str {
    match document.sensitivity {
        Sensitivity::Identifiable => "identifiable: persons can be named",
        Sensitivity::Pseudonymised => "pseudonymised: persons cannot be named without the key",
        Sensitivity::Aggregate => "aggregate: tables only",
    }
}

/// Whether rows about single persons were read at all.
pub(super) fn about_people(manifest: &Manifest) -> bool {
    manifest.datasets.iter().any(|dataset| dataset.person_level)
}

fn ruling(manifest: &Manifest) -> Vec<String> {
    let ruling = manifest.decision.opt_out();
    let word = match (about_people(manifest), ruling.applies()) {
        (false, _) => "No rows about single people were read. Under the agreement",
        (true, true) => "Applied",
        (true, false) => "NOT applied",
    };
    let mut lines = vec![format!("{word}: {}", ruling.reason())];
    lines.extend(ruling.evidence().map(|evidence| format!("Evidence: {evidence}")));
    lines.extend(
        ruling.no_number_exemption().map(|reference| format!("Rows without a valid NHS number may stay: {reference}")),
    );
    lines
}

/// How old the answer of the check service was; nothing where it was not asked for.
fn check(manifest: &Manifest) -> Vec<String> {
    if !about_people(manifest) || !manifest.decision.opt_out().applies() {
        return Vec::new();
    }
    let entry = &manifest.opt_out;
    let (Some(checked_at), Some(age)) = (&entry.checked_at, entry.age_days) else {
        return vec!["no answer of the check service was given".to_owned()];
    };
    let age = counted(age.unsigned_abs(), "day", "days");
    let submitted = entry.submitted.map_or_else(String::new, |count| format!("; {} submitted", people(count)));
    let unchecked = match entry.unchecked {
        "withhold" => "withheld",
        _ => "would have stopped the release",
    };
    vec![
        format!("{}, {age} old on the day (at most {}){submitted}", day(checked_at), entry.max_age_days),
        format!("People who were never checked: {unchecked}"),
    ]
}

fn people(count: usize) -> String {
    format!("{} NHS {}", number(count as u64), if count == 1 { "number" } else { "numbers" })
}

fn denied(manifest: &Manifest) -> String {
    if manifest.opt_out.deny_lists.is_empty() {
        "no list was applied".to_owned()
    } else {
        format!("lists applied: {}", manifest.opt_out.deny_lists.join(", "))
    }
}
