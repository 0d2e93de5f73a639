//! Calendar dates with day and month.

mod written;

use super::context::{Label, label_before};
use super::finding::{Reason, TextFinding};
use super::kind::TextKind;
use super::passage::Passage;

/// Years that a date in a note can have.
pub(super) const YEARS: std::ops::RangeInclusive<u32> = 1850..=2100;

/// A date that begins with the run at `start`, or with the name of a month right before it.
pub(super) fn date(passage: &Passage<'_>, start: usize) -> Option<TextFinding> {
    let run_end = passage.run_end(start);
    let (start, end, score) = match run_end - start {
        1 | 2 => numeric(passage, start, run_end)
            .or_else(|| written::day_first(passage, start, run_end))
            .or_else(|| written::month_first(passage, start, run_end))
            .or_else(|| day_and_month(passage, start, run_end))?,
        4 => year_first(passage, start, run_end)?,
        6 | 8 => unbroken(passage, start, run_end)?,
        _ => return None,
    };
    let (score, reason) = match label_before(passage, start) {
        Some((Label::Birth, _)) => ((score + 25).min(99), Reason::ShapeAndLabel),
        _ => (score, Reason::Shape),
    };
    Some(TextFinding { kind: TextKind::Date, start, end, score, reason })
}

/// A separator of numbers with at most one space on either side: its byte (`b'-'` for any dash) and its end.
fn separator(passage: &Passage<'_>, start: usize) -> Option<(u8, usize)> {
    let at = passage.skip_spaces(start, 1);
    let (mark, end) = match (passage.dash_at(at), passage.at(at)) {
        (width @ 1.., _) => (b'-', at + width),
        (_, mark @ (b'/' | b'.' | b'\\')) => (mark, at + 1),
        _ if at > start => (b' ', at),
        _ => return None,
    };
    let end = passage.skip_spaces(end, 1);
    passage.is_digit(end).then_some((mark, end))
}

/// A run of digits of one of two lengths that ends a date.
fn part(passage: &Passage<'_>, start: usize, lengths: &[usize]) -> Option<(u32, usize)> {
    let end = passage.run_end(start);
    lengths.contains(&(end - start)).then(|| (passage.value(start, end), end))
}

/// Whether a number goes on before or after, as in versions and addresses of machines.
fn goes_on(passage: &Passage<'_>, mark: u8, start: usize, end: usize) -> bool {
    let joined = |byte: u8| byte == mark && mark != b' ';
    (joined(passage.byte_before(start)) && start > passage.low + 1 && passage.byte_before(start - 1).is_ascii_digit())
        || (joined(passage.at(end)) && passage.is_digit(end + 1))
}

/// Day and month in either order, since both are written; the length of the month is not asked for.
const fn day_and_month_fit(first: u32, second: u32) -> bool {
    first >= 1 && second >= 1 && first <= 31 && second <= 31 && (first <= 12 || second <= 12)
}

/// `12/03/1958`, `12-3-58`, `12 03 1958`
fn numeric(passage: &Passage<'_>, start: usize, run_end: usize) -> Option<(usize, usize, u8)> {
    let first = passage.value(start, run_end);
    let (mark, second_start) = separator(passage, run_end)?;
    let (second, second_end) = part(passage, second_start, &[1, 2])?;
    let (again, at) = separator(passage, second_end)?;
    let (year, end) = part(passage, at, &[4, 2])?;
    let long = end - at == 4;
    if again != mark || !day_and_month_fit(first, second) || goes_on(passage, mark, start, end) {
        return None;
    }
    if long && !YEARS.contains(&year) {
        return None;
    }
    let two_by_two = run_end - start == 2 && second_end - second_start == 2;
    let tight = end - start <= 10;
    let score = match (mark, long) {
        (b'/', true) => 92,
        (b'-' | b'.' | b'\\', true) => 88,
        (b'/', false) if tight => 75,
        (b'-' | b'.', false) if tight && two_by_two => 60,
        (b'-' | b'.', false) if tight => 50,
        (b' ', true) if two_by_two => 60,
        (b' ', false) if two_by_two => 30,
        _ => 25,
    };
    Some((start, end, score))
}

/// `1958-03-12`, `1958/03/12`
fn year_first(passage: &Passage<'_>, start: usize, run_end: usize) -> Option<(usize, usize, u8)> {
    if !YEARS.contains(&passage.value(start, run_end)) {
        return None;
    }
    let (mark, at) = separator(passage, run_end)?;
    let (month, month_end) = part(passage, at, &[2, 1])?;
    let (again, at) = separator(passage, month_end)?;
    let (day, end) = part(passage, at, &[2, 1])?;
    if again != mark || mark == b' ' || !day_and_month_fit(month, day) || goes_on(passage, mark, start, end) {
        return None;
    }
    Some((start, end, 92))
}

/// `19580312`, `12031958`, and `120358` after a word such as `born`
fn unbroken(passage: &Passage<'_>, start: usize, end: usize) -> Option<(usize, usize, u8)> {
    let value = |from: usize, to: usize| passage.value(start + from, start + to);
    if passage.letter_before(start) || passage.letter_at(end) {
        // An HL7 time goes on with the letter T or Z; nothing else does.
        if !matches!(passage.at(end), b'T' | b'Z') || passage.letter_before(start) {
            return None;
        }
    }
    if end - start == 6 {
        return day_and_month_fit(value(0, 2), value(2, 4)).then_some((start, end, 40));
    }
    if YEARS.contains(&value(0, 4)) && (1..=12).contains(&value(4, 6)) && (1..=31).contains(&value(6, 8)) {
        return Some((start, end, 60));
    }
    let fits = YEARS.contains(&value(4, 8)) && day_and_month_fit(value(0, 2), value(2, 4));
    fits.then_some((start, end, 50))
}

/// `12/03` without a year, where it is no duration (`3/7`, `2/52`, `6/12`) and no score out of ten
fn day_and_month(passage: &Passage<'_>, start: usize, run_end: usize) -> Option<(usize, usize, u8)> {
    let (mark, at) = separator(passage, run_end)?;
    let (month, end) = part(passage, at, &[1, 2])?;
    let day = passage.value(start, run_end);
    if mark != b'/' || !(1..=31).contains(&day) || !(1..=12).contains(&month) || goes_on(passage, mark, start, end) {
        return None;
    }
    if passage.at(end) == b'/' || passage.letter_at(end) || passage.letter_before(start) {
        return None;
    }
    let said = written::follows_word_of_time(passage, start);
    let score = match (end - at == 2 && passage.at(at) == b'0', run_end - start == 2, said) {
        (true, true, true) => 70,
        (true, true, false) => 50,
        (true, false, true) => 60,
        (false, _, true) if !matches!(month, 7 | 10 | 12) => 55,
        (false, true, true) => 50,
        _ => 20,
    };
    Some((start, end, score))
}
