//! A few characters at the ends kept, the rest masked.

use crate::error::MisuseError;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// Keeps the first and last few characters of a text and masks the others one for one.
///
/// A character is what a reader sees as one: a Unicode grapheme cluster, so a letter with its accents, a Hangul or
/// Devanagari syllable, a flag or a family emoji is kept whole or masked whole by one sign. A carriage return and
/// the line feed after it are two.
///
/// Guarantees: as many characters out as in; a text no longer than what would be kept is masked whole, so no
/// text is ever shown whole; no character is cut.
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
        let printable = !mask_char.is_control() && !mask_char.is_whitespace() && !is_invisible(mask_char);
        if mask_char.is_alphanumeric() || !printable || !stands_alone(mask_char) {
            return refuse("mask_char", "a visible sign that is no letter and no digit, such as *");
        }
        Ok(Self { keep_first, keep_last, mask_char })
    }

    /// The masked text.
    pub fn mask(&self, text: &str) -> String {
        let starts = starts(text);
        let kept = self.keep_first + self.keep_last;
        if starts.len() <= kept {
            return self.signs(starts.len());
        }
        let from = starts[self.keep_first];
        let to = starts.get(starts.len() - self.keep_last).copied().unwrap_or(text.len());
        format!("{}{}{}", &text[..from], self.signs(starts.len() - kept), &text[to..])
    }

    fn signs(&self, count: usize) -> String {
        std::iter::repeat_n(self.mask_char, count).collect()
    }
}

/// Where each character begins.
fn starts(text: &str) -> Vec<usize> {
    if text.is_ascii() {
        return (0..text.len()).collect();
    }
    // Unicode takes a line end of two signs as one character; for ASCII text it always was two here.
    let of_cluster = |(at, cluster): (usize, &str)| [Some(at), (cluster == "\r\n").then_some(at + 1)];
    text.grapheme_indices(true).flat_map(of_cluster).flatten().collect()
}

/// Signs that take no room: soft hyphen, zero-width and direction marks, byte order mark.
const fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether a sign stays one character whatever stands beside it.
fn stands_alone(sign: char) -> bool {
    ["a", "\u{1f469}"].into_iter().all(|beside| {
        let sign = sign.to_string();
        [format!("{sign}{beside}"), format!("{beside}{sign}"), sign.repeat(2)]
            .iter()
            .all(|text| text.graphemes(true).count() == 2)
    })
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
            (0, 0, '\u{200d}'),
            (0, 0, '\u{1f1ec}'),
            (0, 0, '\u{1f3fd}'),
            (0, 0, '\u{903}'),
            (0, 0, '\u{600}'),
            (0, 0, '\u{200b}'),
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
        assert_eq!(mask.mask("e\u{301}e\u{301}"), "**");
        assert_eq!(mask.mask("\u{301}ab"), "\u{301}*b");
    }

    /// Any text, and text of what joins: accents, joiners, flags, emoji, Hangul and Devanagari.
    const TEXT: &str = "(\\PC|[ae\u{301}\u{308}\u{200d}\u{1f468}\u{1f469}\u{1f466}\u{1f1ec}\u{1f1e7}\u{fe0f}\u{1100}\u{1161}\u{11a8}क्षिनी]){0,20}";

    proptest! {
        #[test]
        fn a_mask_is_never_longer_and_hides(text in TEXT, first in 0..=4_usize, last in 0..=4_usize) {
            let masked = MaskPartial::new(first, last, '\u{2588}').expect("usable").mask(&text);
            prop_assert!(masked.chars().count() <= text.chars().count());
            let characters: Vec<&str> = text.graphemes(true).collect();
            prop_assume!(!characters.contains(&"\r\n"));
            let kept = if characters.len() > first + last { first + last } else { 0 };
            let hidden = characters.len() - kept;
            prop_assert_eq!(masked.matches('\u{2588}').count(), hidden);
            prop_assert!(text.is_empty() || hidden > 0);
            let (before, after) = masked.split_at(masked.find('\u{2588}').unwrap_or(0));
            let after = after.trim_start_matches('\u{2588}');
            prop_assert_eq!(before, if kept > 0 { characters[..first].concat() } else { String::new() });
            prop_assert_eq!(after, if kept > 0 { characters[characters.len() - last..].concat() } else { String::new() });
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
