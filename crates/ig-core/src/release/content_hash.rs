//! A hash of rows that come from memory, so that a manifest can name its input without a file.

use crate::files::TableReader;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use sha2::{Digest, Sha256};

/// A reader that hashes what passes through it, however it is cut into batches.
///
/// `nhs-ig/rows/v1`: SHA-256 over the column names, then row by row over every cell as text; each name and cell
/// is a 32-bit big-endian length and its UTF-8 bytes, null is the length 0xFFFFFFFF.
pub(super) struct HashedReader {
    reader: TableReader,
    hash: Option<Sha256>,
}

impl HashedReader {
    pub(super) fn new(reader: TableReader) -> Self {
        let mut hash = Sha256::new_with_prefix(b"nhs-ig/rows/v1");
        reader.schema().fields().iter().for_each(|field| add(&mut hash, Some(field.name())));
        Self { reader, hash: Some(hash) }
    }

    /// For a file, whose bytes are hashed instead.
    pub(super) fn without_hash(reader: TableReader) -> Self {
        Self { reader, hash: None }
    }

    pub(super) fn schema(&self) -> SchemaRef {
        self.reader.schema()
    }

    pub(super) fn content_hash(self) -> String {
        self.hash.map(|hash| data_encoding::HEXLOWER.encode(&hash.finalize())).unwrap_or_default()
    }
}

impl Iterator for &mut HashedReader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(batch.and_then(|batch| {
            if let Some(hash) = &mut self.hash {
                add_rows(hash, &batch)?;
            }
            Ok(batch)
        }))
    }
}

fn add_rows(hash: &mut Sha256, batch: &RecordBatch) -> Result<(), ArrowError> {
    let columns = batch.columns().iter().map(|column| cast(column, &DataType::LargeUtf8));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    for row in 0..batch.num_rows() {
        for column in &columns {
            let cell = column.is_valid(row).then(|| column.as_string::<i64>().value(row));
            add(hash, cell);
        }
    }
    Ok(())
}

fn add(hash: &mut Sha256, text: Option<&(impl AsRef<str> + ?Sized)>) {
    match text.map(AsRef::as_ref) {
        None => hash.update(u32::MAX.to_be_bytes()),
        Some(text) => {
            hash.update((text.len() as u32).to_be_bytes());
            hash.update(text);
        }
    }
}
