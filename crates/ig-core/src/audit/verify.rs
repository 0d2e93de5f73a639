//! Checks a log from its first byte to its last.

use super::chain::{Chain, Scan, Tail, scan};
use super::{Digest, HeldHead};
use crate::error::AuditError;
use crate::platform;
use std::fmt;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

/// Whether records can have been cut off the end of the log, or all of it rewritten, unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Truncation {
    /// The log holds the head that was kept elsewhere: nothing up to that head was cut off or rewritten.
    Excluded,
    /// No head was given: whoever can write the file could have cut its end off or rewritten it whole.
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
    /// Whether a cut-off end is excluded, up to the held head.
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
        f.write_str(match self.truncation {
            Truncation::Excluded => "excluded up to the held head",
            Truncation::NotExcluded => "NOT excluded",
        })?;
        if self.recoveries > 0 {
            write!(f, "; {} bytes sealed after {} interruptions", self.sealed_bytes, self.recoveries)?;
        }
        Ok(())
    }
}

/// Checks the log at a path: every record is in its one allowed form and follows from the one before.
///
/// Guarantees, given a held head: no byte up to that head was changed, added, removed or moved. Without one it
/// finds damage and careless edits only: someone who can write the file can cut off its end, change the last
/// record, or compute a whole new chain. It does not say that the records are true.
///
/// Takes a shared lock for a moment, so that it never sees half a record of a writer at work.
///
/// # Errors
/// `audit.unreadable`; the first bad line as `audit.record_format`, `audit.version_unknown`, `audit.sequence`,
/// `audit.chain_broken`, `audit.recovery_unmatched` or `audit.torn_tail`; `audit.held_head_missing`,
/// `audit.held_head_differs`.
pub fn verify(path: impl AsRef<Path>, held: Option<HeldHead>) -> Result<VerifyReport, AuditError> {
    let (file, length) = platform::open_settled(path.as_ref())
        .map_err(|error| AuditError::Unreadable { reason: error.kind().to_string() })?;
    verify_reader(BufReader::new(file.take(length)), held)
}

/// As [`verify`], on any reader.
///
/// # Errors
/// As [`verify`].
pub fn verify_reader(reader: impl BufRead, held: Option<HeldHead>) -> Result<VerifyReport, AuditError> {
    let mut held_found = held.is_some_and(|held| held.records == 0 && held.hash == Digest::ZERO);
    let Scan { chain, tail, lines, .. } = scan(reader, Chain::START, |_, head| match held {
        Some(held) if held == head => {
            held_found = true;
            Ok(())
        }
        Some(held) if held.records == head.records => Err(AuditError::HeldHeadDiffers { held: held.records }),
        _ => Ok(()),
    })?;
    match tail {
        Tail::Clean => {}
        Tail::NoNewline => return Err(AuditError::TornTail { line: lines }),
        Tail::Torn(gap) => return Err(gap.into_fault(lines)),
    }
    let found = chain.head.records;
    let truncation = match held {
        None => Truncation::NotExcluded,
        Some(_) if held_found => Truncation::Excluded,
        Some(held) if held.records > found => return Err(AuditError::HeldHeadMissing { held: held.records, found }),
        Some(held) => return Err(AuditError::HeldHeadDiffers { held: held.records }),
    };
    Ok(VerifyReport {
        records: found,
        hash: chain.head.hash,
        truncation,
        recoveries: chain.recoveries,
        sealed_bytes: chain.sealed_bytes,
    })
}
