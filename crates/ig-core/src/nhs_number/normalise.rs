//! What people put between the digits.

use super::digits::all_digits;
use crate::error::IdentifierError;

/// The ten digits that remain after separators are removed.
#[inline]
pub(super) fn ten_digits(text: &str) -> Result<[u8; 10], IdentifierError> {
    if let Ok(digits) = <[u8; 10]>::try_from(text.as_bytes())
        && all_digits(digits)
    {
        return Ok(digits);
    }
    spread_digits(text)
}

fn spread_digits(text: &str) -> Result<[u8; 10], IdentifierError> {
    let mut digits = [0_u8; 10];
    let mut found = 0;
    let mut other = None;
    for character in text.chars() {
        if is_separator(character) {
            continue;
        }
        if !character.is_ascii_digit() {
            let looks_like_a_digit = character.is_numeric();
            other.get_or_insert(if looks_like_a_digit {
                IdentifierError::FullWidthDigit {}
            } else {
                IdentifierError::Character {}
            });
        } else if let Some(slot) = digits.get_mut(found) {
            *slot = character as u8;
        }
        found += 1;
    }
    match other {
        Some(error) => Err(error),
        None if found == 10 => Ok(digits),
        None => Err(IdentifierError::Length { found }),
    }
}

/// Space, tab, full stop, hyphen, and their no-break and typographic forms.
pub(crate) const fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '\t' | '.' | '-' | '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{2010}' | '\u{2011}')
}

/// Whether a cell holds nothing but separators and white space.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|character| is_separator(character) || character.is_whitespace())
}
