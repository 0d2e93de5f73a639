//! Email addresses.

use super::finding::{Reason, TextFinding};
use super::kind::TextKind;
use super::passage::Passage;

/// The address around the sign at a position.
pub(super) fn email(passage: &Passage<'_>, sign: usize) -> Option<TextFinding> {
    // Bytes outside ASCII are taken as letters, so that no part of an address in another script stays behind.
    let local = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80 || b"._%+-'&~!#$*/=?^`{|}".contains(&byte);
    let domain = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'.' | b'-' | b'_');
    let mut start = sign;
    // Neither side goes past another sign, so that all searches together are linear.
    while local(passage.byte_before(start)) {
        start -= 1;
    }
    let mut end = sign + 1;
    while domain(passage.at(end)) {
        end += 1;
    }
    let mark = |byte: u8| byte.is_ascii_punctuation();
    while end > sign + 1 && mark(passage.at(end - 1)) {
        end -= 1;
    }
    while start < sign && mark(passage.at(start)) {
        start += 1;
    }
    while !passage.text.is_char_boundary(start) {
        start += 1;
    }
    while !passage.text.is_char_boundary(end) {
        end += 1;
    }
    if start >= sign || end == sign + 1 {
        return None;
    }
    let bytes = passage.text.as_bytes();
    // A sentence that goes on without a space, as in `a@b.net.A copy`, is no part of the address.
    while let Some(dot) = bytes[sign + 1..end].iter().rposition(|byte| *byte == b'.')
        && bytes[sign + 1..sign + 1 + dot].contains(&b'.')
        && is_no_top(&bytes[sign + 2 + dot..end])
    {
        end = sign + 1 + dot;
    }
    let name = &bytes[sign + 1..end];
    let top = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    let dotted = top.len() < name.len() && !is_no_top(top);
    let (score, reason) = if dotted { (98, Reason::Shape) } else { (40, Reason::Shape) };
    Some(TextFinding { kind: TextKind::Email, start, end, score, reason })
}

/// Whether a part of a domain cannot be its last.
fn is_no_top(part: &[u8]) -> bool {
    part.len() < 2 || part.iter().all(u8::is_ascii_digit)
}
