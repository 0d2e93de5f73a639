//! The proof that a log only grew between two checkpoints.

use super::text::{lines_and_checkpoint, numbered, path_of, refused, write_path};
use crate::audit::verify::{open, walk};
use crate::audit::{Checkpoint, Digest, Held, VerifierKey, check_consistency, tree::PathBuilder};
use crate::error::AuditError;
use std::fmt;
use std::path::Path;

/// The proof that a log with a newer checkpoint begins with all the records of an older one, to be checked without it.
///
/// Guarantees, by being there: nothing that the older checkpoint vouches for was changed, removed, added or moved
/// before the newer one was made. Its text is what C2SP tlog-witness sends to a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    older: u64,
    path: Vec<Digest>,
    newer: Checkpoint,
}

impl ConsistencyProof {
    /// Reads the log, verifies it against the newer checkpoint, and proves that it holds the older one.
    ///
    /// # Errors
    /// `audit.checkpoint_origin`, `audit.checkpoint_order`, `audit.checkpoint_differs` if the log does not begin with
    /// what the older checkpoint was made of; the codes of [`verify`](crate::audit::verify).
    pub fn make(log: impl AsRef<Path>, older: &Checkpoint, newer: &Checkpoint) -> Result<Self, AuditError> {
        in_order(older, newer)?;
        let mut builder = PathBuilder::consistency(older.size(), newer.size());
        walk(open(log.as_ref())?, Held::Checkpoint(newer), |visited| {
            builder.push(visited.leaf);
            Ok(())
        })?;
        let path = builder.finish();
        check_consistency((older.size(), older.root()), (newer.size(), newer.root()), &path)
            .map_err(|_| AuditError::CheckpointDiffers { held: older.size() })?;
        Ok(Self { older: older.size(), path, newer: newer.clone() })
    }

    /// Opens a proof: checks the newer checkpoint's signature and origin, and that it grew from the older one.
    ///
    /// # Errors
    /// `audit.proof_format`, `audit.proof_differs`, `audit.checkpoint_order`; those of [`Checkpoint::open`].
    pub fn open(text: &str, older: &Checkpoint, verifier: &VerifierKey) -> Result<Self, AuditError> {
        let (head, note) = lines_and_checkpoint(text)?;
        let mut lines = head.split('\n');
        let size = numbered(lines.next(), "old ").ok_or_else(|| refused("no line with the old size"))?;
        let path = path_of(lines)?;
        let newer = Checkpoint::open(note, verifier, older.origin())?;
        in_order(older, &newer)?;
        if size != older.size() {
            return Err(AuditError::ProofDiffers {});
        }
        check_consistency((older.size(), older.root()), (newer.size(), newer.root()), &path)?;
        Ok(Self { older: size, path, newer })
    }

    /// The records that the older checkpoint was made of.
    pub const fn older(&self) -> u64 {
        self.older
    }

    /// The hashes of the proof.
    pub fn path(&self) -> &[Digest] {
        &self.path
    }

    /// What vouches for the log as it was later.
    pub const fn newer(&self) -> &Checkpoint {
        &self.newer
    }
}

fn in_order(older: &Checkpoint, newer: &Checkpoint) -> Result<(), AuditError> {
    if older.origin() != newer.origin() {
        return Err(AuditError::CheckpointOrigin { expected: newer.origin().to_owned() });
    }
    if older.size() > newer.size() {
        return Err(AuditError::CheckpointOrder { older: older.size(), newer: newer.size() });
    }
    Ok(())
}

impl fmt::Display for ConsistencyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.older)?;
        write_path(f, &self.path)?;
        write!(f, "\n{}", self.newer)
    }
}
