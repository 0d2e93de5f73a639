//! Rows of contributions: who added how much to which cell.

use crate::error::{MisuseError, PolicyError, Result};
use crate::suppression::grouping::cell_of_each_row;
use crate::suppression::table::CountTable;
use std::fmt;

/// Contributions as they come: one row each, with key columns, a contributor and a value.
///
/// Guarantees that every row has a cell, a contributor and a value of 0 or more, and that the sum of each cell fits 64
/// bits. `Debug` shows the names of the key columns and sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct ContributionTable {
    /// The sums, in order of first appearance.
    pub(super) cells: CountTable,
    pub(super) cell_of_row: Vec<usize>,
    pub(super) contributors: Vec<String>,
    pub(super) holdings: Option<Vec<Option<String>>>,
    pub(super) values: Vec<i64>,
}

impl ContributionTable {
    /// Takes the key columns, one `Vec` for each dimension, and for each row the contributor, the holding it belongs to
    /// (if holdings are known) and the value: whole numbers such as pence or days.
    ///
    /// # Errors
    /// - `misuse.argument` if there is no dimension, two have the same name, or lengths differ;
    /// - `policy.missing_contribution` for a row without a contributor or a value;
    /// - `policy.negative_value`; `policy.count_too_large` for a cell whose sum leaves 64 bits.
    ///
    /// ```
    /// use ig_core::suppression::magnitude::ContributionTable;
    ///
    /// let keys = vec![vec![Some("A"), Some("A"), Some("B")]];
    /// let values = vec![Some(5), Some(7), Some(0)];
    /// let table = ContributionTable::new(["site"], &keys, &[Some("x"), Some("y"), Some("x")], None, &values)?;
    /// assert_eq!((table.rows(), table.cells()), (3, 2));
    /// # Ok::<(), ig_core::Error>(())
    /// ```
    pub fn new<S: AsRef<str>>(
        dimensions: impl IntoIterator<Item = impl Into<String>>,
        keys: &[Vec<Option<S>>],
        contributors: &[Option<S>],
        holdings: Option<&[Option<S>]>,
        values: &[Option<i64>],
    ) -> Result<Self> {
        let names = CountTable::from_microdata(dimensions, keys)?;
        let cell_of_row = cell_of_each_row(keys, keys.first().map_or(0, Vec::len));
        let text = |cell: &Option<S>| cell.as_ref().map(|cell| cell.as_ref().to_owned());
        let contributors = contributors.iter().map(text).collect();
        let holdings = holdings.map(|all| all.iter().map(text).collect());
        Self::of_cells(&names, cell_of_row, contributors, holdings, values)
    }

    /// Takes the cells, each once in the order in which rows first have them, and for each row its cell.
    ///
    /// # Errors
    /// As [`ContributionTable::new`].
    pub(crate) fn of_cells(
        names: &CountTable,
        cell_of_row: Vec<usize>,
        contributors: Vec<Option<String>>,
        holdings: Option<Vec<Option<String>>>,
        values: &[Option<i64>],
    ) -> Result<Self> {
        let rows = cell_of_row.len();
        let lengths = [contributors.len(), values.len(), holdings.as_ref().map_or(rows, Vec::len)];
        if lengths.iter().any(|&length| length != rows) {
            let (name, expected) = ("contributors, holdings and values".into(), "one for each row".into());
            return Err(MisuseError::Argument { name, expected }.into());
        }
        let mut sums = vec![Some(0_i64); names.rows()];
        let mut known = Vec::with_capacity(rows);
        for (row, ((contributor, value), &cell)) in contributors.into_iter().zip(values).zip(&cell_of_row).enumerate() {
            let row = row + 1;
            let (Some(contributor), Some(value)) = (contributor, *value) else {
                return Err(PolicyError::MissingContribution { row }.into());
            };
            if value < 0 {
                return Err(PolicyError::NegativeValue { row }.into());
            }
            sums[cell] = sums[cell].and_then(|sum| sum.checked_add(value));
            if sums[cell].is_none() {
                return Err(PolicyError::CountTooLarge { row }.into());
            }
            known.push((contributor, value));
        }
        let (contributors, values) = known.into_iter().unzip();
        Ok(Self { cells: names.with_counts(sums), cell_of_row, contributors, holdings, values })
    }

    /// How many contributions there are.
    pub fn rows(&self) -> usize {
        self.values.len()
    }

    /// How many cells they are of, totals not among them.
    pub fn cells(&self) -> usize {
        self.cells.rows()
    }
}

impl fmt::Debug for ContributionTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContributionTable")
            .field("dimensions", &self.cells.dimensions())
            .field("rows", &self.rows())
            .field("cells", &self.cells())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(contributors: &[Option<&str>], holdings: Option<&[Option<&str>]>, values: &[Option<i64>]) -> &'static str {
        let keys = vec![vec![Some("A"); 2]];
        ContributionTable::new(["site"], &keys, contributors, holdings, values).expect_err("refused").code()
    }

    #[test]
    fn rows_that_say_too_little_are_refused() {
        let both = [Some("x"), Some("y")];
        assert_eq!(code(&both, None, &[Some(1)]), "misuse.argument");
        assert_eq!(code(&both, Some(&[None]), &[Some(1), Some(2)]), "misuse.argument");
        assert_eq!(code(&[Some("x"), None], None, &[Some(1), Some(2)]), "policy.missing_contribution");
        assert_eq!(code(&both, None, &[Some(1), None]), "policy.missing_contribution");
        assert_eq!(code(&both, None, &[Some(1), Some(-2)]), "policy.negative_value");
        assert_eq!(code(&both, None, &[Some(1), Some(i64::MAX)]), "policy.count_too_large");
    }

    #[test]
    fn nothing_of_the_rows_is_printed() {
        let keys = vec![vec![Some("Ward-Q")]];
        let table = ContributionTable::new(["site"], &keys, &[Some("Dr-Q")], None, &[Some(77_731)]).expect("table");
        assert_eq!(format!("{table:?}"), "ContributionTable { dimensions: [\"site\"], rows: 1, cells: 1, .. }");
    }
}
