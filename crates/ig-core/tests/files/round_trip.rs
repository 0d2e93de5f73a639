//! What is written is what was read.

use super::{Rows, csv, file, read, reader};
use arrow::array::{ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray};
use ig_core::files::{open_hashed, read_table, read_whole_table, write_table};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use std::sync::Arc;

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).expect("batch")
}

#[test]
fn leading_zeros_survive_both_formats() {
    let text = "id,postcode,note\n0000000018,M13 9PL,\"a,\"\"b\nc\"\n007,,\n,x,\n";
    let (folder, path) = file("in.csv", text);
    let (parquet, back) = (folder.path().join("a.parquet"), folder.path().join("b.csv"));
    write_table(read_table(&path).expect("opened"), &parquet, false).expect("written");
    write_table(read_table(&parquet).expect("opened"), &back, false).expect("written");
    assert_eq!(std::fs::read_to_string(&back).expect("text"), text);
    assert_eq!(read(&back), read(&path));
    assert_eq!(read(&parquet), read(&path));
}

#[test]
fn types_and_nulls_survive_parquet_in_common_compressions() {
    let id: ArrayRef = Arc::new(StringArray::from(vec![Some("0000000018"), None, Some("")]));
    let n: ArrayRef = Arc::new(Int64Array::from(vec![Some(i64::MAX), None, Some(-1)]));
    let day: ArrayRef = Arc::new(Date32Array::from(vec![Some(-7_644), None, Some(20_000)]));
    let table = batch(vec![("id", id), ("n", n), ("day", day)]);
    let folder = tempfile::tempdir().expect("folder");
    for (at, compression) in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default())]
        .into_iter()
        .enumerate()
    {
        let path = folder.path().join(format!("{at}.parquet"));
        let properties = WriterProperties::builder().set_compression(compression).build();
        let made = std::fs::File::create(&path).expect("made");
        let mut writer = ArrowWriter::try_new(made, table.schema(), Some(properties)).expect("writer");
        writer.write(&table).expect("written");
        writer.close().expect("closed");
        assert_eq!(read_whole_table(&path).expect("read").1, std::slice::from_ref(&table));
        let again = folder.path().join(format!("{at}-again.parquet"));
        write_table(read_table(&path).expect("opened"), &again, false).expect("written");
        assert_eq!(read_whole_table(&again).expect("read").1, std::slice::from_ref(&table));
    }
}

#[test]
fn a_table_without_rows_keeps_its_columns() {
    let empty = batch(vec![("id", Arc::new(StringArray::from(Vec::<&str>::new())) as ArrayRef)]);
    let folder = tempfile::tempdir().expect("folder");
    for name in ["a.csv", "a.parquet"] {
        let path = folder.path().join(name);
        assert_eq!(write_table(reader(vec![empty.clone()]), &path, false).expect("written").rows, 0);
        let (schema, batches) = read_whole_table(&path).expect("read");
        assert_eq!(schema.field(0).name(), "id");
        assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 0);
    }
}

#[test]
fn only_the_chosen_columns_are_read() {
    let (folder, path) = file("in.csv", "a,b,c\n1,2,3\n4,,6\n");
    let parquet = folder.path().join("in.parquet");
    write_table(read_table(&path).expect("opened"), &parquet, false).expect("written");
    for path in [&path, &parquet] {
        let (reader, _) =
            open_hashed(path, |schema| Ok(vec![0, schema.index_of("c").expect("there")])).expect("opened");
        let names: Vec<_> = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(names, ["a", "c"]);
        let batches: Vec<_> = reader.map(|batch| batch.expect("rows")).collect();
        let [batch] = &batches[..] else { panic!("one batch") };
        let cells: Vec<_> =
            batch.columns().iter().map(|c| c.as_string::<i32>().iter().flatten().collect::<Vec<_>>()).collect();
        assert_eq!(cells, [vec!["1", "4"], vec!["3", "6"]]);
    }
}

#[test]
fn the_hash_is_of_the_bytes() {
    let (_folder, path) = file("in.csv", "abc\n1\n");
    let (reader, hash) = open_hashed(&path, |_| Ok(vec![0])).expect("opened");
    // sha256sum of the six bytes.
    assert_eq!(hash, "5cb310b6f87a23bce211e77652daf4e4931a010ffbca35148659961a9207e0fb");
    assert_eq!(reader.map(|batch| batch.expect("rows").num_rows()).sum::<usize>(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_survives_csv(rows in proptest::collection::vec((any::<Option<String>>(), any::<Option<String>>()), 1..8)) {
        let clean = |cell: &Option<String>| cell.as_ref().map(|cell| cell.replace('\0', "")).filter(|c| !c.is_empty());
        let rows: Rows = rows.iter().map(|(a, b)| vec![clean(a), clean(b)]).collect();
        let column = |at: usize| Arc::new(rows.iter().map(|row| row[at].clone()).collect::<StringArray>()) as ArrayRef;
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.csv");
        write_table(reader(vec![batch(vec![("first", column(0)), ("last", column(1))])]), &path, false).expect("written");
        let found = csv(std::fs::read(&path).expect("bytes")).expect("read").1;
        prop_assert_eq!(found, rows);
    }
}
