//! The audit itself: components one by one, on several threads, put together in the order of the cells.

use super::component::{Component, split};
use super::elimination::Elimination;
use super::field::{Field, Random, seed};
use super::ledger::{Ledger, LedgerIndex, Rows, Side, factors, implied};
use super::nearby;
use super::outcome::{Audit, Inferred, Method, Recomputable, Verdict};
use super::propagation::{Ended, propagate};
use super::ranges::Ranges;
use super::stop::{Stop, Work};
use super::sums::{Sums, attack};
use super::task::{Attacker, AuditTask, Bounds};
use super::threads;
use crate::error::{PolicyError, Result};
use crate::suppression::progress::{Progress, Stage};
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

/// What went wrong in a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Failure {
    Interrupted,
    /// No table can look like this; the relation shows it.
    Inconsistent(u32),
}

/// The findings of one component.
#[derive(Default)]
pub(super) struct Findings {
    cells: Vec<Inferred>,
    programs: usize,
}

/// Infers what an attacker can from a published table.
///
/// See the [module's page](super) for the attackers, the methods and what is proved. The same task gives the same
/// audit on every machine and number of threads.
///
/// It does **not** look at earlier releases or other tables unless they are in the same system, nor at what a reader
/// knows from elsewhere.
///
/// # Errors
/// - `misuse.argument` for lists of the wrong length, ranges that are upside down, cells that do not exist, or
///   `counts` that are not within `shown`.
/// - `policy.inconsistent_relation` if no table can look like this, with a relation that has part in it.
///
/// ```
/// use ig_core::suppression::attack::{AuditTask, Verdict, audit};
/// use ig_core::suppression::{Dimension, Shown, System};
///
/// // One hidden count in a row comes back as the total minus the rest.
/// let sexes = Dimension::with_total("all", vec!["F".into(), "M".into()])?;
/// let system = System::cross(vec![sexes])?;
/// let hidden = Shown::Between { low: 1, high: None };
/// let shown = [Shown::Exactly(65), Shown::Exactly(42), hidden];
/// let audit = audit(&AuditTask::new(&system, &shown))?;
/// assert_eq!(audit.cells[0].verdict, Verdict::Exact);
/// let proof = audit.cells[0].proof.as_ref().expect("a proof");
/// assert!(proof.holds(&system, &shown));
/// let label = |cell: usize| ["all", "F", "M"][cell].to_owned();
/// assert_eq!(proof.render(&system, &shown, &label), "M = all (65) − F (42) = 23\n");
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn audit(task: &AuditTask<'_>) -> Result<Audit> {
    audit_with_progress(task, &|_| ControlFlow::Continue(()))
}

/// As [`audit`], with a hook that is called now and then on the calling thread; `Break` ends the audit.
///
/// # Errors
/// As [`audit`], and `policy.interrupted` if the hook asks to end.
pub fn audit_with_progress(task: &AuditTask<'_>, progress: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<Audit> {
    task.check()?;
    let components = split(task.system, task.shown)?;
    let all: usize = components.iter().map(|component| component.cells.len()).sum();
    let mut random = Random::new(seed(task.system, task.shown));
    let fields = [Field::random(&mut random), Field::random(&mut random)];
    let own = own_cells(task, &components);
    let base = random.next();
    let examine = |number: usize, interrupted: &AtomicBool| {
        let component = &components[number];
        let random = Random::new(base ^ u64::from(component.cells[0]).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut work = Work::new(task.limits.steps, interrupted);
        Examination { task, component, own: &own[number], fields, random }.run(&mut work)
    };
    let sizes: Vec<usize> = components.iter().map(|component| component.cells.len()).collect();
    let report = |done: usize| progress(Progress { stage: Stage::Auditing, done: done as u64, total: all as u64 });
    let findings = threads::run(&sizes, task.limits.threads, &examine, &report).map_err(|failure| match failure {
        Failure::Interrupted => PolicyError::Interrupted {},
        Failure::Inconsistent(relation) => PolicyError::InconsistentRelation { relation: relation as usize + 1 },
    })?;
    let mut cells: Vec<Inferred> = Vec::new();
    let mut linear_programs = 0;
    for finding in findings {
        cells.extend(finding.cells);
        linear_programs += finding.programs;
    }
    cells.extend(
        (0..task.shown.len())
            .filter(|&cell| task.shown[cell].is_one_count() && task.is_target(cell))
            .map(|cell| published(cell, task.shown[cell].low())),
    );
    cells.sort_unstable_by_key(|cell| cell.cell);
    let largest = sizes.iter().copied().max().unwrap_or(0);
    Ok(Audit { cells, components: components.len(), largest, linear_programs })
}

fn published(cell: usize, count: i64) -> Inferred {
    Inferred {
        cell,
        lower: count,
        upper: Some(count),
        possible: Some((count, count)),
        found: Some((count, count)),
        verdict: Verdict::Exact,
        method: Method::Published,
        by_sums: Recomputable::Yes,
        by_contributor: None,
        by_pooling: Recomputable::Yes,
        proof: None,
    }
}

/// The own cells of each component, as its cells.
fn own_cells(task: &AuditTask<'_>, components: &[Component]) -> Vec<Vec<u32>> {
    let mut is_own = vec![false; if task.own.is_empty() { 0 } else { task.shown.len() }];
    for &cell in task.own {
        is_own[cell] = true;
    }
    let local = |component: &Component| {
        let cells = component.cells.iter().enumerate();
        cells.filter(|&(_, &cell)| !is_own.is_empty() && is_own[cell as usize]).map(|(at, _)| at as u32).collect()
    };
    components.iter().map(local).collect()
}

/// One component under attack.
struct Examination<'a> {
    task: &'a AuditTask<'a>,
    component: &'a Component,
    own: &'a [u32],
    fields: [Field; 2],
    random: Random,
}

