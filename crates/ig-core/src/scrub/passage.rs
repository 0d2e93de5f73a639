//! A stretch of text between parts that are already settled, as the rules see it.

use super::{TextFinding, TextKind};

/// A part of the text that is settled: a tag, or a finding of an earlier round.
#[derive(Clone, Copy)]
pub(super) struct Settled {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: TextKind,
}

impl From<&TextFinding> for Settled {
    fn from(found: &TextFinding) -> Self {
        Self { start: found.start, end: found.end, kind: found.kind }
    }
}

/// The bytes `low..high` of a text, with what is settled before them. The rules see nothing of a settled part but
/// its kind, so that a scrubbed text reads to them like the text it was made from.
#[derive(Clone, Copy)]
pub(super) struct Passage<'a> {
    pub(super) text: &'a str,
    pub(super) low: usize,
    pub(super) high: usize,
    /// Settled parts before `low`, in order.
    pub(super) before: &'a [Settled],
}

impl Passage<'_> {
    /// The byte at a position; zero outside the passage.
    #[inline]
    pub(super) fn at(&self, position: usize) -> u8 {
        if position >= self.low && position < self.high { self.text.as_bytes()[position] } else { 0 }
    }

    /// The byte before a position; zero at the beginning.
    #[inline]
    pub(super) fn byte_before(&self, position: usize) -> u8 {
        if position > self.low { self.at(position - 1) } else { 0 }
    }

    #[inline]
    pub(super) fn is_digit(&self, position: usize) -> bool {
        self.at(position).is_ascii_digit()
    }

    /// The end of the run of digits that begins at a position.
    #[inline]
    pub(super) fn run_end(&self, start: usize) -> usize {
        let bytes = &self.text.as_bytes()[start..self.high];
        start + bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len())
    }

    /// The number that a short run of digits writes.
    pub(super) fn value(&self, start: usize, end: usize) -> u32 {
        self.text.as_bytes()[start..end].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
    }

    /// Whether a letter ends right before a position.
    pub(super) fn letter_before(&self, position: usize) -> bool {
        let byte = self.byte_before(position);
        byte.is_ascii_alphabetic()
            || (byte >= 0x80 && self.text[self.low..position].chars().next_back().is_some_and(in_word))
    }

    /// Whether a letter begins at a position.
    pub(super) fn letter_at(&self, position: usize) -> bool {
        let byte = self.at(position);
        byte.is_ascii_alphabetic()
            || (byte >= 0x80 && self.text[position..self.high].chars().next().is_some_and(in_word))
    }

    /// The end of the run of ASCII letters that begins at a position.
    pub(super) fn letters_end(&self, start: usize) -> usize {
        let mut end = start;
        while self.at(end).is_ascii_alphabetic() {
            end += 1;
        }
        end
    }

    /// The start of the run of ASCII letters that ends at a position; long runs are not followed to their start.
    pub(super) fn letters_start(&self, end: usize) -> usize {
        let mut start = end;
        while end - start < 16 && self.byte_before(start).is_ascii_alphabetic() {
            start -= 1;
        }
        start
    }

    /// The length in bytes of a space (also a no-break, thin or zero-width one) at a position; zero if none.
    pub(super) fn space_at(&self, position: usize) -> usize {
        match (self.at(position), self.at(position + 1), self.at(position + 2)) {
            (b' ' | b'\t', ..) => 1,
            (0xc2, 0xa0, _) => 2,
            (0xe2, 0x80, 0x80..=0x8d | 0xaf) | (0xe2, 0x81, 0x9f | 0xa0) | (0xef, 0xbb, 0xbf) => 3,
            _ => 0,
        }
    }

    /// The length in bytes of a hyphen or dash of any kind at a position; zero if none.
    pub(super) fn dash_at(&self, position: usize) -> usize {
        match (self.at(position), self.at(position + 1), self.at(position + 2)) {
            (b'-', ..) => 1,
            (0xc2, 0xad, _) => 2,
            (0xe2, 0x80, 0x90..=0x95) | (0xe2, 0x88, 0x92) => 3,
            _ => 0,
        }
    }

    /// The position after at most `most` spaces.
    pub(super) fn skip_spaces(&self, mut position: usize, most: usize) -> usize {
        for _ in 0..most {
            position += self.space_at(position);
        }
        position
    }
}

/// Letters, digits of any script, and the marks that combine with a letter.
fn in_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '\u{300}'..='\u{36f}')
}
