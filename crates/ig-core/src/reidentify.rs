//! Bringing identifiers back: a separate act with a person, a reason and an audit record.
//!
//! The record of the attempt is written to disk before anything is opened, the record of the success before
//! anything is answered; if either cannot be written, nothing is answered. A failure is recorded with its code.

use crate::audit::{AuditEvent, AuditLog, CorrelationId, Durability, EventKind, Outcome};
use crate::error::{AuditError, Error, KeyError};
use crate::key::KeyId;

/// Who wants identifiers back, and why.
///
/// Text that does not fit the fields of the audit log is refused when the attempt is recorded, before anything is
/// opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReidentifyRequest {
    /// The person who acts, by an id.
    pub actor: String,
    /// The ticket that holds the reason in words, such as `IG/2026/17`.
    pub reason_ref: String,
    /// The run that this belongs to.
    pub run: CorrelationId,
    /// The role in which the actor acts.
    pub role: Option<String>,
    /// The organisation for which the actor acts, by its ODS code.
    pub org: Option<String>,
    /// The purpose, by its name in the agreement.
    pub purpose: Option<String>,
    /// The data sharing agreement.
    pub agreement_id: Option<String>,
    /// The data set, by its name.
    pub dataset: Option<String>,
    /// Who allowed the act, if not the actor.
    pub authoriser: Option<String>,
    /// The machine or application.
    pub device: Option<String>,
}

impl ReidentifyRequest {
    /// The parts that are required; the others can be set on what comes back.
    pub fn new(actor: &str, reason_ref: &str, run: CorrelationId) -> Self {
        Self {
            actor: actor.to_owned(),
            reason_ref: reason_ref.to_owned(),
            run,
            role: None,
            org: None,
            purpose: None,
            agreement_id: None,
            dataset: None,
            authoriser: None,
            device: None,
        }
    }

    /// Records a request that was refused before there was anything to open, such as one with a retired key: the
    /// attempt, and its end with the code of the refusal.
    ///
    /// # Errors
    /// Those of the audit log.
    pub fn record_refusal(&self, log: &AuditLog, key_id: &KeyId, code: &str) -> Result<(), AuditError> {
        let refused = self.event(Outcome::Refused, key_id, None)?.code(code)?;
        log.record_as(&self.event(Outcome::Attempt, key_id, None)?, Durability::Synced)?;
        log.record_as(&refused, Durability::Synced).map(|_| ())
    }

    fn event(&self, outcome: Outcome, key_id: &KeyId, count: Option<u64>) -> Result<AuditEvent, AuditError> {
        type Set = fn(AuditEvent, &str) -> Result<AuditEvent, AuditError>;
        let optional: [(&Option<String>, Set); 7] = [
            (&self.role, AuditEvent::role),
            (&self.org, AuditEvent::org),
            (&self.purpose, AuditEvent::purpose),
            (&self.agreement_id, AuditEvent::agreement_id),
            (&self.dataset, AuditEvent::dataset),
            (&self.authoriser, AuditEvent::authoriser),
            (&self.device, AuditEvent::device),
        ];
        let event = AuditEvent::new(EventKind::Reidentify, outcome, &self.actor, self.run)?
            .reason_ref(&self.reason_ref)?
            .key_id(key_id.as_str())?;
        let event = count.map_or_else(|| Ok(event.clone()), |count| event.clone().count(count))?;
        optional.iter().filter_map(|(text, set)| Some((text.as_deref()?, set))).try_fold(event, |e, (t, set)| set(e, t))
    }
}

/// Runs `act` between the record of the attempt and that of its end.
///
/// # Errors
/// Those of the audit log and of `act`.
pub(crate) fn audited<T>(
    request: &ReidentifyRequest,
    log: &AuditLog,
    key_id: &KeyId,
    asked: Option<u64>,
    act: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let attempt = request.event(Outcome::Attempt, key_id, asked)?;
    log.record_as(&attempt, Durability::Synced)?;
    match act() {
        Ok(answer) => {
            log.record_as(&request.event(Outcome::Success, key_id, asked)?, Durability::Synced)?;
            Ok(answer)
        }
        Err(error) => {
            // The error goes to the caller in any case; without this record the log shows an attempt without end.
            let failure = request.event(outcome_of(&error), key_id, asked).and_then(|event| event.code(error.code()));
            let _ = failure.and_then(|event| log.record_as(&event, Durability::Synced));
            Err(error)
        }
    }
}

/// A rule of the key's ring refuses; anything else is a failure.
const fn outcome_of(error: &Error) -> Outcome {
    match error {
        Error::Key(KeyError::Purpose { .. } | KeyError::Pending { .. } | KeyError::Retired { .. }) => Outcome::Refused,
        _ => Outcome::Failure,
    }
}

/// Every answer, or an error that counts the refused ones and says where the first stands.
pub(crate) fn all_or_nothing(
    answers: impl Iterator<Item = Result<Option<String>, KeyError>>,
    column: &str,
) -> Result<Vec<Option<String>>, Error> {
    let mut given = Vec::with_capacity(answers.size_hint().0);
    let (mut refused, mut first) = (0_u64, None);
    for (row, answer) in answers.enumerate() {
        match answer {
            Ok(answer) => given.push(answer),
            Err(error) => {
                refused += 1;
                first.get_or_insert((row as u64 + 1, error.code()));
            }
        }
    }
    match first {
        None => Ok(given),
        Some((row, reason)) => {
            Err(KeyError::TokensRefused { column: column.to_owned(), count: refused, row, reason: reason.to_owned() }
                .into())
        }
    }
}
