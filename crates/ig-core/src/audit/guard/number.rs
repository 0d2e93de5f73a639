//! NHS, CHI and H&C numbers: ten digits whose check digit fits.

use super::digits::{date_groups, digit_groups};
use crate::error::IdentifierError;
use crate::nhs_number::NhsNumber;
use std::ops::Range;

/// Whether ten digits in a row make a number whose check digit fits.
///
/// Everything but letters and digits counts as a separator and is removed first; letters end a run of digits
/// but do not excuse it. One random ten-digit window in eleven fits, so long serial numbers are refused by
/// chance. Ordinary dates are let through: a window that begins inside a real date, or ends in the middle of one
/// of its digit groups, is not a number that anyone wrote there.
///
/// It does not see a number that is spelled in words, reversed, split by letters or over two fields.
pub(super) fn has_number(text: &str) -> bool {
    let groups = digit_groups(text);
    let dates = date_groups(text, &groups);
    let mut from = 0;
    for (at, _) in groups.iter().enumerate() {
        let run_ends = groups.get(at + 1).is_none_or(|next| is_apart(text, groups[at].end, next.start));
        if run_ends {
            if run_has_number(text, &groups[from..=at], &dates[from..=at]) {
                return true;
            }
            from = at + 1;
        }
    }
    false
}

/// Whether a letter stands between two groups.
fn is_apart(text: &str, end: usize, start: usize) -> bool {
    text[end..start].chars().any(char::is_alphanumeric)
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
