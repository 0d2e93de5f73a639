//! How much of a postcode is kept.

use serde::{Deserialize, Serialize};

/// How much of a postcode is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostcodeLevel {
    /// The first letters, such as `M`.
    Area,
    /// The part before the space, such as `M13`.
    District,
    /// The district and the next digit, such as `M13 9`.
    Sector,
}
