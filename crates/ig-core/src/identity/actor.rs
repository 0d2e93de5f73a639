//! Who acts, as an issuer vouched for it.

use super::claims::Facts;
use super::roles::ActiveRole;
use crate::audit::{AuditEvent, CorrelationId, EventKind, Outcome};
use crate::error::AuditError;

/// The person who acts, from a verified token: their id, role and organisation, and nothing else about them.
///
/// Only [`TokenVerifier::verify`](super::TokenVerifier::verify) makes one, so whoever holds one holds a proof. It says who
/// signed in, up to the end of the token; it does **not** say that they are still there, or that they may do a thing.
///
/// There is no name, no address and no telephone number in it: those are dropped while the token is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedActor {
    id: String,
    role_code: Option<String>,
    job_role: Option<String>,
    role_profile: Option<String>,
    org: Option<String>,
    identity_assurance: u8,
    authentication_assurance: Option<u8>,
    expires: u64,
}

impl VerifiedActor {
    pub(super) fn new(facts: &Facts, active: ActiveRole, identity_assurance: u8, expires: u64) -> Self {
        let role = active.role.as_ref();
        Self {
            id: facts.user.clone(),
            role_code: role.map(|role| role.code().to_owned()),
            job_role: role.and_then(|role| role.job()).map(str::to_owned),
            role_profile: role.map(|role| role.profile().to_owned()),
            org: active.org,
            identity_assurance,
            authentication_assurance: facts.authentication_level,
            expires,
        }
    }

    /// Begins an audit event of this person, with role and organisation as at the time.
    ///
    /// # Errors
    /// `audit.event_reserved` for `chain.*`; `audit.field`, `audit.identifier_in_field` and `audit.actor_generic` for an id,
    /// which [`TokenVerifier::verify`](super::TokenVerifier::verify) has then refused already.
    pub fn event(&self, event: EventKind, outcome: Outcome, run: CorrelationId) -> Result<AuditEvent, AuditError> {
        let mut event = AuditEvent::new(event, outcome, &self.id, run)?;
        if let Some(role) = &self.role_code {
            event = event.role(role)?;
        }
        match &self.org {
            Some(org) => event.org(org),
            None => Ok(event),
        }
    }

    /// The user's id (`nhsid_useruid`).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The code of the role that acts, such as `S8000:G8000:R8001`.
    pub fn role_code(&self) -> Option<&str> {
        self.role_code.as_deref()
    }

    /// The job of that role: the last part of the code, such as `R8001`.
    pub fn job_role(&self) -> Option<&str> {
        self.job_role.as_deref()
    }

    /// The id of the user's role profile (`person_roleid`).
    pub fn role_profile(&self) -> Option<&str> {
        self.role_profile.as_deref()
    }

    /// The organisation for which the person acts, by its ODS code.
    pub fn org(&self) -> Option<&str> {
        self.org.as_deref()
    }

    /// How well the person's identity was proved, 0 to 3.
    pub const fn identity_assurance(&self) -> u8 {
        self.identity_assurance
    }

    /// How well this sign-in was proved, 0 to 3, if the issuer says.
    pub const fn authentication_assurance(&self) -> Option<u8> {
        self.authentication_assurance
    }

    /// When the token ends, in seconds since 1970.
    pub const fn expires(&self) -> u64 {
        self.expires
    }

    /// How the job is called in the public list of job roles, for the few that matter most here; to be shown, never to decide
    /// by. Check against the current list.
    pub fn job_title(&self) -> Option<&'static str> {
        JOB_TITLES.iter().find(|(code, _)| Some(*code) == self.job_role()).map(|(_, title)| *title)
    }
}

/// From the public list of job roles of the Spine Directory Service. Check against the current list.
const JOB_TITLES: &[(&str, &str)] = &[
    ("R0001", "Privacy Officer"),
    ("R5100", "Audit Manager"),
    ("R5105", "Caldicott Guardian"),
    ("R8000", "Clinical Practitioner"),
    ("R8001", "Nurse"),
    ("R8003", "Health Professional"),
    ("R8008", "Admin/Clinical Support"),
    ("R8012", "Information Officer"),
    ("R8015", "Systems Support"),
];
