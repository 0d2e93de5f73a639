//! The release in Python.

use crate::agreement::{Agreement, Request};
use crate::arrow_capsule::table;
use crate::audit::AuditLogHandle;
use crate::dates::date_of;
use crate::error::OrRaise;
use crate::key::Key;
use crate::opt_out::opt_outs;
use crate::panic::Work;
use ig_core::audit::CorrelationId;
use ig_core::release::{
    EarlierReleases, Effect, Occasion, Progress, ReleaseInputs, Source, Watch, audited_permit, release,
};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDict, PyString};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Tells Python of progress, and stops on Ctrl-C or whatever the callback raises.
struct PythonWatch {
    callback: Option<Py<PyAny>>,
    raised: Mutex<Option<PyErr>>,
}

impl Watch for PythonWatch {
    fn progress(&self, progress: Progress<'_>) -> ControlFlow<()> {
        let told = Python::attach(|py| {
            py.check_signals()?;
            let told =
                self.callback.as_ref().map(|call| call.call1(py, (progress.stage, progress.name, progress.rows)));
            told.transpose().map(|_| ())
        });
        match told {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

/// Makes a release and gives its manifest as JSON text, the manifest's SHA-256, and the report as HTML.
#[pyfunction]
#[pyo3(signature = (sources, *, agreement, request, key, lists, unchecked, max_age_days, as_of, audit, run_id, out, earlier, earlier_unavailable, today, rehearsal, dry_run, progress))]
pub(crate) fn run_release(
    py: Python<'_>,
    sources: &Bound<'_, PyDict>,
    agreement: &Agreement,
    request: &Request,
    key: Option<&Key>,
    lists: Vec<Bound<'_, PyAny>>,
    unchecked: &str,
    max_age_days: i64,
    as_of: BTreeMap<String, Bound<'_, PyDate>>,
    audit: &AuditLogHandle,
    run_id: &str,
    out: PathBuf,
    earlier: Vec<PathBuf>,
    earlier_unavailable: Option<String>,
    today: &Bound<'_, PyDate>,
    rehearsal: bool,
    dry_run: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, String, String)> {
    let run: CorrelationId = run_id.parse().or_raise(py)?;
    // The call itself is checked first: a call that is not usable asks for nothing, so it leaves no record.
    let opt_outs = opt_outs(py, &lists, max_age_days)?;
    let (today, unchecked) = (date_of(today, "today")?, crate::opt_out::unchecked(py, unchecked)?);
    let as_of = as_of.iter().map(|(name, day)| Ok((name.clone(), date_of(day, "as_of")?))).collect::<PyResult<_>>()?;
    let sources = sources_of(sources)?;
    let permit = audited_permit(&agreement.0, &request.0, &audit.0, run).or_raise(py)?;
    let earlier = earlier.into_iter().fold(EarlierReleases::none(), EarlierReleases::with_folder);
    let earlier = earlier_unavailable.into_iter().fold(earlier, EarlierReleases::with_unavailable);
    let watch = PythonWatch { callback: progress, raised: Mutex::default() };
    let inputs = ReleaseInputs {
        permit: &permit,
        sources,
        key: key.map(|key| &*key.0),
        opt_outs: &opt_outs,
        unchecked,
        as_of,
        audit: &audit.0,
        run,
        out: &out,
        occasion: if rehearsal { Occasion::Rehearsal } else { Occasion::Today(today) },
        effect: if dry_run { Effect::DryRun } else { Effect::Release },
        earlier: &earlier,
        watch: &watch,
    };
    let done = py.work(|| release(inputs));
    if let Some(raised) = watch.raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(raised);
    }
    let done = done.or_raise(py)?;
    Ok((done.manifest.to_json().or_raise(py)?, done.manifest_sha256, done.report_html))
}

/// Paths are read here; anything else must offer an Arrow stream.
fn sources_of(sources: &Bound<'_, PyDict>) -> PyResult<BTreeMap<String, Source>> {
    let mut all = BTreeMap::new();
    for (name, source) in sources {
        let is_path = source.is_instance_of::<PyString>() || source.hasattr("__fspath__")?;
        let source = if is_path { Source::File(source.extract()?) } else { Source::Batches(table(&source)?) };
        all.insert(name.extract()?, source);
    }
    Ok(all)
}
