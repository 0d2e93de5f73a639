//! A panic is a defect of this library. Its text can hold the cell that caused it, so it is shown nowhere.

use crate::error::OrRaise;
use ig_core::{Error, MisuseError};

use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

/// Work of the core, away from the interpreter.
pub(crate) trait Work: Copy {
    /// Does the work with the interpreter free for others. A panic becomes `misuse.defect`, without its text.
    fn work<T: Send, E: Into<Error>>(self, work: impl Send + FnOnce() -> Result<T, E>) -> Result<T, Error>;
}

impl Work for Python<'_> {
    fn work<T: Send, E: Into<Error>>(self, work: impl Send + FnOnce() -> Result<T, E>) -> Result<T, Error> {
        // What the work held is dropped or thrown away; the process-wide tables recover from a poisoned lock.
        self.detach(|| match catch_unwind(AssertUnwindSafe(work)) {
            Ok(done) => done.map_err(Into::into),
            Err(_) => Err(MisuseError::PanicInside {}.into()),
        })
    }
}

/// Makes panics of this library print where they happened and nothing else. Other libraries of the process have a
/// hook of their own.
pub(crate) fn hide_panic_texts() {
    set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        eprintln!("nhs_ig: a defect in this library{place}; what it worked on is not shown. Please report it.");
    }));
}

/// Panics with a text, for the tests of what a panic shows.
#[pyfunction]
pub(crate) fn panic_inside(py: Python<'_>, text: &str) -> PyResult<usize> {
    // A slice out of range is what a real defect looks like: its text repeats the string that was cut.
    let end = text.len() + 1;
    py.work(|| Ok::<_, Error>(text[1..end].len())).or_raise(py)
}
