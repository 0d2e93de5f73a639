//! Choosing what to hide beside the unsafe totals: choose, audit, and repair until the auditor passes.

use super::contributions::Contributions;
use super::insiders;
use super::width::Width;
use crate::error::Result;
use crate::suppression::attack::{Attacker, Audit, AuditTask, Limits, Need, Needed, audit_with_progress};
use crate::suppression::cell::{Cell, Reason};
use crate::suppression::policy::{Secondary, Zeros};
use crate::suppression::progress::Progress;
use crate::suppression::protect::{Cost, Insiders, ProtectTask, PublishOrder, Singles, choose_secondary};
use crate::suppression::repair::repair;
use crate::suppression::system::{Shown, System};
use std::ops::ControlFlow;

/// Tables of more cells are not thinned out.
const SMALL: usize = 500;

/// Audits made to thin a table out.
const TRIALS: usize = 200;

/// A table of magnitudes of which the primary cells are decided.
pub(super) struct Hiding<'a> {
    pub(super) system: &'a System,
    pub(super) contributions: &'a Contributions,
    pub(super) totals: &'a [i64],
    pub(super) widths: &'a [Width],
    pub(super) level: Secondary,
    pub(super) zeros: Zeros,
    pub(super) cells: Vec<Cell>,
}

type Hook<'a> = &'a dyn Fn(Progress) -> ControlFlow<()>;

impl Hiding<'_> {
    /// Hides secondary cells at the level asked for, and says what the outcome gives away.
    ///
    /// # Errors
    /// `policy.primary_given_away`, `policy.table_too_entangled`, `policy.interrupted`.
    pub(super) fn run(&mut self, hook: Hook<'_>) -> Result<(Audit, Vec<Shown>)> {
        if self.level == Secondary::None || self.system.relations() == 0 {
            return self.audit(hook);
        }
        self.choose(&vec![false; self.cells.len()], PublishOrder::Best, hook)?;
        let mut found = self.audit(hook)?;
        // Each round hides at least one more cell, so there are no more rounds than cells.
        while !found.0.passed() {
            let more = self.more_to_hide(&found.0, &found.1);
            if more.is_empty() {
                return Ok(found);
            }
            let mut forced: Vec<bool> = self.cells.iter().map(|&cell| is_secondary(cell)).collect();
            for cell in more {
                forced[cell] = true;
            }
            self.choose(&forced, PublishOrder::Coverage { shared: 30, opened: 50 }, hook)?;
            found = self.audit(hook)?;
        }
        if self.cells.len() <= SMALL {
            self.thin(hook)?;
            found = self.audit(hook)?;
        }
        Ok(found)
    }

    /// For each unsafe cell one more to hide; where none is near, the cheapest in a sum with any hidden cell.
    fn more_to_hide(&self, found: &Audit, shown: &[Shown]) -> Vec<usize> {
        let can_hide = |cell: usize| matches!(self.cells[cell], Cell::Published(_)) && !self.is_fixed(cell);
        let more = repair(self.system, found, shown, &can_hide, &|cell| self.totals[cell]);
        if !more.is_empty() {
            return more;
        }
        let sums = (0..self.system.relations()).map(|relation| self.system.relation(relation));
        let open = sums.filter(|sum| sum.iter().any(|term| self.cells[term.cell as usize].published().is_none()));
        let near = open.flatten().map(|term| term.cell as usize).filter(|&cell| can_hide(cell));
        near.min_by_key(|&cell| (self.totals[cell], cell)).into_iter().collect()
    }

    /// Publishes secondary cells again, the dearest first, where the auditor still passes.
    fn thin(&mut self, hook: Hook<'_>) -> Result<()> {
        let mut open: Vec<usize> = (0..self.cells.len()).filter(|&cell| is_secondary(self.cells[cell])).collect();
        open.sort_by_key(|&cell| (std::cmp::Reverse(self.totals[cell]), cell));
        for cell in open.into_iter().take(TRIALS) {
            self.cells[cell] = Cell::Published(self.totals[cell]);
            if !self.audit(hook)?.0.passed() {
                self.cells[cell] = Cell::Suppressed(Reason::Secondary);
            }
        }
        Ok(())
    }

    fn is_primary(&self, cell: usize) -> bool {
        matches!(self.cells[cell], Cell::Suppressed(Reason::Primary | Reason::Zero))
    }

    /// Zeros that are shown are shown whatever follows.
    fn is_fixed(&self, cell: usize) -> bool {
        self.totals[cell] == 0 && self.zeros == Zeros::Keep
    }

    fn choose(&mut self, forced: &[bool], order: PublishOrder, hook: Hook<'_>) -> Result<()> {
        let all = 0..self.cells.len();
        let primary: Vec<bool> = all.clone().map(|cell| self.is_primary(cell)).collect();
        let fixed: Vec<bool> = all.map(|cell| self.is_fixed(cell)).collect();
        let task = ProtectTask {
            system: self.system,
            counts: self.totals,
            unknown: None,
            primary: &primary,
            fixed: &fixed,
            forced,
            singles: Singles::Ignored,
            insiders: Insiders::Ignored,
            cost: Cost::default(),
            order,
        };
        let pattern = choose_secondary(&task, hook)?;
        for (cell, decided) in self.cells.iter_mut().enumerate() {
            if pattern.is_hidden(cell) && !primary[cell] {
                *decided = Cell::Suppressed(Reason::Secondary);
            }
        }
        Ok(())
    }

    fn audit(&self, hook: Hook<'_>) -> Result<(Audit, Vec<Shown>)> {
        // Where every zero is shown, a hidden total is not zero.
        let hidden = Shown::Between { low: i64::from(self.zeros == Zeros::Keep), high: None };
        let shown: Vec<Shown> = self.cells.iter().map(|cell| cell.published().map_or(hidden, Shown::Exactly)).collect();
        let targets: Vec<bool> = (0..self.cells.len()).map(|cell| self.is_primary(cell)).collect();
        let need = |width: &Width| Need::Whole { low: width.low, high: width.high };
        let needs: Vec<Need> = self.widths.iter().map(need).collect();
        let task = AuditTask {
            targets: Some(&targets),
            counts: Some(self.totals),
            needed: Needed::PerCell(&needs),
            attacker: if self.level == Secondary::Exact { Attacker::Sums } else { Attacker::Ranges },
            // Magnitudes are too large to try whole-number tables one by one.
            limits: Limits { search_cells: 0, ..Limits::default() },
            ..AuditTask::new(self.system, &shown)
        };
        let mut found = audit_with_progress(&task, hook)?;
        insiders::ask(&mut found, &task, self.contributions, self.totals, hook)?;
        Ok((found, shown))
    }
}

fn is_secondary(cell: Cell) -> bool {
    cell == Cell::Suppressed(Reason::Secondary)
}
