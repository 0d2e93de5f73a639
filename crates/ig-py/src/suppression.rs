//! Suppression of tables in Python.

use crate::arrow_capsule::{engine, table};
use crate::error::{OrRaise, argument, setting};
use crate::panic::Work;
use crate::plain::plain;
use crate::table::Table;
use arrow::array::RecordBatch;
use ig_core::columns::{CellTable, Repeats, SuppressedTable, suppress_cells};
use ig_core::suppression::{Exemption, Rounding, SuppressOptions};
use pyo3::prelude::*;

/// A disclosure rule for tables of counts: which counts are hidden, and how the others are rounded.
///
/// Take a preset by name, or make your own. Counts from 1 to `threshold - 1` are hidden; `zeros` is `"keep"` or
/// `"hide"`; `rounding` is `"nearest"` or `"midpoint"` to the base `round_to`; `secondary` is the level that hides
/// further cells, `"none"`, `"exact"` or `"interval"` (`suppress` refuses levels that do not exist in this version).
///
/// A rule alone does not protect a table whose totals are published elsewhere.
///
/// Raises `PolicyError` with code `policy.unknown_preset`, `MisuseError` with code `misuse.argument`.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct SuppressionPolicy(ig_core::suppression::SuppressionPolicy);

#[pymethods]
impl SuppressionPolicy {
    #[new]
    #[pyo3(signature = (name, *, threshold, zeros = "keep", round_to = None, rounding = "nearest", secondary = "interval", marker = "*"))]
    fn new(
        py: Python<'_>,
        name: &str,
        threshold: i64,
        zeros: &str,
        round_to: Option<u32>,
        rounding: &str,
        secondary: &str,
        marker: &str,
    ) -> PyResult<Self> {
        let threshold = u32::try_from(threshold).map_err(|_| argument(py, "threshold", "1 or more"))?;
        let rounding = match (round_to, rounding) {
            (None, _) => Rounding::None,
            (Some(base), method) => {
                setting("rounding", serde_json::json!({"method": method, "base": base})).or_raise(py)?
            }
        };
        let policy = ig_core::suppression::SuppressionPolicy::builder(name, threshold)
            .zeros(setting("zeros", zeros).or_raise(py)?)
            .rounding(rounding)
            .secondary(setting("secondary", secondary).or_raise(py)?)
            .marker(marker)
            .build();
        policy.or_raise(py).map(Self)
    }

    /// A preset: `hes`, `opensafely`, `midpoint6`, `mhsds`, `uk_llc`, `under5`, `under10` or `acro`.
    #[staticmethod]
    fn preset(py: Python<'_>, name: &str) -> PyResult<Self> {
        ig_core::suppression::SuppressionPolicy::preset(name).or_raise(py).map(Self)
    }

    /// The names of the presets.
    #[staticmethod]
    fn presets() -> Vec<&'static str> {
        ig_core::suppression::SuppressionPolicy::PRESETS.to_vec()
    }

    /// The rule as plain data, with its source and date.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.0)
    }

    fn __repr__(&self) -> String {
        format!("SuppressionPolicy('{}', threshold={})", self.0.name(), self.0.threshold())
    }
}

/// A suppressed table.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct Suppressed {
    table: SuppressedTable,
    count: String,
}

#[pymethods]
impl Suppressed {
    /// What may leave.
    fn publish(&self, py: Python<'_>) -> PyResult<Table> {
        self.table.publish(&self.count).or_raise(py).map(Table::one)
    }

    /// For the data owner only.
    fn owner(&self, py: Python<'_>) -> PyResult<Table> {
        self.table.owner(&self.count).or_raise(py).map(Table::one)
    }

    /// Cells shown and hidden.
    #[getter]
    fn counts(&self) -> (usize, usize) {
        let counts = self.table.result().counts();
        (counts.published, counts.hidden)
    }

    /// The auditor's verdict.
    #[getter]
    fn audit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.table.result().audit())
    }
}

/// Suppresses a table that offers an Arrow stream.
#[pyfunction]
#[pyo3(signature = (object, *, by, count, policy, secondary, margins, total, exempt))]
pub(crate) fn suppress_table(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    count: Option<String>,
    policy: &SuppressionPolicy,
    secondary: Option<&str>,
    margins: &str,
    total: String,
    exempt: Vec<(String, String)>,
) -> PyResult<Suppressed> {
    let options = SuppressOptions {
        secondary: secondary.map(|level| setting("secondary", level)).transpose().or_raise(py)?,
        margins: setting("margins", margins).or_raise(py)?,
        total_label: total,
        exempt: exempt.into_iter().map(|(dimension, value)| Exemption { dimension, value }).collect(),
    };
    let reader = table(object)?;
    let mut cells = CellTable::new(&by, count.as_deref(), Repeats::Refuse);
    // Without rows there may be no batch, and a missing column must be told all the same.
    cells.add(&RecordBatch::new_empty(reader.schema())).or_raise(py)?;
    for batch in reader {
        let batch = batch.map_err(|error| engine(py, &error))?;
        py.work(|| cells.add(&batch)).or_raise(py)?;
    }
    let table = py.work(|| suppress_cells(&cells, &policy.0, &options)).or_raise(py)?;
    Ok(Suppressed { table, count: count.unwrap_or_else(|| "n".to_owned()) })
}
