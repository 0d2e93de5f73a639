//! Who, why, on what basis, who was left out, what left.

use super::*;
use crate::OnInvalid;
use crate::agreement::{
    AgeBandSettings, DateSettings, LimitSettings, MaskSettings, PostcodeSettings, PseudonymEncoding, PseudonymSettings,
    RoundSettings, ShiftDateSettings,
};
use crate::mask::DateLevel;
use crate::scrub::ScrubSettings;

#[test]
fn the_answer_comes_first() {
    let page = page(&manifest(&[]));
    let seen = seen(&page);
    let answer = "Released to Example Analytics Unit on 22 November 2026: 11,019 rows about 8,765 people and a table with 4,321 counts \
                  shown and 77 hidden. Agreement DSA-2026-014, version 1.0: Waiting and imaging in urgent care: a \
                  service evaluation";
    assert!(seen.starts_with(&format!("Release report: DSA-2026-014, 22 November 2026 {answer} Who asked")), "{seen}");
}

#[test]
fn everything_of_the_agreement_that_was_asked_for_is_there() {
    let page = page(&manifest(&[]));
    says(
        &page,
        &[
            "Asked by a.analyst, analyst, Example Analytics Unit",
            "For Compare how imaging and emergency care are used between organisations (service_evaluation)",
            "Controllers Example ICB",
            "Recipient Example Analytics Unit, for use in England",
            "Example ICB: A. Example, Chief Medical Officer, 10 March 2026",
            "Example Analytics Unit: B. Example, Director, 12 March 2026",
            "Caldicott Guardian: C. Example, 2 March 2026",
            "SIRO: D. Example, 3 March 2026",
            "DPO: E. Example, 3 March 2026",
            "No approval recorded: IAO",
            "1 April 2026 to 31 March 2029, next review by 1 April 2027",
            "30 September 2029; then: Deleted with a certificate within 30 days",
            "Passing it on not allowed",
            "UK GDPR Article 6(1)(e): a task in the public interest or of official authority",
            "Article 9(2)(h): health or social care and its management",
            "DPA 2018 Schedule 1: Part 1, paragraph 2: health or social care purposes",
            "section 251 of the NHS Act 2006, COPI regulation 5, CAG reference 26/CAG/0014, annual review due by 1 March 2027",
            "DPIA-2026-007, next review by 1 March 2027",
            "pseudonymised: persons cannot be named without the key",
            "Applied: support under section 251 (COPI regulation 2 or 5) has the opt-out as a standard condition",
            "20 November 2026, 2 days old on the day (at most 21); 9,090 NHS numbers submitted",
            "People who were never checked: would have stopped the release",
            "lists applied: type 1",
            "project-1, check value 0a1b2c3d4e, nhs-ig/pseudonym/v1",
            "22 November 2026 at 09:05:12 UTC by nhs_ig 0.1.0",
            "0199aabb-0000-7000-8000-000000000001",
            &"3".repeat(64),
        ],
    );
}

#[test]
fn all_checks_are_counted() {
    let manifest = manifest(&[]);
    let all = manifest.decision.checks().len();
    assert!(all > 5);
    says(&page(&manifest), &[&format!("all {all} checks of the request against the agreement passed")]);
}

#[test]
fn rows_and_people_are_in_the_drawing_and_in_the_table() {
    let mut manifest = manifest(&[]);
    manifest.datasets[0].as_of = Some("2026-10-31".to_owned());
    manifest.datasets[0].cells_set_to_null = BTreeMap::from([("POSTCODE".to_owned(), 1_204)]);
    let page = page(&manifest);
    says(
        &page,
        &[
            "dids 12,345 1,001 302 23 0 11,019 8,765 31 October 2026",
            "ae_attendances 12,345 1,001 not asked not asked not asked 11,344 not about people not stated",
            "dids 12,345 rows read 1,326 left out 1,001 by row filters 302 opted out 23 no valid number 0 never checked \
             Went on 11,019 rows about 8,765 people 1 file left imaging_records.csv 11,019 rows",
            "ae_attendances 12,345 rows read 1,001 left out 1,001 by row filters Went on 11,344 rows 1 file left \
             ae_breaches.csv 4,321 counts shown 77 counts hidden",
            "dids: cells that could not be read and were left blank: POSTCODE 1,204.",
        ],
    );
    // What the drawing says is said without it too.
    assert!(page.contains("aria-label=\"dids, 12,345 rows read. 1,326 left out, 1,001 by row filters, 302 opted out"));
}

