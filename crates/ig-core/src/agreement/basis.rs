//! The law that allows the use.

use super::{date, text};
use serde::{Deserialize, Serialize};
use time::Date;

/// The law that allows the use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LawfulBasis {
    /// The UK GDPR Article 6 condition.
    pub article_6: Article6,
    /// The UK GDPR Article 9 condition; required for person-level data that is not anonymised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article_9: Option<Article9>,
    /// The condition of the Data Protection Act 2018, Schedule 1; required with 9(2)(g).
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub dpa_2018_schedule_1: Option<String>,
    /// The common law duty of confidence.
    pub common_law: CommonLaw,
}

macro_rules! conditions {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal, $doc:literal $(, $needs:literal)?;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $(
                #[doc = concat!($text, ": ", $doc $(, "; needs ", $needs)?, ".")]
                #[serde(rename = $text)]
                $variant
            ),+
        }

        impl $name {
            /// As an agreement writes it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// In plain English.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc),+ }
            }
        }
    };
}

conditions! {
    /// The conditions of UK GDPR Article 6.
    Article6 {
        Consent = "6(1)(a)", "consent";
        Contract = "6(1)(b)", "a contract with the person";
        LegalObligation = "6(1)(c)", "legal obligation";
        VitalInterests = "6(1)(d)", "vital interests";
        PublicTask = "6(1)(e)", "a task in the public interest or of official authority";
        LegitimateInterests = "6(1)(f)", "legitimate interests";
    }
}

conditions! {
    /// The conditions of UK GDPR Article 9.
    Article9 {
        Consent = "9(2)(a)", "explicit consent";
        Employment = "9(2)(b)", "employment and social security law";
        VitalInterests = "9(2)(c)", "vital interests";
        Association = "9(2)(d)", "members of a not-for-profit body";
        MadePublic = "9(2)(e)", "made public by the person";
        LegalClaims = "9(2)(f)", "legal claims";
        SubstantialPublicInterest = "9(2)(g)", "substantial public interest";
        HealthCare = "9(2)(h)", "health or social care and its management";
        PublicHealth = "9(2)(i)", "public health";
        Research = "9(2)(j)", "archiving, research and statistics";
    }
}

conditions! {
    /// What sets the duty of confidence aside, or why there is none.
    CommonLawBasis {
        Consent = "consent", "the person consented", "`consent_ref`";
        Section251 = "section_251", "section 251 of the NHS Act 2006", "`regulation`, and for 2 and 5 `cag_ref` and `annual_review`";
        LegalObligation = "legal_obligation", "a statute or court order", "`statute`";
        PublicInterest = "public_interest", "overriding public interest", "`test_ref`";
        DirectCare = "direct_care", "implied consent for the person's own care";
        Anonymised = "anonymised", "no confidential information is disclosed", "`assessment_ref`";
        NotConfidential = "not_confidential", "never was confidential", "`reason`";
    }
}

/// The common law basis and its evidence; a key that belongs to another basis is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CommonLaw {
    /// The basis.
    pub basis: CommonLawBasis,
    /// Section 251: the COPI regulation, 2, 3 or 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [2, 3, 5])))]
    pub regulation: Option<u8>,
    /// Section 251: the reference of the Confidentiality Advisory Group.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub cag_ref: Option<String>,
    /// Section 251: the day by which the next annual review is due.
    #[serde(
        default,
        deserialize_with = "date::optional",
        serialize_with = "date::write_optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub annual_review: Option<Date>,
    /// Consent: the form or protocol.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub consent_ref: Option<String>,
    /// Legal obligation: the statute or order.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub statute: Option<String>,
    /// Public interest: the record of the test.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub test_ref: Option<String>,
    /// Anonymised: the assessment.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub assessment_ref: Option<String>,
    /// Not confidential: why.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub reason: Option<String>,
}
