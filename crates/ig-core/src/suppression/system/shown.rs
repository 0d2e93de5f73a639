//! What a reader of a published table is told about a cell.

/// One cell as a reader sees it: a number, or the range that its marker and the published rule leave open.
///
/// A hidden cell of a table that shows every zero is `Between { low: 1, high: None }`; one marked `<5` is
/// `Between { low: 1, high: Some(4) }`; one rounded to the nearest 5 and shown as 10 is
/// `Between { low: 8, high: Some(12) }`. Both ends belong to the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The count is published as it is.
    Exactly(i64),
    /// The count is a whole number from `low` to `high`; without `high`, there is no upper limit.
    Between {
        /// The smallest count possible.
        low: i64,
        /// The largest count possible.
        high: Option<i64>,
    },
}

impl Shown {
    /// The smallest count possible.
    pub const fn low(self) -> i64 {
        match self {
            Self::Exactly(count) => count,
            Self::Between { low, .. } => low,
        }
    }

    /// The largest count possible, if there is a limit.
    pub const fn high(self) -> Option<i64> {
        match self {
            Self::Exactly(count) => Some(count),
            Self::Between { high, .. } => high,
        }
    }

    /// Whether the range leaves one count only.
    pub fn is_one_count(self) -> bool {
        self.high() == Some(self.low())
    }
}
