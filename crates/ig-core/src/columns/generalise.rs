//! Generalise dates, ages and postcodes of a column.

use super::cells::{Accepts, Cell, Cells};
use super::invalid::{Invalid, Place};
use super::text_out::{BytesKind, Written, map_to_bytes};
use crate::error::{Error, IdentifierError};
use crate::mask::{AgeBand, DateLevel, generalise_date, parse_date};
use crate::{Postcode, PostcodeLevel};
use arrow::array::ArrayRef;
use time::Date;

/// The Julian day of 1 January 1970.
const EPOCH: i32 = 2_440_588;

pub(super) fn date(to: DateLevel, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
    let cells = Cells::of(array, Accepts::TextOrDates, place)?;
    map_to_bytes(&cells, 7, BytesKind::Text, |cell, out| {
        let date = match cell {
            Cell::Text(text) if text.trim().is_empty() => return Ok(Written::Null),
            Cell::Text(text) => parse_date(text)?,
            Cell::Day(day) => day
                .checked_add(EPOCH)
                .and_then(|day| Date::from_julian_day(day).ok())
                .ok_or(IdentifierError::Date {})?,
            _ => return Err(IdentifierError::Date {}),
        };
        out.extend_from_slice(generalise_date(date, to)?.as_bytes());
        Ok(Written::Value)
    })
}

pub(super) fn age(bands: AgeBand, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
    let cells = Cells::of(array, Accepts::TextOrNumbers, place)?;
    map_to_bytes(&cells, 6, BytesKind::Text, |cell, out| {
        let age = match cell {
            Cell::Text(text) if text.trim().is_empty() => return Ok(Written::Null),
            Cell::Text(text) => text.trim().parse::<i64>().ok(),
            Cell::Integer(age) => Some(age),
            Cell::Unsigned(age) => i64::try_from(age).ok(),
            Cell::Float(age) if age.is_nan() => return Ok(Written::Null),
            Cell::Float(age) if age.fract() == 0.0 && age.abs() < 1e9 => Some(age as i64),
            Cell::Float(_) | Cell::Day(_) => None,
        };
        out.extend_from_slice(bands.band(age.ok_or(IdentifierError::Age {})?)?.as_bytes());
        Ok(Written::Value)
    })
}

pub(super) fn postcode(to: PostcodeLevel, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
    let cells = Cells::of(array, Accepts::Text, place)?;
    map_to_bytes(&cells, 6, BytesKind::Text, |cell, out| {
        let Cell::Text(text) = cell else { return Err(IdentifierError::Postcode {}) };
        if text.trim().is_empty() {
            return Ok(Written::Null);
        }
        out.extend_from_slice(Postcode::parse(text)?.to(to).as_bytes());
        Ok(Written::Value)
    })
}
