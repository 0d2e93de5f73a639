//! Whether a path leads to a root (RFC 9162, sections 2.1.3.2 and 2.1.4.2).

use super::MerkleTree;
use crate::audit::Digest;
use crate::error::AuditError;

/// Checks that a leaf stands at a place of a tree, given the hashes beside its way to the root.
///
/// # Errors
/// `audit.proof_range` if the tree has no such leaf; `audit.proof_differs`.
pub fn check_inclusion(leaf: Digest, index: u64, size: u64, path: &[Digest], root: Digest) -> Result<(), AuditError> {
    if index >= size {
        return Err(AuditError::ProofRange { asked: index, size });
    }
    let mut walk = Walk { first: index, last: size - 1 };
    let mut node = leaf;
    for beside in path {
        node = match walk.up()? {
            Side::Left => MerkleTree::node(*beside, node),
            Side::Right => MerkleTree::node(node, *beside),
        };
    }
    if walk.last == 0 && node == root { Ok(()) } else { Err(AuditError::ProofDiffers {}) }
}

/// Checks that a tree begins with all the leaves of an older one, in their order.
///
/// # Errors
/// `audit.checkpoint_order` if the older tree is the larger; `audit.proof_differs`.
pub fn check_consistency(older: (u64, Digest), newer: (u64, Digest), path: &[Digest]) -> Result<(), AuditError> {
    let ((first, first_root), (second, second_root)) = (older, newer);
    let holds = |holds: bool| if holds { Ok(()) } else { Err(AuditError::ProofDiffers {}) };
    if first > second {
        return Err(AuditError::CheckpointOrder { older: first, newer: second });
    }
    if first == second {
        return holds(path.is_empty() && first_root == second_root);
    }
    if first == 0 {
        return holds(path.is_empty() && first_root == Digest::of(b""));
    }
    // A full older tree is a subtree of the newer one, and its root need not be told.
    let (start, rest) = if first.is_power_of_two() {
        (first_root, path)
    } else {
        let (start, rest) = path.split_first().ok_or(AuditError::ProofDiffers {})?;
        (*start, rest)
    };
    let mut walk = Walk { first: first - 1, last: second - 1 };
    while walk.first & 1 == 1 {
        walk.first >>= 1;
        walk.last >>= 1;
    }
    let (mut old, mut new) = (start, start);
    for beside in rest {
        match walk.up()? {
            Side::Left => {
                old = MerkleTree::node(*beside, old);
                new = MerkleTree::node(*beside, new);
            }
            Side::Right => new = MerkleTree::node(new, *beside),
        }
    }
    holds(walk.last == 0 && !rest.is_empty() && old == first_root && new == second_root)
}

/// On which side of the way up the next hash stands.
enum Side {
    Left,
    Right,
}

/// The way from a leaf to the root: the place of the node on its level, and that of the last node there.
struct Walk {
    first: u64,
    last: u64,
}

impl Walk {
    /// Goes up to the next level on which there is a node beside, and says where that stands.
    fn up(&mut self) -> Result<Side, AuditError> {
        if self.last == 0 {
            return Err(AuditError::ProofDiffers {});
        }
        let side = if self.first & 1 == 1 {
            Side::Left
        } else if self.first == self.last {
            // The last node has nobody to its right: it goes up unchanged until there is someone to its left.
            while self.first & 1 == 0 && self.first != 0 {
                self.first >>= 1;
                self.last >>= 1;
            }
            Side::Left
        } else {
            Side::Right
        };
        self.first >>= 1;
        self.last >>= 1;
        Ok(side)
    }
}
