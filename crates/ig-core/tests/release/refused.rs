//! Releases that must not happen.

use super::{DIDS, NUMBERS, World};
use ig_core::opt_out::Unchecked;
use ig_core::release::Occasion;
use time::macros::date;

#[test]
fn an_agreement_that_does_not_allow_it() {
    let mut world = World::new();
    world.date = date!(2029 - 04 - 01);
    world.occasion = Occasion::Today(world.date);
    let error = world.refuses("access.refused", "refused");
    assert!(error.to_string().contains("access.expired"), "{error}");
    World::new().agreed("roles = [\"analyst\"]", "roles = [\"auditor\"]").refuses("access.refused", "refused");
    World::new().agreed("status = \"signed\"", "status = \"draft\"").refuses("access.refused", "refused");
}

#[test]
fn a_permit_of_another_day() {
    let mut world = World::new();
    world.occasion = Occasion::Today(date!(2026 - 11 - 23));
    world.refuses("access.not_today", "refused");
    world.occasion = Occasion::Rehearsal;
    assert!(world.release().expect("a rehearsal").manifest.rehearsal);
}

#[test]
fn a_source_too_few_or_too_many() {
    let mut world = World::new();
    let (_, path) = world.sources.pop().expect("two sources");
    let error = world.refuses("misuse.argument", "failure");
    assert!(error.to_string().contains("ae_attendances"), "{error}");
    world.sources.extend([("ae_attendances", path.clone()), ("extra", path)]);
    world.refuses("access.source_not_asked", "refused");
}

#[test]
fn a_column_that_is_missing() {
    let without = DIDS.replacen("POSTCODE", "POST_CODE", 1);
    let error = World::new().dids(&without).refuses("misuse.column_missing", "failure");
    assert!(error.to_string().contains("POST_CODE"), "{error}");
    World::new().dids(&DIDS.replacen("NHS_NUMBER,", "NUMBER,", 1)).refuses("misuse.column_missing", "failure");
}

#[test]
fn a_number_that_was_never_checked() {
    let mut world = World::new();
    world.submitted.remove(2);
    world.submitted.remove(3);
    let error = world.refuses("opt_out.not_checked", "refused");
    assert!(error.context().contains(&("count", "2".to_owned())), "{error}");
    world.unchecked = Unchecked::Withhold;
    let manifest = world.release().expect("withheld").manifest;
    assert_eq!((manifest.datasets[0].refused, manifest.datasets[0].rows_out), (2, 442));
}

#[test]
fn an_identifier_in_an_output_field() {
    let world = World::new().agreed("transform.pseudonymise = { kind = \"accession_number\" }", "transform = \"keep\"");
    let error = world.refuses("export.identifier_in_output", "refused");
    assert!(error.to_string().contains("RADIOLOGICAL_ACCESSION_NUM"), "{error}");
    // The same in Parquet.
    world.agreed("format = \"csv\"", "format = \"parquet\"").refuses("export.identifier_in_output", "refused");
}

#[test]
fn an_identifier_in_an_output_field_as_people_write_it() {
    let lines: Vec<String> = DIDS
        .lines()
        .enumerate()
        .map(|(line, text)| match line {
            // A person who opted out, named in the record of somebody else.
            3 => text.replacen(",XHDXR,", &format!(",see {},", NUMBERS[0]), 1),
            _ => text.to_owned(),
        })
        .collect();
    assert!(lines[3].contains("see "));
    let code = "name = \"IMAGING_CODE_SNOMED\"\ntype = \"code\"";
    let world = World::new().agreed(code, &code.replace("\"code\"", "\"text\""));
    world.dids(&lines.join("\n")).refuses("export.identifier_in_output", "refused");
    // A code has no spaces, so the text that names somebody stops the release even earlier.
    World::new().dids(&lines.join("\n")).refuses("access.field_type", "refused");
}

/// A text that begins like a formula leaves as text: the person who opens the file runs nothing.
#[test]
fn a_formula_among_the_cells_is_written_as_text() {
    let line = DIDS.lines().nth(3).expect("a person who stays");
    let text = DIDS.replacen(line, &line.replacen(",XHDXR,", ",=1+1,", 1), 1);
    assert_ne!(text, DIDS);
    let world = World::new().dids(&text);
    world.release().expect("released");
    assert!(world.output("imaging_records.csv").contains(",'=1+1"));
}

/// A number with a slip withholds its row, and its digits leave no more than those of a valid one.
#[test]
fn a_misprint_in_an_output_field() {
    let lines: Vec<&str> = DIDS.lines().collect();
    let number = lines[2].split(',').next().expect("a number");
    let last = (number.as_bytes()[9] - b'0' + 1) % 10;
    let misprint = format!("{}{last}", &number[..9]);
    let text = DIDS.replacen(lines[2], &lines[2].replacen(number, &misprint, 1), 1);
    let manifest = World::new().dids(&text).release().expect("released").manifest;
    assert_eq!(manifest.datasets[0].invalid, 1);
    let text = text.replacen(lines[3], &lines[3].replacen(",XHDXR,", &format!(",x{}x,", &misprint[1..]), 1), 1);
    World::new().dids(&text).refuses("export.identifier_in_output", "refused");
}

#[test]
fn pseudonyms_without_a_key() {
    let mut world = World::new();
    world.key = None;
    world.refuses("key.missing", "failure");
}

#[test]
fn a_damaged_source() {
    World::new().dids(&DIDS.replacen("\n9402789669,", "\n\"9402789669,", 1)).refuses("misuse.not_csv", "failure");
    World::new().dids(&format!("{DIDS}9402797289,x\n")).refuses("misuse.not_csv", "failure");
    World::new().dids("").refuses("misuse.not_csv", "failure");
    let headless = DIDS.split_once('\n').expect("lines").1.to_owned();
    World::new().dids(&headless).refuses("misuse.not_csv", "failure");
}

#[test]
fn a_cell_that_the_agreement_does_not_let_pass_as_null() {
    let world = World::new().agreed("to = \"year\", on_invalid = \"null\"", "to = \"year\"");
    let lines: Vec<&str> = DIDS.lines().collect();
    // The fourth person is the second who stays: the first opted out and the second is on the deny-list.
    let changed = lines[4].replacen(lines[4].split(',').nth(2).expect("birth"), "28/01/1949", 1);
    let text = DIDS.replacen(lines[4], &changed, 1);
    let error = world.dids(&text).refuses("identifier.invalid_cells", "refused");
    assert!(error.context().contains(&("row", "2".to_owned())), "{error}");
    let manifest = World::new().dids(&text).release().expect("set to null").manifest;
    assert_eq!(manifest.datasets[0].cells_set_to_null["PERSON_BIRTH_DATE"], 1);
}
