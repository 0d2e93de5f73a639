//! Proofs that a person can check by hand.

use crate::suppression::{Shown, System};
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// What a step says about its cell. Both ends belong to the range.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The cell is this number.
    Equals(i64),
    /// The cell is this number or more.
    AtLeast(i64),
    /// The cell is this number or less.
    AtMost(i64),
}

/// A relation of the system, and how often it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multiple {
    /// The relation, as in [`System::relation`].
    pub relation: usize,
    /// How often; may be negative.
    pub times: i64,
}

/// One step: these relations, added up, show this about the cell, given the published table and the steps before.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateStep {
    /// The cell.
    pub cell: usize,
    /// What is shown about it.
    pub claim: Claim,
    /// The relations that are added up.
    pub relations: Vec<Multiple>,
}

/// A proof, step by step, that a reader can narrow a cell down.
///
/// A cell that is a sum of published cells takes one step: "23 = 65 − 42". A bound may take a chain of them. Whole
/// numbers alone are used, and no step leans on a random choice or on floating point: [`Certificate::holds`] replays
/// it. `Debug` shows sizes only, since a proof holds counts.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The steps; the last ones are about the cell in question.
    pub steps: Vec<CertificateStep>,
}

/// The relations added up: own · cell + Σ factor · other cell = 0, with the same cells gathered.
struct Sum {
    own: i128,
    others: Vec<(usize, i128)>,
}

impl CertificateStep {
    fn sum(&self, system: &System) -> Option<Sum> {
        let mut factors: BTreeMap<usize, i128> = BTreeMap::new();
        for multiple in &self.relations {
            if multiple.relation >= system.relations() {
                return None;
            }
            for term in system.relation(multiple.relation) {
                let factor = i128::from(term.factor) * i128::from(multiple.times);
                *factors.entry(term.cell as usize).or_default() += factor;
            }
        }
        let own = factors.remove(&self.cell).filter(|&own| own != 0)?;
        // Turned so that own > 0 and the others stand on the other side.
        let sign = -own.signum();
        let others = factors.into_iter().filter(|&(_, factor)| factor != 0);
        Some(Sum { own: own.abs(), others: others.map(|(cell, factor)| (cell, factor * sign)).collect() })
    }
}

impl Certificate {
    /// Whether every step follows from the relations, the published table and the steps before it.
    pub fn holds(&self, system: &System, shown: &[Shown]) -> bool {
        let mut ranges: BTreeMap<usize, (i64, Option<i64>)> = BTreeMap::new();
        shown.len() == system.cells()
            && self.steps.iter().all(|step| replay(step, system, shown, &mut ranges).is_some())
    }

    /// The published cells that enter the proof, rising.
    pub fn published_cells(&self, system: &System, shown: &[Shown]) -> Vec<usize> {
        let sums = self.steps.iter().filter_map(|step| step.sum(system));
        let mut cells: Vec<usize> = sums.flat_map(|sum| sum.others.into_iter().map(|(cell, _)| cell)).collect();
        cells.retain(|&cell| shown.get(cell).is_some_and(|shown| shown.is_one_count()));
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// The proof as text, a line a step, with the caller's names for cells.
    ///
    /// "`A` = `B` (65) − `C` (42) = 23". The text holds counts that the table hides: it is for the owner.
    pub fn render(&self, system: &System, shown: &[Shown], label: &dyn Fn(usize) -> String) -> String {
        let mut ranges: BTreeMap<usize, (i64, Option<i64>)> = BTreeMap::new();
        let mut text = String::new();
        for step in &self.steps {
            let Some(sum) = step.sum(system) else { continue };
            let (sign, bound, upper) = match step.claim {
                Claim::Equals(bound) => ("=", bound, None),
                Claim::AtLeast(bound) => ("≥", bound, Some(false)),
                Claim::AtMost(bound) => ("≤", bound, Some(true)),
            };
            let times = if sum.own == 1 { String::new() } else { format!("{} × ", sum.own) };
            let _ = write!(text, "{times}{} {sign}", label(step.cell));
            // What is added first, then what is taken away, as a person writes it.
            let (added, taken): (Vec<_>, Vec<_>) = sum.others.iter().partition(|(_, factor)| *factor > 0);
            for (place, &&(cell, factor)) in added.iter().chain(&taken).enumerate() {
                let (low, high) = range(cell, shown, &ranges);
                let joint = match (place, factor < 0) {
                    (0, false) => " ",
                    (0, true) => " −",
                    (_, false) => " + ",
                    (_, true) => " − ",
                };
                let size = if factor.abs() == 1 { String::new() } else { format!("{} × ", factor.abs()) };
                let _ = write!(text, "{joint}{size}{}", label(cell));
                let _ = match (high, upper) {
                    (Some(high), _) if high == low => write!(text, " ({low})"),
                    (Some(high), Some(upper)) if (factor > 0) == upper => write!(text, " (at most {high})"),
                    _ => write!(text, " (at least {low})"),
                };
            }
            let each = if sum.own == 1 { String::new() } else { format!("; {}", label(step.cell)) };
            let _ = writeln!(text, "{each} {sign} {bound}");
            let _ = replay(step, system, shown, &mut ranges);
        }
        text
    }
}

fn range(cell: usize, shown: &[Shown], ranges: &BTreeMap<usize, (i64, Option<i64>)>) -> (i64, Option<i64>) {
    ranges.get(&cell).copied().unwrap_or_else(|| (shown[cell].low(), shown[cell].high()))
}

/// Checks a step and puts what it shows into the ranges.
fn replay(
    step: &CertificateStep,
    system: &System,
    shown: &[Shown],
    ranges: &mut BTreeMap<usize, (i64, Option<i64>)>,
) -> Option<()> {
    let sum = step.sum(system)?;
    let total = |upper: bool| {
        sum.others.iter().try_fold(0_i128, |total, &(cell, factor)| {
            let (low, high) = range(cell, shown, ranges);
            let value = if (factor > 0) == upper { high? } else { low };
            total.checked_add(factor.checked_mul(i128::from(value))?)
        })
    };
    let (mut low, mut high) = range(step.cell, shown, ranges);
    // Whole numbers: own · cell ≤ total gives cell < total / own + 1.
    let at_most = |bound: i64| Some(total(true)? < sum.own.checked_mul(i128::from(bound) + 1)?);
    let at_least = |bound: i64| Some(total(false)? > sum.own.checked_mul(i128::from(bound) - 1)?);
    let proved = match step.claim {
        Claim::AtMost(bound) => {
            high = Some(high.map_or(bound, |high| high.min(bound)));
            at_most(bound)?
        }
        Claim::AtLeast(bound) => {
            low = low.max(bound);
            at_least(bound)?
        }
        Claim::Equals(bound) => {
            (low, high) = (bound, Some(bound));
            let exact = sum.own.checked_mul(i128::from(bound))?;
            total(true)? == exact && total(false)? == exact
        }
    };
    ranges.insert(step.cell, (low, high));
    proved.then_some(())
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for CertificateStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateStep").field("cell", &self.cell).finish_non_exhaustive()
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equals(_) => "Equals",
            Self::AtLeast(_) => "AtLeast",
            Self::AtMost(_) => "AtMost",
        })
    }
}
