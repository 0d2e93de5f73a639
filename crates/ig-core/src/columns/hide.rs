//! Redact and mask a column.

use super::cells::{Accepts, Cell, Cells};
use super::invalid::Place;
use super::text_out::{BytesKind, Written, map_to_bytes};
use crate::error::Error;
use crate::mask::{self, MaskPartial};
use arrow::array::{Array, ArrayRef, LargeStringArray};
use std::sync::Arc;

/// Every value of any type becomes the fixed word; null stays null.
pub(super) fn redact(array: &ArrayRef) -> ArrayRef {
    let nulls = array.logical_nulls();
    let is_null = |row: usize| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
    let words = (0..array.len()).map(|row| (!is_null(row)).then_some(mask::redact()));
    Arc::new(words.collect::<LargeStringArray>())
}

pub(super) fn mask_partial(mask: &MaskPartial, array: &ArrayRef, place: &Place) -> Result<ArrayRef, Error> {
    let cells = Cells::of(array, Accepts::Text, place)?;
    let (array, _) = map_to_bytes(&cells, 16, BytesKind::Text, |cell, out| {
        let Cell::Text(text) = cell else { return Ok(Written::Null) };
        out.extend_from_slice(mask.mask(text).as_bytes());
        Ok(Written::Value)
    })?;
    Ok(array)
}
