//! The output folder of an earlier release, held against the audit log.

use super::completed::{Completed, CompletedReleases};
use super::published::PublishedTable;
use crate::agreement::{OutputFormat, OutputKind};
use crate::audit::Digest;
use crate::error::{AccessError, Error};
use crate::files::{name_of, reason_of};
use serde::Deserialize;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// No manifest is larger.
const MAX_MANIFEST: u64 = 64 << 20;

/// An earlier release whose manifest is the one that the log names.
pub(super) struct Given {
    pub(super) completed: Completed,
    pub(super) tables: Vec<PublishedTable>,
}

/// What is needed of a manifest; the rest is for people.
#[derive(Deserialize)]
struct OldManifest {
    schema: String,
    run_id: String,
    agreement: OldAgreement,
    outputs: Vec<OldOutput>,
}

#[derive(Deserialize)]
struct OldAgreement {
    id: String,
}

#[derive(Deserialize)]
pub(super) struct OldOutput {
    pub(super) file: String,
    pub(super) name: String,
    pub(super) dataset: String,
    pub(super) kind: OutputKind,
    pub(super) format: OutputFormat,
    pub(super) sha256: String,
    pub(super) disclosure: Option<OldDisclosure>,
}

#[derive(Clone, Deserialize)]
pub(super) struct OldDisclosure {
    pub(super) rule: OldRule,
    pub(super) by: Vec<String>,
    #[serde(default)]
    pub(super) count: Option<String>,
    #[serde(default)]
    pub(super) total: Option<String>,
}

#[derive(Clone, Deserialize)]
pub(super) struct OldRule {
    pub(super) marker: String,
    pub(super) rounding: serde_json::Value,
    pub(super) zeros: serde_json::Value,
}

impl Given {
    /// Reads a folder: its manifest must be one that the log names for this agreement, byte for byte, and its tables of
    /// counts those that the manifest names.
    pub(super) fn read(folder: &Path, agreement_id: &str, known: &CompletedReleases) -> Result<Self, Error> {
        let name = name_of(folder);
        let bytes = manifest_bytes(folder).map_err(|reason| unreadable(&name, &reason))?;
        let sha256 = Digest::of(&bytes);
        let completed = known.all.iter().find(|one| one.manifest == sha256);
        let read: Option<OldManifest> = serde_json::from_slice(&bytes).ok();
        let manifest = read.filter(|manifest| manifest.schema == "nhs-ig/manifest/v1");
        let Some(manifest) = manifest else {
            return Err(unreadable(&name, "its manifest.json is not a manifest of this version"));
        };
        if manifest.agreement.id != agreement_id {
            return Err(AccessError::EarlierForeign { folder: name }.into());
        }
        let Some(completed) = completed else {
            let run_is_known = known.all.iter().any(|one| one.run.to_string() == manifest.run_id);
            return Err(if run_is_known {
                AccessError::EarlierChanged { folder: name, file: "manifest.json".to_owned() }.into()
            } else {
                AccessError::EarlierUnknown { folder: name }.into()
            });
        };
        let tables = manifest.outputs.iter().filter(|output| output.kind == OutputKind::Aggregate);
        let run = completed.run;
        let tables = tables.map(|output| PublishedTable::read(folder, output, run)).collect::<Result<_, _>>()?;
        Ok(Self { completed: completed.clone(), tables })
    }
}

fn manifest_bytes(folder: &Path) -> Result<Vec<u8>, String> {
    let because = |error: std::io::Error| format!("its manifest.json: {}", reason_of(error.kind()));
    let mut bytes = Vec::new();
    let file = File::open(folder.join("manifest.json")).map_err(because)?;
    file.take(MAX_MANIFEST).read_to_end(&mut bytes).map_err(because)?;
    Ok(bytes)
}

pub(super) fn unreadable(folder: &str, reason: &str) -> Error {
    AccessError::EarlierUnreadable { folder: folder.to_owned(), reason: reason.to_owned() }.into()
}
