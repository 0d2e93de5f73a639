//! Prints a record: members in the order of their names, no spaces, nothing to escape.

use super::Link;
use crate::audit::AuditEvent;

/// Appends the line of a record, without its newline.
///
/// No text field can hold a character that JSON escapes: their shapes are letters, digits and a few signs.
pub(in crate::audit) fn push_line(event: &AuditEvent, link: &Link, out: &mut Vec<u8>) {
    out.reserve(512);
    out.extend_from_slice(b"{\"actor\":\"");
    out.extend_from_slice(event.actor.as_bytes());
    out.push(b'"');
    optional(out, ",\"agreement_id\":\"", event.agreement_id.as_deref());
    optional(out, ",\"authoriser\":\"", event.authoriser.as_deref());
    optional(out, ",\"code\":\"", event.code.as_deref());
    out.extend_from_slice(b",\"corr_id\":\"");
    event.corr_id.push_to(out);
    out.push(b'"');
    if let Some(count) = event.count {
        out.extend_from_slice(b",\"count\":");
        number(out, count);
    }
    optional(out, ",\"dataset\":\"", event.dataset.as_deref());
    optional(out, ",\"device\":\"", event.device.as_deref());
    optional(out, ",\"event\":\"", Some(event.event.as_str()));
    out.extend_from_slice(b",\"id\":\"");
    link.id.push_to(out);
    out.push(b'"');
    optional(out, ",\"key_id\":\"", event.key_id.as_deref());
    if let Some(object) = &event.object {
        out.extend_from_slice(b",\"object\":\"");
        object.push_to(out);
        out.push(b'"');
    }
    optional(out, ",\"org\":\"", event.org.as_deref());
    optional(out, ",\"outcome\":\"", Some(event.outcome.as_str()));
    out.extend_from_slice(b",\"prev\":\"");
    link.prev.push_to(out);
    out.push(b'"');
    optional(out, ",\"purpose\":\"", event.purpose.as_deref());
    optional(out, ",\"reason_ref\":\"", event.reason_ref.as_deref());
    optional(out, ",\"role\":\"", event.role.as_deref());
    out.extend_from_slice(b",\"seq\":");
    number(out, link.seq);
    out.extend_from_slice(b",\"ts\":\"");
    out.extend_from_slice(&link.ts.to_bytes());
    out.extend_from_slice(b"\",\"v\":1}");
}

#[inline]
fn optional(out: &mut Vec<u8>, opening: &str, text: Option<&str>) {
    if let Some(text) = text {
        out.extend_from_slice(opening.as_bytes());
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    }
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}
