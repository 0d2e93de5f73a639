//! Prints a record: members in the order of their names, no spaces, nothing to escape.

use super::Wire;

/// Appends the line of a record, without its newline.
///
/// No text field can hold a character that JSON escapes: their shapes are letters, digits and a few signs.
pub(super) fn push_line(wire: &Wire, out: &mut Vec<u8>) {
    out.reserve(512);
    out.extend_from_slice(b"{\"actor\":\"");
    out.extend_from_slice(wire.actor.as_bytes());
    out.push(b'"');
    optional(out, ",\"agreement_id\":\"", wire.agreement_id.as_deref());
    optional(out, ",\"authoriser\":\"", wire.authoriser.as_deref());
    optional(out, ",\"code\":\"", wire.code.as_deref());
    out.extend_from_slice(b",\"corr_id\":\"");
    wire.corr_id.push_to(out);
    out.push(b'"');
    if let Some(count) = wire.count {
        out.extend_from_slice(b",\"count\":");
        number(out, count);
    }
    optional(out, ",\"dataset\":\"", wire.dataset.as_deref());
    optional(out, ",\"device\":\"", wire.device.as_deref());
    optional(out, ",\"event\":\"", Some(wire.event.as_str()));
    out.extend_from_slice(b",\"id\":\"");
    wire.id.push_to(out);
    out.push(b'"');
    optional(out, ",\"key_id\":\"", wire.key_id.as_deref());
    if let Some(object) = &wire.object {
        out.extend_from_slice(b",\"object\":\"");
        object.push_to(out);
        out.push(b'"');
    }
    optional(out, ",\"org\":\"", wire.org.as_deref());
    optional(out, ",\"outcome\":\"", Some(wire.outcome.as_str()));
    out.extend_from_slice(b",\"prev\":\"");
    wire.prev.push_to(out);
    out.push(b'"');
    optional(out, ",\"purpose\":\"", wire.purpose.as_deref());
    optional(out, ",\"reason_ref\":\"", wire.reason_ref.as_deref());
    optional(out, ",\"role\":\"", wire.role.as_deref());
    out.extend_from_slice(b",\"seq\":");
    number(out, wire.seq);
    out.extend_from_slice(b",\"ts\":\"");
    out.extend_from_slice(&wire.ts.to_bytes());
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
