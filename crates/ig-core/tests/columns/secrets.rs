//! Neither key nor number is in what is printed of anything.

use super::{apply, pseudonymise, pseudonymiser, test_key};
use arrow::array::{ArrayRef, Int64Array, StringArray};
use ig_core::columns::{ColumnAct, Place};
use ig_core::{Error, KeyId, Kind, NhsNumber, OnInvalid, process_keys};
use std::sync::Arc;

/// The planted number as people and machines write it, its nine digits, and the key in several spellings.
const PLANTED: &[&str] = &[
    "9990000018",
    "999 000 0018",
    "999-000-0018",
    "999000001",
    "990000018",
    "39393930303030303138",
    "000102030405060708",
    "00010203",
    "AAECAwQFBgcICQ",
    "nhsig_sk_",
    "[0, 1, 2, 3",
];

pub(crate) fn shows_nothing(what: &str, shown: &str) {
    for secret in PLANTED {
        assert!(!shown.contains(secret), "{what}: {shown}");
    }
}

#[test]
fn errors_show_no_cell() {
    let cells = ["9990000018 x", "999 000 0018 9", "999-000-0018/1", "99900000180"];
    let act = pseudonymise(&Kind::nhs_number(), OnInvalid::Raise);
    for cell in cells {
        let error = apply(&act, Arc::new(StringArray::from(vec![cell]))).expect_err("refused");
        shows_nothing("error", &format!("{error} {error:?} {} {:?}", error.tagged(), error.context()));
        let error = Error::from(NhsNumber::parse(cell).expect_err("refused"));
        shows_nothing("error", &format!("{error} {error:?} {:?}", error.context()));
    }
    let number: ArrayRef = Arc::new(Int64Array::from(vec![99_900_000_180]));
    shows_nothing("error", &apply(&act, number).expect_err("refused").to_string());
}

#[test]
fn a_column_named_by_a_cell_is_not_shown() {
    for name in ["9990000018", "999 000 0018", "NHS9990000018", "n9990000018", "A. N. Other; 1980"] {
        let place = Place::column(name);
        assert!(!place.column.contains("999") && !place.column.contains("Other"), "{place:?}");
    }
    assert_eq!(Place::column("NHS_NUMBER").column, "column NHS_NUMBER");
}

#[test]
fn debug_and_plans_show_no_key_and_no_number() {
    let key = Arc::new(test_key());
    shows_nothing("key", &format!("{key:?} {}", key.check_value()));
    let pseudonymiser = pseudonymiser(&Kind::nhs_number());
    shows_nothing("pseudonymiser", &format!("{pseudonymiser:?}"));
    let act = pseudonymise(&Kind::nhs_number(), OnInvalid::Raise);
    shows_nothing("act", &format!("{act:?} {}", serde_json::to_string(act.act()).expect("plain")));
    shows_nothing("number", &format!("{:?}", NhsNumber::parse("9990000018").expect("valid")));
    process_keys(|ring| {
        ring.add(Arc::clone(&key)).expect("added");
        shows_nothing("ring", &format!("{ring:?}"));
    });
    let mut spec = pseudonymiser.spec().clone();
    let ready = |spec| ColumnAct::Pseudonymise { spec, on_invalid: OnInvalid::Raise }.prepare();
    shows_nothing("prepared", &format!("{:?}", ready(spec.clone()).expect("the key is here")));
    spec.check_value = "ffffffffff".to_owned();
    let error = ready(spec.clone()).expect_err("another key");
    assert_eq!(error.code(), "key.mismatch");
    shows_nothing("mismatch", &format!("{error} {error:?}"));
    spec.key_id = KeyId::new("absent").expect("id");
    assert_eq!(ready(spec).expect_err("no key").code(), "key.unavailable");
}
