//! UK postcodes: parsing, parts and the pseudo-postcodes of NHS data.

mod area;
mod level;
mod pseudo;
mod shape;

pub(crate) use area::is_known_area;
pub use level::PostcodeLevel;
pub use pseudo::PseudoPostcode;

use crate::error::IdentifierError;
use std::fmt;

/// A postcode of a real shape: a value of this type is proof that it was checked.
///
/// Guarantees one of the shapes AN, ANN, AAN, AANN, ANA, AANA before and NAA after the space, with the letters
/// that stand in each place (our own strictness, see below), or `GIR 0AA`, or a known pseudo-postcode `ZZ99`.
/// It does **not** say that the postcode was ever in use, or that anyone lives there. Forces addresses (`BF1`) are
/// postcodes like others; their district says "British Forces" and not a place.
///
/// A full postcode is about 15 households; beside a date of birth it names a person.
///
/// Letters: the first is none of QVX, the second none of IJZ, the third of ANA is one of ABCDEFGHJKPSTUW, the
/// fourth of AANA one of ABEHMNPRVWXY, those after the space none of CIKMOV. Source of the shapes: NHS Data
/// Dictionary, POSTCODE; letters from the Royal Mail's postcode format.
///
/// `Debug` does not show it; [`fmt::Display`] prints it with one space on purpose.
///
/// ```
/// use ig_core::Postcode;
///
/// let postcode = Postcode::parse("m13  9pl")?;
/// assert_eq!(postcode.to_string(), "M13 9PL");
/// assert_eq!((&*postcode.area(), &*postcode.district(), &*postcode.sector()), ("M", "M13", "M13 9"));
/// assert_eq!(Postcode::parse("ZZ99 3VZ")?.district(), "no fixed abode");
/// assert_eq!(Postcode::parse("M13").unwrap_err().code(), "identifier.postcode");
/// # Ok::<(), ig_core::IdentifierError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode {
    /// Five to seven ASCII capitals and digits, then zeros.
    characters: [u8; 7],
    length: u8,
}

impl Postcode {
    /// Reads a postcode in capitals or not, with spaces anywhere, so also padded to eight characters.
    ///
    /// # Errors
    /// `identifier.postcode`.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let mut characters = [0_u8; 7];
        let mut length = 0;
        for character in text.chars().filter(|character| !matches!(character, ' ' | '\t' | '\u{a0}')) {
            let slot = characters.get_mut(length).ok_or(IdentifierError::Postcode {})?;
            if !character.is_ascii_alphanumeric() {
                return Err(IdentifierError::Postcode {});
            }
            *slot = character.to_ascii_uppercase() as u8;
            length += 1;
        }
        let postcode = Self { characters, length: length as u8 };
        let Some(outward_length) = length.checked_sub(3) else { return Err(IdentifierError::Postcode {}) };
        let (outward, inward) = characters[..length].split_at(outward_length);
        let known = if outward == pseudo::OUTWARD {
            PseudoPostcode::from_inward(inward).is_some()
        } else {
            shape::is_real(outward, inward)
        };
        if known { Ok(postcode) } else { Err(IdentifierError::Postcode {}) }
    }

    /// What a pseudo-postcode stands for; none for a real one.
    pub fn pseudo(&self) -> Option<PseudoPostcode> {
        let (outward, inward) = self.halves();
        if outward.as_bytes() == pseudo::OUTWARD { PseudoPostcode::from_inward(inward.as_bytes()) } else { None }
    }

    /// The letters it begins with, such as `M`: about 120 areas. A pseudo-postcode gives its meaning.
    pub fn area(&self) -> String {
        self.to(PostcodeLevel::Area)
    }

    /// The part before the space, such as `M13`: about 3,000 districts. A pseudo-postcode gives its meaning.
    pub fn district(&self) -> String {
        self.to(PostcodeLevel::District)
    }

    /// The district and the digit after the space, such as `M13 9`: about 11,000 sectors. A pseudo-postcode gives
    /// its meaning.
    pub fn sector(&self) -> String {
        self.to(PostcodeLevel::Sector)
    }

    /// The postcode reduced to a level. A pseudo-postcode gives its meaning at each, never a place that is none.
    pub fn to(&self, level: PostcodeLevel) -> String {
        if let Some(pseudo) = self.pseudo() {
            return pseudo.as_str().to_owned();
        }
        let (outward, inward) = self.halves();
        match level {
            PostcodeLevel::Area => {
                outward.split(|character: char| character.is_ascii_digit()).next().unwrap_or(outward).to_owned()
            }
            PostcodeLevel::District => outward.to_owned(),
            PostcodeLevel::Sector => format!("{outward} {}", &inward[..1]),
        }
    }

    /// The parts before and after the space.
    fn halves(&self) -> (&str, &str) {
        // ASCII by construction, so both are UTF-8.
        let text = std::str::from_utf8(&self.characters[..usize::from(self.length)]).unwrap_or_default();
        text.split_at(text.len().saturating_sub(3))
    }
}

