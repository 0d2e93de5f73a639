//! What someone asks for.

use super::{OutputKind, Territory, date};
use serde::Serialize;
use time::Date;

/// Who asks for what, for which purpose, on which day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Request {
    /// The person who asks: an account name, never a shared one.
    pub actor: String,
    /// The role in which they ask, as among the roles of the purpose.
    pub role: String,
    /// Their organisation, as among the parties.
    pub organisation: String,
    /// The code of the purpose.
    pub purpose: String,
    /// The datasets; none means every dataset of the agreement.
    pub datasets: Vec<String>,
    /// The kinds of output; none means every output of the agreement.
    pub outputs: Vec<OutputKind>,
    /// Where the data will be used; none means where the agreement allows, to which its recipient is bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub territory: Option<Territory>,
    /// The day of use.
    #[serde(serialize_with = "date::write")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub date: Date,
}

impl Request {
    /// A request for every dataset and output of an agreement.
    pub fn new(actor: &str, role: &str, organisation: &str, purpose: &str, date: Date) -> Self {
        Self {
            actor: actor.to_owned(),
            role: role.to_owned(),
            organisation: organisation.to_owned(),
            purpose: purpose.to_owned(),
            datasets: Vec::new(),
            outputs: Vec::new(),
            territory: None,
            date,
        }
    }

    /// Whether the request takes in a dataset of that name.
    pub(super) fn wants_dataset(&self, name: &str) -> bool {
        self.datasets.is_empty() || self.datasets.iter().any(|dataset| dataset == name)
    }

    /// Whether the request takes in outputs of that kind.
    pub(super) fn wants_kind(&self, kind: OutputKind) -> bool {
        self.outputs.is_empty() || self.outputs.contains(&kind)
    }
}
