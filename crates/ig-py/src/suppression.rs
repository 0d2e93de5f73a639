//! Suppression of tables in Python.

use crate::error::{OrRaise, argument, setting, settings};
use crate::given::{Given, taken, text, whole};
use crate::key::Key;
use crate::panic::Work;
use crate::plain::plain;
use crate::table::Table;
use crate::tables_in::{COUNT, Named, Wide, all_finished, cells_of, finished_of, read};
use crate::watch::Watch;
use ig_core::columns::{
    AuditedTable, CellTable, FinishedTable, HierarchyColumns, RateTable, Repeats, SuppressedRates, SuppressedTable,
    frequency_cells, suppress_cells_after, suppress_cells_keyed, suppress_cells_linked,
};
use ig_core::suppression::perturb::RandomRounder;
use ig_core::suppression::{AuditTableOptions, EarlierCounts, RateFormat, Rounding, SuppressOptions};
use ig_core::{Context, Kind};
use pyo3::prelude::*;

/// A disclosure rule for tables of counts: which counts are hidden, and how the others are rounded.
///
/// Take a preset by name, or make your own. Counts from 1 to `threshold - 1` are hidden; `zeros` is `"keep"` (unless
/// set) or `"hide"`; `rounding` is `"nearest"` (unless set), `"midpoint"` or `"random"` (which needs a key in `suppress`) to the
/// base `round_to`; `secondary` is the
/// level that hides further cells, `"none"`, `"exact"` or `"interval"` (unless set); the marker of a hidden cell is `"*"`
/// unless set. `max_share`, `nk` (a pair) and `p_percent` are limits for magnitudes, in per cent, as
/// `suppress_magnitudes` applies them.
///
/// A rule alone does not protect a table whose totals are published elsewhere.
///
/// Raises `PolicyError` with code `policy.unknown_preset`, `MisuseError` with code `misuse.argument`.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct SuppressionPolicy(ig_core::suppression::SuppressionPolicy);

impl SuppressionPolicy {
    /// The rule of the core.
    pub(crate) const fn rule(&self) -> &ig_core::suppression::SuppressionPolicy {
        &self.0
    }

    /// What rounds at random for this rule.
    fn rounder(&self, py: Python<'_>, key: &Key, context: &str, kind: &str) -> PyResult<RandomRounder> {
        let Rounding::Random(base) = self.0.rounding() else {
            return Err(argument(py, "key", "none, unless the rule rounds at random"));
        };
        let (context, kind) = (Context::new(context).or_raise(py)?, Kind::new(kind).or_raise(py)?);
        RandomRounder::new(&key.0, context, kind, base).or_raise(py)
    }
}

#[pymethods]
impl SuppressionPolicy {
    #[new]
    #[pyo3(signature = (name: "str", *, threshold: "int", zeros: "str | None" = None, round_to: "int | None" = None, rounding: "str | None" = None, secondary: "str | None" = None, marker: "str | None" = None, max_share: "int | None" = None, nk: "tuple[int, int] | None" = None, p_percent: "int | None" = None) -> "SuppressionPolicy")]
    fn new(
        py: Python<'_>,
        name: Given<'_>,
        threshold: Given<'_>,
        zeros: Option<Given<'_>>,
        round_to: Option<Given<'_>>,
        rounding: Option<Given<'_>>,
        secondary: Option<Given<'_>>,
        marker: Option<Given<'_>>,
        max_share: Option<Given<'_>>,
        nk: Option<Given<'_>>,
        p_percent: Option<Given<'_>>,
    ) -> PyResult<Self> {
        let threshold = whole(threshold, "threshold", "1 or more")?;
        let mut policy = ig_core::suppression::SuppressionPolicy::builder(&text(name, "name")?, threshold)
            .rounding(rounding_of(py, rounding, round_to)?);
        if let Some(zeros) = zeros {
            policy = policy.zeros(setting("zeros", text(zeros, "zeros")?).or_raise(py)?);
        }
        if let Some(level) = secondary {
            policy = policy.secondary(setting("secondary", text(level, "secondary")?).or_raise(py)?);
        }
        if let Some(marker) = marker {
            policy = policy.marker(&text(marker, "marker")?);
        }
        if let Some(share) = max_share {
            policy = policy.max_share(whole(share, "max_share", PER_CENT)?);
        }
        if let Some(nk) = nk {
            let (n, k): (Given<'_>, Given<'_>) = taken(nk, "nk", "a pair of whole numbers, n and k per cent")?;
            policy = policy.nk(whole(n, "nk", "1 contributor or more")?, whole(k, "nk", PER_CENT)?);
        }
        if let Some(share) = p_percent {
            policy = policy.p_percent(whole(share, "p_percent", PER_CENT)?);
        }
        policy.build().or_raise(py).map(Self)
    }

