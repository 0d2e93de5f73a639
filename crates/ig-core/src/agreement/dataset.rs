//! Sources and their fields.

use super::{FieldTransform, FieldType, RowFilter, text};
use serde::{Deserialize, Serialize};

/// One source and the fields of it that may be used; every other field is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// The name by which a request and a release call it.
    #[serde(deserialize_with = "text::file_stem")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::FileStem"))]
    pub name: String,
    /// Whether its rows are about single persons.
    pub person_level: bool,
    /// The column of NHS numbers that opt-outs are applied by; required for person-level data.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub id_field: Option<String>,
    /// States that the id field is read for opt-outs and not released; otherwise it must be among the fields.
    #[serde(default)]
    pub drop_id_field: bool,
    /// Which rows are agreed; without any, all are.
    #[serde(default)]
    pub row_filter: Vec<RowFilter>,
    /// The fields.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub field: Vec<Field>,
}

impl Dataset {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.field.iter().find(|field| field.name == name)
    }
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The column.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub name: String,
    /// What kind of value it holds in the source.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Why it is needed.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub justification: String,
    /// What is done to it before it leaves.
    pub transform: FieldTransform,
}
