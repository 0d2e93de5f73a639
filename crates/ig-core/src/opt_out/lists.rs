//! The lists of one run.

use super::{NotOptedOut, OptedOut};
use std::sync::Arc;

/// Days for which the answer of the check service may be used.
///
/// Policy chapter 8 allows a temporary cache; 21 days is the figure that integrators work with. Check it against
/// the current guide.
pub const DEFAULT_MAX_AGE_DAYS: u16 = 21;

/// The lists given for one run: at most one answer of the check service, any number of deny-lists. A clone shares them.
#[derive(Debug, Clone)]
pub struct OptOuts {
    pub(super) not_opted_out: Option<Arc<NotOptedOut>>,
    pub(super) opted_out: Vec<Arc<OptedOut>>,
    pub(super) max_age_days: u16,
}

impl OptOuts {
    /// No lists yet, and the usual age limit of 21 days.
    pub const fn new() -> Self {
        Self { not_opted_out: None, opted_out: Vec::new(), max_age_days: DEFAULT_MAX_AGE_DAYS }
    }

    /// Sets the answer of the check service, in place of an earlier one.
    #[must_use]
    pub fn with_not_opted_out(mut self, list: impl Into<Arc<NotOptedOut>>) -> Self {
        self.not_opted_out = Some(list.into());
        self
    }

    /// Adds a deny-list.
    #[must_use]
    pub fn with_opted_out(mut self, list: impl Into<Arc<OptedOut>>) -> Self {
        self.opted_out.push(list.into());
        self
    }

    /// Sets the age limit of the answer, in days.
    #[must_use]
    pub const fn with_max_age_days(mut self, days: u16) -> Self {
        self.max_age_days = days;
        self
    }

    /// The answer of the check service.
    pub fn not_opted_out(&self) -> Option<&NotOptedOut> {
        self.not_opted_out.as_deref()
    }

    /// The deny-lists.
    pub fn opted_out(&self) -> &[Arc<OptedOut>] {
        &self.opted_out
    }

    /// The age limit of the answer, in days.
    pub const fn max_age_days(&self) -> u16 {
        self.max_age_days
    }
}

impl Default for OptOuts {
    fn default() -> Self {
        Self::new()
    }
}
