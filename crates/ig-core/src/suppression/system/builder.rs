//! Making a system.

use super::dimension::Dimension;
use super::relations::{Cross, System, Term};
use crate::error::{MisuseError, PolicyError, Result};

/// Collects cells and equations.
#[derive(Debug, Clone)]
pub struct SystemBuilder(System);

impl SystemBuilder {
    pub(super) fn new(empty: System) -> Self {
        Self(empty)
    }

    /// Adds cells and gives the first of them.
    ///
    /// # Errors
    /// `policy.table_too_large` past 2³² − 1 cells.
    pub fn add_cells(&mut self, cells: usize) -> Result<usize> {
        let first = self.0.cells;
        let sum = first.checked_add(cells).filter(|&sum| u32::try_from(sum).is_ok());
        self.0.cells = sum.ok_or(PolicyError::TableTooLarge { limit: u32::MAX.into() })?;
        Ok(first)
    }

    /// Adds an equation. Several terms of one cell are added up; an equation that says nothing is left out.
    ///
    /// # Errors
    /// `misuse.argument` for a cell that does not exist, or factors that add up past 32 bits.
    pub fn add_relation(&mut self, terms: &[Term]) -> Result<()> {
        let mut sorted = terms.to_vec();
        sorted.sort_unstable_by_key(|term| term.cell);
        let mut merged: Vec<(u32, i64)> = Vec::with_capacity(sorted.len());
        for term in sorted {
            match merged.last_mut() {
                Some((cell, factor)) if *cell == term.cell => *factor += i64::from(term.factor),
                _ => merged.push((term.cell, term.factor.into())),
            }
        }
        merged.retain(|&(_, factor)| factor != 0);
        let small = |&(cell, factor): &(u32, i64)| {
            let factor = i32::try_from(factor).ok().filter(|_| (cell as usize) < self.0.cells)?;
            Some(Term { cell, factor })
        };
        let Some(kept) = merged.iter().map(small).collect::<Option<Vec<_>>>() else {
            let expected = "cells that exist, with small factors".into();
            return Err(MisuseError::Argument { name: "relation".into(), expected }.into());
        };
        if !kept.is_empty() {
            self.0.terms.extend(kept);
            self.0.starts.push(self.0.terms.len());
        }
        Ok(())
    }

    /// Adds the equation *total = sum of parts*.
    ///
    /// # Errors
    /// As [`SystemBuilder::add_relation`].
    pub fn add_sum(&mut self, total: usize, parts: &[usize]) -> Result<()> {
        let term = |cell: usize, factor| Term { cell: u32::try_from(cell).unwrap_or(u32::MAX), factor };
        let terms: Vec<Term> = parts.iter().map(|&part| term(part, 1)).chain([term(total, -1)]).collect();
        self.add_relation(&terms)
    }

    /// Adds the full cross of the dimensions with all sums along each of them, and gives its first cell.
    ///
    /// # Errors
    /// `misuse.argument` without a dimension; `policy.table_too_large`.
    pub fn add_cross(&mut self, dimensions: Vec<Dimension>) -> Result<usize> {
        if dimensions.is_empty() {
            return Err(MisuseError::Argument { name: "dimensions".into(), expected: "at least one".into() }.into());
        }
        let cells = dimensions.iter().try_fold(1_usize, |cells, d| cells.checked_mul(d.categories().len()));
        let cells = cells.ok_or(PolicyError::TableTooLarge { limit: u32::MAX.into() })?;
        let first_cell = self.add_cells(cells)?;
        let mut inner = 1;
        for dimension in dimensions.iter().rev() {
            let run = inner * dimension.categories().len();
            for sum in dimension.sums() {
                for line in 0..cells / dimension.categories().len() {
                    let start = first_cell + line / inner * run + line % inner;
                    let cell = |category: usize| start + category * inner;
                    let parts: Vec<usize> = sum.parts.iter().map(|&part| cell(part)).collect();
                    self.add_sum(cell(sum.total), &parts)?;
                }
            }
            inner = run;
        }
        self.0.crosses.push(Cross { first_cell, dimensions });
        Ok(first_cell)
    }

    /// The finished system.
    pub fn build(self) -> System {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dimension(total: &str, parts: &[&str]) -> Dimension {
        Dimension::with_total(total, parts.iter().map(|&part| part.to_owned()).collect()).expect("dimension")
    }

    #[test]
    fn a_cross_has_the_sums_of_a_table_worked_out_by_hand() {
        let system = System::cross(vec![dimension("all", &["a", "b"]), dimension("both", &["f", "m"])]).expect("cross");
        assert_eq!((system.cells(), system.relations()), (9, 6));
        // Rows all, a, b and columns both, f, m of counts 3 4 / 5 6.
        let mut counts = vec![18, 8, 10, 7, 3, 4, 11, 5, 6];
        assert_eq!(system.first_broken(&counts), None);
        counts[4] += 1;
        let broken = system.first_broken(&counts).expect("two sums hold the cell");
        assert!(system.relation(broken).iter().any(|term| term.cell == 4));
        let cross = system.as_cross().expect("cross");
        assert_eq!(cross.cell(&[1, 2]), 5);
        assert_eq!(cross.categories(5), [1, 2]);
    }

    #[test]
    fn terms_of_one_cell_are_added_up_and_empty_equations_left_out() {
        let mut builder = System::builder();
        builder.add_cells(3).expect("cells");
        let term = |cell, factor| Term { cell, factor };
        builder.add_relation(&[term(2, 1), term(0, 1), term(2, 1)]).expect("relation");
        builder.add_relation(&[term(1, 1), term(1, -1)]).expect("nothing");
        let refused = builder.add_relation(&[term(0, 1), term(3, 1)]).expect_err("no such cell");
        assert_eq!(refused.code(), "misuse.argument");
        let system = builder.build();
        assert_eq!(system.relations(), 1);
        assert_eq!(system.relation(0), [term(0, 1), term(2, 2)]);
        assert_eq!(system.as_cross(), None);
    }

    #[test]
    fn more_cells_than_can_be_counted_are_refused() {
        let wide = |_| Dimension::flat((0..2000).map(|n: u32| n.to_string()).collect()).expect("flat");
        let refused = System::cross((0..3).map(wide).collect()).expect_err("8e9 cells");
        assert_eq!(refused.code(), "policy.table_too_large");
    }
}
