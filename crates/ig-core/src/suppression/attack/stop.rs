//! Budgets in counted steps, and the way out of a long audit.

use std::sync::atomic::{AtomicBool, Ordering};

/// Why a part of the audit ended before its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The steps allowed are used up.
    Exhausted,
    /// The caller asked to end.
    Interrupted,
}

/// Steps left. One step is about one number read or written, so the same input stops at the same place on every
/// machine.
#[derive(Debug)]
pub(super) struct Work<'a> {
    left: u64,
    interrupted: &'a AtomicBool,
}

impl<'a> Work<'a> {
    pub(super) const fn new(steps: u64, interrupted: &'a AtomicBool) -> Self {
        Self { left: steps, interrupted }
    }

    pub(super) fn spend(&mut self, steps: u64) -> Result<(), Stop> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(Stop::Interrupted);
        }
        self.left = self.left.checked_sub(steps).ok_or(Stop::Exhausted).inspect_err(|_| self.left = 0)?;
        Ok(())
    }

    /// A part of the steps left, for work that may fail without taking the rest along.
    pub(super) fn part(&self, steps: u64) -> Self {
        Self { left: steps.min(self.left), interrupted: self.interrupted }
    }
}
