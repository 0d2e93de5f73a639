//! Earlier releases of an agreement: a table that is safe alone may not be safe beside one that is out already.

mod comparison;
mod completed;
mod folder;
mod published;

pub use comparison::ComparedCounts;
pub(super) use comparison::Comparison;
pub(super) use completed::{CELLS, COMPLETE, RECORDS};

use super::ReleaseInputs;
use super::manifest::{EarlierEntry, EarlierRun};
use crate::agreement::{AgainstEarlier, Output, OutputKind};
use crate::error::{AccessError, Error};
use completed::{Completed, CompletedReleases};
use folder::Given;
use published::PublishedTable;
use std::path::PathBuf;

/// The earlier releases of the agreement, by their output folders.
///
/// The audit log remembers which releases were completed; each that may have had tables of counts must be given before
/// another table leaves. Folders are held against the log, so that no other tables can be put in their place.
///
/// It does not know releases that another log has, those of other agreements, or what people have learnt otherwise.
///
/// ```
/// use ig_core::release::EarlierReleases;
///
/// let earlier = EarlierReleases::none().with_folder("2026-10").with_unavailable("IG/2026/17");
/// assert_ne!(earlier, EarlierReleases::none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlierReleases {
    folders: Vec<PathBuf>,
    unavailable: Option<String>,
}

impl EarlierReleases {
    /// None: right for the first release of an agreement.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds the output folder of one earlier release.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// Says that the releases which are not given are no longer held, with the ticket that allows to go on without.
    #[must_use]
    pub fn with_unavailable(mut self, reason_ref: impl Into<String>) -> Self {
        self.unavailable = Some(reason_ref.into());
        self
    }

    pub(super) fn reason_ref(&self) -> Option<&str> {
        self.unavailable.as_deref()
    }
}

/// Earlier releases that were read and found to be what the log says.
pub(super) struct Earlier {
    log: CompletedReleases,
    /// The oldest first.
    given: Vec<Given>,
    unavailable: Vec<Completed>,
    reason_ref: Option<String>,
    /// Whether any table is made that is to be held against them.
    needed: bool,
}

impl Earlier {
    /// Asks the log which releases there were, reads those that are given, and refuses to go on without the others.
    ///
    /// # Errors
    /// `access.earlier_*`; those of the audit log.
    pub(super) fn check(inputs: &ReleaseInputs<'_>) -> Result<Self, Error> {
        let agreement_id = inputs.permit.agreement().id();
        let needed = inputs.permit.outputs().any(is_compared);
        let mut log = CompletedReleases::of(agreement_id);
        let mut given: Vec<Given> = Vec::new();
        if needed || !inputs.earlier.folders.is_empty() {
            log.catch_up(inputs.audit)?;
        }
        for folder in &inputs.earlier.folders {
            let read = Given::read(folder, agreement_id, &log)?;
            if given.iter().all(|known| known.completed.manifest != read.completed.manifest) {
                given.push(read);
            }
        }
        let age = |one: &Given| log.all.iter().position(|known| known.manifest == one.completed.manifest);
        given.sort_by_key(age);
        let mut earlier = Self { log, given, unavailable: Vec::new(), reason_ref: None, needed };
        let missing = earlier.missing(0);
        match (&inputs.earlier.unavailable, missing.is_empty()) {
            (_, true) => {}
            (None, false) => return Err(not_given(&missing)),
            (Some(ticket), false) => {
                (earlier.unavailable, earlier.reason_ref) = (missing, Some(ticket.clone()));
            }
        }
        Ok(earlier)
    }

    /// Whether no other release of the agreement was completed while this one was being made.
    ///
    /// # Errors
    /// `access.earlier_not_given`; those of the audit log.
    pub(super) fn is_still_all(&mut self, inputs: &ReleaseInputs<'_>) -> Result<(), Error> {
        if !self.needed {
            return Ok(());
        }
        let known = self.log.catch_up(inputs.audit)?;
        let missing = self.missing(known);
        if missing.is_empty() { Ok(()) } else { Err(not_given(&missing)) }
    }

    /// Releases from one place of the log on that may have had tables and were not given.
    fn missing(&self, from: usize) -> Vec<Completed> {
        let is_given = |one: &Completed| self.given.iter().any(|given| given.completed.manifest == one.manifest);
        let may_matter = |one: &&Completed| self.needed && !one.rows_alone && !is_given(one);
        self.log.all[from..].iter().filter(may_matter).cloned().collect()
    }

    /// The tables that readers may have beside an output, the oldest first.
    pub(super) fn tables_beside(&self, output: &Output) -> Vec<&PublishedTable> {
        let tables = self.given.iter().flat_map(|one| &one.tables);
        tables.filter(|table| table.is_comparable(output)).collect()
    }

    /// The ticket, if releases are missing.
    pub(super) fn reason_ref(&self) -> Option<&str> {
        self.reason_ref.as_deref()
    }

    /// What the manifest says; nothing for the first release.
    pub(super) fn entry(&self) -> Option<EarlierEntry> {
        let run =
            |one: &Completed| EarlierRun { run_id: one.run.to_string(), manifest_sha256: one.manifest.to_string() };
        let given: Vec<_> = self.given.iter().map(|one| run(&one.completed)).collect();
        let unavailable: Vec<_> = self.unavailable.iter().map(run).collect();
        let any = !given.is_empty() || !unavailable.is_empty();
        any.then(|| EarlierEntry { given, unavailable, reason_ref: self.reason_ref.clone() })
    }
}

fn is_compared(output: &Output) -> bool {
    output.kind == OutputKind::Aggregate && output.earlier_releases == AgainstEarlier::Compared
}

fn not_given(missing: &[Completed]) -> Error {
    /// A message is read by people.
    const NAMED: usize = 10;
    let mut runs: Vec<String> = missing.iter().take(NAMED).map(|one| one.run.to_string()).collect();
    if missing.len() > NAMED {
        runs.push(format!("and {} more", missing.len() - NAMED));
    }
    AccessError::EarlierNotGiven { count: missing.len(), runs: runs.join(", ") }.into()
}
