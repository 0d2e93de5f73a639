//! Telephone and fax numbers.

use super::context::{Label, label_after, label_before};
use super::finding::{Reason, TextFinding};
use super::kind::TextKind;
use super::passage::Passage;

/// The most digits of an international number, with `0044` and `(0)`.
const MOST: usize = 16;

/// Digits with the places where a group ends.
struct Dialled {
    digits: [u8; MOST],
    ends: [usize; MOST + 1],
    count: usize,
    groups: usize,
}

/// A number that begins with the run at `first`.
pub(super) fn phone(passage: &Passage<'_>, first: usize) -> Option<TextFinding> {
    let mut start = first;
    if passage.byte_before(start) == b'(' {
        start -= 1;
    }
    let plus = passage.byte_before(start) == b'+';
    if plus {
        start -= 1;
        if passage.byte_before(start) == b'(' {
            start -= 1;
        }
    }
    // Nearly all numbers are settled by their first digit and length; the words before are read only if need be.
    let dialled = read(passage, first)?;
    let label = || match label_before(passage, start) {
        Some((label, distance)) => Some((label, distance)),
        None => label_after(passage, *dialled.ends.get(dialled.count)?).map(|label| (label, 0)),
    };
    let (length, base) = match by_shape(&dialled, plus) {
        Some(found) => found,
        None if dialled.count >= 6 => {
            let Some((Label::Phone, distance)) = label() else { return None };
            let (length, base) = said_to_be_phone(&dialled)?;
            (length, if distance <= 4 { base } else { base - 20 })
        }
        None => return None,
    };
    let mut score = base;
    let mut reason = Reason::Shape;
    match label() {
        Some((Label::Phone, _)) => {
            score += 10;
            reason = Reason::ShapeAndLabel;
        }
        Some((Label::Thing, _)) => score -= 30,
        Some((Label::Nhs | Label::Chi | Label::Hc, _)) if length == 10 => score -= 30,
        _ => {}
    }
    let before = passage.byte_before(start);
    let end = dialled.ends[length];
    let mid_number =
        matches!(before, b'.' | b'-' | b'/') && passage.byte_before(start.saturating_sub(1)).is_ascii_digit();
    if mid_number || (reason == Reason::Shape && (passage.letter_before(start) || passage.letter_at(end))) {
        score -= 20;
    }
    let score = u8::try_from(score.clamp(0, 99)).ok().filter(|score| *score > 0)?;
    Some(TextFinding { kind: TextKind::Phone, start, end: extension(passage, end), score, reason })
}

/// Reads digits with spaces, hyphens, dots and brackets between.
fn read(passage: &Passage<'_>, first: usize) -> Option<Dialled> {
    let mut dialled = Dialled { digits: [0; MOST], ends: [0; MOST + 1], count: 0, groups: 0 };
    let mut position = first;
    loop {
        let end = passage.run_end(position);
        let run = end - position;
        if dialled.count + run > MOST {
            // What was read before may be a number of its own; a run that is too long by itself is none.
            return (dialled.groups > 0).then_some(dialled);
        }
        dialled.digits[dialled.count..dialled.count + run].copy_from_slice(&passage.text.as_bytes()[position..end]);
        dialled.count += run;
        dialled.groups += 1;
        dialled.ends[dialled.count] = end;
        position = end;
        for _ in 0..3 {
            position += match (passage.space_at(position), passage.dash_at(position), passage.at(position)) {
                (width @ 1.., ..) | (_, width @ 1.., _) => width,
                (.., b'.' | b'(' | b')') => 1,
                _ => 0,
            };
        }
        if !passage.is_digit(position) || position == end {
            return Some(dialled);
        }
    }
}

impl Dialled {
    /// Whether a group ends with the digit of this number.
    fn ends_at(&self, count: usize) -> bool {
        count <= self.count && self.ends[count] > 0
    }

    fn starts_with(&self, prefix: &[u8]) -> bool {
        self.digits[..self.count].starts_with(prefix)
    }
}

/// How many digits are the number, and how sure that is by the digits alone.
fn by_shape(dialled: &Dialled, plus: bool) -> Option<(usize, i16)> {
    let digit = |place: usize| if place < dialled.count { dialled.digits[place] } else { 0 };
    let country = if plus && dialled.starts_with(b"44") {
        2
    } else if dialled.starts_with(b"0044") {
        4
    } else if !plus && dialled.starts_with(b"44") && dialled.ends_at(12) && matches!(digit(2), b'1' | b'2' | b'7') {
        return Some((12, if digit(2) == b'7' { 80 } else { 65 }));
    } else {
        0
    };
    if country > 0 {
        let trunk = usize::from(digit(country) == b'0');
        let national = country + trunk;
        return [10, 9].into_iter().find(|n| dialled.ends_at(national + n)).map(|n| (national + n, 95));
    }
    if plus {
        return (8..=15).rev().find(|n| dialled.ends_at(*n)).map(|n| (n, 80));
    }
    if digit(0) != b'0' {
        return None;
    }
    let spaced = i16::from(dialled.groups > 1);
    match digit(1) {
        b'7' if dialled.ends_at(11) => Some((11, 90)),
        b'1' | b'2' | b'3' if dialled.ends_at(11) => Some((11, 80 + 5 * spaced)),
        b'8' if dialled.ends_at(11) => Some((11, 70)),
        b'5' if dialled.ends_at(11) => Some((11, 55)),
        b'9' if dialled.ends_at(11) => Some((11, 35)),
        b'1' | b'8' if dialled.ends_at(10) => Some((10, 40 + 20 * spaced)),
        _ => None,
    }
}

/// Digits after a word such as `tel`: local numbers, and those whose leading zero a spreadsheet took.
fn said_to_be_phone(dialled: &Dialled) -> Option<(usize, i16)> {
    [10, 11, 12, 7, 8, 6, 9, 13].into_iter().find(|n| dialled.ends_at(*n)).map(|n| (n, 60))
}

/// The end of the number with its extension, such as `ext. 4321`.
fn extension(passage: &Passage<'_>, end: usize) -> usize {
    let mut position = passage.skip_spaces(end, 2);
    if passage.at(position) == b',' {
        position = passage.skip_spaces(position + 1, 1);
    }
    let word_end = passage.letters_end(position);
    let word = &passage.text.as_bytes()[position..word_end];
    let known = [&b"x"[..], b"ext", b"extn", b"extension"].iter().any(|known| word.eq_ignore_ascii_case(known));
    if !known {
        return end;
    }
    position = word_end + usize::from(matches!(passage.at(word_end), b'.' | b':'));
    position = passage.skip_spaces(position, 1);
    if !passage.is_digit(position) {
        return end;
    }
    let digits_end = passage.run_end(position);
    if (2..=6).contains(&(digits_end - position)) { digits_end } else { end }
}
