//! Reads a record from the one form that it can have.

use super::{AuditRecord, Link, MAX_LINE};
use crate::audit::event::MAX_INTEGER;
use crate::audit::field::Shape;
use crate::audit::{AuditEvent, CorrelationId, Digest, EventKind, Outcome, RecordId};

/// The record of a line that is in the one allowed form; none for every other line, without a reason.
pub(super) fn read_line(line: &[u8]) -> Option<AuditRecord> {
    if line.len() > MAX_LINE {
        return None;
    }
    let mut rest = Rest(std::str::from_utf8(line).ok()?);
    // In the order of the bytes.
    let actor = rest.text("{\"actor\":\"", Shape::Token)?;
    let agreement_id = rest.optional(",\"agreement_id\":\"", Shape::Token)?;
    let authoriser = rest.optional(",\"authoriser\":\"", Shape::Token)?;
    let code = rest.optional(",\"code\":\"", Shape::Code)?;
    let corr_id = rest.fixed(",\"corr_id\":\"", CorrelationId::read)?;
    let count = rest.optional_number(",\"count\":")?;
    let dataset = rest.optional(",\"dataset\":\"", Shape::Token)?;
    let device = rest.optional(",\"device\":\"", Shape::Token)?;
    let event = rest.fixed(",\"event\":\"", EventKind::of_word)?;
    let id = rest.fixed(",\"id\":\"", RecordId::read)?;
    let key_id = rest.optional(",\"key_id\":\"", Shape::KeyId)?;
    let object = rest.optional_digest(",\"object\":\"")?;
    let org = rest.optional(",\"org\":\"", Shape::Token)?;
    let outcome = rest.fixed(",\"outcome\":\"", Outcome::of_word)?;
    let prev = rest.fixed(",\"prev\":\"", Digest::read)?;
    let purpose = rest.optional(",\"purpose\":\"", Shape::Token)?;
    let reason_ref = rest.optional(",\"reason_ref\":\"", Shape::ReasonRef)?;
    let role = rest.optional(",\"role\":\"", Shape::Token)?;
    let seq = rest.number(",\"seq\":")?;
    let ts = rest.fixed(",\"ts\":\"", |text| text.parse().ok())?;
    if rest.0 != ",\"v\":1}" {
        return None;
    }
    let stamped = Link { id, ts, seq, prev };
    let event = AuditEvent {
        event,
        outcome,
        actor,
        corr_id,
        dataset,
        role,
        org,
        purpose,
        agreement_id,
        count,
        code,
        reason_ref,
        object,
        key_id,
        authoriser,
        device,
    };
    Some(AuditRecord { event, link: stamped })
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Takes an opening away, if it stands here.
    fn take(&mut self, opening: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(opening)?;
        Some(())
    }

    /// Takes everything up to the next quotation mark, and that.
    fn quoted(&mut self) -> Option<&'a str> {
        let end = self.0.bytes().position(|byte| byte == b'"')?;
        let text = self.0.get(..end)?;
        self.0 = self.0.get(end + 1..)?;
        Some(text)
    }

    fn fixed<T>(&mut self, opening: &str, read: fn(&str) -> Option<T>) -> Option<T> {
        self.take(opening)?;
        read(self.quoted()?)
    }

    fn text(&mut self, opening: &str, shape: Shape) -> Option<String> {
        self.take(opening)?;
        let text = self.quoted()?;
        shape.fits(text).then(|| text.to_owned())
    }

    /// None if a text stands there that does not fit; nothing inside if none stands there.
    #[allow(clippy::option_option, reason = "a member can be absent, and a line can be of another form")]
    fn optional(&mut self, opening: &str, shape: Shape) -> Option<Option<String>> {
        if self.0.starts_with(opening) { self.text(opening, shape).map(Some) } else { Some(None) }
    }

    #[allow(clippy::option_option, reason = "as for texts")]
    fn optional_digest(&mut self, opening: &str) -> Option<Option<Digest>> {
        if self.0.starts_with(opening) { self.fixed(opening, Digest::read).map(Some) } else { Some(None) }
    }

    #[allow(clippy::option_option, reason = "as for texts")]
    fn optional_number(&mut self, opening: &str) -> Option<Option<u64>> {
        if self.0.starts_with(opening) { self.number(opening).map(Some) } else { Some(None) }
    }

    /// A whole number without sign or leading zeros.
    fn number(&mut self, opening: &str) -> Option<u64> {
        self.take(opening)?;
        let end = self.0.bytes().position(|byte| !byte.is_ascii_digit())?;
        let digits = self.0.get(..end)?;
        if end > 1 && digits.starts_with('0') {
            return None;
        }
        let value = digits.parse().ok().filter(|value| *value <= MAX_INTEGER)?;
        self.0 = self.0.get(end..)?;
        Some(value)
    }
}
