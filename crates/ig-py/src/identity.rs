//! Actors from signed ID tokens in Python.

use crate::error::{OrRaise, argument};
use crate::panic::Work;
use ig_core::audit::{AuditEvent, CorrelationId, EventKind, Outcome, StampSource as _, SystemStamps, Timestamp};
use ig_core::identity::{self, RoleRule, TokenRules};
use pyo3::prelude::*;

/// The person who acts, from a verified token: their id, role and organisation, and nothing else about them.
///
/// Only `TokenVerifier.verify` makes one. Give it as `actor` to the calls of `AuditLog` and `SqlSink`, which then record role
/// and organisation with it. There is no name and no address in it: those are dropped while the token is read.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct VerifiedActor(pub(crate) identity::VerifiedActor);

#[pymethods]
impl VerifiedActor {
    /// The user's id (`nhsid_useruid`).
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// The code of the role that acts, such as `S8000:G8000:R8001`; None without a role.
    #[getter]
    fn role(&self) -> Option<&str> {
        self.0.role_code()
    }

    /// The job of that role: the last part of the code, such as `R8001`.
    #[getter]
    fn job_role(&self) -> Option<&str> {
        self.0.job_role()
    }

    /// How a few jobs are called, to be shown and never to decide by; check against the current list of job roles.
    #[getter]
    fn job_title(&self) -> Option<&str> {
        self.0.job_title()
    }

    /// The id of the user's role profile (`person_roleid`).
    #[getter]
    fn role_profile(&self) -> Option<&str> {
        self.0.role_profile()
    }

    /// The organisation for which the person acts, by its ODS code.
    #[getter]
    fn org(&self) -> Option<&str> {
        self.0.org()
    }

    /// How well the person's identity was proved, 0 to 3.
    #[getter]
    fn identity_assurance(&self) -> u8 {
        self.0.identity_assurance()
    }

    /// How well the sign-in was proved, 0 to 3; None if the issuer does not say.
    #[getter]
    fn authentication_assurance(&self) -> Option<u8> {
        self.0.authentication_assurance()
    }

    /// When the token ends, in seconds since 1970.
    #[getter]
    fn expires(&self) -> u64 {
        self.0.expires()
    }

    fn __repr__(&self) -> String {
        let shown = |text: Option<&str>| text.map_or("None".to_owned(), |text| format!("'{text}'"));
        format!("VerifiedActor(role={}, org={})", shown(self.0.role_code()), shown(self.0.org()))
    }
}

/// Verifies ID tokens; see `nhs_ig.TokenVerifier`.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct TokenVerifierHandle(identity::TokenVerifier);

#[pymethods]
impl TokenVerifierHandle {
    #[new]
    #[pyo3(signature = (*, jwks, issuer, audience, minimum_assurance, minimum_authentication, role, max_age_seconds, clock_difference_seconds))]
    fn new(
        py: Python<'_>,
        jwks: &str,
        issuer: &str,
        audience: &str,
        minimum_assurance: u8,
        minimum_authentication: Option<u8>,
        role: &str,
        max_age_seconds: u32,
        clock_difference_seconds: u32,
    ) -> PyResult<Self> {
        let role = match role {
            "required" => RoleRule::Required,
            "if_given" => RoleRule::IfGiven,
            _ => return Err(argument(py, "role", "\"required\" or \"if_given\"")),
        };
        let rules =
            TokenRules { minimum_assurance, minimum_authentication, role, max_age_seconds, clock_difference_seconds };
        identity::TokenVerifier::new(jwks, issuer, audience, rules).or_raise(py).map(Self)
    }

    /// Verifies a token at a time, in microseconds since 1970, or now.
    #[pyo3(signature = (id_token, *, userinfo, at))]
    fn verify(
        &self,
        py: Python<'_>,
        id_token: &str,
        userinfo: Option<&str>,
        at: Option<u64>,
    ) -> PyResult<VerifiedActor> {
        let at = at.map_or_else(|| SystemStamps.now(), Timestamp::from_unix_micros).or_raise(py)?;
        py.work(|| self.0.verify(id_token, userinfo, at)).or_raise(py).map(VerifiedActor)
    }
}

/// Who acts: a person as an issuer vouched for them, or a name that the caller vouches for.
#[derive(FromPyObject)]
pub(crate) enum ActorGiven {
    // Tried in this order, and nearly all are names.
    Named(String),
    Verified(Py<VerifiedActor>),
}

impl ActorGiven {
    /// Begins the event; of a verified actor with role and organisation.
    pub(crate) fn event(
        &self,
        kind: EventKind,
        outcome: Outcome,
        run: CorrelationId,
    ) -> Result<AuditEvent, ig_core::AuditError> {
        match self {
            Self::Verified(actor) => actor.get().0.event(kind, outcome, run),
            Self::Named(name) => AuditEvent::new(kind, outcome, name, run),
        }
    }

    /// The id alone, where the role is one of an agreement and no code of an issuer.
    pub(crate) fn into_id(self) -> String {
        match self {
            Self::Verified(actor) => actor.get().0.id().to_owned(),
            Self::Named(name) => name,
        }
    }

    pub(crate) const fn is_verified(&self) -> bool {
        matches!(self, Self::Verified(_))
    }
}
