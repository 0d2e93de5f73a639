//! What may leave.

use super::text;
use serde::{Deserialize, Serialize};

/// One file that may leave.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The name of the file, without its ending.
    #[serde(deserialize_with = "text::file_stem")]
    pub name: String,
    /// The dataset it is made from.
    #[serde(deserialize_with = "text::file_stem")]
    pub dataset: String,
    /// Rows or a table of counts.
    pub kind: OutputKind,
    /// The file format.
    pub format: OutputFormat,
    /// Aggregate: the columns that make the cells.
    #[serde(default, deserialize_with = "text::texts")]
    pub by: Vec<String>,
    /// Aggregate: the column that is added up; if absent, rows are counted.
    #[serde(default, deserialize_with = "text::optional")]
    pub count: Option<String>,
    /// Aggregate: the name of the suppression preset.
    #[serde(default, deserialize_with = "text::optional")]
    pub policy: Option<String>,
    /// Aggregate: gives up the preset's secondary suppression; if absent, the preset decides.
    pub secondary: Option<Secondary>,
    /// Aggregate: which totals are published.
    #[serde(default)]
    pub margins: Margins,
}

/// Rows or a table of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputKind {
    /// One row for one row of the source.
    RecordLevel,
    /// A table of counts, suppressed.
    Aggregate,
}

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputFormat {
    /// Comma-separated values.
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// A choice about secondary suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secondary {
    /// None.
    None,
}

/// Which totals are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Margins {
    /// None.
    #[default]
    None,
}
