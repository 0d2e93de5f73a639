//! What must not be overlooked is said before anything else, and only where it is so.

use super::*;

const ALL: [&str; 9] = [
    "Dry run:",
    "Rehearsal:",
    "National Data Opt-Out not applied:",
    "Rows without a valid NHS number stayed:",
    "Not everybody was checked:",
    "Hidden counts can be worked out:",
    "Keep with those who hold the source:",
    "Open beside earlier releases:",
    "Earlier releases not at hand:",
];

/// The page warns of these and of nothing else.
fn warns(manifest: &Manifest, expected: &[&str]) -> String {
    let page = page(manifest);
    let found: Vec<_> = ALL.into_iter().filter(|word| seen(&page).contains(word)).collect();
    assert_eq!(found, expected);
    page
}

#[test]
fn a_plain_release_has_no_warning() {
    let page = warns(&manifest(&[]), &[]);
    assert!(!page.contains("warnings\""), "an empty list");
}

#[test]
fn a_dry_run_says_so_first_and_everywhere() {
    let mut manifest = manifest(&[]);
    manifest.dry_run = true;
    let page = warns(&manifest, &ALL[..1]);
    assert!(seen(&page).starts_with("Dry run: DSA-2026-014, 22 November 2026 Nothing was released. A release to"));
    says(&page, &["Unit on 22 November 2026 would give: 11,019 rows", "What would leave", "1 file would leave"]);
    does_not_say(&page, &["What left", "1 file left"]);
    says(&release_report(&manifest, None), &["none: no manifest was written"]);
}

#[test]
fn a_rehearsal_names_both_days() {
    let mut manifest = manifest(&[]);
    manifest.rehearsal = true;
    manifest.started_at = "2026-12-01T00:00:00.000000Z".to_owned();
    let page = warns(&manifest, &ALL[1..2]);
    says(&page, &["decided for 22 November 2026, but made on 1 December 2026"]);
    manifest.started_at = "2026-11-22T00:00:00.000000Z".to_owned();
    says(&warns(&manifest, &ALL[1..2]), &["22 November 2026 was taken as given, and not held against the calendar"]);
}

#[test]
fn an_exemption_from_the_opt_out() {
    let exempt = [(
        "applies = true\nrule = \"section_251\"",
        "applies = false\nrule = \"section_251_exempt\"\nevidence = \"Letter 9\"",
    )];
    let mut manifest = manifest(&exempt);
    let page = warns(&manifest, &ALL[2..3]);
    says(&page, &["people who opted out may be among these rows", "(evidence: Letter 9)"]);
    // Where no row is about a person there is nobody to be left out.
    manifest.datasets.remove(0);
    let page = warns(&manifest, &[]);
    says(&page, &["No rows about single people were read. Under the agreement: "]);
}

#[test]
fn rows_without_a_number_that_stayed() {
    let exempt = [("rule = \"section_251\"", "rule = \"section_251\"\nno_number_exemption = \"IG/2026/17\"")];
    let page = warns(&manifest(&exempt), &ALL[3..4]);
    says(&page, &["exemption: IG/2026/17.", "Rows without a valid NHS number may stay: IG/2026/17"]);
}

#[test]
fn people_who_were_never_checked() {
    let mut manifest = manifest(&[]);
    manifest.opt_out.unchecked = "withhold";
    says(&warns(&manifest, &[]), &["People who were never checked: withheld"]);
    manifest.datasets[0].refused = 1;
    says(&warns(&manifest, &ALL[4..5]), &["1 row left out, because the check service was never asked"]);
}

#[test]
fn tables_that_are_open_or_not_decided() {
    let mut manifest = manifest(&[]);
    manifest.outputs[1] = cells("ae_breaches", "ae_attendances", AuditVerdict::NotProtected);
    let page = warns(&manifest, &ALL[5..6]);
    says(&page, &["a reader of ae_breaches.csv can compute", "NOT PROTECTED"]);
    manifest.outputs[1] = cells("ae_breaches", "ae_attendances", AuditVerdict::Undecided);
    says(
        &page_of(&manifest),
        &["Not known whether hidden counts are safe: nobody could say for ae_breaches.csv", "NOT DECIDED"],
    );
}

fn page_of(manifest: &Manifest) -> String {
    page(manifest)
}

#[test]
fn exact_numbers_beside_a_table_of_people() {
    let mut manifest = manifest(&[]);
    manifest.outputs[1].dataset = "dids".to_owned();
    says(&warns(&manifest, &ALL[6..7]), &["Pass the tables on without them."]);
}

#[test]
fn tables_that_earlier_releases_open() {
    use ComparedCounts as C;
    for (how, words) in [
        (C::NotRelated, Some("since counts went up and down")),
        (C::NotProtected, Some("give small counts away")),
        (C::NotCompared, Some("as the agreement says")),
        (C::NoneComparable, None),
        (C::Same, None),
        (C::Grown, None),
    ] {
        let mut manifest = manifest(&[]);
        manifest.outputs[1].disclosure.as_mut().expect("cells").earlier = how;
        let page = warns(&manifest, if words.is_some() { &ALL[7..8] } else { &[] });
        says(&page, words.as_slice());
    }
}

#[test]
fn earlier_releases_that_are_not_held() {
    let mut manifest = manifest(&[]);
    let run = EarlierRun { run_id: manifest.run_id.clone(), manifest_sha256: "4".repeat(64) };
    let entry = EarlierEntry { given: vec![run.clone()], unavailable: Vec::new(), reason_ref: None };
    manifest.earlier = Some(entry.clone());
    warns(&manifest, &[]);
    manifest.earlier =
        Some(EarlierEntry { unavailable: vec![run], reason_ref: Some("IG/2026/17".to_owned()), ..entry });
    let page = warns(&manifest, &ALL[8..]);
    says(&page, &["not held against 1 earlier release of this agreement (reason: IG/2026/17)"]);
}
