//! Contradictions inside an agreement, found when it is read.

use super::document::Document;
use super::place::Places;
use super::{consistent_basis, consistent_data};
use crate::error::AccessError;
use std::collections::HashSet;

type Checked = Result<(), AccessError>;

pub(super) fn check(document: &Document, places: &Places) -> Checked {
    let rules = Rules { places };
    rules.value(document.schema == 1, "schema", "1")?;
    identity(document, &rules)?;
    consistent_basis::check(document, &rules)?;
    consistent_data::check(document, &rules)
}

/// Turns a broken rule into an error with its line.
pub(super) struct Rules<'a> {
    places: &'a Places,
}

impl Rules<'_> {
    pub(super) fn require(&self, holds: bool, path: impl Into<String>, reason: &str) -> Checked {
        if holds {
            return Ok(());
        }
        let path = path.into();
        let line = self.places.line_of(&path);
        Err(AccessError::AgreementInconsistent { file: self.places.file(), line, path, reason: reason.to_owned() })
    }

    pub(super) fn value(&self, holds: bool, path: impl Into<String>, expected: &str) -> Checked {
        if holds {
            return Ok(());
        }
        let path = path.into();
        let line = self.places.line_of(&path);
        Err(AccessError::AgreementValue { file: self.places.file(), line, path, expected: expected.to_owned() })
    }

    /// Names that must differ, given with the path of each.
    pub(super) fn distinct<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
        path: impl Fn(usize) -> String,
        reason: &str,
    ) -> Checked {
        let mut seen = HashSet::new();
        for (name, number) in names.into_iter().zip(1..) {
            self.require(seen.insert(name), path(number), reason)?;
        }
        Ok(())
    }
}

fn identity(document: &Document, rules: &Rules<'_>) -> Checked {
    let term = document.term;
    rules.require(term.start < term.end, "term.end", "the end must be after the start")?;
    if let Some(issued) = document.agreement.issued {
        let latest = issued.replace_year(issued.year() + 1).unwrap_or(issued + time::Duration::days(365));
        let fits = issued <= term.end && term.start <= latest;
        rules.require(fits, "term.start", "an agreement starts within twelve months of its issue")?;
    }
    rules.require(term.start <= term.review, "term.review", "the review must not be before the start")?;
    rules.require(
        document.retention.until >= term.start,
        "retention.until",
        "it must not end before the term starts",
    )?;
    rules.require(
        document.onward_sharing.allowed == document.onward_sharing.conditions.is_some(),
        "onward_sharing.conditions",
        "conditions are written exactly when onward sharing is allowed",
    )?;
    for (signature, number) in document.signature.iter().zip(1..) {
        rules.require(
            document.parties.all().any(|party| party == signature.organisation),
            format!("signature[{number}].organisation"),
            "the organisation is not among the parties; spell it the same way",
        )?;
    }
    for (contact, number) in document.contact.iter().zip(1..) {
        rules.require(
            document.parties.all().any(|party| party == contact.organisation),
            format!("contact[{number}].organisation"),
            "the organisation is not among the parties; spell it the same way",
        )?;
    }
    if let Some((list, number)) = document.labels.unknown() {
        rules.value(false, format!("labels.{list}[{number}]"), "a term of the vocabulary that this version knows")?;
    }
    rules.value(!document.purpose.is_empty(), "purpose", "at least one [[purpose]]")?;
    rules.distinct(
        document.purpose.iter().map(|purpose| purpose.code.as_str()),
        |number| format!("purpose[{number}].code"),
        "another purpose has the same code",
    )
}
