//! Workbooks as bytes and as this library reads them back; openpyxl reads them in the Python tests.

use super::*;
use crate::files::open_written;
use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use std::sync::Arc;

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
        .expect("batch")
}

fn write(path: &Path, batches: &[RecordBatch]) -> Result<FileSummary, Error> {
    write_workbook(path, &batches[0].schema(), batches.iter().cloned().map(Ok))
}

/// Every cell as it is read back.
fn cells(batch: &RecordBatch) -> Vec<Vec<Option<String>>> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.xlsx");
    let summary = write(&path, std::slice::from_ref(batch)).expect("written");
    let (reader, sha256) = open_written(&path).expect("read");
    assert_eq!((summary.sha256, summary.rows), (sha256, batch.num_rows() as u64));
    let batches: Vec<RecordBatch> = reader.map(|batch| batch.expect("batch")).collect();
    let texts = |column: &ArrayRef| column.as_string::<i64>().iter().map(|cell| cell.map(str::to_owned)).collect();
    batches[0].columns().iter().map(texts).collect()
}

const TEXTS: [&str; 14] = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2",
    "\tx",
    "\rx",
    "\nx",
    "a<b>&\"c\"",
    "_x0041_",
    "_x005F_x0041_",
    "é😀",
    "\u{1}\u{ffff}",
    " spaces ",
    "",
];

#[test]
fn text_comes_back_as_it_was_written() {
    let read = cells(&batch(vec![("=name", Arc::new(StringArray::from(TEXTS.to_vec())))]));
    let read: Vec<&str> = read[0].iter().map(|cell| cell.as_deref().expect("text")).collect();
    assert_eq!(read, TEXTS);
}

#[test]
fn every_kind_of_column_comes_back_as_the_text_that_arrow_has_for_it() {
    let decimals = Decimal128Array::from(vec![Some(1_234), Some(12_345_678_901_234_567), None]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("whole", Arc::new(Int64Array::from(vec![Some(999_999_999_999_999), Some(-1_000_000_000_000_000), None]))),
        ("float", Arc::new(Float64Array::from(vec![Some(0.1 + 0.2), Some(f64::NAN), None]))),
        ("decimal", Arc::new(decimals.with_precision_and_scale(20, 2).expect("decimals"))),
        ("truth", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ("day", Arc::new(Date32Array::from(vec![Some(20_000), Some(-40_000), None]))),
        ("moment", Arc::new(TimestampMicrosecondArray::from(vec![Some(86_399_000_000), Some(1_000_001), None]))),
    ];
    let batch = batch(columns);
    for (read, column) in cells(&batch).iter().zip(batch.columns()) {
        let text = arrow::compute::cast(column, &arrow::datatypes::DataType::LargeUtf8).expect("text");
        let text: Vec<_> = text.as_string::<i64>().iter().map(|cell| cell.map(str::to_owned)).collect();
        assert_eq!(read, &text);
    }
}

#[test]
fn the_same_rows_give_the_same_bytes_however_they_are_cut() {
    let folder = tempfile::tempdir().expect("folder");
    let whole = batch(vec![("a", Arc::new(Int64Array::from((0..1_000).collect::<Vec<_>>())))]);
    let one = write(&folder.path().join("1.xlsx"), std::slice::from_ref(&whole)).expect("written");
    let two = write(&folder.path().join("2.xlsx"), &[whole.slice(0, 7), whole.slice(7, 993)]).expect("written");
    assert_eq!(one, two);
    assert_eq!(write(&folder.path().join("1.xlsx"), &[whole]).expect_err("exists").code(), "export.file_exists");
}

#[test]
fn what_does_not_fit_a_sheet_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let refused = |name: &str, batches: &[RecordBatch]| {
        let error = write(&folder.path().join(name), batches).expect_err(name);
        assert_eq!(error.code(), "export.workbook_limit");
        error.to_string()
    };
    // 32,767 characters fit, however many bytes they take; a sign outside the first plane is two.
    let text = |text: String| batch(vec![("note", Arc::new(StringArray::from(vec!["a".to_owned(), text])))]);
    write(&folder.path().join("fits.xlsx"), &[text("é".repeat(MAX_TEXT))]).expect("fits");
    let error = refused("text.xlsx", &[text("é".repeat(MAX_TEXT + 1))]);
    assert!(error.contains("column note, row 2") && !error.contains('é'), "{error}");
    refused("wide.xlsx", &[text("😀".repeat(MAX_TEXT / 2 + 1))]);
    let many: Vec<RecordBatch> = vec![
        batch(vec![("n", Arc::new(BooleanArray::new_null(1 << 19)) as ArrayRef)]),
        batch(vec![("n", Arc::new(BooleanArray::new_null(1 << 19)))]),
    ];
    refused("rows.xlsx", &many);
    write(&folder.path().join("most.xlsx"), &[many[0].clone(), many[0].slice(0, (1 << 19) - 1)]).expect("fits");
    let wide: Vec<(String, ArrayRef)> =
        (0..=MAX_COLUMNS).map(|n| (format!("c{n}"), Arc::new(BooleanArray::new_null(1)) as ArrayRef)).collect();
    refused("columns.xlsx", &[RecordBatch::try_from_iter(wide).expect("batch")]);
}

#[test]
fn another_file_is_no_workbook_of_this_library() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.xlsx");
    write(&path, &[batch(vec![("a", Arc::new(Int64Array::from(vec![1])))])]).expect("written");
    let bytes = std::fs::read(&path).expect("bytes");
    for length in [0, 10, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).expect("cut");
        assert_eq!(open_written(&path).err().expect("cut").code(), "misuse.unreadable");
    }
}
