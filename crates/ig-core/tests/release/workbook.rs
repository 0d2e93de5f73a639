//! Outputs as Excel workbooks. What a reader finds in them is looked at with openpyxl, in the Python tests.

use super::earlier::{counts, next, tables_alone};
use super::{DIDS, World, names};
use ig_core::release::EarlierReleases;

fn workbooks() -> World {
    let world = World::new();
    let agreement = world.agreement.replace("format = \"csv\"", "format = \"xlsx\"");
    World { agreement, ..world }
}

#[test]
fn the_same_rows_leave_as_workbooks_and_nothing_else_does() {
    let csv = World::new().release().expect("released").manifest;
    let mut world = workbooks();
    let first = world.release().expect("released").manifest;
    assert_eq!(names(&world.out), ["ae_breaches.xlsx", "imaging_records.xlsx", "manifest.json", "report.html"]);
    for (workbook, plain) in first.outputs.iter().zip(&csv.outputs) {
        let bytes = std::fs::read(world.out.join(&workbook.file)).expect("output");
        assert_eq!(workbook.summary.sha256, ig_core::audit::Digest::of(&bytes).to_string());
        assert_eq!((workbook.summary.bytes, workbook.summary.rows), (bytes.len() as u64, plain.summary.rows));
    }
    // The earlier release is read back from its workbook.
    world.earlier = EarlierReleases::none().with_folder(&world.out);
    world.out = world.folder.path().join("again");
    let second = world.release().expect("released").manifest;
    let hashes = |outputs: &[ig_core::release::ManifestOutput]| -> Vec<_> {
        outputs.iter().map(|output| output.summary.clone()).collect()
    };
    assert_eq!(hashes(&first.outputs), hashes(&second.outputs));
    let disclosure = serde_json::to_value(&second.outputs[1].disclosure).expect("plain");
    assert_eq!(disclosure["earlier"], "same");
}

#[test]
fn rows_of_a_workbook_are_checked_before_it_is_made() {
    let pseudonymised = "transform.pseudonymise = { kind = \"accession_number\" }";
    workbooks().agreed(pseudonymised, "transform = \"keep\"").refuses("export.identifier_in_output", "refused");
}

#[test]
fn a_text_that_no_cell_holds_leaves_nothing() {
    let line = DIDS.lines().nth(3).expect("a person who stays");
    let text = DIDS.replacen(line, &line.replacen(",XHDXR,", &format!(",{},", "x".repeat(32_768)), 1), 1);
    let code = "name = \"IMAGING_CODE_SNOMED\"\ntype = \"code\"";
    let kept = "justification = \"Tell types of imaging apart\"\ntransform = \"keep\"";
    let world = workbooks()
        .agreed(code, &code.replace("\"code\"", "\"free_text\""))
        .agreed(kept, &kept.replace("keep", "scrub_text"));
    world.dids(&text).refuses("export.workbook_limit", "failure");
}

/// What an earlier workbook hides and shows is known.
#[test]
fn an_earlier_workbook_is_held_against_a_table_of_now() {
    let rule = "by = [\"org_code\"]\ncount = \"breaches\"\npolicy = \"under5\"\nmargins = \"all\"";
    let mut world = tables_alone(rule);
    world.agreement = world.agreement.replace("format = \"csv\"", "format = \"xlsx\"");
    counts(&world, &[2, 12, 13, 50]);
    next(&mut world, "first", &[]).expect("released");
    counts(&world, &[2, 12, 13, 49]);
    let error = next(&mut world, "second", &["first"]).map(|_| ()).expect_err("fell");
    assert_eq!(error.code(), "access.earlier_not_comparable");
    counts(&world, &[2, 14, 13, 50]);
    let made = next(&mut world, "second", &["first"]).expect("released");
    let disclosure = serde_json::to_value(&made.manifest.outputs[0].disclosure).expect("plain");
    assert_eq!(disclosure["earlier"], "grown");
}
