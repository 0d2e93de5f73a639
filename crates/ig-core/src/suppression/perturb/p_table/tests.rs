//! The frozen tables, and what holds for all of them: checked over every unit of every row.

use super::*;
use crate::key::{Key, KeyId};
use crate::pseudonym::{Context, Kind};
use crate::suppression::perturb::RecordKeys;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../../../../tests/vectors/cell_key_v1.json")).expect("vector file")
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().expect("list")
}

fn settings(bits: u32, max_noise: u32, variance: u32, unpublished: u32) -> PerturbationTableSettings {
    PerturbationTableSettings { bits, max_noise, variance, unpublished }
}

#[test]
fn vectors_cell_key_v1_record_keys() {
    let file = vectors();
    let text = |value: &Value, name: &str| value[name].as_str().expect("text").to_owned();
    let key = |vector: &Value| {
        let hex = text(vector, "hex");
        let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex")).collect();
        Key::from_bytes(KeyId::new(&text(vector, "id")).expect("id"), &bytes).expect("key")
    };
    let keys: BTreeMap<String, Key> =
        list(&file, "keys").iter().map(|vector| (text(vector, "id"), key(vector))).collect();
    assert!(list(&file, "record_keys").len() > 10);
    for vector in list(&file, "record_keys") {
        let context = Context::new(&text(vector, "context")).expect("context");
        let kind = Kind::new(&text(vector, "kind")).expect("kind");
        let keys = RecordKeys::new(&keys[&text(vector, "key")], context, kind).expect("may");
        assert_eq!(json!(keys.record_key(&text(vector, "person")).expect("person")), vector["record_key"], "{vector}");
    }
}

#[test]
fn vectors_cell_key_v1_tables() {
    let file = vectors();
    assert!(list(&file, "tables").len() > 4);
    for vector in list(&file, "tables") {
        let settings = serde_json::from_value(vector["settings"].clone()).expect("settings");
        let table = PerturbationTable::new(settings).expect("table");
        let rows: Vec<Vec<(i64, u32)>> = table
            .rows()
            .iter()
            .map(|row| row.noise().iter().copied().zip(row.units().iter().copied()).collect())
            .collect();
        assert_eq!(json!(rows), vector["rows"], "{settings:?}");
        for line in list(vector, "looked_up") {
            let [count, cell_key, result] = [0, 1, 2].map(|place| line[place].as_i64().expect("number"));
            let found = table.perturb(&[count], &[u32::try_from(cell_key).expect("32 bits")]).expect("perturbs");
            assert_eq!(found, [result], "{settings:?} {line}");
        }
    }
}

/// Every unit of every row of a table is looked up: mean, variance, range and gaps are counted, not computed.
fn check_every_unit(table: &PerturbationTable) {
    let PerturbationTableSettings { bits, max_noise, variance, unpublished } = table.settings();
    let (units, most) = (1_u32 << bits, i64::from(max_noise));
    let cell_keys: Vec<u32> = (0..units).collect();
    for count in 0..=2 * (most + i64::from(unpublished)) + 2 {
        let shown = table.perturb(&vec![count; cell_keys.len()], &cell_keys).expect("perturbs");
        if count == 0 {
            assert!(shown.iter().all(|&shown| shown == 0));
            continue;
        }
        assert!(shown.iter().all(|&shown| shown == 0 || shown > i64::from(unpublished)));
        assert!(shown.iter().all(|&shown| (shown - count).abs() <= most));
        assert_eq!(shown.iter().sum::<i64>(), count * i64::from(units));
        let squares: i64 = shown.iter().map(|shown| (shown - count).pow(2)).sum();
        if count > i64::from(unpublished) {
            assert_eq!(squares, i64::from(variance) * i64::from(units));
        }
        let row = &table.rows()[usize::try_from(count - 1).expect("small").min(table.rows().len() - 1)];
        assert_eq!(row.squares(), squares.unsigned_abs());
    }
}

#[test]
fn every_table_is_unbiased_and_has_the_stated_variance_over_all_cell_keys() {
    let mut made = 0;
    for max_noise in (2..=20).step_by(3) {
        for (variance, unpublished) in [(1, 0), (2, 0), (2, 2), (1, 1), (max_noise / 2, (max_noise - 1) / 2)] {
            if let Ok(table) = PerturbationTable::new(settings(8, max_noise, variance, unpublished)) {
                check_every_unit(&table);
                made += 1;
            }
        }
    }
    // What is refused is out of range.
    assert!(made >= 30, "{made}");
    check_every_unit(&PerturbationTable::new(settings(12, 5, 2, 2)).expect("table"));
}

