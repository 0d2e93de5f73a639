//! The figures of one scan.

use super::distance::Distance;
use arrow::array::BooleanArray;
use serde::Serialize;

/// How well the rows of a table hide among each other: counts and measures, never a value or a row's content.
///
/// The figures are for the data owner. A class-size histogram of a small table can itself tell that somebody is
/// unique in it, so treat it as the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MicrodataRisk {
    pub(super) rows: u64,
    pub(super) classes: u64,
    pub(super) k: u64,
    pub(super) uniques: u64,
    pub(super) required_k: u64,
    pub(super) classes_below: u64,
    pub(super) rows_below: u64,
    pub(super) histogram: Vec<(u64, u64)>,
    pub(super) sensitive: Vec<SensitiveRisk>,
    #[serde(skip)]
    pub(super) at_risk: Option<BooleanArray>,
}

impl MicrodataRisk {
    /// From the sizes of all classes, at least one, and the class of each row if that was kept.
    pub(super) fn new(sizes: &[u64], required_k: u64, of_rows: Option<&[u32]>, sensitive: Vec<SensitiveRisk>) -> Self {
        let mut sorted = sizes.to_vec();
        sorted.sort_unstable();
        let mut histogram: Vec<(u64, u64)> = Vec::new();
        for size in sorted {
            match histogram.last_mut() {
                Some((known, classes)) if *known == size => *classes += 1,
                _ => histogram.push((size, 1)),
            }
        }
        let below = || histogram.iter().take_while(|(size, _)| *size < required_k);
        Self {
            rows: sizes.iter().sum(),
            classes: sizes.len() as u64,
            k: histogram.first().map_or(0, |(size, _)| *size),
            uniques: histogram.first().filter(|(size, _)| *size == 1).map_or(0, |(_, classes)| *classes),
            required_k,
            classes_below: below().map(|(_, classes)| classes).sum(),
            rows_below: below().map(|(size, classes)| size * classes).sum(),
            sensitive,
            at_risk: of_rows
                .map(|classes| classes.iter().map(|&class| Some(sizes[class as usize] < required_k)).collect()),
            histogram,
        }
    }

    /// Rows that were read.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Classes: distinct combinations of the quasi-identifiers, null being a value of its own.
    pub const fn classes(&self) -> u64 {
        self.classes
    }

    /// The size of the smallest class: the table is k-anonymous for this k and no greater one.
    pub const fn k(&self) -> u64 {
        self.k
    }

    /// Classes of one row, which is also how many rows are unique in the table.
    pub const fn uniques(&self) -> u64 {
        self.uniques
    }

    /// The k that was asked for.
    pub const fn required_k(&self) -> u64 {
        self.required_k
    }

    /// Classes smaller than the k that was asked for.
    pub const fn classes_below(&self) -> u64 {
        self.classes_below
    }

    /// Rows in classes smaller than the k that was asked for.
    pub const fn rows_below(&self) -> u64 {
        self.rows_below
    }

    /// Class sizes from the smallest on, each with the number of classes of that size.
    pub fn histogram(&self) -> &[(u64, u64)] {
        &self.histogram
    }

    /// The greatest chance of naming a row right for somebody who knows that the person is in the table (the
    /// prosecutor of El Emam and Dankar 2008): 1/k. For somebody who does not know it (the journalist), it is at
    /// most this, since classes in the population are at least as large.
    pub fn highest_risk(&self) -> f64 {
        1.0 / self.k as f64
    }

    /// The share of rows that somebody would name right who names every row (the marketer of the same authors):
    /// classes divided by rows.
    pub fn average_risk(&self) -> f64 {
        self.classes as f64 / self.rows as f64
    }

    /// One entry for each sensitive column, in the order asked for.
    pub fn sensitive(&self) -> &[SensitiveRisk] {
        &self.sensitive
    }

    /// For each row whether its class is smaller than the k that was asked for; only where the scan kept rows.
    pub const fn at_risk(&self) -> Option<&BooleanArray> {
        self.at_risk.as_ref()
    }
}

/// The worst class of the table for one sensitive column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitiveRisk {
    /// Name of the column.
    pub column: String,
    /// Distinct values in the whole table, null being one.
    pub values: u64,
    /// The fewest distinct values in a class (distinct l-diversity).
    pub l_distinct: u64,
    /// The least exponential of the entropy of a class: the table is entropy l-diverse for l up to this.
    pub l_entropy: f64,
    /// The greatest distance of a class from the whole table, 0 to 1: the table has t-closeness for t from this.
    pub t: f64,
    /// The ground distance of `t`: [`Distance::Equal`] or [`Distance::Ordered`].
    pub distance: Distance,
}
