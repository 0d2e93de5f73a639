//! Verifying an audit log and reading records back out of it, in Python.

use crate::audit_checkpoints::CheckpointHandle;
use crate::error::{OrRaise, to_python};
use crate::panic::Work;
use ig_core::audit::{self, Held, HeldHead, RecordFilter, Timestamp, Truncation, VerifyReport};
use ig_core::{AuditError, Error};
use pyo3::prelude::*;
use std::collections::VecDeque;
use std::path::PathBuf;

/// Records, hash of the last line, root, records for which truncation is excluded, recoveries, sealed bytes, and the
/// verdict in words.
type Report = (u64, String, String, Option<u64>, u64, u64, String);

/// Lines, and what verification says or the exception of the fault.
type Tail = (Vec<String>, Option<Report>, Option<Py<PyAny>>);

fn told(report: &VerifyReport) -> Report {
    let excluded = match report.truncation {
        Truncation::Excluded { records } => Some(records),
        _ => None,
    };
    let (hash, root) = (report.hash.to_string(), report.root.to_string());
    (report.records, hash, root, excluded, report.recoveries, report.sealed_bytes, report.to_string())
}

/// What is held: a checkpoint, or else a head, or else nothing.
pub(crate) fn held_of(
    head: Option<(u64, String)>,
    checkpoint: Option<&CheckpointHandle>,
) -> Result<Held<'_>, AuditError> {
    let head = head.map(|(records, hash)| hash.parse().map(|hash| HeldHead { records, hash })).transpose()?;
    Ok(checkpoint.map_or_else(|| head.into(), |checkpoint| Held::Checkpoint(&checkpoint.0)))
}

/// Which records are wanted; the two times are the first and the one before which.
pub(crate) fn filter_of(
    run: Option<&str>,
    event: Option<&str>,
    actor: Option<String>,
    dataset: Option<String>,
    times: [Option<u64>; 2],
) -> Result<RecordFilter, AuditError> {
    let run = run.map(str::parse).transpose()?;
    let event = event.map(str::parse).transpose()?;
    let [from, before] = times.map(|time| time.map(Timestamp::from_unix_micros).transpose());
    Ok(RecordFilter { run, event, actor, dataset, from: from?, before: before? })
}

/// Verifies a log.
#[pyfunction]
#[pyo3(signature = (path, held, checkpoint))]
pub(crate) fn verify_audit_log(
    py: Python<'_>,
    path: PathBuf,
    held: Option<(u64, String)>,
    checkpoint: Option<&CheckpointHandle>,
) -> PyResult<Report> {
    let held = held_of(held, checkpoint).or_raise(py)?;
    py.work(|| audit::verify(path, held)).or_raise(py).map(|report| told(&report))
}

/// Verifies a log and gives the lines of the wanted records; times are microseconds since 1970.
#[pyfunction]
#[pyo3(signature = (path, *, held, checkpoint, run, event, actor, dataset, since, before))]
pub(crate) fn read_audit_records(
    py: Python<'_>,
    path: PathBuf,
    held: Option<(u64, String)>,
    checkpoint: Option<&CheckpointHandle>,
    run: Option<&str>,
    event: Option<&str>,
    actor: Option<String>,
    dataset: Option<String>,
    since: Option<u64>,
    before: Option<u64>,
) -> PyResult<Vec<String>> {
    let held = held_of(held, checkpoint).or_raise(py)?;
    let filter = filter_of(run, event, actor, dataset, [since, before]).or_raise(py)?;
    py.work(|| lines(path, held, &filter)).or_raise(py)
}

fn lines(path: PathBuf, held: Held<'_>, filter: &RecordFilter) -> Result<Vec<String>, AuditError> {
    let mut found = Vec::new();
    audit::read_records(path, held, filter, |record, _| {
        found.push(record.to_line()?);
        Ok(())
    })?;
    Ok(found)
}

/// The last lines before the end of a log, or before its first fault; also what verification says, or that fault.
#[pyfunction]
#[pyo3(signature = (path, last))]
pub(crate) fn tail_audit_log(py: Python<'_>, path: PathBuf, last: usize) -> PyResult<Tail> {
    let (lines, verdict) = py.work(|| Ok::<_, Error>(tail(path, last))).or_raise(py)?;
    match verdict {
        Ok(report) => Ok((lines, Some(told(&report)), None)),
        Err(fault) => Ok((lines, None, Some(to_python(py, &fault.into()).into_value(py).into_any()))),
    }
}

fn tail(path: PathBuf, last: usize) -> (Vec<String>, Result<VerifyReport, AuditError>) {
    let mut found = VecDeque::new();
    let verdict = audit::read_records(path, None, &RecordFilter::default(), |record, _| {
        found.push_back(record.to_line()?);
        if found.len() > last {
            found.pop_front();
        }
        Ok(())
    });
    (found.into(), verdict)
}

/// Verifies a log and tells runs, covered, unannounced, unfinished, write-only and read-only ones, and the words.
#[pyfunction]
#[pyo3(signature = (path, held, checkpoint))]
pub(crate) fn audit_log_coverage(
    py: Python<'_>,
    path: PathBuf,
    held: Option<(u64, String)>,
    checkpoint: Option<&CheckpointHandle>,
) -> PyResult<(u64, u64, u64, u64, u64, u64, String)> {
    let held = held_of(held, checkpoint).or_raise(py)?;
    let (_, found) = py.work(|| audit::coverage(path, held)).or_raise(py)?;
    let words = found.to_string();
    Ok((found.runs, found.covered, found.unannounced, found.unfinished, found.write_only, found.read_only, words))
}
