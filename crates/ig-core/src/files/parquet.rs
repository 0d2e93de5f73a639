//! Reads Parquet.

use super::{BATCH_ROWS, TableReader, name_of};
use crate::error::{Error, MisuseError};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::Path;

pub(super) fn read(file: File, path: &Path) -> Result<TableReader, Error> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(BATCH_ROWS).build())
        .map_err(|_| MisuseError::NotParquet { file: name_of(path) })?;
    Ok(Box::new(reader))
}
