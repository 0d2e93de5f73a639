//! An agreement as a row of a public Data Use Register.

use super::{ApprovalRole, CommonLawBasis, Document, FieldTransform, Sensitivity, date};
use crate::opt_out::{OptOutRule, OptOutRuling};
use serde::Serialize;
use std::collections::BTreeSet;
use time::Date;

pub(super) const SENSITIVITY: &str = "data_sensitivity_level";

/// One row of a Data Use Register, by its public column names. What an agreement does not hold is empty.
///
/// Source of the names and words: the HDR UK gateway's Data Use Register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the public names of the columns")]
pub struct DataUse {
    pub project_id_text: String,
    pub project_title: String,
    pub organisation_name: String,
    pub datasets: String,
    pub public_benefit_statement: String,
    #[serde(serialize_with = "date::write")]
    pub project_start_date: Date,
    #[serde(serialize_with = "date::write")]
    pub project_end_date: Date,
    #[serde(serialize_with = "date::write_optional")]
    pub latest_approval_date: Option<Date>,
    pub data_sensitivity_level: &'static str,
    pub legal_basis_for_data_article6: String,
    pub legal_basis_for_data_article9: String,
    pub duty_of_confidentiality: &'static str,
    pub national_data_optout: &'static str,
    pub request_frequency: &'static str,
    pub dataset_linkage_description: String,
    pub confidential_data_description: String,
    pub access_date: &'static str,
    pub access_type: &'static str,
    pub privacy_enhancements: String,
    pub sublicence_arrangements: String,
}

impl DataUse {
    /// The row of an agreement.
    ///
    /// Guarantees the public column names and, where a column has set words, one of them. How often data is released,
    /// when access began and how it is given are not part of an agreement: those three are empty.
    pub fn new(document: &Document) -> Self {
        let basis = &document.lawful_basis;
        let word = |value: serde_json::Result<serde_json::Value>| {
            value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        let joined = |items: Vec<&str>| items.join("; ");
        let person_level: Vec<_> = document.dataset.iter().filter(|dataset| dataset.person_level).collect();
        Self {
            project_id_text: document.agreement.id.clone(),
            project_title: document.agreement.title.clone(),
            organisation_name: document.parties.recipient.clone(),
            datasets: joined(document.dataset.iter().map(|dataset| dataset.name.as_str()).collect()),
            public_benefit_statement: joined(
                document.purpose.iter().map(|purpose| purpose.description.as_str()).collect(),
            ),
            project_start_date: document.term.start,
            project_end_date: document.term.end,
            latest_approval_date: document.approval.iter().map(|approval| approval.date).max(),
            data_sensitivity_level: match document.sensitivity {
                Sensitivity::Identifiable => "Personally Identifiable",
                Sensitivity::Pseudonymised => "De-personalised",
                Sensitivity::Aggregate => "Anonymous",
            },
            legal_basis_for_data_article6: word(serde_json::to_value(basis.article_6)),
            legal_basis_for_data_article9: word(serde_json::to_value(basis.article_9)),
            duty_of_confidentiality: match basis.common_law.basis {
                CommonLawBasis::Consent | CommonLawBasis::DirectCare => "Consent",
                CommonLawBasis::Section251 => "Section 251 NHS Act 2006",
                CommonLawBasis::LegalObligation => "Statutory exemption to flow confidential data without consent",
                CommonLawBasis::PublicInterest | CommonLawBasis::Anonymised | CommonLawBasis::NotConfidential => {
                    "Not applicable"
                }
            },
            national_data_optout: opt_out(document),
            request_frequency: "",
            dataset_linkage_description: linkage(document),
            confidential_data_description: joined(person_level.iter().map(|dataset| dataset.name.as_str()).collect()),
            access_date: "",
            access_type: "",
            privacy_enhancements: enhancements(document),
            sublicence_arrangements: document
                .onward_sharing
                .conditions
                .clone()
                .unwrap_or_else(|| "No onward sharing".to_owned()),
        }
    }
}

/// The words of the register for whether the opt-out is applied, or why not. It has none for "yes": a use that upholds
/// opt-outs has no exemption, which is "No".
fn opt_out(document: &Document) -> &'static str {
    let terms = &document.opt_out;
    if OptOutRuling::new(terms.applies, terms.rule, terms.evidence.clone(), None).applies() {
        return "No";
    }
    match terms.rule {
        OptOutRule::Consent | OptOutRule::DirectCare => "Consent (Reasonable Expectation)",
        OptOutRule::Anonymised | OptOutRule::NotConfidential => "Does not include the flow of confidential data",
        OptOutRule::OutsideEngland | OptOutRule::PrivatePatient => "Not applicable",
        _ => "Statutory exemption to flow confidential data without consent",
    }
}

/// Two datasets with an NHS number that leaves can be linked by who has both.
fn linkage(document: &Document) -> String {
    let linkable: Vec<_> = document
        .dataset
        .iter()
        .filter(|dataset| {
            let id = dataset.id_field.as_deref().and_then(|id| dataset.field(id));
            id.is_some_and(|field| !matches!(field.transform, FieldTransform::Redact(_)))
        })
        .map(|dataset| dataset.name.as_str())
        .collect();
    if linkable.len() > 1 { format!("Linkable by person: {}", linkable.join("; ")) } else { String::new() }
}

fn enhancements(document: &Document) -> String {
    let transforms = document.dataset.iter().flat_map(|dataset| &dataset.field).map(|field| field.transform.name());
    let mut all: BTreeSet<_> = transforms.filter(|name| *name != "keep").map(|name| name.replace('_', " ")).collect();
    all.extend(
        document.output.iter().filter_map(|output| output.policy.as_ref()).map(|rule| format!("suppression {rule}")),
    );
    all.into_iter().collect::<Vec<_>>().join("; ")
}

/// The sensitivity that a word of the register stands for.
pub(super) fn sensitivity_of(word: &str) -> Option<&'static str> {
    match word {
        "Anonymous" => Some("aggregate"),
        "De-personalised" | "De-Personalised" => Some("pseudonymised"),
        "Personally Identifiable" => Some("identifiable"),
        _ => None,
    }
}

/// The day of the latest approval in a role, for other records.
pub(super) fn approved(document: &Document, role: ApprovalRole) -> Option<Date> {
    document.approval.iter().filter(|approval| approval.role == role).map(|approval| approval.date).max()
}
