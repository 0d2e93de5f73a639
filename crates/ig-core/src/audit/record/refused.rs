//! Why a line is not a record, by way of a JSON reader that takes every form.

use super::MAX_LINE;
use crate::audit::event::MAX_INTEGER;
use crate::audit::field::Shape;
use crate::audit::{CorrelationId, Digest, EventKind, Outcome, RecordId, Timestamp};
use crate::error::AuditError;
use serde::Deserialize;

/// The fields in the order of their names, which is the order of the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), allow(dead_code, reason = "read for their types"))]
pub(super) struct Wire {
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
    pub(super) v: u64,
}

#[derive(Deserialize)]
struct Version {
    v: u64,
}

/// Why a line is not in the one allowed form.
pub(super) fn why_refused(bytes: &[u8], line: u64) -> AuditError {
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
    pub(super) fn misshapen(&self) -> Option<&'static str> {
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

#[cfg(test)]
impl From<Wire> for super::AuditRecord {
    fn from(wire: Wire) -> Self {
        let event = crate::audit::AuditEvent {
            event: wire.event,
            outcome: wire.outcome,
            actor: wire.actor,
            corr_id: wire.corr_id,
            dataset: wire.dataset,
            role: wire.role,
            org: wire.org,
            purpose: wire.purpose,
            agreement_id: wire.agreement_id,
            count: wire.count,
            code: wire.code,
            reason_ref: wire.reason_ref,
            object: wire.object,
            key_id: wire.key_id,
            authoriser: wire.authoriser,
            device: wire.device,
        };
        Self::compose(event, wire.id, wire.ts, wire.seq, wire.prev)
    }
}
