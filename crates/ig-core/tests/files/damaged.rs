//! Parquet files that are not, or not any more.

use super::{file, reader};
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use ig_core::files::{read_whole_table, write_table};
use std::sync::Arc;

fn parquet_bytes() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("table.parquet");
    let id: ArrayRef = Arc::new(StringArray::from(vec!["9990000018"; 50]));
    let n: ArrayRef = Arc::new(Int64Array::from_iter_values(0..50));
    let batch = RecordBatch::try_from_iter([("id", id), ("n", n)]).expect("batch");
    write_table(reader(vec![batch]), &path, false).expect("written");
    std::fs::read(path).expect("bytes")
}

#[test]
fn another_file_under_the_name() {
    let (_folder, path) = file("table.parquet", "id,n\n9990000018,1\n");
    let error = read_whole_table(&path).expect_err("refused");
    assert_eq!(error.code(), "misuse.not_parquet");
    assert!(!error.to_string().contains("999"));
    let (_folder, path) = file("table.csv", parquet_bytes());
    assert_eq!(read_whole_table(&path).expect_err("refused").code(), "misuse.not_csv");
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let bytes = parquet_bytes();
    for length in (0..bytes.len()).step_by(7) {
        let (_folder, path) = file("table.parquet", &bytes[..length]);
        let error = read_whole_table(&path).expect_err("refused");
        assert_eq!(error.code(), "misuse.not_parquet", "{length} bytes");
    }
}

#[test]
fn a_changed_byte_shows_no_data_in_an_error() {
    let bytes = parquet_bytes();
    for at in (4..bytes.len()).step_by(5) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x55;
        let (_folder, path) = file("table.parquet", changed);
        // Another value or an error: which of the two depends on the byte, but an error names the file alone.
        if let Err(error) = read_whole_table(&path) {
            assert!(error.code().starts_with("misuse."), "{error}");
            assert!(!format!("{error} {error:?}").contains("999"), "{error}");
        }
    }
}
