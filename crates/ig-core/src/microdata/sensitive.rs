//! The values of one sensitive column in every class.

use super::distance::{Distance, Whole};
use super::hash::Seeded;
use super::risk::SensitiveRisk;
use super::values::Encoder;
use crate::columns::shown_name;
use crate::error::{Error, MisuseError};
use arrow::array::ArrayRef;
use std::collections::HashMap;

/// Counts of values by class, growing with every batch.
pub(super) struct Sensitive {
    pub(super) name: String,
    encoder: Encoder,
    codes: Vec<u32>,
    /// Rows by class (upper half of the key) and code (lower half).
    pairs: HashMap<u64, u64, Seeded>,
}

impl Sensitive {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), encoder: Encoder::new(), codes: Vec::new(), pairs: HashMap::default() }
    }

    /// Counts the cells of a batch in the classes of its rows.
    pub(super) fn add(&mut self, array: &ArrayRef, classes: &[u32]) -> Result<(), Error> {
        self.encoder.encode(&self.name, array, &mut self.codes)?;
        for (&class, &code) in classes.iter().zip(&self.codes) {
            *self.pairs.entry(u64::from(class) << 32 | u64::from(code)).or_insert(0) += 1;
        }
        Ok(())
    }

    /// Measures every class and keeps the worst.
    pub(super) fn measure(&self, classes: usize, distance: Distance) -> Result<SensitiveRisk, Error> {
        let ranks = match distance {
            Distance::Equal => None,
            Distance::Auto => self.encoder.ranks(),
            Distance::Ordered => Some(self.encoder.ranks().ok_or_else(|| self.no_order())?),
        };
        let ordered = ranks.is_some();
        let whole = Whole::new(self.counts(), ranks);
        let (starts, mut cells) = self.by_class(classes);
        let (mut distinct, mut entropy, mut farthest) = (u64::MAX, f64::INFINITY, 0.0_f64);
        for ends in starts.windows(2) {
            let class = &mut cells[ends[0]..ends[1]];
            distinct = distinct.min(class.len() as u64);
            farthest = farthest.max(whole.distance(class));
            entropy = entropy.min(entropy_of(class));
        }
        Ok(SensitiveRisk {
            column: self.name.clone(),
            values: self.encoder.len() as u64,
            l_distinct: distinct,
            l_entropy: entropy.exp(),
            t: farthest,
            distance: if ordered { Distance::Ordered } else { Distance::Equal },
        })
    }

    /// Rows by code.
    fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.encoder.len()];
        for (&pair, &rows) in &self.pairs {
            counts[(pair & u64::from(u32::MAX)) as usize] += rows;
        }
        counts
    }

    /// Codes and rows, class after class, and where each class begins.
    fn by_class(&self, classes: usize) -> (Vec<usize>, Vec<(u32, u64)>) {
        let mut starts = vec![0; classes + 1];
        for &pair in self.pairs.keys() {
            starts[(pair >> 32) as usize + 1] += 1;
        }
        for class in 0..classes {
            starts[class + 1] += starts[class];
        }
        let mut next = starts.clone();
        let mut cells = vec![(0, 0); self.pairs.len()];
        for (&pair, &rows) in &self.pairs {
            let place = &mut next[(pair >> 32) as usize];
            cells[*place] = (pair as u32, rows);
            *place += 1;
        }
        (starts, cells)
    }

    fn no_order(&self) -> Error {
        let found = if self.encoder.ordered() { "of numbers or times with some missing" } else { "without an order" };
        let expected = "numbers, dates or times, none of them missing, for the ordered distance".to_owned();
        MisuseError::ColumnType { column: shown_name(&self.name), expected, found: found.to_owned() }.into()
    }
}

/// The entropy of the shares of a class, in nats. Counts are sorted, so that the sum is the same for any order of
/// rows.
fn entropy_of(class: &mut [(u32, u64)]) -> f64 {
    class.sort_unstable_by_key(|&(_, count)| count);
    let rows = class.iter().map(|&(_, count)| count).sum::<u64>() as f64;
    let shares: f64 = class.iter().filter(|(_, n)| *n > 1).map(|&(_, n)| n as f64 * (n as f64).ln()).sum();
    (rows.ln() - shares / rows).max(0.0)
}
