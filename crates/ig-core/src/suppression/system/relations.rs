//! Cells and the linear equations between them.

use super::builder::SystemBuilder;
use super::dimension::Dimension;
use crate::error::Result;
use std::fmt;

/// A cell and its factor in an equation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Term {
    /// The cell, counted from 0.
    pub cell: u32,
    /// How often it enters; never 0.
    pub factor: i32,
}

/// A block of cells that is the full cross of its dimensions' categories.
///
/// The cell of categories (i, j, k) is `first_cell + (i × categories of j + j) × categories of k + k`: the last
/// dimension runs fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cross {
    pub(super) first_cell: usize,
    pub(super) dimensions: Vec<Dimension>,
}

/// Cells, and equations in which the factors times the cells add up to zero.
///
/// The equations are what everybody knows: that totals are the sums of their parts. They are kept sparse, and may be
/// redundant. `Debug` shows sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct System {
    pub(super) cells: usize,
    pub(super) starts: Vec<usize>,
    pub(super) terms: Vec<Term>,
    pub(super) crosses: Vec<Cross>,
}

impl Cross {
    /// The dimensions, the last of which runs fastest.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The block's first cell.
    pub fn first_cell(&self) -> usize {
        self.first_cell
    }

    /// How many cells the block has.
    pub fn cells(&self) -> usize {
        self.dimensions.iter().map(|dimension| dimension.categories().len()).product()
    }

    /// The cell of one category a dimension.
    pub fn cell(&self, categories: &[usize]) -> usize {
        let within =
            |cell, (dimension, &category): (&Dimension, &usize)| cell * dimension.categories().len() + category;
        self.first_cell + self.dimensions.iter().zip(categories).fold(0, within)
    }

    /// The categories of a cell, one a dimension.
    pub fn categories(&self, cell: usize) -> Vec<usize> {
        let mut rest = cell - self.first_cell;
        let mut categories: Vec<usize> = self
            .dimensions
            .iter()
            .rev()
            .map(|dimension| {
                let category = rest % dimension.categories().len();
                rest /= dimension.categories().len();
                category
            })
            .collect();
        categories.reverse();
        categories
    }
}

impl System {
    /// The full cross of the dimensions with all sums along each of them.
    ///
    /// # Errors
    /// `misuse.argument` without a dimension; `policy.table_too_large` past 2³² − 1 cells.
    pub fn cross(dimensions: Vec<Dimension>) -> Result<Self> {
        let mut builder = Self::builder();
        builder.add_cross(dimensions)?;
        Ok(builder.build())
    }

    /// A system without cells, to be filled.
    pub fn builder() -> SystemBuilder {
        SystemBuilder::new(Self { cells: 0, starts: vec![0], terms: Vec::new(), crosses: Vec::new() })
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// How many equations there are.
    pub fn relations(&self) -> usize {
        self.starts.len() - 1
    }

    /// One equation: the factors times the cells add up to zero.
    pub fn relation(&self, relation: usize) -> &[Term] {
        &self.terms[self.starts[relation]..self.starts[relation + 1]]
    }

    /// The blocks that are full crosses, with their cells; equations beyond those of the blocks may exist.
    pub fn crosses(&self) -> &[Cross] {
        &self.crosses
    }

    /// Whether the system is one full cross and nothing else.
    pub fn as_cross(&self) -> Option<&Cross> {
        let cross = self.crosses.first().filter(|_| self.crosses.len() == 1)?;
        (cross.cells() == self.cells && cross_relations(cross) == self.relations()).then_some(cross)
    }

    /// The first equation that these counts do not meet.
    pub fn first_broken(&self, counts: &[i64]) -> Option<usize> {
        self.first_broken_by(|cell| Some(counts[cell]))
    }

    /// The first equation between known cells alone that these counts do not meet; past the end of `unknown`, all are.
    pub fn first_broken_of(&self, counts: &[i64], unknown: &[bool]) -> Option<usize> {
        self.first_broken_by(|cell| (unknown.get(cell) != Some(&true)).then_some(counts[cell]))
    }

    fn first_broken_by(&self, count: impl Fn(usize) -> Option<i64>) -> Option<usize> {
        let sum = |relation: usize| {
            let product = |term: &Term| Some(i128::from(term.factor) * i128::from(count(term.cell as usize)?));
            self.relation(relation).iter().map(product).sum::<Option<i128>>()
        };
        (0..self.relations()).find(|&relation| sum(relation).is_some_and(|sum| sum != 0))
    }
}

fn cross_relations(cross: &Cross) -> usize {
    let all = cross.cells();
    cross.dimensions.iter().map(|d| d.sums().len() * (all / d.categories().len())).sum()
}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("System")
            .field("cells", &self.cells)
            .field("relations", &self.relations())
            .finish_non_exhaustive()
    }
}
