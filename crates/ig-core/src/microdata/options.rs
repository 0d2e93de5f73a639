//! What a caller asks of a suggestion.

use crate::error::{Error, MisuseError};
use serde::{Deserialize, Serialize};

/// The loss by which suggestions are put in order; both are told for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Loss {
    /// How far up its ladder each column goes, on average: 1 less Sweeney's precision.
    #[default]
    Precision,
    /// The sum over rows of the size of the class each is in, a withheld row counting as the whole table (Bayardo
    /// and Agrawal 2005).
    Discernibility,
}

/// What a suggestion must meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SuggestOptions {
    /// The least class size, from 2.
    pub k: u64,
    /// The greatest share of rows that may be withheld, from 0 and less than 1. Withheld are all rows of the
    /// classes that stay below `k`.
    pub max_suppressed_share: f64,
    /// The loss by which suggestions are put in order.
    pub order_by: Loss,
    /// At most this many suggestions.
    pub most: usize,
}

impl SuggestOptions {
    /// With nothing withheld, in order of precision, ten at most.
    pub const fn new(k: u64) -> Self {
        Self { k, max_suppressed_share: 0.0, order_by: Loss::Precision, most: 10 }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        super::scan::check_k(self.k)?;
        let refuse = |name: &str, expected: &str| {
            Err(MisuseError::Argument { name: name.to_owned(), expected: expected.to_owned() }.into())
        };
        if !(0.0..1.0).contains(&self.max_suppressed_share) {
            return refuse("max_suppressed_share", "a share from 0 and less than 1");
        }
        if self.most == 0 {
            return refuse("most", "1 or more");
        }
        Ok(())
    }
}
