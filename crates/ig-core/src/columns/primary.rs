//! The primary rule of suppression on a column of counts.

use super::cells::{column_type, unpacked};
use super::invalid::{Invalid, Place};
use crate::error::{Error, PolicyError};
use crate::suppression::PrimaryRule;
use arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use std::sync::Arc;

/// Hides small counts and rounds the others; whole numbers in, 64-bit whole numbers or null out.
pub(super) fn apply(rule: &PrimaryRule, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
    let array = &unpacked(array, place)?;
    if array.data_type() == &DataType::Null {
        return Ok((Arc::new(Int64Array::new_null(array.len())), Invalid::default()));
    }
    let refused = || column_type(place, "whole numbers from 0 to 2^63 - 1", array.data_type());
    if !array.data_type().is_integer() {
        return Err(refused());
    }
    let counts = cast(array, &DataType::Int64).map_err(|_| refused())?;
    if counts.null_count() > array.null_count() {
        return Err(refused());
    }
    let mut invalid = Invalid::default();
    let one = |(row, count): (usize, Option<i64>)| {
        let count = count?;
        if count < 0 {
            invalid.add(row, PolicyError::NegativeCount { row: 0 }.code());
            return None;
        }
        rule.shown(count)
    };
    let shown: Int64Array = counts.as_primitive::<Int64Type>().iter().enumerate().map(one).collect();
    Ok((Arc::new(shown), invalid))
}
