//! Writing: whole or not at all, and never over another file.

use super::{file, names, reader};
use arrow::array::{ArrayRef, RecordBatch, RecordBatchIterator, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use ig_core::files::{FileKind, TableWriter, read_table, write_table};
use std::sync::Arc;

fn rows(cells: &[&str]) -> RecordBatch {
    RecordBatch::try_from_iter([("id", Arc::new(StringArray::from(cells.to_vec())) as ArrayRef)]).expect("batch")
}

#[test]
fn a_reader_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("folder");
    for name in ["a.csv", "a.parquet"] {
        let first = rows(&["9990000018"]);
        let schema = first.schema();
        let error = ArrowError::CsvError("incorrect number of fields for line 7, 9990000018".to_owned());
        let failing = RecordBatchIterator::new([Ok(first), Err(error)], schema);
        let error = write_table(failing, &folder.path().join(name), false).expect_err("fails");
        assert_eq!(error.code(), "misuse.not_csv");
        assert!(error.to_string().contains("near line 7") && !error.to_string().contains("999"), "{error}");
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }
}

#[test]
fn a_ragged_file_leaves_nothing_behind() {
    let (folder, path) = file("in.csv", "id,n\n1,2\n3\n");
    let error = write_table(read_table(&path).expect("header"), &folder.path().join("out.csv"), false);
    assert_eq!(error.expect_err("ragged").code(), "misuse.not_csv");
    assert_eq!(names(folder.path()), ["in.csv"]);
}

#[test]
fn a_file_that_is_there_stays_unless_it_is_to_be_replaced() {
    let (folder, path) = file("out.csv", "kept");
    assert_eq!(write_table(reader(vec![rows(&["1"])]), &path, false).expect_err("there").code(), "export.file_exists");
    assert_eq!(std::fs::read_to_string(&path).expect("text"), "kept");
    let summary = write_table(reader(vec![rows(&["1", "2"])]), &path, true).expect("replaced");
    assert_eq!(std::fs::read_to_string(&path).expect("text"), "id\n1\n2\n");
    assert_eq!((summary.rows, summary.bytes), (2, 7));
    assert_eq!(names(folder.path()), ["out.csv"]);
}

/// Makes the file while the table is being read, as another program could.
#[test]
fn a_file_made_meanwhile_survives() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("out.csv");
    let batch = rows(&["1"]);
    let schema = batch.schema();
    let meanwhile = path.clone();
    let batches = std::iter::once_with(move || {
        std::fs::write(&meanwhile, "another's").expect("written");
        Ok(batch)
    });
    let error = write_table(RecordBatchIterator::new(batches, schema), &path, false).expect_err("there now");
    assert_eq!(error.code(), "export.file_exists");
    assert_eq!(std::fs::read_to_string(&path).expect("text"), "another's");
    assert_eq!(names(folder.path()), ["out.csv"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_replaced() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("out.csv");
    std::os::unix::fs::symlink(folder.path().join("absent"), &path).expect("linked");
    let error = write_table(reader(vec![rows(&["1"])]), &path, false).expect_err("there");
    assert_eq!(error.code(), "export.file_exists");
}

#[test]
fn a_folder_that_is_not_there_and_an_ending_that_is_not_known() {
    let folder = tempfile::tempdir().expect("folder");
    let code = |name: &str| write_table(reader(vec![rows(&["1"])]), &folder.path().join(name), false);
    assert_eq!(code("absent/out.csv").expect_err("no folder").code(), "export.write_failed");
    assert_eq!(code("out.xlsx").expect_err("kind").code(), "misuse.file_kind");
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn a_table_writer_makes_only_new_files_and_quotes_its_header() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("out.csv");
    let schema =
        Arc::new(Schema::new(vec![Field::new("a,b", DataType::Utf8, true), Field::new("c\"d", DataType::Utf8, true)]));
    let writer = TableWriter::create(&path, FileKind::Csv, &schema).expect("new");
    assert!(TableWriter::create(&path, FileKind::Csv, &schema).is_err());
    assert_eq!(writer.finish().expect("finished").rows, 0);
    assert_eq!(std::fs::read_to_string(&path).expect("text"), "\"a,b\",\"c\"\"d\"\n");
}

#[test]
fn a_type_that_the_format_does_not_hold_is_refused_without_a_trace() {
    let list = arrow::array::ListArray::from_iter_primitive::<arrow::datatypes::Int64Type, _, _>([Some([Some(1)])]);
    let batch = RecordBatch::try_from_iter([("id", Arc::new(list) as ArrayRef)]).expect("batch");
    let folder = tempfile::tempdir().expect("folder");
    let error = write_table(reader(vec![batch]), &folder.path().join("out.csv"), false).expect_err("refused");
    assert_eq!(error.code(), "export.write_failed");
    assert_eq!(names(folder.path()), Vec::<String>::new());
}
