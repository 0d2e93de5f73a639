//! Requests held against the demo agreement.

use super::*;
use crate::opt_out::OptOutRule;

/// The codes of all refusals, in order.
fn refusals(text: &str, request: &Request) -> Vec<&'static str> {
    read(text).expect("valid").decide(request).refusals().map(|check| check.code).collect()
}

#[test]
fn a_good_request_gets_a_permit() {
    let decision = demo().decide(&good_request());
    assert_eq!(decision.outcome(), Outcome::Permit);
    let permit = decision.permit().expect("allowed");
    assert_eq!((permit.agreement_sha256(), permit.date()), (demo().sha256(), DAY));
    assert_eq!(permit.datasets().count(), 2);
    assert_eq!(
        permit.outputs().map(|output| output.name.as_str()).collect::<Vec<_>>(),
        ["imaging_records", "ae_breaches"]
    );
    assert!(permit.opt_out().applies());
    assert_eq!(permit.opt_out().rule(), OptOutRule::Section251);
}

#[test]
fn a_permit_covers_what_was_asked_and_no_more() {
    let mut request = good_request();
    request.datasets = vec!["ae_attendances".into()];
    request.outputs = vec![OutputKind::Aggregate];
    let permit = demo().decide(&request).permit().expect("allowed");
    assert_eq!(permit.datasets().map(|dataset| dataset.name.as_str()).collect::<Vec<_>>(), ["ae_attendances"]);
    assert_eq!(permit.outputs().map(|output| output.name.as_str()).collect::<Vec<_>>(), ["ae_breaches"]);
}

#[test]
fn each_fault_of_a_request_has_its_code() {
    let with = |change: fn(&mut Request)| {
        let mut request = good_request();
        change(&mut request);
        request
    };
    let cases = [
        (with(|r| r.actor = " ".into()), vec!["access.actor"]),
        (with(|r| r.organisation = "Other Trust".into()), vec!["access.organisation"]),
        (with(|r| r.organisation = "example icb".into()), vec!["access.organisation"]),
        (with(|r| r.organisation = "Example ICB".into()), vec![]),
        (with(|r| r.purpose = "marketing".into()), vec!["access.purpose"]),
        (with(|r| r.role = "manager".into()), vec!["access.role"]),
        (with(|r| r.datasets = vec!["dids".into(), "hes".into()]), vec!["access.dataset"]),
        (with(|r| r.datasets = vec!["hes".into()]), vec!["access.dataset", "access.output"]),
        (
            with(|r| {
                r.datasets = vec!["ae_attendances".into()];
                r.outputs = vec![OutputKind::RecordLevel];
            }),
            vec!["access.record_level"],
        ),
        (
            with(|r| {
                r.datasets = vec!["dids".into()];
                r.outputs = vec![OutputKind::Aggregate];
            }),
            vec!["access.output"],
        ),
        (with(|r| r.territory = Some(Territory::England)), vec![]),
        (with(|r| r.territory = Some(Territory::EnglandAndWales)), vec!["access.territory"]),
        (with(|r| r.territory = Some(Territory::Worldwide)), vec!["access.territory"]),
        (with(|r| r.date = date!(2026 - 03 - 31)), vec!["access.not_started"]),
        (with(|r| r.date = date!(2026 - 04 - 01)), vec![]),
        (with(|r| r.date = date!(2027 - 03 - 01)), vec![]),
        (with(|r| r.date = date!(2027 - 03 - 02)), vec!["access.dpia_review_overdue", "access.cag_review_overdue"]),
        (
            with(|r| r.date = date!(2029 - 04 - 01)),
            vec!["access.expired", "access.review_overdue", "access.dpia_review_overdue", "access.cag_review_overdue"],
        ),
        (with(|r| r.date = date!(2026 - 03 - 11)), vec!["access.not_signed", "access.not_started"]),
    ];
    for (request, expected) in cases {
        assert_eq!(refusals(DEMO, &request), expected, "{request:?}");
    }
}

#[test]
fn each_fault_of_an_agreement_has_its_code() {
    let cases = [
        (changed("status = \"signed\"", "status = \"draft\""), "access.status"),
        (changed("status = \"signed\"", "status = \"suspended\""), "access.status"),
        (changed("status = \"signed\"", "status = \"ended\""), "access.status"),
        (changed("date = 2026-03-12", "date = 2026-11-23"), "access.not_signed"),
        (changed("role = \"siro\"", "role = \"iao\""), "access.approval_missing"),
        (changed("role = \"caldicott_guardian\"", "role = \"iao\""), "access.approval_missing"),
        (changed("date = 2026-03-02", "date = 2026-11-23"), "access.approval_missing"),
        (changed("review = 2027-04-01", "review = 2026-11-21"), "access.review_overdue"),
        (changed("until = 2029-09-30", "until = 2026-11-21"), "access.retention_ended"),
        (changed("annual_review = 2027-03-01", "annual_review = 2026-11-21"), "access.cag_review_overdue"),
    ];
    for (text, code) in cases {
        assert_eq!(refusals(&text, &good_request()), [code]);
    }
}

