//! What the caller says.

use super::field::{Shape, is_ticket, not_generic};
use super::guard;
use super::{CorrelationId, Digest, EventKind, Outcome};
use crate::error::AuditError;

/// One act, as the caller reports it; the log adds number, time, id and link.
///
/// Guarantees that every text field fits its allow-list and holds no run of digits that could be an NHS
/// number, and that actor and authoriser are not generic accounts. There is no free text: prose belongs in the
/// ticket that `reason_ref` names.
///
/// It does **not** prove that the actor is who the caller says, and a token of up to 128 characters can still
/// hold a person's name if a caller puts one there.
///
/// `event`, `outcome`, `actor` and `corr_id` are required: who did what, how it ended, in which run. The rest
/// is optional, since a sign-in has no data set and a data set has no device.
///
/// Source of the rule: GP Connect, minimum audit record (user, role, organisation, authoriser, nature of
/// event, identity of data, sequence number, device; never a generic requester).
///
/// ```
/// use ig_core::audit::{AuditEvent, CorrelationId, EventKind, Outcome};
///
/// let run = CorrelationId::generate()?;
/// let event = AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", run)?
///     .dataset("dids_2026")?
///     .purpose("service evaluation")?
///     .count(495)?;
/// let refused = event.clone().dataset("NHS 999 000 0018").unwrap_err();
/// assert_eq!(refused.code(), "audit.identifier_in_field");
/// # Ok::<(), ig_core::AuditError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    pub(super) event: EventKind,
    pub(super) outcome: Outcome,
    pub(super) actor: String,
    pub(super) corr_id: CorrelationId,
    pub(super) dataset: Option<String>,
    pub(super) role: Option<String>,
    pub(super) org: Option<String>,
    pub(super) purpose: Option<String>,
    pub(super) agreement_id: Option<String>,
    pub(super) count: Option<u64>,
    pub(super) code: Option<String>,
    pub(super) reason_ref: Option<String>,
    pub(super) object: Option<Digest>,
    pub(super) key_id: Option<String>,
    pub(super) authoriser: Option<String>,
    pub(super) device: Option<String>,
}

/// The greatest whole number that every JSON reader keeps exactly: 2^53 - 1.
pub(super) const MAX_INTEGER: u64 = (1 << 53) - 1;

