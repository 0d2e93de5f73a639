//! Dates of birth.

use super::digits::is_date;
use std::ops::Range;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Whole dates before this year are rather a birth than an extract.
const EXTRACTS_BEGIN: u32 = 2000;

/// Whether a text holds a date that reads as a birth: any whole date beside a word for birth, or one single whole date
/// before 2000. Two dates are a period, and later dates without such a word are extracts: both are let through.
pub(super) fn has_birth_date(text: &str) -> bool {
    let words = words(text);
    let birth = is_about_birth(text, &words);
    let mut dates = 0;
    let mut old = false;
    let mut at = 0;
    while at < words.len() {
        if let Some((year, used)) = date_at(text, &words[at..], birth) {
            dates += 1;
            old |= year < EXTRACTS_BEGIN;
            at += used;
        } else {
            at += 1;
        }
    }
    (birth && dates > 0) || (old && dates == 1)
}

/// Unbroken runs of digits, and of letters.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric()) {
        match found.last_mut() {
            Some(word) if word.end == at && bytes[at - 1].is_ascii_digit() == byte.is_ascii_digit() => word.end += 1,
            _ => found.push(at..at + 1),
        }
    }
    found
}

fn is_about_birth(text: &str, words: &[Range<usize>]) -> bool {
    words.iter().any(|word| {
        let word = text[word.clone()].to_ascii_lowercase();
        word.contains("birth") || word == "dob" || word == "born" || word == "bday" || word.ends_with("dob")
    })
}

/// The year of a whole date that begins here, and how many words it takes.
fn date_at(text: &str, words: &[Range<usize>], birth: bool) -> Option<(u32, usize)> {
    let word = |at: usize| words.get(at).map(|range| &text[range.clone()]);
    let number = |at: usize| word(at).filter(|text| text.len() <= 8).and_then(|text| text.parse::<u32>().ok());
    let width = |at: usize| words.get(at).map_or(0, Range::len);
    // At most one separator within a date.
    let close = |at: usize| words.get(at + 1).is_some_and(|next| next.start - words[at].end <= 1);
    let first = number(0)?;
    if width(0) == 8 {
        // Eight digits behind a letter are rather a code, such as that of a small area.
        let before = words[0].start.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        if !birth && before.is_some_and(u8::is_ascii_alphabetic) {
            return None;
        }
        let year_first = (first / 10_000, first / 100 % 100, first % 100);
        let day_first = (first % 10_000, first / 10_000 % 100, first / 1_000_000);
        return [year_first, day_first].into_iter().find(|(y, m, d)| is_date(*y, *m, *d)).map(|(y, ..)| (y, 1));
    }
    if !close(0) || !close(1) {
        return None;
    }
    let (second, third) = (month(word(1)?).or(number(1))?, number(2)?);
    let (year, day) = match (width(0), width(2)) {
        (4, 1..=2) => (first, third),
        (1..=2, 4) => (third, first),
        // Two digits are a year only where birth is spoken of.
        (1..=2, 2) if birth => (1900 + third, first),
        _ => return None,
    };
    is_date(year, second, day).then_some((year, 3))
}

fn month(word: &str) -> Option<u32> {
    let start = word.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().zip(1..).find(|(known, _)| **known == start).map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn births_are_seen() {
        for text in [
            "1957-03-14",
            "14/03/1957",
            "14.3.1957",
            "19570314",
            "14031957",
            "14 Mar 1957",
            "14-MARCH-1957",
            "14mar1957",
            "a.smith 1957-03-14",
            "dob 2021-04-05",
            "born_05-04-2021",
            "DateOfBirth:05/04/21",
            "date of birth 5 April 2021",
            "birth 20210405",
            "dob20210405",
            "ptdob 2021-04-05",
        ] {
            assert!(has_birth_date(text), "{text}");
        }
    }

    #[test]
    fn extracts_periods_and_words_are_not() {
        for text in [
            "dids_2026-11-22",
            "hes 20241122",
            "1997-04-01_1998-03-31",
            "births_2024_25",
            "E01121985",
            "birth weights v2",
            "14-33-1957",
            "DARS-NIC-709865-W9X6H",
            "S0010:G0020:R8012",
            "sde/vm-04",
            "dob",
            "555021935100",
        ] {
            assert!(!has_birth_date(text), "{text}");
        }
    }
}