impl fmt::Debug for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postcode(not shown)")
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (outward, inward) = self.halves();
        write!(f, "{outward} {inward}")
    }
}

impl std::str::FromStr for Postcode {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn debug_hides() {
        assert_eq!(format!("{:?}", Postcode::parse("M13 9PL").expect("valid")), "Postcode(not shown)");
    }

    #[test]
    fn every_shape_is_read_and_others_are_not() {
        for text in ["M1 1AE", "M60 1NW", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB", "GIR 0AA", "BF1 3AA"] {
            assert_eq!(Postcode::parse(text).expect(text).to_string(), text);
        }
        let not = [
            "",
            "M",
            "9PL",
            "M13",
            "M13 9P",
            "M133 9PL",
            "MM133 9PL",
            "M13 PL9",
            "M13 9PLX",
            "1M3 9PL",
            "QA1 1AA",
            "AZ1 1AA",
            "W1I 1HQ",
            "EC1C 1BB",
            "M13 9CL",
            "M13-9PL",
            "M13 9PŁ",
            "Ｍ13 9PL",
            "GIR 0AB",
            "GIR 1AA",
            "ZZ99 3XA",
            "ZZ98 3VZ",
            "ZZ99",
            "ABCDEFGHIJK",
        ];
        for text in not {
            assert_eq!(Postcode::parse(text).expect_err(text).code(), "identifier.postcode");
        }
    }

    #[test]
    fn a_pseudo_postcode_is_its_meaning_at_every_level() {
        let abroad = Postcode::parse("zz996cz").expect("India");
        assert_eq!(abroad.pseudo(), Some(PseudoPostcode::Overseas));
        for level in [PostcodeLevel::Area, PostcodeLevel::District, PostcodeLevel::Sector] {
            assert_eq!(abroad.to(level), "overseas");
        }
        assert_eq!(abroad.to_string(), "ZZ99 6CZ");
        assert_eq!(Postcode::parse("M13 9PL").expect("valid").pseudo(), None);
    }

    /// The shapes as a pattern that proptest draws from: written from the description, not from the code.
    const SHAPES: &str = "([ABD-PRSTUWYZ]([0-9]{1,2}|[0-9][A-HJKPSTUW])|\
        [ABD-PRSTUWYZ][A-HK-Y]([0-9]{1,2}|[0-9][ABEHMNPRVWXY])) [0-9][ABD-HJLNP-UW-Z]{2}";

    proptest! {
        #[test]
        fn sector_starts_with_district_starts_with_area(text in SHAPES) {
            let postcode = Postcode::parse(&text).expect("a real shape");
            prop_assert_eq!(postcode.to_string(), text.clone());
            let (area, district, sector) = (postcode.area(), postcode.district(), postcode.sector());
            prop_assert!(text.starts_with(&sector) && sector.starts_with(&district) && district.starts_with(&area));
            prop_assert_eq!(sector.len(), text.len() - 2);
            prop_assert_eq!(district.len(), text.len() - 4);
            prop_assert!(area.bytes().all(|byte| byte.is_ascii_uppercase()) && (1..=2).contains(&area.len()));
        }

        #[test]
        fn spaces_and_case_do_not_matter(text in SHAPES, gaps in proptest::collection::vec(0..3_usize, 8)) {
            let mut spaced = String::new();
            for (character, gap) in text.to_lowercase().chars().zip(gaps) {
                spaced.push(character);
                spaced.push_str(&" ".repeat(gap));
            }
            prop_assert_eq!(Postcode::parse(&spaced), Postcode::parse(&text));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}") {
            if let Ok(postcode) = Postcode::parse(&text) {
                prop_assert_eq!(Postcode::parse(&postcode.to_string()), Ok(postcode));
            }
        }
    }
}
