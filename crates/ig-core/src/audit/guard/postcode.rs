//! Whole postcodes, with one separator before the last three characters or none.

use crate::Postcode;
use crate::postcode::is_known_area;

/// Last two letters that are an ordinal or a unit after a digit: `s1_2nd`, `e2 4hr`.
const UNITS: [&str; 8] = ["ST", "ND", "RD", "TH", "HR", "YR", "FT", "PT"];

/// Whether a postcode of a known area stands in a text. A district alone is let through: it is no household.
pub(super) fn has_postcode(text: &str) -> bool {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (0..words.len()).any(|at| (1..=3).any(|count| words.get(at..at + count).is_some_and(is_postcode)))
}

fn is_postcode(words: &[&str]) -> bool {
    let letters: usize = words.iter().map(|word| word.len()).sum();
    let last = words.last().copied().unwrap_or_default();
    if !(5..=7).contains(&letters) || (words.len() > 1 && last.len() != 3) {
        return false;
    }
    let whole = words.concat();
    let plain = whole.to_ascii_uppercase();
    let area: &str = plain.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    // In capitals nobody writes an ordinal.
    let unit = UNITS.iter().any(|unit| whole.ends_with(&unit.to_ascii_lowercase()));
    (is_known_area(area) || plain == "GIR0AA") && !unit && Postcode::parse(&plain).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_postcodes_are_seen_and_parts_are_not() {
        for text in [
            "LS1 4AP",
            "ls1-4ap",
            "patients_LS14AP_2024",
            "GIR 0AA",
            "M13/9PL",
            "from EC1A.1BB",
            "ZZ99 3VZ",
            "LS1 4ST",
            "LS1  4AP",
            "LS1 - 4AP",
            "LS 1 4AP",
        ] {
            assert!(has_postcode(text), "{text}");
        }
        for text in ["LS1", "LS1 4", "RH802", "K82070", "hes_e1_2nd", "RJ1 2AB", "8HA03", "a1b2c3d", "w12 3km", "X26"] {
            assert!(!has_postcode(text), "{text}");
        }
    }
}
