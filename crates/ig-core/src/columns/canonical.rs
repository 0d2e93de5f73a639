//! The canonical bytes of every cell of a column, and whether it is null or not valid.

use super::cells::{Accepts, Cell, Cells};
use super::checks::number_of;
use super::invalid::Place;
use crate::error::{Error, IdentifierError};
use crate::pseudonym::Kind;
use arrow::array::ArrayRef;
use std::ops::Range;

/// What a cell is.
#[derive(Clone, Debug)]
enum State {
    Null,
    Value(Range<usize>),
    Invalid(&'static str),
}

/// One cell in its canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CanonicalCell<'a> {
    Null,
    Value(&'a [u8]),
    /// With the code of what is wrong.
    Invalid(&'static str),
}

/// A column in canonical form; the cells of a dictionary are those of its values.
pub(super) struct Canonical {
    bytes: Vec<u8>,
    states: Vec<State>,
    keys: Option<Vec<Option<usize>>>,
}

impl Canonical {
    /// NHS numbers are validated; every other kind is taken byte for byte.
    pub(super) fn of(array: &ArrayRef, kind: &Kind, place: &Place) -> Result<Self, Error> {
        let numbers = kind.is_nhs_number();
        let accepts = if numbers { Accepts::TextOrNumbers } else { Accepts::Text };
        let (cells, keys) = match Cells::of(array, accepts, place)? {
            Cells::Dictionary { values, keys } => (*values, Some(keys)),
            cells => (cells, None),
        };
        let (mut bytes, mut states) = (Vec::new(), Vec::with_capacity(cells.len()));
        cells.visit(&mut |cell| {
            let start = bytes.len();
            states.push(match cell.map(|cell| write_canonical(numbers, cell, &mut bytes)) {
                Some(Ok(true)) => State::Value(start..bytes.len()),
                Some(Ok(false)) | None => State::Null,
                Some(Err(error)) => State::Invalid(error.code()),
            });
        });
        Ok(Self { bytes, states, keys })
    }

    pub(super) fn cell(&self, row: usize) -> CanonicalCell<'_> {
        let at = match &self.keys {
            None => row,
            Some(keys) => match keys[row] {
                None => return CanonicalCell::Null,
                Some(at) => at,
            },
        };
        match &self.states[at] {
            State::Null => CanonicalCell::Null,
            State::Value(range) => CanonicalCell::Value(&self.bytes[range.clone()]),
            State::Invalid(code) => CanonicalCell::Invalid(code),
        }
    }
}

/// Writes the canonical bytes of a cell; says whether there are any.
pub(super) fn write_canonical(numbers: bool, cell: Cell<'_>, out: &mut Vec<u8>) -> Result<bool, IdentifierError> {
    if numbers {
        let Some(number) = number_of(cell)? else { return Ok(false) };
        out.extend_from_slice(number.as_bytes());
        return Ok(true);
    }
    match cell {
        Cell::Text(text) if !text.is_empty() => {
            out.extend_from_slice(text.as_bytes());
            Ok(true)
        }
        _ => Ok(false),
    }
}
