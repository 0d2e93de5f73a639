//! Secondary suppression of a table that is laid out: choose, audit, and repair until the auditor passes.

use super::attack::{
    Attacker, Audit, AuditTask, Bounds, Inferred, Limits, Need, Needed, Recomputable, Verdict, audit_with_progress,
};
use super::cell::{Cell, Reason};
use super::layout::{Layout, Listed};
use super::options::{Candidates, SuppressOptions};
use super::policy::{Secondary, SuppressionPolicy, Zeros};
use super::progress::Progress;
use super::protect::{Cost, Insiders, ProtectTask, PublishOrder, Singles, choose_secondary};
use super::refine::{SMALL, refine};
use super::repair::repair;
use super::rounding::Rounding;
use super::system::Shown;
use crate::error::Result;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

/// What readers have kept of earlier releases, for each cell.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    /// What they were told.
    pub(super) shown: &'a [Shown],
    /// Whether they were shown its number, so that hiding it now is of no use.
    pub(super) told: &'a [bool],
    /// Whether it was hidden then, or grew since, and may be small without being a cell of this table.
    pub(super) asked: &'a [bool],
}

/// A table of which the primary cells are decided.
pub(super) struct Hidden<'a> {
    pub(super) layout: &'a Layout,
    pub(super) policy: &'a SuppressionPolicy,
    pub(super) options: &'a SuppressOptions,
    pub(super) level: Secondary,
    pub(super) exempt: &'a [bool],
    /// Totals that are sums of what is shown and so say nothing of their own.
    pub(super) derived: &'a [bool],
    /// What readers know from before.
    pub(super) before: Option<Before<'a>>,
    /// Which people of the table attack it.
    pub(super) insiders: Insiders,
    pub(super) cells: Vec<Cell>,
}

/// Why a table does not pass.
pub(super) enum Failure {
    /// As long as all these cells are published.
    Proof(Vec<usize>),
    /// Because of something about these cells.
    Beside(Vec<usize>),
}

