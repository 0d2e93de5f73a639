//! The frozen shifts, and what holds for all of them.

use super::*;
use crate::mask::parse_date;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().expect("text")
}

fn key(vector: &Value) -> Key {
    let hex = text(vector, "hex");
    let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex")).collect();
    Key::from_bytes(KeyId::new(text(vector, "id")).expect("id"), &bytes).expect("key")
}

fn range(max_days: u32, keep_weekday: bool) -> ShiftRange {
    let settings = serde_json::json!({"max_days": max_days, "keep_weekday": keep_weekday});
    serde_json::from_value(settings).expect("usable")
}

fn shifter(range: ShiftRange) -> DateShifter {
    let key = Key::from_bytes(KeyId::new("counting").expect("id"), &(0..32).collect::<Vec<u8>>()).expect("key");
    DateShifter::new(&key, Context::new("DSA-2026-014").expect("context"), Kind::text(), range).expect("may")
}

#[test]
fn vectors_date_shift_v1() {
    let file: Value =
        serde_json::from_str(include_str!("../../../../../tests/vectors/date_shift_v1.json")).expect("vector file");
    let keys: BTreeMap<&str, Key> =
        file["keys"].as_array().expect("keys").iter().map(|vector| (text(vector, "id"), key(vector))).collect();
    let vectors = file["vectors"].as_array().expect("vectors");
    assert!(vectors.len() > 100);
    for vector in vectors {
        let max_days = u32::try_from(vector["max_days"].as_u64().expect("days")).expect("few");
        let shifter = DateShifter::new(
            &keys[text(vector, "key")],
            Context::new(text(vector, "context")).expect("context"),
            Kind::new(text(vector, "kind")).expect("kind"),
            range(max_days, vector["keep_weekday"] == true),
        )
        .expect("may");
        let days = shifter.days(vector["person"].as_str().unwrap_or_default());
        assert_eq!(days.as_ref().ok().map(|&days| i64::from(days)), vector["days"].as_i64(), "{vector}");
        let Some(date) = vector["date"].as_str().filter(|date| !date.trim().is_empty()) else {
            assert_eq!((&vector["output"], vector.get("error")), (&Value::Null, None));
            continue;
        };
        let moved = parse_date(date)
            .and_then(|date| shifter.shift(date, vector["person"].as_str().unwrap_or_default()))
            .map(|moved| format!("{moved}{}", &date[10..]));
        match vector["error"].as_str() {
            Some(code) => assert_eq!(moved.expect_err("refused").code(), code, "{vector}"),
            None => assert_eq!(Ok(vector["output"].as_str().expect("text")), moved.as_deref(), "{vector}"),
        }
    }
}

#[test]
fn unusable_ranges_are_refused_however_they_are_made() {
    for (max_days, keep_weekday) in [(0, false), (6, false), (3651, false), (27, true), (3651, true), (u32::MAX, false)]
    {
        let made = if keep_weekday { ShiftRange::whole_weeks(max_days) } else { ShiftRange::days(max_days) };
        assert_eq!(made.expect_err("refused").code(), "misuse.argument");
        let json = format!(r#"{{"max_days": {max_days}, "keep_weekday": {keep_weekday}}}"#);
        assert!(serde_json::from_str::<ShiftRange>(&json).is_err(), "{json}");
    }
    for json in ["{}", r#"{"max_days": -30}"#, r#"{"max_days": 30, "days": 1}"#] {
        assert!(serde_json::from_str::<ShiftRange>(json).is_err(), "{json}");
    }
    let json = serde_json::to_string(&range(30, true)).expect("plain");
    assert_eq!(json, r#"{"max_days":30,"keep_weekday":true}"#);
}

/// Every choice occurs, none twice as often or half as often as it should: 60 choices, 60,000 persons.
#[test]
fn all_choices_are_about_as_likely() {
    let shifter = shifter(range(30, false));
    let mut counts: BTreeMap<i32, u32> = BTreeMap::new();
    for person in 0..60_000 {
        *counts.entry(shifter.days_of(format!("person {person}").as_bytes())).or_default() += 1;
    }
    let choices: Vec<i32> = (-30..=30).filter(|&days| days != 0).collect();
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), choices);
    // Six standard deviations of a count around 1,000 are 190.
    assert!(counts.values().all(|&count| (810..=1190).contains(&count)), "{counts:?}");
}

#[test]
fn settings_that_differ_give_unrelated_shifts() {
    let persons: Vec<String> = (0..2_000).map(|person| format!("person {person}")).collect();
    let of = |range| persons.iter().map(|person| shifter(range).days(person).expect("text")).collect::<Vec<_>>();
    let (narrow, wide, weekly) = (of(range(365, false)), of(range(366, false)), of(range(365, true)));
    for other in [wide, weekly] {
        // Scaled from one number, nearly all would have the same sign.
        let same_sign = narrow.iter().zip(&other).filter(|(a, b)| (**a > 0) == (**b > 0)).count();
        assert!((800..=1200).contains(&same_sign), "{same_sign}");
    }
}

fn days_of_range() -> impl Strategy<Value = i64> {
    let (first, last) = (SHIFTABLE.start().to_julian_day(), SHIFTABLE.end().to_julian_day());
    0..i64::from(last - first + 1)
}

proptest! {
    #[test]
    fn intervals_are_kept(person in "\\PC{1,20}", a in days_of_range(), b in days_of_range(), max_days in 28..=3650_u32) {
        for keep_weekday in [false, true] {
            let shifter = shifter(range(max_days, keep_weekday));
            let date = |days| *SHIFTABLE.start() + Duration::days(days);
            let (moved_a, moved_b) =
                (shifter.shift(date(a), &person).expect("in range"), shifter.shift(date(b), &person).expect("in range"));
            prop_assert_eq!(moved_b - moved_a, date(b) - date(a));
        }
    }

    #[test]
    fn a_shift_is_within_max_days_and_never_0(person in "\\PC{1,20}", max_days in 7..=3650_u32) {
        let days = shifter(range(max_days, false)).days(&person).expect("text");
        prop_assert!(days != 0 && days.unsigned_abs() <= max_days);
    }

    #[test]
    fn the_weekday_is_kept(person in "\\PC{1,20}", day in days_of_range(), max_days in 28..=3650_u32) {
        let shifter = shifter(range(max_days, true));
        let date = *SHIFTABLE.start() + Duration::days(day);
        let moved = shifter.shift(date, &person).expect("in range");
        prop_assert_eq!(moved.weekday(), date.weekday());
        prop_assert!(moved != date && (moved - date).whole_days().unsigned_abs() <= u64::from(max_days));
    }
}
