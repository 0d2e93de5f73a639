#![doc = include_str!("../docs/release.md")]

mod aggregate;
mod as_of;
mod content_hash;
mod dataset;
mod earlier;
mod fields;
mod folder;
mod guard;
mod kept_type;
mod manifest;
mod output_file;
mod people;
mod plain_cells;
mod report;
mod row_filters;
#[cfg(feature = "schema")]
mod schema;
mod trail;
mod watch;

pub use earlier::{ComparedCounts, EarlierReleases};
pub use manifest::{
    AgreementEntry, AuditEntry, Disclosure, EarlierEntry, EarlierRun, KeyEntry, Library, Manifest, ManifestDataset,
    ManifestField, ManifestOutput, OptOutEntry,
};
pub use report::release_report;
#[cfg(feature = "schema")]
pub use schema::manifest_schema;
pub use trail::audited_permit;
pub use watch::{NoWatch, Progress, Watch};

use crate::agreement::Permit;
use crate::audit::{AuditLog, CorrelationId, EventKind, Outcome};
use crate::columns::shown_name;
use crate::error::{AccessError, Error, KeyError, MisuseError};
use crate::files::TableReader;
use crate::key::Key;
use crate::opt_out::{OptOutFilter, OptOuts, Unchecked};
use earlier::Earlier;
use folder::OutputFolder;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use time::{Date, OffsetDateTime};
use trail::{Trail, with_ticket};

/// Where the rows of a dataset come from.
pub enum Source {
    /// A CSV or Parquet file.
    File(PathBuf),
    /// Record batches of any engine.
    Batches(TableReader),
}

/// What kind of day the release is decided for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The permit must be for this day, which is today.
    Today(Date),
    /// A rehearsal for the day of the permit, whatever today is; manifest and audit log say so.
    Rehearsal,
}

/// Whether anything is to leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effect {
    /// The outputs are released.
    #[default]
    Release,
    /// Every step is taken but the last: rows are read, held against the agreement, transformed and checked, and what
    /// was made is thrown away. The audit log says so, since the rows were read.
    DryRun,
}

/// Everything that a release needs.
pub struct ReleaseInputs<'a> {
    /// Proof that the agreement allows it.
    pub permit: &'a Permit,
    /// The rows, by dataset name.
    pub sources: BTreeMap<String, Source>,
    /// The key of the pseudonyms; may be absent if the agreement pseudonymises nothing.
    pub key: Option<&'a Key>,
    /// The opt-out lists.
    pub opt_outs: &'a OptOuts,
    /// What to do about numbers that were never checked.
    pub unchecked: Unchecked,
    /// Up to which day the rows of a dataset are complete, by its name; only stated, never checked against the rows.
    pub as_of: BTreeMap<String, Date>,
    /// The audit log, outside the output folder.
    pub audit: &'a AuditLog,
    /// The run that every audit record and the manifest name.
    pub run: CorrelationId,
    /// The output folder: new or empty.
    pub out: &'a Path,
    /// The day of the release.
    pub occasion: Occasion,
    /// Whether anything is to leave.
    pub effect: Effect,
    /// Earlier releases of the agreement, which a table of counts is held against.
    pub earlier: &'a EarlierReleases,
    /// Told of progress, and asked whether to go on.
    pub watch: &'a dyn Watch,
}

/// What a release did.
#[derive(Debug)]
pub struct Release {
    /// The manifest as written; of a dry run, as it would have been.
    pub manifest: Manifest,
    /// SHA-256 of the manifest file; empty if nothing was released.
    pub manifest_sha256: String,
    /// The release report, one page of HTML: as written to `report.html`, or, of a dry run, as it would have been.
    pub report_html: String,
}

