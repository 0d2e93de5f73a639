//! The manifest: what came in, what was withheld, what left, under which rules.

use super::dataset::Counted;
use super::earlier::{ComparedCounts, Earlier};
use super::fields::PreparedField;
use super::{Effect, Occasion, ReleaseInputs};
use crate::agreement::{Dataset, Decision, FieldTransform, Output, OutputFormat, OutputKind};
use crate::audit::HeldHead;
use crate::error::{Error, MisuseError};
use crate::files::FileSummary;
use crate::opt_out::Unchecked;
use crate::suppression::{AuditVerdict, Secondary, SuppressionPolicy};
use serde::Serialize;
use std::collections::BTreeMap;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

pub(super) fn timestamp(at: OffsetDateTime) -> String {
    at.format(TIMESTAMP).unwrap_or_default()
}

/// The record of a release. It holds no identifier, no pseudonym and no key.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Manifest {
    /// Version of this form.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Form"))]
    pub schema: &'static str,
    /// The run, as in every audit record of it.
    pub run_id: String,
    /// When it began, UTC.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Moment"))]
    pub started_at: String,
    /// When it ended, UTC.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Moment"))]
    pub finished_at: String,
    /// Whether the day of the permit was taken as given instead of today.
    pub rehearsal: bool,
    /// Whether nothing was released; a manifest in a folder never says so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// What made it.
    pub library: Library,
    /// The agreement.
    pub agreement: AgreementEntry,
    /// Request, checks and opt-out ruling.
    pub decision: Decision,
    /// The key of the pseudonyms: its id and check value.
    pub key: Option<KeyEntry>,
    /// The opt-out lists.
    pub opt_out: OptOutEntry,
    /// The earlier releases of the agreement that tables were held against, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier: Option<EarlierEntry>,
    /// What came in.
    pub datasets: Vec<ManifestDataset>,
    /// What left.
    pub outputs: Vec<ManifestOutput>,
    /// The audit log just before the last records of this run.
    pub audit: AuditEntry,
}

/// Name and version of the library.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Library {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// Which agreement.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgreementEntry {
    /// Its id, which is the context of the pseudonyms.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its bytes.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Sha256Hex"))]
    pub sha256: String,
}

/// Which key, without the key.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyEntry {
    /// Its public id.
    pub id: String,
    /// Its check value.
    pub check_value: String,
    /// The pseudonym scheme.
    pub scheme: &'static str,
}

/// The opt-out lists, in counts and dates.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OptOutEntry {
    /// Day of the check service's answer.
    #[cfg_attr(feature = "schema", schemars(with = "Option<super::schema::WrittenDay>"))]
    pub checked_at: Option<String>,
    /// Its age on the day of the permit, in days.
    pub age_days: Option<i64>,
    /// The oldest that was allowed, in days.
    pub max_age_days: u16,
    /// Numbers that were submitted to the check service.
    pub submitted: Option<usize>,
    /// Deny-lists that were applied, by source.
    pub deny_lists: Vec<String>,
    /// What was to happen to numbers that were never checked.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::UncheckedWord"))]
    pub unchecked: &'static str,
}

/// Earlier releases of the agreement.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EarlierEntry {
    /// Those whose tables were at hand, the oldest first.
    pub given: Vec<EarlierRun>,
    /// Those that are no longer held: the tables of this release may give their hidden counts away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unavailable: Vec<EarlierRun>,
    /// The ticket that allowed to go on without these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_ref: Option<String>,
}

/// One earlier release.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EarlierRun {
    /// Its run.
    pub run_id: String,
    /// SHA-256 of its manifest.
    pub manifest_sha256: String,
}

/// The head of the audit log.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditEntry {
    /// Records in it.
    pub records: u64,
    /// SHA-256 of its last line.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Sha256Hex"))]
    pub head: String,
}

/// One dataset that came in.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ManifestDataset {
    /// Its name in the agreement.
    pub name: String,
    /// SHA-256 of the file, or of the rows if they came from memory (`nhs-ig/rows/v1`).
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Sha256Hex"))]
    pub sha256: String,
    /// Whether its rows are about single persons.
    pub person_level: bool,
    /// The day up to which its rows are complete, as the caller stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<super::schema::WrittenDay>"))]
    pub as_of: Option<String>,
    /// Rows read.
    pub rows_in: u64,
    /// Rows that the row filters of the agreement left out.
    pub filtered: u64,
    /// Rows of people who opted out.
    pub opted_out: u64,
    /// Rows withheld because they have no valid NHS number.
    pub invalid: u64,
    /// Rows refused because their number was never checked.
    pub refused: u64,
    /// Rows that went on.
    pub rows_out: u64,
    /// Different people among them, by valid NHS number; absent where rows are not about people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u64>,
    /// Cells that could not be read and were set to null, by field.
    pub cells_set_to_null: BTreeMap<String, u64>,
}

