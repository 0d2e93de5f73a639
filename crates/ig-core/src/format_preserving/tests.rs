//! FF1 by its standard, and the two ways to end in a check digit.

use super::*;
use crate::audit::CorrelationId;
use aes::Aes256;
use data_encoding::HEXLOWER;
use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// NIST, FF1 sample data 7 to 9 (AES-256).
#[test]
fn the_samples_of_sp_800_38g() {
    let key = HEXLOWER.decode(b"2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94").expect("hex");
    let samples: [(u32, &[u8], &str, &str); 3] = [
        (10, b"", "0123456789", "6657667009"),
        (10, b"9876543210", "0123456789", "1001623463"),
        (36, b"7777pqrs777", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
    ];
    let numerals = |text: &str| -> Vec<u16> {
        text.chars().map(|c| u16::try_from(c.to_digit(36).expect("a numeral")).expect("small")).collect()
    };
    for (radix, tweak, plain, sealed) in samples {
        let ff1 = FF1::<Aes256>::new(&key, radix).expect("a radix");
        let made = ff1.encrypt(tweak, &FlexibleNumeralString::from(numerals(plain))).expect("long enough");
        assert_eq!(Vec::<u16>::from(made), numerals(sealed));
        let back = ff1.decrypt(tweak, &FlexibleNumeralString::from(numerals(sealed))).expect("long enough");
        assert_eq!(Vec::<u16>::from(back), numerals(plain));
    }
}

fn cipher(vector: &Value) -> NumberCipher {
    let key = Key::from_bytes(KeyId::new("counting").expect("id"), &(0..32).collect::<Vec<u8>>()).expect("key");
    let context = Context::new(vector["context"].as_str().expect("text")).expect("context");
    NumberCipher::new(&key, context, serde_json::from_value(vector["check"].clone()).expect("check")).expect("cipher")
}

fn made_with(check: &str) -> NumberCipher {
    cipher(&serde_json::json!({"context": "DSA-2026-014", "check": check}))
}

#[test]
fn the_frozen_numbers() {
    let text = include_str!("../../../../tests/vectors/format_preserving_v1.json");
    let file: Value = serde_json::from_str(text).expect("vector file");
    let vectors = file["vectors"].as_array().expect("vectors");
    assert!(vectors.len() > 20);
    for vector in vectors {
        let number = NhsNumber::parse(vector["input"].as_str().expect("text")).expect("valid");
        let made = cipher(vector).encrypt(number).expect("any number");
        if let Some(output) = vector["output"].as_str() {
            assert_eq!(made, output);
        } else {
            // Valid outputs are not stored, since they could be a person's: the SHA-256 of context and output is.
            let said = format!("{}|{made}", vector["context"].as_str().expect("text"));
            assert_eq!(HEXLOWER.encode(&Sha256::digest(said)), vector["sha256"].as_str().expect("text"));
        }
    }
}

#[test]
fn changed_digits_are_refused_where_they_can_be_seen() {
    let (folder, invalid) = (tempfile::tempdir().expect("folder"), made_with("invalid"));
    let log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
    let request = ReidentifyRequest::new("a.analyst", "IG/2026/17", CorrelationId::generate().expect("id"));
    let number = NhsNumber::parse("9990000018").expect("valid");
    let made = invalid.encrypt(number).expect("any number");
    let answer = invalid.reidentify(&[Some(&made), None], &request, &log).expect("own number");
    assert_eq!(answer, [Some("9990000018".to_owned()), None]);
    for text in ["", "999000001", "99900000180", "99900000é", "999 000 001"] {
        assert_eq!(invalid.open(text).expect_err("no ten digits").code(), "key.number_form");
    }
    for last in "0123456789".chars().filter(|last| !made.ends_with(*last)) {
        let text = format!("{}{last}", &made[..9]);
        assert_eq!(invalid.open(&text).expect_err("another digit").code(), "key.number_changed");
        let error = invalid.reidentify(&[Some(&text)], &request, &log).expect_err("another digit");
        assert_eq!(error.code(), "key.tokens_refused");
        assert!(!error.to_string().contains(&text));
    }
    assert_eq!(made_with("valid").open("9990000017").expect_err("no check digit").code(), "key.number_changed");
    assert_eq!(made_with("valid").open("1111111111").expect_err("a placeholder").code(), "key.number_changed");
    assert!(!format!("{invalid:?}").contains("ff1"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_go_there_and_back(value in 0..10_000_000_000_u64) {
        let Some(number) = (value..).find_map(|value| NhsNumber::from_unsigned(value % 10_000_000_000).ok()) else { unreachable!() };
        let outputs = ["invalid", "valid"].map(|check| {
            let cipher = made_with(check);
            let made = cipher.encrypt(number).expect("any number");
            assert_eq!(NhsNumber::parse(&made).is_ok(), check == "valid");
            assert_eq!(cipher.open(&made).expect("own number"), number.as_str());
            made
        });
        prop_assert_ne!(&outputs[0][..9], &outputs[1][..9]);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9]{10}|\\PC{0,12}") {
        for check in ["invalid", "valid"] {
            if let Ok(number) = made_with(check).open(&text) {
                // Whatever comes back is a valid number that leads to this text.
                let number = NhsNumber::parse(&number).expect("valid");
                prop_assert_eq!(made_with(check).encrypt(number).expect("any number"), text.clone());
            }
        }
    }
}
