//! Whole postcodes, with one separator before the last three characters or none.

use crate::Postcode;
use crate::postcode::is_known_area;

/// Last two letters that are an ordinal or a unit after a digit: `s1_2nd`, `e2 4hr`.
const UNITS: [&str; 8] = ["ST", "ND", "RD", "TH", "HR", "YR", "FT", "PT"];

/// Whether a postcode of a known area stands in a text. A district alone is let through: it is no household.
pub(super) fn has_postcode(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric()).peekable();
    while let Some(word) = words.next() {
        let after = words.peek().copied().unwrap_or_default();
        if is_postcode("", word) || (word.len() <= 4 && after.len() == 3 && is_postcode(word, after)) {
            return true;
        }
    }
    false
}

fn is_postcode(before: &str, after: &str) -> bool {
    let letters = before.len() + after.len();
    if !(5..=7).contains(&letters) || !after.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let plain = [before, after].concat().to_ascii_uppercase();
    let area: &str = plain.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    let known = is_known_area(area) || plain == "GIR0AA";
    known && !UNITS.iter().any(|unit| plain.ends_with(unit)) && Postcode::parse(&plain).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_postcodes_are_seen_and_parts_are_not() {
        for text in ["LS1 4AP", "ls1-4ap", "patients_LS14AP_2024", "GIR 0AA", "M13/9PL", "from EC1A.1BB", "ZZ99 3VZ"] {
            assert!(has_postcode(text), "{text}");
        }
        for text in ["LS1", "LS1 4", "RH802", "K82070", "hes_e1_2nd", "RJ1 2AB", "8HA03", "a1b2c3d", "w12 3km", "X26"] {
            assert!(!has_postcode(text), "{text}");
        }
    }
}
