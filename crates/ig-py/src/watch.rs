//! Long runs: Ctrl-C is heard, and a caller's function is told how far they are.

use crate::error::OrRaise;
use ig_core::Error;
use ig_core::suppression::{Progress, Stage};
use pyo3::prelude::*;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// No more often than this is the interpreter asked.
const PAUSE: Duration = Duration::from_millis(100);

/// Watches one run.
pub(crate) struct Watch {
    told: Option<Py<PyAny>>,
    last: Mutex<Instant>,
    ended_by: Mutex<Option<PyErr>>,
}

impl Watch {
    /// Takes the caller's function of (stage, done, total), if there is one.
    pub(crate) fn new(told: Option<Py<PyAny>>) -> Self {
        Self { told, last: Mutex::new(Instant::now()), ended_by: Mutex::default() }
    }

    /// Hears signals and tells the caller.
    pub(crate) fn tell(&self, at: Progress) -> ControlFlow<()> {
        {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.elapsed() < PAUSE {
                return ControlFlow::Continue(());
            }
            *last = Instant::now();
        }
        let stage = match at.stage {
            Stage::Choosing => "choosing",
            _ => "auditing",
        };
        let asked = Python::attach(|py| {
            py.check_signals()?;
            self.told.as_ref().map_or(Ok(()), |told| told.call1(py, (stage, at.done, at.total)).map(|_| ()))
        });
        let Err(error) = asked else { return ControlFlow::Continue(()) };
        *self.ended_by.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        ControlFlow::Break(())
    }

    /// What the run made, or why it ended: the caller's own error before ours.
    pub(crate) fn end<T>(self, py: Python<'_>, made: Result<T, Error>) -> PyResult<T> {
        match self.ended_by.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => made.or_raise(py),
        }
    }
}
