//! The vectors that Python runs too.

use crate::microdata::{
    GeneralisationScan, Ladder, Level, Loss, MicrodataRisk, MicrodataScan, SuggestOptions, Suggestion,
};
use crate::{Error, MisuseError};
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, LargeStringArray, RecordBatch};
use serde_json::Value;
use std::sync::Arc;

const RISK: &str = include_str!("../../../../../tests/vectors/microdata_risk.json");
const SUGGEST: &str = include_str!("../../../../../tests/vectors/microdata_suggest.json");
const PYCANON: &str = include_str!("../../../../../tests/vectors/microdata_pycanon.json");

fn list(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("a list of vectors")
}

fn cells(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn names(value: &Value) -> Vec<String> {
    cells(value).iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
}

fn days(text: &str) -> i32 {
    let date = crate::mask::parse_date(text).expect("a date");
    date.to_julian_day() - 2_440_588
}

fn array(kind: &str, values: &[Value]) -> ArrayRef {
    let cells = values.iter();
    match kind {
        "integer" => Arc::new(cells.map(Value::as_i64).collect::<Int64Array>()),
        "float" => Arc::new(cells.map(Value::as_f64).collect::<Float64Array>()),
        "boolean" => Arc::new(cells.map(Value::as_bool).collect::<BooleanArray>()),
        "date" => Arc::new(cells.map(|cell| cell.as_str().map(days)).collect::<Date32Array>()),
        _ => Arc::new(cells.map(Value::as_str).collect::<LargeStringArray>()),
    }
}

/// The columns of a vector, in pieces of a size that divides nothing evenly.
fn batches(columns: &Value) -> Vec<RecordBatch> {
    let columns = columns.as_object().expect("columns").iter().map(|(name, column)| {
        let kind = column["type"].as_str().unwrap_or("text");
        (name, array(kind, cells(&column["values"])))
    });
    let whole = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let rows = whole.num_rows();
    (0..rows.max(1)).step_by(37).map(|start| whole.slice(start, 37.min(rows - start))).collect()
}

fn measured(vector: &Value) -> Result<MicrodataRisk, Error> {
    let distance = serde_json::from_value(vector["distance"].clone()).expect("a distance");
    let scan = MicrodataScan::new(&names(&vector["by"]), &names(&vector["sensitive"]))?;
    let mut scan = scan.distance(distance).keep_rows();
    batches(&vector["columns"]).iter().try_for_each(|batch| scan.add(batch))?;
    scan.finish(vector["k"].as_u64().expect("k"))
}

fn close(found: f64, expected: &Value) -> bool {
    (found - expected.as_f64().expect("a number")).abs() < 1e-12
}

#[test]
fn risk() {
    for vector in list(RISK) {
        let name = &vector["name"];
        let found = match (measured(&vector), vector["error"].as_str()) {
            (Ok(found), None) => found,
            (Err(error), Some(code)) => {
                assert_eq!(error.code(), code, "{name}");
                continue;
            }
            (found, code) => panic!("{name}: {found:?}, expected {code:?}"),
        };
        let expected = &vector["expected"];
        let said = serde_json::to_value(&found).expect("plain data");
        for figure in ["rows", "classes", "k", "uniques", "classes_below", "rows_below", "histogram"] {
            assert_eq!(said[figure], expected[figure], "{name}: {figure}");
        }
        let at_risk: Vec<Option<bool>> = found.at_risk().expect("kept").iter().collect();
        assert_eq!(at_risk, cells(&expected["at_risk"]).iter().map(Value::as_bool).collect::<Vec<_>>(), "{name}");
        assert_eq!(found.sensitive().len(), cells(&expected["sensitive"]).len());
        for (place, column) in found.sensitive().iter().enumerate() {
            let expected = &expected["sensitive"][place];
            for figure in ["column", "values", "l_distinct", "distance"] {
                assert_eq!(said["sensitive"][place][figure], expected[figure], "{name}: {figure}");
            }
            assert!(close(column.l_entropy, &expected["l_entropy"]), "{name}: entropy {}", column.l_entropy);
            assert!(close(column.t, &expected["t"]), "{name}: t {}", column.t);
        }
    }
}

fn suggested(vector: &Value) -> Result<Vec<Suggestion>, Error> {
    let ladder = |(column, levels): (&String, &Value)| {
        let levels: Result<Vec<Level>, _> = serde_json::from_value(levels.clone());
        let expected = "levels".to_owned();
        let levels = levels.map_err(|_| MisuseError::Argument { name: "levels".to_owned(), expected })?;
        Ok(Ladder { column: column.clone(), levels })
    };
    let ladders = vector["levels"].as_object().expect("ladders").iter().map(ladder).collect::<Result<_, Error>>()?;
    let order_by: Loss = serde_json::from_value(vector["order_by"].clone()).expect("a loss");
    let max_suppressed_share = vector["max_suppressed_share"].as_f64().expect("a share");
    let options = SuggestOptions {
        max_suppressed_share,
        order_by,
        most: 1000,
        ..SuggestOptions::new(vector["k"].as_u64().expect("k"))
    };
    let mut scan = GeneralisationScan::new(ladders)?;
    batches(&vector["columns"]).iter().try_for_each(|batch| scan.add(batch))?;
    scan.finish(&options)
}

#[test]
fn suggestions() {
    for vector in list(SUGGEST) {
        let name = &vector["name"];
        let found = match (suggested(&vector), vector["error"].as_str()) {
            (Ok(found), None) => found,
            (Err(error), Some(code)) => {
                assert_eq!(error.code(), code, "{name}");
                continue;
            }
            (found, code) => panic!("{name}: {found:?}, expected {code:?}"),
        };
        assert_eq!(found.len(), cells(&vector["expected"]).len(), "{name}");
        for (suggestion, expected) in found.iter().zip(cells(&vector["expected"])) {
            let said = serde_json::to_value(suggestion).expect("plain data");
            for figure in ["steps", "k", "classes", "rows_withheld", "height", "discernibility"] {
                assert_eq!(said[figure], expected[figure], "{name}: {figure}");
            }
            assert!(close(suggestion.precision_loss, &expected["precision_loss"]), "{name}");
        }
    }
}

/// What an independent library says of generated data like the UCI Adult table.
#[test]
fn pycanon_says_the_same() {
    for table in list(PYCANON) {
        let columns = table["columns"].as_object().expect("columns");
        let typed = columns.iter().map(|(name, values)| {
            let kind = if values[0].is_number() { "integer" } else { "text" };
            (name.clone(), serde_json::json!({"type": kind, "values": values}))
        });
        let pieces = batches(&Value::Object(typed.collect()));
        for answer in cells(&table["questions"]) {
            let sensitive = [answer["sensitive"].as_str().expect("a name")];
            let mut scan = MicrodataScan::new(&names(&answer["by"]), &sensitive).expect("scan");
            pieces.iter().try_for_each(|batch| scan.add(batch)).expect("rows");
            let found = scan.finish(5).expect("figures");
            let own = &found.sensitive()[0];
            assert_eq!(found.k(), answer["k"]);
            assert_eq!(own.l_distinct, answer["l_distinct"]);
            let entropy = answer["l_entropy_floor"].as_f64().expect("a number");
            assert!((entropy..entropy + 1.0).contains(&(own.l_entropy + 1e-9)), "{}", own.l_entropy);
            assert!(close(own.t, &answer["t"]), "t {}", own.t);
        }
    }
}
