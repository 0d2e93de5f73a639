//! Who asked, and who allowed it.

use super::blocks::{Facts, section};
use super::markup::Markup;
use super::words::counted;
use crate::agreement::{Approval, ApprovalRole, Document, Outcome, spoken};
use crate::release::Manifest;

const ROLES: [(ApprovalRole, &str); 4] = [
    (ApprovalRole::CaldicottGuardian, "Caldicott Guardian"),
    (ApprovalRole::Siro, "SIRO"),
    (ApprovalRole::Dpo, "DPO"),
    (ApprovalRole::Iao, "IAO"),
];

pub(super) fn who(manifest: &Manifest) -> Markup {
    let document = manifest.decision.agreement().document();
    let request = manifest.decision.request();
    let purpose = document.purpose.iter().find(|purpose| purpose.code == request.purpose);
    let purpose = purpose.map_or(request.purpose.as_str(), |purpose| &purpose.description);
    let parties = &document.parties;
    let territory = request.territory.unwrap_or(parties.territory);
    let signed = document
        .signature
        .iter()
        .map(|signature| format!("{}: {}, {}", signature.organisation, signature.name_role, spoken(signature.date)))
        .collect::<Vec<_>>();
    let facts = Facts::new(Markup::none())
        .and("Asked by", &[format!("{}, {}, {}", request.actor, request.role, request.organisation)])
        .and("For", &[format!("{purpose} ({})", request.purpose)])
        .and("Controllers", &[parties.controllers.join("; ")])
        .and("Recipient", &[format!("{}, for use in {}", parties.recipient, territory.name())])
        .and("Signed by", &signed)
        .and("Approved by", &approvals(document))
        .and("Checked", &[checks(manifest)])
        .and("In force", &[term(document)])
        .and("Kept until", &[format!("{}; then: {}", spoken(document.retention.until), document.retention.destruction)])
        .and("Passing it on", &[onward(document)]);
    section("who", "Who asked and who allowed it", facts.list())
}

/// Every approval, and the roles of which there is none.
fn approvals(document: &Document) -> Vec<String> {
    let by = |role: ApprovalRole| document.approval.iter().filter(move |approval| approval.role == role);
    let line = |name: &str, approval: &Approval| format!("{name}: {}, {}", approval.name, spoken(approval.date));
    let mut lines: Vec<_> =
        ROLES.iter().flat_map(|(role, name)| by(*role).map(move |approval| line(name, approval))).collect();
    let missing: Vec<_> = ROLES.iter().filter(|(role, _)| by(*role).next().is_none()).map(|(_, name)| *name).collect();
    if !missing.is_empty() {
        lines.push(format!("No approval recorded: {}", missing.join(", ")));
    }
    lines
}

fn checks(manifest: &Manifest) -> String {
    let checks = manifest.decision.checks();
    let passed = checks.iter().filter(|check| check.outcome == Outcome::Permit).count();
    let all = counted(checks.len() as u64, "check", "checks");
    if passed == checks.len() {
        format!("all {all} of the request against the agreement passed")
    } else {
        format!("{passed} of {all} of the request against the agreement passed")
    }
}

fn term(document: &Document) -> String {
    let term = &document.term;
    format!("{} to {}, next review by {}", spoken(term.start), spoken(term.end), spoken(term.review))
}

fn onward(document: &Document) -> String {
    match (document.onward_sharing.allowed, &document.onward_sharing.conditions) {
        (false, _) => "not allowed".to_owned(),
        (true, None) => "allowed".to_owned(),
        (true, Some(conditions)) => format!("allowed: {conditions}"),
    }
}
