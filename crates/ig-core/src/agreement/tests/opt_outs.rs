//! Every common law basis with every row of the opt-out policy, upheld or not, with evidence and without.

use super::*;

/// Rules about where data comes from, or that uphold the opt-out, go with every basis. Written from the policy's
/// table by hand, apart from the code.
const ANY: &[&str] = &["other_payments", "survey_before_april_2019", "outside_england", "private_patient", "unknown"];

/// The basis with its evidence, and the rules that go with it besides.
const BASES: &[(&str, &[&str])] = &[
    ("basis = \"consent\"\nconsent_ref = \"f 3\"", &["consent"]),
    (SUPPORT_2, WITH_SUPPORT),
    (SUPPORT_5, WITH_SUPPORT),
    ("basis = \"section_251\"\nregulation = 3", &["public_health"]),
    (
        "basis = \"legal_obligation\"\nstatute = \"s 259\"",
        &[
            "legal_requirement",
            "prescription_charges",
            "official_statistics",
            "nca_invoice_validation",
            "cancer_registration",
            "congenital_anomaly_registration",
            "exempt_audit",
        ],
    ),
    ("basis = \"public_interest\"\ntest_ref = \"t 1\"", &["public_interest"]),
    ("basis = \"direct_care\"", &["direct_care"]),
    ("basis = \"anonymised\"\nassessment_ref = \"a 1\"", &["anonymised"]),
    ("basis = \"not_confidential\"\nreason = \"published\"", &["not_confidential"]),
];

const SUPPORT_2: &str =
    "basis = \"section_251\"\nregulation = 2\ncag_ref = \"26/CAG/0014\"\nannual_review = 2027-03-01";
const SUPPORT_5: &str =
    "basis = \"section_251\"\nregulation = 5\ncag_ref = \"26/CAG/0014\"\nannual_review = 2027-03-01";
const WITH_SUPPORT: &[&str] = &[
    "section_251",
    "section_251_exempt",
    "nca_invoice_validation",
    "cancer_registration",
    "congenital_anomaly_registration",
    "exempt_audit",
];

/// Under these the opt-out applies whatever else is written.
const UPHELD: &[&str] = &["section_251", "other_payments", "unknown"];

#[test]
fn every_basis_with_every_rule() {
    let mut read_as_valid = 0;
    for (basis, besides) in BASES {
        for rule in OptOutRule::ALL {
            let code = rule.code();
            for (upheld, evidence) in [(true, true), (true, false), (false, true), (false, false)] {
                let reference = if evidence { "\nevidence = \"letter 7\"" } else { "" };
                let text = changed(SUPPORT_5, basis).replace(
                    "applies = true\nrule = \"section_251\"",
                    &format!("applies = {upheld}\nrule = \"{code}\"{reference}"),
                );
                let goes = ANY.contains(&code) || besides.contains(&code);
                let says_why = upheld || (evidence && !UPHELD.contains(&code));
                let case = format!("{basis} {code} {upheld} {evidence}");
                match read(&text) {
                    Ok(agreement) => {
                        assert!(goes && says_why, "{case}");
                        let ruling = agreement.decide(&good_request());
                        assert_eq!(ruling.opt_out().applies(), upheld, "{case}");
                        assert_eq!(ruling.opt_out().rule().code(), code, "{case}");
                        read_as_valid += 1;
                    }
                    Err(error) => {
                        assert!(!(goes && says_why), "{case}: {error}");
                        assert_eq!(error.code(), "agreement.inconsistent", "{case}");
                    }
                }
            }
        }
    }
    // 9 bases, 5 rules each: 3 may be talked out of with evidence (3 cases), 2 may not (2 cases); 25 rules besides, of
    // which 2 may not.
    assert_eq!(read_as_valid, 9 * (3 * 3 + 2 * 2) + 23 * 3 + 2 * 2);
}

#[test]
fn no_rule_about_single_rows_stands_for_the_whole() {
    for (basis, _) in BASES {
        let text = changed(SUPPORT_5, basis).replace("rule = \"section_251\"", "rule = \"no_nhs_number\"");
        assert_eq!(read(&text).expect_err(basis).code(), "agreement.inconsistent");
    }
}

use crate::opt_out::OptOutRule;
