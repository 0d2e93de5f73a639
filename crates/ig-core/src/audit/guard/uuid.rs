//! UUIDs, whose digits are random or a time: one in fifty holds ten that fit a check digit.

use std::ops::Range;

/// The first UUID that is written in its usual form and stands for itself.
pub(super) fn uuid_in(text: &str) -> Option<Range<usize>> {
    let alone = |at: Option<&u8>| !at.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    let place = bytes.windows(36).zip(0_usize..).find(|(window, at)| {
        let shape = window.iter().zip(b"hhhhhhhh-hhhh-Vhhh-Rhhh-hhhhhhhhhhhh").all(|(byte, kind)| match kind {
            b'h' => byte.is_ascii_hexdigit(),
            b'V' => (b'1'..=b'8').contains(byte),
            b'R' => b"89abAB".contains(byte),
            hyphen => byte == hyphen,
        });
        shape && alone(at.checked_sub(1).and_then(|before| bytes.get(before))) && alone(bytes.get(at + 36))
    });
    place.map(|(_, at)| at..at + 36)
}
