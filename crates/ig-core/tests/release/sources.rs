//! Sources of other shapes: no rows, batches in memory, other types.

use super::{DIDS, NUMBERS, World, names};
use arrow::array::{ArrayRef, BinaryArray, RecordBatch, RecordBatchIterator, StringArray, StructArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use ig_core::files::read_whole_table;
use ig_core::release::{NoWatch, Release, Source};
use ig_core::{Error, NhsNumber};
use std::sync::Arc;

fn from_memory(world: &World, schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Release, Error> {
    let reader = RecordBatchIterator::new(batches.into_iter().map(Ok), Arc::clone(schema));
    let ae = Source::File(world.sources[1].1.clone());
    let sources = [("dids".to_owned(), Source::Batches(Box::new(reader))), ("ae_attendances".to_owned(), ae)];
    world.release_from(sources.into_iter(), &NoWatch)
}

/// The dids table with one column replaced.
fn with_column(world: &World, name: &str, column: &ArrayRef) -> (SchemaRef, RecordBatch) {
    let (schema, batches) = read_whole_table(&world.sources[0].1).expect("read");
    let at = schema.index_of(name).expect("a column");
    let field = Field::new(name, column.data_type().clone(), true);
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(place, old)| if place == at { field.clone() } else { old.as_ref().clone() })
        .collect();
    let mut columns = batches[0].columns().to_vec();
    columns[at] = Arc::clone(column);
    let schema = Arc::new(Schema::new(fields));
    (Arc::clone(&schema), RecordBatch::try_new(schema, columns).expect("batch"))
}

#[test]
fn a_source_without_rows_gives_outputs_without_rows() {
    let header = |text: &str| text.lines().next().expect("header").to_owned() + "\n";
    let world = World::new().dids(&header(DIDS));
    std::fs::write(&world.sources[1].1, header(super::AE)).expect("written");
    let manifest = world.release().expect("released").manifest;
    assert!(manifest.outputs.iter().all(|output| output.summary.rows == 0));
    assert_eq!(world.output("imaging_records.csv").lines().count(), 1);
    assert_eq!(world.output("ae_breaches.csv").lines().count(), 1);
    let world = World::new();
    let (schema, _) = read_whole_table(&world.sources[0].1).expect("read");
    assert_eq!(from_memory(&world, &schema, Vec::new()).expect("released").manifest.datasets[0].rows_in, 0);
}

#[test]
fn batches_give_the_same_file_however_they_are_cut() {
    let world = World::new();
    world.release().expect("released");
    let expected = world.output("imaging_records.csv");
    let mut hashes = Vec::new();
    for size in [1, 100, 495] {
        let mut world = World::new();
        let (schema, batches) = read_whole_table(&world.sources[0].1).expect("read");
        let cut = (0..495).step_by(size).map(|at| batches[0].slice(at, size.min(495 - at))).collect();
        world.out = world.folder.path().join("memory");
        let done = from_memory(&world, &schema, cut).expect("released");
        assert_eq!(world.output("imaging_records.csv"), expected);
        hashes.push(done.manifest.datasets[0].sha256.clone());
    }
    assert!(hashes.iter().all(|hash| *hash == hashes[0] && hash.len() == 64));
}

#[test]
fn numbers_as_integers_are_the_same_people() {
    let world = World::new();
    world.release().expect("released");
    let expected = world.output("imaging_records.csv");
    let world = World::new();
    let integers = NUMBERS.iter().map(|number| i64::try_from(number.to_u64()).expect("ten digits"));
    let column: ArrayRef = Arc::new(arrow::array::Int64Array::from_iter_values(integers));
    let (schema, batch) = with_column(&world, "NHS_NUMBER", &column);
    from_memory(&world, &schema, vec![batch]).expect("released");
    assert_eq!(world.output("imaging_records.csv"), expected);
}

/// What the guard cannot read as text cannot be kept: it could hold anything, also fields that were not agreed.
#[test]
fn bytes_and_nested_fields_are_not_kept() {
    let bytes: ArrayRef = Arc::new(BinaryArray::from_iter_values(
        NUMBERS.iter().map(|number| [b"\xff".as_slice(), number.as_bytes()].concat()),
    ));
    let inner: ArrayRef = Arc::new(StringArray::from_iter_values(NUMBERS.iter().map(NhsNumber::as_str)));
    let nested: ArrayRef =
        Arc::new(StructArray::from(vec![(Arc::new(Field::new("name", DataType::Utf8, true)), inner)]));
    for column in [bytes, nested] {
        let world = World::new().agreed("format = \"csv\"", "format = \"parquet\"");
        let before = names(world.folder.path());
        let (schema, batch) = with_column(&world, "IMAGING_CODE_SNOMED", &column);
        let error = from_memory(&world, &schema, vec![batch]).expect_err("refused");
        world.left_nothing(&before, &error, "misuse.column_type", "failure");
    }
}

/// Most of its few columns may have names that look like data in a file of unknown origin.
#[test]
fn an_extract_with_odd_names_is_checked_and_released() {
    let odd = ["2nd_birth_date", "2017-18", "3", "4.5", "20170212 test", "1_test", "7th"];
    let names = [
        "PERSON_BIRTH_DATE",
        "POSTCODE",
        "PERSON_GENDER_CODE",
        "PATIENT_SOURCE_SETTING",
        "DIAGNOSTIC_TEST_DATE",
        "IMAGING_CODE_SNOMED",
        "RADIOLOGICAL_ACCESSION_NUM",
    ];
    let mut world = World::new();
    let (mut header, rows) = DIDS.split_once('\n').map(|(a, b)| (a.to_owned(), b)).expect("lines");
    for (name, odd) in names.iter().zip(odd) {
        header = header.replace(name, odd);
        world = world.agreed(&format!("name = \"{name}\""), &format!("name = \"{odd}\""));
    }
    world.dids(&format!("{header}\n{rows}")).release().expect("released");
}

#[test]
fn a_doubled_column_is_refused() {
    let world = World::new();
    let before = names(world.folder.path());
    let (schema, batches) = read_whole_table(&world.sources[0].1).expect("read");
    let fields: Vec<_> = schema.fields().iter().chain([&schema.fields()[0]]).cloned().collect();
    let columns = batches[0].columns().iter().chain([batches[0].column(3)]).cloned().collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).expect("batch");
    let error = from_memory(&world, &schema, vec![batch]).expect_err("refused");
    world.left_nothing(&before, &error, "misuse.argument", "failure");
}
