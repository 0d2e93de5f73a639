//! Disclosure risk of microdata in Python.

use crate::arrow_capsule::{engine, table};
use crate::columns::{Column, parse};
use crate::error::{OrRaise, setting};
use crate::panic::Work;
use crate::plain::plain;
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field};
use ig_core::Error;
use ig_core::microdata::{GeneralisationScan, Ladder, Level, MicrodataRisk, MicrodataScan, SuggestOptions};
use pyo3::prelude::*;
use std::sync::Arc;

/// Measures a table that offers an Arrow stream, in one pass: the figures as a dictionary.
#[pyfunction]
#[pyo3(signature = (object, *, by, sensitive, k, distance))]
pub(crate) fn scan_microdata<'py>(
    py: Python<'py>,
    object: &Bound<'py, PyAny>,
    by: Vec<String>,
    sensitive: Vec<String>,
    k: u64,
    distance: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let distance = setting("distance", distance).or_raise(py)?;
    let scan = MicrodataScan::new(&by, &sensitive).or_raise(py)?.distance(distance);
    plain(py, &measured(py, object, scan, k)?)
}

/// For each row of a table whether its class is smaller than `k`.
#[pyfunction]
#[pyo3(signature = (object, *, by, k))]
pub(crate) fn microdata_at_risk(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: Vec<String>,
    k: u64,
) -> PyResult<Column> {
    let scan = MicrodataScan::new(&by, &[""; 0]).or_raise(py)?.keep_rows();
    let risk = measured(py, object, scan, k)?;
    let rows = risk.at_risk().cloned().unwrap_or_else(|| Vec::<bool>::new().into());
    Ok(Column::new(Field::new("at_risk", DataType::Boolean, true), vec![Arc::new(rows)]))
}

/// The combinations of levels that reach `k`, least loss first. A level is `keep`, `omit` or an act as JSON text.
#[pyfunction]
#[pyo3(signature = (object, *, levels, k, max_suppressed_share, order_by, most))]
pub(crate) fn suggest_levels<'py>(
    py: Python<'py>,
    object: &Bound<'py, PyAny>,
    levels: Vec<(String, Vec<String>)>,
    k: u64,
    max_suppressed_share: f64,
    order_by: &str,
    most: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let order_by = setting("order_by", order_by).or_raise(py)?;
    let options = SuggestOptions { k, max_suppressed_share, order_by, most };
    let ladders = levels.into_iter().map(ladder).collect::<Result<_, _>>().or_raise(py)?;
    let mut scan = GeneralisationScan::new(ladders).or_raise(py)?;
    each_batch(py, object, |batch| scan.add(batch))?;
    plain(py, &py.work(|| scan.finish(&options)).or_raise(py)?)
}

fn ladder((column, levels): (String, Vec<String>)) -> Result<Ladder, Error> {
    let level = |text: &String| match text.as_str() {
        "keep" => Ok(Level::Keep),
        "omit" => Ok(Level::Omit),
        act => parse(act).map(Level::Act),
    };
    let levels = levels.iter().map(level).collect::<Result<_, _>>()?;
    Ok(Ladder { column, levels })
}

fn measured(py: Python<'_>, object: &Bound<'_, PyAny>, mut scan: MicrodataScan, k: u64) -> PyResult<MicrodataRisk> {
    each_batch(py, object, |batch| scan.add(batch))?;
    py.work(|| scan.finish(k)).or_raise(py)
}

/// Hands over the batches of a table one by one while other threads run.
fn each_batch(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    mut add: impl FnMut(&RecordBatch) -> Result<(), Error> + Send,
) -> PyResult<()> {
    let reader = table(object)?;
    // Without rows there may be no batch, and a missing column must be told all the same.
    add(&RecordBatch::new_empty(reader.schema())).or_raise(py)?;
    for batch in reader {
        let batch = batch.map_err(|error| engine(py, &error))?;
        py.work(|| add(&batch)).or_raise(py)?;
        py.check_signals()?;
    }
    Ok(())
}
