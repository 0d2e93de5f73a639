//! Progress, and the wish to stop.

use crate::error::{Error, MisuseError};
use std::ops::ControlFlow;

/// How far a release has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// What is being done: "reading", "checking".
    pub stage: &'static str,
    /// The dataset or file.
    pub name: &'a str,
    /// Rows done so far.
    pub rows: u64,
}

/// Told of progress after every batch, and asked whether to go on.
pub trait Watch: Sync {
    /// Break to stop the release; nothing is then written.
    fn progress(&self, progress: Progress<'_>) -> ControlFlow<()>;
}

/// Goes on without telling anyone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWatch;

impl Watch for NoWatch {
    fn progress(&self, _progress: Progress<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

pub(super) fn tick(watch: &dyn Watch, stage: &'static str, name: &str, rows: u64) -> Result<(), Error> {
    match watch.progress(Progress { stage, name, rows }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(MisuseError::Interrupted {}.into()),
    }
}
