//! A set of NHS numbers that leaves no copy in memory.

use crate::NhsNumber;
use zeroize::Zeroize;

/// Bits of a page, and words of it.
const PAGE_BITS: u32 = 16;
const WORDS: usize = 1 << (PAGE_BITS - 6);

/// Nine digits of a number, which give the tenth.
const PREFIXES: u32 = 1_000_000_000;
const PAGES: usize = (PREFIXES >> PAGE_BITS) as usize + 1;

/// Stands where there is no number. It has a place of its own, in which no set has a bit.
#[cfg_attr(not(feature = "arrow"), allow(dead_code, reason = "only columns ask about many people"))]
pub(crate) const NO_NUMBER: u32 = PREFIXES;

/// A page without any number.
static EMPTY: [u64; WORDS] = [0; WORDS];

/// The bits of neighbouring numbers.
type Page = Box<[u64; WORDS]>;

/// One bit for each number, in pages that exist only where there is a number; wiped when dropped.
///
/// Nine digits give the tenth, so a bit for nine digits is enough: all live numbers of England and Wales take 38 MB, and
/// a question takes one look, however long the list is.
pub(crate) struct NumberSet {
    pages: Vec<Option<Page>>,
    len: usize,
}

impl NumberSet {
    pub(crate) fn new() -> Self {
        Self { pages: (0..PAGES).map(|_| None).collect(), len: 0 }
    }

    pub(crate) fn collect(numbers: impl Iterator<Item = NhsNumber>) -> Self {
        let mut set = Self::new();
        numbers.for_each(|number| set.insert(number.prefix()));
        set
    }

    /// Takes nine digits in.
    pub(crate) fn insert(&mut self, prefix: u32) {
        let page = self.pages[(prefix >> PAGE_BITS) as usize].get_or_insert_with(|| Box::new([0; WORDS]));
        let (word, bit) = place(prefix);
        self.len += usize::from(page[word] & bit == 0);
        page[word] |= bit;
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn contains(&self, number: NhsNumber) -> bool {
        self.found(&[number.prefix()]) == 1
    }

    /// Which of up to 64 people, each by the first nine digits or [`NO_NUMBER`], are in the set: the first is the
    /// lowest bit.
    ///
    /// Nothing here depends on what was found before, so that the processor waits for many places in memory at once.
    #[inline]
    pub(crate) fn found(&self, people: &[u32]) -> u64 {
        people.iter().zip(0..64).fold(0, |found, (&prefix, at)| {
            let page = self.pages[(prefix >> PAGE_BITS) as usize].as_deref().unwrap_or(&EMPTY);
            let within = prefix & ((1 << PAGE_BITS) - 1);
            found | (page[(within >> 6) as usize] >> (within & 63) & 1) << at
        })
    }

    /// Every number, in ascending order.
    pub(crate) fn values(&self) -> impl Iterator<Item = u64> {
        let pages = (0_u64..).zip(&self.pages).filter_map(|(place, page)| Some((place, page.as_ref()?)));
        pages.flat_map(|(page, words)| {
            (0_u64..).zip(words.iter()).flat_map(move |(word, bits)| {
                let set = (0..64_u64).filter(move |bit| bits >> bit & 1 == 1);
                set.map(move |bit| with_check_digit(page << PAGE_BITS | word << 6 | bit))
            })
        })
    }

    /// How many numbers of this set the other one lacks.
    pub(crate) fn count_missing_from(&self, other: &Self) -> usize {
        let missing = |(page, other): (&Option<Page>, &Option<Page>)| {
            let Some(page) = page else { return 0 };
            let other = other.as_deref().unwrap_or(&EMPTY);
            page.iter().zip(other).map(|(word, other)| (word & !other).count_ones() as usize).sum()
        };
        self.pages.iter().zip(&other.pages).map(missing).sum()
    }
}

impl Drop for NumberSet {
    fn drop(&mut self) {
        self.pages.iter_mut().flatten().for_each(|page| page.zeroize());
    }
}

/// The number whose first nine digits these are; only valid numbers have a bit.
pub(crate) fn with_check_digit(prefix: u64) -> u64 {
    let weighted = |(weight, place): (u64, u32)| prefix / 10_u64.pow(place) % 10 * weight;
    let sum: u64 = (2..=10).zip(0..).map(weighted).sum();
    prefix * 10 + (11 - sum % 11) % 11
}

/// Where a number's bit stands in its page.
const fn place(prefix: u32) -> (usize, u64) {
    let within = prefix & ((1 << PAGE_BITS) - 1);
    ((within >> 6) as usize, 1 << (within & 63))
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
            let sorted: Vec<u64> = valid(&a).iter().map(|number| number.to_u64()).collect();
            prop_assert_eq!(set.values().collect::<Vec<_>>(), sorted);
            prop_assert_eq!(set.count_missing_from(&other), valid(&a).difference(&valid(&b)).count());
            for number in valid(&a).union(&valid(&b)) {
                prop_assert_eq!(set.contains(*number), valid(&a).contains(number));
            }
        }
    }
}
