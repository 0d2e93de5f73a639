//! A few characters at the ends kept, the rest masked.

use crate::error::MisuseError;
use serde::{Deserialize, Serialize};

/// Keeps the first and last few characters of a text and masks the others one for one.
///
/// Guarantees: as many characters out as in; a text no longer than what would be kept is masked whole, so no
/// text is ever shown whole. A letter and the accents written after it count as one character when kept.
///
/// Attacks that still work: the **length** stays visible; what is kept is the value's own, so the four last
/// digits of a phone or NHS number join two data sets nearly as well as the whole; an NHS number's last digit is
/// computed from the other nine, and each further masked digit only multiplies the candidates by ten. Use a
/// pseudonym to join and [`redact`](super::redact) to hide; this is for people who must recognise a value they
/// already know.
///
/// At most 8 characters may be kept in all: 9 of the 10 digits of an NHS number give the tenth, and then nothing
/// is hidden.
///
/// ```
/// use ig_core::mask::MaskPartial;
///
/// let mask = MaskPartial::new(0, 3, '*')?;
/// assert_eq!(mask.mask("9990000018"), "*******018");
/// assert_eq!(mask.mask("018"), "***");
/// assert_eq!(MaskPartial::new(5, 4, '*').unwrap_err().code(), "misuse.argument");
/// # Ok::<(), ig_core::MisuseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Settings")]
pub struct MaskPartial {
    keep_first: usize,
    keep_last: usize,
    mask_char: char,
}

/// As read, not yet checked.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    keep_first: usize,
    keep_last: usize,
    mask_char: char,
}

impl Default for Settings {
    fn default() -> Self {
        Self { keep_first: 0, keep_last: 0, mask_char: '*' }
    }
}

impl Default for MaskPartial {
    /// Masks every character with `*`.
    fn default() -> Self {
        Self { keep_first: 0, keep_last: 0, mask_char: '*' }
    }
}

impl TryFrom<Settings> for MaskPartial {
    type Error = MisuseError;

    fn try_from(settings: Settings) -> Result<Self, MisuseError> {
        Self::new(settings.keep_first, settings.keep_last, settings.mask_char)
    }
}

const MOST_KEPT: usize = 8;

impl MaskPartial {
    /// Takes how many characters stay at each end, and what the others become.
    ///
    /// # Errors
    /// `misuse.argument` if more than 8 characters would be kept in all, or if the mask character is a letter, a
    /// digit, a space or not printable, so that a masked value could be taken for a real one.
    pub fn new(keep_first: usize, keep_last: usize, mask_char: char) -> Result<Self, MisuseError> {
        let refuse =
            |name: &str, expected: &str| Err(MisuseError::Argument { name: name.into(), expected: expected.into() });
        if keep_first.saturating_add(keep_last) > MOST_KEPT {
            return refuse(
                "keep_first and keep_last",
                "8 or fewer characters kept in all; more would hide nothing of an NHS number",
            );
        }
        let printable = !mask_char.is_control() && !mask_char.is_whitespace() && !joins_the_one_before(mask_char);
        if mask_char.is_alphanumeric() || !printable {
            return refuse("mask_char", "a visible sign that is no letter and no digit, such as *");
        }
        Ok(Self { keep_first, keep_last, mask_char })
    }

    /// The masked text.
    pub fn mask(&self, text: &str) -> String {
        let starts: Vec<usize> = text
            .char_indices()
            .filter(|&(place, character)| place == 0 || !joins_the_one_before(character))
            .map(|(place, _)| place)
            .collect();
        if starts.len() <= self.keep_first + self.keep_last {
            return self.masked(text);
        }
        let from = starts[self.keep_first];
        let to = starts.get(starts.len() - self.keep_last).copied().unwrap_or(text.len());
        format!("{}{}{}", &text[..from], self.masked(&text[from..to]), &text[to..])
    }

    fn masked(&self, text: &str) -> String {
        text.chars().map(|_| self.mask_char).collect()
    }
}

/// Accents and joiners that are drawn on the character before them. Not all of Unicode's: the blocks that are
/// combining as a whole, the variation selectors and the zero-width joiner.
const fn joins_the_one_before(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
            | '\u{200d}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn settings_under_which_a_value_would_look_unmasked_are_refused() {
        for (first, last, sign) in [
            (9, 0, '*'),
            (4, 5, '*'),
            (usize::MAX, 1, '*'),
            (0, 0, 'x'),
            (0, 0, '0'),
            (0, 0, ' '),
            (0, 0, '\n'),
            (0, 0, '\u{301}'),
        ] {
            assert_eq!(MaskPartial::new(first, last, sign).expect_err("refused").code(), "misuse.argument");
        }
        for json in [r#"{"keep_first": 9}"#, r#"{"keep_first": -1}"#, r#"{"mask_char": "x"}"#, r#"{"keep": 1}"#] {
            assert!(serde_json::from_str::<MaskPartial>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn settings_survive_a_round_trip() {
        let mask = MaskPartial::new(2, 3, '#').expect("usable");
        let json = serde_json::to_string(&mask).expect("plain");
        assert_eq!(serde_json::from_str::<MaskPartial>(&json).expect("read"), mask);
        assert_eq!(serde_json::from_str::<MaskPartial>("{}").expect("defaults"), MaskPartial::default());
    }

    #[test]
    fn an_accent_stays_on_its_letter() {
        let mask = MaskPartial::new(1, 1, '*').expect("usable");
        assert_eq!(mask.mask("E\u{301}loi\u{308}"), "E\u{301}**i\u{308}");
        // Two letters with accents are two characters: no more than would be kept, so all is masked.
        assert_eq!(mask.mask("e\u{301}e\u{301}"), "****");
        assert_eq!(mask.mask("\u{301}ab"), "\u{301}*b");
    }

    proptest! {
        #[test]
        fn keeps_length_and_hides(text in "\\PC{0,30}", first in 0..=4_usize, last in 0..=4_usize) {
            let masked = MaskPartial::new(first, last, '*').expect("usable").mask(&text);
            prop_assert_eq!(masked.chars().count(), text.chars().count());
            let stars = text.chars().zip(masked.chars()).filter(|(_, shown)| *shown == '*').count();
            prop_assert!(text.is_empty() || stars > 0);
            for (before, after) in text.chars().zip(masked.chars()) {
                prop_assert!(after == '*' || after == before);
            }
        }

        #[test]
        fn plain_text_shows_exactly_the_ends(text in "[a-z0-9 ]{0,20}", first in 0..=4_usize, last in 0..=4_usize) {
            let masked = MaskPartial::new(first, last, '*').expect("usable").mask(&text);
            let expected: String = text.chars().enumerate().map(|(place, character)| {
                let kept = text.len() > first + last && (place < first || place + last >= text.len());
                if kept { character } else { '*' }
            }).collect();
            prop_assert_eq!(masked, expected);
        }
    }
}
