//! Tables in files.

use crate::Verdict;
use crate::keys::private;
use crate::quiet::shows_nothing;
use arrow::array::{RecordBatch, RecordBatchIterator};
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use ig_core::files::{read_whole_table, write_table};
use std::path::Path;

/// A CSV file that is read and written again holds the same cells.
pub fn csv_file(data: &[u8]) -> Verdict {
    let (folder, path) = private("table.csv", data);
    let Some((schema, whole)) = read(&path, data) else { return Verdict::Refused };
    let copy = folder.path().join("copy.csv");
    let batches = RecordBatchIterator::new([Ok(whole.clone())], SchemaRef::clone(&schema));
    if let Err(error) = write_table(batches, &copy, false) {
        shows_nothing(data, &error);
        return Verdict::Taken;
    }
    let (_, again) = read(&copy, data).expect("what was written is read");
    assert_eq!(again, whole, "the cells are the same");
    Verdict::Taken
}

/// A Parquet file is read or refused.
pub fn parquet_file(data: &[u8]) -> Verdict {
    let (_folder, path) = private("table.parquet", data);
    if read(&path, data).is_some() { Verdict::Taken } else { Verdict::Refused }
}

fn read(path: &Path, data: &[u8]) -> Option<(SchemaRef, RecordBatch)> {
    match read_whole_table(path) {
        Err(error) => {
            shows_nothing(data, &error);
            assert!(error.code().starts_with("misuse."), "{}", error.code());
            None
        }
        Ok((schema, batches)) => {
            let whole = concat_batches(&schema, &batches).expect("batches of one schema");
            Some((schema, whole))
        }
    }
}
