//! What became of the rows.

use serde::Serialize;

/// What the opt-outs mean for one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowOutcome {
    /// The row may stay.
    Keep,
    /// The person opted out, nationally or on a deny-list.
    OptedOut,
    /// The row has no valid NHS number, so no list can be asked about it.
    NoValidNumber,
    /// The number is valid but was never submitted to the check service.
    NotChecked,
}

/// Rows by outcome; the four outcomes add up to the rows that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct OptOutCounts {
    /// Rows that came in.
    pub rows_in: u64,
    /// Rows that stay.
    pub kept: u64,
    /// Rows of people who opted out.
    pub opted_out: u64,
    /// Rows withheld because they have no valid NHS number.
    pub no_valid_number: u64,
    /// Rows withheld because their number was never checked.
    pub not_checked: u64,
}

impl OptOutCounts {
    /// Counts one row.
    pub const fn add(&mut self, outcome: RowOutcome) {
        self.rows_in += 1;
        match outcome {
            RowOutcome::Keep => self.kept += 1,
            RowOutcome::OptedOut => self.opted_out += 1,
            RowOutcome::NoValidNumber => self.no_valid_number += 1,
            RowOutcome::NotChecked => self.not_checked += 1,
        }
    }
}