    /// A preset: `hes`, `opensafely`, `midpoint6`, `mhsds`, `uk_llc`, `under5`, `under10` or `acro`.
    #[staticmethod]
    #[pyo3(signature = (name: "str") -> "SuppressionPolicy")]
    fn preset(py: Python<'_>, name: Given<'_>) -> PyResult<Self> {
        ig_core::suppression::SuppressionPolicy::preset(&text(name, "name")?).or_raise(py).map(Self)
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

const PER_CENT: &str = "1 to 100 per cent";

/// The rounding of a policy.
fn rounding_of(py: Python<'_>, method: Option<Given<'_>>, base: Option<Given<'_>>) -> PyResult<Rounding> {
    let (method, base) = match (method, base) {
        (None, None) => return Ok(Rounding::None),
        // A rule said to round must not turn into one that does not.
        (Some(_), None) => return Err(argument(py, "round_to", "the base, since rounding= is given")),
        (None, Some(base)) => ("nearest".to_owned(), base),
        (Some(method), Some(base)) => (text(method, "rounding")?, base),
    };
    let base: u32 = whole(base, "round_to", "2 to 1000")?;
    setting("rounding", serde_json::json!({"method": method, "base": base})).or_raise(py)
}

/// A suppressed table.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct Suppressed {
    table: SuppressedTable,
    count: String,
}

impl Suppressed {
    /// A table whose counts, or magnitudes, stand under this name.
    pub(crate) const fn new(table: SuppressedTable, count: String) -> Self {
        Self { table, count }
    }
}

#[pymethods]
impl Suppressed {
    /// What may leave.
    fn publish(&self, py: Python<'_>) -> PyResult<Table> {
        self.table.publish(&self.count).or_raise(py).map(Table::one)
    }

    /// What may leave, with the categories of the last key column as columns.
    fn publish_wide(&self, py: Python<'_>) -> PyResult<Table> {
        self.table.publish_wide().or_raise(py).map(Table::one)
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

    /// The auditor's word in sum.
    fn audit_summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.table.result().audit().summary())
    }

    /// What the auditor says of each primary cell.
    fn audited_cells(&self, py: Python<'_>) -> PyResult<Table> {
        self.table.audited_cells().or_raise(py).map(Table::one)
    }
}

/// The audit of a finished table.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct Audited(AuditedTable);

#[pymethods]
impl Audited {
    /// The auditor's word in sum.
    fn audit_summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.0.audit().summary())
    }

    /// What can be inferred about each hidden cell.
    fn audited_cells(&self, py: Python<'_>) -> PyResult<Table> {
        self.0.cells().or_raise(py).map(Table::one)
    }
}

/// Pairs of parent and child from columns of a table: the key column, then its levels from the lowest upwards.
#[pyfunction]
pub(crate) fn hierarchy_of_columns(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    dimension: &str,
    levels: Vec<String>,
) -> PyResult<Vec<(String, String)>> {
    let mut columns = HierarchyColumns::new(dimension, &levels);
    read(py, object, |batch| columns.add(batch))?;
    Ok(columns.hierarchy().into_pairs())
}

/// Counts or takes over the cells of a table and adds totals; nothing is hidden.
#[pyfunction]
pub(crate) fn count_table(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    count: Option<String>,
    options: &str,
) -> PyResult<Table> {
    let options: SuppressOptions = settings(options).or_raise(py)?;
    let mut cells = CellTable::new(&by, count.as_deref(), Repeats::Add);
    read(py, object, |batch| cells.add(batch))?;
    let name = count.unwrap_or_else(|| COUNT.to_owned());
    py.work(|| frequency_cells(&cells, &options, &name)).or_raise(py).map(Table::one)
}

