//! What to do with a cell that is not valid.

use serde::{Deserialize, Serialize};

/// What to do with a cell that is not valid: it is counted either way and never passed through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnInvalid {
    /// Refuse the column or release; the error has the count and the first row, never the value.
    #[default]
    Raise,
    /// Set the cell to null and count it.
    Null,
}