#[test]
fn row_filters_are_told_with_their_reason() {
    let filter = "drop_id_field = false\n[[dataset.row_filter]]\nfield = \"DIAGNOSTIC_TEST_DATE\"\njustification = \"One year is \
                  enough\"\nfrom = 2025-04-01\nto = 2026-03-31\n\n[[dataset.field]]\nname = \"NHS_NUMBER\"";
    let page = page(&manifest(&[("[[dataset.field]]\nname = \"NHS_NUMBER\"", filter)]));
    says(
        &page,
        &[
            "dids: only rows where DIAGNOSTIC_TEST_DATE is at least 1 April 2025 and is at most 31 March 2026: One year is enough.",
        ],
    );
}

#[test]
fn files_and_tables_are_told() {
    let page = page(&manifest(&[]));
    says(
        &page,
        &[
            "imaging_records.csv rows of dids, CSV 11,019 123.4 kB abcdef012345 As in the source: sex",
            "ae_breaches.csv table of ae_attendances, CSV 4,398 123.4 kB abcdef012345",
            "ae_breaches.csv under10: counts from 1 to 9 hidden and zeros shown; further cells hidden so that none can be narrowed \
             to a few values all 4,321 77 Protected, as far as this table alone goes",
        ],
    );
}

#[test]
fn many_files_are_counted_in_the_answer_and_named_in_the_table() {
    let mut manifest = manifest(&[]);
    manifest.outputs = (0..5).map(|n| output(&format!("part{n}"), "dids", 1_000)).collect();
    let page = page(&manifest);
    says(&page, &[": 5 files with 5,000 rows. Agreement", "5 files left", "and 2 more"]);
    says(&page, &["part0.csv rows of dids", "part4.csv rows of dids"]);
    manifest.outputs.clear();
    says(&super::page(&manifest), &[": no file. Agreement", "Nothing left"]);
}

/// Every preset in words; the settings were written out by hand from the presets' table.
#[test]
fn every_preset_is_in_words() {
    let table = [
        ("hes", "counts from 1 to 7 hidden, zeros shown and the rest rounded to the nearest 5"),
        ("opensafely", "counts from 1 to 7 hidden, zeros shown and the rest rounded to the nearest 5"),
        ("midpoint6", "no count hidden for its size, zeros shown and the rest shown as the middle of 6"),
        ("mhsds", "counts from 1 to 4 hidden, zeros hidden and the rest rounded to the nearest 5"),
        ("uk_llc", "counts from 1 to 9 hidden and zeros hidden"),
        ("under5", "counts from 1 to 4 hidden and zeros shown"),
        ("under10", "counts from 1 to 9 hidden and zeros shown"),
        ("acro", "counts from 1 to 9 hidden and zeros hidden"),
    ];
    assert_eq!(table.map(|(name, _)| name), SuppressionPolicy::PRESETS);
    for (name, words) in table {
        let mut manifest = manifest(&[]);
        let disclosure = manifest.outputs[1].disclosure.as_mut().expect("cells");
        disclosure.rule = SuppressionPolicy::preset(name).expect("a preset");
        disclosure.secondary = Secondary::None;
        says(&page(&manifest), &[&format!("{name}: {words}; no further cells hidden to protect them")]);
    }
}