/// Suppresses a table that offers an Arrow stream, beside earlier releases, the oldest first. The options are plain data;
/// `keyed` is a key, a context and a kind for rules that round at random, which take no earlier releases.
#[pyfunction]
pub(crate) fn suppress_table(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    count: Option<String>,
    wide: Option<Wide>,
    policy: &SuppressionPolicy,
    options: &str,
    earlier: (Vec<Bound<'_, PyAny>>, String),
    keyed: Option<(PyRef<'_, Key>, String, String)>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Suppressed> {
    let options: SuppressOptions = settings(options).or_raise(py)?;
    let counts: EarlierCounts = setting("earlier_counts", &earlier.1).or_raise(py)?;
    let rounder = keyed.map(|keyed| policy.rounder(py, &keyed.0, &keyed.1, &keyed.2)).transpose()?;
    let cells = cells_of(py, object, &by, count.as_deref(), wide.as_ref())?;
    let count = count.unwrap_or_else(|| COUNT.to_owned());
    let before = |release: &Bound<'_, PyAny>| finished_of(py, release, &by, &count, wide.as_ref(), &[]);
    let before = earlier.0.iter().map(before).collect::<PyResult<Vec<_>>>()?;
    if rounder.is_some() && !before.is_empty() {
        return Err(argument(py, "earlier", "no earlier releases with a rule that rounds at random"));
    }
    let watch = Watch::new(progress);
    let told = |at| watch.tell(at);
    let table = py.work(|| match &rounder {
        None => suppress_cells_after(&cells, &before, counts, &policy.0, &options, &told),
        Some(rounder) => suppress_cells_keyed(&cells, &policy.0, &options, rounder, &told),
    });
    Ok(Suppressed { table: watch.end(py, table)?, count })
}

/// Audits a finished table that offers an Arrow stream, beside earlier releases, the oldest first. The options are
/// plain data.
#[pyfunction]
pub(crate) fn audit_finished_table(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    count: &str,
    wide: Option<Wide>,
    markers: Vec<String>,
    options: &str,
    earlier: (Vec<Bound<'_, PyAny>>, String),
    progress: Option<Py<PyAny>>,
) -> PyResult<Audited> {
    let options: AuditTableOptions = settings(options).or_raise(py)?;
    let counts: EarlierCounts = setting("earlier_counts", &earlier.1).or_raise(py)?;
    let finished = |object: &Bound<'_, PyAny>| finished_of(py, object, &by, count, wide.as_ref(), &markers);
    let table = finished(object)?;
    let before = earlier.0.iter().map(finished).collect::<PyResult<Vec<_>>>()?;
    let watch = Watch::new(progress);
    let told = |at| watch.tell(at);
    let audited = py.work(|| {
        if before.is_empty() {
            table.audit(&options, &told)
        } else {
            table.audit_with_earlier(&before, counts, &options, &told)
        }
    });
    watch.end(py, audited).map(Audited)
}

/// Suppresses several tables over the same people.
#[pyfunction]
pub(crate) fn suppress_tables(
    py: Python<'_>,
    tables: Vec<Named<'_>>,
    count: Option<String>,
    policy: &SuppressionPolicy,
    options: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<Vec<Suppressed>> {
    let options: SuppressOptions = settings(options).or_raise(py)?;
    let one = |(name, object, by): &Named<'_>| Ok((name.clone(), cells_of(py, object, by, count.as_deref(), None)?));
    let named = tables.iter().map(one).collect::<PyResult<Vec<_>>>()?;
    let watch = Watch::new(progress);
    let made = py.work(|| suppress_cells_linked(&named, &policy.0, &options, &|at| watch.tell(at)));
    let count = count.unwrap_or_else(|| COUNT.to_owned());
    Ok(watch.end(py, made)?.into_iter().map(|table| Suppressed { table, count: count.clone() }).collect())
}

/// Audits several finished tables over the same people, beside earlier releases of them, the oldest first.
#[pyfunction]
pub(crate) fn audit_finished_tables(
    py: Python<'_>,
    tables: Vec<Named<'_>>,
    count: &str,
    markers: Vec<String>,
    options: &str,
    earlier: (Vec<Vec<Named<'_>>>, String),
    progress: Option<Py<PyAny>>,
) -> PyResult<Vec<Audited>> {
    let options: AuditTableOptions = settings(options).or_raise(py)?;
    let counts: EarlierCounts = setting("earlier_counts", &earlier.1).or_raise(py)?;
    let named = all_finished(py, &tables, count, &markers)?;
    let before = earlier.0.iter().map(|release| all_finished(py, release, count, &markers));
    let before = before.collect::<PyResult<Vec<_>>>()?;
    let watch = Watch::new(progress);
    let told = |at| watch.tell(at);
    let audited = py.work(|| FinishedTable::audit_linked(named, &before, counts, &options, &told));
    Ok(watch.end(py, audited)?.into_iter().map(Audited).collect())
}

/// A suppressed table of rates.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct RatesHandle {
    table: SuppressedRates,
    numerator: String,
    denominator: String,
}

#[pymethods]
impl RatesHandle {
    /// What may leave.
    fn publish(&self, py: Python<'_>) -> PyResult<Table> {
        self.table.publish(&self.numerator, &self.denominator).or_raise(py).map(Table::one)
    }

    /// For the data owner only.
    fn owner(&self, py: Python<'_>) -> PyResult<Table> {
        self.table.owner(&self.numerator, &self.denominator).or_raise(py).map(Table::one)
    }

    /// The auditor's word in sum.
    fn audit_summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.table.result().parts().audit().summary())
    }

    /// What the auditor says of each small part.
    fn audited_cells(&self, py: Python<'_>) -> PyResult<Table> {
        self.table.audited_cells().or_raise(py).map(Table::one)
    }
}

/// Suppresses a table of numerators and denominators with their rates. The options are plain data.
#[pyfunction]
pub(crate) fn suppress_rate_table(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    parts: (String, String),
    rate: (u32, u8),
    policy: &SuppressionPolicy,
    options: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<RatesHandle> {
    let options: SuppressOptions = settings(options).or_raise(py)?;
    let (numerator, denominator) = parts;
    let mut rates = RateTable::new(&by, &numerator, &denominator);
    read(py, object, |batch| rates.add(batch))?;
    let watch = Watch::new(progress);
    let format = RateFormat { per: rate.0, decimals: rate.1 };
    let table = py.work(|| rates.suppress(&by, format, &policy.0, &options, &|at| watch.tell(at)));
    Ok(RatesHandle { table: watch.end(py, table)?, numerator, denominator })
}
