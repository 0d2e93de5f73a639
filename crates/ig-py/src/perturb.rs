//! Tables rounded instead of hidden, in Python.

use crate::error::{OrRaise, settings};
use crate::key::Key;
use crate::panic::Work;
use crate::table::Table;
use crate::tables_in::{COUNT, cells_of};
use ig_core::columns::{round_cells_additively, round_cells_randomly};
use ig_core::suppression::SuppressOptions;
use ig_core::suppression::perturb::{AdditiveRounding, Choice, RandomRounder, RoundingSource};
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
