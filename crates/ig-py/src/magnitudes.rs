//! Tables of magnitudes in Python.

use crate::error::{OrRaise, settings};
use crate::panic::Work;
use crate::suppression::{Suppressed, SuppressionPolicy};
use crate::tables_in::read;
use crate::watch::Watch;
use ig_core::columns::ContributionRows;
use ig_core::suppression::magnitude::MagnitudeOptions;
use pyo3::prelude::*;

/// Adds contributions up and hides the totals that give a contributor's value away. The options are plain data.
#[pyfunction]
pub(crate) fn suppress_contributions(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    value: String,
    contributor: &str,
    holding: Option<String>,
    policy: &SuppressionPolicy,
    options: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<Suppressed> {
    let options: MagnitudeOptions = settings(options).or_raise(py)?;
    let mut rows = ContributionRows::new(&by, &value, contributor, holding.as_deref());
    read(py, object, |batch| rows.add(batch))?;
    let watch = Watch::new(progress);
    let table = py.work(|| rows.suppress(policy.rule(), &options, &|at| watch.tell(at)));
    Ok(Suppressed::new(watch.end(py, table)?, value))
}
