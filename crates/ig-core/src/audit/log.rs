//! The log file: one writer's handle among any number of handles, threads and processes.

use super::chain::{Chain, Scan, Tail, scan};
use super::{AuditEvent, AuditRecord, Digest, Durability, RecordId, StampSource, SystemStamps};
use crate::error::AuditError;
use crate::platform;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// An append-only log of what was done with data.
///
/// Guarantees that an ok means what [`Durability`] says; that any number of handles, threads and processes on
/// one file make one chain; that the file is never shortened; that bytes a crash left behind are sealed by a
/// record that names them, and that nothing valid is lost.
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
    sync: fn(&File) -> io::Result<()>,
    state: Mutex<State>,
}

struct State {
    file: File,
    /// Up to the last accepted record that has its newline.
    settled: Chain,
    head: HeldHead,
    /// The process that opened `file`: locks are shared with a fork, so a fork needs a file of its own.
    process: u32,
    poisoned: bool,
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

/// An exclusive lock until dropped.
struct Locked<'a>(&'a File);

impl<'a> Locked<'a> {
    fn new(file: &'a File) -> Result<Self, AuditError> {
        file.lock().map_err(|error| not_recorded(&error))?;
        Ok(Self(file))
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // Fails only if the lock is already gone.
        let _ = self.0.unlock();
    }
}

impl AuditLog {
    /// Opens a log, or makes it, readable by its owner only, and follows its chain from the first line.
    ///
    /// Bytes that a crash left behind stay until the next record, which seals them.
    ///
    /// # Errors
    /// `audit.not_recorded` if it cannot be opened; `audit.not_a_log`; the codes of [`verify`](super::verify)
    /// if the chain is broken in a way that no crash explains.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, AuditError> {
        Self::open_with(path, SystemStamps)
    }

    /// As [`AuditLog::open`], with another clock and source of random bytes.
    ///
    /// # Errors
    /// As [`AuditLog::open`].
    pub fn open_with(path: impl AsRef<Path>, stamps: impl StampSource + 'static) -> Result<Self, AuditError> {
        // The log stays the same one if the process changes its folder.
        let path = std::path::absolute(path).map_err(|error| not_recorded(&error))?;
        let file = open_file(&path)?;
        let scan = {
            let _lock = Locked::new(&file)?;
            scan_from(&file, Chain::START)?.0
        };
        if let Tail::Torn(gap) = &scan.tail {
            gap.may_be_sealed(&scan.chain)?;
        }
        let state =
            State { file, settled: scan.settled, head: scan.chain.head, process: std::process::id(), poisoned: false };
        Ok(Self { path, stamps: Box::new(stamps), sync: File::sync_data, state: Mutex::new(state) })
    }

    /// Appends one record with the durability that fits its event: synced for `export` and `delete`.
    ///
    /// Write the attempt first and touch the data only after the ok.
    ///
    /// # Errors
    /// `audit.not_recorded`, `audit.log_replaced`, `audit.log_shortened`, `audit.poisoned`, `audit.unreadable`;
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
        let mut guard = self.state.lock().map_err(|_| AuditError::Poisoned {})?;
        let state = &mut *guard;
        if state.poisoned {
            return Err(AuditError::Poisoned {});
        }
        self.own_file(state)?;
        let receipt = {
            let _lock = Locked::new(&state.file)?;
            self.append(&state.file, &mut state.settled, &mut state.head, event, durability)?
        };
        if durability == Durability::Synced
            && let Err(error) = (self.sync)(&state.file)
        {
            // The system may have dropped the pages and would then say ok to a second attempt.
            state.poisoned = true;
            return Err(AuditError::NotRecorded { reason: format!("the disk did not confirm it: {error}") });
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

    fn own_file(&self, state: &mut State) -> Result<(), AuditError> {
        if state.process == std::process::id() {
            return Ok(());
        }
        let same = |file: &File| platform::is_same_file(file, &self.path).map_err(|error| not_recorded(&error));
        if !same(&state.file)? {
            return Err(AuditError::LogReplaced {});
        }
        let own = File::options().read(true).append(true).open(&self.path).map_err(|error| not_recorded(&error))?;
        if !same(&state.file)? {
            return Err(AuditError::LogReplaced {});
        }
        state.file = own;
        state.process = std::process::id();
        Ok(())
    }

    fn append(
        &self,
        mut file: &File,
        settled: &mut Chain,
        head: &mut HeldHead,
        event: &AuditEvent,
        durability: Durability,
    ) -> Result<Receipt, AuditError> {
        if !platform::is_same_file(file, &self.path).map_err(|error| not_recorded(&error))? {
            return Err(AuditError::LogReplaced {});
        }
        let (Scan { mut chain, tail, lines, .. }, length) = scan_from(file, *settled)?;
        chain.line = lines;
        let mut bytes = Vec::new();
        match tail {
            Tail::Clean => {}
            Tail::NoNewline => bytes.push(b'\n'),
            Tail::Torn(gap) => {
                gap.may_be_sealed(&chain)?;
                let (newline, object, count) = gap.seal();
                if newline {
                    bytes.push(b'\n');
                }
                chain.recoveries += 1;
                chain.sealed_bytes += count;
                self.add(&mut chain, &mut bytes, length, AuditEvent::recovered(event, object, count))?;
            }
        }
        let id = self.add(&mut chain, &mut bytes, length, event.clone())?;
        file.write_all(&bytes).map_err(|error| not_recorded(&error))?;
        *settled = chain;
        *head = chain.head;
        Ok(Receipt { seq: chain.head.records - 1, id, hash: chain.head.hash, durability })
    }

    fn add(
        &self,
        chain: &mut Chain,
        bytes: &mut Vec<u8>,
        length: u64,
        event: AuditEvent,
    ) -> Result<RecordId, AuditError> {
        let ts = self.stamps.now()?;
        let id = RecordId::new(ts, &self.stamps.random()?);
        let begin = bytes.len();
        AuditRecord::compose(event, id, ts, chain.head.records, chain.head.hash).push_line(bytes);
        let end = bytes.len();
        bytes.push(b'\n');
        chain.accept(&bytes[begin..end], length + bytes.len() as u64, chain.line + 1);
        Ok(id)
    }
}

fn open_file(path: &Path) -> Result<File, AuditError> {
    let (file, made) = platform::open_append_private(path).map_err(|error| not_recorded(&error))?;
    if made && let Some(folder) = path.parent() {
        // Otherwise a power cut could take the name, and with it records that were called synced.
        platform::sync_folder(folder).map_err(|error| not_recorded(&error))?;
    }
    Ok(file)
}

/// Follows what stands after a place already accepted; also tells the length of the file. Needs the lock.
fn scan_from(mut file: &File, from: Chain) -> Result<(Scan, u64), AuditError> {
    let unreadable = |error: io::Error| AuditError::Unreadable { reason: error.kind().to_string() };
    let length = file.metadata().map_err(unreadable)?.len();
    let new = length.checked_sub(from.offset).ok_or(AuditError::LogShortened {})?;
    file.seek(SeekFrom::Start(from.offset)).map_err(unreadable)?;
    Ok((scan(BufReader::new(file.take(new)), from, |_| Ok(()))?, length))
}

impl std::fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditLog").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