/// Hides secondary cells at the level asked for, and says what the outcome gives away.
///
/// # Errors
/// `policy.primary_given_away`, `policy.table_too_entangled`, `policy.interrupted`.
pub(super) fn hide_and_audit(
    table: &mut Hidden,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<(Audit, Vec<Shown>)> {
    // Totals that are sums of shown parts tell nothing that would have to be hidden.
    let no_totals = table.layout.system.relations() == 0 || table.derived.contains(&true);
    if table.level == Secondary::None || no_totals {
        return table.audit(hook);
    }
    let nothing = vec![false; table.cells.len()];
    let decided = table.cells.clone();
    table.choose(&nothing, PublishOrder::Best, hook)?;
    let mut found = table.audit(hook)?;
    // Each round hides at least one more cell, so there are no more rounds than cells.
    while table.level == Secondary::Interval && !found.0.passed() {
        let more = table.more_to_hide(&found.0, &found.1);
        if more.is_empty() {
            break;
        }
        let mut forced: Vec<bool> =
            table.cells.iter().map(|&cell| cell == Cell::Suppressed(Reason::Secondary)).collect();
        for &cell in &more {
            forced[cell] = true;
        }
        // What was published can still be: only what the new holes need is hidden beside them.
        table.choose(&forced, PublishOrder::Coverage { shared: 30, opened: 50 }, hook)?;
        found = table.audit(hook)?;
    }
    if table.level == Secondary::Interval && found.0.passed() && table.cells.len() <= SMALL {
        refine(table, &decided, hook)?;
        found = table.audit(hook)?;
    }
    Ok(found)
}

impl Hidden<'_> {
    fn is_primary(&self, cell: usize) -> bool {
        match self.cells[cell] {
            Cell::Suppressed(Reason::Primary | Reason::Zero) => true,
            Cell::Suppressed(Reason::Missing) => self.layout.listed[cell] != Listed::NotPublished,
            _ => false,
        }
    }

    /// Cells that no reader is told of, now or before.
    fn is_untold(&self, cell: usize) -> bool {
        self.layout.listed[cell] == Listed::NotPublished && !self.is_primary(cell) && !self.was_told(cell)
    }

    fn was_told(&self, cell: usize) -> bool {
        self.before.is_some_and(|before| before.told[cell])
    }

    /// Cells that are shown whatever follows.
    pub(super) fn is_fixed(&self, cell: usize) -> bool {
        let given = self.layout.listed[cell] == Listed::ReadAsZero && !self.layout.adds_rows();
        let zero = self.layout.counts[cell] == Some(0) && self.policy.zeros() == Zeros::Keep;
        let known = given || zero || self.exempt[cell] || self.was_told(cell);
        known && !self.is_primary(cell) && !self.is_untold(cell)
    }

    /// A count for the choice of cells; where none is known, one that the rule would hide.
    pub(super) fn count(&self, cell: usize) -> i64 {
        let small = i64::from(self.policy.zeros() == Zeros::Keep);
        self.layout.counts[cell].unwrap_or(small)
    }

    /// Cells that may be hidden or shown.
    pub(super) fn is_open(&self, cell: usize) -> bool {
        let listed = self.layout.listed[cell] != Listed::NotPublished;
        listed && !self.is_primary(cell) && !self.is_fixed(cell) && !self.derived[cell]
    }

    fn choose(
        &mut self,
        forced: &[bool],
        order: PublishOrder,
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<()> {
        let all = 0..self.cells.len();
        let counts: Vec<i64> = all.clone().map(|cell| self.count(cell)).collect();
        let primary: Vec<bool> = all.clone().map(|cell| self.is_primary(cell)).collect();
        let fixed: Vec<bool> = all.clone().map(|cell| self.is_fixed(cell)).collect();
        let unknown: Vec<bool> =
            all.clone().map(|cell| self.layout.counts[cell].is_none() || self.is_untold(cell)).collect();
        let forced: Vec<bool> = all.map(|cell| forced[cell] || self.is_untold(cell)).collect();
        let task = ProtectTask {
            system: &self.layout.system,
            counts: &counts,
            unknown: Some(&unknown),
            primary: &primary,
            fixed: &fixed,
            forced: &forced,
            singles: match (self.insiders, self.policy.zeros()) {
                (Insiders::Ignored, _) => Singles::Ignored,
                (_, Zeros::Keep) => Singles::Ones,
                (_, Zeros::Hide) => Singles::Zeros,
            },
            insiders: self.insiders,
            cost: Cost::default(),
            order,
        };
        let pattern = choose_secondary(&task, hook)?;
        for (cell, decided) in self.cells.iter_mut().enumerate() {
            if pattern.is_hidden(cell) && !primary[cell] && self.layout.listed[cell] != Listed::NotPublished {
                *decided = Cell::Suppressed(Reason::Secondary);
            }
        }
        Ok(())
    }

    /// What a reader knows about a cell: what this table says, and what earlier releases do.
    fn shown(&self, cell: usize, missing: bool) -> Shown {
        let now = self.shown_now(cell, missing);
        let Some(before) = self.before.map(|before| before.shown[cell]) else { return now };
        let low = now.low().max(before.low());
        let high = [now.high(), before.high()].into_iter().flatten().min();
        if high == Some(low) { Shown::Exactly(low) } else { Shown::Between { low, high } }
    }

    fn shown_now(&self, cell: usize, missing: bool) -> Shown {
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

    /// What the auditor finds wrong with the table as it stands: nothing if it passes.
    pub(super) fn failures(&self, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<Vec<Failure>> {
        let (found, shown) = self.audit_on(NonZeroUsize::new(1), hook)?;
        let rounded = self.policy.rounding() != Rounding::None;
        let failure = |open: &Inferred| match &open.proof {
            // A rounded cell is in no proof as a published one.
            Some(proof) if !rounded && open.verdict != Verdict::Safe => {
                let mut cells = proof.published_cells(&self.layout.system, &shown);
                cells.retain(|&cell| self.is_open(cell));
                Failure::Proof(cells)
            }
            _ => Failure::Beside([Some(open.cell), open.by_contributor].into_iter().flatten().collect()),
        };
        Ok(found.cells.iter().filter(|cell| !cell.passed()).map(failure).collect())
    }

    fn audit(&self, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<(Audit, Vec<Shown>)> {
        self.audit_on(None, hook)
    }

    fn audit_on(
        &self,
        threads: Option<NonZeroUsize>,
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<(Audit, Vec<Shown>)> {
        let all = 0..self.cells.len();
        // A missing count can be zero, and no marker says which cells are missing.
        let missing = all.clone().any(|cell| {
            self.layout.listed[cell] != Listed::NotPublished && self.cells[cell] == Cell::Suppressed(Reason::Missing)
        });
        let shown: Vec<Shown> = all.clone().map(|cell| self.shown(cell, missing)).collect();
        let asked = |cell: usize| self.before.is_some_and(|before| before.asked[cell]);
        let targets: Vec<bool> = all.clone().map(|cell| self.is_primary(cell) || asked(cell)).collect();
        let single = i64::from(self.policy.zeros() == Zeros::Keep);
        let own = self.cells_of(1);
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
            limits: Limits { threads, ..Limits::default() },
            ..AuditTask::new(&self.layout.system, &shown)
        };
        let mut found = audit_with_progress(&task, hook)?;
        for cell in found.cells.iter_mut().filter(|cell| !self.is_primary(cell.cell)) {
            // Nobody here knows its count, but a reader who finds that it is large, or nobody, finds nobody small.
            let nobody = cell.upper == Some(0) && self.policy.zeros() == Zeros::Keep;
            if cell.lower > most || nobody {
                cell.is_no_small_count();
            }
        }
        // What is open to everybody needs no further question.
        if found.cells.iter().all(|cell| cell.verdict == Verdict::Safe) || threads.is_none() {
            self.ask_insiders(&mut found, &task, hook)?;
        }
        Ok((found, shown))
    }

    /// Primary cells that hold 1 to `most` people: each of these knows the cell, in a cell of 2 if they know the other.
    fn cells_of(&self, most: i64) -> Vec<usize> {
        if self.insiders == Insiders::Ignored {
            return Vec::new();
        }
        let known = |cell: usize| self.layout.counts[cell].is_some_and(|count| (1..=most).contains(&count));
        (0..self.cells.len()).filter(|&cell| self.is_primary(cell) && known(cell)).collect()
    }

    /// Puts people in cells of 2 beside those in cells of 1, and leaves out what follows from shown zeros alone: a
    /// total whose other parts are shown as zero is its one part, and no hiding of other cells helps.
    fn ask_insiders(
        &self,
        found: &mut Audit,
        task: &AuditTask,
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<()> {
        let own = self.cells_of(2);
        if own.is_empty() || self.level == Secondary::None {
            return Ok(());
        }
        let by_sums = AuditTask { own: &own, attacker: Attacker::Sums, ..*task };
        let alone = audit_with_progress(&by_sums, hook)?;
        for (cell, alone) in found.cells.iter_mut().zip(&alone.cells) {
            cell.by_contributor = alone.by_contributor;
        }
        if found.cells.iter().all(|cell| cell.by_contributor.is_none() && cell.by_pooling == Recomputable::No) {
            return Ok(());
        }
        let fixed =
            |cell: usize| if self.is_fixed(cell) { task.shown[cell] } else { Shown::Between { low: 0, high: None } };
        let fixed: Vec<Shown> = (0..self.cells.len()).map(fixed).collect();
        let bare = AuditTask { shown: &fixed, own: &own, attacker: Attacker::Sums, counts: None, ..*task };
        let unavoidable = audit_with_progress(&bare, hook)?;
        let pooled = audit_with_progress(&AuditTask { own: task.own, ..bare }, hook)?;
        for (cell, (alone, pooled)) in found.cells.iter_mut().zip(unavoidable.cells.iter().zip(&pooled.cells)) {
            if cell.by_contributor == alone.by_contributor {
                cell.by_contributor = None;
            }
            if pooled.by_pooling == Recomputable::Yes {
                cell.by_pooling = Recomputable::No;
            }
        }
        Ok(())
    }

    /// For each unsafe cell one more to hide.
    fn more_to_hide(&self, found: &Audit, shown: &[Shown]) -> Vec<usize> {
        let can_hide =
            |cell: usize| matches!(self.cells[cell], Cell::Published(_)) && !self.is_fixed(cell) && !self.derived[cell];
        repair(&self.layout.system, found, shown, &can_hide, &|cell| self.count(cell))
    }
}
