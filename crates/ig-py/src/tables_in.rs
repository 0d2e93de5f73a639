//! Tables of counts from Python: one way in for every function that reads one.

use crate::arrow_capsule::{engine, table};
use crate::error::OrRaise;
use crate::panic::Work;
use arrow::array::RecordBatch;
use ig_core::Error;
use ig_core::columns::{CellTable, FinishedTable, Repeats, WideColumns};
use pyo3::prelude::*;

/// The name of a wide table's dimension, and its columns of counts.
pub(crate) type Wide = (String, Vec<String>);

/// A table among several: its name, the table and its key columns.
pub(crate) type Named<'py> = (String, Bound<'py, PyAny>, Vec<String>);

/// What counts are called where no column names them.
pub(crate) const COUNT: &str = "n";

/// Reads the rows of a table into a collector, one batch after the other.
pub(crate) fn read(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    mut add: impl Send + FnMut(&RecordBatch) -> Result<(), Error>,
) -> PyResult<()> {
    let reader = table(object)?;
    // Without rows there may be no batch, and a missing column must be told all the same.
    add(&RecordBatch::new_empty(reader.schema())).or_raise(py)?;
    for batch in reader {
        let batch = batch.map_err(|error| engine(py, &error))?;
        py.work(|| add(&batch)).or_raise(py)?;
    }
    Ok(())
}

/// Reads a table of counts. Without a column of counts, or several of a wide table, rows are counted.
pub(crate) fn cells_of(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: &[String],
    count: Option<&str>,
    wide: Option<&Wide>,
) -> PyResult<CellTable> {
    let mut cells = match wide {
        None => CellTable::new(by, count, Repeats::Refuse),
        Some((across, columns)) => {
            CellTable::wide(by, WideColumns::new(by, across, columns).or_raise(py)?, count.unwrap_or(COUNT))
        }
    };
    read(py, object, |batch| cells.add(batch))?;
    Ok(cells)
}

/// Reads a finished table.
pub(crate) fn finished_of(
    py: Python<'_>,
    object: &Bound<'_, PyAny>,
    by: &[String],
    count: &str,
    wide: Option<&Wide>,
    markers: &[String],
) -> PyResult<FinishedTable> {
    let mut finished = match wide {
        None => FinishedTable::new(by, count, markers),
        Some((across, columns)) => {
            FinishedTable::wide(by, WideColumns::new(by, across, columns).or_raise(py)?, count, markers)
        }
    };
    read(py, object, |batch| finished.add(batch))?;
    Ok(finished)
}

/// Reads several finished tables.
pub(crate) fn all_finished(
    py: Python<'_>,
    tables: &[Named<'_>],
    count: &str,
    markers: &[String],
) -> PyResult<Vec<(String, FinishedTable)>> {
    let one = |(name, object, by): &Named<'_>| Ok((name.clone(), finished_of(py, object, by, count, None, markers)?));
    tables.iter().map(one).collect()
}
