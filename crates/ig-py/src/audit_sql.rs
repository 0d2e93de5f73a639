//! The audit trail as an SQL table in Python.

use crate::audit::{Receipt, event_of};
use crate::audit_checkpoints::CheckpointHandle;
use crate::audit_reading::{Report, held_of, told};
use crate::error::{OrRaise, to_python};
use crate::identity::ActorGiven;
use ig_core::AuditError;
use ig_core::audit::sql::{self, SqlDialect, TableRow, TableVerifier};
use ig_core::audit::{Digest, HeldHead, SystemStamps};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A row: its line, its hash, and its other columns by name.
type Row = (String, String, Vec<(String, Option<String>)>);

/// The statements that make an audit table.
#[pyfunction]
pub(crate) fn audit_table_ddl(py: Python<'_>, dialect: &str, table: &str) -> PyResult<String> {
    let dialect: SqlDialect = dialect.parse().or_raise(py)?;
    sql::ddl(dialect, table).or_raise(py)
}

/// Composes the record behind the last row of a table; gives its receipt and its line.
#[pyfunction]
#[pyo3(signature = (last, event, outcome, actor, corr_id, fields, count, actor_kind))]
pub(crate) fn next_audit_line(
    py: Python<'_>,
    last: Option<(i64, String, String)>,
    event: &str,
    outcome: &str,
    actor: ActorGiven,
    corr_id: &str,
    fields: &Bound<'_, PyDict>,
    count: Option<i64>,
    actor_kind: &str,
) -> PyResult<(Receipt, String)> {
    let event = event_of(py, event, outcome, &actor, actor_kind, corr_id, fields, count)?;
    let start = HeldHead { records: 0, hash: Digest::ZERO };
    let head = last.map_or(Ok(start), |(seq, hash, line)| sql::head_of_row(seq, &hash, &line)).or_raise(py)?;
    let record = sql::next_record(&event, head, &SystemStamps).or_raise(py)?;
    let line = record.to_line();
    Ok((Receipt::new(record.seq(), record.id(), Digest::of(line.as_bytes())), line))
}

/// Checks that number and hash of a row are those of its line.
#[pyfunction]
pub(crate) fn check_audit_row(py: Python<'_>, seq: i64, hash: &str, line: &str) -> PyResult<()> {
    sql::head_of_row(seq, hash, line).or_raise(py).map(|_| ())
}

/// Verifies the rows of a table, which come in batches in the order of their numbers.
#[pyfunction]
#[pyo3(signature = (batches, *, held, checkpoint))]
pub(crate) fn verify_audit_rows(
    py: Python<'_>,
    batches: &Bound<'_, PyAny>,
    held: Option<(u64, String)>,
    checkpoint: Option<&CheckpointHandle>,
) -> PyResult<Report> {
    let mut table = TableVerifier::new(held_of(held, checkpoint).or_raise(py)?).or_raise(py)?;
    for batch in batches.try_iter()? {
        for (line, hash, columns) in batch?.extract::<Vec<Row>>()? {
            table.push(&TableRow { line, hash, columns }).or_raise(py)?;
        }
    }
    table.finish().or_raise(py).map(|report| told(&report))
}

/// Raises the error of a database that did not take a record, or did not give the table to read.
#[pyfunction]
pub(crate) fn refuse_audit_table(py: Python<'_>, reason: String, reading: bool) -> PyResult<()> {
    let unreadable = AuditError::TableUnreadable { reason: reason.clone() };
    let error = if reading { unreadable } else { AuditError::TableRefused { reason } };
    Err(to_python(py, &error.into()))
}
