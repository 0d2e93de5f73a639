//! Keeps NHS numbers out of the text fields of the log.

use crate::error::{AuditError, IdentifierError};
use crate::nhs_number::NhsNumber;
use std::ops::Range;

/// Refuses a text in which ten digits in a row make a number whose check digit fits.
///
/// Everything but letters and digits counts as a separator and is removed first; letters end a run of digits
/// but do not excuse it. One random ten-digit window in eleven fits, so long serial numbers are refused by
/// chance. Ordinary dates are let through: a window that begins inside a real date, or ends in the middle of one
/// of its digit groups, is not a number that anyone wrote there.
///
/// It does not see a number that is spelled in words, reversed, split by letters or over two fields.
pub(super) fn no_identifier(field: &'static str, text: &str) -> Result<(), AuditError> {
    let groups = digit_groups(text);
    let dates = date_groups(text, &groups);
    let mut from = 0;
    for (at, _) in groups.iter().enumerate() {
        let run_ends = groups.get(at + 1).is_none_or(|next| is_apart(text, groups[at].end, next.start));
        if run_ends {
            if run_has_number(text, &groups[from..=at], &dates[from..=at]) {
                return Err(AuditError::IdentifierInField { field: field.into(), rule: "nhs_number".into() });
            }
            from = at + 1;
        }
    }
    Ok(())
}

