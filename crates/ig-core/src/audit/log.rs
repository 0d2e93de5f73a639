//! The log file: one writer's handle among any number of handles, threads and processes.

mod append;
mod group;
mod options;
mod rotate;

use super::chain::Chain;
use super::segments::{check_previous, start_of_live};
use super::{AuditEvent, Digest, Durability, RecordId, StampSource, SystemStamps, Timestamp};
use crate::error::AuditError;
use crate::platform::FileNumber;
use append::Locked;
use group::Group;
use options::Rotation;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

pub use options::LogOptions;

/// An append-only log of what was done with data.
///
/// Guarantees that an ok means what [`Durability`] says; that any number of handles, threads and processes on
/// one file make one chain; that the file is never shortened; that bytes a crash left behind are sealed by a
/// record that names them, and that nothing valid is lost.
///
/// It is one file unless it is opened with a limit ([`AuditLog::options`]): past that, the file is put aside under a name
/// with the number of its first record, and the chain goes on in a new one. Handles without a limit follow.
///
/// It does **not** stop someone who can write the file from rewriting it: hold [`AuditLog::head`] or a [`Checkpoint`](super::Checkpoint) elsewhere
/// and give it to [`verify`](super::verify). Locks are advisory, and on network file systems only as good as
/// their server; a handle notices changes after its last known line only.
///
/// A process made by `fork` opens the file anew at its first record. A fork while another thread writes can
/// leave the handle in the child locked for ever, as with every lock.
///
/// ```
/// use ig_core::audit::{self, AuditEvent, AuditLog, CorrelationId, EventKind, Outcome, Truncation};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("audit.jsonl");
/// let log = AuditLog::open(&path)?;
/// let run = CorrelationId::generate()?;
/// log.record(&AuditEvent::new(EventKind::Read, Outcome::Attempt, "a.analyst", run)?.dataset("dids_2026")?)?;
/// let receipt = log.record(&AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", run)?.count(495)?)?;
///
/// let report = audit::verify(&path, Some(receipt.head()))?;
/// assert_eq!((report.records, report.truncation), (2, Truncation::Excluded { records: 2 }));
/// assert_eq!(audit::verify(&path, None)?.to_string(), "2 records, consistent; truncation NOT excluded");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AuditLog {
    path: PathBuf,
    stamps: Box<dyn StampSource>,
    rotation: Rotation,
    group: Group,
    state: Mutex<State>,
}

/// The file that is written to, with what tells it from every other.
struct Live {
    file: Arc<File>,
    number: FileNumber,
}

impl Live {
    fn of(file: File) -> Result<Self, AuditError> {
        let number = FileNumber::of(&file).map_err(|error| not_recorded(&error))?;
        Ok(Self { file: Arc::new(file), number })
    }
}

struct State {
    live: Live,
    /// Up to the last accepted record that has its newline.
    settled: Chain,
    head: HeldHead,
    /// When this file began, once it was asked.
    began: Option<Timestamp>,
    /// The process that opened `file`: locks are shared with a fork, so a fork needs a file of its own.
    process: u32,
}

/// How many records a log has and the hash of its last line: all that is needed to see later whether it was
/// cut off or rewritten. Hold it where the writers of the log cannot reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldHead {
    /// Records in the log.
    pub records: u64,
    /// The SHA-256 of the last line; zeros if there is none.
    pub hash: Digest,
}

/// Proof that a record was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The number of the record.
    pub seq: u64,
    /// Its id.
    pub id: RecordId,
    /// The SHA-256 of its line.
    pub hash: Digest,
    /// What this ok means.
    pub durability: Durability,
}

impl Receipt {
    /// The head of the log just after this record.
    pub const fn head(&self) -> HeldHead {
        HeldHead { records: self.seq + 1, hash: self.hash }
    }
}

fn not_recorded(error: &io::Error) -> AuditError {
    AuditError::NotRecorded { reason: error.to_string() }
}

impl AuditLog {
    /// Opens a log, or makes it, readable by its owner only, and follows its chain from the first line.
    ///
    /// Bytes that a crash left behind stay until the next record, which seals them.
    ///
    /// # Errors
    /// `audit.not_recorded` if it cannot be opened; `audit.not_a_log`; `audit.segment_missing` if only archived
    /// segments are there; the codes of [`verify`](super::verify)
    /// if the chain is broken in a way that no crash explains.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, AuditError> {
        Self::open_with(path, SystemStamps)
    }

    /// As [`AuditLog::open`], with another clock and source of random bytes.
    ///
    /// # Errors
    /// As [`AuditLog::open`].
    pub fn open_with(path: impl AsRef<Path>, stamps: impl StampSource + 'static) -> Result<Self, AuditError> {
        Self::options().stamps(stamps).open(path)
    }

    /// Settings for opening a log: rotation, clock.
    pub fn options() -> LogOptions {
        LogOptions::default()
    }

    fn open_as(path: &Path, options: LogOptions) -> Result<Self, AuditError> {
        // The log stays the same one if the process changes its folder.
        let path = std::path::absolute(path).map_err(|error| not_recorded(&error))?;
        let file = append::open_file(&path)?;
        let scan = {
            let _lock = Locked::new(&file)?;
            let start = start_of_live(&file, &path)?;
            check_previous(&path, &start)?;
            append::scan_from(&file, start)?.0
        };
        append::may_go_on(&scan)?;
        let live = Live::of(file)?;
        let group = Group::new(Arc::clone(&live.file), Box::new(File::sync_data));
        let state =
            State { live, settled: scan.settled, head: scan.chain.head, began: None, process: std::process::id() };
        Ok(Self { path, stamps: options.stamps, rotation: options.rotation, group, state: Mutex::new(state) })
    }

    /// Appends one record with the durability that fits its event: synced for `export` and `delete`.
    ///
    /// Write the attempt first and touch the data only after the ok.
    ///
    /// # Errors
    /// `audit.not_recorded`, `audit.log_replaced`, `audit.log_shortened`, `audit.poisoned`, `audit.unreadable`;
    /// `audit.not_rotated` if a limit was reached and the next segment cannot be begun;
    /// the codes of [`verify`](super::verify) if what others wrote since does not follow.
    pub fn record(&self, event: &AuditEvent) -> Result<Receipt, AuditError> {
        self.record_as(event, event.kind().default_durability())
    }

    /// As [`AuditLog::record`], with a chosen durability.
    ///
    /// # Errors
    /// As [`AuditLog::record`].
    pub fn record_as(&self, event: &AuditEvent, durability: Durability) -> Result<Receipt, AuditError> {
        // A panic while the lock was held leaves a state that nobody has checked.
        let mut state = self.state.lock().map_err(|_| AuditError::Poisoned {})?;
        self.group.check()?;
        self.own_file(&mut state)?;
        let (receipt, ticket) = self.append(&mut state, event, durability)?;
        match durability {
            Durability::Written => {}
            // Nothing is written meanwhile, so that the sync is for this record alone.
            Durability::Synced => self.group.wait(ticket)?,
            Durability::Group => {
                drop(state);
                self.group.wait(ticket)?;
            }
        }
        Ok(receipt)
    }

    /// The head as this handle last saw it, at its opening or its last record.
    ///
    /// # Errors
    /// `audit.poisoned`.
    pub fn head(&self) -> Result<HeldHead, AuditError> {
        self.state.lock().map(|state| state.head).map_err(|_| AuditError::Poisoned {})
    }

    /// Where the log is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl std::fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditLog").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
