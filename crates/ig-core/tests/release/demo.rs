//! What leaves, computed a second time from the sources.

use super::{DIDS, NUMBERS, World, key, names, nine_digit_runs, table};
use ig_core::release::EarlierReleases;
use ig_core::{Context, Kind, PseudonymFormat, Pseudonymiser};
use serde_json::Value;
use std::collections::BTreeSet;

fn pseudonymiser(kind: &str) -> Pseudonymiser {
    let context = Context::new("DSA-2026-014").expect("context");
    Pseudonymiser::new(&key(), context, Kind::new(kind).expect("kind"), PseudonymFormat::default()).expect("may")
}

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let at = rows[0].iter().position(|column| column == name).expect("a column");
    rows[1..].iter().map(|row| row[at].clone()).collect()
}

#[test]
fn the_extract_is_what_was_agreed_for_those_who_may_stay() {
    let world = World::new();
    world.release().expect("released");
    assert_eq!(names(&world.out), ["ae_breaches.csv", "imaging_records.csv", "manifest.json", "report.html"]);
    let (input, output) = (table(DIDS), table(&world.output("imaging_records.csv")));
    let fields = [
        "NHS_NUMBER",
        "RADIOLOGICAL_ACCESSION_NUM",
        "PERSON_BIRTH_DATE",
        "POSTCODE",
        "PERSON_GENDER_CODE",
        "PATIENT_SOURCE_SETTING",
        "DIAGNOSTIC_TEST_DATE",
        "IMAGING_CODE_SNOMED",
    ];
    assert_eq!(output[0], fields);
    let person = pseudonymiser("nhs_number");
    let stays = |row: &usize| !world.opted_out.contains(&NUMBERS[*row]) && !world.denied.contains(&NUMBERS[*row]);
    let rows: Vec<usize> = (0..NUMBERS.len()).filter(stays).collect();
    let found = column(&output, "NHS_NUMBER");
    assert_eq!(found, rows.iter().map(|&row| person.pseudonymise_nhs_number(NUMBERS[row])).collect::<Vec<_>>());
    for gone in world.opted_out.iter().chain(&world.denied) {
        assert!(!found.contains(&person.pseudonymise_nhs_number(*gone)), "someone who opted out is in the output");
    }
    let kept = |name: &str| -> Vec<String> { rows.iter().map(|&row| column(&input, name)[row].clone()).collect() };
    let accession = pseudonymiser("accession_number");
    let pseudonyms: Vec<_> =
        kept(fields[1]).iter().map(|text| accession.pseudonymise_text(text).unwrap_or_default()).collect();
    assert_eq!(column(&output, fields[1]), pseudonyms);
    assert_eq!(
        column(&output, fields[2]),
        kept(fields[2]).iter().map(|day| day[..day.len().min(4)].to_owned()).collect::<Vec<_>>()
    );
    assert_eq!(column(&output, fields[6]), kept(fields[6]).iter().map(|day| day[..7].to_owned()).collect::<Vec<_>>());
    for name in [fields[4], fields[5], fields[7]] {
        assert_eq!(column(&output, name), kept(name));
    }
    for (district, postcode) in column(&output, "POSTCODE").iter().zip(kept("POSTCODE")) {
        assert!(district.is_empty() || postcode.starts_with("ZZ99") || postcode.split(' ').next() == Some(district));
    }
}

#[test]
fn no_field_of_any_output_holds_nine_digits_of_an_input_number() {
    let world = World::new();
    world.release().expect("released");
    let runs = nine_digit_runs();
    let holds = |text: &str| {
        (0..text.len().saturating_sub(8)).any(|at| text.get(at..at + 9).is_some_and(|nine| runs.contains(nine)))
    };
    // The scan itself sees them where they are: in the source, and there in the accession number too.
    let source = table(DIDS);
    assert_eq!(source[1..].iter().filter(|row| holds(&row[17])).count(), 358);
    assert!(source[1..].iter().all(|row| holds(&row[0])));
    for file in names(&world.out) {
        for (line, row) in table(&world.output(&file)).iter().enumerate() {
            assert!(!row.iter().any(|field| holds(field)), "{file}, line {}", line + 1);
        }
    }
}

#[test]
fn counts_add_up() {
    let world = World::new();
    let manifest = serde_json::to_value(world.release().expect("released").manifest).expect("plain");
    for (dataset, rows_in) in manifest["datasets"].as_array().expect("datasets").iter().zip([495_u64, 12_765]) {
        let count = |name: &str| dataset[name].as_u64().expect("a count");
        assert_eq!(count("rows_in"), rows_in);
        let parts = ["opted_out", "invalid", "refused", "rows_out"].map(count);
        assert_eq!(parts.iter().sum::<u64>(), rows_in);
    }
    let gone: BTreeSet<_> = world.opted_out.iter().chain(&world.denied).collect();
    assert_eq!(manifest["datasets"][0]["opted_out"], gone.len());
    let outputs = manifest["outputs"].as_array().expect("outputs");
    for output in outputs {
        let text = world.output(output["file"].as_str().expect("file"));
        assert_eq!(output["rows"], text.lines().count() - 1);
        assert_eq!(output["bytes"], text.len());
        assert_eq!(output["sha256"], ig_core::audit::Digest::of(text.as_bytes()).to_string());
    }
    assert_eq!(outputs[0]["rows"], 495 - gone.len());
    let disclosure = &outputs[1]["disclosure"];
    assert_eq!(disclosure["cells_hidden"].as_u64().zip(disclosure["cells_published"].as_u64()), Some((1_618, 11_147)));
    assert_eq!(serde_json::from_str::<Value>(&world.output("manifest.json")).expect("manifest"), manifest);
}

#[test]
fn a_second_run_gives_the_same_bytes() {
    let mut world = World::new();
    let first = world.release().expect("released");
    let before: Vec<_> = ["imaging_records.csv", "ae_breaches.csv"].map(|file| world.output(file)).into();
    world.earlier = EarlierReleases::none().with_folder(&world.out);
    world.out = world.folder.path().join("again");
    world.run = ig_core::audit::CorrelationId::generate().expect("run");
    let second = world.release().expect("released");
    assert_eq!(before, ["imaging_records.csv", "ae_breaches.csv"].map(|file| world.output(file)));
    let [mut a, mut b] = [first, second].map(|done| serde_json::to_value(done.manifest).expect("plain"));
    assert_ne!(a, b);
    assert!(b.as_object_mut().expect("object").remove("earlier").is_some());
    for (manifest, how) in [(&mut a, "none_comparable"), (&mut b, "same")] {
        assert_eq!(manifest["outputs"][1]["disclosure"]["earlier"].take(), how);
        for name in ["run_id", "started_at", "finished_at", "audit"] {
            assert!(manifest.as_object_mut().expect("object").remove(name).is_some());
        }
    }
    assert_eq!(a, b);
}

#[test]
fn parquet_outputs_are_the_same_too() {
    let mut world = World::new().agreed("format = \"csv\"", "format = \"parquet\"");
    world.release().expect("released");
    let read = |world: &World| std::fs::read(world.out.join("imaging_records.parquet")).expect("output");
    let first = read(&world);
    world.earlier = EarlierReleases::none().with_folder(&world.out);
    world.out = world.folder.path().join("again");
    world.release().expect("released");
    assert_eq!(first, read(&world));
    let (_, batches) = ig_core::files::read_whole_table(&world.out.join("imaging_records.parquet")).expect("read");
    assert_eq!(batches.iter().map(arrow::array::RecordBatch::num_rows).sum::<usize>(), 495 - 51);
}
