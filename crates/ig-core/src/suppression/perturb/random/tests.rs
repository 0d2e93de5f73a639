//! The frozen results, and what holds for all of them.

use super::*;
use crate::suppression::perturb::{Category, CellName};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().expect("text")
}

fn key(id: &str, bytes: &[u8]) -> Key {
    Key::from_bytes(KeyId::new(id).expect("id"), bytes).expect("key")
}

fn rounder(base: u32) -> RandomRounder {
    let key = key("counting", &(0..32).collect::<Vec<u8>>());
    let context = Context::new("DSA-2026-014").expect("context");
    RandomRounder::new(&key, context, Kind::new("patients").expect("kind"), base).expect("may")
}

#[test]
fn vectors_rounding_v1() {
    let file = include_str!("../../../../../../tests/vectors/rounding_v1.json");
    let file: Value = serde_json::from_str(file).expect("vector file");
    let bytes = |vector: &Value| -> Vec<u8> {
        let hex = text(vector, "hex");
        (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex")).collect()
    };
    let keys: BTreeMap<&str, Key> = file["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .map(|vector| (text(vector, "id"), key(text(vector, "id"), &bytes(vector))))
        .collect();
    let vectors = file["vectors"].as_array().expect("vectors");
    assert!(vectors.len() > 80);
    for vector in vectors {
        let rounder = RandomRounder::new(
            &keys[text(vector, "key")],
            Context::new(text(vector, "context")).expect("context"),
            Kind::new(text(vector, "kind")).expect("kind"),
            u32::try_from(vector["base"].as_u64().expect("base")).expect("small"),
        )
        .expect("may");
        for pair in vector["rounded"].as_array().expect("results") {
            let [count, wanted] =
                [0, 1].map(|place| pair[place].as_str().expect("text").parse::<i64>().expect("count"));
            let found = match vector["cell_key"].as_str() {
                Some(cell_key) => {
                    rounder.round_by_cell_keys(&[cell_key.parse().expect("cell key")], &[count]).expect("rounds")[0]
                }
                None => rounder.round(&named(&vector["cell"]), count).expect("rounds"),
            };
            assert_eq!(found, wanted, "{vector}");
        }
    }
}

fn named(cell: &Value) -> CellName {
    let pairs: Vec<(&str, Category)> = cell
        .as_array()
        .expect("pairs")
        .iter()
        .map(|pair| (pair[0].as_str().expect("text"), pair[1].as_str().map_or(Category::Missing, Category::Is)))
        .collect();
    CellName::new(&pairs).expect("name")
}

#[test]
fn over_all_places_every_count_is_right_on_average_and_has_the_stated_variance() {
    for base in [2, 3, 5, 6, 10, 1000] {
        let (rounder, wide) = (rounder(base), i64::from(base));
        for count in 0..=2 * wide {
            let results: Vec<i64> = (0..wide).map(|place| rounder.by_place(place, count, 1).expect("rounds")).collect();
            assert!(results.iter().all(|result| result % wide == 0 && (result - count).abs() < wide));
            assert_eq!(results.iter().sum::<i64>(), wide * count);
            let squares: i64 = results.iter().map(|result| (result - count).pow(2)).sum();
            assert_eq!(squares, wide * (count % wide) * (wide - count % wide));
        }
    }
}

/// Five places, 20,000 cells.
#[test]
fn all_places_are_about_as_likely() {
    let rounder = rounder(5);
    let mut counts = [0_u32; 5];
    for cell in 0..20_000_u64 {
        counts[usize::try_from(rounder.place(&bytes_of_cell_key(cell))).expect("small")] += 1;
    }
    // Six standard deviations of a count around 4,000 are 339.
    assert!(counts.iter().all(|count| (3_661..=4_339).contains(count)), "{counts:?}");
}

#[test]
fn a_cell_has_one_result_in_every_table() {
    let table = |dimensions: &[&str], keys: &[&[&str]], counts: &[i64]| {
        let keys = keys.iter().map(|column| column.iter().map(|&key| Some(key)).collect()).collect();
        CountTable::new(dimensions.iter().copied(), keys, counts.iter().map(|&count| Some(count)).collect())
            .expect("table")
    };
    let rounder = rounder(10);
    let wide = table(&["region", "sex"], &[&["N", "N", "N", "Total"], &["F", "M", "Total", "M"]], &[33, 44, 77, 99]);
    let wide = rounder.round_table(&wide, Some("Total")).expect("rounds");
    let turned = table(&["sex", "region"], &[&["Total", "M"], &["N", "N"]], &[77, 44]);
    assert_eq!(rounder.round_table(&turned, Some("Total")).expect("rounds"), [wide[2], wide[1]]);
    assert_eq!(rounder.round_table(&table(&["region"], &[&["N"]], &[77]), None).expect("rounds"), [wide[2]]);
    // Of 100 regions, some are rounded otherwise once their sex is named.
    let regions: Vec<String> = (0..100).map(|region| format!("R{region}")).collect();
    let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
    let alone = rounder.round_table(&table(&["region"], &[&regions], &[75; 100]), None).expect("rounds");
    let named = table(&["region", "sex"], &[&regions, &["Total"; 100]], &[75; 100]);
    assert_ne!(rounder.round_table(&named, None).expect("rounds"), alone);
    assert_eq!(rounder.round_table(&named, Some("Total")).expect("rounds"), alone);
}

#[test]
fn what_cannot_be_rounded_is_refused_and_a_missing_count_stays_missing() {
    let key = Key::generate().expect("key");
    for base in [0, 1, 1001, u32::MAX] {
        let made = RandomRounder::new(&key, Context::new("a").expect("context"), Kind::text(), base);
        assert_eq!(made.expect_err("base").code(), "misuse.argument");
    }
    let rounder = rounder(1000);
    assert_eq!(rounder.round_by_cell_keys(&[1, 2], &[3]).expect_err("lengths").code(), "misuse.argument");
    let negative = rounder.round_by_cell_keys(&[1, 2], &[3, -1]).expect_err("negative");
    assert_eq!((negative.code(), negative.context()), ("policy.negative_count", vec![("row", "2".to_owned())]));
    // 2^63 − 1 ends in 807: up would be out of range, down is not.
    let codes: Vec<_> =
        (0..50).map(|cell| rounder.round_by_cell_keys(&[cell], &[i64::MAX]).map_err(|error| error.code())).collect();
    assert!(codes.contains(&Err("policy.count_too_large")));
    assert!(codes.contains(&Ok(vec![i64::MAX - 807])));
    let table = CountTable::new(["a"], vec![vec![Some("x"), None]], vec![None, Some(0)]).expect("table");
    assert_eq!(rounder.round_table(&table, None).expect("rounds"), [None, Some(0)]);
}

#[test]
fn a_spec_finds_its_key_and_no_other() {
    let key = Key::generate().expect("key");
    let rounder = RandomRounder::new(&key, Context::new("spec").expect("context"), Kind::text(), 5).expect("may");
    let json = serde_json::to_string(rounder.spec()).expect("plain");
    let spec: RandomRoundingSpec = serde_json::from_str(&json).expect("read back");
    assert_eq!(&spec, rounder.spec());
    assert_eq!(RandomRounder::from_process_keys(&spec).expect_err("not registered").code(), "key.unavailable");
    let spec = RandomRoundingSpec { base: 1, ..spec };
    assert_eq!(RandomRounder::from_process_keys(&spec).expect_err("base").code(), "misuse.argument");
}

proptest! {
    #[test]
    fn a_result_never_moves_the_wrong_way(cell in any::<u64>(), base in 2..=1000_u32, count in 0..1_000_000_i64) {
        let rounder = rounder(base);
        let results = rounder.round_by_cell_keys(&[cell, cell], &[count, count + 1]).expect("rounds");
        prop_assert!(results[0] <= results[1]);
        prop_assert!((results[0] - count).abs() < i64::from(base) && results[0] % i64::from(base) == 0);
    }
}
