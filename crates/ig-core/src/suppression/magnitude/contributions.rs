//! Who contributes how much to which cell.

use crate::error::{MisuseError, PolicyError, Result};
use crate::suppression::sums::Sums;
use crate::suppression::system::System;
use std::collections::BTreeMap;
use std::fmt;

/// What every contributor, or holding of contributors, adds to every cell.
///
/// Guarantees that a contributor stands once in a cell, with the sum of all its rows, and that no value is negative.
///
/// `Debug` shows the number of cells only.
#[derive(Clone, PartialEq, Eq)]
pub struct Contributions {
    /// For each cell: contributor and value, by contributor.
    cells: Vec<BTreeMap<usize, i128>>,
}

/// One cell as its contributors make it up. For the data owner only: it holds single contributors' values.
///
/// `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct CellContributors {
    total: i128,
    /// Above zero, the largest first.
    values: Vec<i128>,
}

impl Contributions {
    /// Adds up rows: row i is of `contributors[i]` and adds `values[i]` to the cell `cell_of_row[i]`, below `cells`.
    ///
    /// `holdings[i]`, where given, is who that contributor belongs to: a trust of several hospitals, a group of practices.
    /// All contributors of one holding are taken as one. Values are whole numbers, such as pence or days.
    ///
    /// # Errors
    /// - `misuse.argument` if lengths differ, a row has a cell that does not exist, or a contributor has one holding in one
    ///   row and another or none in another row;
    /// - `policy.negative_value`: shares of a total mean nothing beside values below zero.
    ///
    /// ```
    /// use ig_core::suppression::magnitude::Contributions;
    ///
    /// let rows = Contributions::of_rows(1, &[0, 0, 0], &["A", "B", "A"], None, &[5, 7, 6])?;
    /// let cell = rows.cell(0).ok_or(ig_core::MisuseError::NoRows {})?;
    /// assert_eq!((cell.contributors(), cell.total(), cell.largest(1)), (2, 18, 11));
    /// # Ok::<(), ig_core::Error>(())
    /// ```
    pub fn of_rows<S: AsRef<str>>(
        cells: usize,
        cell_of_row: &[usize],
        contributors: &[S],
        holdings: Option<&[Option<S>]>,
        values: &[i64],
    ) -> Result<Self> {
        let rows = cell_of_row.len();
        if contributors.len() != rows || values.len() != rows || holdings.is_some_and(|of| of.len() != rows) {
            return Err(argument("contributors, holdings and values", "one for each row").into());
        }
        let holders = holders(contributors, holdings)?;
        let mut added = vec![BTreeMap::new(); cells];
        for (row, ((&cell, holder), &value)) in cell_of_row.iter().zip(holders).zip(values).enumerate() {
            if value < 0 {
                return Err(PolicyError::NegativeValue { row: row + 1 }.into());
            }
            let cell = added.get_mut(cell).ok_or_else(|| argument("cell_of_row", "cells that exist"))?;
            *cell.entry(holder).or_insert(0) += i128::from(value);
        }
        Ok(Self { cells: added })
    }

    /// The same with all totals of a system, whose contributors are those of their parts together.
    ///
    /// Give rows for the innermost cells only: what rows of a total say is replaced.
    ///
    /// # Errors
    /// `misuse.argument` if the system has other cells, or an equation that is not a total and its parts.
    pub fn with_totals(mut self, system: &System) -> Result<Self> {
        if system.cells() != self.cells.len() {
            return Err(argument("cells", "as many as the system has").into());
        }
        let sums = Sums::of(system).map_err(|_| argument("system", "sums: totals of parts, none a part of itself"))?;
        for (total, relation) in sums.order {
            let mut together: BTreeMap<usize, i128> = BTreeMap::new();
            for part in system.relation(relation).iter().map(|term| term.cell as usize).filter(|&part| part != total) {
                for (&holder, &value) in &self.cells[part] {
                    *together.entry(holder).or_insert(0) += value;
                }
            }
            self.cells[total] = together;
        }
        Ok(self)
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.cells.len()
    }

    /// The number of the contributor, or holding, that alone has more than zero in a cell.
    pub(super) fn only(&self, cell: usize) -> Option<usize> {
        let mut above_zero = self.cells.get(cell)?.iter().filter(|(_, value)| **value > 0);
        let (&holder, _) = above_zero.next()?;
        above_zero.next().is_none().then_some(holder)
    }

    /// One cell as its contributors make it up; none for a cell that does not exist.
    pub fn cell(&self, cell: usize) -> Option<CellContributors> {
        let mut values: Vec<i128> = self.cells.get(cell)?.values().copied().filter(|&value| value > 0).collect();
        values.sort_unstable_by(|a, b| b.cmp(a));
        Some(CellContributors { total: values.iter().sum(), values })
    }
}

