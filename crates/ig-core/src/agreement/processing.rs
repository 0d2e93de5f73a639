//! What a record of processing activities needs beyond the rest of the agreement.

use super::text;
use serde::{Deserialize, Serialize};

/// The parts of a record of processing activities that no other section holds; optional.
///
/// Source of the rule: UK GDPR Article 30(1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Processing {
    /// Categories of people, such as `patients of the ICB`.
    #[serde(default, deserialize_with = "text::optional_texts")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::OptionalLines"))]
    pub people: Vec<String>,
    /// Categories of personal data, such as `imaging activity`.
    #[serde(default, deserialize_with = "text::optional_texts")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::OptionalLines"))]
    pub data: Vec<String>,
    /// Transfers to other countries and their safeguards.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub transfers: Option<String>,
    /// Technical and organisational security measures.
    #[serde(default, deserialize_with = "text::optional_texts")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::OptionalLines"))]
    pub security: Vec<String>,
}

/// Whom to ask about data protection at a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The organisation, spelled as among the parties.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub organisation: String,
    /// Their role, such as `Data Protection Officer`.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub role: String,
    /// A shared mailbox, telephone number or postal address of that role.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub reach: String,
}
