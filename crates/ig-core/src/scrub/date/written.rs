//! Dates with the month as a word.

use super::super::passage::Passage;
use super::YEARS;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// How a month is written, for its score.
struct Month {
    end: usize,
    capital: bool,
    whole: bool,
}

/// `3rd March 1958`, `3 Mar 58`, `03-MAR-1958`, `3rd of March`
pub(super) fn day_first(passage: &Passage<'_>, start: usize, run_end: usize) -> Option<(usize, usize, u8)> {
    if !(1..=31).contains(&passage.value(start, run_end)) || passage.letter_before(start) {
        return None;
    }
    let ordinal_end = ordinal(passage, run_end);
    let mut at = gap(passage, ordinal_end);
    let word_end = passage.letters_end(at);
    if passage.text[at..word_end].eq_ignore_ascii_case("of") {
        at = passage.skip_spaces(word_end, 2);
    }
    let month = month(passage, at)?;
    let year_end = year(passage, month.end);
    let ordinal = ordinal_end > run_end;
    let score = match (year_end, month.whole, month.capital, ordinal) {
        (Some(_), true, _, _) => 95,
        (Some(_), false, true, _) => 92,
        (Some(_), false, false, _) => 80,
        (None, _, true, true) => 80,
        (None, true, true, false) => 65,
        (None, false, true, false) => 60,
        (None, true, false, true) => 70,
        (None, true, false, false) => 50,
        (None, false, false, _) => 40,
    };
    // `may` and `march` are verbs too.
    let verb = !month.capital && year_end.is_none() && ordinal_end == run_end && {
        let word = &passage.text[at..month.end];
        word.eq_ignore_ascii_case("may") || word.eq_ignore_ascii_case("march")
    };
    Some((start, year_end.unwrap_or(month.end), if verb { 25 } else { score }))
}

/// `March 3rd, 1958`, `Mar 3 1958`
pub(super) fn month_first(passage: &Passage<'_>, start: usize, run_end: usize) -> Option<(usize, usize, u8)> {
    if !(1..=31).contains(&passage.value(start, run_end)) {
        return None;
    }
    let mut word_end = start;
    for _ in 0..2 {
        if matches!(passage.byte_before(word_end), b' ' | b'.' | b'-') {
            word_end -= 1;
        }
    }
    let word = passage.letters_start(word_end);
    if word == word_end || passage.letter_before(word) {
        return None;
    }
    let month = month(passage, word).filter(|month| month.end >= word_end)?;
    let ordinal_end = ordinal(passage, run_end);
    if passage.letter_at(ordinal_end) || matches!(passage.at(ordinal_end), b':' | b'%' | b'/') {
        return None;
    }
    let ordinal = ordinal_end > run_end;
    let score = match (year(passage, ordinal_end), month.capital, ordinal) {
        (Some(end), true, _) => return Some((word, end, 93)),
        (Some(end), false, _) => return Some((word, end, 80)),
        (None, true, true) => 80,
        (None, true, false) if month.whole => 60,
        (None, true, false) => 50,
        (None, false, true) => 65,
        (None, false, false) => 30,
    };
    Some((word, ordinal_end, score))
}

/// Whether the word right before says that a time follows, such as `on 12/3`.
pub(super) fn follows_word_of_time(passage: &Passage<'_>, start: usize) -> bool {
    const WORDS: [&str; 14] = [
        "on", "date", "dated", "seen", "since", "from", "until", "till", "before", "after", "by", "due", "dob", "born",
    ];
    let mut end = start;
    while end > passage.low && start - end < 3 && matches!(passage.byte_before(end), b' ' | b':' | b'-') {
        end -= 1;
    }
    let word = &passage.text[passage.letters_start(end)..end];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The end of `st`, `nd`, `rd` or `th`, or where they would begin.
fn ordinal(passage: &Passage<'_>, start: usize) -> usize {
    let at = if passage.letter_at(start) { start } else { passage.skip_spaces(start, 1) };
    let end = passage.letters_end(at);
    let word = &passage.text[at..end];
    if ["st", "nd", "rd", "th"].iter().any(|known| word.eq_ignore_ascii_case(known)) { end } else { start }
}

/// The end of what may stand between a day and its month: spaces, a hyphen, a dot, a slash, a comma.
fn gap(passage: &Passage<'_>, start: usize) -> usize {
    let mut end = passage.skip_spaces(start, 2);
    let dash = passage.dash_at(end);
    if dash > 0 {
        end += dash;
    } else if matches!(passage.at(end), b'.' | b'/' | b',') {
        end += 1;
    }
    passage.skip_spaces(end, 2)
}

fn month(passage: &Passage<'_>, start: usize) -> Option<Month> {
    let end = passage.letters_end(start);
    let word = &passage.text[start..end];
    if !(3..=9).contains(&word.len()) || passage.letter_at(end) {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let whole = MONTHS.contains(&lower.as_str());
    if !whole && !(word.len() == 3 && MONTHS.iter().any(|month| month.starts_with(&lower))) && lower != "sept" {
        return None;
    }
    Some(Month { end, capital: word.as_bytes()[0].is_ascii_uppercase(), whole })
}

/// The end of a year after a month or a day, if one follows: four digits, or two that are no time of day.
fn year(passage: &Passage<'_>, start: usize) -> Option<usize> {
    let mut at = gap(passage, start);
    let apostrophe = passage.text[at..passage.high].chars().next().filter(|c| matches!(c, '\'' | '’' | '‘'));
    at += apostrophe.map_or(0, char::len_utf8);
    let end = passage.run_end(at);
    let fits = match end - at {
        4 => YEARS.contains(&passage.value(at, end)),
        2 => !matches!(passage.at(end), b':' | b'%' | b'/') && !(passage.at(end) == b'.' && passage.is_digit(end + 1)),
        _ => false,
    };
    (fits && !passage.letter_at(end)).then_some(end)
}
