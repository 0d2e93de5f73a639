//! What is found and what is not, and what holds for any text.

use super::*;
use proptest::prelude::*;
use std::sync::Arc;

fn scrub(text: &str) -> String {
    Scrubber::new(&ScrubSettings::default()).expect("no names").scrub(text).into_owned()
}

fn names(names: &[&str]) -> Scrubber {
    Scrubber::with_names(&ScrubSettings::default(), Arc::new(NameList::new("t", names).expect("names")))
}

fn kinds(text: &str) -> Vec<(TextKind, String)> {
    let found = Scrubber::new(&ScrubSettings::default()).expect("no names").findings(text);
    found.iter().map(|found| (found.kind, text[found.start..found.end].to_owned())).collect()
}

#[test]
fn every_spelling_of_an_nhs_number_is_found() {
    for spelling in [
        "9990000018",
        "999 000 0018",
        "999-000-0018",
        "999.000.0018",
        "999\u{a0}000\u{a0}0018",
        "999 - 000 - 0018",
        "999\u{2011}000\u{2011}0018",
        "999\u{200b}000\u{200b}0018",
        "999 000\n0018",
        "9 9 9 0 0 0 0 0 1 8",
        "NHS9990000018",
        "nhsno:9990000018",
        "NHS No. 99900 00018",
        "NHS/999/000/0018",
        "x9990000018x",
        "9990000018 (NHS)",
        "NHS number 9990000019",
        "NHS number: 9999999999",
        "nhs_number=9990000018",
    ] {
        let found = kinds(spelling);
        assert!(matches!(&found[..], [(TextKind::NhsNumber, _)]), "{spelling}: {found:?}");
    }
}

