//! Records of a verified audit log as FHIR and Elastic objects, in Python.

use crate::audit_checkpoints::CheckpointHandle;
use crate::audit_reading::{filter_of, held_of};
use crate::error::{OrRaise, argument};
use crate::panic::Work;
use ig_core::Error;
use ig_core::audit::projection::{Endpoint, Projection, Source, project_log};
use pyo3::prelude::*;
use std::path::PathBuf;

/// Base, observer, system of actors, system of organisations, and id and address of client and server.
type Given = (String, String, Option<String>, Option<String>, Option<[(String, String); 2]>);

fn source_of(given: Given) -> Result<Source, Error> {
    let (base, observer, actors, organisations, restful) = given;
    let mut source = Source::new(&base, &observer)?;
    if let Some(system) = actors {
        source = source.actor_system(&system)?;
    }
    if let Some(system) = organisations {
        source = source.organisation_system(&system)?;
    }
    if let Some([client, server]) = restful {
        source = source.restful(Endpoint::new(&client.0, &client.1)?, Endpoint::new(&server.0, &server.1)?);
    }
    Ok(source)
}

/// Verifies a log and gives its wanted records as one JSON object each; times are microseconds since 1970.
#[pyfunction]
#[pyo3(signature = (path, *, to, source, held, checkpoint, run, event, actor, dataset, since, before))]
pub(crate) fn project_audit_records(
    py: Python<'_>,
    path: PathBuf,
    to: &str,
    source: Option<Given>,
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
    let projection = match (to, source.map(source_of).transpose().or_raise(py)?) {
        ("fhir_r4", Some(source)) => Projection::FhirR4(source),
        ("fhir_r5", Some(source)) => Projection::FhirR5(source),
        ("ecs", None) => Projection::Ecs,
        ("fhir_r4" | "fhir_r5", None) => return Err(argument(py, "source", "an AuditSource for FHIR")),
        ("ecs", Some(_)) => return Err(argument(py, "source", "left out for ecs")),
        _ => return Err(argument(py, "to", "\"fhir_r4\", \"fhir_r5\" or \"ecs\"")),
    };
    py.work(|| project_log(path, held, &filter, &projection)).or_raise(py).map(|(_, found)| found)
}
