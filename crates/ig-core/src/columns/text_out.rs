//! Builds text columns, and runs one act over the cells of another column.

use super::cells::{Cell, Cells};
use super::invalid::Invalid;
use crate::error::{Error, IdentifierError, MisuseError};
use arrow::array::{ArrayRef, GenericByteArray, NullBufferBuilder, UInt64Array};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow::compute::take;
use arrow::datatypes::{ByteArrayType, LargeBinaryType, LargeUtf8Type};
use std::slice::ChunksExactMut;
use std::sync::Arc;

/// Whether a cell has an output; otherwise it is null.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Value,
    Null,
}

/// A text or binary column being written: one run of bytes with offsets.
pub(super) struct BytesOut {
    bytes: Vec<u8>,
    offsets: Vec<i64>,
    nulls: NullBufferBuilder,
}

impl BytesOut {
    /// Room for so many cells of about so many bytes each.
    pub(super) fn with_capacity(cells: usize, width: usize) -> Self {
        let mut offsets = Vec::with_capacity(cells + 1);
        offsets.push(0);
        Self { bytes: Vec::with_capacity(cells * width), offsets, nulls: NullBufferBuilder::new(cells) }
    }

    /// Where the bytes of the next cell go.
    #[inline]
    pub(super) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The next so many cells, none of them null, each of so many bytes that are still to be written.
    #[inline]
    pub(super) fn next_cells(&mut self, cells: usize, width: usize) -> ChunksExactMut<'_, u8> {
        let start = self.bytes.len();
        self.bytes.resize(start + cells * width, 0);
        self.offsets.extend((1..=cells).map(|cell| offset(start + cell * width)));
        self.nulls.append_n_non_nulls(cells);
        self.bytes[start..].chunks_exact_mut(width)
    }

    /// Ends a cell with what was written since the last one.
    #[inline]
    pub(super) fn end_cell(&mut self, written: Written) {
        self.offsets.push(offset(self.bytes.len()));
        match written {
            Written::Value => self.nulls.append_non_null(),
            Written::Null => self.nulls.append_null(),
        }
    }

    /// The column.
    pub(super) fn finish_as(self, kind: BytesKind) -> Result<ArrayRef, Error> {
        Ok(match kind {
            BytesKind::Text => Arc::new(self.finish::<LargeUtf8Type>()?),
            BytesKind::Binary => Arc::new(self.finish::<LargeBinaryType>()?),
        })
    }

    fn finish<T: ByteArrayType<Offset = i64>>(mut self) -> Result<GenericByteArray<T>, Error> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        GenericByteArray::try_new(offsets, Buffer::from_vec(self.bytes), self.nulls.finish())
            .map_err(|_| MisuseError::PanicInside {}.into())
    }
}

/// A place in the bytes. No buffer is longer than `i64::MAX` bytes.
#[inline]
fn offset(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// What kind of column the bytes become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BytesKind {
    Text,
    Binary,
}

/// Runs `act` over every cell. A null cell stays null; a cell that `act` refuses is null and counted.
///
/// For a dictionary, `act` runs once for each distinct value and the rows are filled in from there, so
/// `act` must depend on the cell alone.
pub(super) fn map_to_bytes(
    cells: &Cells,
    width: usize,
    kind: BytesKind,
    mut act: impl FnMut(Cell<'_>, &mut Vec<u8>) -> Result<Written, IdentifierError>,
) -> Result<(ArrayRef, Invalid), Error> {
    let worked = match cells {
        Cells::Dictionary { values, .. } => values.len(),
        _ => cells.len(),
    };
    let mut out = BytesOut::with_capacity(worked, width);
    let mut invalid = Invalid::default();
    let mut invalid_values: Vec<(usize, &'static str)> = Vec::new();
    let is_dictionary = matches!(cells, Cells::Dictionary { .. });
    let mut row = 0;
    cells.visit(&mut |cell| {
        let written = match cell.map(|cell| act(cell, &mut out.bytes)) {
            None => Written::Null,
            Some(Ok(written)) => written,
            Some(Err(error)) => {
                if is_dictionary {
                    invalid_values.push((row, error.code()));
                } else {
                    invalid.add(row, error.code());
                }
                Written::Null
            }
        };
        out.end_cell(written);
        row += 1;
    });
    let array = out.finish_as(kind)?;
    let Cells::Dictionary { keys, .. } = cells else { return Ok((array, invalid)) };
    count_rows_with(&invalid_values, keys, &mut invalid);
    let rows: UInt64Array = keys.iter().map(|key| key.map(|k| k as u64)).collect();
    let array = take(&array, &rows, None).map_err(|_| MisuseError::PanicInside {})?;
    Ok((array, invalid))
}

/// Rows whose dictionary value is invalid; values that no row has do not count.
fn count_rows_with(values: &[(usize, &'static str)], keys: &[Option<usize>], invalid: &mut Invalid) {
    if values.is_empty() {
        return;
    }
    for (row, key) in keys.iter().enumerate() {
        let Some(key) = key else { continue };
        if let Ok(found) = values.binary_search_by_key(key, |(value, _)| *value) {
            invalid.add(row, values[found].1);
        }
    }
}
