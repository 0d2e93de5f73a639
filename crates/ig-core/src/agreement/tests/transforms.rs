//! How transforms are written.

use super::*;
use crate::OnInvalid;
use crate::scrub::{NamesRef, ScrubSettings, TextKind};

fn transform_of(line: &str) -> Result<FieldTransform> {
    let text = changed(
        "name = \"PERSON_GENDER_CODE\"\ntype = \"code\"\njustification = \"Compare use between women and men\"\ntransform = \"keep\"",
        &format!("name = \"X\"\ntype = \"{}\"\njustification = \"y\"\n{line}", type_for(line)),
    );
    Ok(read(&text)?.dataset("dids").and_then(|dataset| dataset.field("X")).expect("the field").transform.clone())
}

/// A type that the transform reads.
fn type_for(line: &str) -> &'static str {
    let types = [
        ("date", "date"),
        ("postcode", "postcode"),
        ("age_band", "integer"),
        ("_code", "integer"),
        ("round_to", "decimal"),
        ("scrub_text", "free_text"),
    ];
    let name = line.trim_start_matches("transform").trim_start_matches([' ', '.', '=', '{', '"']);
    types
        .iter()
        .find(|(part, _)| name.split([' ', '.', '=', '"']).next().is_some_and(|word| word.contains(part)))
        .map_or("code", |(_, t)| t)
}

fn scrub_settings() -> ScrubSettings {
    let names = NamesRef { id: "ward-7".into(), check_value: None };
    ScrubSettings::new(&[TextKind::Date, TextKind::Name], 40, Some(names)).expect("settings")
}

