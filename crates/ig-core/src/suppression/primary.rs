//! Primary suppression: what the rule says of one count.

use super::cell::{Cell, Reason};
use super::perturb::{CellName, RandomRounder};
use super::policy::{Nulls, SuppressionPolicy, Zeros};
use super::rounding::Rounding;
use crate::error::{MisuseError, PolicyError, Result};
use serde::{Deserialize, Serialize};

/// What a rule says of a count that is looked at alone, as plain data that can travel in a query plan.
///
/// It is **not enough** wherever a total of these counts is published, in the same table or elsewhere: a hidden count
/// comes back as the total minus the rest. [`suppress`](super::suppress) works on whole tables.
///
/// ```
/// use ig_core::suppression::{PrimaryRule, SuppressionPolicy};
///
/// let rule = PrimaryRule::of(&SuppressionPolicy::preset("hes")?);
/// assert_eq!([0, 7, 8].map(|count| rule.shown(count)), [Some(0), None, Some(10)]);
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrimaryRule {
    threshold: u32,
    zeros: Zeros,
    rounding: Rounding,
}

impl PrimaryRule {
    /// The rule of a policy.
    pub fn of(policy: &SuppressionPolicy) -> Self {
        Self { threshold: policy.threshold(), zeros: policy.zeros(), rounding: policy.rounding() }
    }

    /// Checks settings that came as data.
    ///
    /// # Errors
    /// `misuse.argument` for a threshold of 0, a base outside 2 to 1000, or random rounding, which needs a key and the
    /// whole cell.
    pub fn checked(self) -> Result<Self> {
        self.rounding.check()?;
        if matches!(self.rounding, Rounding::Random(_)) {
            let expected = "without a key; suppress works with one, on whole tables".into();
            return Err(MisuseError::Argument { name: "rounding".into(), expected }.into());
        }
        if self.threshold == 0 {
            return Err(MisuseError::Argument { name: "threshold".into(), expected: "1 or more".into() }.into());
        }
        Ok(self)
    }

    /// The number to show; none for a count that is hidden, is negative, or leaves 64 bits when it is rounded.
    pub fn shown(&self, count: i64) -> Option<i64> {
        match count {
            0 if self.zeros == Zeros::Hide => None,
            0 => Some(0),
            _ if count < i64::from(self.threshold) => None,
            _ => self.rounding.round(count),
        }
    }
}

/// What rounds a cell at random, and the cell's name.
pub(super) type Chance<'a> = Option<(&'a RandomRounder, &'a dyn Fn() -> Result<CellName>)>;

/// Decides a cell by its own count alone, and rounds what is shown.
pub(super) fn decide(
    policy: &SuppressionPolicy,
    count: Option<i64>,
    exempt: bool,
    chance: Chance,
    row: impl FnOnce() -> usize,
) -> Result<Cell> {
    let Some(count) = count else {
        return match policy.nulls() {
            Nulls::Hide => Ok(Cell::Suppressed(Reason::Missing)),
            Nulls::Refuse => Err(PolicyError::MissingCount { row: row() }.into()),
        };
    };
    if exempt {
        return Ok(Cell::Published(count));
    }
    match count {
        0 if policy.zeros() == Zeros::Hide => Ok(Cell::Suppressed(Reason::Zero)),
        0 => Ok(Cell::Published(0)),
        _ if count < i64::from(policy.threshold()) => Ok(Cell::Suppressed(Reason::Primary)),
        _ => {
            let rounded = match (policy.rounding(), chance) {
                (Rounding::Random(_), None) => {
                    return Err(PolicyError::RoundingNeedsKey { rule: format!("the rule {}", policy.name()) }.into());
                }
                (Rounding::Random(_), Some((rounder, name))) => rounder.round(&name()?, count).ok(),
                (rounding, _) => rounding.round(count),
            };
            Ok(rounded.map(Cell::Published).ok_or_else(|| PolicyError::CountTooLarge { row: row() })?)
        }
    }
}
