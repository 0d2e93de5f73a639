//! Row filters: only agreed rows are read any further.

use crate::{DIDS, World, table};

const PLACE: &str = "# Published counts";

fn filtered(lines: &str) -> World {
    let filter = format!("[[dataset.row_filter]]\njustification = \"Only these are needed\"\n{lines}\n\n{PLACE}");
    World::new().agreed(PLACE, &filter)
}

/// The rows of the source that meet a condition on one of their columns, counted by the test itself.
fn rows_with(column: &str, meets: impl Fn(&str) -> bool) -> u64 {
    let rows = table(DIDS);
    let place = rows[0].iter().position(|name| name == column).expect("a column");
    rows[1..].iter().filter(|row| meets(&row[place])).count() as u64
}

#[test]
fn only_agreed_rows_go_on_and_the_others_are_counted() {
    let cases = [
        (
            "field = \"PATIENT_SOURCE_SETTING\"\none_of = [\"01\", \"03\"]",
            rows_with("PATIENT_SOURCE_SETTING", |cell| ["01", "03"].contains(&cell)),
        ),
        (
            "field = \"DIAGNOSTIC_TEST_DATE\"\nfrom = 2016-06-01\nto = 2016-12-31",
            rows_with("DIAGNOSTIC_TEST_DATE", |cell| ("2016-06-01"..="2016-12-31").contains(&cell)),
        ),
        // A column that does not leave may decide.
        (
            "field = \"ETHNIC_CATEGORY\"\nnone_of = [\"G\"]",
            rows_with("ETHNIC_CATEGORY", |cell| !cell.is_empty() && cell != "G"),
        ),
        ("field = \"IMAGING_CODE_NICIP\"\npresent = true", rows_with("IMAGING_CODE_NICIP", |cell| !cell.is_empty())),
    ];
    let all = rows_with("NHS_NUMBER", |_| true);
    for (lines, wanted) in cases {
        let world = filtered(lines);
        let entry = world.release().expect(lines).manifest.datasets.remove(0);
        assert_eq!((entry.rows_in, entry.filtered), (all, all - wanted), "{lines}");
        let accounted = entry.rows_out + entry.opted_out + entry.invalid + entry.refused;
        assert_eq!(accounted, wanted, "{lines}: every row is in one count");
        let left = table(&world.output("imaging_records.csv"));
        assert_eq!(left.len() as u64, entry.rows_out + 1, "{lines}");
        assert!(!left[0].iter().any(|name| name == "ETHNIC_CATEGORY"));
    }
}

#[test]
fn several_filters_must_all_be_met() {
    let second = "\n\n[[dataset.row_filter]]\njustification = \"x\"\nfield = \"PERSON_GENDER_CODE\"\none_of = [\"2\"]";
    let world = filtered(&format!("field = \"PATIENT_SOURCE_SETTING\"\none_of = [\"03\"]{second}"));
    let rows = table(DIDS);
    let place = |name: &str| rows[0].iter().position(|column| column == name).expect("a column");
    let (setting, gender) = (place("PATIENT_SOURCE_SETTING"), place("PERSON_GENDER_CODE"));
    let wanted = rows[1..].iter().filter(|row| row[setting] == "03" && row[gender] == "2").count() as u64;
    let entry = world.release().expect("released").manifest.datasets.remove(0);
    assert_eq!(entry.rows_in - entry.filtered, wanted);
}

#[test]
fn a_filter_that_cannot_be_applied_stops_the_release() {
    filtered("field = \"NO_SUCH\"\npresent = true").refuses("misuse.column_missing", "failure");
    filtered("field = \"PATIENT_SOURCE_SETTING\"\nfrom = 2016-06-01").refuses("access.row_filter", "refused");
    let text = DIDS.replacen(",2016-", ",2016/", 1);
    assert_ne!(text, DIDS);
}

#[test]
fn kept_cells_of_another_type_stop_the_release() {
    let gender = "name = \"PERSON_GENDER_CODE\"\ntype = \"code\"";
    for (kind, code) in
        [("date", "access.field_type"), ("boolean", "access.field_type"), ("postcode", "access.field_type")]
    {
        World::new().agreed(gender, &gender.replace("\"code\"", &format!("\"{kind}\""))).refuses(code, "refused");
    }
    for kind in ["integer", "decimal", "text"] {
        let world = World::new().agreed(gender, &gender.replace("\"code\"", &format!("\"{kind}\"")));
        world.release().expect(kind);
    }
}
