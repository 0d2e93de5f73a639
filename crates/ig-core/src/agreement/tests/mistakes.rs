//! Every kind of mistake in the file, with the line it stands on.

use super::mistake_table::MISTAKES;
use super::*;
use proptest::prelude::*;

/// The line of the demo on which a piece of text stands.
fn line_of(text: &str, piece: &str) -> String {
    let before = text.split_once(piece).expect(piece).0;
    (before.matches('\n').count() + 1).to_string()
}

fn facts(error: &crate::Error) -> (String, String) {
    let fact = |name| error.context().into_iter().find(|(key, _)| *key == name).map(|(_, text)| text);
    (fact("line").expect("a line"), fact("path").unwrap_or_default())
}

#[test]
fn each_mistake_is_named_with_line_and_path() {
    for (from, to, stands_on, path, code) in MISTAKES {
        let text = changed_first(from, to);
        let error = read(&text).map(|_| ()).expect_err(to);
        assert_eq!(error.code(), *code, "{to}: {error}");
        assert_eq!(facts(&error), (line_of(&text, stands_on), (*path).to_owned()), "{to}: {error}");
        assert!(error.to_string().starts_with("demo.toml, line "), "{error}");
    }
}

/// As `changed`, for pieces that stand in several places: the first is changed.
fn changed_first(from: &str, to: &str) -> String {
    assert!(DEMO.contains(from), "{from}");
    DEMO.replacen(from, to, 1)
}

#[test]
fn a_table_about_single_people_is_refused() {
    for column in ["NHS_NUMBER", "RADIOLOGICAL_ACCESSION_NUM"] {
        let text =
            changed("kind = \"record_level\"", &format!("kind = \"aggregate\"\nby = [\"{column}\"]\npolicy = \"hes\""));
        assert_eq!(read(&text).expect_err(column).code(), "agreement.inconsistent");
    }
    let fair =
        changed("kind = \"record_level\"", "kind = \"aggregate\"\nby = [\"PERSON_BIRTH_DATE\"]\npolicy = \"hes\"");
    assert!(read(&fair).is_ok());
}

#[test]
fn a_dropped_id_field_must_be_said_to_be_dropped() {
    let field = "[[dataset.field]]\nname = \"NHS_NUMBER\"\ntype = \"nhs_number\"\njustification = \"Link the tests of one person\"\ntransform.pseudonymise = { kind = \"nhs_number\" }\n";
    let without = changed(field, "");
    assert_eq!(read(&without).expect_err("not said").code(), "agreement.inconsistent");
    let said = without.replace("id_field = \"NHS_NUMBER\"", "id_field = \"NHS_NUMBER\"\ndrop_id_field = true");
    assert!(read(&said).expect("said").dataset("dids").is_some_and(|dataset| dataset.drop_id_field));
}

#[test]
fn a_file_that_is_no_agreement_is_refused_without_showing_it() {
    let planted = "9990000018";
    let texts = [
        format!("NHS_NUMBER,SEX\n{planted},1\n"),
        planted.to_owned(),
        format!("schema = \"{planted}\""),
        format!("{planted} = 1\n{DEMO}"),
        changed("status = \"signed\"", &format!("status = \"{planted}\"")),
        changed("status = \"signed\"", &format!("status = \"x, expected {planted}\"")),
        changed("status = \"signed\"", &format!("status = {planted}")),
        changed("status = \"signed\"", &format!("{planted} = \"signed\"")),
        changed("status = \"signed\"", &format!("status = \"signed\"\n\"{planted}, expected 1\" = 2")),
        changed("status = \"signed\"", &format!("status = \"signed\" {planted}")),
        changed("rule = \"section_251\"", &format!("rule = \"{planted}\"")),
        changed("end = 2029-03-31", &format!("end = {planted}")),
        changed("end = 2029-03-31", &format!("end = {planted}z")),
        changed("kind = \"nhs_number\"", &format!("kind = \"{planted}\"")),
        changed("code = \"service_evaluation\"", &format!("code = \"{planted}\"")),
    ];
    for text in texts {
        let error = read(&text).map(|_| ()).expect_err("no agreement");
        assert!(error.code().starts_with("agreement."));
        let shown = format!("{error} {error:?} {:?}", error.context());
        assert!(!shown.contains(planted), "{shown}");
    }
}

#[test]
fn syntax_errors_have_their_line() {
    let text = changed("status = \"signed\"", "status = \"signed");
    let error = read(&text).map(|_| ()).expect_err("no closing quote");
    assert_eq!((error.code(), facts(&error).0), ("agreement.syntax", line_of(&text, "status =")));
    let text = changed("version = \"1.0\"", "version = \"1.0\"\nversion = \"1.1\"");
    let error = read(&text).map(|_| ()).expect_err("twice");
    assert_eq!((error.code(), facts(&error).0), ("agreement.syntax", line_of(&text, "version = \"1.1\"")));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[\\PC\n=\\[\\]\"]{0,80}") {
        prop_assert!(read(&text).is_err());
    }

    #[test]
    fn a_file_cut_short_is_never_read(cut in 0..DEMO.len() - 130) {
        // Within the last approval a cut can leave a whole, shorter agreement; before it something required is missing.
        prop_assume!(DEMO.is_char_boundary(cut) && cut < DEMO.find("[onward_sharing]").unwrap_or(0));
        prop_assert!(read(&DEMO[..cut]).is_err());
    }
}
