//! One cell of a finished table.

use std::borrow::Cow;

/// A cell as it was decided: a number that may be shown, or the reason why none is.
///
/// A hidden cell holds no number, so no printing of it can give one away. The reason is for the data owner
/// only: an attacker who knows which cells are primary knows which are small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// May be shown, after rounding if the rule rounds.
    Published(i64),
    /// Not shown.
    Suppressed(Reason),
}

/// Why a cell is hidden. Never part of what is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The count is from 1 to threshold − 1.
    Primary,
    /// Hidden so that a primary cell cannot be computed.
    Secondary,
    /// A zero, under a rule that hides zeros.
    Zero,
    /// The source had no count, under a rule that hides such cells.
    Missing,
}

impl Cell {
    /// The number to publish; none for every hidden cell alike.
    pub const fn published(self) -> Option<i64> {
        match self {
            Self::Published(count) => Some(count),
            Self::Suppressed(_) => None,
        }
    }

    /// The text to publish: the number, or the marker for every hidden cell alike.
    pub fn display(self, marker: &str) -> Cow<'_, str> {
        self.published().map_or(Cow::Borrowed(marker), |count| Cow::Owned(count.to_string()))
    }

    /// The word of the owner's status column: `published`, `primary`, `secondary`, `zero` or `missing`.
    pub const fn status(self) -> &'static str {
        match self {
            Self::Published(_) => "published",
            Self::Suppressed(Reason::Primary) => "primary",
            Self::Suppressed(Reason::Secondary) => "secondary",
            Self::Suppressed(Reason::Zero) => "zero",
            Self::Suppressed(Reason::Missing) => "missing",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REASONS: [Reason; 4] = [Reason::Primary, Reason::Secondary, Reason::Zero, Reason::Missing];

    #[test]
    fn every_reason_looks_the_same_outside_and_different_inside() {
        for reason in REASONS {
            assert_eq!(Cell::Suppressed(reason).published(), None);
            assert_eq!(Cell::Suppressed(reason).display("[c]"), "[c]");
        }
        let mut words: Vec<_> = REASONS.iter().map(|&reason| Cell::Suppressed(reason).status()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words, ["missing", "primary", "secondary", "zero"]);
    }
}
