//! The record and its one allowed form of bytes.

mod read;
mod write;

use super::event::{AuditEvent, MAX_INTEGER};
use super::field::Shape;
use super::{CorrelationId, Digest, EventKind, Outcome, RecordId, Timestamp};
use crate::error::AuditError;
use serde::Deserialize;

/// The longest line, without its newline.
pub(super) const MAX_LINE: usize = 4096;

/// One record of the log, version 1.
///
/// Guarantees that it prints to exactly the bytes it was read from: every record has one allowed form. The
/// form is in the [module documentation](crate::audit).
///
/// That a record reads well says nothing about its place in a log; [`verify`](crate::audit::verify) does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord(Wire);

/// The fields in the order of their names, which is the order of the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    actor: String,
    agreement_id: Option<String>,
    authoriser: Option<String>,
    code: Option<String>,
    corr_id: CorrelationId,
    count: Option<u64>,
    dataset: Option<String>,
    device: Option<String>,
    event: EventKind,
    id: RecordId,
    key_id: Option<String>,
    object: Option<Digest>,
    org: Option<String>,
    outcome: Outcome,
    prev: Digest,
    purpose: Option<String>,
    reason_ref: Option<String>,
    role: Option<String>,
    seq: u64,
    ts: Timestamp,
    v: u64,
}

#[derive(Deserialize)]
struct Version {
    v: u64,
}

impl AuditRecord {
    pub(super) fn compose(event: AuditEvent, id: RecordId, ts: Timestamp, seq: u64, prev: Digest) -> Self {
        Self(Wire {
            actor: event.actor,
            agreement_id: event.agreement_id,
            authoriser: event.authoriser,
            code: event.code,
            corr_id: event.corr_id,
            count: event.count,
            dataset: event.dataset,
            device: event.device,
            event: event.event,
            id,
            key_id: event.key_id,
            object: event.object,
            org: event.org,
            outcome: event.outcome,
            prev,
            purpose: event.purpose,
            reason_ref: event.reason_ref,
            role: event.role,
            seq,
            ts,
            v: 1,
        })
    }

    /// Reads one line, given without its newline.
    ///
    /// # Errors
    /// `audit.version_unknown`; `audit.record_format` for anything but the one allowed form.
    pub fn parse(line: &[u8]) -> Result<Self, AuditError> {
        Self::read(line, 1)
    }

    pub(super) fn read(bytes: &[u8], line: u64) -> Result<Self, AuditError> {
        read::read_line(bytes).map(Self).ok_or_else(|| why_refused(bytes, line))
    }

    /// The record as its line, without the newline.
    pub fn to_line(&self) -> String {
        let mut line = Vec::new();
        self.push_line(&mut line);
        // Every part of it is ASCII by construction.
        String::from_utf8(line).unwrap_or_default()
    }

    pub(super) fn push_line(&self, out: &mut Vec<u8>) {
        write::push_line(&self.0, out);
    }

    pub(super) fn sealed(&self) -> Option<(Digest, u64)> {
        self.0.object.zip(self.0.count)
    }
}

/// Why a line is not in the one allowed form.
fn why_refused(bytes: &[u8], line: u64) -> AuditError {
    let refused = |reason: &str| AuditError::RecordFormat { line, reason: reason.to_owned() };
    if bytes.len() > MAX_LINE {
        return refused("longer than 4096 bytes");
    }
    let wire: Wire = match serde_json::from_slice(bytes) {
        Ok(wire) => wire,
        Err(_) if is_other_version(bytes) => return AuditError::VersionUnknown { line },
        Err(_) => return refused("not a JSON object of the fields and types of version 1"),
    };
    if wire.v != 1 {
        return AuditError::VersionUnknown { line };
    }
    match wire.misshapen() {
        Some(field) => refused(&format!("{field} is not of its allowed form")),
        // Spacing, key order, escapes, number forms and letter case have one allowed form each.
        None => refused("not the canonical bytes"),
    }
}

/// Whether this is a whole JSON object with another version number: a newer format, not a damaged line.
fn is_other_version(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Version>(bytes).is_ok_and(|found| found.v != 1)
}

impl Wire {
    fn misshapen(&self) -> Option<&'static str> {
        let optional = [
            ("agreement_id", Shape::Token, &self.agreement_id),
            ("authoriser", Shape::Token, &self.authoriser),
            ("code", Shape::Code, &self.code),
            ("dataset", Shape::Token, &self.dataset),
            ("device", Shape::Token, &self.device),
            ("key_id", Shape::KeyId, &self.key_id),
            ("org", Shape::Token, &self.org),
            ("purpose", Shape::Token, &self.purpose),
            ("reason_ref", Shape::ReasonRef, &self.reason_ref),
            ("role", Shape::Token, &self.role),
        ];
        if !Shape::Token.fits(&self.actor) {
            return Some("actor");
        }
        if self.seq > MAX_INTEGER || self.count.is_some_and(|count| count > MAX_INTEGER) {
            return Some("seq or count");
        }
        optional.iter().find(|(_, shape, text)| text.as_ref().is_some_and(|t| !shape.fits(t))).map(|(name, ..)| *name)
    }
}

macro_rules! fields {
    ($($(#[$meta:meta])* $name:ident: $ty:ty;)+) => {
        $($(#[$meta])* pub fn $name(&self) -> Option<$ty> { self.0.$name.as_deref() })+
    };
}

impl AuditRecord {
    /// Its number: 0 for the first of the log.
    pub const fn seq(&self) -> u64 {
        self.0.seq
    }
    /// Its own id.
    pub const fn id(&self) -> RecordId {
        self.0.id
    }
    /// When it was written, by the clock of the machine.
    pub const fn ts(&self) -> Timestamp {
        self.0.ts
    }
    /// What was done.
    pub const fn event(&self) -> EventKind {
        self.0.event
    }
    /// How it ended.
    pub const fn outcome(&self) -> Outcome {
        self.0.outcome
    }
    /// Who did it.
    pub fn actor(&self) -> &str {
        &self.0.actor
    }
    /// The run it belongs to.
    pub const fn corr_id(&self) -> CorrelationId {
        self.0.corr_id
    }
    /// The SHA-256 of the line before it.
    pub const fn prev(&self) -> Digest {
        self.0.prev
    }
    /// How many rows, people or files; for `chain.recovered` the number of sealed bytes.
    pub const fn count(&self) -> Option<u64> {
        self.0.count
    }
    /// The SHA-256 of what it is about; for `chain.recovered` of the sealed bytes.
    pub const fn object(&self) -> Option<Digest> {
        self.0.object
    }
    fields! {
        /// The data set.
        dataset: &str;
        /// The role of the actor.
        role: &str;
        /// The organisation of the actor.
        org: &str;
        /// The purpose.
        purpose: &str;
        /// The data sharing agreement.
        agreement_id: &str;
        /// The stable code of the reason.
        code: &str;
        /// The ticket that holds the reason.
        reason_ref: &str;
        /// The key that was used.
        key_id: &str;
        /// Who allowed it.
        authoriser: &str;
        /// The machine or application.
        device: &str;
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
