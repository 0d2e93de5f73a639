//! One key column: its categories, and which of them add up to which.

use crate::error::{MisuseError, Result};
use std::fmt;

/// A category that is the sum of others, as places in [`Dimension::categories`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DimensionSum {
    /// The total.
    pub total: usize,
    /// Its parts; at least one.
    pub parts: Vec<usize>,
}

/// The categories of one key column and the sums between them.
///
/// Nested, ragged and overlapping hierarchies are all sums: practices add up to PCNs and these to ICBs, the same
/// practices add up to local authorities, and both kinds of area add up to the total. A category may be the total
/// of several sums; it may not be a part of itself, however far down.
///
/// `Debug` shows sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct Dimension {
    categories: Vec<String>,
    sums: Vec<DimensionSum>,
}

impl Dimension {
    /// Takes the categories, each once, and the sums between them.
    ///
    /// # Errors
    /// `misuse.argument` if there is no category or one stands twice, a sum has no part, a part twice, or a place
    /// that no category has, or a category would be a part of itself.
    pub fn new(categories: Vec<String>, sums: Vec<DimensionSum>) -> Result<Self> {
        let refuse = |expected: &str| {
            Err(MisuseError::Argument { name: "hierarchies".into(), expected: expected.into() }.into())
        };
        let mut sorted: Vec<&str> = categories.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        if sorted.is_empty() || sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return refuse("at least one category, and every category once");
        }
        for sum in &sums {
            let mut parts = sum.parts.clone();
            parts.sort_unstable();
            if parts.is_empty() || parts.windows(2).any(|pair| pair[0] == pair[1]) {
                return refuse("sums of at least one part, every part once");
            }
            if sum.total.max(parts[parts.len() - 1]) >= categories.len() {
                return refuse("sums of categories that exist");
            }
        }
        if levels(categories.len(), &sums).is_none() {
            return refuse("totals above their parts; a category may not be a part of itself");
        }
        Ok(Self { categories, sums })
    }

    /// Categories without any sum.
    ///
    /// # Errors
    /// As [`Dimension::new`].
    pub fn flat(categories: Vec<String>) -> Result<Self> {
        Self::new(categories, Vec::new())
    }

    /// Categories and one total of them all, which comes first.
    ///
    /// # Errors
    /// As [`Dimension::new`], also if a category bears the total's label.
    pub fn with_total(total: &str, parts: Vec<String>) -> Result<Self> {
        let sum = DimensionSum { total: 0, parts: (1..=parts.len()).collect() };
        let categories = std::iter::once(total.to_owned()).chain(parts).collect();
        Self::new(categories, vec![sum])
    }

    /// The labels of the categories.
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// The sums between them.
    pub fn sums(&self) -> &[DimensionSum] {
        &self.sums
    }

    /// For each category 0 if it is no total, else one more than the highest of its parts.
    pub fn levels(&self) -> Vec<usize> {
        levels(self.categories.len(), &self.sums).unwrap_or_default()
    }
}

/// None if a category is a part of itself.
fn levels(categories: usize, sums: &[DimensionSum]) -> Option<Vec<usize>> {
    let mut levels = vec![0; categories];
    // Without a cycle no level can pass the number of categories.
    for _ in 0..=categories {
        let mut changed = false;
        for sum in sums {
            let above = sum.parts.iter().map(|&part| levels[part]).max().unwrap_or(0) + 1;
            if levels[sum.total] < above {
                levels[sum.total] = above;
                changed = true;
            }
        }
        if !changed {
            return Some(levels);
        }
    }
    None
}

impl fmt::Debug for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dimension")
            .field("categories", &self.categories.len())
            .field("sums", &self.sums.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|&label| label.to_owned()).collect()
    }

    #[test]
    fn levels_rise_from_parts_to_totals_also_in_ragged_hierarchies() {
        let sums = vec![DimensionSum { total: 0, parts: vec![1, 2] }, DimensionSum { total: 1, parts: vec![3, 4] }];
        let dimension = Dimension::new(names(&["all", "north", "south", "a", "b"]), sums).expect("ragged");
        assert_eq!(dimension.levels(), [2, 1, 0, 0, 0]);
        assert_eq!(Dimension::with_total("Total", names(&["F", "M"])).expect("flat").levels(), [1, 0, 0]);
    }

    #[test]
    fn what_is_no_hierarchy_is_refused() {
        let sum = |total, parts: &[usize]| DimensionSum { total, parts: parts.to_vec() };
        let cases = [
            (names(&[]), vec![]),
            (names(&["a", "a"]), vec![]),
            (names(&["a", "b"]), vec![sum(0, &[])]),
            (names(&["a", "b"]), vec![sum(0, &[1, 1])]),
            (names(&["a", "b"]), vec![sum(0, &[2])]),
            (names(&["a", "b"]), vec![sum(0, &[0, 1])]),
            (names(&["a", "b"]), vec![sum(0, &[1]), sum(1, &[0])]),
        ];
        for (categories, sums) in cases {
            assert_eq!(Dimension::new(categories, sums).expect_err("no hierarchy").code(), "misuse.argument");
        }
        assert!(Dimension::with_total("F", names(&["F", "M"])).is_err());
    }
}
