//! Records of the log as other systems read them: FHIR `AuditEvent` and the Elastic Common Schema.

mod ecs;
mod fhir;
mod fhir_r4;
mod fhir_r5;
mod source;

pub use ecs::ecs;
pub use fhir_r4::fhir_r4;
pub use fhir_r5::fhir_r5;
pub use source::{Endpoint, Source};

use super::{AuditRecord, Digest, Held, RecordFilter, VerifyReport, read_records};
use crate::error::AuditError;
use serde_json::Value;
use std::path::Path;

#[doc = include_str!("../../docs/audit_projections.md")]
pub mod mapping {}

/// Into what a record is projected.
///
/// ```
/// use ig_core::audit::projection::{Projection, Source};
///
/// let to = Projection::FhirR4(Source::new("https://example.nhs.uk/audit", "sde/vm-04")?);
/// # let _ = to;
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Projection {
    /// `AuditEvent` of FHIR R4.
    FhirR4(Source),
    /// `AuditEvent` of FHIR R5.
    FhirR5(Source),
    /// A document of the Elastic Common Schema, version 9.
    Ecs,
}

impl Projection {
    /// One record as an object of that kind. See [`mapping`] for what stands where.
    ///
    /// A pure function: the same record gives the same object. It does **not** say that the record is of a log
    /// that verifies; [`project_log`] does.
    ///
    /// # Errors
    /// `audit.not_recorded` if the record cannot be printed.
    pub fn of(&self, record: &AuditRecord) -> Result<Value, AuditError> {
        match self {
            Self::FhirR4(source) => fhir_r4(record, source),
            Self::FhirR5(source) => fhir_r5(record, source),
            Self::Ecs => ecs(record),
        }
    }
}

/// Verifies a whole log and gives its wanted records as one JSON object each, in their order.
///
/// Guarantees that nothing is given from a log that does not verify, and that every object names the number and the
/// hash of its record. The objects themselves are not part of the chain: whoever can write where they are kept can
/// change them, and shows it only when they are compared with the log.
///
/// # Errors
/// As [`verify`](super::verify).
pub fn project_log<'a>(
    path: impl AsRef<Path>,
    held: impl Into<Held<'a>>,
    filter: &RecordFilter,
    projection: &Projection,
) -> Result<(VerifyReport, Vec<String>), AuditError> {
    let mut found = Vec::new();
    let report = read_records(path, held, filter, |record, _| {
        found.push(projection.of(record)?.to_string());
        Ok(())
    })?;
    Ok((report, found))
}

/// The hash by which the log knows a record.
fn line_hash(record: &AuditRecord) -> Digest {
    Digest::of(record.to_line().as_bytes())
}
