//! Postcodes.

use super::context::{Label, label_before};
use super::finding::{Reason, TextFinding};
use super::kind::TextKind;
use super::passage::Passage;
use crate::Postcode;
use crate::postcode::is_known_area;

/// Last two letters that, in small letters, are rather an ordinal or a unit: `S1 2nd`, `L4 5th`, `e2 4hr`.
const WORDS: [&[u8; 2]; 12] = [b"st", b"nd", b"rd", b"th", b"hr", b"yr", b"ug", b"bd", b"pt", b"hz", b"ft", b"px"];

/// A postcode whose first digits are the run at `digits`.
pub(super) fn postcode(passage: &Passage<'_>, digits: usize) -> Option<TextFinding> {
    let found = |start, end, score, reason| Some(TextFinding { kind: TextKind::Postcode, start, end, score, reason });
    let letters = letters_before(passage, digits);
    if letters == digits {
        return bfpo(passage, digits).or_else(|| girobank(passage, digits));
    }
    if digits - letters > 2 || passage.letter_before(letters) || passage.byte_before(letters).is_ascii_digit() {
        return bfpo(passage, digits).or_else(|| girobank(passage, digits));
    }
    let (outward_end, end) = outward_ends(passage, digits).find_map(|outward_end| {
        let inward = gap_end(passage, outward_end)?;
        let end = inward + 3;
        let fits = passage.is_digit(inward)
            && passage.at(inward + 1).is_ascii_alphabetic()
            && passage.at(inward + 2).is_ascii_alphabetic()
            && !passage.letter_at(end)
            && !passage.is_digit(end);
        fits.then_some((outward_end, end))
    })?;
    let mut plain = String::with_capacity(8);
    plain.push_str(passage.text.get(letters..outward_end)?);
    plain.push_str(passage.text.get(end - 3..end)?);
    Postcode::parse(&plain).ok()?;
    let area = plain[..digits - letters].to_ascii_uppercase();
    let known = is_known_area(&area);
    let inward = &plain.as_bytes()[plain.len() - 2..];
    let capitals = !plain.bytes().any(|byte| byte.is_ascii_lowercase());
    let gap = end - 3 - outward_end;
    let mut score: u8 = match (capitals, gap > 0) {
        (true, true) => 95,
        (true, false) => 85,
        (false, true) => 75,
        (false, false) => 70,
    };
    if !known {
        score -= 45;
    } else if WORDS.iter().any(|word| word[..] == *inward) {
        score -= 40;
    }
    let mut reason = Reason::Shape;
    if score < 80 && matches!(label_before(passage, letters), Some((Label::Person, _))) {
        score += 5;
        reason = Reason::ShapeAndLabel;
    }
    found(letters, end, score, reason)
}

/// The start of the letters before the digits.
fn letters_before(passage: &Passage<'_>, digits: usize) -> usize {
    let mut start = digits;
    while digits - start < 3 && passage.byte_before(start).is_ascii_alphabetic() {
        start -= 1;
    }
    start
}

/// Where the part before the space can end: after two digits, a digit and a letter, or one digit.
fn outward_ends(passage: &Passage<'_>, digits: usize) -> impl Iterator<Item = usize> {
    let two = passage.is_digit(digits + 1) || passage.at(digits + 1).is_ascii_alphabetic();
    [two.then_some(digits + 2), Some(digits + 1)].into_iter().flatten()
}

/// The end of a gap of at most three spaces, one hyphen or one line break; also of none.
fn gap_end(passage: &Passage<'_>, start: usize) -> Option<usize> {
    let dash = passage.dash_at(start);
    if dash > 0 {
        return Some(start + dash);
    }
    let mut end = passage.skip_spaces(start, 3);
    if passage.at(end) == b'\r' {
        end += 1;
    }
    if passage.at(end) == b'\n' {
        end = passage.skip_spaces(end + 1, 3);
    }
    passage.is_digit(end).then_some(end)
}

/// `BFPO 123`
fn bfpo(passage: &Passage<'_>, digits: usize) -> Option<TextFinding> {
    let end = passage.run_end(digits);
    let mut word_end = digits;
    if passage.byte_before(word_end) == b' ' {
        word_end -= 1;
    }
    let word = passage.letters_start(word_end);
    let fits = passage.text.as_bytes()[word..word_end].eq_ignore_ascii_case(b"bfpo")
        && end - digits <= 4
        && !passage.letter_at(end)
        && !passage.letter_before(word);
    fits.then_some(TextFinding { kind: TextKind::Postcode, start: word, end, score: 95, reason: Reason::Shape })
}

/// `GIR 0AA`
fn girobank(passage: &Passage<'_>, digit: usize) -> Option<TextFinding> {
    let gap = usize::from(passage.byte_before(digit) == b' ');
    let start = passage.letters_start(digit - gap);
    let end = digit + 3;
    let whole = passage.text.get(start..end).filter(|_| end <= passage.high)?;
    let fits = (whole.eq_ignore_ascii_case("gir 0aa") || whole.eq_ignore_ascii_case("gir0aa"))
        && !passage.letter_at(end)
        && !passage.letter_before(start);
    fits.then_some(TextFinding { kind: TextKind::Postcode, start, end, score: 85, reason: Reason::Shape })
}
