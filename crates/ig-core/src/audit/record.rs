//! The record and its one allowed form of bytes.

use super::event::{AuditEvent, MAX_INTEGER};
use super::field::Shape;
use super::{CorrelationId, Digest, EventKind, Outcome, RecordId, Timestamp};
use crate::error::AuditError;
use serde::{Deserialize, Serialize};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    actor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    agreement_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authoriser: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    corr_id: CorrelationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    event: EventKind,
    id: RecordId,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<String>,
    outcome: Outcome,
    prev: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
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
        let refused = |reason: &str| AuditError::RecordFormat { line, reason: reason.to_owned() };
        if bytes.len() > MAX_LINE {
            return Err(refused("longer than 4096 bytes"));
        }
        let wire: Wire = match serde_json::from_slice(bytes) {
            Ok(wire) => wire,
            Err(_) if is_other_version(bytes) => return Err(AuditError::VersionUnknown { line }),
            Err(_) => return Err(refused("not a JSON object of the fields and types of version 1")),
        };
        if wire.v != 1 {
            return Err(AuditError::VersionUnknown { line });
        }
        if let Some(field) = wire.misshapen() {
            return Err(refused(&format!("{field} is not of its allowed form")));
        }
        let record = Self(wire);
        // Spacing, key order, escapes, number forms and letter case have one allowed form each.
        if record.to_line()?.as_bytes() != bytes {
            return Err(refused("not the canonical bytes"));
        }
        Ok(record)
    }

    /// The record as its line, without the newline.
    ///
    /// # Errors
    /// `audit.not_recorded` if it cannot be printed.
    pub fn to_line(&self) -> Result<String, AuditError> {
        serde_json::to_string(&self.0).map_err(|_| AuditError::NotRecorded { reason: "the record has no text".into() })
    }

    pub(super) fn sealed(&self) -> Option<(Digest, u64)> {
        self.0.object.zip(self.0.count)
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
mod tests {
    use super::*;

    fn record(actor: &str) -> AuditRecord {
        let event = AuditEvent::new(
            EventKind::OptOutCheck,
            Outcome::Success,
            actor,
            "0190163d-8694-739b-aea5-966c26f8ad91".parse().expect("run"),
        );
        let id = "0190163d-8694-739b-aea5-966c26f8ad90".parse().expect("id");
        let ts = Timestamp::from_unix_micros(0).expect("ts");
        AuditRecord::compose(event.expect("event"), id, ts, 0, Digest::ZERO)
    }

    #[test]
    fn every_departure_from_the_one_form_is_refused() {
        let line = record("a.analyst").to_line().expect("line");
        assert_eq!(AuditRecord::parse(line.as_bytes()), Ok(record("a.analyst")));
        let changed = [
            line.replace(':', ": "),
            format!("{line} "),
            format!(" {line}"),
            line.replace("a.analyst", "a\\u002eanalyst"),
            line.replace("a.analyst", "a,analyst"),
            line.replace("\"seq\":0", "\"seq\":0.0"),
            line.replace("\"seq\":0", "\"seq\":-0"),
            line.replace("\"seq\":0", "\"seq\":00"),
            line.replace("\"seq\":0", "\"seq\":9007199254740992"),
            line.replace("\"v\":1", "\"v\":\"1\""),
            line.replace("\"v\":1", "\"v\":1,\"w\":1"),
            line.replace("\"v\":1", "\"v\":1,\"v\":1"),
            line.replace("0190163d-8694-739b-aea5-966c26f8ad90", "0190163D-8694-739b-aea5-966c26f8ad90"),
            line.replace("0190163d-8694-739b-aea5-966c26f8ad90", "0190163d-8694-439b-aea5-966c26f8ad90"),
            line.replace("\"id\":", "\"dataset\":null,\"id\":"),
            line.replace("\"actor\":\"a.analyst\",", ""),
            line.replace(".000000Z", "Z"),
            line.replace("opt_out_check", "optoutcheck"),
            format!("[{line}]"),
        ];
        for text in changed {
            assert_ne!(text, line);
            let error = AuditRecord::parse(text.as_bytes()).expect_err(&text);
            assert_eq!(error.code(), "audit.record_format", "{text}");
        }
        for text in [line.replace("\"v\":1", "\"v\":2"), "{\"v\":2,\"new\":[1.5]}".to_owned()] {
            assert_eq!(AuditRecord::parse(text.as_bytes()).expect_err("version").code(), "audit.version_unknown");
        }
    }

    #[test]
    fn the_example_of_the_specification_is_a_record() {
        let page = include_str!("../../docs/audit_log_v1.md");
        let line = page.lines().find(|line| line.starts_with("{\"actor\"")).expect("example");
        assert_eq!(AuditRecord::parse(line.as_bytes()).expect("record").count(), Some(495));
        for word in EventKind::ALL.iter().map(|kind| kind.as_str()).chain(Outcome::ALL.iter().map(|o| o.as_str())) {
            assert!(page.contains(&format!("`{word}`")), "{word}");
        }
    }

    #[test]
    fn the_longest_record_fits_a_line() {
        let long = "a".repeat(128);
        let word = "a".repeat(32);
        let mut event = AuditEvent::new(EventKind::OptOutCheck, Outcome::Attempt, &long, record("x.y").corr_id());
        event = event.and_then(|e| e.dataset(&long)?.role(&long)?.org(&long)?.purpose(&long)?.agreement_id(&long));
        event = event.and_then(|e| e.count(MAX_INTEGER)?.code(&[word.as_str(); 4].join("."))?.key_id(&word));
        event = event.and_then(|e| e.reason_ref(&"A".repeat(64))?.authoriser(&long)?.device(&long));
        let event = event.expect("event").object(Digest::of(b"x"));
        let template = record("x.y");
        let line = AuditRecord::compose(event, template.id(), template.ts(), MAX_INTEGER, Digest::ZERO).to_line();
        let line = line.expect("line");
        assert!(line.len() <= MAX_LINE / 2, "{}", line.len());
        assert!(AuditRecord::parse(line.as_bytes()).is_ok());
    }
}
