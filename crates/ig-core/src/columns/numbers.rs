//! Top-code, bottom-code and round the numbers of a column; numbers stay numbers of their type, text stays text.

use super::cells::{Accepts, Cell, Cells, column_type, unpacked};
use super::invalid::{Invalid, Place};
use super::text_out::{BytesKind, BytesOut, Written, map_to_bytes};
use crate::error::{Error, IdentifierError, MisuseError};
use crate::mask::{CodeLimit, Coded, Number, RoundTo, float_of};
use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, PrimitiveArray};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use std::fmt::Display;
use std::sync::Arc;

/// What is done to each number.
#[derive(Clone, Copy)]
pub(super) enum NumberAct<'a> {
    Top(&'a CodeLimit),
    Bottom(&'a CodeLimit),
    Round(RoundTo),
}

/// What a number becomes.
enum Became {
    Same,
    Number(Number),
    Label,
}

impl NumberAct<'_> {
    fn of(self, number: Number) -> Result<Became, IdentifierError> {
        let coded = |limit: &CodeLimit, coded| match (coded, limit.label()) {
            (Coded::Same, _) => Became::Same,
            (Coded::Limit, None) => Became::Number(limit.at()),
            (Coded::Limit, Some(_)) => Became::Label,
        };
        Ok(match self {
            Self::Top(limit) => coded(limit, limit.top_code(number)),
            Self::Bottom(limit) => coded(limit, limit.bottom_code(number)),
            Self::Round(round) => Became::Number(round.round(number)?),
        })
    }

    fn label(self) -> Option<String> {
        match self {
            Self::Top(limit) | Self::Bottom(limit) => limit.label().map(str::to_owned),
            Self::Round(_) => None,
        }
    }

    /// Refuses a limit that a column of this type cannot hold but some of its numbers would become.
    fn check<N: Native>(self) -> Result<(), Error> {
        let (limit, never_reached) = match self {
            Self::Top(limit) => (limit, N::MOST),
            Self::Bottom(limit) => (limit, N::LEAST),
            Self::Round(_) => return Ok(()),
        };
        let beyond_all = match self {
            Self::Top(_) => limit.top_code(never_reached) == Coded::Same,
            _ => limit.bottom_code(never_reached) == Coded::Same,
        };
        if limit.label().is_some() || beyond_all || N::of(limit.at()).is_some() {
            return Ok(());
        }
        let expected = "a number that the column's type can hold, whole for whole numbers; or a label";
        Err(MisuseError::Argument { name: "at".to_owned(), expected: expected.to_owned() }.into())
    }
}

/// The number types of columns.
trait Native: Copy + Display {
    /// The bounds of the type, of a floating-point type those of limits.
    const LEAST: Number;
    const MOST: Number;
    fn number(self) -> Result<Number, IdentifierError>;
    /// The number in this type, if it is exact there or is a limit that is no whole number.
    fn of(number: Number) -> Option<Self>;
    /// Minus zero as zero.
    fn plain(self) -> Self;
}

macro_rules! whole_numbers {
    ($($native:ty),+) => { $(
        impl Native for $native {
            const LEAST: Number = Number::Whole(<$native>::MIN as i128);
            const MOST: Number = Number::Whole(<$native>::MAX as i128);

            fn number(self) -> Result<Number, IdentifierError> {
                Ok(Number::Whole(self.into()))
            }

            fn of(number: Number) -> Option<Self> {
                match number {
                    Number::Whole(number) => number.try_into().ok(),
                    Number::Float(_) => None,
                }
            }

            fn plain(self) -> Self {
                self
            }
        }
    )+ };
}

whole_numbers!(i8, i16, i32, i64, u8, u16, u32, u64);

impl Native for f64 {
    const LEAST: Number = Number::Float(Self::MIN);
    const MOST: Number = Number::Float(Self::MAX);

    fn number(self) -> Result<Number, IdentifierError> {
        Number::float(self)
    }

    fn of(number: Number) -> Option<Self> {
        Some(match number {
            Number::Whole(number) => float_of(number),
            Number::Float(number) => number,
        })
    }

    fn plain(self) -> Self {
        self + 0.0
    }
}

impl Native for f32 {
    const LEAST: Number = Number::Float(Self::MIN as f64);
    const MOST: Number = Number::Float(Self::MAX as f64);

    fn number(self) -> Result<Number, IdentifierError> {
        Number::float(self.into())
    }

