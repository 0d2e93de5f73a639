//! Planted identifiers in every field of the public surface: none gets into a record.

use ig_core::AuditError;
use ig_core::NhsNumber;
use ig_core::audit::{AuditEvent, CorrelationId, EventKind, Outcome};

type Setter = fn(AuditEvent, &str) -> Result<AuditEvent, AuditError>;

const FIELDS: [(&str, Setter); 11] = [
    ("actor", |_, text| AuditEvent::new(EventKind::Read, Outcome::Success, text, run())),
    ("dataset", AuditEvent::dataset),
    ("role", AuditEvent::role),
    ("org", AuditEvent::org),
    ("purpose", AuditEvent::purpose),
    ("agreement_id", AuditEvent::agreement_id),
    ("code", AuditEvent::code),
    ("reason_ref", AuditEvent::reason_ref),
    ("key_id", AuditEvent::key_id),
    ("authoriser", AuditEvent::authoriser),
    ("device", AuditEvent::device),
];

fn run() -> CorrelationId {
    "01a5d1b2-0c00-7000-8000-00000000000a".parse().expect("run")
}

fn event() -> AuditEvent {
    AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", run()).expect("event")
}

/// The eight spellings, of which two hold what is not ASCII.
fn spellings(number: &str) -> [String; 8] {
    let (a, b, c) = (&number[..3], &number[3..6], &number[6..]);
    let wide = |text: &str| text.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xFEE0)).collect();
    let dots: Vec<&str> = number.split("").filter(|digit| !digit.is_empty()).collect();
    [
        number.to_owned(),
        format!("{a} {b} {c}"),
        format!("{a}-{b}-{c}"),
        dots.join("."),
        format!("{a}\u{a0}{b}\u{a0}{c}"),
        format!("NHS{number}"),
        format!("pt{number}x"),
        wide(number),
    ]
}

/// Whether every field refuses it, without a word of it in the error.
fn refused_everywhere(fields: &[(&str, Setter)], text: &str) -> u64 {
    let mut leaks = 0;
    for (field, set) in fields {
        match set(event(), text) {
            Ok(_) => leaks += 1,
            Err(error) => {
                assert!(["audit.field", "audit.identifier_in_field"].contains(&error.code()), "{field}");
                let shown = format!("{error} {error:?} {:?}", error.context());
                assert!(shown.contains(field) && !shown.contains(text), "the error shows it");
            }
        }
    }
    leaks
}

#[test]
fn no_spelling_of_a_number_gets_into_any_field() {
    let (mut numbers, mut tried, mut leaks) = (0, 0, 0);
    for number in (9_990_000_000_u64..).filter_map(|n| NhsNumber::from_unsigned(n).ok()).take(20_000) {
        numbers += 1;
        for (at, text) in spellings(number.as_str()).iter().enumerate() {
            // Every field for a tenth of the numbers, and one field in turn for the rest.
            let turn = (numbers + at) % FIELDS.len();
            let fields = if numbers % 10 == 0 { &FIELDS[..] } else { &FIELDS[turn..=turn] };
            leaks += refused_everywhere(fields, text);
            tried += fields.len();
        }
    }
    println!("{numbers} numbers x 8 spellings, {tried} tried, {leaks} leaked");
    assert_eq!((numbers, leaks), (20_000, 0));
}

/// The Scottish number begins with a date of birth; it is made here and stored nowhere.
#[test]
fn no_chi_number_gets_in() {
    let (mut tried, mut leaks) = (0, 0);
    for day in 1..=28 {
        for middle in 0..1000_u64 {
            let nine = day * 10_000_000 + 1_257_000 + middle;
            for number in (0..10).filter_map(|check| NhsNumber::from_unsigned(nine * 10 + check).ok()) {
                let text = number.as_str();
                for text in [text.to_owned(), format!("CHI{text}"), format!("{} {}", &text[..6], &text[6..])] {
                    leaks += refused_everywhere(&FIELDS[1..4], &text);
                    tried += 3;
                }
            }
        }
    }
    println!("{tried} CHI numbers in spellings and fields tried, {leaks} leaked");
    assert!(tried > 200_000 && leaks == 0);
}

#[test]
fn postcodes_emails_and_births_are_refused_by_name() {
    for (text, rule) in [
        ("LS1 4AP", Some("postcode")),
        ("admissions_LS14AP", Some("postcode")),
        ("a.smith 1957-03-14", Some("birth_date")),
        ("dob:05/04/2021", Some("birth_date")),
        ("a.smith@example.org", None),
        ("\u{ff19}\u{ff19}\u{ff19}0000018", None),
    ] {
        for (field, set) in FIELDS.iter().filter(|(field, _)| !["code", "reason_ref", "key_id"].contains(field)) {
            let error = set(event(), text).expect_err(field);
            let context = format!("{:?}", error.context());
            match rule {
                Some(rule) => {
                    assert!(error.code() == "audit.identifier_in_field" && context.contains(rule), "{context}");
                }
                None => assert_eq!(error.code(), "audit.field"),
            }
        }
    }
}