/// No unbiased noise that avoids 1 to js has less variance than −n or js + 1 − n: n × (js + 1 − n).
#[test]
fn small_counts_have_the_least_variance_there_is_or_the_one_asked_for() {
    for (max_noise, variance, unpublished) in [(5, 2, 2), (10, 4, 3), (19, 9, 9)] {
        let table = PerturbationTable::new(settings(12, max_noise, variance, unpublished)).expect("table");
        for row in &table.rows()[..unpublished as usize] {
            let count = row.count().unsigned_abs();
            let least = count * (u64::from(unpublished) + 1 - count);
            let aim = least.max(variance.into()) << 12;
            // Units are whole, so the least may be missed by a few of them.
            assert!(row.squares().abs_diff(aim) <= 2 * u64::from(unpublished + 2).pow(2), "{row:?}");
            assert!(row.squares() >= least << 12);
        }
    }
}

#[test]
fn large_counts_have_nearly_symmetric_noise_with_one_peak() {
    for table in [settings(8, 5, 2, 2), settings(12, 10, 4, 3), settings(10, 20, 10, 0)] {
        let table = PerturbationTable::new(table).expect("table");
        let units = table.rows().last().expect("a row").units();
        let middle = units.len() / 2;
        for (left, right) in units.iter().zip(units.iter().rev()) {
            assert!(left.abs_diff(*right) <= 2, "{units:?}");
        }
        assert!(units[..middle].windows(2).all(|pair| pair[0] <= pair[1] + 1), "{units:?}");
    }
}

#[test]
fn unusable_settings_are_refused_by_name() {
    for (settings, name) in [
        (settings(7, 5, 2, 2), "bits"),
        (settings(13, 5, 2, 2), "bits"),
        (settings(8, 1, 0, 0), "max_noise"),
        (settings(8, 21, 2, 2), "max_noise"),
        (settings(8, 5, 0, 2), "variance"),
        (settings(8, 5, 3, 2), "variance"),
        (settings(8, 5, u32::MAX, 2), "variance"),
        (settings(8, 4, 1, 2), "unpublished"),
        (settings(8, 5, 2, u32::MAX), "unpublished"),
        // A count of 9 becomes 0 or 9 and more, and steps that far leave no exact way to so small a variance.
        (settings(8, 20, 1, 8), "variance"),
    ] {
        let refused = PerturbationTable::new(settings).expect_err(name);
        assert_eq!((refused.code(), &refused.context()[0]), ("misuse.argument", &("name", name.to_owned())));
    }
    let table = PerturbationTable::new(settings(8, 2, 1, 0)).expect("table");
    assert_eq!(table.perturb(&[1], &[]).expect_err("lengths").code(), "misuse.argument");
    let negative = table.perturb(&[1, -1], &[0, 0]).expect_err("negative");
    assert_eq!((negative.code(), negative.context()), ("policy.negative_count", vec![("row", "2".to_owned())]));
    assert_eq!(table.perturb(&[i64::MAX], &[255]).expect_err("up").code(), "policy.count_too_large");
    assert_eq!(table.perturb(&[i64::MAX], &[0]), Ok(vec![i64::MAX - 2]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_same_people_get_the_same_noise_and_others_are_not_told_apart_by_it(
        people in prop::collection::vec(any::<u32>(), 1..40), more in any::<u32>(),
    ) {
        let table = PerturbationTable::new(settings(8, 5, 2, 2)).expect("table");
        let shown = |people: &[u32]| {
            let cells = crate::suppression::perturb::CellKeys::of_rows(1, &vec![0; people.len()], people).expect("cells");
            table.perturb(cells.counts(), cells.cell_keys()).expect("perturbs")
        };
        let mut turned = people.clone();
        turned.rotate_left(people.len() / 2);
        prop_assert_eq!(shown(&people), shown(&turned));
        turned.push(more);
        let further = (shown(&turned)[0] - shown(&people)[0] - 1).abs();
        prop_assert!(further <= 10);
    }
}
