//! An agreement as an entry of the record of processing activities.

use super::{Contact, Document, OptOutTerms, date::spoken};
use serde::Serialize;

/// One entry of the record of processing activities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordEntry {
    /// The paragraph of Article 30.
    pub paragraph: &'static str,
    /// What it asks for.
    pub entry: &'static str,
    /// What the agreement says of it.
    pub content: String,
    /// Whether the agreement holds it.
    pub held: bool,
}

/// What an agreement does not hold says so, and where it would be written.
const NOT_HELD: &str = "NOT IN THE AGREEMENT";

/// The entries of UK GDPR Article 30(1) that an agreement can fill, all of them, held or not.
///
/// Guarantees that no entry is left out or made up: one that the agreement does not hold says so and where to write it.
/// It is **not** the record itself: a controller's record covers all its processing, not one agreement.
///
/// Source of the rule: UK GDPR Article 30(1)(a) to (g); Data Protection Act 2018, Schedule 1, Part 4 for the last two.
pub fn article_30(document: &Document) -> Vec<RecordEntry> {
    let law = &document.lawful_basis;
    let processing = &document.processing;
    let contacts = |dpo: bool| -> Vec<String> {
        let wanted = |contact: &&Contact| contact.role.to_lowercase().contains("data protection") == dpo;
        document
            .contact
            .iter()
            .filter(wanted)
            .map(|contact| format!("{}: {}, {}", contact.organisation, contact.role, contact.reach))
            .collect()
    };
    let condition = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).into_iter().collect::<Vec<_>>()
    };
    let mut basis = condition(serde_json::to_value(law.article_6));
    basis.extend(condition(serde_json::to_value(law.article_9)));
    basis.extend(law.dpa_2018_schedule_1.clone());
    let mut recipients = vec![document.parties.recipient.clone()];
    recipients.extend(document.parties.processors.iter().map(|name| format!("{name} (processor)")));
    recipients.extend(document.onward_sharing.conditions.iter().map(|text| format!("onward: {text}")));
    vec![
        entry("30(1)(a)", "controllers", &document.parties.controllers, ""),
        entry("30(1)(a)", "contacts of the controllers", &contacts(false), "write it as [[contact]]"),
        entry(
            "30(1)(a)",
            "data protection officers",
            &contacts(true),
            "write it as [[contact]] with the role Data Protection Officer",
        ),
        entry("30(1)(a)", "representative", &[], "see the controller's own record"),
        entry("30(1)(b)", "purposes", &all(document, |purpose| purpose.description.clone()), ""),
        entry("30(1)(c)", "categories of people", &processing.people, "write it as people under [processing]"),
        entry("30(1)(c)", "categories of personal data", &processing.data, "write it as data under [processing]"),
        entry("30(1)(d)", "categories of recipients", &recipients, ""),
        entry(
            "30(1)(e)",
            "transfers to other countries",
            &Vec::from_iter(processing.transfers.clone()),
            "write it as transfers under [processing]",
        ),
        entry(
            "30(1)(f)",
            "time limits for erasure",
            &[format!("{}: {}", spoken(document.retention.until), document.retention.destruction)],
            "",
        ),
        entry("30(1)(g)", "security measures", &processing.security, "write it as security under [processing]"),
        entry("Schedule 1", "lawful basis", &basis, ""),
        entry("national rule", "National Data Opt-Out", &[opt_out(&document.opt_out)], ""),
    ]
}

fn all(document: &Document, of: impl Fn(&super::Purpose) -> String) -> Vec<String> {
    document.purpose.iter().map(of).collect()
}

fn opt_out(terms: &OptOutTerms) -> String {
    let applied = if terms.applies { "applied" } else { "not applied" };
    format!("{applied}: {}", terms.rule.reason())
}

fn entry(paragraph: &'static str, entry: &'static str, content: &[String], place: &str) -> RecordEntry {
    let held = !content.is_empty();
    let content = if held { content.join("; ") } else { format!("{NOT_HELD}: {place}") };
    RecordEntry { paragraph, entry, content, held }
}
