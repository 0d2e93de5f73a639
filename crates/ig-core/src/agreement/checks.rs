//! The checks of a request, each with its code, rule and Caldicott principle.

use super::date::spoken;
use super::document::{ApprovalRole, Document, SignatureStatus};
use super::place::shown;
use super::{Check, Outcome, OutputKind, Request};
use std::collections::BTreeSet;
use time::Date;

const ICO: &str = "ICO data sharing code of practice: agreement, purpose, parties, regular review";
const DARS_TERM: &str = "NHS England DARS standard 1: effective once all have signed, until its end";
const DARS_TERRITORY: &str = "NHS England DARS standard: territory of use";
const GDPR_PURPOSE: &str = "UK GDPR Article 5(1)(b): purpose limitation";
const GDPR_MINIMUM: &str = "UK GDPR Article 5(1)(c): data minimisation";
const GDPR_STORAGE: &str = "UK GDPR Article 5(1)(e): storage limitation";
const GDPR_DPIA: &str = "UK GDPR Article 35(11): review of the impact assessment";
const CAG: &str = "HRA Confidentiality Advisory Group: annual review is a condition of support";
const CALDICOTT: &str = "Caldicott Principles, National Data Guardian, December 2020";

pub(super) fn all(document: &Document, request: &Request) -> Vec<Check> {
    let mut checks = Checks { document, request, all: Vec::new() };
    checks.actor();
    checks.status();
    checks.signatures();
    checks.term();
    checks.reviews();
    checks.organisation();
    checks.territory();
    checks.purpose_and_role();
    checks.datasets();
    checks.record_level();
    checks.approvals();
    checks.all
}

/// The checks that say how the agreement itself stands, whoever asks.
pub(super) fn of_the_agreement(document: &Document, request: &Request) -> Vec<Check> {
    let mut checks = Checks { document, request, all: Vec::new() };
    checks.status();
    checks.signatures();
    checks.term();
    checks.reviews();
    checks.approvals();
    checks.all
}

/// The parties that had not signed by a day, by name.
pub(super) fn unsigned(document: &Document, day: Date) -> Vec<&str> {
    let signed = |party: &str| {
        document.signature.iter().any(|signature| signature.organisation == party && signature.date <= day)
    };
    document.parties.all().filter(|party| !signed(party)).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Who must approve what is asked for, and whether they had. Person-level data needs the Caldicott Guardian and the
/// SIRO; tables alone need one accountable owner.
fn approvers(document: &Document, request: &Request) -> Vec<(&'static str, bool)> {
    let given = |role: ApprovalRole| {
        document.approval.iter().any(|approval| approval.role == role && approval.date <= request.date)
    };
    let wanted = |name: &str| request.wants_dataset(name);
    if document.dataset.iter().any(|dataset| dataset.person_level && wanted(&dataset.name)) {
        vec![
            ("the Caldicott Guardian", given(ApprovalRole::CaldicottGuardian)),
            ("the SIRO", given(ApprovalRole::Siro)),
        ]
    } else {
        let owner = given(ApprovalRole::Siro) || given(ApprovalRole::Iao);
        vec![("the SIRO or the information asset owner", owner)]
    }
}

/// Who had not approved it.
pub(super) fn missing_approvals(document: &Document, request: &Request) -> Vec<&'static str> {
    approvers(document, request).into_iter().filter(|(_, given)| !given).map(|(who, _)| who).collect()
}

struct Checks<'a> {
    document: &'a Document,
    request: &'a Request,
    all: Vec<Check>,
}

