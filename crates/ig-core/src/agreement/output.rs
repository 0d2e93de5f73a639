//! What may leave.

use super::text;
use crate::suppression::Secondary;
use serde::{Deserialize, Serialize};

/// One file that may leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The name of the file, without its ending.
    #[serde(deserialize_with = "text::file_stem")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::FileStem"))]
    pub name: String,
    /// The dataset it is made from.
    #[serde(deserialize_with = "text::file_stem")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::FileStem"))]
    pub dataset: String,
    /// Rows or a table of counts.
    pub kind: OutputKind,
    /// The file format.
    pub format: OutputFormat,
    /// Aggregate: the columns that make the cells.
    #[serde(default, deserialize_with = "text::texts", skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Lines"))]
    pub by: Vec<String>,
    /// Aggregate: the column that is added up; if absent, rows are counted.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub count: Option<String>,
    /// Aggregate: the name of the suppression preset.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Preset"))]
    pub policy: Option<String>,
    /// Aggregate: the level of secondary suppression; if absent, the preset decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secondary: Option<Secondary>,
    /// Aggregate: which totals are published.
    #[serde(default)]
    pub margins: Margins,
    /// Aggregate: the key of a row of totals; `Total` if absent.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub total: Option<String>,
    /// Aggregate: how categories nest.
    #[serde(default)]
    pub hierarchy: Vec<OutputHierarchy>,
    /// Aggregate: whether its counts are held against those of earlier releases.
    #[serde(default)]
    pub earlier_releases: AgainstEarlier,
}

/// Rows or a table of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutputKind {
    /// One row for one row of the source.
    RecordLevel,
    /// A table of counts, suppressed.
    Aggregate,
}

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutputFormat {
    /// Comma-separated values.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// An Excel workbook of one sheet, without formulas.
    Xlsx,
}

/// Whether a table of counts is held against those of earlier releases under the agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AgainstEarlier {
    /// It is: what both show together gives no small count away, or nothing leaves.
    #[default]
    Compared,
    /// It is not: right where each release counts other people or another period, and for nothing else.
    NotCompared,
}

/// How the categories of a column nest; a column may be named twice where areas overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OutputHierarchy {
    /// One of the columns that make the cells.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub column: String,
    /// The fields of its levels, from the lowest upwards, such as `["pcn", "icb"]`.
    #[serde(deserialize_with = "text::texts")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Lines"))]
    pub levels: Vec<String>,
}

/// Which totals are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Margins {
    /// None, and the source has none.
    #[default]
    None,
    /// Those of the source, which must be the sums of their parts.
    Given,
    /// Every total.
    All,
}

impl Margins {
    /// The word of an agreement and a manifest.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Given => "given",
            Self::All => "all",
        }
    }
}
