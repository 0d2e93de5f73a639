//! Secondary suppression of a table that is laid out: choose, audit, and repair until the auditor passes.

use super::attack::{Attacker, Audit, AuditTask, Bounds, Need, Needed, audit_with_progress};
use super::cell::{Cell, Reason};
use super::layout::{Layout, Listed};
use super::options::{Candidates, SuppressOptions};
use super::policy::{Secondary, SuppressionPolicy, Zeros};
use super::progress::Progress;
use super::protect::{Cost, Insiders, ProtectTask, PublishOrder, Singles, choose_secondary};
use super::system::Shown;
use crate::error::Result;
use std::ops::ControlFlow;

/// A table of which the primary cells are decided.
pub(super) struct Hidden<'a> {
    pub(super) layout: &'a Layout,
    pub(super) policy: &'a SuppressionPolicy,
    pub(super) options: &'a SuppressOptions,
    pub(super) level: Secondary,
    pub(super) exempt: &'a [bool],
    /// Totals that are sums of what is shown and so say nothing of their own.
    pub(super) derived: &'a [bool],
    pub(super) cells: Vec<Cell>,
}

/// Hides secondary cells at the level asked for, and says what the outcome gives away.
///
/// # Errors
/// `policy.primary_given_away`, `policy.table_too_entangled`, `policy.interrupted`.
pub(super) fn hide_and_audit(
    table: &mut Hidden,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<(Audit, Vec<Shown>)> {
    if table.level == Secondary::None || table.layout.system.relations() == 0 {
        return table.audit(hook);
    }
    let mut forced = vec![false; table.cells.len()];
    table.choose(&forced, hook)?;
    let mut found = table.audit(hook)?;
    // Each round hides at least one more cell, so there are no more rounds than cells.
    while table.level == Secondary::Interval && !found.0.passed() {
        let more = table.repair(&found.0, &found.1);
        if more.is_empty() {
            break;
        }
        for (cell, forced) in forced.iter_mut().enumerate() {
            *forced |= table.cells[cell] == Cell::Suppressed(Reason::Secondary);
        }
        more.iter().for_each(|&cell| forced[cell] = true);
        table.choose(&forced, hook)?;
        found = table.audit(hook)?;
    }
    Ok(found)
}

impl Hidden<'_> {
    fn is_primary(&self, cell: usize) -> bool {
        self.layout.listed[cell] != Listed::NotPublished
            && matches!(self.cells[cell], Cell::Suppressed(Reason::Primary | Reason::Zero | Reason::Missing))
    }

    /// Cells that are shown whatever follows.
    fn is_fixed(&self, cell: usize) -> bool {
        let given = self.layout.listed[cell] == Listed::ReadAsZero && !self.layout.adds_rows();
        let zero = self.layout.counts[cell] == Some(0) && self.policy.zeros() == Zeros::Keep;
        !self.is_primary(cell) && (given || zero || self.exempt[cell])
    }

    /// A count for the choice of cells; where none is known, one that the rule would hide.
    fn count(&self, cell: usize) -> i64 {
        let small = i64::from(self.policy.zeros() == Zeros::Keep);
        self.layout.counts[cell].unwrap_or(small)
    }

    fn choose(&mut self, forced: &[bool], hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<()> {
        let all = 0..self.cells.len();
        let counts: Vec<i64> = all.clone().map(|cell| self.count(cell)).collect();
        let primary: Vec<bool> = all.clone().map(|cell| self.is_primary(cell)).collect();
        let fixed: Vec<bool> = all.clone().map(|cell| self.is_fixed(cell)).collect();
        let unknown: Vec<bool> = all.clone().map(|cell| self.layout.counts[cell].is_none()).collect();
        let forced: Vec<bool> =
            all.map(|cell| forced[cell] || self.layout.listed[cell] == Listed::NotPublished).collect();
        let task = ProtectTask {
            system: &self.layout.system,
            counts: &counts,
            unknown: Some(&unknown),
            primary: &primary,
            fixed: &fixed,
            forced: &forced,
            singles: if self.policy.zeros() == Zeros::Keep { Singles::Ones } else { Singles::Zeros },
            insiders: Insiders::Pooling,
            cost: Cost::default(),
            order: PublishOrder::Best,
        };
        let pattern = choose_secondary(&task, hook)?;
        for (cell, decided) in self.cells.iter_mut().enumerate() {
            if pattern.is_hidden(cell) && !primary[cell] && self.layout.listed[cell] != Listed::NotPublished {
                *decided = Cell::Suppressed(Reason::Secondary);
            }
        }
        Ok(())
    }

    /// What a reader is told about a cell.
    fn shown(&self, cell: usize, missing: bool) -> Shown {
        let anything = Shown::Between { low: 0, high: None };
        let threshold = i64::from(self.policy.threshold());
        if self.derived[cell] || self.layout.listed[cell] == Listed::NotPublished {
            return anything;
        }
        if self.layout.listed[cell] == Listed::ReadAsZero && !self.layout.adds_rows() {
            return Shown::Exactly(0);
        }
        match self.cells[cell] {
            Cell::Published(count) if self.exempt[cell] => Shown::Exactly(count),
            Cell::Published(count) => {
                let (low, high) = self.policy.rounding().counts_shown_as(count).unwrap_or((0, i64::MAX));
                // A count below the threshold would be hidden; zero alone is shown as it is.
                let low = if low == 0 && self.policy.zeros() == Zeros::Keep { 0 } else { low.max(threshold).min(high) };
                if low == 0 && high < threshold { Shown::Exactly(0) } else { Shown::Between { low, high: Some(high) } }
            }
            Cell::Suppressed(_) => {
                let low = i64::from(self.policy.zeros() == Zeros::Keep && !missing);
                // Where nothing but small counts is hidden, the rule itself says how small.
                let high = (self.level == Secondary::None && !missing).then_some((threshold - 1).max(low));
                Shown::Between { low, high }
            }
        }
    }

    fn audit(&self, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<(Audit, Vec<Shown>)> {
        let all = 0..self.cells.len();
        // A missing count can be zero, and no marker says which cells are missing.
        let missing = all.clone().any(|cell| {
            self.layout.listed[cell] != Listed::NotPublished && self.cells[cell] == Cell::Suppressed(Reason::Missing)
        });
        let shown: Vec<Shown> = all.clone().map(|cell| self.shown(cell, missing)).collect();
        let targets: Vec<bool> = all.clone().map(|cell| self.is_primary(cell)).collect();
        let single = i64::from(self.policy.zeros() == Zeros::Keep);
        let own: Vec<usize> =
            all.filter(|&cell| targets[cell] && single == 1 && self.layout.counts[cell] == Some(1)).collect();
        let counts: Option<Vec<i64>> = self.layout.counts.iter().copied().collect();
        let most = i64::from(self.policy.threshold()) - 1;
        let need = match self.options.candidates {
            Candidates::AtLeast(values) => Need::Values(values.min(u32::try_from(most).unwrap_or(1)).max(1)),
            Candidates::Whole => Need::Whole { low: single.min(most), high: most },
        };
        let attacker = if self.level == Secondary::Exact { Attacker::Sums } else { Attacker::Ranges };
        let task = AuditTask {
            targets: Some(&targets),
            own: &own,
            counts: counts.as_deref(),
            needed: Needed::Each(need),
            attacker,
            bounds: Bounds::Enough,
            ..AuditTask::new(&self.layout.system, &shown)
        };
        Ok((audit_with_progress(&task, hook)?, shown))
    }

    /// For each unsafe cell, the cheapest cell that can be hidden and stands in its proof, or beside it in a sum.
    fn repair(&self, found: &Audit, shown: &[Shown]) -> Vec<usize> {
        let system = &self.layout.system;
        let can_hide = |cell: &usize| {
            matches!(self.cells[*cell], Cell::Published(_)) && !self.is_fixed(*cell) && !self.derived[*cell]
        };
        let cheapest = |cells: &mut dyn Iterator<Item = usize>| {
            cells.filter(|cell| can_hide(cell)).min_by_key(|&cell| (self.count(cell), cell))
        };
        let mut more = Vec::new();
        for open in found.cells.iter().filter(|cell| !cell.passed()) {
            let proof = open.proof.iter().flat_map(|proof| proof.published_cells(system, shown));
            let own = |relation: &usize| system.relation(*relation).iter().any(|term| term.cell as usize == open.cell);
            let chosen = cheapest(&mut { proof }).or_else(|| {
                let beside = (0..system.relations()).filter(own).flat_map(|relation| system.relation(relation));
                cheapest(&mut beside.map(|term| term.cell as usize))
            });
            more.extend(chosen);
        }
        more.sort_unstable();
        more.dedup();
        more
    }
}
