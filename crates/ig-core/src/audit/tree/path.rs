//! Makes the hashes of a proof in one pass over the leaves (RFC 6962, sections 2.1.1 and 2.1.2).

use super::MerkleTree;
use crate::audit::Digest;
use std::ops::Range;

/// The hashes of a proof are the roots of subtrees that are known before any leaf is, and that do not overlap: each
/// is grown as its leaves come by, so no leaf is kept.
pub(in crate::audit) struct PathBuilder {
    /// In the order of the leaves, each with its place in the proof.
    pub(super) parts: Vec<(Range<u64>, usize, MerkleTree)>,
    /// The first part that is not yet whole.
    at: usize,
    next: u64,
}

impl PathBuilder {
    /// For the proof that a leaf is in a tree; none if it is not below the size.
    pub(in crate::audit) fn inclusion(index: u64, size: u64) -> Self {
        Self::new(inclusion_ranges(index, size))
    }

    /// For the proof that a tree begins with the leaves of an older one, which is not the larger.
    pub(in crate::audit) fn consistency(older: u64, newer: u64) -> Self {
        Self::new(consistency_ranges(older, newer))
    }

    fn new(ranges: Vec<Range<u64>>) -> Self {
        let placed = ranges.into_iter().enumerate();
        let mut parts: Vec<_> = placed.map(|(place, range)| (range, place, MerkleTree::default())).collect();
        parts.sort_by_key(|(range, ..)| range.start);
        Self { parts, at: 0, next: 0 }
    }

    /// Takes in the next leaf of the tree; those after its end are passed over.
    pub(in crate::audit) fn push(&mut self, leaf: Digest) {
        if let Some((range, _, tree)) = self.parts.get_mut(self.at) {
            if range.contains(&self.next) {
                tree.push(leaf);
            }
            if self.next + 1 >= range.end {
                self.at += 1;
            }
        }
        self.next += 1;
    }

    /// The hashes in the order of the proof.
    pub(in crate::audit) fn finish(mut self) -> Vec<Digest> {
        self.parts.sort_by_key(|(_, place, _)| *place);
        self.parts.into_iter().map(|(.., tree)| tree.root()).collect()
    }
}

/// The size of the left subtree: the largest power of two below the number of leaves, of which there are two or more.
const fn left_size(leaves: u64) -> u64 {
    1 << (u64::BITS - 1 - (leaves - 1).leading_zeros())
}

/// From the leaf's sibling up to the root's child.
fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let (mut low, mut high) = (0, size);
    let mut ranges = Vec::new();
    while index < size && high - low > 1 {
        let middle = low + left_size(high - low);
        if index < middle {
            ranges.push(middle..high);
            high = middle;
        } else {
            ranges.push(low..middle);
            low = middle;
        }
    }
    ranges.reverse();
    ranges
}

fn consistency_ranges(older: u64, newer: u64) -> Vec<Range<u64>> {
    let (mut low, mut high) = (0, newer);
    let mut ranges = Vec::new();
    if older == 0 || older >= newer {
        return ranges;
    }
    while older != high {
        let middle = low + left_size(high - low);
        if older <= middle {
            ranges.push(middle..high);
            high = middle;
        } else {
            ranges.push(low..middle);
            low = middle;
        }
    }
    // A subtree that begins with the first leaf is the older tree itself, whose root is known.
    if low != 0 {
        ranges.push(low..high);
    }
    ranges.reverse();
    ranges
}
