//! Checks a log from its first byte to its last.

use super::chain::{Accepted, Chain, Scan, Tail, scan};
use super::segments::Segments;
use super::{AuditRecord, Digest, Held, HeldHead, MerkleTree};
use crate::error::AuditError;
use std::fmt;
use std::io::BufRead;
use std::path::Path;

/// Whether records can have been cut off the end of the log, or all of it rewritten, unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Truncation {
    /// The log holds what was kept elsewhere: nothing in its first so many records was cut off, changed, added,
    /// removed or moved. What comes after them may have been.
    Excluded {
        /// How many, from the first.
        records: u64,
    },
    /// Nothing was held against the log: whoever can write the file could have cut its end off or rewritten it whole.
    NotExcluded,
}

/// What a log that verifies holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Records in the log.
    pub records: u64,
    /// The SHA-256 of the last line; zeros if there is none.
    pub hash: Digest,
    /// The root of the Merkle tree over all records.
    pub root: Digest,
    /// Whether a cut-off end is excluded, and up to where.
    pub truncation: Truncation,
    /// How often a crash left bytes behind that the log then sealed.
    pub recoveries: u64,
    /// How many bytes those are: they are not records, and what they meant to say is lost.
    pub sealed_bytes: u64,
}

impl VerifyReport {
    /// The head to hold elsewhere and to give to the next verification.
    pub const fn head(&self) -> HeldHead {
        HeldHead { records: self.records, hash: self.hash }
    }
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records, consistent; truncation ", self.records)?;
        match self.truncation {
            Truncation::NotExcluded => f.write_str("NOT excluded")?,
            Truncation::Excluded { records } if records == self.records => f.write_str("excluded")?,
            Truncation::Excluded { records } => {
                write!(f, "excluded for the first {records} records, NOT excluded after them")?;
            }
        }
        if self.recoveries > 0 {
            write!(f, "; {} bytes sealed after {} interruptions", self.sealed_bytes, self.recoveries)?;
        }
        Ok(())
    }
}

/// Checks the log at a path: every record is in its one allowed form and follows from the one before.
///
/// If the log was rotated, all its segments are read as one log; lines are counted through all of them.
///
/// `held` is a [`HeldHead`], a [`&Checkpoint`](super::Checkpoint) or `None`. Guarantees, given one: no byte up to
/// the records it speaks of was changed, added, removed or moved. Without one it finds damage and careless edits
/// only: someone who can write the file can cut off its end, change the last record, or compute a whole new chain.
/// It does not say that the records are true.
///
/// Takes a shared lock for a moment, so that it never sees half a record of a writer at work.
///
/// # Errors
/// `audit.unreadable`; the first bad line as `audit.record_format`, `audit.version_unknown`, `audit.sequence`,
/// `audit.chain_broken`, `audit.recovery_unmatched`, `audit.rotation_unmatched` or `audit.torn_tail`;
/// `audit.segment_missing`, `audit.segment_foreign`, `audit.segment_cut`; `audit.held_head_missing`,
/// `audit.held_head_differs`; `audit.checkpoint_missing`, `audit.checkpoint_differs`.
pub fn verify<'a>(path: impl AsRef<Path>, held: impl Into<Held<'a>>) -> Result<VerifyReport, AuditError> {
    walk(open(path.as_ref())?, held.into(), |_| Ok(()))
}

/// As [`verify`], on any reader: of a log that was never rotated, or of its first segment.
///
/// # Errors
/// As [`verify`].
pub fn verify_reader<'a>(reader: impl BufRead, held: impl Into<Held<'a>>) -> Result<VerifyReport, AuditError> {
    walk_through(held.into(), |_| Ok(()), |each| scan(reader, Chain::START, each))
}

/// A record on the way of a verification. The log as a whole is not yet verified.
pub(super) struct Visited<'a> {
    pub(super) record: &'a AuditRecord,
    pub(super) line: &'a [u8],
    pub(super) leaf: Digest,
}

/// Opens a log as it stands while no writer is at work.
pub(super) fn open(path: &Path) -> Result<Segments, AuditError> {
    Segments::open(path)
}

/// Verifies, and calls `each` on every record in turn.
pub(super) fn walk(
    segments: Segments,
    held: Held<'_>,
    each: impl FnMut(&Visited<'_>) -> Result<(), AuditError>,
) -> Result<VerifyReport, AuditError> {
    walk_through(held, each, |accept| segments.scan(Chain::START, accept))
}

fn walk_through(
    held: Held<'_>,
    mut each: impl FnMut(&Visited<'_>) -> Result<(), AuditError>,
    scan_all: impl FnOnce(&mut dyn FnMut(&Accepted<'_>) -> Result<(), AuditError>) -> Result<Scan, AuditError>,
) -> Result<VerifyReport, AuditError> {
    let mut tree = MerkleTree::default();
    held.meets(Digest::ZERO, &tree)?;
    let Scan { chain, tail, lines, .. } = scan_all(&mut |accepted| {
        let leaf = Digest::of(accepted.leaf);
        tree.push(leaf);
        held.meets(accepted.head.hash, &tree)?;
        each(&Visited { record: &accepted.record, line: accepted.line, leaf })
    })?;
    match tail {
        Tail::Clean => {}
        Tail::NoNewline => return Err(AuditError::TornTail { line: lines }),
        Tail::Torn(gap) => return Err(gap.into_fault(lines)),
    }
    let found = chain.head.records;
    held.is_reached(found)?;
    Ok(VerifyReport {
        records: found,
        hash: chain.head.hash,
        root: tree.root(),
        truncation: match held.records() {
            // What speaks of no record excludes nothing.
            None | Some(0) => Truncation::NotExcluded,
            Some(records) => Truncation::Excluded { records },
        },
        recoveries: chain.recoveries,
        sealed_bytes: chain.sealed_bytes,
    })
}