impl Examination<'_> {
    fn run(mut self, work: &mut Work<'_>) -> Result<Findings, Failure> {
        let component = self.component;
        let cells = component.cells.len();
        let targets: Vec<usize> = (0..cells).filter(|&at| self.task.is_target(component.cells[at] as usize)).collect();
        let mut ledger = Ledger::new(component);
        let mut narrowed_by = vec![Method::Elimination; cells];
        let sums =
            attack(component, self.own, self.fields, &mut self.random, work).map_err(|_| Failure::Interrupted)?;
        if let Some(elimination) = &sums.elimination {
            if let Some(row) = elimination.contradiction {
                return Err(self.inconsistent(row));
            }
            self.fix_sums(elimination, &sums, &mut ledger, work)?;
        }
        let mut ranges = if self.task.attacker == Attacker::Sums {
            Ranges::new(component, ledger, narrowed_by)
        } else {
            match propagate(component, &mut ledger, work) {
                Ok(()) | Err(Ended::Stopped(Stop::Exhausted)) => {}
                Err(Ended::Stopped(Stop::Interrupted)) => return Err(Failure::Interrupted),
                Err(Ended::Contradiction(row)) => return Err(self.inconsistent(row)),
            }
            for (cell, method) in narrowed_by.iter_mut().enumerate() {
                if sums.plain[cell] != Recomputable::Yes || ledger.high[cell] != Some(ledger.low[cell]) {
                    *method = Method::Propagation;
                }
            }
            let mut ranges = Ranges::new(component, ledger, narrowed_by);
            match self.narrow(&mut ranges, &sums, &targets, work) {
                Ok(()) | Err(Ended::Stopped(Stop::Exhausted)) => {}
                Err(Ended::Stopped(Stop::Interrupted)) => return Err(Failure::Interrupted),
                Err(Ended::Contradiction(row)) => return Err(self.inconsistent(row)),
            }
            ranges
        };
        let index = LedgerIndex::new(&ranges.ledger);
        let cells = targets.iter().map(|&at| self.verdict(at, &mut ranges, &index, &sums)).collect();
        Ok(Findings { cells, programs: ranges.programs })
    }

    fn inconsistent(&self, row: usize) -> Failure {
        Failure::Inconsistent(self.component.relations[row])
    }

    /// Puts down the numbers of cells that are sums of known ones.
    fn fix_sums(
        &self,
        elimination: &Elimination,
        sums: &Sums,
        ledger: &mut Ledger,
        work: &mut Work<'_>,
    ) -> Result<(), Failure> {
        for cell in (0..self.component.cells.len()).filter(|&cell| sums.plain[cell] == Recomputable::Yes) {
            let rows = match elimination.combination(&[(cell as u32, 1)], work) {
                Ok(Some((rows, _))) => Rows::Many(rows),
                Ok(None) => continue,
                Err(Stop::Exhausted) => return Ok(()),
                Err(Stop::Interrupted) => return Err(Failure::Interrupted),
            };
            // If other cells stay in the combination, elimination was wrong about it.
            if !factors(self.component, &rows, cell as u32).1.is_empty() {
                continue;
            }
            let bound = |side| implied(self.component, &rows, cell, side, &[], &[]);
            let (Some(low), Some(high)) = (bound(Side::Low), bound(Side::High)) else { continue };
            let multiples = rows.multiples();
            let value = if low == high { i64::try_from(low).ok() } else { None };
            let fits = value.is_some_and(|value| ledger.fix(cell, value, multiples.clone()));
            if !fits {
                let row = multiples.iter().map(|&(row, _)| row).min().unwrap_or(0);
                return Err(self.inconsistent(row as usize));
            }
        }
        Ok(())
    }

    /// Examples, linear programs and searches for the targets that propagation leaves open.
    fn narrow(
        &self,
        ranges: &mut Ranges<'_>,
        sums: &Sums,
        targets: &[usize],
        work: &mut Work<'_>,
    ) -> Result<(), Ended> {
        let (task, component) = (self.task, self.component);
        let wanted: Vec<_> = targets.iter().map(|&at| (at, task.need(component.cells[at] as usize))).collect();
        if let Some(counts) = task.counts {
            let own: Vec<i64> = component.cells.iter().map(|&cell| counts[cell as usize]).collect();
            if ranges.add_example(&own, 1) && task.bounds == Bounds::Enough {
                nearby::look(ranges, self.fields[0], &own, &wanted, &task.limits, work)?;
            }
        }
        if let Some(elimination) = &sums.elimination
            && !ranges.solve(elimination, &wanted, task.bounds, &task.limits, work)?
        {
            return Err(Ended::Contradiction(0));
        }
        if component.cells.len() <= task.limits.search_cells {
            for &(cell, need) in &wanted {
                let open =
                    task.bounds == Bounds::Full || need.met_by(ranges.ledger.low[cell], ranges.ledger.high[cell]);
                if open {
                    ranges.search(cell, need, task.bounds, &task.limits, work)?;
                }
            }
        }
        Ok(())
    }

    fn verdict(&self, at: usize, ranges: &mut Ranges<'_>, index: &LedgerIndex, sums: &Sums) -> Inferred {
        let cell = self.component.cells[at] as usize;
        let need = self.task.need(cell);
        let (lower, upper) = (ranges.ledger.low[at], ranges.ledger.high[at]);
        let (possible, found) = (ranges.examples.possible[at], ranges.examples.found[at]);
        let by_sums = sums.plain[at];
        let met = |range: Option<(i64, i64)>| range.is_some_and(|(least, greatest)| need.met_by(least, Some(greatest)));
        let (verdict, method) = if by_sums == Recomputable::Yes {
            (Verdict::Exact, Method::Elimination)
        } else if self.task.attacker == Attacker::Sums {
            let safe = by_sums == Recomputable::No;
            (if safe { Verdict::Safe } else { Verdict::Undecided }, Method::Elimination)
        } else if upper == Some(lower) {
            (Verdict::Exact, ranges.narrowed_by[at])
        } else if !need.met_by(lower, upper) {
            (Verdict::TooNarrow, ranges.narrowed_by[at])
        } else if met(found) {
            (Verdict::Safe, Method::WholeNumbers)
        } else if met(possible) {
            (Verdict::Safe, Method::LinearProgram)
        } else {
            (Verdict::Undecided, ranges.narrowed_by[at])
        };
        let exposed = matches!(verdict, Verdict::Exact | Verdict::TooNarrow);
        let narrowed = (lower, upper) != (self.component.low[at], self.component.high[at]);
        let proof = (exposed && narrowed && ranges.narrowed_by[at] != Method::WholeNumbers)
            .then(|| ranges.ledger.certificate(self.component, index, at));
        let by_contributor = sums.by_contributor[at].map(|owner| self.component.cells[owner as usize] as usize);
        let by_pooling = if by_sums == Recomputable::Yes { by_sums } else { sums.by_pooling[at] };
        Inferred { cell, lower, upper, possible, found, verdict, method, by_sums, by_contributor, by_pooling, proof }
    }
}