impl Checks<'_> {
    fn add(
        &mut self,
        rule: (&'static str, u8, &'static str),
        passed: bool,
        yes: impl Into<String>,
        no: impl Into<String>,
    ) {
        let (code, caldicott_principle, source) = rule;
        let (outcome, message) = if passed { (Outcome::Permit, yes.into()) } else { (Outcome::Refuse, no.into()) };
        self.all.push(Check { code, outcome, message, source, caldicott_principle });
    }

    fn actor(&mut self) {
        let named = !self.request.actor.trim().is_empty();
        self.add(("access.actor", 5, CALDICOTT), named, "the actor is named", "the actor is not named; say who asks");
    }

    fn status(&mut self) {
        let state = match self.document.agreement.status {
            SignatureStatus::Draft => "a draft",
            SignatureStatus::Signed => "signed",
            SignatureStatus::Suspended => "suspended",
            SignatureStatus::Ended => "ended",
        };
        self.add(
            ("access.status", 6, DARS_TERM),
            self.document.agreement.status == SignatureStatus::Signed,
            "the agreement's status is signed",
            format!("the agreement is {state}; use a signed one or ask the controllers"),
        );
    }

    fn signatures(&mut self) {
        let day = self.request.date;
        let missing = unsigned(self.document, day);
        let names = missing.join(", ");
        self.add(
            ("access.not_signed", 6, DARS_TERM),
            missing.is_empty(),
            "every party has signed",
            format!("not signed by {} on {}; the agreement takes effect when all have signed", names, spoken(day)),
        );
    }

    fn term(&mut self) {
        let (day, term) = (self.request.date, self.document.term);
        let (start, end) = (spoken(term.start), spoken(term.end));
        self.add(
            ("access.not_started", 6, DARS_TERM),
            term.start <= day,
            format!("the agreement holds from {start}"),
            format!("the agreement starts on {start}; wait until then"),
        );
        self.add(
            ("access.expired", 6, DARS_TERM),
            day <= term.end,
            format!("the agreement holds until {end}"),
            format!("the agreement ended on {end}; ask the controllers to extend it"),
        );
        let until = self.document.retention.until;
        self.add(
            ("access.retention_ended", 6, GDPR_STORAGE),
            day <= until,
            format!("the data may be kept until {}", spoken(until)),
            format!("the data may be kept only until {}; agree a new retention date", spoken(until)),
        );
    }

    fn reviews(&mut self) {
        self.review(("access.review_overdue", 6, ICO), "the agreement's review", self.document.term.review);
        if let Some(review) = self.document.dpia.as_ref().map(|dpia| dpia.review) {
            self.review(("access.dpia_review_overdue", 6, GDPR_DPIA), "the DPIA's review", review);
        }
        if let Some(review) = self.document.lawful_basis.common_law.annual_review {
            self.review(("access.cag_review_overdue", 6, CAG), "the annual review of the section 251 support", review);
        }
    }

    fn review(&mut self, rule: (&'static str, u8, &'static str), what: &str, due: Date) {
        let due_on = spoken(due);
        self.add(
            rule,
            self.request.date <= due,
            format!("{what} is due on {due_on}"),
            format!("{what} was due on {due_on}; hold it and write the next date into the agreement"),
        );
    }

    fn organisation(&mut self) {
        let party = self.document.parties.all().any(|party| party == self.request.organisation);
        let no = "the organisation is not a party of the agreement; check its spelling or ask to be added";
        self.add(("access.organisation", 4, ICO), party, "the organisation is a party of the agreement", no);
    }

    fn territory(&mut self) {
        let agreed = self.document.parties.territory;
        let (asked, inside) = match self.request.territory {
            None => ("the request names no other place of use".to_owned(), true),
            Some(place) => (format!("the data will be used in: {}", place.name()), agreed.takes_in(place)),
        };
        self.add(
            ("access.territory", 6, DARS_TERRITORY),
            inside,
            format!("{asked}; the agreement allows: {}", agreed.name()),
            format!("{asked}; the agreement allows only: {}; use it there or ask for a wider territory", agreed.name()),
        );
    }

    fn purpose_and_role(&mut self) {
        let purposes = &self.document.purpose;
        let agreed = purposes.iter().find(|purpose| purpose.code == self.request.purpose);
        let codes = purposes.iter().map(|purpose| purpose.code.as_str()).collect::<Vec<_>>().join(", ");
        let asked = shown(&self.request.purpose);
        self.add(
            ("access.purpose", 1, GDPR_PURPOSE),
            agreed.is_some(),
            format!("the purpose {asked} is agreed"),
            format!("the purpose {asked} is not agreed; the agreed ones are {codes}"),
        );
        // Without an agreed purpose the role is held against all of them, so that both faults show at once.
        let allowed: BTreeSet<_> = purposes
            .iter()
            .filter(|purpose| agreed.is_none_or(|agreed| agreed.code == purpose.code))
            .flat_map(|purpose| purpose.roles.iter().map(String::as_str))
            .collect();
        let roles = allowed.iter().copied().collect::<Vec<_>>().join(", ");
        let role = shown(&self.request.role);
        self.add(
            ("access.role", 4, CALDICOTT),
            allowed.contains(self.request.role.as_str()),
            format!("the role {role} may pursue it"),
            format!("the role {role} may not pursue it; the roles are {roles}"),
        );
    }

    fn datasets(&mut self) {
        let agreed = |name: &str| self.document.dataset.iter().any(|dataset| dataset.name == name);
        let outside: Vec<_> =
            self.request.datasets.iter().filter(|name| !agreed(name)).map(|name| shown(name)).collect();
        self.add(
            ("access.dataset", 3, GDPR_MINIMUM),
            outside.is_empty(),
            "every dataset asked for is in the agreement",
            format!("not in the agreement: {}; leave it out or ask for it to be added", outside.join(", ")),
        );
    }

    fn record_level(&mut self) {
        let has = |kind: OutputKind| {
            self.document.output.iter().any(|output| output.kind == kind && self.request.wants_dataset(&output.dataset))
        };
        let asked = |kind: OutputKind| self.request.outputs.contains(&kind);
        let rows = !asked(OutputKind::RecordLevel) || has(OutputKind::RecordLevel);
        let tables = !asked(OutputKind::Aggregate) || has(OutputKind::Aggregate);
        let any = !self.request.outputs.is_empty() || has(OutputKind::RecordLevel) || has(OutputKind::Aggregate);
        let no = "rows about single people are not agreed for these datasets; ask for the aggregate instead";
        self.add(("access.record_level", 3, GDPR_MINIMUM), rows, "the rows asked for are agreed", no);
        let no = "no output of the kind asked for is agreed for these datasets; ask for one that is";
        self.add(("access.output", 3, GDPR_MINIMUM), tables && any, "the outputs asked for are agreed", no);
    }

    fn approvals(&mut self) {
        for (who, approved) in approvers(self.document, self.request) {
            self.add(
                ("access.approval_missing", 5, CALDICOTT),
                approved,
                format!("{who} approved it"),
                format!(
                    "{who} had not approved it by {}; ask for the approval and record it",
                    spoken(self.request.date)
                ),
            );
        }
    }
}
