//! What a value of a column is as a cell of a sheet.

use super::MAX_TEXT;
use crate::columns::shown_name;
use crate::error::{Error, MisuseError};
use arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, LargeStringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type, TimeUnit};

const SECONDS_IN_DAY: i64 = 86_400;
/// Days from 30 December 1899, the day 0 of a sheet, to 1 January 1970.
pub(super) const EPOCH: i64 = 25_569;
/// 1 March 1900: before it, Excel counts a day that never was.
const FIRST_DAY: i64 = 61;
/// 31 December 9999.
const LAST_DAY: i64 = 2_958_465;
/// More digits than these are not kept by Excel.
const DIGITS: usize = 15;

/// A cell as it is written.
pub(super) enum SheetCell<'a> {
    Empty,
    Text(&'a str),
    Number(&'a str),
    Boolean(bool),
    /// Days since the day 0 of a sheet.
    Day(i64),
    /// Days, and seconds of the day.
    Moment(i64, u32),
}

enum Kind {
    Text,
    /// Whole and decimal numbers, as long as all digits are kept.
    Exact,
    Float,
    Boolean,
    Days(Int32Array),
    /// Seconds since 1970; null where the value has parts of a second.
    Seconds(Int64Array),
}

/// A column of a batch as cells.
pub(super) struct SheetColumn<'a> {
    name: &'a str,
    kind: Kind,
    text: LargeStringArray,
}

impl<'a> SheetColumn<'a> {
    /// # Errors
    /// `misuse.column_type` for bytes and nested types.
    pub(super) fn new(name: &'a str, column: &ArrayRef) -> Result<Self, Error> {
        let refused = || MisuseError::ColumnType {
            column: shown_name(name),
            expected: "a type that a workbook can hold".to_owned(),
            found: "of bytes, or a nested type".to_owned(),
        };
        let values = match column.data_type() {
            DataType::Dictionary(_, values) => cast(column, values).map_err(|_| refused())?,
            kind if kind.is_nested() => return Err(refused().into()),
            _ => ArrayRef::clone(column),
        };
        let text = cast(&values, &DataType::LargeUtf8).map_err(|_| refused())?;
        if text.null_count() > values.logical_null_count() {
            return Err(refused().into());
        }
        let kind = match values.data_type() {
            DataType::Boolean => Kind::Boolean,
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Kind::Float,
            kind if kind.is_numeric() => Kind::Exact,
            DataType::Date32 | DataType::Date64 => {
                let days = cast(&values, &DataType::Date32).map_err(|_| refused())?;
                Kind::Days(days.as_primitive::<Date32Type>().reinterpret_cast())
            }
            DataType::Timestamp(unit, None) => Kind::Seconds(seconds_of(&values, *unit).ok_or_else(refused)?),
            _ => Kind::Text,
        };
        Ok(Self { name, kind, text: text.as_string::<i64>().clone() })
    }

    /// Refuses a text that is too long for a cell; `before` is how many rows there are above.
    pub(super) fn check(&self, before: u64) -> Result<(), String> {
        let long = |text: &str| text.len() > MAX_TEXT && text.encode_utf16().count() > MAX_TEXT;
        match self.text.iter().position(|text| text.is_some_and(long)) {
            None => Ok(()),
            Some(row) => {
                let (column, row) = (shown_name(self.name), before + row as u64 + 1);
                Err(format!("{column}, row {row}: a text of more than {MAX_TEXT} characters"))
            }
        }
    }

    pub(super) fn cell(&self, row: usize) -> SheetCell<'_> {
        if self.text.is_null(row) {
            return SheetCell::Empty;
        }
        let text = self.text.value(row);
        let fits = |day: i64| (FIRST_DAY..=LAST_DAY).contains(&day);
        match &self.kind {
            Kind::Exact if text.bytes().filter(u8::is_ascii_digit).count() <= DIGITS => SheetCell::Number(text),
            Kind::Float if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => {
                SheetCell::Number(text)
            }
            Kind::Boolean => SheetCell::Boolean(text == "true"),
            Kind::Days(days) if fits(i64::from(days.value(row)) + EPOCH) => {
                SheetCell::Day(i64::from(days.value(row)) + EPOCH)
            }
            Kind::Seconds(seconds) if seconds.is_valid(row) => {
                let day = seconds.value(row).div_euclid(SECONDS_IN_DAY) + EPOCH;
                let second = u32::try_from(seconds.value(row).rem_euclid(SECONDS_IN_DAY));
                match second {
                    Ok(second) if fits(day) => SheetCell::Moment(day, second),
                    _ => SheetCell::Text(text),
                }
            }
            _ => SheetCell::Text(text),
        }
    }
}

fn seconds_of(values: &ArrayRef, unit: TimeUnit) -> Option<Int64Array> {
    let parts = match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    };
    let ticks = cast(values, &DataType::Int64).ok()?;
    let whole = |tick: i64| (tick % parts == 0).then_some(tick / parts);
    Some(ticks.as_primitive::<Int64Type>().iter().map(|tick| tick.and_then(whole)).collect())
}
