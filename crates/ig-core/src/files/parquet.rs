//! Reads Parquet.

use super::{BATCH_ROWS, TableReader, name_of};
use crate::error::{Error, MisuseError};
use arrow::datatypes::Schema;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::Path;

pub(super) fn read(
    file: File,
    path: &Path,
    choose: impl FnOnce(&Schema) -> Result<Vec<usize>, Error>,
) -> Result<TableReader, Error> {
    let not_parquet = |_| MisuseError::NotParquet { file: name_of(path) };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(not_parquet)?;
    let chosen = ProjectionMask::roots(builder.parquet_schema(), choose(builder.schema())?);
    let reader = builder.with_projection(chosen).with_batch_size(BATCH_ROWS).build().map_err(not_parquet)?;
    Ok(Box::new(reader))
}
