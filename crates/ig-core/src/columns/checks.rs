//! NHS number checks on a column.

use super::cells::{Accepts, Cell, Cells};
use super::invalid::{Invalid, Place};
use super::text_out::{BytesKind, Written, map_to_bytes};
use crate::error::{Error, IdentifierError};
use crate::nhs_number::{NO_NUMBER, NhsNumber, is_blank};
use arrow::array::{ArrayRef, BooleanArray};
use std::sync::Arc;

/// The number in a cell, none if the cell is blank.
#[inline]
pub(super) fn number_of(cell: Cell<'_>) -> Result<Option<NhsNumber>, IdentifierError> {
    if let Cell::Text(text) = cell
        && let Some(number) = NhsNumber::plain(text)
    {
        return Ok(Some(number));
    }
    number_in_other_form(cell)
}

// Apart, so that the loop over plain numbers stays small.
#[inline(never)]
fn number_in_other_form(cell: Cell<'_>) -> Result<Option<NhsNumber>, IdentifierError> {
    match cell {
        Cell::Text(text) => match NhsNumber::parse(text) {
            Err(_) if is_blank(text) => Ok(None),
            number => number.map(Some),
        },
        Cell::Integer(value) => NhsNumber::from_integer(value).map(Some),
        Cell::Unsigned(value) => NhsNumber::from_unsigned(value).map(Some),
        Cell::Float(value) if value.is_nan() => Ok(None),
        Cell::Float(value) => NhsNumber::from_float(value).map(Some),
        Cell::Day(_) => Err(IdentifierError::Character {}),
    }
}

/// What stands in a column of NHS numbers, for the opt-out and the guard.
pub(crate) struct Numbers {
    /// The first nine digits of the number of each row, which give the tenth; [`NO_NUMBER`] for null, blank and invalid
    /// cells.
    pub(crate) rows: Vec<u32>,
    /// Ten digits whose check digit does not fit: most likely a real number with a slip.
    #[cfg_attr(not(feature = "files"), expect(dead_code, reason = "only the guard of a release asks for them"))]
    pub(crate) misprints: Vec<u64>,
}

pub(crate) fn nhs_numbers(array: &ArrayRef, place: &Place) -> Result<Numbers, Error> {
    let cells = Cells::of(array, Accepts::TextOrNumbers, place)?;
    let mut numbers = Vec::with_capacity(cells.len());
    let mut misprints = Vec::new();
    cells.visit(&mut |cell| {
        let number = match cell.map_or(Ok(None), number_of) {
            Ok(number) => number,
            Err(error) => {
                misprints.extend(cell.and_then(|cell| misprint(cell, &error)));
                None
            }
        };
        numbers.push(number.map_or(NO_NUMBER, NhsNumber::prefix));
    });
    let rows = match &cells {
        Cells::Dictionary { keys, .. } => keys.iter().map(|key| key.map_or(NO_NUMBER, |key| numbers[key])).collect(),
        _ => numbers,
    };
    Ok(Numbers { rows, misprints })
}

/// The numbers of a column in which every cell holds a valid one, as the lists of a check service do; none of any other
/// column.
///
/// # Errors
/// `misuse.column_type`
pub fn every_nhs_number(array: &ArrayRef, place: &Place) -> Result<Option<Vec<NhsNumber>>, Error> {
    let cells = Cells::of(array, Accepts::TextOrNumbers, place)?;
    if matches!(cells, Cells::Dictionary { .. }) {
        return Ok(None);
    }
    let mut numbers = Vec::with_capacity(cells.len());
    cells.visit(&mut |cell| numbers.extend(cell.and_then(|cell| number_of(cell).ok().flatten())));
    Ok((numbers.len() == cells.len()).then_some(numbers))
}

/// The ten digits of a cell whose check digit does not fit.
#[inline(never)]
fn misprint(cell: Cell<'_>, error: &IdentifierError) -> Option<u64> {
    match (error, cell) {
        (IdentifierError::CheckDigit {}, Cell::Text(text)) => NhsNumber::unchecked_digits(text).ok(),
        (IdentifierError::CheckDigit {}, Cell::Integer(value)) => u64::try_from(value).ok(),
        (IdentifierError::CheckDigit {}, Cell::Unsigned(value)) => Some(value),
        (IdentifierError::CheckDigit {}, Cell::Float(value)) => u64::try_from(value as i64).ok(),
        _ => None,
    }
}

/// Whether each cell is a valid NHS number; null stays null, blank is false.
pub(super) fn is_nhs_number(array: &ArrayRef, place: &Place) -> Result<ArrayRef, Error> {
    let cells = Cells::of(array, Accepts::TextOrNumbers, place)?;
    let mut valid: Vec<Option<bool>> = Vec::with_capacity(cells.len());
    cells.visit(&mut |cell| valid.push(cell.map(|cell| matches!(number_of(cell), Ok(Some(_))))));
    let valid: BooleanArray = match &cells {
        Cells::Dictionary { keys, .. } => keys.iter().map(|key| key.and_then(|key| valid[key])).collect(),
        _ => valid.into_iter().collect(),
    };
    Ok(Arc::new(valid))
}

/// Why each cell is not a valid NHS number: an error code, `identifier.blank`, or null where it is valid or null.
pub(super) fn invalid_reason(array: &ArrayRef, place: &Place) -> Result<ArrayRef, Error> {
    let cells = Cells::of(array, Accepts::TextOrNumbers, place)?;
    let (array, _) = map_to_bytes(&cells, 0, BytesKind::Text, |cell, out| {
        let code = match number_of(cell) {
            Ok(Some(_)) => return Ok(Written::Null),
            Ok(None) => "identifier.blank",
            Err(error) => error.code(),
        };
        out.extend_from_slice(code.as_bytes());
        Ok(Written::Value)
    })?;
    Ok(array)
}

/// Each valid number written by `write`; blank becomes null.
pub(super) fn rewrite(
    array: &ArrayRef,
    place: &Place,
    mut write: impl FnMut(NhsNumber, &mut Vec<u8>),
) -> Result<(ArrayRef, Invalid), Error> {
    let cells = Cells::of(array, Accepts::TextOrNumbers, place)?;
    map_to_bytes(&cells, 12, BytesKind::Text, |cell, out| {
        let Some(number) = number_of(cell)? else { return Ok(Written::Null) };
        write(number, out);
        Ok(Written::Value)
    })
}
