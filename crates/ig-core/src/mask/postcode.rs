//! Postcodes made coarser.

use crate::error::IdentifierError;
use crate::postcode::{Postcode, PostcodeLevel};

/// A postcode in text reduced to its area, district or sector; a pseudo-postcode becomes its meaning.
///
/// Guarantees that the last two letters never show, and that "no fixed abode" and the like never become a place.
///
/// Attacks that still work: districts differ in size, some hold very few people, and a sector can be one
/// hospital or one employer; beside age, sex and a rare condition a district can name a person; several
/// addresses of one person over time narrow further. Check the number of people in each before release.
///
/// # Errors
/// `identifier.postcode`.
///
/// ```
/// use ig_core::PostcodeLevel;
/// use ig_core::mask::generalise_postcode;
///
/// assert_eq!(generalise_postcode("M13 9PL", PostcodeLevel::District)?, "M13");
/// assert_eq!(generalise_postcode("ZZ99 3WZ", PostcodeLevel::District)?, "not known");
/// # Ok::<(), ig_core::IdentifierError>(())
/// ```
pub fn generalise_postcode(text: &str, to: PostcodeLevel) -> Result<String, IdentifierError> {
    Postcode::parse(text).map(|postcode| postcode.to(to))
}

/// The area, such as `M`; see [`generalise_postcode`].
///
/// # Errors
/// `identifier.postcode`.
pub fn postcode_area(text: &str) -> Result<String, IdentifierError> {
    generalise_postcode(text, PostcodeLevel::Area)
}

/// The district, such as `M13`; see [`generalise_postcode`].
///
/// # Errors
/// `identifier.postcode`.
pub fn postcode_district(text: &str) -> Result<String, IdentifierError> {
    generalise_postcode(text, PostcodeLevel::District)
}

/// The sector, such as `M13 9`; see [`generalise_postcode`].
///
/// # Errors
/// `identifier.postcode`.
pub fn postcode_sector(text: &str) -> Result<String, IdentifierError> {
    generalise_postcode(text, PostcodeLevel::Sector)
}
