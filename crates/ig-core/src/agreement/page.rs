//! An agreement on one page of plain English.

use super::data_use_register::approved;
use super::date::spoken;
use super::labels::DUO;
use super::{Agreement, ApprovalRole, Dataset, Document, FilterValue, OutputKind, RowFilter};
use crate::opt_out::OptOutRuling;
use std::fmt::Write;
use time::Date;

impl Agreement {
    /// The agreement on one page: who may do what with which fields, on which basis, whether opt-outs apply, until when,
    /// what leaves, and how it stands on a day.
    ///
    /// It is for reading. The file alone decides.
    pub fn page(&self, on: Date) -> String {
        let mut page = Page(String::new());
        page.write(self, on);
        page.0
    }
}

struct Page(String);

impl Page {
    fn line(&mut self, name: &str, text: &str) {
        let _ = writeln!(self.0, "  {name:<26} {text}");
    }

    fn heading(&mut self, text: &str) {
        let _ = writeln!(self.0, "\n{text}");
    }

    fn write(&mut self, agreement: &Agreement, on: Date) {
        let document = agreement.document();
        let identity = &document.agreement;
        let _ = writeln!(self.0, "{} version {}: {}", identity.id, identity.version, identity.title);
        self.standing(agreement, on);
        self.who(document);
        self.why(document);
        for dataset in &document.dataset {
            self.dataset(dataset);
        }
        self.leaves(document);
        self.labels(document);
    }

    fn standing(&mut self, agreement: &Agreement, on: Date) {
        let standing = agreement.standing(on);
        self.heading(&format!("How it stands on {}", spoken(on)));
        let word = if standing.in_force { "yes" } else { "no" };
        self.line("in force", word);
        let until = format!("{} ({} days)", spoken(standing.end.date), standing.end.days);
        self.line("until", &until);
        if standing.refusals.is_empty() {
            self.line("in the way", "nothing; a request may still be refused for its own reasons");
        }
        for check in &standing.refusals {
            self.line(check.code, &check.message);
        }
    }

    fn who(&mut self, document: &Document) {
        self.heading("Who");
        self.line("controllers", &document.parties.controllers.join("; "));
        self.line("processors", &or_none(&document.parties.processors));
        self.line("recipient", &document.parties.recipient);
        self.line("territory of use", document.parties.territory.name());
        for signature in &document.signature {
            let text = format!("{}, {}, {}", signature.organisation, signature.name_role, spoken(signature.date));
            self.line("signed", &text);
        }
        let roles = [
            ("Caldicott Guardian", ApprovalRole::CaldicottGuardian),
            ("SIRO", ApprovalRole::Siro),
            ("DPO", ApprovalRole::Dpo),
            ("IAO", ApprovalRole::Iao),
        ];
        for (name, role) in roles {
            if let Some(day) = approved(document, role) {
                self.line("approved", &format!("{name}, {}", spoken(day)));
            }
        }
        for contact in &document.contact {
            self.line("contact", &format!("{}: {}, {}", contact.organisation, contact.role, contact.reach));
        }
    }

    fn why(&mut self, document: &Document) {
        self.heading("Why, and on which basis");
        for purpose in &document.purpose {
            let text = format!("{} (roles: {})", purpose.description, purpose.roles.join(", "));
            self.line(&purpose.code, &text);
        }
        // The words of the file itself, so that nobody reads another basis here than there.
        let basis = serde_json::to_value(&document.lawful_basis).unwrap_or_default();
        for (key, value) in basis.as_object().into_iter().flatten() {
            match value.as_object() {
                Some(inner) => inner.iter().for_each(|(key, value)| self.line(&key.replace('_', " "), &word(value))),
                None => self.line(&key.replace('_', " "), &word(value)),
            }
        }
        let terms = &document.opt_out;
        let ruling = OptOutRuling::new(terms.applies, terms.rule, terms.evidence.clone(), None);
        let applies = if ruling.applies() { "applies" } else { "does NOT apply" };
        self.line("opt-out", &format!("{applies}: {}", ruling.reason()));
        if let Some(evidence) = &terms.evidence {
            self.line("evidence", evidence);
        }
        if let Some(exemption) = &terms.no_number_exemption {
            self.line("rows without a number", &format!("may stay: {exemption}"));
        }
        if let Some(dpia) = &document.dpia {
            self.line("DPIA", &format!("{}, next review {}", dpia.reference, spoken(dpia.review)));
        }
    }

