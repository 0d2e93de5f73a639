//! The Merkle tree over the records of a log (RFC 6962, section 2.1), grown leaf by leaf.

mod check;
mod path;

pub use check::{check_consistency, check_inclusion};
pub(super) use path::PathBuilder;

use super::Digest;
use sha2::{Digest as _, Sha256};

/// The Merkle tree of the records read so far: it keeps one hash for each full subtree, so the root of a million
/// records takes 20 hashes to keep, and no leaf is kept.
///
/// Guarantees the root of RFC 6962, section 2.1, with SHA-256. A leaf is the line of one accepted record, without
/// its newline. Bytes that a crash left behind are no leaves: the record that seals them names their hash, so the
/// root covers them too.
///
/// A root by itself proves nothing; hold it, or a [`Checkpoint`](super::Checkpoint), where the writers of the log
/// cannot reach.
///
/// ```
/// use ig_core::audit::{Digest, MerkleTree};
///
/// let mut tree = MerkleTree::default();
/// assert_eq!(tree.root(), Digest::of(b""));
/// tree.push(MerkleTree::leaf(b"first line"));
/// tree.push(MerkleTree::leaf(b"second line"));
/// let root = MerkleTree::node(MerkleTree::leaf(b"first line"), MerkleTree::leaf(b"second line"));
/// assert_eq!((tree.size(), tree.root()), (2, root));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MerkleTree {
    size: u64,
    /// The roots of the full subtrees, the largest first: one for each bit of the size.
    full: Vec<Digest>,
}

impl MerkleTree {
    /// The hash of a leaf: SHA-256 of 0x00 and the line.
    pub fn leaf(line: &[u8]) -> Digest {
        Digest::from_bytes(Sha256::new().chain_update([0]).chain_update(line).finalize().into())
    }

    /// The hash of two subtrees: SHA-256 of 0x01, the left and the right.
    pub fn node(left: Digest, right: Digest) -> Digest {
        let mut both = [1; 65];
        both[1..33].copy_from_slice(left.as_bytes());
        both[33..].copy_from_slice(right.as_bytes());
        Digest::of(&both)
    }

    /// Takes in the hash of the next leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut node = leaf;
        let mut size = self.size;
        while size & 1 == 1
            && let Some(left) = self.full.pop()
        {
            node = Self::node(left, node);
            size >>= 1;
        }
        self.full.push(node);
        self.size += 1;
    }

    /// Leaves taken in.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root: SHA-256 of nothing if there is no leaf.
    pub fn root(&self) -> Digest {
        let mut rest = self.full.iter().rev().copied();
        let smallest = rest.next();
        smallest.map_or_else(|| Digest::of(b""), |smallest| rest.fold(smallest, |right, left| Self::node(left, right)))
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
