//! Shift the dates of a struct column of date and person.

use super::canonical::write_canonical;
use super::cells::{Accepts, Cell, Cells, column_type, unpacked};
use super::invalid::{Invalid, Place};
use super::text_out::{BytesKind, BytesOut, Written};
use crate::error::{Error, IdentifierError};
use crate::mask::{DateShifter, DateText, SHIFTABLE_DAYS};
use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, PrimitiveArray};
use arrow::compute::{is_not_null, nullif};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use std::sync::Arc;

/// The shift of a person, or the code of the reason why there is none.
type Shift = Result<i32, &'static str>;

const MILLISECONDS: i64 = 86_400_000;

pub(super) fn shift_dates(
    shifter: &DateShifter,
    array: &ArrayRef,
    place: &Place,
) -> Result<(ArrayRef, Invalid), Error> {
    use DataType as T;
    let (dates, persons) = date_and_person(array, place)?;
    let shifts = shifts(shifter, &persons, place)?;
    Ok(match dates.data_type() {
        T::Utf8 | T::LargeUtf8 | T::Utf8View => return text(&dates, &shifts, place),
        T::Null => (Arc::new(LargeStringArray::new_null(dates.len())), Invalid::default()),
        T::Date32 => days(&dates, &shifts),
        T::Date64 => times::<Date64Type>(&dates, &shifts, MILLISECONDS),
        T::Timestamp(TimeUnit::Second, None) => times::<TimestampSecondType>(&dates, &shifts, 86_400),
        T::Timestamp(TimeUnit::Millisecond, None) => times::<TimestampMillisecondType>(&dates, &shifts, MILLISECONDS),
        T::Timestamp(TimeUnit::Microsecond, None) => {
            times::<TimestampMicrosecondType>(&dates, &shifts, MILLISECONDS * 1_000)
        }
        T::Timestamp(TimeUnit::Nanosecond, None) => {
            times::<TimestampNanosecondType>(&dates, &shifts, MILLISECONDS * 1_000_000)
        }
        other => return Err(column_type(place, Accepts::TextOrDates.expected(), other)),
    })
}

/// The two columns; a row whose pair is null as a whole has no date.
fn date_and_person(array: &ArrayRef, place: &Place) -> Result<(ArrayRef, ArrayRef), Error> {
    let refused = || column_type(place, "a pair of date and person (a struct of two fields)", array.data_type());
    let pairs = array.as_struct_opt().filter(|pairs| pairs.num_columns() == 2).ok_or_else(refused)?;
    let mut dates = unpacked(pairs.column(0), place)?;
    if pairs.null_count() > 0 && dates.data_type() != &DataType::Null {
        let gone = arrow::compute::not(&is_not_null(pairs).map_err(|_| refused())?).map_err(|_| refused())?;
        dates = nullif(&dates, &gone).map_err(|_| refused())?;
    }
    Ok((dates, Arc::clone(pairs.column(1))))
}

/// The shift of each row; equal neighbours and dictionary values are hashed once.
fn shifts(shifter: &DateShifter, persons: &ArrayRef, place: &Place) -> Result<Vec<Shift>, Error> {
    let numbers = shifter.spec().kind.is_nhs_number();
    let cells = Cells::of(persons, if numbers { Accepts::TextOrNumbers } else { Accepts::Text }, place)?;
    let mut shifts: Vec<Shift> = Vec::with_capacity(cells.len());
    let (mut canonical, mut last) = (Vec::new(), (Vec::new(), 0));
    cells.visit(&mut |cell: Option<Cell<'_>>| {
        canonical.clear();
        let written = cell.map_or(Ok(false), |cell| write_canonical(numbers, cell, &mut canonical));
        shifts.push(match written {
            Err(error) => Err(error.code()),
            Ok(false) => Err(NO_PERSON),
            Ok(true) => {
                if canonical != last.0 {
                    last = (canonical.clone(), shifter.days_of(&canonical));
                }
                Ok(last.1)
            }
        });
    });
    Ok(match &cells {
        Cells::Dictionary { keys, .. } => {
            keys.iter().map(|key| key.map_or(Err(NO_PERSON), |key| shifts[key])).collect()
        }
        _ => shifts,
    })
}

const NO_PERSON: &str = IdentifierError::NoPerson {}.code();
const OUT_OF_RANGE: &str = IdentifierError::DateRange {}.code();

fn days(dates: &ArrayRef, shifts: &[Shift]) -> (ArrayRef, Invalid) {
    each::<Date32Type>(dates, shifts, |day, shift| {
        SHIFTABLE_DAYS.contains(&i64::from(day)).then(|| shift.map(|shift| day + shift))
    })
}

fn times<T: ArrowPrimitiveType<Native = i64>>(dates: &ArrayRef, shifts: &[Shift], a_day: i64) -> (ArrayRef, Invalid) {
    each::<T>(dates, shifts, |time, shift| {
        let moved = |shift| time.checked_add(i64::from(shift) * a_day).ok_or(OUT_OF_RANGE);
        SHIFTABLE_DAYS.contains(&time.div_euclid(a_day)).then(|| shift.and_then(moved))
    })
}

/// Moves every date; `None` stands for a date that may not be shifted.
fn each<T: ArrowPrimitiveType>(
    dates: &ArrayRef,
    shifts: &[Shift],
    moved: impl Fn(T::Native, Shift) -> Option<Result<T::Native, &'static str>>,
) -> (ArrayRef, Invalid) {
    let mut invalid = Invalid::default();
    let rows = dates.as_primitive::<T>().iter().zip(shifts).enumerate();
    let made: PrimitiveArray<T> = rows
        .map(|(row, (date, &shift))| {
            moved(date?, shift).unwrap_or(Err(OUT_OF_RANGE)).map_err(|code| invalid.add(row, code)).ok()
        })
        .collect();
    (Arc::new(made), invalid)
}

fn text(dates: &ArrayRef, shifts: &[Shift], place: &Place) -> Result<(ArrayRef, Invalid), Error> {
    let cells = Cells::of(dates, Accepts::Text, place)?;
    let mut out = BytesOut::with_capacity(cells.len(), 10);
    let mut invalid = Invalid::default();
    let mut row = 0;
    cells.visit(&mut |cell| {
        let written = match cell {
            Some(Cell::Text(text)) if !text.trim().is_empty() => {
                // The date is looked at first, so that a bad one is told as such whoever's it is.
                let moved = DateText::parse(text)
                    .map_err(|error| error.code())
                    .and_then(|date| shifts[row].map(|shift| date.write_moved(shift, out.bytes())));
                moved.map_or_else(
                    |code| {
                        invalid.add(row, code);
                        Written::Null
                    },
                    |()| Written::Value,
                )
            }
            _ => Written::Null,
        };
        out.end_cell(written);
        row += 1;
    });
    Ok((out.finish_as(BytesKind::Text)?, invalid))
}
