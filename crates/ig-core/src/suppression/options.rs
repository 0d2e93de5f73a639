//! What one call may say besides the rule.

use super::layout::Hierarchy;
use super::policy::Secondary;
use serde::{Deserialize, Serialize};

/// Totals in the table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Margins {
    /// There are none, and a row that looks like one is refused.
    #[default]
    None,
    /// The table has rows of totals. They are hidden and rounded like other cells, and must be the sums of their parts.
    Given,
    /// As `Given`, but totals that differ from the sums of their parts are replaced by these.
    Reconciled,
    /// Add every total: of each dimension, and of every level of the hierarchies.
    All,
}

/// How much doubt must stay about a small count at level `interval`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Candidates {
    /// At least this many whole numbers, or as many as the rule's small counts if these are fewer.
    AtLeast(u32),
    /// Nothing beyond the rule itself: all counts that it would hide.
    Whole,
}

/// Rows that the rule's source lets through: all with this value in this dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// The key column.
    pub dimension: String,
    /// The key, such as `England`, compared exactly.
    pub value: String,
}

/// Settings of one [`suppress`](super::suppress) call; the default asks for nothing beyond the rule.
///
/// ```
/// use ig_core::suppression::{Secondary, SuppressOptions};
///
/// let options = SuppressOptions { secondary: Some(Secondary::None), ..SuppressOptions::default() };
/// assert_eq!(options.total_label, "Total");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SuppressOptions {
    /// The level of secondary suppression; none means the rule's own.
    pub secondary: Option<Secondary>,
    /// Totals in the table.
    pub margins: Margins,
    /// The key of a row of totals; upper and lower case and outer spaces are ignored when such rows are looked for.
    pub total_label: String,
    /// How categories nest; several for one dimension where areas overlap.
    pub hierarchies: Vec<Hierarchy>,
    /// How much doubt must stay at level `interval`.
    pub candidates: Candidates,
    /// Rows to publish as they are.
    pub exempt: Vec<Exemption>,
}

impl Default for SuppressOptions {
    fn default() -> Self {
        Self {
            secondary: None,
            margins: Margins::None,
            total_label: "Total".into(),
            hierarchies: Vec::new(),
            candidates: Candidates::AtLeast(3),
            exempt: Vec::new(),
        }
    }
}
