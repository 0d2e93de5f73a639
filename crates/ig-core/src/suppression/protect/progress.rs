//! How far a long run is, and how to stop it.

use crate::error::{PolicyError, Result};
use std::ops::ControlFlow;

/// How far a run is. The total is a guess until the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// Steps in all, as far as known.
    pub total: u64,
}

/// The caller's hook, asked now and then, on the caller's own thread only.
pub(super) struct Watch<'a> {
    hook: &'a dyn Fn(Progress) -> ControlFlow<()>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(hook: &'a dyn Fn(Progress) -> ControlFlow<()>) -> Self {
        Self { hook }
    }

    pub(super) fn report(&self, done: u64, total: u64) -> Result<()> {
        match (self.hook)(Progress { done, total: total.max(done) }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(PolicyError::Interrupted { done }.into()),
        }
    }
}
