//! The decision table of the National Data Opt-Out.

use serde::{Deserialize, Serialize};

/// Where the rows come from.
const POLICY: &str = "National data opt-out operational policy guidance, chapters 5 to 7";

macro_rules! rules {
    ($($variant:ident = $code:literal, $applies:literal, $evidence:literal, $reason:literal;)+) => {
        /// Which row of the opt-out policy an agreement relies on.
        ///
        /// Says whether the opt-out applies and what must be recorded. It does **not** prove that the row was chosen
        /// rightly: that is the judgement of the people who sign the agreement.
        ///
        /// Source of the rule: national data opt-out operational policy guidance, chapters 5 to 7; confidential
        /// patient information as defined by section 251 of the NHS Act 2006.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum OptOutRule {
            $(
                #[doc = concat!("`", $code, "`: ", $reason, ".")]
                #[serde(rename = $code)]
                $variant
            ),+
        }

        impl OptOutRule {
            /// Every row.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code that an agreement writes.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Whether the opt-out applies under this row.
            pub const fn applies(self) -> bool {
                match self { $(Self::$variant => $applies),+ }
            }

            /// What the agreement must record as evidence.
            pub const fn evidence(self) -> &'static str {
                match self { $(Self::$variant => $evidence),+ }
            }

            /// The row in plain English.
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$variant => $reason),+ }
            }
        }
    };
}

rules! {
    DirectCare = "direct_care", false, "the purpose of care",
        "the data is used for the care of the person, to which the opt-out does not extend";
    Section251 = "section_251", true, "the CAG reference",
        "support under section 251 (COPI regulation 2 or 5) has the opt-out as a standard condition";
    Section251Exempt = "section_251_exempt", false, "the approval letter, the minutes or the note in the CAG register",
        "section 251 support for this flow was given with an exemption from the opt-out";
    Consent = "consent", false, "the consent form or protocol",
        "the people gave explicit consent to this use, which outweighs an opt-out";
    Anonymised = "anonymised", false, "the anonymisation assessment",
        "the data is anonymised in line with the ICO's code before it is disclosed";
    NotConfidential = "not_confidential", false, "why it is not confidential patient information",
        "the data is not confidential patient information, to which alone the opt-out applies";
    LegalRequirement = "legal_requirement", false, "the statute or court order",
        "the law or a court requires this disclosure";
    PublicInterest = "public_interest", false, "the record of the public interest test",
        "an overriding public interest was tested and found";
    PublicHealth = "public_health", false, "the COPI regulation 3 purpose or notice",
        "communicable disease and other risks to public health (COPI regulation 3) are outside the opt-out";
    InvoiceValidation = "nca_invoice_validation", false, "the approval for invoice validation",
        "validation of invoices for non-contracted activity is outside the opt-out";
    PrescriptionCharges = "prescription_charges", false, "regulation 18A and the purpose",
        "checks of prescription charges by the NHS Business Services Authority are outside the opt-out";
    OtherPayments = "other_payments", true, "the legal basis of the payment",
        "other payments follow their legal basis, and none that exempts them is named";
    OfficialStatistics = "official_statistics", false, "the ONS request",
        "data for official statistics of the ONS is outside the opt-out";
    CancerRegistration = "cancer_registration", false, "the registration service",
        "the National Cancer Registration Service has its own opt-out";
    CongenitalRegistration = "congenital_anomaly_registration", false, "the registration service",
        "the congenital anomaly and rare disease register (NCARDRS) has its own opt-out";
    SurveyBeforeApril2019 = "survey_before_april_2019", false, "the survey and the day it was sent",
        "national patient surveys sent before April 2019 are outside the opt-out";
    ExemptAudit = "exempt_audit", false, "the audit and its exemption",
        "this national clinical audit was exempted by name";
    OutsideEngland = "outside_england", false, "the country where the data originates",
        "the data does not originate in England, where alone the opt-out holds";
    PrivatePatient = "private_patient", false, "the independent hospital",
        "private patients of independent hospitals are outside the opt-out";
    NoNhsNumber = "no_nhs_number", false, "why finding the NHS number is disproportionate, and the count",
        "the rows have no NHS number and finding it takes disproportionate effort";
    Unknown = "unknown", true, "nothing",
        "the basis is not known, so the opt-out applies";
}

impl OptOutRule {
    /// Where the row comes from.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Unknown => "nhs_ig: fail closed",
            _ => POLICY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::OptOutRuling;
    use super::*;

    /// Written out by hand from the policy table, apart from the code: code, applies.
    const TABLE: [(&str, bool); 21] = [
        ("direct_care", false),
        ("section_251", true),
        ("section_251_exempt", false),
        ("consent", false),
        ("anonymised", false),
        ("not_confidential", false),
        ("legal_requirement", false),
        ("public_interest", false),
        ("public_health", false),
        ("nca_invoice_validation", false),
        ("prescription_charges", false),
        ("other_payments", true),
        ("official_statistics", false),
        ("cancer_registration", false),
        ("congenital_anomaly_registration", false),
        ("survey_before_april_2019", false),
        ("exempt_audit", false),
        ("outside_england", false),
        ("private_patient", false),
        ("no_nhs_number", false),
        ("unknown", true),
    ];

    #[test]
    fn every_row_with_and_without_evidence_and_upholding() {
        assert_eq!(OptOutRule::ALL.len(), TABLE.len());
        for (code, applies) in TABLE {
            let rule: OptOutRule = serde_json::from_value(code.into()).expect(code);
            assert_eq!((rule.code(), rule.applies()), (code, applies));
            let ruling = |upheld, evidence: Option<&str>| {
                OptOutRuling::new(upheld, rule, evidence.map(str::to_owned), None).applies()
            };
            assert_eq!(ruling(false, Some("IG/2026/17")), applies, "{code}");
            assert!(ruling(false, None) && ruling(false, Some(" ")), "{code}: no evidence, no exemption");
            assert!(ruling(true, Some("IG/2026/17")), "{code}: upheld");
        }
        assert!(OptOutRuling::unknown().applies());
    }
}
