//! Whether lawful basis, evidence and opt-out rule fit together.

use super::consistent::Rules;
use super::document::{Document, Sensitivity};
use super::{Article9, CommonLaw, CommonLawBasis as Basis};
use crate::error::AccessError;
use crate::opt_out::OptOutRule as Rule;

type Checked = Result<(), AccessError>;

pub(super) fn check(document: &Document, rules: &Rules<'_>) -> Checked {
    let basis = &document.lawful_basis;
    let person_level = document.dataset.iter().any(|dataset| dataset.person_level);
    let anonymised = basis.common_law.basis == Basis::Anonymised;
    rules.require(
        basis.article_9 != Some(Article9::SubstantialPublicInterest) || basis.dpa_2018_schedule_1.is_some(),
        "lawful_basis.dpa_2018_schedule_1",
        "9(2)(g) needs a condition of the Data Protection Act 2018, Schedule 1, Part 2",
    )?;
    rules.require(
        !person_level || anonymised || basis.article_9.is_some(),
        "lawful_basis.article_9",
        "person-level health data needs an Article 9 condition",
    )?;
    rules.require(
        !person_level || document.dpia.is_some(),
        "dpia",
        "person-level data needs a data protection impact assessment; add [dpia]",
    )?;
    rules.require(
        !anonymised || document.sensitivity != Sensitivity::Identifiable,
        "lawful_basis.common_law.basis",
        "identifiable data is not anonymised",
    )?;
    evidence(&basis.common_law, rules)?;
    opt_out(document, rules)
}

/// Each basis has its own evidence; a key of another basis hints at the wrong basis.
fn evidence(law: &CommonLaw, rules: &Rules<'_>) -> Checked {
    let section_251 = law.basis == Basis::Section251;
    let path = "lawful_basis.common_law.regulation";
    rules.value(matches!(law.regulation, None | Some(2 | 3 | 5)), path, "2, 3 or 5, the COPI regulation")?;
    let cag = section_251 && matches!(law.regulation, Some(2 | 5));
    let keys = [
        ("regulation", law.regulation.is_some(), section_251),
        ("cag_ref", law.cag_ref.is_some(), cag),
        ("annual_review", law.annual_review.is_some(), cag),
        ("consent_ref", law.consent_ref.is_some(), law.basis == Basis::Consent),
        ("statute", law.statute.is_some(), law.basis == Basis::LegalObligation),
        ("test_ref", law.test_ref.is_some(), law.basis == Basis::PublicInterest),
        ("assessment_ref", law.assessment_ref.is_some(), law.basis == Basis::Anonymised),
        ("reason", law.reason.is_some(), law.basis == Basis::NotConfidential),
    ];
    for (key, given, needed) in keys {
        let reason = if needed { "this common law basis needs it" } else { "it belongs to another common law basis" };
        rules.require(given == needed, format!("lawful_basis.common_law.{key}"), reason)?;
    }
    Ok(())
}

fn opt_out(document: &Document, rules: &Rules<'_>) -> Checked {
    let terms = &document.opt_out;
    let law = &document.lawful_basis.common_law;
    rules.require(
        terms.rule != Rule::NoNhsNumber,
        "opt_out.rule",
        "this rule is about single rows; write its evidence as no_number_exemption and name the rule of the whole",
    )?;
    rules.require(
        terms.applies || !terms.rule.applies(),
        "opt_out.applies",
        "under this rule the opt-out applies; write true, or name the rule that exempts",
    )?;
    rules.require(
        terms.applies || terms.evidence.is_some(),
        "opt_out.evidence",
        &format!("not applying the opt-out needs a reference to {}", terms.rule.evidence()),
    )?;
    rules.require(fits(terms.rule, law), "opt_out.rule", "it does not belong to the common law basis named above")
}

/// Which opt-out rules a common law basis can carry. Rules about where data comes from fit any.
const fn fits(rule: Rule, law: &CommonLaw) -> bool {
    let reviewed_by_cag = matches!(law.basis, Basis::Section251) && !matches!(law.regulation, Some(3));
    match rule {
        Rule::DirectCare => matches!(law.basis, Basis::DirectCare),
        Rule::Section251 | Rule::Section251Exempt => reviewed_by_cag,
        Rule::Consent => matches!(law.basis, Basis::Consent),
        Rule::Anonymised => matches!(law.basis, Basis::Anonymised),
        Rule::NotConfidential => matches!(law.basis, Basis::NotConfidential),
        Rule::LegalRequirement | Rule::PrescriptionCharges | Rule::OfficialStatistics => {
            matches!(law.basis, Basis::LegalObligation)
        }
        Rule::PublicInterest => matches!(law.basis, Basis::PublicInterest),
        Rule::PublicHealth => matches!(law.basis, Basis::Section251) && matches!(law.regulation, Some(3)),
        Rule::CancerRegistration | Rule::CongenitalRegistration | Rule::InvoiceValidation | Rule::ExemptAudit => {
            reviewed_by_cag || matches!(law.basis, Basis::LegalObligation)
        }
        _ => true,
    }
}