#[test]
fn other_numbers_are_not_called_nhs_numbers() {
    for text in [
        "9990000019",
        "9999999999",
        "epoch 1700000003",
        "timestamp 9990000018",
        "created 1669852805",
        "lot 9990000018",
        "99900000181",
        "0.9990000018",
        "Na 140 K 4.1 urea 5.2 creat 88",
        "BP 120/80, HR 72, SpO2 98",
        "amoxicillin 500 mg 8 hourly 7/7",
        "RH802, K82070, X26",
        "review in 2/52 or 6/12",
        "vitamin B12 5mg",
        "S1 2nd heart sound",
        "version 10.11.12.13",
        "pain 7/10, GCS 15/15",
        "12345678901234567890",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn each_kind_is_found_whole() {
    for (text, kind, whole) in [
        ("tel 07700 900123.", TextKind::Phone, "07700 900123"),
        ("on 07700900123 or", TextKind::Phone, "07700900123"),
        ("+44 7700 900 123", TextKind::Phone, "+44 7700 900 123"),
        ("(+44 (0)1632 960983)", TextKind::Phone, "(+44 (0)1632 960983"),
        ("0044 1632 960983", TextKind::Phone, "0044 1632 960983"),
        ("(0161) 496 0000 ext 4321", TextKind::Phone, "(0161) 496 0000 ext 4321"),
        ("020 7946 0958", TextKind::Phone, "020 7946 0958"),
        ("mob: 7700900123", TextKind::Phone, "7700900123"),
        ("phone 496 0000", TextKind::Phone, "496 0000"),
        ("at M13 9PL.", TextKind::Postcode, "M13 9PL"),
        ("at m139pl,", TextKind::Postcode, "m139pl"),
        ("EC1A1BB", TextKind::Postcode, "EC1A1BB"),
        ("W1A 1HQ", TextKind::Postcode, "W1A 1HQ"),
        ("DN55  1PT", TextKind::Postcode, "DN55  1PT"),
        ("M13\n9PL", TextKind::Postcode, "M13\n9PL"),
        ("ZZ99 3VZ", TextKind::Postcode, "ZZ99 3VZ"),
        ("BFPO 123", TextKind::Postcode, "BFPO 123"),
        ("GIR 0AA", TextKind::Postcode, "GIR 0AA"),
        ("<a.b+c@trust.nhs.uk>", TextKind::Email, "a.b+c@trust.nhs.uk"),
        ("mail x_y@example.org.", TextKind::Email, "x_y@example.org"),
        ("DOB 12/03/1958", TextKind::Date, "12/03/1958"),
        ("12-03-58", TextKind::Date, "12-03-58"),
        ("1958-03-12T10:00", TextKind::Date, "1958-03-12"),
        ("born 120358", TextKind::Date, "120358"),
        ("19580312", TextKind::Date, "19580312"),
        ("3rd March 1958", TextKind::Date, "3rd March 1958"),
        ("3 rd of march, 1958", TextKind::Date, "3 rd of march, 1958"),
        ("03-MAR-58", TextKind::Date, "03-MAR-58"),
        ("3 Mar '58", TextKind::Date, "3 Mar '58"),
        ("March 3rd, 1958", TextKind::Date, "March 3rd, 1958"),
        ("on 3rd March at 10:30", TextKind::Date, "3rd March"),
        ("seen 5/9 in clinic", TextKind::Date, "5/9"),
        ("GMC no 1234567", TextKind::GmcNumber, "1234567"),
        ("GMC: C1234567", TextKind::GmcNumber, "C1234567"),
        ("CHI 0607230002", TextKind::ChiNumber, "0607230002"),
        ("060723 0002", TextKind::ChiNumber, "060723 0002"),
        ("H&C No: 9990000018", TextKind::HcNumber, "9990000018"),
    ] {
        assert_eq!(kinds(text), [(kind, whole.to_owned())], "{text}");
    }
    assert_eq!(kinds("bleep 1234567"), []);
}

#[test]
fn a_health_and_care_number_is_known_by_its_range() {
    // Computed here: numbers of ranges in use are never stored.
    let valid = (3_200_000_000..3_200_000_100_u64).find(|n| crate::NhsNumber::from_unsigned(*n).is_ok()).expect("one");
    assert_eq!(kinds(&valid.to_string()), [(TextKind::HcNumber, valid.to_string())]);
    let held_back = (5_000_000_000..5_000_000_100_u64).find(|n| crate::NhsNumber::from_unsigned(*n).is_ok());
    assert_eq!(kinds(&held_back.expect("one").to_string()), []);
}

#[test]
fn names_are_found_in_any_spelling() {
    let scrubber = names(&["Dr Siân O'Neill", "Smith-Jones", "Ng", "Will Rose", "Ahmed van der Berg"]);
    for (text, expected) in [
        ("SIAN O’NEILL's mother", "[NAME]'s mother"),
        ("O'Neill, Sian", "[NAME]"),
        ("Sia\u{302}n", "[NAME]"),
        ("Mrs Smith Jones; smith-jones; SMITHJONES", "Mrs [NAME]; [NAME]; [NAME]"),
        ("Ms Ng took ng tube", "Ms [NAME] took ng tube"),
        ("he will rose", "he [NAME]"),
        ("he will sit, rose petals", "he will sit, rose petals"),
        ("Rose sat", "[NAME] sat"),
        ("van der Berg", "van der [NAME]"),
        ("Mr ONeill, Mr O’Neill", "Mr [NAME], Mr [NAME]"),
        ("Smithson, Roses", "Smithson, Roses"),
        ("Neill_9990000018", "[NAME]_[NHS NUMBER]"),
        ("will.rose@example.org", "[EMAIL]"),
    ] {
        assert_eq!(scrubber.scrub(text), expected, "{text}");
    }
}

#[test]
fn a_name_list_never_shows_its_names() {
    let list = NameList::new("clinic", ["Zebedee"]).expect("list");
    assert_eq!(
        format!("{list:?}"),
        format!("NameList(id=clinic, check_value={}, 1 names not shown)", list.check_value())
    );
    for bad in ["", "x", "123", "a b c d e f g h i j k l m"] {
        let error = NameList::new("clinic", ["Zebedee", bad]).expect_err("refused");
        assert_eq!(error.code(), "misuse.argument");
        assert!(!error.to_string().contains("Zebedee"));
    }
    assert_eq!(NameList::new("Clinic", ["Zebedee"]).expect_err("id").code(), "misuse.argument");
    assert_eq!(NameList::new("clinic", [""; 0]).expect_err("none").code(), "misuse.argument");
}

#[test]
fn name_lists_are_found_by_id_and_check_value() {
    let list = Arc::new(NameList::new("by-id", ["Zebedee", "Ermintrude"]).expect("list"));
    let again = NameList::new("by-id", ["ERMINTRUDE", "Zebedee", "Mr Zebedee"]).expect("list");
    assert_eq!((list.check_value(), again.len()), (again.check_value(), 2));
    let settings = |check: Option<&str>| {
        let names = NamesRef { id: "by-id".into(), check_value: check.map(str::to_owned) };
        ScrubSettings::new(TextKind::ALL, 50, Some(names)).expect("settings")
    };
    let code = |check: Option<&str>| Scrubber::new(&settings(check)).map(|_| ()).map_err(|error| error.code());
    assert_eq!(code(None), Err("misuse.names_unavailable"));
    register_name_list(Arc::clone(&list)).expect("new");
    register_name_list(Arc::new(again)).expect("the same");
    let other = NameList::new("by-id", ["Brian"]).expect("list");
    assert_eq!(register_name_list(Arc::new(other)).expect_err("another").code(), "misuse.names_conflict");
    assert_eq!((code(None), code(Some(list.check_value()))), (Ok(()), Ok(())));
    let wrong = if list.check_value() == "0000" { "0001" } else { "0000" };
    assert_eq!(code(Some(wrong)), Err("misuse.names_mismatch"));
    assert!(forget_name_list("by-id") && !forget_name_list("by-id"));
}

#[test]
fn min_score_and_kinds_choose() {
    let scrubber =
        |kinds: &[TextKind], min| Scrubber::new(&ScrubSettings::new(kinds, min, None).expect("ok")).expect("ok");
    let text = "9990000018 on 12/03/1958";
    assert_eq!(scrubber(TextKind::ALL, 61).scrub(text), "9990000018 on [DATE]");
    assert_eq!(scrubber(&[TextKind::NhsNumber], 50).scrub(text), "[NHS NUMBER] on 12/03/1958");
    for (kinds, min) in [(&[][..], 50), (TextKind::ALL, 0), (TextKind::ALL, 101)] {
        assert_eq!(ScrubSettings::new(kinds, min, None).expect_err("refused").code(), "misuse.argument");
    }
}

/// Pieces that meet in notes, put together without sense, so that rules meet each other.
const PIECES: &str = "([0-9]{1,12}|999 000 0018|9990000018|07700 900123|M13 9PL|m1 1ae|12/03/1958|3rd|March|Mar|may|1958|\
    a@b.org|@|NHS|no|tel|DOB|GMC|CHI|H&C|BFPO|Smith|smith|O’Neill|van|\\[DATE\\]|\\[NAME\\]|\\[|\\]|ext|x|é|\u{301}|\
    [ .,:/()+\n'-]|\u{a0}|\\PC)";

/// The strategy is made once: reading the pattern takes longer than a case.
fn pieces() -> impl Strategy<Value = String> {
    proptest::string::string_regex(PIECES).expect("a pattern")
}

fn settled(scrubber: &Scrubber, text: &str) -> Result<(), TestCaseError> {
    let found = scrubber.findings(text);
    let mut last = 0;
    for finding in &found {
        prop_assert!(last <= finding.start && finding.start < finding.end && finding.end <= text.len());
        prop_assert!(text.is_char_boundary(finding.start) && text.is_char_boundary(finding.end));
        prop_assert!((50..=100).contains(&finding.score) && finding.reason != Reason::Unsettled);
        last = finding.end;
    }
    let once = scrubber.scrub(text);
    prop_assert_eq!(scrubber.findings(&once), []);
    prop_assert_eq!(scrubber.scrub(&once), once.clone());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_scrubbed_text_has_nothing_left_to_find(pieces in proptest::collection::vec(pieces(), 0..24)) {
        settled(&names(&["Will Smith", "Siân O'Neill", "Number", "é é"]), &pieces.concat())?;
    }

    #[test]
    fn any_text_is_scrubbed(text in "(?s).{0,80}") {
        settled(&names(&["Will Smith", "Siân O'Neill"]), &text)?;
    }

    #[test]
    fn a_display_number_is_always_found(
        value in (999_000_000..999_999_999_u64).prop_filter_map("a check value of 10 has no digit", |nine| {
            (nine * 10..nine * 10 + 10).find(|value| crate::NhsNumber::from_unsigned(*value).is_ok())
        }),
        around in "[a-z ]{0,9}",
    ) {
        let number = crate::NhsNumber::from_unsigned(value).expect("valid").to_string();
        let text = format!("{around} {number} {around}");
        // Beside a word such as "ph", "chi" or "hcn" the same digits are called what it says; they are gone in any case.
        let tags = ["[NHS NUMBER]", "[PHONE]", "[CHI NUMBER]", "[H&C NUMBER]"].map(|tag| format!("{around} {tag} {around}"));
        prop_assert!(tags.contains(&scrub(&text)), "{around}");
    }
}
