//! What a record of processing activities needs beyond the rest of the agreement.

use super::text;
use serde::Deserialize;

/// The parts of a record of processing activities that no other section holds; optional.
///
/// Source of the rule: UK GDPR Article 30(1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processing {
    /// Categories of people, such as `patients of the ICB`.
    #[serde(default, deserialize_with = "text::optional_texts")]
    pub people: Vec<String>,
    /// Categories of personal data, such as `imaging activity`.
    #[serde(default, deserialize_with = "text::optional_texts")]
    pub data: Vec<String>,
    /// Transfers to other countries and their safeguards.
    #[serde(default, deserialize_with = "text::optional")]
    pub transfers: Option<String>,
    /// Technical and organisational security measures.
    #[serde(default, deserialize_with = "text::optional_texts")]
    pub security: Vec<String>,
}

/// Whom to ask about data protection at a party.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The organisation, spelled as among the parties.
    #[serde(deserialize_with = "text::text")]
    pub organisation: String,
    /// Their role, such as `Data Protection Officer`.
    #[serde(deserialize_with = "text::text")]
    pub role: String,
    /// A shared mailbox, telephone number or postal address of that role.
    #[serde(deserialize_with = "text::text")]
    pub reach: String,
}