impl CellContributors {
    /// How many contribute more than zero.
    pub fn contributors(&self) -> usize {
        self.values.len()
    }

    /// The sum of all values.
    pub const fn total(&self) -> i128 {
        self.total
    }

    /// The sum of the `n` largest values, or of all if there are fewer.
    pub fn largest(&self, n: usize) -> i128 {
        self.values.iter().take(n).sum()
    }
}

/// A number for each row's contributor, or for its holding.
fn holders<S: AsRef<str>>(contributors: &[S], holdings: Option<&[Option<S>]>) -> Result<Vec<usize>, MisuseError> {
    let mut numbers: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    let mut holding_of: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let mut of_rows = Vec::with_capacity(contributors.len());
    for (row, contributor) in contributors.iter().enumerate() {
        let contributor = contributor.as_ref();
        let holding = holdings.and_then(|of| of[row].as_ref()).map(AsRef::as_ref);
        if *holding_of.entry(contributor).or_insert(holding) != holding {
            return Err(argument("holdings", "one holding, or none, for a contributor in all its rows"));
        }
        let next = numbers.len();
        let name = holding.map_or((false, contributor), |holding| (true, holding));
        of_rows.push(*numbers.entry(name).or_insert(next));
    }
    Ok(of_rows)
}

fn argument(name: &str, expected: &str) -> MisuseError {
    MisuseError::Argument { name: name.into(), expected: expected.into() }
}

impl fmt::Debug for Contributions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contributions").field("cells", &self.cells.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for CellContributors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CellContributors").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suppression::Dimension;

    #[test]
    fn rows_of_one_contributor_and_of_one_holding_are_one() {
        let contributors = ["a", "b", "c", "b", "d"];
        let holdings = [Some("x"), None, Some("x"), None, Some("b")];
        let values = [10, 20, 30, 5, 0];
        let cell = |holdings| {
            let rows = Contributions::of_rows(1, &[0; 5], &contributors, holdings, &values).expect("rows");
            let cell = rows.cell(0).expect("cell");
            (cell.contributors(), cell.total(), cell.largest(1), cell.largest(9))
        };
        // A value of 0 contributes nothing, and the holding b is not the contributor b.
        assert_eq!(cell(None), (3, 65, 30, 65));
        assert_eq!(cell(Some(&holdings)), (2, 65, 40, 65));
    }

    #[test]
    fn totals_have_the_contributors_of_their_parts_once() {
        let parts = ["a", "b"].map(str::to_owned).to_vec();
        let system = System::cross(vec![Dimension::with_total("all", parts).expect("dimension")]).expect("cross");
        let rows = Contributions::of_rows(3, &[1, 2, 2], &["T1", "T1", "T2"], None, &[4, 5, 6]).expect("rows");
        let total = rows.with_totals(&system).expect("totals").cell(0).expect("cell");
        assert_eq!((total.contributors(), total.total(), total.largest(1)), (2, 15, 9));
    }

    #[test]
    fn wrong_rows_are_refused_and_nothing_is_printed() {
        let code = |cell: usize, contributors: &[&str], holdings: Option<&[Option<&str>]>, values: &[i64]| {
            let cells = vec![cell; values.len()];
            Contributions::of_rows(1, &cells, contributors, holdings, values).expect_err("refused").code()
        };
        assert_eq!(code(0, &["a"], None, &[1, 2]), "misuse.argument");
        assert_eq!(code(1, &["a"], None, &[1]), "misuse.argument");
        assert_eq!(code(0, &["a"], Some(&[]), &[1]), "misuse.argument");
        assert_eq!(code(0, &["a", "a"], Some(&[Some("x"), None]), &[1, 2]), "misuse.argument");
        let refused = Contributions::of_rows(1, &[0, 0], &["a", "b"], None, &[1, -1]).expect_err("negative");
        assert_eq!((refused.code(), refused.context()), ("policy.negative_value", vec![("row", "2".to_owned())]));
        let rows = Contributions::of_rows(2, &[0], &["a"], None, &[77]).expect("rows");
        assert_eq!(
            format!("{rows:?} {:?}", rows.cell(0)),
            "Contributions { cells: 2, .. } Some(CellContributors { .. })"
        );
        let system = System::builder().build();
        assert_eq!(rows.with_totals(&system).expect_err("cells").code(), "misuse.argument");
    }

    #[test]
    fn sums_of_the_largest_values_do_not_wrap() {
        let names: Vec<String> = (0..100).map(|place| place.to_string()).collect();
        let rows = Contributions::of_rows(1, &[0; 100], &names, None, &[i64::MAX; 100]).expect("rows");
        assert_eq!(rows.cell(0).expect("cell").total(), 100 * i128::from(i64::MAX));
    }
}
