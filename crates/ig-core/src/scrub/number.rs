//! NHS, CHI, H&C and GMC numbers.

use super::context::{Label, label_after, label_before};
use super::finding::{Reason, TextFinding};
use super::groups::{Shape, ten_digits};
use super::kind::TextKind;
use super::passage::Passage;
use crate::{NhsNumber, Region};

/// Ten digits that begin with the run at `start`, if they can be a person's number.
pub(super) fn patient_number(passage: &Passage<'_>, start: usize) -> Option<TextFinding> {
    let found = ten_digits(passage, start)?;
    let text = std::str::from_utf8(&found.digits).ok()?;
    let number = NhsNumber::parse(text);
    let placeholder = found.digits == [found.digits[0]; 10];
    let plausible_shape = matches!(found.shape, Shape::Run | Shape::Display | Shape::DateAndFour);
    if number.is_err() && !plausible_shape {
        return None;
    }
    let (label, distance) = match label_before(passage, start) {
        Some((label, distance)) => (Some(label), distance),
        None => (label_after(passage, found.end), 0),
    };
    let said = match label {
        Some(Label::Nhs) => Some(TextKind::NhsNumber),
        Some(Label::Chi) => Some(TextKind::ChiNumber),
        Some(Label::Hc) => Some(TextKind::HcNumber),
        _ => None,
    };
    let finding = |kind, score: i16, reason| {
        let score = u8::try_from(score.clamp(0, 100)).unwrap_or(0);
        (score > 0).then_some(TextFinding { kind, start, end: found.end, score, reason })
    };
    match (said, number) {
        (Some(kind), Ok(number)) => {
            // The word NHS is used for all of them; the others are said only of their own.
            let kind = if kind == TextKind::NhsNumber { kind_of(number).0 } else { kind };
            finding(kind, 99, Reason::CheckDigitAndLabel)
        }
        (Some(kind), Err(_)) if placeholder => finding(kind, 60, Reason::Placeholder),
        (Some(kind), Err(_)) if distance <= 3 => finding(kind, 65, Reason::LabelOnly),
        (_, Err(_)) => None,
        (None, Ok(number)) => {
            let (kind, issued) = kind_of(number);
            let real_date = kind == TextKind::ChiNumber;
            let (base, reason) = match found.shape {
                Shape::Run => (60, Reason::CheckDigit),
                Shape::Display => (90, Reason::CheckDigitAndSpacing),
                Shape::DateAndFour if real_date => (75, Reason::CheckDigitAndSpacing),
                Shape::Spelled => (60, Reason::CheckDigit),
                Shape::Even | Shape::DateAndFour => (45, Reason::CheckDigit),
                Shape::Uneven => (20, Reason::CheckDigit),
            };
            let mut score: i16 = base;
            score -= if issued { 0 } else { 35 };
            score += match label {
                Some(Label::Person) => 15,
                Some(Label::Phone | Label::Thing) => -30,
                _ => 0,
            };
            score -= beside(passage, start, found.end);
            finding(kind, score, reason)
        }
    }
}

/// What kind of number a range holds, and whether numbers of it are given to people (or used for tests).
fn kind_of(number: NhsNumber) -> (TextKind, bool) {
    match number.region() {
        Region::Scotland if number.chi_date().is_some() => (TextKind::ChiNumber, true),
        Region::NorthernIreland => (TextKind::HcNumber, true),
        Region::EnglandWalesIsleOfMan | Region::Synthetic => (TextKind::NhsNumber, true),
        _ => (TextKind::NhsNumber, false),
    }
}

/// What letters and digits that touch a number take from its score: it may be part of something longer.
fn beside(passage: &Passage<'_>, start: usize, end: usize) -> i16 {
    let letters = passage.letter_before(start) || passage.letter_at(end);
    let before = passage.byte_before(start);
    let after = passage.at(end);
    let joined = |mark: u8| {
        (before == mark && start > passage.low + 1 && passage.byte_before(start - 1).is_ascii_digit())
            || (after == mark && passage.is_digit(end + 1))
    };
    let mut taken = if letters { 10 } else { 0 };
    if joined(b'.') {
        taken += 30;
    } else if joined(b'-') || joined(b'/') || joined(b':') || joined(b'_') {
        taken += 10;
    }
    taken
}

/// Seven digits that are said to be a GMC number.
pub(super) fn gmc_number(passage: &Passage<'_>, start: usize) -> Option<TextFinding> {
    let end = passage.run_end(start);
    if end - start != 7 || passage.letter_at(end) {
        return None;
    }
    // Consultant codes of NHS data write a C before the seven digits.
    let code = matches!(passage.byte_before(start), b'C' | b'c') && !passage.letter_before(start - 1);
    let start = if code { start - 1 } else { start };
    let (Label::Gmc, distance) = label_before(passage, start)? else { return None };
    let score = if distance <= 3 { 97 } else { 80 };
    Some(TextFinding { kind: TextKind::GmcNumber, start, end, score, reason: Reason::ShapeAndLabel })
}
