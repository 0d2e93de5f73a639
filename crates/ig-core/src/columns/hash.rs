//! Pseudonymise a column.

use super::cells::{Accepts, Cell, Cells};
use super::checks::number_of;
use super::invalid::{Invalid, Place};
use super::text_out::{BytesKind, BytesOut, Written, map_to_bytes};
use crate::error::{Error, IdentifierError};
use crate::pseudonym::{Encoding, Pseudonymiser};
use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray};
use arrow::datatypes::DataType;

/// Rows that are worked on together: small enough for their digits and digests to stay in a core's own cache.
const GROUP: usize = 4096;

/// Every cell becomes its pseudonym; equal neighbours are hashed once.
pub(super) fn pseudonymise(
    pseudonymiser: &Pseudonymiser,
    array: &ArrayRef,
    place: &Place,
) -> Result<(ArrayRef, Invalid), Error> {
    let numbers = pseudonymiser.spec().kind.is_nhs_number();
    let accepts = if numbers { Accepts::TextOrNumbers } else { Accepts::Text };
    let format = pseudonymiser.spec().format();
    let kind = if format.encoding == Encoding::Bytes { BytesKind::Binary } else { BytesKind::Text };
    if matches!(array.data_type(), DataType::Dictionary(_, _)) {
        let cells = Cells::of(array, accepts, place)?;
        return map_to_bytes(&cells, format.width(), kind, |cell, out| {
            let mut message = Vec::new();
            let written = write_canonical(numbers, cell, &mut message)?;
            if written == Written::Value {
                format.write(&pseudonymiser.digest(&message), out);
            }
            Ok(written)
        });
    }
    let mut out = BytesOut::with_capacity(array.len(), format.width());
    let mut invalid = Invalid::default();
    let mut digests = Vec::new();
    for start in (0..array.len().max(1)).step_by(GROUP) {
        let group = array.slice(start, GROUP.min(array.len() - start));
        let cells = Cells::of(&group, accepts, place)?;
        let (messages, found) =
            map_to_bytes(&cells, 10, BytesKind::Text, |cell, out| write_canonical(numbers, cell, out))?;
        invalid.join(&found, start as u64);
        write_group(pseudonymiser, messages.as_string(), &mut digests, &mut out);
    }
    Ok((out.finish_as(kind)?, invalid))
}

/// The bytes that are hashed for a cell.
#[inline]
pub(super) fn write_canonical(numbers: bool, cell: Cell<'_>, out: &mut Vec<u8>) -> Result<Written, IdentifierError> {
    if numbers {
        let Some(number) = number_of(cell)? else { return Ok(Written::Null) };
        out.extend_from_slice(number.as_bytes());
        return Ok(Written::Value);
    }
    match cell {
        Cell::Text(text) if !text.is_empty() => {
            out.extend_from_slice(text.as_bytes());
            Ok(Written::Value)
        }
        _ => Ok(Written::Null),
    }
}

/// Hashes the messages of a group and writes their pseudonyms; `digests` is kept between groups for its memory.
fn write_group(
    pseudonymiser: &Pseudonymiser,
    messages: &LargeStringArray,
    digests: &mut Vec<[u8; 32]>,
    out: &mut BytesOut,
) {
    let mut different: Vec<&[u8]> = Vec::with_capacity(messages.len());
    for message in messages.iter().flatten() {
        if different.last() != Some(&message.as_bytes()) {
            different.push(message.as_bytes());
        }
    }
    digests.resize(different.len(), [0; 32]);
    pseudonymiser.digest_many(&different, digests);
    let format = pseudonymiser.spec().format();
    let mut next = 0;
    for message in messages {
        let written = match message {
            None => Written::Null,
            Some(message) => {
                if next == 0 || different[next - 1] != message.as_bytes() {
                    next += 1;
                }
                format.write(&digests[next - 1], out.bytes());
                Written::Value
            }
        };
        out.end_cell(written);
    }
}
