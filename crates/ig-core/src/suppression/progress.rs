//! How far a long run is, and how to stop it.

use std::ops::ControlFlow;

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Choosing the cells to hide.
    Choosing,
    /// Working out what the finished table gives away.
    Auditing,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Progress {
    /// What it is doing; a run may come back to an earlier stage.
    pub stage: Stage,
    /// Steps of this stage that are done.
    pub done: u64,
    /// Steps of this stage in all, as far as known.
    pub total: u64,
}

/// The hook of callers who want to know nothing.
pub(super) fn carry_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
