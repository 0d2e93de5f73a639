//! A set of NHS numbers that leaves no copy in memory.

use crate::NhsNumber;
use zeroize::{Zeroize, Zeroizing};

/// Sorted, distinct numbers as integers, wiped when dropped.
///
/// A growing `Vec` leaves its old buffers unwiped, so this one grows by hand.
pub(super) struct NumberSet(Zeroizing<Vec<u64>>);

impl NumberSet {
    pub(super) fn collect(numbers: impl Iterator<Item = NhsNumber>) -> Self {
        let mut kept = Zeroizing::new(Vec::with_capacity(numbers.size_hint().0.max(16)));
        for number in numbers {
            if kept.len() == kept.capacity() {
                let mut larger = Vec::with_capacity(kept.capacity() * 2);
                larger.extend_from_slice(&kept);
                kept.zeroize();
                *kept = larger;
            }
            kept.push(number.to_u64());
        }
        kept.sort_unstable();
        kept.dedup();
        Self(kept)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn contains(&self, number: NhsNumber) -> bool {
        self.0.binary_search(&number.to_u64()).is_ok()
    }

    /// How many numbers of this set the other one lacks: one walk along both.
    pub(super) fn count_missing_from(&self, other: &Self) -> usize {
        let mut rest = other.0.iter().peekable();
        self.0
            .iter()
            .filter(|number| {
                while rest.next_if(|candidate| candidate < number).is_some() {}
                rest.peek() != Some(number)
            })
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn behaves_as_a_standard_set(
            a in proptest::collection::vec(9_990_000_000..9_990_002_000_u64, 0..200),
            b in proptest::collection::vec(9_990_000_000..9_990_002_000_u64, 0..200),
        ) {
            let valid = |values: &[u64]| -> BTreeSet<NhsNumber> {
                values.iter().filter_map(|&value| NhsNumber::from_unsigned(value).ok()).collect()
            };
            let all = |values: &[u64]| -> Vec<NhsNumber> {
                values.iter().filter_map(|&value| NhsNumber::from_unsigned(value).ok()).collect()
            };
            // `filter` hides the length, so that growing is part of what is tested.
            let set = NumberSet::collect(all(&a).into_iter().filter(|_| true));
            let other = NumberSet::collect(all(&b).into_iter());
            prop_assert_eq!(set.len(), valid(&a).len());
            prop_assert_eq!(set.count_missing_from(&other), valid(&a).difference(&valid(&b)).count());
            for number in valid(&a).union(&valid(&b)) {
                prop_assert_eq!(set.contains(*number), valid(&a).contains(number));
            }
        }
    }
}