    fn dataset(&mut self, dataset: &Dataset) {
        let about = if dataset.person_level { "rows about people" } else { "no rows about single people" };
        self.heading(&format!("Which fields of {} ({about})", dataset.name));
        for filter in &dataset.row_filter {
            self.line("only rows where", &format!("{}: {}", condition(filter), filter.justification));
        }
        for field in &dataset.field {
            let settings = serde_json::to_value(&field.transform).unwrap_or_default();
            let done = transform(&settings);
            self.line(&field.name, &format!("{done}: {}", field.justification));
        }
        if dataset.drop_id_field {
            self.line(dataset.id_field.as_deref().unwrap_or_default(), "read for opt-outs alone; never leaves");
        }
        self.line("every other field", "never leaves");
    }

    fn leaves(&mut self, document: &Document) {
        self.heading("What leaves, and until when");
        for output in &document.output {
            let text = match output.kind {
                OutputKind::RecordLevel => format!("rows of {}", output.dataset),
                OutputKind::Aggregate => format!(
                    "a table of {} by {}, suppressed by {}",
                    output.dataset,
                    output.by.join(", "),
                    output.policy.as_deref().unwrap_or_default()
                ),
            };
            self.line(&output.name, &text);
        }
        let retention = &document.retention;
        self.line("kept until", &format!("{}; then: {}", spoken(retention.until), retention.destruction));
        let onward = document.onward_sharing.conditions.as_deref().unwrap_or("not allowed");
        self.line("onward sharing", onward);
        for (name, items) in [
            ("people", &document.processing.people),
            ("data", &document.processing.data),
            ("security", &document.processing.security),
        ] {
            if !items.is_empty() {
                self.line(name, &items.join("; "));
            }
        }
        if let Some(transfers) = &document.processing.transfers {
            self.line("transfers", transfers);
        }
    }

    fn labels(&mut self, document: &Document) {
        let labels = &document.labels;
        if labels.duo.is_empty() && labels.dpv.is_empty() {
            return;
        }
        self.heading("Labels, which decide nothing");
        for code in &labels.duo {
            let meaning = DUO.iter().find(|(known, ..)| known == code).map_or("", |(.., meaning)| meaning);
            self.line(code, meaning);
        }
        for id in &labels.dpv {
            self.line(id, "");
        }
    }
}

fn or_none(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join("; ") }
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `generalise date (to year, on invalid null)`.
fn transform(settings: &serde_json::Value) -> String {
    let Some((name, settings)) = settings.as_object().and_then(|all| all.iter().next()) else { return String::new() };
    let said: Vec<_> = settings
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{} {}", key.replace('_', " "), word(value)))
        .collect();
    let name = name.replace('_', " ");
    if said.is_empty() { name } else { format!("{name} ({})", said.join(", ")) }
}

/// `kind is one of A, B`, with nothing of the data in it.
pub(crate) fn condition(filter: &RowFilter) -> String {
    let shown = |value: &FilterValue| match value {
        FilterValue::Text(text) => text.clone(),
        FilterValue::Whole(number) => number.to_string(),
        FilterValue::Day(day) => spoken(*day),
    };
    let list = |values: &[FilterValue]| values.iter().map(shown).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    if !filter.one_of.is_empty() {
        parts.push(format!("is one of {}", list(&filter.one_of)));
    }
    if !filter.none_of.is_empty() {
        parts.push(format!("is none of {}", list(&filter.none_of)));
    }
    parts.extend(filter.from.iter().map(|value| format!("is at least {}", shown(value))));
    parts.extend(filter.to.iter().map(|value| format!("is at most {}", shown(value))));
    if filter.present {
        parts.push("is there".to_owned());
    }
    format!("{} {}", filter.field, parts.join(" and "))
}
