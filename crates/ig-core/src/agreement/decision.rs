//! The outcome of holding a request against an agreement.

use super::{Agreement, Permit, Request, checks};
use crate::error::{AccessError, Result};
use crate::opt_out::OptOutRuling;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// Allowed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Allowed.
    Permit,
    /// Not allowed.
    Refuse,
}

/// One check, passed or not.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {
    /// The stable code, such as `access.expired`.
    pub code: &'static str,
    /// Whether it allows the request.
    pub outcome: Outcome,
    /// What was found and, for a refusal, what to do about it.
    pub message: String,
    /// Where the rule comes from.
    pub source: &'static str,
    /// The Caldicott principle it serves, 1 to 8 (December 2020).
    pub caldicott_principle: u8,
}

/// Every check of a request against an agreement, as data.
///
/// Guarantees that all reasons are there at once, and that only a decision without a refusal gives a [`Permit`].
///
/// Does **not** check who the actor really is: that is for the system that calls this library.
#[derive(Debug, Clone)]
pub struct Decision {
    agreement: Agreement,
    request: Request,
    checks: Vec<Check>,
    opt_out: OptOutRuling,
}

impl Decision {
    pub(super) fn new(agreement: Agreement, request: Request) -> Self {
        let checks = checks::all(agreement.document(), &request);
        let terms = &agreement.document().opt_out;
        let opt_out =
            OptOutRuling::new(terms.applies, terms.rule, terms.evidence.clone(), terms.no_number_exemption.clone());
        Self { agreement, request, checks, opt_out }
    }

    /// Whether the request is allowed.
    pub fn outcome(&self) -> Outcome {
        if self.refusals().next().is_none() { Outcome::Permit } else { Outcome::Refuse }
    }

    /// Every check, in the order of the agreement's sections.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The checks that were not passed.
    pub fn refusals(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.outcome == Outcome::Refuse)
    }

    /// Whether the National Data Opt-Out applies, and why.
    pub fn opt_out(&self) -> &OptOutRuling {
        &self.opt_out
    }

    /// The agreement.
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// The request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Gives the permit that a release needs.
    ///
    /// # Errors
    /// `access.refused` with every reason.
    pub fn permit(&self) -> Result<Permit> {
        let refusals: Vec<_> = self.refusals().collect();
        if refusals.is_empty() {
            return Ok(Permit::new(self.clone()));
        }
        let codes = refusals.iter().map(|check| check.code).collect::<Vec<_>>().join(", ");
        let reasons = refusals.iter().map(|check| check.message.as_str()).collect::<Vec<_>>().join("; ");
        Err(AccessError::Refused { count: refusals.len(), codes, reasons }.into())
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Decision", 7)?;
        out.serialize_field("agreement_id", self.agreement.id())?;
        out.serialize_field("agreement_version", self.agreement.version())?;
        out.serialize_field("agreement_sha256", self.agreement.sha256())?;
        out.serialize_field("request", &self.request)?;
        out.serialize_field("outcome", &self.outcome())?;
        out.serialize_field("checks", &self.checks)?;
        out.serialize_field("opt_out", &self.opt_out)?;
        out.end()
    }
}

/// What the `Serialize` above writes, in the same order.
#[cfg(feature = "schema")]
mod shape {
    use super::{Check, Decision, OptOutRuling, Outcome, Request};
    use schemars::{JsonSchema, Schema, SchemaGenerator};
    use std::borrow::Cow;

    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "its shape alone is used")]
    struct Written {
        agreement_id: String,
        agreement_version: String,
        agreement_sha256: String,
        request: Request,
        outcome: Outcome,
        checks: Vec<Check>,
        opt_out: OptOutRuling,
    }

    impl JsonSchema for Decision {
        fn schema_name() -> Cow<'static, str> {
            "Decision".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            Written::json_schema(generator)
        }
    }
}
