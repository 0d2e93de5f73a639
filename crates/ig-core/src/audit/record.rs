//! The record and its one allowed form of bytes.

mod read;
mod refused;
mod write;

pub(super) use write::push_line;

use read::read_line;
use refused::why_refused;

use super::event::AuditEvent;
use super::{CorrelationId, Digest, EventKind, Outcome, RecordId, Timestamp};
use crate::error::AuditError;

/// The longest line, without its newline.
pub(super) const MAX_LINE: usize = 4096;

/// One record of the log, version 1.
///
/// Guarantees that it prints to exactly the bytes it was read from: every record has one allowed form. The
/// form is in the [module documentation](crate::audit).
///
/// That a record reads well says nothing about its place in a log; [`verify`](crate::audit::verify) does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    event: AuditEvent,
    link: Link,
}

/// What the log adds to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) id: RecordId,
    pub(super) ts: Timestamp,
    pub(super) seq: u64,
    pub(super) prev: Digest,
}

impl AuditRecord {
    pub(super) const fn compose(event: AuditEvent, id: RecordId, ts: Timestamp, seq: u64, prev: Digest) -> Self {
        Self { event, link: Link { id, ts, seq, prev } }
    }

    /// Reads one line, given without its newline.
    ///
    /// # Errors
    /// `audit.version_unknown`; `audit.record_format` for anything but the one allowed form.
    pub fn parse(line: &[u8]) -> Result<Self, AuditError> {
        Self::read(line, 1)
    }

    pub(super) fn read(bytes: &[u8], line: u64) -> Result<Self, AuditError> {
        read_line(bytes).ok_or_else(|| why_refused(bytes, line))
    }

    /// The record as its line, without the newline.
    pub fn to_line(&self) -> String {
        let mut line = Vec::new();
        push_line(&self.event, &self.link, &mut line);
        // Every part of it is ASCII by construction.
        String::from_utf8(line).unwrap_or_default()
    }

    pub(super) fn sealed(&self) -> Option<(Digest, u64)> {
        self.event.object.zip(self.event.count)
    }
}

macro_rules! fields {
    ($($(#[$meta:meta])* $name:ident: $ty:ty;)+) => {
        $($(#[$meta])* pub fn $name(&self) -> Option<$ty> { self.event.$name.as_deref() })+
    };
}

impl AuditRecord {
    /// Its number: 0 for the first of the log.
    pub const fn seq(&self) -> u64 {
        self.link.seq
    }
    /// Its own id.
    pub const fn id(&self) -> RecordId {
        self.link.id
    }
    /// When it was written, by the clock of the machine.
    pub const fn ts(&self) -> Timestamp {
        self.link.ts
    }
    /// What was done.
    pub const fn event(&self) -> EventKind {
        self.event.event
    }
    /// How it ended.
    pub const fn outcome(&self) -> Outcome {
        self.event.outcome
    }
    /// Who did it.
    pub fn actor(&self) -> &str {
        &self.event.actor
    }
    /// The run it belongs to.
    pub const fn corr_id(&self) -> CorrelationId {
        self.event.corr_id
    }
    /// The SHA-256 of the line before it.
    pub const fn prev(&self) -> Digest {
        self.link.prev
    }
    /// How many rows, people or files; for `chain.recovered` the number of sealed bytes.
    pub const fn count(&self) -> Option<u64> {
        self.event.count
    }
    /// The SHA-256 of what it is about; for `chain.recovered` of the sealed bytes.
    pub const fn object(&self) -> Option<Digest> {
        self.event.object
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