/// One file that left.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ManifestOutput {
    /// Its name in the folder.
    pub file: String,
    /// Its name in the agreement.
    pub name: String,
    /// The dataset it was made from.
    pub dataset: String,
    /// Rows or cells.
    pub kind: OutputKind,
    /// The file format.
    pub format: OutputFormat,
    /// Hash, size and rows.
    #[serde(flatten)]
    pub summary: FileSummary,
    /// Its fields and what was done to each.
    pub fields: Vec<ManifestField>,
    /// The disclosure rule, for cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Disclosure>,
    /// Columns in which digits stand that could be a number's.
    #[serde(skip)]
    pub(super) to_check: Vec<usize>,
}

/// One field that left.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ManifestField {
    /// Its name.
    pub name: String,
    /// What was done to it.
    pub transform: FieldTransform,
}

/// The disclosure rule of a table of cells.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Disclosure {
    /// The rule in full.
    pub rule: SuppressionPolicy,
    /// The level of secondary suppression that was applied.
    pub secondary: Secondary,
    /// Which totals were published.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::TotalsWord"))]
    pub totals: &'static str,
    /// The columns that make the cells, in the order of the file.
    pub by: Vec<String>,
    /// The column that was added up; if absent, rows were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
    /// The key of a row of totals, if there are such rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// How the counts were held against those of earlier releases.
    pub earlier: ComparedCounts,
    /// Cells shown.
    pub cells_published: u64,
    /// Cells hidden.
    pub cells_hidden: u64,
    /// What the auditor says.
    pub audit: AuditVerdict,
}

impl Manifest {
    pub(super) fn new(inputs: &ReleaseInputs<'_>, earlier: &Earlier, started: OffsetDateTime) -> Self {
        let agreement = inputs.permit.agreement();
        let checked = inputs.opt_outs.not_opted_out();
        Self {
            schema: "nhs-ig/manifest/v1",
            run_id: inputs.run.to_string(),
            started_at: timestamp(started),
            finished_at: String::new(),
            rehearsal: inputs.occasion == Occasion::Rehearsal,
            dry_run: inputs.effect == Effect::DryRun,
            library: Library { name: "nhs_ig", version: env!("CARGO_PKG_VERSION") },
            agreement: AgreementEntry {
                id: agreement.id().to_owned(),
                version: agreement.version().to_owned(),
                sha256: agreement.sha256().to_owned(),
            },
            decision: inputs.permit.decision().clone(),
            key: inputs.key.map(|key| KeyEntry {
                id: key.id().to_string(),
                check_value: key.check_value().to_owned(),
                scheme: "nhs-ig/pseudonym/v1",
            }),
            opt_out: OptOutEntry {
                checked_at: checked.map(|list| list.checked_at().to_string()),
                age_days: checked.map(|list| list.age_days(inputs.permit.date())),
                max_age_days: inputs.opt_outs.max_age_days(),
                submitted: checked.map(crate::opt_out::NotOptedOut::submitted_count),
                deny_lists: inputs.opt_outs.opted_out().iter().map(|list| list.source().to_owned()).collect(),
                unchecked: match inputs.unchecked {
                    Unchecked::Raise => "raise",
                    Unchecked::Withhold => "withhold",
                },
            },
            earlier: earlier.entry(),
            datasets: Vec::new(),
            outputs: Vec::new(),
            audit: AuditEntry::default(),
        }
    }

    pub(super) fn audit_head(&mut self, head: HeldHead) {
        self.audit = AuditEntry { records: head.records, head: head.hash.to_string() };
    }

    /// The manifest as it is written.
    ///
    /// # Errors
    /// Only `misuse.defect`.
    pub fn to_json(&self) -> Result<String, Error> {
        let text = serde_json::to_string_pretty(self).map_err(|_| MisuseError::PanicInside {})?;
        Ok(text + "\n")
    }
}

impl ManifestDataset {
    pub(super) fn new(
        dataset: &Dataset,
        sha256: String,
        counted: &Counted,
        fields: &[PreparedField],
        as_of: Option<Date>,
    ) -> Self {
        let Counted { opt_outs: counts, filtered, people } = counted;
        let invalid = fields.iter().filter(|field| field.invalid > 0);
        Self {
            name: dataset.name.clone(),
            sha256,
            person_level: dataset.person_level,
            as_of: as_of.map(|day| day.to_string()),
            rows_in: counts.rows_in + filtered,
            filtered: *filtered,
            opted_out: counts.opted_out,
            invalid: counts.no_valid_number,
            refused: counts.not_checked,
            rows_out: counts.kept,
            people: *people,
            cells_set_to_null: invalid.map(|field| (field.name.clone(), field.invalid)).collect(),
        }
    }
}

impl ManifestOutput {
    pub(super) fn records(output: &Output, file: String, summary: FileSummary, fields: Vec<ManifestField>) -> Self {
        Self {
            file,
            name: output.name.clone(),
            dataset: output.dataset.clone(),
            kind: output.kind,
            format: output.format,
            summary,
            fields,
            disclosure: None,
            to_check: Vec::new(),
        }
    }

    pub(super) fn cells(
        output: &Output,
        file: String,
        summary: FileSummary,
        fields: Vec<ManifestField>,
        disclosure: Disclosure,
    ) -> Self {
        Self { disclosure: Some(disclosure), ..Self::records(output, file, summary, fields) }
    }

    pub(super) fn checking(self, to_check: Vec<usize>) -> Self {
        Self { to_check, ..self }
    }
}
