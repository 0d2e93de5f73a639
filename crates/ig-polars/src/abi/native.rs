//! The columns of the Rust crate `polars`, handed over within one program by the same interface and without a copy.
//!
//! The two crates of Arrow know nothing of each other's arrays, so both sides speak C: `polars-ffi` makes and reads
//! exports of the layout of [`SeriesExport`], and the rules of ownership are those of the plugin.

use super::{SeriesExport, export_chunks, take};
use arrow::array::{ArrayRef, new_empty_array};
use arrow::datatypes::Field;
use ig_core::{Error, MisuseError};
use polars::prelude::Series;
use polars_ffi::version_0::{SeriesExport as PolarsExport, export_series, import_series};
use std::mem::{ManuallyDrop, align_of, transmute};

// `transmute` checks the size; both are the five pointer-sized members of the interface, in `repr(C)`.
const _: () = assert!(align_of::<SeriesExport>() == align_of::<PolarsExport>());

/// The field and the chunks of a column; they share its memory.
pub(crate) fn chunks_of(series: &Series) -> Result<(Field, Vec<ArrayRef>), Error> {
    // SAFETY: both types are the `SeriesExport` of version 0 of the interface (a schema, boxed arrays, their number,
    // the release callback, its data), and each drops by calling that callback once. The value moves, so one of the
    // two types alone ever drops it.
    let export = unsafe { transmute::<PolarsExport, SeriesExport>(export_series(series)) };
    // SAFETY: the export was made just now, and what is left here is never looked at or dropped.
    unsafe { take(&raw const *ManuallyDrop::new(export)) }.import()
}

/// A column of chunks that have the type of the field.
pub(crate) fn series_of(field: &Field, chunks: Vec<ArrayRef>) -> Result<Series, Error> {
    // Polars expects a column to have a chunk.
    let chunks = if chunks.is_empty() { vec![new_empty_array(field.data_type())] } else { chunks };
    // `import_series` trusts that the arrays are of the type that the schema names.
    if chunks.iter().any(|chunk| chunk.data_type() != field.data_type()) {
        return Err(MisuseError::PanicInside {}.into());
    }
    // SAFETY: as above, the other way round.
    let export = unsafe { transmute::<SeriesExport, PolarsExport>(export_chunks(field, &chunks)?) };
    // SAFETY: the export is valid by the making of `export_chunks`, its arrays have the type of its schema, and it is
    // handed over whole.
    let series = unsafe { import_series(export) };
    // The text of the error could hold data.
    series.map_err(|_| MisuseError::Engine { reason: "a column type that is not supported".to_owned() }.into())
}

#[cfg(test)]
mod tests;