/// Makes a release: only what the agreement allows, for people who have not opted out, pseudonymised, small
/// numbers suppressed, with a manifest and an audit trail.
///
/// The attempt is recorded before any row is read. The output folder appears whole or not at all; on every
/// error the partial one is removed and the failure recorded. The same inputs give the same data files, byte
/// for byte.
///
/// What it does not protect against: see the module's page.
///
/// # Errors
/// Those of every stage; nothing is released on any of them.
pub fn release(inputs: ReleaseInputs<'_>) -> Result<Release, Error> {
    let trail = Trail::new(inputs.audit, inputs.permit, inputs.run, inputs.key);
    let ticket = inputs.earlier.reason_ref();
    trail.record(EventKind::Export, Outcome::Attempt, |event| with_ticket(event, ticket))?;
    make(inputs, &trail).inspect_err(|error| trail.record_end(error))
}

fn make(mut inputs: ReleaseInputs<'_>, trail: &Trail<'_>) -> Result<Release, Error> {
    let started = OffsetDateTime::now_utc();
    check_occasion(&inputs)?;
    as_of::check(&inputs)?;
    let filter = opt_out_filter(&inputs)?;
    let folder = OutputFolder::begin(inputs.out, inputs.audit.path(), &inputs.run.to_string())?;
    let mut earlier = Earlier::check(&inputs)?;
    let mut manifest = Manifest::new(&inputs, &earlier, started);
    let mut numbers = guard::InputNumbers::default();
    for dataset in inputs.permit.datasets() {
        let source = inputs.sources.remove(&dataset.name).ok_or_else(|| missing_source(&dataset.name))?;
        let stage = dataset::Stage { inputs: &inputs, filter: &filter, folder: &folder, trail, earlier: &earlier };
        stage.run(dataset, source, &mut numbers, &mut manifest)?;
    }
    if let Some(name) = inputs.sources.keys().next() {
        return Err(unexpected_source(name));
    }
    guard::check_files(&folder, &manifest.outputs, numbers, inputs.watch)?;
    output_file::make_workbooks(&folder, &mut manifest.outputs, inputs.watch)?;
    earlier.is_still_all(&inputs)?;
    manifest.audit_head(inputs.audit.head()?);
    manifest.finished_at = manifest::timestamp(OffsetDateTime::now_utc());
    if inputs.effect == Effect::DryRun {
        drop(folder);
        trail.record(EventKind::Export, Outcome::Success, |event| {
            with_ticket(event.code("release.dry_run")?, earlier.reason_ref())
        })?;
        let report_html = release_report(&manifest, None);
        return Ok(Release { manifest, manifest_sha256: String::new(), report_html });
    }
    let manifest_sha256 = folder.write("manifest.json", &manifest.to_json()?)?;
    let report_html = release_report(&manifest, Some(&manifest_sha256));
    let report_sha256 = folder.write("report.html", &report_html)?;
    folder.finish(|| trail.record_release(&manifest, &manifest_sha256, &report_sha256))?;
    Ok(Release { manifest, manifest_sha256, report_html })
}

fn check_occasion(inputs: &ReleaseInputs<'_>) -> Result<(), Error> {
    match inputs.occasion {
        Occasion::Today(today) if today != inputs.permit.date() => {
            Err(AccessError::NotToday { permitted: inputs.permit.date().to_string(), today: today.to_string() }.into())
        }
        Occasion::Today(_) | Occasion::Rehearsal => Ok(()),
    }
}

/// The filter of person-level datasets; where there is none, no list is needed.
fn opt_out_filter(inputs: &ReleaseInputs<'_>) -> Result<Option<OptOutFilter>, Error> {
    if !inputs.permit.datasets().any(|dataset| dataset.person_level) {
        return Ok(None);
    }
    OptOutFilter::new(inputs.permit.opt_out(), inputs.opt_outs, inputs.permit.date(), inputs.unchecked).map(Some)
}

fn missing_source(dataset: &str) -> Error {
    MisuseError::Argument {
        name: "sources".to_owned(),
        expected: format!("a source for the dataset {dataset}, which the request asks for"),
    }
    .into()
}

fn unexpected_source(name: &str) -> Error {
    AccessError::SourceNotAsked { source_name: shown_name(name) }.into()
}

fn key_of<'a>(inputs: &ReleaseInputs<'a>) -> Result<&'a Key, Error> {
    let place = || "the call, and the agreement pseudonymises fields".to_owned();
    inputs.key.ok_or_else(|| KeyError::Missing { place: place() }.into())
}
