//! Suggested merges of categories, in Python.

use crate::error::{OrRaise, setting};
use crate::panic::Work;
use crate::plain::plain;
use crate::suppression::SuppressionPolicy;
use crate::table::Table;
use crate::tables_in::read;
use ig_core::columns::{CellTable, Repeats, merge_cells, suggest_cell_merges};
use ig_core::suppression::merge::{MergeGoal, MergePlan, TableMerges};
use pyo3::prelude::*;

type Renamed = Vec<(Option<String>, Option<String>)>;

/// Merges that were suggested for a table.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct SuggestedMerges {
    merges: TableMerges,
    by: Vec<String>,
    count: Option<String>,
}

#[pymethods]
impl SuggestedMerges {
    /// How it was found, and the cells before and after.
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let found = self.merges.suggestion();
        let cells = serde_json::json!({
            "method": found.method, "cells_before": found.cells_before, "cells_after": found.cells_after,
            "primary_before": found.primary_before, "primary_after": found.primary_after,
        });
        plain(py, &cells)
    }

    /// For each key column its old keys with the new ones.
    fn categories(&self) -> Vec<(String, Renamed)> {
        self.by.iter().cloned().zip(self.merges.categories().iter().cloned()).collect()
    }

    /// The merged table.
    fn apply(&self, py: Python<'_>, object: &Bound<'_, PyAny>) -> PyResult<Table> {
        let mut cells = CellTable::new(&self.by, self.count.as_deref(), Repeats::Refuse);
        read(py, object, |batch| cells.add(batch))?;
        let name = self.count.as_deref().unwrap_or("n");
        py.work(|| merge_cells(&self.merges, &cells, name)).or_raise(py).map(Table::one)
    }
}

/// Suggests merges for a table that offers an Arrow stream. Plans and goal are plain data.
#[pyfunction]
pub(crate) fn suggest_table_merges(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    count: Option<String>,
    policy: &SuppressionPolicy,
    plans: Vec<(String, String)>,
    goal: &str,
    total: &str,
) -> PyResult<SuggestedMerges> {
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
    let plan = |(name, plan): (String, String)| Ok((name, setting::<MergePlan>("merge", value(&plan)).or_raise(py)?));
    let plans = plans.into_iter().map(plan).collect::<PyResult<Vec<_>>>()?;
    let goal: MergeGoal = setting("max_primary_cells or max_primary_percent", value(goal)).or_raise(py)?;
    let mut cells = CellTable::new(&by, count.as_deref(), Repeats::Refuse);
    read(py, object, |batch| cells.add(batch))?;
    let merges = py.work(|| suggest_cell_merges(&cells, &plans, policy.rule(), goal, total)).or_raise(py)?;
    Ok(SuggestedMerges { merges, by, count })
}
