//! What the guard finds and what it lets through, with its figures.

use super::*;
use crate::NhsNumber;

fn refused(text: &str) -> bool {
    no_identifier("dataset", text).is_err()
}

/// The n-th valid number of the range 999, by the definition.
fn synthetic(n: u64) -> Option<String> {
    NhsNumber::from_unsigned(9_990_000_000 + n).ok().map(|number| number.as_str().to_owned())
}

#[test]
fn no_number_gets_through_in_any_usual_spelling() {
    let mut tried = 0;
    for n in synthetic_numbers() {
        let (a, b, c) = (&n[..3], &n[3..6], &n[6..]);
        for text in [
            n.clone(),
            format!("{a} {b} {c}"),
            format!("{a}-{b}-{c}"),
            format!("{a}.{b}.{c}"),
            format!("{a}/{b}/{c}"),
            format!("{a}_{b}_{c}"),
            format!("NHS{n}"),
            format!("nhs:{n}x"),
            format!("patient{a}{b} {c}end"),
            format!("2024-11-22_{n}"),
            format!("20241122{n}"),
            format!("20241122_{n}_2024_25"),
            format!("{a}\u{a0}{b}\u{a0}{c}"),
            n.split("").collect::<Vec<_>>().join(".").trim_matches('.').to_owned(),
        ] {
            assert!(refused(&text), "one spelling of a synthetic number was let through: {text}");
            tried += 1;
        }
    }
    assert_eq!(tried, 14 * 20_000);
}

fn synthetic_numbers() -> impl Iterator<Item = String> {
    (0..1_000_000).filter_map(synthetic).take(20_000)
}

#[test]
fn the_error_names_field_and_rule_and_not_the_value() {
    let error = no_identifier("dataset", "NHS9990000018").expect_err("refused");
    assert_eq!(error.code(), "audit.identifier_in_field");
    let text = format!("{error} {error:?} {:?}", error.context());
    assert!(text.contains("dataset") && text.contains("nhs_number") && !text.contains("999"), "{text}");
}

#[test]
fn placeholders_are_refused_and_near_misses_are_not() {
    assert!(refused("0000000000") && refused("x999-999-9999"));
    assert!(!refused("9990000017") && !refused("999000001") && !refused("99900a00018"));
}

const NONE: usize = 0;

/// A UUID of version 4 whose bits come from SHA-256.
fn uuid(n: u64) -> String {
    let bytes: [u8; 16] = std::array::from_fn(|at| crate::audit::Digest::of(&n.to_be_bytes()).as_bytes()[at]);
    ::uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

#[test]
fn a_number_beside_a_uuid_is_seen() {
    let id = uuid(7);
    assert!(!refused(&id) && refused(&format!("{id} 9990000018")) && refused(&format!("9990000018/{id}")));
    // Without the bits of a version it is no UUID.
    assert!(refused("99900000-18ab-0bcd-8def-abcdefabcdef"));
}

/// Names that people give data sets and releases: how many are refused though they hold no number.
#[test]
fn ordinary_names_are_seldom_refused() {
    let days: Vec<String> = (2015..2027)
        .flat_map(|y| (1..=12).flat_map(move |m| (1..=28).map(move |d| format!("{y}-{m:02}-{d:02}"))))
        .collect();
    // Of a thousand names, rounded up, so that none means none.
    let hits = |names: &mut dyn Iterator<Item = String>| {
        let (mut all, mut hit) = (0_usize, 0_usize);
        for name in names {
            all += 1;
            hit += usize::from(refused(&name));
        }
        (hit * 1000).div_ceil(all)
    };
    let compact = |day: &String| day.replace('-', "");
    let later = || days.iter().skip(31);
    // Never refused.
    assert_eq!(hits(&mut (1990..2050).map(|y| format!("hes_{y}_{:02}", (y + 1) % 100))), NONE);
    assert_eq!(hits(&mut days.iter().map(|d| format!("extract {d}"))), NONE);
    assert_eq!(hits(&mut days.iter().map(|d| format!("dids_{}_v12", compact(d)))), NONE);
    assert_eq!(hits(&mut days.iter().zip(later()).map(|(a, b)| format!("{}_{}", compact(a), compact(b)))), NONE);
    assert_eq!(hits(&mut days.iter().zip(later()).map(|(a, b)| format!("{a}_{b}"))), NONE);
    assert_eq!(hits(&mut days.iter().map(|d| format!("hes_2024_25_{}", compact(d)))), NONE);
    assert_eq!(hits(&mut (0..10_000).map(|n| format!("DSA-2026-{n:04}"))), NONE);
    assert_eq!(hits(&mut (0..10_000).map(|n| format!("S0010:G0020:R{n:04}"))), NONE);
    assert_eq!(hits(&mut days.iter().map(|d| format!("extract_{}0930", compact(d)))), NONE);
    assert_eq!(hits(&mut days.iter().map(|d| format!("extract_{}235959", compact(d)))), NONE);
    assert_eq!(hits(&mut (0..20_000_u64).map(uuid)), NONE);
    assert_eq!(hits(&mut (0..20_000_u64).map(|n| format!("upload/{}.v2", uuid(n)))), NONE);
    assert_eq!(hits(&mut (0..10_000).map(|n| format!("RJ1{n:02} theatre_{n}"))), NONE);
    assert_eq!(hits(&mut (0..100_000).map(|n| format!("K{n:05}"))), NONE, "codes of practices");
    assert_eq!(hits(&mut (0..100_000).map(|n| format!("E01{n:06}"))), NONE, "small areas");
    // Cannot be told from an NHS number: a serial number of ten digits and a twelve-digit staff id are
    // refused by chance, one in eleven for each window; so is a date with the hour glued on.
    let serials = hits(&mut (0..20_000_u64).map(|n| format!("run {}", 1_000_000_007 * (n % 8 + 1) + n * 7919)));
    let staff = hits(&mut (0..20_000_u64).map(|n| format!("{}", 555_000_000_000 + n * 48_271)));
    let users =
        (0..20_000_u64).filter(|n| no_identifier("actor", &format!("{}", 555_000_000_000 + n * 48_271)).is_err());
    assert_eq!(users.count(), NONE, "the id of a person in its own field");
    let hours = hits(&mut days.iter().map(|d| format!("run {}{:02}", compact(d), 9)));
    println!("refused by chance, of 1,000: serials {serials}, twelve-digit ids {staff}, dates with hour {hours}");
    assert!((80..102).contains(&serials), "{serials}");
    assert!((200..290).contains(&staff), "{staff}");
    assert!((70..112).contains(&hours), "{hours}");
}
