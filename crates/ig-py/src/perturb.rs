//! Tables rounded instead of hidden, in Python.

use crate::error::{OrRaise, settings};
use crate::given::{Given, whole};
use crate::key::Key;
use crate::panic::Work;
use crate::plain::plain;
use crate::table::Table;
use crate::tables_in::{COUNT, cells_of, read};
use ig_core::columns::{PeopleRows, round_cells_additively, round_cells_randomly};
use ig_core::suppression::SuppressOptions;
use ig_core::suppression::perturb::{
    AdditiveRounding, Choice, PerturbationTableSettings, RandomRounder, RecordKeys, RoundingSource,
};
use ig_core::{Context, Kind};
use pyo3::prelude::*;

/// Counts or takes over the cells of a table, adds totals and rounds each at random.
#[pyfunction]
pub(crate) fn round_table_randomly(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    count: Option<String>,
    options: &str,
    base: u32,
    key: &Key,
    context: &str,
    kind: &str,
) -> PyResult<Table> {
    let options: SuppressOptions = settings(options).or_raise(py)?;
    let (context, kind) = (Context::new(context).or_raise(py)?, Kind::new(kind).or_raise(py)?);
    let rounder = RandomRounder::new(&key.0, context, kind, base).or_raise(py)?;
    let cells = cells_of(py, object, &by, count.as_deref(), None)?;
    let name = count.unwrap_or_else(|| COUNT.to_owned());
    py.work(|| round_cells_randomly(&cells, &options, &rounder, &name)).or_raise(py).map(Table::one)
}

/// Counts or takes over the cells of a table, adds totals and rounds them so that all sums hold. `chance` is a key, a
/// context, a kind and the name of the table.
#[pyfunction]
pub(crate) fn round_table_additively(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    count: Option<String>,
    options: &str,
    base: u32,
    max_bases: u32,
    chance: Option<(PyRef<'_, Key>, String, String, String)>,
) -> PyResult<Table> {
    let options: SuppressOptions = settings(options).or_raise(py)?;
    let source = match chance {
        None => None,
        Some((key, context, kind, table)) => {
            let (context, kind) = (Context::new(&context).or_raise(py)?, Kind::new(&kind).or_raise(py)?);
            Some(RoundingSource::new(&key.0, &context, &kind, &table).or_raise(py)?)
        }
    };
    let cells = cells_of(py, object, &by, count.as_deref(), None)?;
    let name = count.unwrap_or_else(|| COUNT.to_owned());
    let rounding = AdditiveRounding { base, max_bases };
    let choice = source.as_ref().map_or(Choice::Closest, Choice::Keyed);
    let rounded = py.work(|| round_cells_additively(&cells, &options, rounding, choice, &name)).or_raise(py)?;
    Ok(Table::one(rounded.0))
}

/// Small noise for counts, by the keys of the people in a cell: cell keys v1.
///
/// The noise is 0 on average, exactly; its variance is `variance` for every count above `unpublished`; no count changes by
/// more than `max_noise`, and none becomes negative or 1 to `unpublished`. Zero stays zero. Probabilities are multiples of
/// 1 / 2^`bits`. The same settings always give the same table; nothing of it is secret.
///
/// Raises `MisuseError` with code `misuse.argument`.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct PerturbationTable(ig_core::suppression::perturb::PerturbationTable);

#[pymethods]
impl PerturbationTable {
    #[new]
    #[pyo3(signature = (*, max_noise: "int", variance: "int", unpublished: "int | None" = None, bits: "int | None" = None) -> "PerturbationTable")]
    fn new(
        py: Python<'_>,
        max_noise: Given<'_>,
        variance: Given<'_>,
        unpublished: Option<Given<'_>>,
        bits: Option<Given<'_>>,
    ) -> PyResult<Self> {
        let settings = PerturbationTableSettings {
            max_noise: whole(max_noise, "max_noise", "2 to 20")?,
            variance: whole(variance, "variance", "1 to half of max_noise")?,
            unpublished: unpublished
                .map_or(Ok(0), |given| whole(given, "unpublished", "less than half of max_noise"))?,
            bits: bits.map_or(Ok(8), |given| whole(given, "bits", "8 to 12"))?,
        };
        ig_core::suppression::perturb::PerturbationTable::new(settings).or_raise(py).map(Self)
    }

    /// For each count from 1 the probability of each noise, in units of 1 / 2^bits; the last is for all larger counts too.
    fn rows(&self) -> Vec<(i64, Vec<(i64, u32)>)> {
        let pairs = |noise: &[i64], units: &[u32]| noise.iter().copied().zip(units.iter().copied()).collect();
        self.0.rows().iter().map(|row| (row.count(), pairs(row.noise(), row.units()))).collect()
    }

    /// The settings as plain data.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.0.settings())
    }

    fn __repr__(&self) -> String {
        let settings = self.0.settings();
        format!("PerturbationTable(max_noise={}, variance={})", settings.max_noise, settings.variance)
    }
}

/// Counts people, adds totals and gives each count the noise of its people. `keys` are a key, a context and a kind.
#[pyfunction]
pub(crate) fn perturb_people(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    person: &str,
    options: &str,
    noise: &PerturbationTable,
    keys: (PyRef<'_, Key>, String, String),
) -> PyResult<Table> {
    let options: SuppressOptions = settings(options).or_raise(py)?;
    let (context, kind) = (Context::new(&keys.1).or_raise(py)?, Kind::new(&keys.2).or_raise(py)?);
    let mut people = PeopleRows::new(&by, person, RecordKeys::new(&keys.0.0, context, kind).or_raise(py)?);
    read(py, object, |batch| people.add(batch))?;
    py.work(|| people.perturb(&noise.0, &options, "n")).or_raise(py).map(Table::one)
}
