//! Tokens of a column.

use super::canonical::write_canonical;
use super::cells::{Accepts, Cells};
#[cfg(feature = "format_preserving")]
use super::checks;
use super::invalid::{Invalid, Place};
use super::text_out::{BytesKind, Written, map_to_bytes};
use crate::error::{Error, MisuseError};
#[cfg(feature = "format_preserving")]
use crate::format_preserving::NumberCipher;
use crate::token::{TokenCipher, Tokeniser};
use arrow::array::ArrayRef;

/// Length of a token of an NHS number under a key id of middling length, for the first allocation.
const USUAL: usize = 56;

/// Every cell becomes its token; the values of a dictionary are encrypted once.
pub(super) fn tokenise(tokeniser: &Tokeniser, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
    let numbers = tokeniser.spec().kind.is_nhs_number();
    let accepts = if numbers { Accepts::TextOrNumbers } else { Accepts::Text };
    let cells = Cells::of(array, accepts, place)?;
    let mut cipher = TokenCipher::new(tokeniser);
    let mut canonical = Vec::new();
    let mut defect: Option<MisuseError> = None;
    let made = map_to_bytes(&cells, USUAL, BytesKind::Text, |cell, out| {
        canonical.clear();
        if !write_canonical(numbers, cell, &mut canonical)? {
            return Ok(Written::Null);
        }
        defect = cipher.write_token(&canonical, out).err().or(defect.take());
        Ok(Written::Value)
    })?;
    defect.map_or(Ok(made), |defect| Err(defect.into()))
}

/// Every valid number becomes the one it is encrypted to.
#[cfg(feature = "format_preserving")]
pub(super) fn encrypt_numbers(
    cipher: &NumberCipher,
    array: &ArrayRef,
    place: &Place,
) -> Result<(ArrayRef, Invalid), Error> {
    let mut defect = None;
    let made = checks::rewrite(array, place, |number, out| match cipher.encrypt(number) {
        Ok(digits) => out.extend_from_slice(digits.as_bytes()),
        Err(error) => defect = Some(error),
    })?;
    defect.map_or(Ok(made), |defect| Err(defect.into()))
}
