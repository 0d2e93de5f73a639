//! What to protect, against whom, and by which choice.

use super::super::system::System;
use super::guard::Role;
use crate::error::{MisuseError, PolicyError, Result};
use std::fmt;

/// Hidden cells whose sums must not be published, since the sum alone gives its parts away.
///
/// A published sum of cells of 1 tells each of the people in them, and anybody who knows that hidden cells are at
/// least 1, all the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Singles {
    /// No rule: only recomputation by outsiders is prevented.
    Ignored,
    /// Primary cells of 1: the rule where zeros are shown.
    #[default]
    Ones,
    /// Primary cells of 0: the rule where zeros are hidden. A published sum of 0 would give every part.
    Zeros,
}

/// People in the table who use what they know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Insiders {
    /// They are left to [`Singles`] alone.
    #[default]
    Ignored,
    /// Whoever is in a primary cell of 1 or 2 knows that cell (in a cell of 2, when they know the other person) and
    /// must not be able to compute another primary cell from it.
    Alone,
    /// As `Alone`; and all who are in primary cells of 1 may put together what they know.
    Pooling,
}

/// What a hidden cell costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Cost {
    /// Its count.
    Value,
    /// One, whatever its count.
    Cells,
    /// Its count, and for every cell two sevenths of what the average secondary cell of a first choice holds.
    #[default]
    Balanced,
}

/// In which order cells are offered for publication; whoever comes first is published if it can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PublishOrder<'a> {
    /// Several orders, of which the cheapest result is kept, then local search. Large tables get fewer of both.
    #[default]
    Best,
    /// Falling counts.
    Value,
    /// Falling logarithm of the count, less `shared` for each relation in which the cell would protect the only
    /// primary cell, plus `opened` for each relation in which it would be the only hidden cell; in hundredths.
    Coverage {
        /// How much a cell is held back for each relation with exactly one primary cell.
        shared: u16,
        /// How much a cell is favoured for each relation without a primary cell.
        opened: u16,
    },
    /// For experts: every cell that is neither `fixed` nor `forced`, each once, the first to be published first.
    /// Primary cells may be among them and are passed over.
    Given(&'a [u32]),
}

/// A table whose primary cells are known and whose secondary cells are to be chosen.
///
/// All slices have one element a cell of the system. `Debug` shows sizes only.
#[derive(Clone, Copy)]
pub struct ProtectTask<'a> {
    /// The cells and their sums.
    pub system: &'a System,
    /// The true counts, all of them 0 or more, which meet every relation between known cells.
    pub counts: &'a [i64],
    /// Cells whose count is not known and stands as any number, if there are any: primary ones, or forced ones, which
    /// then are not published and not protected.
    pub unknown: Option<&'a [bool]>,
    /// The cells that a rule hides.
    pub primary: &'a [bool],
    /// The cells that are published whatever follows from it: zeros that are shown, exempted rows.
    pub fixed: &'a [bool],
    /// Cells that are hidden whatever that costs, beside the primary ones.
    pub forced: &'a [bool],
    /// The rule for sums of cells of 1 or of 0.
    pub singles: Singles,
    /// Which contributors attack the table.
    pub insiders: Insiders,
    /// What is to be small.
    pub cost: Cost,
    /// Who is offered for publication first.
    pub order: PublishOrder<'a>,
}

impl ProtectTask<'_> {
    /// Refuses what fits the system in no way.
    pub(super) fn check(&self) -> Result<()> {
        let cells = self.system.cells();
        let refuse = |name: &str, expected: &str| {
            Err(MisuseError::Argument { name: name.into(), expected: expected.into() }.into())
        };
        let lengths = [
            self.counts.len(),
            self.unknown.map_or(cells, <[bool]>::len),
            self.primary.len(),
            self.fixed.len(),
            self.forced.len(),
        ];
        if lengths.iter().any(|&length| length != cells) {
            return refuse("task", "one count and one mark of each kind a cell");
        }
        if let Some(cell) = self.counts.iter().position(|&count| count < 0) {
            return Err(PolicyError::NegativeCount { row: cell + 1 }.into());
        }
        if (0..cells)
            .any(|cell| self.unknown.is_some_and(|unknown| unknown[cell]) && !self.primary[cell] && !self.forced[cell])
        {
            return refuse("unknown", "cells that are primary or forced");
        }
        if let Some(relation) = self.system.first_broken_of(self.counts, self.unknown.unwrap_or_default()) {
            return refuse("counts", &format!("counts that meet every relation, unlike relation {}", relation + 1));
        }
        if (0..cells).any(|cell| self.fixed[cell] && (self.primary[cell] || self.forced[cell])) {
            return refuse("fixed", "cells that are neither primary nor forced");
        }
        if let PublishOrder::Given(order) = self.order {
            let mut open: Vec<bool> = (0..cells).map(|cell| !self.is_decided(cell)).collect();
            let mut seen = vec![false; cells];
            for &cell in order {
                let Some(seen) = seen.get_mut(cell as usize).filter(|seen| !**seen) else {
                    return refuse("order", "cells of the system, each once");
                };
                *seen = true;
                open[cell as usize] = false;
            }
            if open.contains(&true) {
                return refuse("order", "every cell whose fate is open");
            }
        }
        Ok(())
    }

    /// What the cell is to the attackers. A cell that nobody publishes and nobody counts needs no protection.
    pub(super) fn role(&self, cell: usize) -> Role {
        let counted = self.unknown.is_none_or(|unknown| !unknown[cell]);
        match (self.primary[cell], self.forced[cell] && counted) {
            (true, _) => Role::Primary,
            (false, true) => Role::Forced,
            (false, false) => Role::Open,
        }
    }

    /// Whether there is nothing to choose about the cell.
    pub(super) fn is_decided(&self, cell: usize) -> bool {
        self.primary[cell] || self.fixed[cell] || self.forced[cell]
    }
}

impl fmt::Debug for ProtectTask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectTask").field("system", self.system).finish_non_exhaustive()
    }
}