#[test]
fn every_transform_is_in_words_and_fields_are_grouped() {
    let on_invalid = OnInvalid::Null;
    let date = |to| FieldTransform::GeneraliseDate(DateSettings { to, on_invalid });
    let limit = |label: Option<&str>| LimitSettings { at: 90, label: label.map(str::to_owned), on_invalid };
    let postcode = PostcodeSettings { on_invalid };
    let pseudonym = |kind: &str| {
        let encoding = PseudonymEncoding::Hex;
        FieldTransform::Pseudonymise(PseudonymSettings { kind: kind.to_owned(), length: 128, encoding, on_invalid })
    };
    let shift = |keep_weekday| {
        let (person, kind) = ("nhs".to_owned(), "nhs_number".to_owned());
        FieldTransform::ShiftDate(ShiftDateSettings { person, kind, max_days: 1_000, keep_weekday, on_invalid })
    };
    let mask = |keep_first, keep_last| FieldTransform::MaskPartial(MaskSettings { keep_first, keep_last });
    let table = [
        (FieldTransform::Keep(NoSettings {}), "As in the source"),
        (FieldTransform::Redact(NoSettings {}), "Redacted"),
        (pseudonym("nhs_number"), "Pseudonym made with the key"),
        (mask(2, 0), "Masked but for the first 2 characters"),
        (mask(2, 3), "Masked but for the first 2 and the last 3 characters"),
        (date(DateLevel::Month), "Month and year only"),
        (date(DateLevel::Quarter), "Quarter and year only"),
        (date(DateLevel::Year), "Year only"),
        (date(DateLevel::FinancialYear), "Financial year only"),
        (shift(false), "Moved by up to 1,000 days, all dates of a person alike"),
        (shift(true), "Moved by up to 1,000 days, by whole weeks, all dates of a person alike"),
        (FieldTransform::TopCode(limit(None)), "Numbers above 90 shown as 90"),
        (FieldTransform::TopCode(limit(Some("old"))), "90 and above shown as old"),
        (FieldTransform::BottomCode(limit(None)), "Numbers below 90 shown as 90"),
        (FieldTransform::BottomCode(limit(Some("low"))), "90 and below shown as low"),
        (FieldTransform::RoundTo(RoundSettings { base: 1_000, on_invalid }), "Rounded to multiples of 1,000"),
        (
            FieldTransform::AgeBand(AgeBandSettings { width: 5, top: 90, on_invalid }),
            "Age in bands of 5 years, 90 and over together",
        ),
        (FieldTransform::PostcodeDistrict(postcode), "Postcode district only"),
        (FieldTransform::PostcodeSector(postcode), "Postcode sector only"),
        (FieldTransform::PostcodeArea(postcode), "Postcode area only"),
        (FieldTransform::ScrubText(ScrubSettings::default()), "Free text, with what looks like an identifier replaced"),
    ];
    for (transform, words) in table {
        let mut manifest = manifest(&[]);
        manifest.outputs[0].fields =
            vec![field("a", transform.clone()), field("b", pseudonym("other")), field("c", transform)];
        let expected =
            if words.starts_with("Pseudonym") { format!("{words}: a, b, c") } else { format!("{words}: a, c") };
        says(&page(&manifest), &[&expected]);
    }
}

#[test]
fn the_same_manifest_gives_the_same_page() {
    assert_eq!(page(&manifest(&[])), page(&manifest(&[])));
}

#[test]
fn onward_sharing_and_other_evidence() {
    let conditions = "allowed = true\nconditions = \"To the regional network only\"";
    says(
        &page(&manifest(&[("allowed = false", conditions)])),
        &["Passing it on allowed: To the regional network only"],
    );
    let law = "basis = \"section_251\"\nregulation = 5\ncag_ref = \"26/CAG/0014\"\nannual_review = 2027-03-01";
    let opt_out = "applies = true\nrule = \"section_251\"";
    for (basis, rule, words) in [
        ("basis = \"consent\"\nconsent_ref = \"Form 3\"", "consent", "the person consented, consent Form 3"),
        (
            "basis = \"legal_obligation\"\nstatute = \"An Act\"",
            "legal_requirement",
            "a statute or court order, statute An Act",
        ),
        (
            "basis = \"public_interest\"\ntest_ref = \"IG/2026/4\"",
            "public_interest",
            "overriding public interest, test IG/2026/4",
        ),
        (
            "basis = \"anonymised\"\nassessment_ref = \"IG/2026/5\"",
            "anonymised",
            "no confidential information is disclosed, assessment IG/2026/5",
        ),
        (
            "basis = \"not_confidential\"\nreason = \"Staff data\"",
            "not_confidential",
            "never was confidential, because Staff data",
        ),
    ] {
        let opt_out_terms = format!("applies = false\nrule = \"{rule}\"\nevidence = \"Minutes 7\"");
        let page = page(&manifest(&[(law, basis), (opt_out, &opt_out_terms)]));
        says(
            &page,
            &[words, "NOT applied: ", "Evidence: Minutes 7", "National Data Opt-Out not applied: people who opted out"],
        );
        does_not_say(&page, &["days old on the day"]);
    }
}