macro_rules! text_setters {
    ($($(#[$meta:meta])* $name:ident: $shape:ident;)+) => {
        $(
            $(#[$meta])*
            ///
            /// # Errors
            /// `audit.field`, `audit.identifier_in_field`.
            pub fn $name(mut self, text: &str) -> Result<Self, AuditError> {
                Shape::$shape.check(stringify!($name), text)?;
                self.$name = Some(text.to_owned());
                Ok(self)
            }
        )+
    };
}

impl AuditEvent {
    /// What was done, how it ended, by whom, in which run.
    ///
    /// # Errors
    /// `audit.event_reserved` for `chain.*`; `audit.field`, `audit.identifier_in_field` and
    /// `audit.actor_generic` for the actor.
    pub fn new(event: EventKind, outcome: Outcome, actor: &str, corr_id: CorrelationId) -> Result<Self, AuditError> {
        if event.is_reserved() {
            return Err(AuditError::EventReserved {});
        }
        Shape::Token.check("actor", actor)?;
        not_generic("actor", actor)?;
        Ok(Self::bare(event, outcome, actor.to_owned(), corr_id))
    }

    /// As [`AuditEvent::new`], for a program that acts by itself, such as `batch`, with the person who answers for it as
    /// `authoriser`. A generic actor is allowed here and nowhere else.
    ///
    /// Do not use it where a person asked for the act: then that person is the actor. GP Connect takes no such requester.
    ///
    /// # Errors
    /// As [`AuditEvent::new`]; `audit.actor_generic` if the authoriser names nobody.
    pub fn by_service(
        event: EventKind,
        outcome: Outcome,
        service: &str,
        authoriser: &str,
        corr_id: CorrelationId,
    ) -> Result<Self, AuditError> {
        if event.is_reserved() {
            return Err(AuditError::EventReserved {});
        }
        Shape::Token.check("actor", service)?;
        if service == authoriser {
            return Err(AuditError::ActorGeneric { field: "authoriser".into() });
        }
        Self::bare(event, outcome, service.to_owned(), corr_id).authoriser(authoriser)
    }

    /// The record with which the log seals bytes: it is written on behalf of whoever writes next.
    pub(super) fn recovered(next: &Self, object: Digest, count: u64) -> Self {
        let bare = Self::bare(EventKind::ChainRecovered, Outcome::Success, next.actor.clone(), next.corr_id);
        Self { object: Some(object), count: Some(count), ..bare }
    }

    /// The last record of a segment, written on behalf of whoever writes next.
    pub(super) fn rotated(next: &Self) -> Self {
        Self::bare(EventKind::ChainRotated, Outcome::Success, next.actor.clone(), next.corr_id)
    }

    /// The first record of the next segment; `records` are those of the segment before.
    pub(super) fn continued(next: &Self, records: u64) -> Self {
        let bare = Self::bare(EventKind::ChainContinued, Outcome::Success, next.actor.clone(), next.corr_id);
        Self { count: Some(records), ..bare }
    }

    fn bare(event: EventKind, outcome: Outcome, actor: String, corr_id: CorrelationId) -> Self {
        Self {
            event,
            outcome,
            actor,
            corr_id,
            dataset: None,
            role: None,
            org: None,
            purpose: None,
            agreement_id: None,
            count: None,
            code: None,
            reason_ref: None,
            object: None,
            key_id: None,
            authoriser: None,
            device: None,
        }
    }

    text_setters! {
        /// The data set, by its name.
        dataset: Token;
        /// The role in which the actor acted, as at the time.
        role: Token;
        /// The organisation for which the actor acted, by its ODS code.
        org: Token;
        /// The purpose, by its name in the agreement.
        purpose: Token;
        /// The data sharing agreement.
        agreement_id: Token;
        /// The stable code of the reason, such as `agreement.expired`.
        code: Code;
        /// The id of the key that was used.
        key_id: KeyId;
        /// The machine or application.
        device: Token;
    }

    /// The ticket that holds the reason in words; a word for none, such as `N/A`, is refused.
    ///
    /// # Errors
    /// `audit.field`, `audit.identifier_in_field`.
    pub fn reason_ref(mut self, text: &str) -> Result<Self, AuditError> {
        Shape::ReasonRef.check("reason_ref", text)?;
        is_ticket(text)?;
        self.reason_ref = Some(text.to_owned());
        Ok(self)
    }

    /// Who allowed the act, if not the actor.
    ///
    /// # Errors
    /// `audit.field`, `audit.identifier_in_field`, `audit.actor_generic`.
    pub fn authoriser(mut self, text: &str) -> Result<Self, AuditError> {
        Shape::Token.check("authoriser", text)?;
        not_generic("authoriser", text)?;
        self.authoriser = Some(text.to_owned());
        Ok(self)
    }

    /// How many rows, people or files: whatever the event counts.
    ///
    /// # Errors
    /// `audit.field` past 2^53 - 1; `audit.identifier_in_field` for ten digits that are an NHS number, as one in eleven
    /// counts from a thousand million on is by chance.
    pub fn count(mut self, count: u64) -> Result<Self, AuditError> {
        if count > MAX_INTEGER {
            let expected = format!("a whole number up to {MAX_INTEGER}");
            return Err(AuditError::Field { field: "count".into(), expected });
        }
        guard::no_number_as_count("count", count)?;
        self.count = Some(count);
        Ok(self)
    }

    /// The SHA-256 of the manifest, file or report that the event is about.
    #[must_use]
    pub fn object(mut self, object: Digest) -> Self {
        self.object = Some(object);
        self
    }

    /// What was done.
    pub const fn kind(&self) -> EventKind {
        self.event
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn event(actor: &str) -> Result<AuditEvent, AuditError> {
        AuditEvent::new(EventKind::Read, Outcome::Success, actor, CorrelationId::generate()?)
    }

    type Setter = fn(AuditEvent, &str) -> Result<AuditEvent, AuditError>;

    const SETTERS: [(&str, Setter); 10] = [
        ("dataset", AuditEvent::dataset),
        ("role", AuditEvent::role),
        ("org", AuditEvent::org),
        ("purpose", AuditEvent::purpose),
        ("agreement_id", AuditEvent::agreement_id),
        ("code", AuditEvent::code),
        ("reason_ref", AuditEvent::reason_ref),
        ("key_id", AuditEvent::key_id),
        ("authoriser", AuditEvent::authoriser),
        ("device", AuditEvent::device),
    ];

    #[test]
    fn every_text_field_refuses_a_planted_number_without_showing_it() {
        for (field, set) in SETTERS {
            for planted in [
                "9990000018",
                "999-000-0018",
                "999 000 0018",
                "999\u{a0}000\u{a0}0018",
                "a.x9990000018",
                "N/9990000018",
            ] {
                let error = set(event("a.analyst").expect("event"), planted).expect_err(field);
                assert!(["audit.field", "audit.identifier_in_field"].contains(&error.code()));
                let text = format!("{error} {error:?} {:?}", error.context());
                assert!(text.contains(field) && !text.contains("999") && !text.contains("0018"), "{text}");
            }
        }
        let error = event("u9990000018").expect_err("actor");
        assert_eq!(error.code(), "audit.identifier_in_field");
        assert_eq!(event("a.smith@example.org").expect_err("email").code(), "audit.field");
        // The number of a smartcard's user has twelve digits, and is that of a person in the fields for one alone.
        let user = event("999000001812").and_then(|event| event.authoriser("129990000018"));
        assert!(user.is_ok());
        assert!(user.and_then(|event| event.device("129990000018")).is_err());
        for near in ["1239990000018", "19990000018", "12 9990000018", "a129990000018"] {
            assert_eq!(event(near).expect_err(near).code(), "audit.identifier_in_field");
        }
    }

    #[test]
    fn nobody_stands_in_for_a_person_and_the_log_keeps_its_own_events() {
        assert_eq!(event("system").expect_err("generic").code(), "audit.actor_generic");
        let authoriser = event("a.analyst").and_then(|event| event.authoriser("Service-Account"));
        assert_eq!(authoriser.expect_err("generic").code(), "audit.actor_generic");
        let run = CorrelationId::generate().expect("run");
        let service =
            |name, authoriser| AuditEvent::by_service(EventKind::Read, Outcome::Success, name, authoriser, run);
        assert_eq!(service("batch", "a.analyst").map(|event| event.actor), Ok("batch".to_owned()));
        assert_eq!(service("batch", "admin").expect_err("nobody answers").code(), "audit.actor_generic");
        assert_eq!(service("batch 9990000018", "a.analyst").expect_err("number").code(), "audit.identifier_in_field");
        let own = AuditEvent::by_service(EventKind::ChainRecovered, Outcome::Success, "batch", "a.analyst", run);
        assert_eq!(own.expect_err("reserved").code(), "audit.event_reserved");
        let reserved = AuditEvent::new(EventKind::ChainRecovered, Outcome::Success, "a.analyst", run);
        assert_eq!(reserved.expect_err("reserved").code(), "audit.event_reserved");
        let number = event("a.analyst").and_then(|event| event.count(9_990_000_018));
        assert_eq!(number.expect_err("an NHS number").code(), "audit.identifier_in_field");
        let counted = event("a.analyst").and_then(|event| event.count(MAX_INTEGER + 1));
        assert_eq!(counted.expect_err("too great").code(), "audit.field");
    }
}
