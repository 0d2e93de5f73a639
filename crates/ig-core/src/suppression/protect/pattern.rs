//! Which cells are shown.

use super::task::{Cost, ProtectTask};
use std::fmt;

/// What became of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// It is published.
    Published,
    /// A rule hides it.
    Primary,
    /// It is hidden to protect others.
    Secondary,
}

/// One choice a cell. For the owner: a reader must not learn which hidden cells are primary.
///
/// `Debug` shows sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct Pattern {
    choices: Vec<Choice>,
    value: i128,
}

impl Pattern {
    pub(super) fn new(task: &ProtectTask, hidden: &[bool]) -> Self {
        let choice = |cell: usize| match (task.primary[cell], hidden[cell]) {
            (true, _) => Choice::Primary,
            (false, true) => Choice::Secondary,
            (false, false) => Choice::Published,
        };
        let choices: Vec<Choice> = (0..hidden.len()).map(choice).collect();
        let secondary = (0..choices.len()).filter(|&cell| choices[cell] == Choice::Secondary);
        let value = secondary.map(|cell| i128::from(task.counts[cell])).sum();
        Self { choices, value }
    }

    /// What became of each cell.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// Whether the cell is hidden, for whatever reason.
    pub fn is_hidden(&self, cell: usize) -> bool {
        self.choices[cell] != Choice::Published
    }

    /// How many cells are hidden to protect others; forced ones are among them.
    pub fn secondary(&self) -> usize {
        self.choices.iter().filter(|&&choice| choice == Choice::Secondary).count()
    }

    /// How many cells a rule hides.
    pub fn primary(&self) -> usize {
        self.choices.iter().filter(|&&choice| choice == Choice::Primary).count()
    }

    /// The sum of the counts of secondary cells. For the owner.
    pub fn secondary_value(&self) -> i128 {
        self.value
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern").field("cells", &self.choices.len()).finish_non_exhaustive()
    }
}

/// What each cell costs if it is hidden; sums of it compare patterns.
#[derive(Clone, Copy)]
pub(super) struct Price {
    per_cell: i128,
    per_count: i128,
}

impl Price {
    /// `first` is the choice that a balance starts from.
    pub(super) fn new(cost: Cost, counts: &[i64], first: &[u32]) -> Self {
        let value: i128 = first.iter().map(|&cell| i128::from(counts[cell as usize])).sum();
        match cost {
            Cost::Value => Self { per_cell: 0, per_count: 1 },
            Cost::Cells => Self { per_cell: 1, per_count: 0 },
            Cost::Balanced if first.is_empty() => Self { per_cell: 1, per_count: 1 },
            // Rounded up, so that a cell is never free.
            Cost::Balanced => Self { per_cell: 2 * value / (7 * first.len() as i128) + 1, per_count: 1 },
        }
    }

    pub(super) fn of(self, count: i64) -> i128 {
        self.per_cell + self.per_count * i128::from(count)
    }

    pub(super) fn sum(self, counts: &[i64], cells: &[u32]) -> i128 {
        cells.iter().map(|&cell| self.of(counts[cell as usize])).sum()
    }
}
