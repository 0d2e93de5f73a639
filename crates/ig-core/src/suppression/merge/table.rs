//! A table whose categories may be merged.

use super::{MergedCategory, Rule, Tally};
use crate::error::{MisuseError, PolicyError, Result};
use std::fmt;

/// The most categories of a dimension that may be merged.
const MOST: usize = 500;

/// Which categories of a dimension may become one.
#[derive(Clone, PartialEq, Eq)]
pub enum Mergeable {
    /// None.
    Fixed,
    /// Neighbours, as with age bands and years.
    Ordered,
    /// Those of a label, all together, as with practices of a PCN: labels and places of categories. Of two groups one is within
    /// the other, or they have nothing in common.
    Nested(Vec<(String, Vec<usize>)>),
}

/// One key column: its categories, without totals, and which of them may be merged.
///
/// `Debug` shows sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct MergeDimension {
    categories: Vec<String>,
    mergeable: Mergeable,
}

impl MergeDimension {
    /// Takes the categories, each once, and which of them may be merged.
    ///
    /// # Errors
    /// `misuse.argument` if there is no category, one stands twice, there are more than 500 where they may be merged, or groups have
    /// fewer than two categories, places that no category has, or overlap without one being within the other.
    pub fn new(categories: Vec<String>, mergeable: Mergeable) -> Result<Self> {
        let mut sorted: Vec<&String> = categories.iter().collect();
        sorted.sort_unstable();
        if sorted.is_empty() || sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(argument("categories", "at least one category, and every category once"));
        }
        if categories.len() > MOST && mergeable != Mergeable::Fixed {
            return Err(argument("categories", "at most 500 categories that may be merged"));
        }
        let mut dimension = Self { categories, mergeable };
        let all = dimension.categories.len();
        if let Mergeable::Nested(sets) = &mut dimension.mergeable {
            for (_, set) in sets.iter_mut() {
                set.sort_unstable();
                set.dedup();
            }
            let usable = |set: &Vec<usize>| set.len() > 1 && set.last().is_some_and(|&last| last < all);
            let apart = |one: &[usize], other: &[usize]| {
                let common = one.iter().filter(|place| other.binary_search(place).is_ok()).count();
                common == 0 || common == one.len().min(other.len())
            };
            let nested = sets.iter().enumerate().all(|(place, (_, set))| {
                usable(set) && sets[..place].iter().all(|(_, other)| apart(set, other) && set != other)
            });
            if !nested {
                return Err(argument("mergeable", "groups of two or more categories that exist, nested or apart"));
            }
        }
        Ok(dimension)
    }

    /// The labels of the categories.
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// Which of them may be merged.
    pub const fn mergeable(&self) -> &Mergeable {
        &self.mergeable
    }

    /// Every category by itself.
    pub(super) fn single(&self) -> Vec<Vec<usize>> {
        (0..self.categories.len()).map(|category| vec![category]).collect()
    }

    pub(super) fn named(&self, group: &[usize]) -> MergedCategory {
        let of_set = match &self.mergeable {
            Mergeable::Nested(sets) => sets.iter().find(|(_, set)| set == group).map(|(label, _)| label.clone()),
            Mergeable::Fixed | Mergeable::Ordered => None,
        };
        let from_ends = || match *group {
            [] => String::new(),
            [only] => self.categories[only].clone(),
            [first, .., last] => format!("{} to {}", self.categories[first], self.categories[last]),
        };
        MergedCategory { label: of_set.unwrap_or_else(from_ends), categories: group.to_vec() }
    }
}

/// Counts of the full cross of some dimensions, without totals. `Debug` shows sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct MergeTable {
    dimensions: Vec<MergeDimension>,
    counts: Vec<i64>,
}

impl MergeTable {
    /// Takes the dimensions and one count for each combination, the last dimension running fastest; 0 where nobody is.
    ///
    /// # Errors
    /// `misuse.argument` without a dimension, or if there is not one count for each combination; `policy.negative_count`, with the
    /// place of the count as the row.
    pub fn new(dimensions: Vec<MergeDimension>, counts: Vec<i64>) -> Result<Self> {
        let mut sizes = dimensions.iter().map(|dimension| dimension.categories.len());
        let cells = sizes.try_fold(1_usize, usize::checked_mul);
        if dimensions.is_empty() || cells != Some(counts.len()) {
            return Err(argument("counts", "one for each combination of the dimensions' categories"));
        }
        if let Some(place) = counts.iter().position(|&count| count < 0) {
            return Err(PolicyError::NegativeCount { row: place + 1 }.into());
        }
        Ok(Self { dimensions, counts })
    }

    /// The dimensions, the last of which runs fastest.
    pub fn dimensions(&self) -> &[MergeDimension] {
        &self.dimensions
    }

    /// How many cells a category of one dimension has.
    pub(super) fn lines(&self, place: usize) -> u64 {
        (self.counts.len() / self.dimensions[place].categories.len()) as u64
    }

    /// For each category of one dimension, its cells.
    pub(super) fn by_category(&self, place: usize) -> Vec<Vec<i128>> {
        let size = self.dimensions[place].categories.len();
        let inner: usize = self.dimensions[place + 1..].iter().map(|dimension| dimension.categories.len()).product();
        let mut cells = vec![Vec::new(); size];
        for (cell, &count) in self.counts.iter().enumerate() {
            cells[cell / inner % size].push(i128::from(count));
        }
        cells
    }

    /// The merged counts, the last dimension running fastest.
    pub(super) fn merged(&self, groups: &[Vec<Vec<usize>>]) -> Vec<i128> {
        let new_place: Vec<Vec<usize>> = self
            .dimensions
            .iter()
            .zip(groups)
            .map(|(dimension, groups)| {
                let mut place = vec![0; dimension.categories.len()];
                for (new, group) in groups.iter().enumerate() {
                    for &category in group {
                        place[category] = new;
                    }
                }
                place
            })
            .collect();
        let mut merged = vec![0_i128; groups.iter().map(Vec::len).product()];
        for (cell, &count) in self.counts.iter().enumerate() {
            let (mut rest, mut new, mut run) = (cell, 0, 1);
            for (place, groups) in new_place.iter().zip(groups).rev() {
                new += place[rest % place.len()] * run;
                rest /= place.len();
                run *= groups.len();
            }
            merged[new] += i128::from(count);
        }
        merged
    }

    pub(super) fn tally(&self, groups: &[Vec<Vec<usize>>], rule: Rule<'_>) -> Tally {
        let merged = self.merged(groups);
        let primary = merged.iter().filter(|&&count| rule.is_primary(count)).count();
        Tally { cells: merged.len() as u64, primary: primary as u64 }
    }
}

fn argument(name: &str, expected: &str) -> crate::Error {
    MisuseError::Argument { name: name.into(), expected: expected.into() }.into()
}

impl fmt::Debug for Mergeable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed => f.write_str("Fixed"),
            Self::Ordered => f.write_str("Ordered"),
            Self::Nested(sets) => f.debug_tuple("Nested").field(&sets.len()).finish(),
        }
    }
}

impl fmt::Debug for MergeDimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let categories = self.categories.len();
        f.debug_struct("MergeDimension").field("categories", &categories).field("mergeable", &self.mergeable).finish()
    }
}

impl fmt::Debug for MergeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MergeTable").field("dimensions", &self.dimensions).finish_non_exhaustive()
    }
}
