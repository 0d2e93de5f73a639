//! Text and bytes as views on the same memory.
//!
//! `arrow` has this conversion too, cell by cell through builders, and it took longer than the hashing of the cells.

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, GenericByteArray, GenericByteViewArray, StringViewArray,
};
use arrow::buffer::ScalarBuffer;
use arrow::datatypes::{ByteArrayType, ByteViewType, DataType};
use std::sync::Arc;

/// The longest cell that stands in its view; of longer ones a view has the first four bytes and the place.
const INSIDE: usize = 12;

/// A column as Polars takes it: text and bytes as views, everything else as it is.
pub(crate) fn as_view(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::LargeUtf8 => {
            let text = array.as_string::<i64>();
            Arc::new(views_of(text).unwrap_or_else(|| StringViewArray::from(text)))
        }
        DataType::LargeBinary => {
            let bytes = array.as_binary::<i64>();
            Arc::new(views_of(bytes).unwrap_or_else(|| BinaryViewArray::from(bytes)))
        }
        _ => Arc::clone(array),
    }
}

/// Views on the bytes of an array, unless they are too many for the 31 bits of a place.
fn views_of<A, V>(array: &GenericByteArray<A>) -> Option<GenericByteViewArray<V>>
where
    A: ByteArrayType<Offset = i64>,
    V: ByteViewType<Native = A::Native>,
{
    let bytes = array.value_data();
    i32::try_from(bytes.len()).ok()?;
    let mut views = Vec::with_capacity(array.len());
    for ends in array.value_offsets().array_windows::<2>() {
        // Offsets lie within the bytes, which are fewer than 2^31.
        let [start, end] = ends.map(|place| place.cast_unsigned() as usize);
        views.push(view_of(bytes, start, end));
    }
    // SAFETY: each view is a cell of the array: its bytes if they are few, else its first four bytes and its place in
    // the one buffer, which is that of the array. A cell of a text array is valid text, and so stays one.
    Some(unsafe {
        GenericByteViewArray::new_unchecked(
            ScalarBuffer::from(views),
            vec![array.values().clone()].into(),
            array.nulls().cloned(),
        )
    })
}

/// A view as the Arrow format lays it out, from the lowest byte: four of length, then up to twelve of the cell, or
/// four of the cell, four of the number of the buffer (0) and four of the place in it.
///
/// Put together in registers: the bytes of a cell would otherwise be written and read again in pieces that do not fit
/// each other, for which the processor has to wait.
#[inline]
fn view_of(bytes: &[u8], start: usize, end: usize) -> u128 {
    let cell = &bytes[start..end];
    let length = cell.len() as u128;
    if let Some(prefix) = cell.first_chunk::<4>()
        && cell.len() > INSIDE
    {
        return length | u128::from(u32::from_le_bytes(*prefix)) << 32 | (start as u128) << 96;
    }
    let inside = match bytes[start..].first_chunk::<16>() {
        Some(more) => u128::from_le_bytes(*more) & ((1 << (8 * cell.len())) - 1),
        // The last cells of a column.
        None => cell.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte)),
    };
    length | inside << 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{LargeBinaryArray, LargeStringArray};

    #[test]
    fn views_are_those_that_arrow_makes() {
        let cells = [
            Some(""),
            None,
            Some("a"),
            Some("twelve bytes"),
            Some("thirteen bytes"),
            Some("é and more than twelve"),
            Some("9990000018"),
        ];
        let text: LargeStringArray = (0..50).map(|row| cells[row % cells.len()]).collect();
        for (start, rows) in [(0, 50), (3, 20), (49, 1), (7, 0)] {
            let slice = text.slice(start, rows);
            let made = as_view(&(Arc::new(slice.clone()) as ArrayRef));
            made.to_data().validate_full().expect("valid text views");
            assert_eq!(made.as_string_view().iter().collect::<Vec<_>>(), slice.iter().collect::<Vec<_>>());
            assert_eq!(made.as_string_view(), &StringViewArray::from(&slice));
        }
        let bytes: LargeBinaryArray = [Some(&[0xff_u8; 16][..]), None, Some(&[0xfe; 3])].into_iter().collect();
        let made = as_view(&(Arc::new(bytes.clone()) as ArrayRef));
        made.to_data().validate_full().expect("valid binary views");
        assert_eq!(made.as_binary_view(), &BinaryViewArray::from(&bytes));
        let other: ArrayRef = Arc::new(arrow::array::BooleanArray::from(vec![true]));
        assert!(Arc::ptr_eq(&as_view(&other), &other));
    }
}
