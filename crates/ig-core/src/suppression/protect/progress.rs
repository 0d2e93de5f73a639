//! How far a long run is, and how to stop it.

use crate::error::{PolicyError, Result};
use crate::suppression::progress::{Progress, Stage};
use std::ops::ControlFlow;

/// The caller's hook, asked now and then, on the caller's own thread only.
pub(super) struct Watch<'a> {
    hook: &'a dyn Fn(Progress) -> ControlFlow<()>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(hook: &'a dyn Fn(Progress) -> ControlFlow<()>) -> Self {
        Self { hook }
    }

    pub(super) fn report(&self, done: u64, total: u64) -> Result<()> {
        match (self.hook)(Progress { stage: Stage::Choosing, done, total: total.max(done) }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(PolicyError::Interrupted {}.into()),
        }
    }
}
