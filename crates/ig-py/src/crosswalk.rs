//! Crosswalks in Python, and whether two extracts may be linked.

use crate::arrow_capsule::column;
use crate::audit::AuditLogHandle;
use crate::error::{OrRaise, setting};
use crate::key::Key;
use crate::lists::array_of;
use crate::panic::Work;
use ig_core::keys::{Crosswalk, crosswalk};
use ig_core::{Context, Kind, PseudonymFormat, PseudonymSpec};
use pyo3::prelude::*;
use std::path::PathBuf;

/// Makes a crosswalk; gives cells, pairs, empty and invalid cells, and the file's SHA-256.
#[pyfunction]
#[pyo3(signature = (ids, *, old, new, context, kind, length, encoding, on_invalid, out, audit, run_id, actor, reason_ref, authoriser))]
pub(crate) fn run_crosswalk(
    py: Python<'_>,
    ids: &Bound<'_, PyAny>,
    old: &Key,
    new: &Key,
    context: &str,
    kind: &str,
    length: u32,
    encoding: &str,
    on_invalid: &str,
    out: PathBuf,
    audit: &AuditLogHandle,
    run_id: &str,
    actor: &str,
    reason_ref: &str,
    authoriser: Option<&str>,
) -> PyResult<(u64, u64, u64, u64, String)> {
    let arrow = ids.hasattr("__arrow_c_array__")? || ids.hasattr("__arrow_c_stream__")?;
    let chunks = if arrow { column(ids)?.1 } else { vec![array_of(ids, "")?] };
    let inputs = Crosswalk {
        old: &old.0,
        new: &new.0,
        context: Context::new(context).or_raise(py)?,
        kind: Kind::new(kind).or_raise(py)?,
        format: PseudonymFormat {
            length: setting("length", length).or_raise(py)?,
            encoding: setting("encoding", encoding).or_raise(py)?,
        },
        on_invalid: setting("on_invalid", on_invalid).or_raise(py)?,
        out: &out,
        audit: &audit.0,
        run: run_id.parse().or_raise(py)?,
        actor,
        reason_ref,
        authoriser,
    };
    let done = py.work(|| crosswalk(&chunks, &inputs)).or_raise(py)?;
    Ok((done.cells, done.pairs, done.empty, done.invalid, done.sha256.to_string()))
}

/// Raises unless two pseudonym specifications, as JSON text, agree.
#[pyfunction]
pub(crate) fn check_specs_linkable(py: Python<'_>, left: &str, right: &str) -> PyResult<()> {
    let spec = |name: &str, text: &str| -> PyResult<PseudonymSpec> {
        let data: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        setting(name, data).or_raise(py)
    };
    spec("left", left)?.check_linkable(&spec("right", right)?).or_raise(py)
}
