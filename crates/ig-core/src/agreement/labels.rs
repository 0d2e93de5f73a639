//! Labels of public vocabularies, held against their code lists.

use serde::{Deserialize, Serialize};

/// Optional labels that other catalogues understand. They decide nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// GA4GH Data Use Ontology, such as `DUO:0000042`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<super::schema::DuoCode>"))]
    pub duo: Vec<String>,
    /// W3C Data Privacy Vocabulary, such as `eu-gdpr:A9-2-j`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<super::schema::DpvId>"))]
    pub dpv: Vec<String>,
}

/// The terms of the Data Use Ontology that say how data may be used: code, abbreviation, meaning.
///
/// Source: EBISPOT/DUO, `duo.csv`.
pub const DUO: [(&str, &str, &str); 23] = [
    ("DUO:0000004", "NRES", "no restriction"),
    ("DUO:0000006", "HMB", "health or medical or biomedical research"),
    ("DUO:0000007", "DS", "research on one disease"),
    ("DUO:0000011", "POA", "research on populations and ancestry only"),
    ("DUO:0000012", "RS", "certain kinds of research only"),
    ("DUO:0000015", "NMDS", "no development of methods"),
    ("DUO:0000016", "GSO", "genetic studies only"),
    ("DUO:0000018", "NPUNCU", "not-for-profit bodies and non-commercial use only"),
    ("DUO:0000019", "PUB", "results are to be published"),
    ("DUO:0000020", "COL", "together with the primary investigators"),
    ("DUO:0000021", "IRB", "ethics approval needed"),
    ("DUO:0000022", "GS", "within a region only"),
    ("DUO:0000024", "MOR", "no publication before a date"),
    ("DUO:0000025", "TS", "for a limited time"),
    ("DUO:0000026", "US", "named users only"),
    ("DUO:0000027", "PS", "within an approved project"),
    ("DUO:0000028", "IS", "within an approved institution"),
    ("DUO:0000029", "RTN", "derived data is given back"),
    ("DUO:0000042", "GRU", "general research"),
    ("DUO:0000043", "CC", "clinical care"),
    ("DUO:0000044", "NPOA", "no research on populations or ancestry"),
    ("DUO:0000045", "NPU", "not-for-profit bodies only"),
    ("DUO:0000046", "NCU", "non-commercial use only"),
];

/// The identifiers of the Data Privacy Vocabulary for legal bases and for ways to pseudonymise.
///
/// Source: W3C DPV 2.3, `eu-gdpr` and `technical_measures`.
pub const DPV: [&str; 21] = [
    "dpv:DeterministicPseudonymisation",
    "dpv:DocumentRandomisedPseudonymisation",
    "dpv:FullyRandomisedPseudonymisation",
    "dpv:MonotonicCounterPseudonymisation",
    "dpv:RNGPseudonymisation",
    "eu-gdpr:A6-1-a",
    "eu-gdpr:A6-1-b",
    "eu-gdpr:A6-1-c",
    "eu-gdpr:A6-1-d",
    "eu-gdpr:A6-1-e",
    "eu-gdpr:A6-1-f",
    "eu-gdpr:A9-2-a",
    "eu-gdpr:A9-2-b",
    "eu-gdpr:A9-2-c",
    "eu-gdpr:A9-2-d",
    "eu-gdpr:A9-2-e",
    "eu-gdpr:A9-2-f",
    "eu-gdpr:A9-2-g",
    "eu-gdpr:A9-2-h",
    "eu-gdpr:A9-2-i",
    "eu-gdpr:A9-2-j",
];

impl Labels {
    /// The first label that its code list does not have: which list, and its number from 1.
    pub(super) fn unknown(&self) -> Option<(&'static str, usize)> {
        let duo = self.duo.iter().position(|code| !DUO.iter().any(|(known, ..)| known == code));
        let dpv = self.dpv.iter().position(|id| !DPV.contains(&id.as_str()));
        duo.map(|place| ("duo", place + 1)).or(dpv.map(|place| ("dpv", place + 1)))
    }
}
