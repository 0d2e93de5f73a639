//! The vectors of `scrub_text` over every shape of column, and its table of findings.

use super::{over_shapes, place};
use arrow::array::{AsArray, StringArray};
use arrow::datatypes::Int64Type;
use ig_core::columns::{ColumnAct, Offsets, scrub_findings};
use ig_core::scrub::{NameList, ScrubSettings, register_name_list};
use serde_json::{Value, json};
use std::sync::Arc;

/// The settings of a vector as data, with its name list by id.
fn settings(vector: &Value, list: &NameList) -> Value {
    let mut settings = vector["settings"].clone();
    if vector["names"] == true {
        settings["names"] = json!({"id": list.id(), "check_value": list.check_value()});
    }
    settings
}

#[test]
fn vectors_scrub_text() {
    let file: Value =
        serde_json::from_str(include_str!("../../../../tests/vectors/scrub_text_forms.json")).expect("vector file");
    let names = file["names"].as_array().expect("names").iter().filter_map(Value::as_str);
    let list = Arc::new(NameList::new("column-vectors", names).expect("names"));
    assert_eq!(list.check_value(), file["check_value"]);
    register_name_list(Arc::clone(&list)).expect("new");
    for vector in file["vectors"].as_array().expect("vectors") {
        let settings = settings(vector, &list);
        let mut act = settings.clone();
        act["act"] = json!("scrub_text");
        let act: Result<ColumnAct, _> = serde_json::from_value(act);
        if vector["error"] == "misuse.argument" {
            assert!(act.is_err(), "{vector}");
            continue;
        }
        let input = vector["input"].as_str().map(str::to_owned);
        let prepared = act.expect("an act").prepare().expect("the list is there");
        let (scrubbed, _) = over_shapes(&prepared, &[None, input.clone(), input.clone()]).expect("text");
        let expected = vector["output"].as_str().map(str::to_owned);
        assert_eq!(scrubbed, [None, expected.clone(), expected], "{vector}");
        check_findings(vector, &serde_json::from_value(settings).expect("settings"));
    }
}

fn check_findings(vector: &Value, settings: &ScrubSettings) {
    let text = vector["input"].as_str().expect("text");
    let chunks: Vec<_> = [vec![None], vec![Some(text)]]
        .into_iter()
        .map(|cells| Arc::new(StringArray::from(cells)) as arrow::array::ArrayRef)
        .collect();
    let table = |offsets| scrub_findings(&chunks, settings, offsets, &place()).expect("text");
    let found = table(Offsets::Characters);
    let places = |table: &arrow::array::RecordBatch, name: &str| -> Vec<i64> {
        table.column_by_name(name).expect("column").as_primitive::<Int64Type>().values().to_vec()
    };
    let kinds = found.column_by_name("type").expect("type").as_string::<i64>().iter().flatten();
    let rows: Vec<Value> = kinds
        .zip(places(&found, "start").into_iter().zip(places(&found, "end")))
        .map(|(kind, (start, end))| json!([kind, start, end]))
        .collect();
    assert_eq!(json!(rows), vector["findings"], "{vector}");
    assert!(places(&found, "row").iter().all(|row| *row == 1));
    // In bytes the same places cut the same text.
    let bytes = table(Offsets::Bytes);
    let characters: Vec<char> = text.chars().collect();
    let ends = places(&bytes, "start").into_iter().zip(places(&bytes, "end"));
    for ((start, end), (from, to)) in ends.zip(places(&found, "start").into_iter().zip(places(&found, "end"))) {
        let [start, end, from, to] = [start, end, from, to].map(|place| usize::try_from(place).expect("a place"));
        let cut: String = characters[from..to].iter().collect();
        assert_eq!(&text[start..end], cut);
    }
}
