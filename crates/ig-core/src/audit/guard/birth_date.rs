//! Dates of birth.

use super::digits::is_date;
use std::ops::Range;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Whole dates before this year are rather a birth than an extract.
const EXTRACTS_BEGIN: u32 = 2000;

/// Nobody alive was born before.
const BIRTHS_BEGIN: u32 = 1880;

/// Whether a text holds a date that reads as a birth: any whole date beside a word for birth, or a whole date before
/// 2000. Two dates with nothing but `to` between them are a period, and later dates without such a word are extracts:
/// both are let through.
pub(super) fn has_birth_date(text: &str) -> bool {
    let words = words(text);
    let birth = is_about_birth(text);
    // The year of each date, and the words from its first to behind its last.
    let mut dates: Vec<(u32, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match date_at(text, &words[at..], birth) {
            Some((year, used)) => {
                dates.push((year, at, at + used));
                at += used;
            }
            None => at += 1,
        }
    }
    if birth {
        return !dates.is_empty();
    }
    let joins = |from: usize, to: usize| {
        words[from..to].iter().all(|word| matches!(&text[word.clone()], "to" | "TO" | "To" | "until" | "and"))
    };
    let in_period = |at: usize| {
        let (_, first, end) = dates[at];
        at.checked_sub(1).is_some_and(|before| joins(dates[before].2, first))
            || dates.get(at + 1).is_some_and(|next| joins(end, next.1))
    };
    (0..dates.len()).any(|at| dates[at].0 < EXTRACTS_BEGIN && !in_period(at))
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

/// Words for birth, also with dots between their letters.
fn is_about_birth(text: &str) -> bool {
    let small = text.to_ascii_lowercase().replace('.', "");
    small
        .split(|c: char| !c.is_ascii_alphabetic())
        .any(|word| word.contains("birth") || ["born", "bday", "dobs"].contains(&word) || word.ends_with("dob"))
}

/// The year of a whole date that begins here, and how many words it takes.
fn date_at(text: &str, words: &[Range<usize>], birth: bool) -> Option<(u32, usize)> {
    let word = |at: usize| words.get(at).map(|range| &text[range.clone()]);
    let number = |at: usize| word(at).filter(|text| text.len() <= 8).and_then(|text| text.parse::<u32>().ok());
    let width = |at: usize| words.get(at).map_or(0, Range::len);
    let Some(first) = number(0) else { return month_first(word, number, width) };
    if width(0) == 8 || (birth && width(0) == 6) {
        // Digits behind a letter are rather a code, such as that of a small area.
        let before = words[0].start.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        if !birth && before.is_some_and(u8::is_ascii_alphabetic) {
            return None;
        }
        let (parts, day_first) = if width(0) == 8 {
            (
                (first / 10_000, first / 100 % 100, first % 100),
                (first % 10_000, first / 10_000 % 100, first / 1_000_000),
            )
        } else {
            let short = (first % 100, first / 100 % 100, first / 10_000);
            ((1900 + short.0, short.1, short.2), (1900 + first / 10_000, first / 100 % 100, first % 100))
        };
        return [parts, day_first].into_iter().find(|(y, m, d)| is_birth(*y, *m, *d)).map(|(y, ..)| (y, 1));
    }
    // At most three signs between the parts: 14 - 03 - 2001.
    let close = |at: usize| words.get(at + 1).is_some_and(|next| next.start - words[at].end <= 3);
    // 14th March, 5th of April
    let mut middle = 1;
    while word(middle).is_some_and(|word| ["st", "nd", "rd", "th", "of"].contains(&&*word.to_ascii_lowercase())) {
        middle += 1;
    }
    if !(0..=middle).all(close) {
        return None;
    }
    let (second, third) = (month(word(middle)?).or(number(middle))?, number(middle + 1)?);
    let (year, day) = match (width(0), width(middle + 1)) {
        (4, 1..=2) => (first, third),
        (1..=2, 4) => (third, first),
        // Two digits are a year only where birth is spoken of.
        (1..=2, 2) if birth => (1900 + third, first),
        _ => return None,
    };
    // Day and month also the other way round.
    (is_birth(year, second, day) || is_birth(year, day, second)).then_some((year, middle + 2))
}

/// March 14 1957, March 14th, 1957
fn month_first<'a>(
    word: impl Fn(usize) -> Option<&'a str>,
    number: impl Fn(usize) -> Option<u32>,
    width: impl Fn(usize) -> usize,
) -> Option<(u32, usize)> {
    let (month, day) = (month(word(0)?)?, number(1)?);
    let at = 2 + usize::from(word(2).is_some_and(|word| ["st", "nd", "rd", "th"].contains(&word)));
    let year = number(at).filter(|_| width(at) == 4)?;
    is_birth(year, month, day).then_some((year, at + 1))
}

fn is_birth(year: u32, month: u32, day: u32) -> bool {
    // The two-digit years are the same days in 1900 as in any year but a leap one.
    year >= BIRTHS_BEGIN && (is_date(year.max(1900), month, day) || (month == 2 && day == 29))
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
            "14th March 1957",
            "dob March 14 1957",
            "DOB 03/14/1957",
            "dob 140357",
            "dob140357",
            "dob 14 - 03 - 2001",
            "dob 14 March 57",
            "born on 5th of April 2021",
            "d.o.b. 2021-04-05",
            "dobs 2021-04-05",
            "1899-03-14",
            "smith 1957-03-14 extract 2026-11-22",
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
            "1997-04-01 to 2003-03-31",
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
