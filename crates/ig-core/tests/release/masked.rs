//! The masks that an agreement can ask for beyond those of the demo.

use super::{DIDS, NUMBERS, World, key, table};
use ig_core::mask::{DateShifter, ShiftRange, parse_date};
use ig_core::{Context, Kind, NhsNumber};
use serde_json::Value;

const TEST_DATE: &str = "transform.generalise_date = { to = \"month\", on_invalid = \"null\" }";
const SETTING: &str = "justification = \"Tell emergency from planned imaging\"\ntransform = \"keep\"";

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let at = rows[0].iter().position(|column| column == name).expect("a column");
    rows[1..].iter().map(|row| row[at].clone()).collect()
}

fn kept(world: &World, name: &str) -> Vec<(NhsNumber, String)> {
    let rows = NUMBERS.iter().copied().zip(column(&table(DIDS), name));
    rows.filter(|(number, _)| !world.opted_out.contains(number) && !world.denied.contains(number)).collect()
}

#[test]
fn dates_are_shifted_by_person() {
    let shift = "transform.shift_date = { person = \"NHS_NUMBER\", max_days = 28, keep_weekday = true }";
    let world = World::new().agreed(TEST_DATE, shift);
    world.release().expect("released");
    let context = Context::new("DSA-2026-014").expect("context");
    let range = ShiftRange::whole_weeks(28).expect("usable");
    let shifter = DateShifter::new(&key(), context, Kind::nhs_number(), range).expect("may");
    let wanted: Vec<_> = kept(&world, "DIAGNOSTIC_TEST_DATE")
        .into_iter()
        .map(|(number, date)| {
            let true_date = parse_date(&date).expect("a date");
            let moved = shifter.shift(true_date, number.as_str()).expect("in range");
            assert!(moved != true_date && moved.weekday() == true_date.weekday());
            format!("{moved}{}", &date[10..])
        })
        .collect();
    assert!(wanted.len() > 50);
    assert_eq!(column(&table(&world.output("imaging_records.csv")), "DIAGNOSTIC_TEST_DATE"), wanted);
    let manifest: Value = serde_json::from_str(&world.output("manifest.json")).expect("a manifest");
    let field = &manifest["outputs"][0]["fields"][6]["transform"]["shift_date"];
    let settings = (&field["person"], &field["kind"], &field["max_days"], &field["keep_weekday"]);
    assert_eq!(settings, (&"NHS_NUMBER".into(), &"nhs_number".into(), &28.into(), &true.into()), "{field}");
}

#[test]
fn a_shift_without_its_person_key_or_range_releases_nothing() {
    let shift = |settings: &str| format!("transform.shift_date = {{ {settings} }}");
    World::new()
        .agreed(TEST_DATE, &shift("person = \"PERSON_ID\", max_days = 30"))
        .refuses("misuse.column_missing", "failure");
    // A column that holds no NHS numbers.
    World::new()
        .agreed(TEST_DATE, &shift("person = \"POSTCODE\", max_days = 30"))
        .refuses("identifier.invalid_cells", "refused");
    // A placeholder among the dates: it would give a shift away.
    let text = DIDS.replace(",2016-", ",1800-");
    assert_ne!(text, DIDS);
    let world = World::new().agreed(TEST_DATE, &shift("person = \"NHS_NUMBER\", max_days = 30")).dids(&text);
    world.refuses("identifier.invalid_cells", "refused");
}

#[test]
fn numbers_are_rounded_and_cut_off() {
    type Made = fn(i64, String) -> String;
    let cases: [(&str, Made); 3] =
        [
            ("transform.round_to.base = 5", |code, _| ((code + 2) / 5 * 5).to_string()),
            ("transform.top_code.at = 2", |code, text| if code > 2 { "2".to_owned() } else { text }),
            ("transform.bottom_code = { at = 2, label = \"1 or 2\" }", |code, text| {
                if code > 2 { text } else { "1 or 2".to_owned() }
            }),
        ];
    for (transform, made) in cases {
        let world = World::new().agreed(SETTING, &SETTING.replace("transform = \"keep\"", transform));
        let code = "name = \"PATIENT_SOURCE_SETTING\"\ntype = \"code\"";
        let world = world.agreed(code, &code.replace("\"code\"", "\"integer\""));
        world.release().expect("released");
        let codes = kept(&world, "PATIENT_SOURCE_SETTING").into_iter();
        let wanted: Vec<_> =
            codes.map(|(_, code)| code.parse().map_or(String::new(), |number| made(number, code))).collect();
        let found = column(&table(&world.output("imaging_records.csv")), "PATIENT_SOURCE_SETTING");
        assert_eq!(found, wanted, "{transform}");
    }
}
