//! Pseudonymise a column.

use super::cells::{Accepts, Cell, Cells};
use super::checks::number_of;
use super::invalid::{Invalid, Place};
use super::text_out::{BytesKind, Written, map_to_bytes};
use crate::error::Error;
use crate::pseudonym::{Encoding, Pseudonymiser};
use arrow::array::ArrayRef;

/// Every cell becomes its pseudonym; equal neighbours reuse the last one.
pub(super) fn pseudonymise(
    pseudonymiser: &Pseudonymiser,
    array: &ArrayRef,
    place: &Place,
) -> Result<(ArrayRef, Invalid), Error> {
    let spec = pseudonymiser.spec();
    let format = spec.format();
    let kind = if format.encoding == Encoding::Bytes { BytesKind::Binary } else { BytesKind::Text };
    let width = format.width();
    if spec.kind.is_nhs_number() {
        let cells = Cells::of(array, Accepts::TextOrNumbers, place)?;
        let mut last: Option<([u8; 10], [u8; 32])> = None;
        return map_to_bytes(&cells, width, kind, |cell, out| {
            let Some(number) = number_of(cell)? else { return Ok(Written::Null) };
            let digest = match last {
                Some((digits, digest)) if digits == *number.as_bytes() => digest,
                _ => pseudonymiser.digest(number.as_bytes()),
            };
            last = Some((*number.as_bytes(), digest));
            format.write(&digest, out);
            Ok(Written::Value)
        });
    }
    let cells = Cells::of(array, Accepts::Text, place)?;
    let mut last_text = String::new();
    let mut last_digest = None;
    map_to_bytes(&cells, width, kind, |cell, out| {
        let Cell::Text(text) = cell else { return Ok(Written::Null) };
        if text.is_empty() {
            return Ok(Written::Null);
        }
        let digest = match last_digest {
            Some(digest) if last_text == text => digest,
            _ => {
                last_text.clear();
                last_text.push_str(text);
                pseudonymiser.digest(text.as_bytes())
            }
        };
        last_digest = Some(digest);
        format.write(&digest, out);
        Ok(Written::Value)
    })
}
