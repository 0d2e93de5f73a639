//! What is asked of an audit.

use crate::error::{MisuseError, PolicyError, Result};
use crate::suppression::{Shown, System};
use std::num::NonZeroUsize;

/// How much doubt must stay about a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// At least this many whole numbers must be possible.
    Values(u32),
    /// Every whole number from `low` to `high` must be possible.
    Whole {
        /// The smallest.
        low: i64,
        /// The largest.
        high: i64,
    },
}

/// What is needed of each cell.
#[derive(Debug, Clone, Copy)]
pub enum Needed<'a> {
    /// The same for all.
    Each(Need),
    /// One a cell of the system.
    PerCell(&'a [Need]),
}

/// How strong an attacker is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attacker {
    /// Adds and subtracts published cells.
    Sums,
    /// Also knows that counts are whole and within the ranges shown.
    Ranges,
}

/// How far ranges are worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bounds {
    /// Until it is clear whether enough stays possible.
    Enough,
    /// Until the smallest and the largest count possible are known.
    Full,
}

/// How much work is done before a cell is left undecided. Counted steps, not time: the result is the same on every
/// machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps for each component, about a nanosecond each.
    pub steps: u64,
    /// Numbers in the tableau of a linear program, 8 bytes each; larger components get none.
    pub tableau: usize,
    /// Components of more cells are not searched for whole-number tables.
    pub search_cells: usize,
    /// Steps for each such search.
    pub search_steps: u64,
    /// Threads; none takes what the machine has. The result does not depend on it.
    pub threads: Option<NonZeroUsize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 20_000_000_000, tableau: 1 << 24, search_cells: 300, search_steps: 3_000_000, threads: None }
    }
}

/// A published table and what is asked about it. Start from [`AuditTask::new`].
#[derive(Clone, Copy)]
pub struct AuditTask<'a> {
    /// The cells and the sums between them.
    pub system: &'a System,
    /// What a reader is told about each cell.
    pub shown: &'a [Shown],
    /// The cells to give verdicts for; none takes every cell that is not shown as one number.
    pub targets: Option<&'a [bool]>,
    /// Hidden cells each of which somebody knows: the one person in a cell of 1.
    pub own: &'a [usize],
    /// The true counts, if the caller owns them: a first example of a table that looks like this. They make the audit
    /// faster and change no bound.
    pub counts: Option<&'a [i64]>,
    /// What must stay possible.
    pub needed: Needed<'a>,
    /// The attacker.
    pub attacker: Attacker,
    /// How far ranges are worked out.
    pub bounds: Bounds,
    /// Limits of work.
    pub limits: Limits,
}

impl<'a> AuditTask<'a> {
    /// The default questions: verdicts for every cell that is not shown as one number, three values needed, against
    /// an attacker who knows that counts are whole and within the ranges shown.
    pub fn new(system: &'a System, shown: &'a [Shown]) -> Self {
        Self {
            system,
            shown,
            targets: None,
            own: &[],
            counts: None,
            needed: Needed::Each(Need::Values(3)),
            attacker: Attacker::Ranges,
            bounds: Bounds::Enough,
            limits: Limits::default(),
        }
    }

    pub(super) fn is_target(&self, cell: usize) -> bool {
        self.targets.map_or(!self.shown[cell].is_one_count(), |targets| targets[cell])
    }

    pub(super) fn need(&self, cell: usize) -> Need {
        match self.needed {
            Needed::Each(need) => need,
            Needed::PerCell(needs) => needs[cell],
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        let cells = self.system.cells();
        let refuse = |name: &str, expected: &str| {
            Err(MisuseError::Argument { name: name.into(), expected: expected.into() }.into())
        };
        if self.shown.len() != cells {
            return refuse("shown", "one entry a cell of the system");
        }
        if self.shown.iter().any(|shown| shown.high().is_some_and(|high| high < shown.low())) {
            return refuse("shown", "ranges whose low end is not above their high end");
        }
        if self.targets.is_some_and(|targets| targets.len() != cells) {
            return refuse("targets", "one entry a cell of the system");
        }
        if matches!(self.needed, Needed::PerCell(needs) if needs.len() != cells) {
            return refuse("needed", "one entry a cell of the system");
        }
        if self.own.iter().any(|&cell| cell >= cells) {
            return refuse("own", "cells of the system");
        }
        let Some(counts) = self.counts else { return Ok(()) };
        if counts.len() != cells {
            return refuse("counts", "one entry a cell of the system");
        }
        if let Some(relation) = self.system.first_broken(counts) {
            return Err(PolicyError::InconsistentRelation { relation: relation + 1 }.into());
        }
        let within =
            |(shown, &count): (&Shown, &i64)| shown.low() <= count && shown.high().is_none_or(|high| count <= high);
        if !self.shown.iter().zip(counts).all(within) {
            return refuse("counts", "counts within the ranges shown");
        }
        Ok(())
    }
}

impl Need {
    /// Whether a range from `low` to `high` leaves enough; no `high` means no limit.
    pub(super) fn met_by(self, low: i64, high: Option<i64>) -> bool {
        match self {
            Self::Values(values) => {
                high.is_none_or(|high| i128::from(high) - i128::from(low) + 1 >= i128::from(values))
            }
            Self::Whole { low: least, high: greatest } => low <= least && high.is_none_or(|high| high >= greatest),
        }
    }
}
