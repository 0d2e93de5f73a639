//! Readers and writers of CSV and Parquet.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod csv_read;
mod csv_refused;
mod damaged;
mod round_trip;
mod write;

use arrow::array::{AsArray, RecordBatch, RecordBatchIterator, RecordBatchReader};
use ig_core::Error;
use ig_core::files::read_whole_table;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with one file of these bytes.
pub(crate) fn file(name: &str, bytes: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    (folder, path)
}

pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// Header and cells of a table of text.
pub(crate) fn read(path: &Path) -> Result<(Vec<String>, Rows), Error> {
    let (schema, batches) = read_whole_table(path)?;
    let names = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut rows = Vec::new();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let cell = |column: &arrow::array::ArrayRef| {
                let text = column.as_string::<i32>();
                (!arrow::array::Array::is_null(text, row)).then(|| text.value(row).to_owned())
            };
            rows.push(batch.columns().iter().map(cell).collect());
        }
    }
    Ok((names, rows))
}

pub(crate) fn csv(bytes: impl AsRef<[u8]>) -> Result<(Vec<String>, Rows), Error> {
    let (_folder, path) = file("table.csv", bytes);
    read(&path)
}

pub(crate) fn reader(batches: Vec<RecordBatch>) -> impl RecordBatchReader {
    let schema = batches[0].schema();
    RecordBatchIterator::new(batches.into_iter().map(Ok), schema)
}

/// The names of what is in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("folder")
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

pub(crate) fn cells(row: &[&str]) -> Vec<Option<String>> {
    row.iter().map(|cell| (!cell.is_empty()).then(|| (*cell).to_owned())).collect()
}
