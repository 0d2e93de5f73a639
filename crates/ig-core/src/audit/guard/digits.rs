//! Groups of digits in a text, and which of them are a real date.

use std::ops::Range;

/// The places of the unbroken groups of digits.
pub(super) fn digit_groups(text: &str) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        match groups.last_mut() {
            Some(group) if group.end == at => group.end += 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// Which groups belong to a real date (20241122, 2024-11-22, 22-11-2024, `2024_25`): the same number for the
/// groups of one date, 0 for none.
pub(super) fn date_groups(text: &str, groups: &[Range<usize>]) -> Vec<usize> {
    let mut dates = vec![0; groups.len()];
    let number = |at: usize| text[groups[at].clone()].parse::<u32>().unwrap_or(u32::MAX);
    let width = |at: usize| groups[at].len();
    // The one character between two groups; none if there are several.
    let joint = |at: usize| match &text.as_bytes()[groups[at].end..groups[at + 1].start] {
        [one] if !one.is_ascii_alphanumeric() => Some(*one),
        _ => None,
    };
    for at in 0..groups.len() {
        if width(at) == 8 && is_date(number(at) / 10_000, number(at) / 100 % 100, number(at) % 100) {
            dates[at] = at + 1;
        }
        if is_moment(&text[groups[at].clone()]) {
            dates[at] = at + 1;
        }
        let Some(first) = groups.get(at + 1).and_then(|_| joint(at)) else { continue };
        if width(at) == 4 && width(at + 1) == 2 && is_year(number(at)) && number(at + 1) == (number(at) + 1) % 100 {
            dates[at..at + 2].fill(at + 1);
        }
        if groups.get(at + 2).and_then(|_| joint(at + 1)) != Some(first) {
            continue;
        }
        let (a, b, c) = (number(at), number(at + 1), number(at + 2));
        let real = match [width(at), width(at + 1), width(at + 2)] {
            [4, 2, 2] => is_date(a, b, c),
            [2, 2, 4] => is_date(c, b, a),
            _ => false,
        };
        if real {
            dates[at..at + 3].fill(at + 1);
        }
    }
    dates
}

/// 202411220930, 20241122093000: a day with its minute or second.
fn is_moment(digits: &str) -> bool {
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let day = || Some(is_date(part(0, 4)?, part(4, 6)?, part(6, 8)?));
    let below = |from: usize, limit: u32| part(from, from + 2).is_some_and(|value| value < limit);
    matches!(digits.len(), 12 | 14)
        && day() == Some(true)
        && below(8, 24)
        && below(10, 60)
        && (digits.len() == 12 || below(12, 60))
}

pub(super) const fn is_year(year: u32) -> bool {
    1900 <= year && year <= 2099
}

pub(super) fn is_date(year: u32, month: u32, day: u32) -> bool {
    let parts = (i32::try_from(year), u8::try_from(month).map(time::Month::try_from), u8::try_from(day));
    match parts {
        (Ok(y), Ok(Ok(m)), Ok(d)) => is_year(year) && time::Date::from_calendar_date(y, m, d).is_ok(),
        _ => false,
    }
}
