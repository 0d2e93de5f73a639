//! The token that a release needs.

use super::{Agreement, Dataset, Decision, Output, Request};
use crate::opt_out::OptOutRuling;
use serde::Serialize;
use time::Date;

/// Proof that a request was held against an agreement and allowed.
///
/// Guarantees that it came out of [`Decision::permit`]: it has no other constructor, cannot be read from a file and
/// cannot be copied. It is bound to the bytes of the agreement, the request and its day.
///
/// Does **not** expire by itself: whoever uses it compares [`Permit::date`] with the day of use.
///
/// ```compile_fail
/// let forged = ig_core::agreement::Permit { decision: todo!() };
/// ```
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Permit {
    decision: Decision,
}

impl Permit {
    pub(super) const fn new(decision: Decision) -> Self {
        Self { decision }
    }

    /// The decision it rests on.
    pub const fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The agreement.
    pub fn agreement(&self) -> &Agreement {
        self.decision.agreement()
    }

    /// The SHA-256 of the agreement's bytes.
    pub fn agreement_sha256(&self) -> &str {
        self.agreement().sha256()
    }

    /// The request.
    pub fn request(&self) -> &Request {
        self.decision.request()
    }

    /// The day for which it was given.
    pub fn date(&self) -> Date {
        self.request().date
    }

    /// Whether the National Data Opt-Out applies, and why.
    pub fn opt_out(&self) -> &OptOutRuling {
        self.decision.opt_out()
    }

    /// The datasets that were asked for.
    pub fn datasets(&self) -> impl Iterator<Item = &Dataset> {
        let request = self.request();
        self.agreement().document().dataset.iter().filter(|dataset| request.wants_dataset(&dataset.name))
    }

    /// The outputs that were asked for and may leave.
    pub fn outputs(&self) -> impl Iterator<Item = &Output> {
        let request = self.request();
        let wanted = |output: &&Output| request.wants_dataset(&output.dataset) && request.wants_kind(output.kind);
        self.agreement().document().output.iter().filter(wanted)
    }
}
