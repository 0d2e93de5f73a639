//! The same set as `GaussSuppression` 1.2.3, given the same order and no rule for ones.

use super::super::super::system::{Dimension, DimensionSum};
use super::*;
use serde_json::Value;

#[test]
fn the_recorded_order_gives_the_recorded_pattern() {
    let text = include_str!("../../../../../../tests/vectors/suppression_gauss_order.json");
    let vector: Value = serde_json::from_str(text).expect("JSON");
    let list = |value: &Value| -> Vec<i64> {
        value.as_array().expect("a list").iter().map(|item| item.as_i64().expect("a number")).collect()
    };
    let places = |value: &Value| -> Vec<usize> {
        list(value).into_iter().map(|item| usize::try_from(item).expect("a cell")).collect()
    };
    let dimension = |value: &Value| {
        let categories = value["categories"].as_u64().expect("a number");
        let sum = |sum: &Value| {
            let parts = places(sum);
            DimensionSum { total: parts[0], parts: parts[1..].to_vec() }
        };
        let sums = value["sums"].as_array().expect("a list").iter().map(sum).collect();
        Dimension::new((0..categories).map(|place| place.to_string()).collect(), sums).expect("a hierarchy")
    };
    let dimensions = vector["dimensions"].as_array().expect("a list").iter().map(dimension).collect();
    let table = Table::new(System::cross(dimensions).expect("a cross"), list(&vector["counts"]));
    let order: Vec<u32> = list(&vector["order"]).into_iter().map(|cell| u32::try_from(cell).expect("a cell")).collect();
    let pattern = choose(&ProtectTask { order: PublishOrder::Given(&order), ..table.outsiders() });
    let chosen = |wanted: Choice| -> Vec<usize> {
        (0..table.counts.len()).filter(|&cell| pattern.choices()[cell] == wanted).collect()
    };
    assert_eq!(chosen(Choice::Primary), places(&vector["primary"]));
    assert_eq!(chosen(Choice::Secondary), places(&vector["secondary"]));
    assert_eq!((pattern.primary(), pattern.secondary()), (243, 234));
}
