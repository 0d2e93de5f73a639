//! Primary suppression: what the rule says of one count.

use super::cell::{Cell, Reason};
use super::policy::{Nulls, SuppressionPolicy, Zeros};
use crate::error::PolicyError;

/// Decides a cell by its own count alone, and rounds what is shown.
pub(super) fn decide(
    policy: &SuppressionPolicy,
    count: Option<i64>,
    exempt: bool,
    row: impl FnOnce() -> usize,
) -> Result<Cell, PolicyError> {
    let Some(count) = count else {
        return match policy.nulls() {
            Nulls::Hide => Ok(Cell::Suppressed(Reason::Missing)),
            Nulls::Refuse => Err(PolicyError::MissingCount { row: row() }),
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
            policy.rounding().round(count).map(Cell::Published).ok_or_else(|| PolicyError::CountTooLarge { row: row() })
        }
    }
}