    fn of(number: Number) -> Option<Self> {
        let wide = f64::of(number)?;
        let narrow = wide as Self;
        (wide.fract() != 0.0 || f64::from(narrow).total_cmp(&wide).is_eq()).then_some(narrow)
    }

    fn plain(self) -> Self {
        self + 0.0
    }
}

pub(super) fn apply(act: NumberAct<'_>, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
    use DataType as T;
    let array = &unpacked(array, place)?;
    match array.data_type() {
        T::Int8 => column::<Int8Type>(act, array),
        T::Int16 => column::<Int16Type>(act, array),
        T::Int32 => column::<Int32Type>(act, array),
        T::Int64 => column::<Int64Type>(act, array),
        T::UInt8 => column::<UInt8Type>(act, array),
        T::UInt16 => column::<UInt16Type>(act, array),
        T::UInt32 => column::<UInt32Type>(act, array),
        T::UInt64 => column::<UInt64Type>(act, array),
        T::Float32 => column::<Float32Type>(act, array),
        T::Float64 => column::<Float64Type>(act, array),
        T::Utf8 | T::LargeUtf8 | T::Utf8View => text(act, array, place),
        T::Null => Ok((Arc::new(LargeStringArray::new_null(array.len())), Invalid::default())),
        other => Err(column_type(place, "whole numbers, floating-point numbers or text", other)),
    }
}

fn text(act: NumberAct<'_>, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
    let label = act.label();
    let cells = Cells::of(array, Accepts::Text, place)?;
    map_to_bytes(&cells, 4, BytesKind::Text, |cell, out| {
        let Cell::Text(text) = cell else { return Err(IdentifierError::Number {}) };
        let text = text.trim();
        if text.is_empty() {
            return Ok(Written::Null);
        }
        let number = Number::parse(text)?;
        match act.of(number)? {
            Became::Same => {
                // Minus zero as zero.
                let same = if number.is_zero() { text.trim_start_matches('-') } else { text };
                out.extend_from_slice(same.as_bytes());
            }
            Became::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Became::Label => out.extend_from_slice(label.as_deref().unwrap_or_default().as_bytes()),
        }
        Ok(Written::Value)
    })
}

fn column<T: ArrowPrimitiveType<Native: Native>>(
    act: NumberAct<'_>,
    array: &ArrayRef,
) -> Result<(ArrayRef, Invalid), Error> {
    let cells = array.as_primitive::<T>();
    act.check::<T::Native>()?;
    match act.label() {
        Some(label) => labelled(act, &label, cells),
        None => Ok(same_type(act, cells)),
    }
}

fn same_type<T: ArrowPrimitiveType<Native: Native>>(
    act: NumberAct<'_>,
    cells: &PrimitiveArray<T>,
) -> (ArrayRef, Invalid) {
    let mut invalid = Invalid::default();
    let one = |(row, cell): (usize, Option<T::Native>)| {
        let cell = cell?;
        let became = cell.number().and_then(|number| match act.of(number)? {
            Became::Number(number) => T::Native::of(number).ok_or(IdentifierError::NumberRange {}),
            Became::Same | Became::Label => Ok(cell.plain()),
        });
        became.map_err(|error| invalid.add(row, error.code())).ok()
    };
    let made: PrimitiveArray<T> = cells.iter().enumerate().map(one).collect();
    (Arc::new(made), invalid)
}

fn labelled<T: ArrowPrimitiveType<Native: Native>>(
    act: NumberAct<'_>,
    label: &str,
    cells: &PrimitiveArray<T>,
) -> Result<(ArrayRef, Invalid), Error> {
    let mut invalid = Invalid::default();
    let mut out = BytesOut::with_capacity(cells.len(), 4);
    for (row, cell) in cells.iter().enumerate() {
        let became = cell.map(|cell| (cell, cell.number().and_then(|number| act.of(number))));
        let written = match became {
            None => Written::Null,
            Some((_, Ok(Became::Label))) => {
                out.bytes().extend_from_slice(label.as_bytes());
                Written::Value
            }
            Some((cell, Ok(Became::Same | Became::Number(_)))) => {
                out.bytes().extend_from_slice(cell.plain().to_string().as_bytes());
                Written::Value
            }
            Some((_, Err(error))) => {
                invalid.add(row, error.code());
                Written::Null
            }
        };
        out.end_cell(written);
    }
    Ok((out.finish_as(BytesKind::Text)?, invalid))
}
