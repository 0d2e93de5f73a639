//! What was kept elsewhere and a log is held against.

use super::{Checkpoint, Digest, HeldHead, MerkleTree};
use crate::error::AuditError;

/// What a log is held against: nothing, a head, or a signed checkpoint.
///
/// A head is taken by whoever has the log and proves as much as the place where it is kept; a checkpoint proves as
/// much as the key that signed it. Both are made from the usual values by `into()`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Held<'a> {
    /// Nothing is held: a log that was cut off or rewritten as a whole cannot be told from a good one.
    Nothing,
    /// Records in the log and the hash of its last line, kept where its writers cannot reach.
    Head(HeldHead),
    /// A checkpoint whose signature was checked when it was opened.
    Checkpoint(&'a Checkpoint),
}

impl From<Option<HeldHead>> for Held<'_> {
    fn from(head: Option<HeldHead>) -> Self {
        head.map_or(Self::Nothing, Self::Head)
    }
}

impl From<HeldHead> for Held<'_> {
    fn from(head: HeldHead) -> Self {
        Self::Head(head)
    }
}

impl<'a> From<&'a Checkpoint> for Held<'a> {
    fn from(checkpoint: &'a Checkpoint) -> Self {
        Self::Checkpoint(checkpoint)
    }
}

impl Held<'_> {
    /// The records it speaks of.
    pub(super) const fn records(&self) -> Option<u64> {
        match self {
            Self::Nothing => None,
            Self::Head(head) => Some(head.records),
            Self::Checkpoint(checkpoint) => Some(checkpoint.size()),
        }
    }

    /// Whether a log with this hash of its last line and this tree is the one that is held, if it is as long.
    pub(super) fn meets(&self, hash: Digest, tree: &MerkleTree) -> Result<(), AuditError> {
        match *self {
            Self::Head(head) if head.records == tree.size() && head.hash != hash => {
                Err(AuditError::HeldHeadDiffers { held: head.records })
            }
            Self::Checkpoint(checkpoint) if checkpoint.size() == tree.size() && checkpoint.root() != tree.root() => {
                Err(AuditError::CheckpointDiffers { held: checkpoint.size() })
            }
            _ => Ok(()),
        }
    }

    /// Whether a log that ends with so many records can hold it.
    pub(super) const fn is_reached(&self, found: u64) -> Result<(), AuditError> {
        match *self {
            Self::Head(head) if head.records > found => Err(AuditError::HeldHeadMissing { held: head.records, found }),
            Self::Checkpoint(checkpoint) if checkpoint.size() > found => {
                Err(AuditError::CheckpointMissing { held: checkpoint.size(), found })
            }
            _ => Ok(()),
        }
    }
}