#[test]
fn all_reasons_come_at_once() {
    let request = Request::new("", "manager", "Other", "marketing", date!(2030 - 01 - 01));
    let decision = demo().decide(&request);
    let error = decision.permit().expect_err("refused");
    assert_eq!(error.code(), "access.refused");
    let codes: Vec<_> = decision.refusals().map(|check| check.code).collect();
    assert_eq!(codes.len(), 9, "{codes:?}");
    let message = error.to_string();
    assert!(codes.iter().all(|code| message.contains(code)), "{message}");
    assert!(message.contains("31 March 2029"), "{message}");
}

#[test]
fn messages_do_not_carry_what_an_identifier_was_typed_into() {
    let planted = "9990000018";
    let mut request = Request::new(planted, planted, planted, planted, DAY);
    request.datasets = vec![planted.into()];
    let error = demo().decide(&request).permit().expect_err("refused");
    assert!(!format!("{error} {error:?}").contains(planted), "{error}");
}

#[test]
fn a_decision_is_plain_data() {
    let json = serde_json::to_value(demo().decide(&good_request())).expect("serialises");
    assert_eq!(json["outcome"], "permit");
    assert_eq!(json["request"]["date"], "2026-11-22");
    assert_eq!(json["opt_out"]["rule"], "section_251");
    assert_eq!(json["agreement_sha256"], demo().sha256());
    let checks = json["checks"].as_array().expect("a list");
    assert!(checks.iter().all(|check| (1..=8).contains(&check["caldicott_principle"].as_u64().unwrap_or(0))));
    assert!(checks.iter().all(|check| check["source"].as_str().is_some_and(|source| !source.is_empty())));
}

#[test]
fn the_common_law_basis_decides_about_the_opt_out() {
    let section_251 = "basis = \"section_251\"\nregulation = 5\ncag_ref = \"26/CAG/0014\"\nannual_review = 2027-03-01";
    let cases = [
        (section_251.replace("= 5", "= 2"), "applies = true\nrule = \"section_251\"", true),
        (section_251.into(), "applies = false\nrule = \"section_251_exempt\"\nevidence = \"letter 7\"", false),
        (section_251.into(), "applies = true\nrule = \"section_251_exempt\"", true),
        (section_251.into(), "applies = true\nrule = \"unknown\"", true),
        (section_251.into(), "applies = false\nrule = \"exempt_audit\"\nevidence = \"NPDA\"", false),
        (
            "basis = \"section_251\"\nregulation = 3".into(),
            "applies = false\nrule = \"public_health\"\nevidence = \"n 1\"",
            false,
        ),
        (
            "basis = \"consent\"\nconsent_ref = \"f 3\"".into(),
            "applies = false\nrule = \"consent\"\nevidence = \"f 3\"",
            false,
        ),
        (
            "basis = \"legal_obligation\"\nstatute = \"s 259\"".into(),
            "applies = false\nrule = \"legal_requirement\"\nevidence = \"s 259\"",
            false,
        ),
        (
            "basis = \"public_interest\"\ntest_ref = \"t 1\"".into(),
            "applies = false\nrule = \"public_interest\"\nevidence = \"t 1\"",
            false,
        ),
        ("basis = \"direct_care\"".into(), "applies = false\nrule = \"direct_care\"\nevidence = \"ward round\"", false),
        (
            "basis = \"anonymised\"\nassessment_ref = \"a 1\"".into(),
            "applies = false\nrule = \"anonymised\"\nevidence = \"a 1\"",
            false,
        ),
        (
            "basis = \"not_confidential\"\nreason = \"published\"".into(),
            "applies = false\nrule = \"not_confidential\"\nevidence = \"published\"",
            false,
        ),
    ] as [(String, &str, bool); 12];
    for (basis, opt_out, applies) in cases {
        let text = changed(section_251, &basis).replace("applies = true\nrule = \"section_251\"", opt_out);
        let decision = read(&text).expect(opt_out).decide(&good_request());
        assert_eq!(decision.outcome(), Outcome::Permit, "{opt_out}");
        assert_eq!(decision.opt_out().applies(), applies, "{opt_out}");
        assert!(!decision.opt_out().reason().is_empty());
    }
}
