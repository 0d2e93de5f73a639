//! How an agreement stands on a day, whoever may ask.

use super::checks::{self, missing_approvals, unsigned};
use super::{Agreement, Check, Outcome, Request, SignatureStatus, date};
use serde::Serialize;
use time::Date;

/// Within how many days an end or a review counts as near.
pub const NEAR_DAYS: i64 = 90;

/// How near a day is that somebody must act by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nearness {
    /// More than 90 days ahead.
    Later,
    /// Today or within 90 days.
    Near,
    /// Over.
    Overdue,
}

/// A day that somebody must act by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The day.
    #[serde(serialize_with = "date::write")]
    pub date: Date,
    /// The days until then; below 0 if it is over.
    pub days: i64,
    /// How near it is.
    pub nearness: Nearness,
}

impl Due {
    fn new(date: Date, on: Date) -> Self {
        let days = (date - on).whole_days();
        let nearness = match days {
            i64::MIN..0 => Nearness::Overdue,
            0..=NEAR_DAYS => Nearness::Near,
            _ => Nearness::Later,
        };
        Self { date, days, nearness }
    }
}

/// How an agreement stands on a day: for a register, and for whoever must renew it.
///
/// Guarantees that it comes from the same checks as a [`Decision`](super::Decision): while
/// [`Standing::refusals`] is not empty, every request of that day is refused. It says nothing of what a single request
/// may add to that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The agreement's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Who receives what is released.
    pub recipient: String,
    /// How far it has come.
    pub status: SignatureStatus,
    /// The day that this is about.
    #[serde(serialize_with = "date::write")]
    pub on: Date,
    /// Whether it is signed by all and has begun, and neither it nor the retention of its data has ended.
    pub in_force: bool,
    /// Whether anything at all may be released under it that day.
    pub usable: bool,
    /// Its last day.
    pub end: Due,
    /// Its review.
    pub review: Due,
    /// The annual review of section 251 support, if it rests on that.
    pub cag_review: Option<Due>,
    /// The review of the impact assessment, if there is one.
    pub dpia_review: Option<Due>,
    /// The parties that had not signed.
    pub missing_signatures: Vec<String>,
    /// The roles that had not approved it.
    pub missing_approvals: Vec<String>,
    /// Every check that refuses.
    pub refusals: Vec<Check>,
}

/// The checks that say whether an agreement is in force; the others say what else keeps it from use.
const IN_FORCE: [&str; 5] =
    ["access.status", "access.not_signed", "access.not_started", "access.expired", "access.retention_ended"];

impl Agreement {
    /// How the agreement stands on a day, whoever may ask.
    pub fn standing(&self, on: Date) -> Standing {
        let document = self.document();
        let request = Request::new("", "", "", "", on);
        let refusals: Vec<_> = checks::of_the_agreement(document, &request)
            .into_iter()
            .filter(|check| check.outcome == Outcome::Refuse)
            .collect();
        let named = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Standing {
            id: self.id().to_owned(),
            title: document.agreement.title.clone(),
            version: self.version().to_owned(),
            recipient: document.parties.recipient.clone(),
            status: document.agreement.status,
            on,
            in_force: !refusals.iter().any(|check| IN_FORCE.contains(&check.code)),
            usable: refusals.is_empty(),
            end: Due::new(document.term.end, on),
            review: Due::new(document.term.review, on),
            cag_review: document.lawful_basis.common_law.annual_review.map(|day| Due::new(day, on)),
            dpia_review: document.dpia.as_ref().map(|dpia| Due::new(dpia.review, on)),
            missing_signatures: named(unsigned(document, on)),
            missing_approvals: named(missing_approvals(document, &request)),
            refusals,
        }
    }
}
