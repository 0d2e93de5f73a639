//! What an audit found.

use super::certificate::Certificate;
use std::fmt;

/// Whether enough doubt stays about a cell, against the attacker of the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The attacker knows the count.
    Exact,
    /// The attacker can narrow it to fewer whole numbers than must stay possible.
    TooNarrow,
    /// The limits of work were met first. Not safe.
    Undecided,
    /// Enough stays possible.
    Safe,
}

/// What decided a cell, or gave its bounds as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The table shows the number.
    Published,
    /// Elimination: the cell is, or is not, a sum of published cells.
    Elimination,
    /// Each equation bounds its cells by the ranges of the others.
    Propagation,
    /// A linear program, with its bounds rounded inward: fractions of people count as possible.
    LinearProgram,
    /// Whole-number tables, all of which look like the published one.
    WholeNumbers,
}

/// Whether a cell follows from sums of known cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recomputable {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The limits of work were met first.
    Undecided,
}

/// What can be inferred about one cell. `Debug` shows no counts.
#[derive(Clone, PartialEq, Eq)]
pub struct Inferred {
    /// The cell.
    pub cell: usize,
    /// No count below is possible.
    pub lower: i64,
    /// No count above is possible; none if no limit is known.
    pub upper: Option<i64>,
    /// The counts shown to be possible if fractions of people were, from the least to the greatest.
    pub possible: Option<(i64, i64)>,
    /// The least and the greatest count for which a whole-number table was found.
    pub found: Option<(i64, i64)>,
    /// Whether enough stays possible against the attacker of the task.
    pub verdict: Verdict,
    /// What decided.
    pub method: Method,
    /// Whether sums and differences of published cells give the cell.
    pub by_sums: Recomputable,
    /// One of the `own` cells whose only contributor can compute this cell by sums.
    pub by_contributor: Option<usize>,
    /// Whether the contributors of all `own` cells together can compute it by sums. What each of
    /// them knows already, their own cell, does not count.
    pub by_pooling: Recomputable,
    /// Why the cell is exact or too narrow. None where it is safe, undecided or published, and where the reason is a
    /// search through all whole-number tables.
    pub proof: Option<Certificate>,
}

/// The findings for all targets, in the order of the cells. `Debug` shows no counts.
#[derive(Clone, PartialEq, Eq)]
pub struct Audit {
    /// One entry a target.
    pub cells: Vec<Inferred>,
    /// How many groups of hidden cells have no equation in common.
    pub components: usize,
    /// The cells in the largest of them.
    pub largest: usize,
    /// How many linear programs were solved.
    pub linear_programs: usize,
}

impl Audit {
    /// How many targets have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.cells.iter().filter(|cell| cell.verdict == verdict).count()
    }

    /// How many targets were decided with this verdict by this method.
    pub fn count_by(&self, verdict: Verdict, method: Method) -> usize {
        self.cells.iter().filter(|cell| (cell.verdict, cell.method) == (verdict, method)).count()
    }

    /// Whether every target is safe, also against contributors.
    pub fn passed(&self) -> bool {
        self.cells.iter().all(Inferred::passed)
    }
}

impl Inferred {
    /// Whatever is known of the cell, it is nobody or enough people.
    pub(in crate::suppression) fn is_no_small_count(&mut self) {
        (self.verdict, self.by_contributor, self.by_pooling) = (Verdict::Safe, None, Recomputable::No);
    }

    /// Whether the cell is safe, also against contributors.
    pub fn passed(&self) -> bool {
        self.verdict == Verdict::Safe && self.by_contributor.is_none() && self.by_pooling == Recomputable::No
    }
}

impl fmt::Debug for Inferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inferred")
            .field("cell", &self.cell)
            .field("verdict", &self.verdict)
            .field("method", &self.method)
            .field("by_sums", &self.by_sums)
            .field("by_contributor", &self.by_contributor)
            .field("by_pooling", &self.by_pooling)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit")
            .field("cells", &self.cells)
            .field("components", &self.components)
            .field("largest", &self.largest)
            .field("linear_programs", &self.linear_programs)
            .finish()
    }
}
