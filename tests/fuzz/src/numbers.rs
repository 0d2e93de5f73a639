//! Identifiers: one text form each, and reading it again gives the same.

use crate::quiet::shows_nothing;
use crate::{Verdict, text};
use ig_core::{NhsNumber, Postcode, PostcodeLevel};

/// An NHS number that is read has a fitting check digit by our own sum, and comes back from each of its forms.
pub fn nhs_number(data: &[u8]) -> Verdict {
    let text = text(data);
    if let Ok(eight) = <[u8; 8]>::try_from(data.get(..8).unwrap_or_default()) {
        let _ = NhsNumber::from_float(f64::from_le_bytes(eight));
        let _ = NhsNumber::from_integer(i64::from_le_bytes(eight));
    }
    match NhsNumber::parse(&text) {
        Err(error) => {
            shows_nothing(data, &error);
            Verdict::Refused
        }
        Ok(number) => {
            let digits: Vec<u64> = number.as_bytes().iter().map(|digit| u64::from(digit - b'0')).collect();
            let sum: u64 = digits.iter().zip((1..=10).rev()).map(|(digit, weight)| digit * weight).sum();
            assert_eq!(sum % 11, 0, "the check digit fits");
            assert!(digits.windows(2).any(|two| two[0] != two[1]), "one digit ten times is no number");
            let given: String = text.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(given, number.as_str(), "the digits are those that were given");
            assert_eq!(NhsNumber::parse(number.as_str()), Ok(number));
            assert_eq!(NhsNumber::parse(&number.to_string()), Ok(number));
            assert_eq!(NhsNumber::from_unsigned(number.to_u64()), Ok(number));
            assert!(number.chi_date().is_none() || number.region().as_str() == "scotland");
            Verdict::Taken
        }
    }
}

/// A postcode that is read comes back from its text; sector, district and area each begin the one before.
pub fn postcode(data: &[u8]) -> Verdict {
    let text = text(data);
    let Ok(postcode) = Postcode::parse(&text) else { return Verdict::Refused };
    let shown = postcode.to_string();
    assert_eq!(Postcode::parse(&shown), Ok(postcode));
    assert_eq!(Postcode::parse(&shown.to_lowercase()), Ok(postcode));
    let squeezed = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    assert_eq!(squeezed(&text), squeezed(&shown));
    let level = |to| postcode.to(to);
    let (area, district, sector) =
        (level(PostcodeLevel::Area), level(PostcodeLevel::District), level(PostcodeLevel::Sector));
    if postcode.pseudo().is_some() {
        assert!(area == district && district == sector && !area.contains("ZZ"), "a pseudo-postcode is its meaning");
    } else {
        assert!(shown.starts_with(&sector) && sector.starts_with(&district) && district.starts_with(&area));
        assert_eq!(sector.len() + 2, shown.len(), "two letters are dropped");
    }
    Verdict::Taken
}
