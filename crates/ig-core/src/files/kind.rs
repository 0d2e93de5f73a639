//! The kinds of table file.

use super::name_of;
use crate::error::MisuseError;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A kind of table file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileKind {
    /// Comma-separated text with a header row, UTF-8.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl FileKind {
    /// The kind that a file's ending says.
    ///
    /// # Errors
    /// `misuse.file_kind`
    pub fn of(path: &Path) -> Result<Self, MisuseError> {
        match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(MisuseError::FileKind { file: name_of(path) }),
        }
    }

    /// The ending of such files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}
