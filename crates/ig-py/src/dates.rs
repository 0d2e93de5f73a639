//! Dates between Python and the core.

use crate::error::argument;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateAccess};
use time::{Date, Month};

/// A Python date as a date of the core.
pub(crate) fn date_of(value: &Bound<'_, PyDate>, name: &str) -> PyResult<Date> {
    let month = Month::try_from(value.get_month()).ok();
    let date = month.and_then(|month| Date::from_calendar_date(value.get_year(), month, value.get_day()).ok());
    date.ok_or_else(|| argument(value.py(), name, "a date"))
}

/// A date of the core as a Python date.
pub(crate) fn python_date(py: Python<'_>, date: Date) -> PyResult<Bound<'_, PyDate>> {
    PyDate::new(py, date.year(), date.month().into(), date.day())
}

/// The day that a caller gives, or today.
pub(crate) fn day_or_today(py: Python<'_>, day: Option<&Bound<'_, PyAny>>, name: &str) -> PyResult<Date> {
    let today;
    let day = if let Some(day) = day {
        day
    } else {
        today = py.import("datetime")?.getattr("date")?.call_method0("today")?;
        &today
    };
    date_of(day.cast::<PyDate>().map_err(|_| argument(py, name, "a date"))?, name)
}
