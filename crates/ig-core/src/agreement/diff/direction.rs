//! Whether a change lets more out.

use super::paths::Found;
use super::{Direction, transforms};
use crate::agreement::{Document, FieldTransform, Territory};
use crate::opt_out::OptOutRuling;
use serde::Deserialize;
use serde_json::Value;

/// Judges single changes; some depend on the rest of the two documents.
pub(super) struct Judge<'d> {
    pub(super) old: &'d Document,
    pub(super) new: &'d Document,
}

use Direction::{Narrower, Other, Wider};

impl Judge<'_> {
    /// What is not named here is wider.
    pub(super) fn direction(&self, found: &Found) -> Direction {
        let (before, after) = (found.before.as_ref(), found.after.as_ref());
        match found.keys.as_str() {
            // Words that decide nothing.
            "agreement.title"
            | "agreement.version"
            | "agreement.issued"
            | "signature.name_role"
            | "approval.name"
            | "dataset.field.justification"
            | "dataset.row_filter.justification"
            | "dpia.reference"
            | "output.format"
            | "output.total" => Other,
            keys if keys.starts_with("contact") || keys.starts_with("labels") => Other,
            "agreement.status" => status(before, after),
            // Another kind of condition took its place.
            "dataset.row_filter.one_of" if before.is_some_and(Value::is_array) => Wider,
            // One party fewer must sign, and this one had not.
            "parties.processors" if after.is_none() && !self.signed(before) => Wider,
            // The more of these, the more may leave; without them it may not.
            "signature"
            | "approval"
            | "purpose"
            | "purpose.roles"
            | "dataset"
            | "dataset.field"
            | "output"
            | "parties.processors"
            | "processing.people"
            | "processing.data"
            | "processing.transfers"
            | "opt_out.no_number_exemption"
            | "dataset.row_filter.one_of" => more_is_wider(before, after),
            // The more of these, the less may leave.
            "dpia"
            | "processing.security"
            | "dataset.row_filter"
            | "dataset.row_filter.none_of"
            | "dataset.row_filter.present" => opposite(more_is_wider(before, after)),
            // The later, the longer.
            "term.end"
            | "term.review"
            | "retention.until"
            | "dpia.review"
            | "lawful_basis.common_law.annual_review" => later_is_wider(before, after),
            // The later, the less has been signed and approved in time.
            "term.start" | "signature.date" | "approval.date" => opposite(later_is_wider(before, after)),
            "parties.territory" => territory(before, after),
            "sensitivity" => ordered(before, after, &["identifiable", "pseudonymised", "aggregate"]),
            "output.kind" => ordered(before, after, &["record_level", "aggregate"]),
            "output.earlier_releases" => ordered(before, after, &["not_compared", "compared"]),
            "dataset.drop_id_field" => ordered(before, after, &["false", "true"]),
            "onward_sharing.allowed" => ordered(before, after, &["true", "false"]),
            "onward_sharing.conditions" if after.is_none() => Narrower,
            "opt_out.applies" | "opt_out.rule" | "opt_out.evidence" => self.opt_out(),
            "dataset.row_filter.from" => bound(before, after, true),
            "dataset.row_filter.to" => bound(before, after, false),
            "dataset.field.transform" => self.transform(&found.shown),
            _ => Wider,
        }
    }

    fn signed(&self, party: Option<&Value>) -> bool {
        let party = party.and_then(Value::as_str);
        self.old.signature.iter().any(|signature| Some(signature.organisation.as_str()) == party)
    }

    fn opt_out(&self) -> Direction {
        let applies = |document: &Document| {
            let terms = &document.opt_out;
            OptOutRuling::new(terms.applies, terms.rule, terms.evidence.clone(), None).applies()
        };
        match (applies(self.old), applies(self.new)) {
            (true, true) => Other,
            (false, true) => Narrower,
            (_, false) => Wider,
        }
    }

    fn transform(&self, shown: &str) -> Direction {
        match (transform_at(self.old, shown), transform_at(self.new, shown)) {
            (Some(old), Some(new)) if transforms::shows_no_more(new, old) => Narrower,
            _ => Wider,
        }
    }
}

/// The transform that stands at a shown path.
fn transform_at<'d>(document: &'d Document, shown: &str) -> Option<&'d FieldTransform> {
    document.dataset.iter().find_map(|dataset| {
        let inside = shown.strip_prefix(&format!("dataset[{}].field[", dataset.name))?;
        let name = inside.strip_suffix("].transform")?;
        dataset.field(name).map(|field| &field.transform)
    })
}

const fn opposite(direction: Direction) -> Direction {
    match direction {
        Wider => Narrower,
        Narrower => Wider,
        Other => Other,
    }
}

/// A changed value is neither more nor less, so both ways of reading it are wider: nobody can tell.
fn more_is_wider(before: Option<&Value>, after: Option<&Value>) -> Direction {
    match (before, after) {
        (Some(_), None) => Narrower,
        _ => Wider,
    }
}

fn status(before: Option<&Value>, after: Option<&Value>) -> Direction {
    let signed = |value: Option<&Value>| value.is_some_and(|value| value == "signed");
    match (signed(before), signed(after)) {
        (_, true) => Wider,
        (true, false) => Narrower,
        (false, false) => Other,
    }
}

/// Days are written so that they sort as text.
fn later_is_wider(before: Option<&Value>, after: Option<&Value>) -> Direction {
    match (before.and_then(Value::as_str), after.and_then(Value::as_str)) {
        (Some(before), Some(after)) if after < before => Narrower,
        // Later, or a review that need no longer be held.
        (Some(_), _) => Wider,
        (None, _) => Narrower,
    }
}

/// From what lets most out to what lets least.
fn ordered(before: Option<&Value>, after: Option<&Value>, words: &[&str]) -> Direction {
    let place = |value: Option<&Value>| {
        let word = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))?;
        words.iter().position(|known| *known == word)
    };
    match (place(before), place(after)) {
        (Some(before), Some(after)) if after > before => Narrower,
        _ => Wider,
    }
}

fn territory(before: Option<&Value>, after: Option<&Value>) -> Direction {
    let read = |value: Option<&Value>| value.and_then(|value| Territory::deserialize(value).ok());
    match (read(before), read(after)) {
        (Some(before), Some(after)) if before.takes_in(after) => Narrower,
        _ => Wider,
    }
}

/// A bound of a row filter: a lower one that rises, or an upper one that falls, lets fewer rows through.
fn bound(before: Option<&Value>, after: Option<&Value>, lower: bool) -> Direction {
    let rises = match (before, after) {
        (None, Some(_)) => return Narrower,
        (Some(Value::String(before)), Some(Value::String(after))) => after > before,
        (Some(before), Some(after)) => match (before.as_i64(), after.as_i64()) {
            (Some(before), Some(after)) => after > before,
            _ => return Wider,
        },
        _ => return Wider,
    };
    if rises == lower { Narrower } else { Wider }
}