/// The places of the unbroken groups of digits.
fn digit_groups(text: &str) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        match groups.last_mut() {
            Some(group) if group.end == at => group.end += 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// Whether a letter stands between two groups.
fn is_apart(text: &str, end: usize, start: usize) -> bool {
    text[end..start].chars().any(char::is_alphanumeric)
}

/// Which groups belong to a real date (20241122, 2024-11-22, 22-11-2024, `2024_25`): the same number for the
/// groups of one date, 0 for none.
fn date_groups(text: &str, groups: &[Range<usize>]) -> Vec<usize> {
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

const fn is_year(year: u32) -> bool {
    1900 <= year && year <= 2099
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let parts = (i32::try_from(year), u8::try_from(month).map(time::Month::try_from), u8::try_from(day));
    match parts {
        (Ok(y), Ok(Ok(m)), Ok(d)) => is_year(year) && time::Date::from_calendar_date(y, m, d).is_ok(),
        _ => false,
    }
}

fn run_has_number(text: &str, groups: &[Range<usize>], dates: &[usize]) -> bool {
    let mut digits = String::new();
    // Whether a window may begin, and may end, before a digit.
    let (mut begins, mut ends) = (Vec::new(), Vec::new());
    for (at, (group, date)) in groups.iter().zip(dates).enumerate() {
        let continues = *date > 0 && at > 0 && dates[at - 1] == *date;
        for offset in 0..group.len() {
            begins.push(*date == 0 || (offset == 0 && !continues));
            ends.push(*date == 0 || offset == 0);
        }
        digits.push_str(&text[group.clone()]);
    }
    ends.push(true);
    (0..=digits.len().saturating_sub(10)).any(|start| {
        let Some(window) = digits.get(start..start + 10) else { return false };
        begins[start] && ends[start + 10] && check_digit_fits(window)
    })
}

/// Ten times the same digit counts too: placeholders stand where a number was meant to be.
fn check_digit_fits(window: &str) -> bool {
    matches!(NhsNumber::parse(window), Ok(_) | Err(IdentifierError::Placeholder {}))
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn refused(text: &str) -> bool {
        no_identifier("dataset", text).is_err()
    }

    /// The n-th valid number of the range 999, by the definition.
    fn synthetic(n: u64) -> Option<String> {
        NhsNumber::from_unsigned(9_990_000_000 + n).ok().map(|number| number.as_str().to_owned())
    }

    #[test]
    fn no_number_gets_through_in_any_usual_spelling() {
        let mut tried = 0;
        for n in synthetic_numbers() {
            let (a, b, c) = (&n[..3], &n[3..6], &n[6..]);
            for text in [
                n.clone(),
                format!("{a} {b} {c}"),
                format!("{a}-{b}-{c}"),
                format!("{a}.{b}.{c}"),
                format!("{a}/{b}/{c}"),
                format!("{a}_{b}_{c}"),
                format!("NHS{n}"),
                format!("nhs:{n}x"),
                format!("patient{a}{b} {c}end"),
                format!("2024-11-22_{n}"),
                format!("20241122{n}"),
                format!("20241122_{n}_2024_25"),
                format!("{a}\u{a0}{b}\u{a0}{c}"),
                n.split("").collect::<Vec<_>>().join(".").trim_matches('.').to_owned(),
            ] {
                assert!(refused(&text), "one spelling of a synthetic number was let through: {text}");
                tried += 1;
            }
        }
        assert_eq!(tried, 14 * 20_000);
    }

    fn synthetic_numbers() -> impl Iterator<Item = String> {
        (0..1_000_000).filter_map(synthetic).take(20_000)
    }

    #[test]
    fn the_error_names_field_and_rule_and_not_the_value() {
        let error = no_identifier("dataset", "NHS9990000018").expect_err("refused");
        assert_eq!(error.code(), "audit.identifier_in_field");
        let text = format!("{error} {error:?} {:?}", error.context());
        assert!(text.contains("dataset") && text.contains("nhs_number") && !text.contains("999"), "{text}");
    }

    #[test]
    fn placeholders_are_refused_and_near_misses_are_not() {
        assert!(refused("0000000000") && refused("x999-999-9999"));
        assert!(!refused("9990000017") && !refused("999000001") && !refused("99900a00018"));
    }

    const NONE: usize = 0;

    /// Names that people give data sets and releases: how many are refused though they hold no number.
    #[test]
    fn ordinary_names_are_seldom_refused() {
        let days: Vec<String> = (2015..2027)
            .flat_map(|y| (1..=12).flat_map(move |m| (1..=28).map(move |d| format!("{y}-{m:02}-{d:02}"))))
            .collect();
        // Of a thousand names, rounded up, so that none means none.
        let hits = |names: &mut dyn Iterator<Item = String>| {
            let (mut all, mut hit) = (0_usize, 0_usize);
            for name in names {
                all += 1;
                hit += usize::from(refused(&name));
            }
            (hit * 1000).div_ceil(all)
        };
        let compact = |day: &String| day.replace('-', "");
        let later = || days.iter().skip(31);
        // Never refused.
        assert_eq!(hits(&mut (1990..2050).map(|y| format!("hes_{y}_{:02}", (y + 1) % 100))), NONE);
        assert_eq!(hits(&mut days.iter().map(|d| format!("extract {d}"))), NONE);
        assert_eq!(hits(&mut days.iter().map(|d| format!("dids_{}_v12", compact(d)))), NONE);
        assert_eq!(hits(&mut days.iter().zip(later()).map(|(a, b)| format!("{}_{}", compact(a), compact(b)))), NONE);
        assert_eq!(hits(&mut days.iter().zip(later()).map(|(a, b)| format!("{a}_{b}"))), NONE);
        assert_eq!(hits(&mut days.iter().map(|d| format!("hes_2024_25_{}", compact(d)))), NONE);
        assert_eq!(hits(&mut (0..10_000).map(|n| format!("DSA-2026-{n:04}"))), NONE);
        assert_eq!(hits(&mut (0..10_000).map(|n| format!("S0010:G0020:R{n:04}"))), NONE);
        // Cannot be told from an NHS number: a serial number of ten digits and a twelve-digit staff id are
        // refused by chance, one in eleven for each window; so is a date with the hour glued on.
        let serials = hits(&mut (0..20_000_u64).map(|n| format!("run {}", 1_000_000_007 * (n % 8 + 1) + n * 7919)));
        let staff = hits(&mut (0..20_000_u64).map(|n| format!("{}", 555_000_000_000 + n * 48_271)));
        let hours = hits(&mut days.iter().map(|d| format!("run {}{:02}", compact(d), 9)));
        println!("refused by chance, of 1,000: serials {serials}, twelve-digit ids {staff}, dates with hour {hours}");
        assert!((80..102).contains(&serials), "{serials}");
        assert!((200..290).contains(&staff), "{staff}");
        assert!((70..112).contains(&hours), "{hours}");
    }
}
