//! Pseudonymise a column, in one pass: read, check, hash and write a group of rows at a time, so that its numbers
//! and digests stay in a core's own cache.

use super::cells::{Accepts, Cell, Cells};
use super::checks::number_of;
use super::invalid::{Invalid, Place};
use super::text_out::{BytesKind, BytesOut, Written, map_to_bytes};
use crate::error::Error;
use crate::pseudonym::{Encoding, PseudonymFormat, Pseudonymiser};
use arrow::array::{Array, ArrayRef, AsArray, StringArrayType};
use arrow::datatypes::DataType;

/// Rows that are worked on together.
const GROUP: usize = 512;

/// Every cell becomes its pseudonym; equal neighbours are hashed once, and a dictionary's values instead of its rows.
pub(super) fn pseudonymise(
    pseudonymiser: &Pseudonymiser,
    array: &ArrayRef,
    place: &Place,
) -> Result<(ArrayRef, Invalid), Error> {
    let numbers = pseudonymiser.spec().kind.is_nhs_number();
    let cells = Cells::of(array, if numbers { Accepts::TextOrNumbers } else { Accepts::Text }, place)?;
    match (&cells, numbers) {
        (Cells::Dictionary { .. }, _) => of_dictionary(pseudonymiser, &cells),
        (_, true) => of_numbers(pseudonymiser, &cells),
        (Cells::Text(array), false) => match array.data_type() {
            DataType::Utf8 => of_texts(pseudonymiser, &array.as_string::<i32>()),
            DataType::LargeUtf8 => of_texts(pseudonymiser, &array.as_string::<i64>()),
            _ => of_texts(pseudonymiser, &array.as_string_view()),
        },
        // Whatever else is accepted has no text in it.
        (_, false) => map_to_bytes(&cells, 0, kind_of(pseudonymiser), |_, _| Ok(Written::Null)),
    }
}

fn of_numbers(pseudonymiser: &Pseudonymiser, cells: &Cells) -> Result<(ArrayRef, Invalid), Error> {
    let mut group = Group::new(pseudonymiser, cells.len());
    let mut invalid = Invalid::default();
    let mut row = 0;
    cells.visit(&mut |cell| {
        match cell.map(number_of) {
            Some(Ok(Some(number))) => group.push(*number.as_bytes()),
            None | Some(Ok(None)) => group.push_null(),
            Some(Err(error)) => {
                invalid.add(row, error.code());
                group.push_null();
            }
        }
        row += 1;
    });
    Ok((group.finish()?, invalid))
}

fn of_texts<'a>(pseudonymiser: &Pseudonymiser, array: &impl StringArrayType<'a>) -> Result<(ArrayRef, Invalid), Error> {
    let mut group = Group::new(pseudonymiser, array.len());
    for text in array.iter() {
        match text {
            Some(text) if !text.is_empty() => group.push(text),
            _ => group.push_null(),
        }
    }
    Ok((group.finish()?, Invalid::default()))
}

fn of_dictionary(pseudonymiser: &Pseudonymiser, cells: &Cells) -> Result<(ArrayRef, Invalid), Error> {
    let format = pseudonymiser.spec().format();
    let numbers = pseudonymiser.spec().kind.is_nhs_number();
    map_to_bytes(cells, format.width(), kind_of(pseudonymiser), |cell, out| {
        let digest = match cell {
            cell if numbers => number_of(cell)?.map(|number| pseudonymiser.digest(number.as_bytes())),
            Cell::Text(text) if !text.is_empty() => Some(pseudonymiser.digest(text.as_bytes())),
            _ => None,
        };
        let Some(digest) = digest else { return Ok(Written::Null) };
        format.append(&digest, out);
        Ok(Written::Value)
    })
}

fn kind_of(pseudonymiser: &Pseudonymiser) -> BytesKind {
    if pseudonymiser.spec().encoding == Encoding::Bytes { BytesKind::Binary } else { BytesKind::Text }
}

/// Rows that wait to be hashed together.
struct Group<'a, M> {
    pseudonymiser: &'a Pseudonymiser,
    format: PseudonymFormat,
    /// What is hashed: each message once for a run of equal neighbours.
    messages: Vec<M>,
    /// For each row, which message is its own; none for null.
    rows: Vec<Option<u32>>,
    digests: Vec<[u8; 32]>,
    out: BytesOut,
}

impl<'a, M: AsRef<[u8]> + PartialEq> Group<'a, M> {
    fn new(pseudonymiser: &'a Pseudonymiser, rows: usize) -> Self {
        let format = pseudonymiser.spec().format();
        let group = GROUP.min(rows);
        Self {
            pseudonymiser,
            format,
            messages: Vec::with_capacity(group),
            rows: Vec::with_capacity(group),
            digests: vec![[0; 32]; group],
            out: BytesOut::with_capacity(rows, format.width()),
        }
    }

    #[inline]
    fn push(&mut self, message: M) {
        if self.messages.last() != Some(&message) {
            self.messages.push(message);
        }
        self.rows.push(Some(self.messages.len() as u32 - 1));
        if self.rows.len() == GROUP {
            self.flush();
        }
    }

    #[inline]
    fn push_null(&mut self) {
        self.rows.push(None);
        if self.rows.len() == GROUP {
            self.flush();
        }
    }

    #[inline(never)]
    fn flush(&mut self) {
        let digests = &mut self.digests[..self.messages.len()];
        self.pseudonymiser.digest_many(&self.messages, digests);
        let all_different = digests.len() == self.rows.len();
        if all_different {
            let places = self.out.next_cells(digests.len(), self.format.width());
            for (digest, place) in digests.iter().zip(places) {
                self.format.write(digest, place);
            }
        } else {
            for row in &self.rows {
                match row {
                    Some(message) => {
                        let digest = &digests[*message as usize];
                        for place in self.out.next_cells(1, self.format.width()) {
                            self.format.write(digest, place);
                        }
                    }
                    None => self.out.end_cell(Written::Null),
                }
            }
        }
        self.messages.clear();
        self.rows.clear();
    }

    fn finish(mut self) -> Result<ArrayRef, Error> {
        self.flush();
        self.out.finish_as(kind_of(self.pseudonymiser))
    }
}