#[test]
fn each_spelling_is_read() {
    let postcode = |on_invalid| FieldTransform::PostcodeDistrict(PostcodeSettings { on_invalid });
    let pseudonym = |length, encoding| {
        FieldTransform::Pseudonymise(PseudonymSettings {
            kind: "local_id".into(),
            length,
            encoding,
            on_invalid: OnInvalid::Raise,
        })
    };
    let band = |width, top| FieldTransform::AgeBand(AgeBandSettings { width, top, on_invalid: OnInvalid::Raise });
    let shift = |max_days, keep_weekday| {
        FieldTransform::ShiftDate(ShiftDateSettings {
            person: "NHS".into(),
            kind: "nhs_number".into(),
            max_days,
            keep_weekday,
            on_invalid: OnInvalid::Raise,
        })
    };
    let limit =
        |at, label: Option<&str>| LimitSettings { at, label: label.map(str::to_owned), on_invalid: OnInvalid::Raise };
    let cases = [
        ("transform = \"keep\"", FieldTransform::Keep(NoSettings {})),
        ("transform.keep = {}", FieldTransform::Keep(NoSettings {})),
        ("transform = \"redact\"", FieldTransform::Redact(NoSettings {})),
        ("transform = \"postcode_district\"", postcode(OnInvalid::Raise)),
        ("transform = { postcode_district = {} }", postcode(OnInvalid::Raise)),
        ("transform.postcode_district.on_invalid = \"null\"", postcode(OnInvalid::Null)),
        ("transform.pseudonymise = { kind = \"local_id\" }", pseudonym(128, PseudonymEncoding::Hex)),
        (
            "transform.pseudonymise = { kind = \"local_id\", length = 256, encoding = \"base32\" }",
            pseudonym(256, PseudonymEncoding::Base32),
        ),
        ("transform = \"age_band\"", band(5, 90)),
        ("transform.age_band = { width = 10, top = 80 }", band(10, 80)),
        (
            "transform.mask_partial = { keep_last = 3 }",
            FieldTransform::MaskPartial(MaskSettings { keep_first: 0, keep_last: 3 }),
        ),
        ("transform.shift_date = { person = \"NHS\", max_days = 30 }", shift(30, false)),
        ("transform.shift_date = { person = \"NHS\", max_days = 28, keep_weekday = true }", shift(28, true)),
        ("transform.top_code.at = 90", FieldTransform::TopCode(limit(90, None))),
        ("transform.top_code = { at = 90, label = \"90+\" }", FieldTransform::TopCode(limit(90, Some("90+")))),
        ("transform.bottom_code.at = -5", FieldTransform::BottomCode(limit(-5, None))),
        (
            "transform.round_to.base = 5",
            FieldTransform::RoundTo(RoundSettings { base: 5, on_invalid: OnInvalid::Raise }),
        ),
        ("transform = \"scrub_text\"", FieldTransform::ScrubText(ScrubSettings::default())),
        (
            "transform.scrub_text = { kinds = [\"date\", \"name\"], min_score = 40, names = { id = \"ward-7\" } }",
            FieldTransform::ScrubText(scrub_settings()),
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(transform_of(line).expect(line), expected);
        let json = serde_json::to_value(&expected).expect("serialises");
        assert_eq!(json.as_object().and_then(|map| map.keys().next().cloned()), Some(expected.name().to_owned()));
    }
}

#[test]
fn each_wrong_transform_is_refused() {
    let cases = [
        ("transform = \"sha256\"", "agreement.value"),
        ("transform = 1", "agreement.value"),
        ("transform = {}", "agreement.value"),
        ("transform = \"pseudonymise\"", "agreement.missing_key"),
        ("transform = \"generalise_date\"", "agreement.missing_key"),
        ("transform = \"mask_partial\"", "agreement.value"),
        ("transform = { keep = {}, redact = {} }", "agreement.value"),
        ("transform.keep = { on_invalid = \"null\" }", "agreement.unknown_key"),
        ("transform.pseudonymise = { kind = \"NHS\" }", "agreement.value"),
        ("transform.pseudonymise = { kind = \"a\", length = 64 }", "agreement.value"),
        ("transform.pseudonymise = { kind = \"a\", length = 65664 }", "agreement.value"),
        ("transform.pseudonymise = { kind = \"a\", salt = \"b\" }", "agreement.unknown_key"),
        ("transform.age_band = { width = 0 }", "agreement.value"),
        ("transform.age_band = { width = 5.0 }", "agreement.value"),
        ("transform.age_band = [5, 90]", "agreement.value"),
        ("transform.generalise_date = { to = \"day\" }", "agreement.value"),
        ("transform.mask_partial = { keep_first = 17 }", "agreement.value"),
        ("transform.postcode_area = { on_invalid = \"skip\" }", "agreement.value"),
        ("transform = \"shift_date\"", "agreement.missing_key"),
        ("transform.shift_date.max_days = 30", "agreement.missing_key"),
        ("transform.shift_date = { person = \"NHS\", max_days = 6 }", "agreement.value"),
        ("transform.shift_date = { person = \"NHS\", max_days = -30 }", "agreement.value"),
        ("transform.shift_date = { person = \"NHS\", max_days = 14, keep_weekday = true }", "agreement.value"),
        ("transform.shift_date = { person = \"NHS\", max_days = 30, kind = \"NHS\" }", "agreement.value"),
        ("transform.shift_date = { person = \"NHS\", max_days = 30, key = \"a\" }", "agreement.unknown_key"),
        ("transform = \"top_code\"", "agreement.missing_key"),
        ("transform.top_code.at = 90.5", "agreement.value"),
        ("transform.top_code = { at = 90, label = \"\" }", "agreement.value"),
        ("transform.round_to.base = 0", "agreement.value"),
        ("transform.round_to.base = \"5\"", "agreement.value"),
        ("transform.scrub_text = { min_score = 0 }", "agreement.value"),
        ("transform.scrub_text = { kinds = [\"nhs\"] }", "agreement.value"),
        ("transform.scrub_text = { names = [\"a name\"] }", "agreement.value"),
        ("transform.scrub_text = { min_scor = 5 }", "agreement.unknown_key"),
    ];
    for (line, code) in cases {
        let error = transform_of(line).expect_err(line);
        assert_eq!(error.code(), code, "{line}: {error}");
        let path = error.context().into_iter().find(|(name, _)| *name == "path").expect("a path").1;
        assert!(path.starts_with("dataset[1].field[5].transform"), "{line}: {path}");
    }
}
