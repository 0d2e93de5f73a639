//! Rows with the same values in every quasi-identifier: the equivalence classes.

use super::hash::Seeded;
use crate::error::{Error, MisuseError};
use std::collections::HashMap;

/// Numbers the combinations of codes 0, 1, 2, … in order of first appearance.
///
/// Four codes of 32 bits fill a key of 128; with more columns the number of the first four stands for them beside
/// the next three, and so on. Keys are exact, so two combinations never share a number.
pub(super) struct Grouping {
    columns: usize,
    stages: Vec<HashMap<u128, u32, Seeded>>,
    keys: Vec<u128>,
}

impl Grouping {
    /// For that many columns, at least one.
    pub(super) fn new(columns: usize) -> Self {
        let stages = match columns {
            0 | 1 => 0,
            more => more.saturating_sub(4).div_ceil(3) + 1,
        };
        Self { columns, stages: (0..stages).map(|_| HashMap::default()).collect(), keys: Vec::new() }
    }

    /// The number of the combination of every row; `columns` are of one length, `numbers` is emptied first.
    pub(super) fn place(&mut self, columns: &[Vec<u32>], numbers: &mut Vec<u32>) -> Result<(), Error> {
        debug_assert_eq!(columns.len(), self.columns, "as many columns as it was made for");
        numbers.clear();
        let Some((first, mut rest)) = columns.split_first() else { return Ok(()) };
        numbers.extend_from_slice(first);
        for stage in &mut self.stages {
            if stage.len() + numbers.len() >= u32::MAX as usize {
                let expected = "fewer than four thousand million combinations of values".to_owned();
                return Err(MisuseError::Argument { name: "the table".to_owned(), expected }.into());
            }
            let (now, later) = rest.split_at(rest.len().min(3));
            rest = later;
            self.keys.clear();
            self.keys.extend(numbers.iter().map(|&number| u128::from(number)));
            for (place, column) in now.iter().enumerate() {
                let shift = 32 * (place + 1);
                self.keys.iter_mut().zip(column).for_each(|(key, &code)| *key |= u128::from(code) << shift);
            }
            for (number, &key) in numbers.iter_mut().zip(&self.keys) {
                *number = if let Some(&known) = stage.get(&key) {
                    known
                } else {
                    let next = stage.len() as u32;
                    stage.insert(key, next);
                    next
                };
            }
        }
        Ok(())
    }
}

/// Adds weights to the class of each; classes grow as needed.
pub(super) fn tally(sizes: &mut Vec<u64>, numbers: &[u32], weights: impl Iterator<Item = u64>) {
    for (&number, weight) in numbers.iter().zip(weights) {
        let place = number as usize;
        if place >= sizes.len() {
            sizes.resize(place + 1, 0);
        }
        sizes[place] += weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn numbers_are_those_of_whole_rows_for_any_number_of_columns(
            rows in (1..12_usize).prop_flat_map(|width| {
                proptest::collection::vec(proptest::collection::vec(0..3_u32, width), 1..60)
            }),
            cut in 0..60_usize,
        ) {
            let width = rows[0].len();
            let mut grouping = Grouping::new(width);
            let (mut found, mut part) = (Vec::new(), Vec::new());
            for piece in [&rows[..cut.min(rows.len())], &rows[cut.min(rows.len())..]] {
                let columns: Vec<Vec<u32>> =
                    (0..width).map(|column| piece.iter().map(|row| row[column]).collect()).collect();
                grouping.place(&columns, &mut part).expect("few");
                found.extend_from_slice(&part);
            }
            let mut numbers: HashMap<&[u32], u32> = HashMap::new();
            for (row, number) in rows.iter().zip(found) {
                prop_assert_eq!(*numbers.entry(row).or_insert(number), number);
            }
            let distinct: std::collections::HashSet<_> = numbers.values().collect();
            prop_assert_eq!(distinct.len(), numbers.len());
        }
    }
}
