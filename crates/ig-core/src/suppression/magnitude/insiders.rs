//! Contributors who use what they know: the cells in which they are alone.

use super::contributions::Contributions;
use crate::error::Result;
use crate::suppression::attack::{Attacker, Audit, AuditTask, Verdict, audit_with_progress};
use crate::suppression::progress::Progress;
use crate::suppression::system::{Shown, System};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// Asks of each contributor, or holding, whether the hidden cells it is alone in give it another primary cell, and puts
/// the answers into the audit.
///
/// # Errors
/// Those of the audit.
pub(super) fn ask(
    found: &mut Audit,
    task: &AuditTask,
    contributions: &Contributions,
    totals: &[i64],
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<()> {
    let own = own_cells(task.shown, contributions);
    let (few, mut several): (Vec<_>, Vec<_>) = own.into_values().partition(|cells| cells.len() == 1);
    let single: Vec<usize> = few.into_iter().flatten().collect();
    if !single.is_empty() {
        let by_sums = AuditTask { own: &single, attacker: Attacker::Sums, ..*task };
        let alone = audit_with_progress(&by_sums, hook)?;
        for (cell, alone) in found.cells.iter_mut().zip(&alone.cells) {
            cell.by_contributor = alone.by_contributor;
        }
        // Asked again with their cell as a number, they come with a proof, which says what else to hide.
        let found: BTreeSet<usize> = alone.cells.iter().filter_map(|cell| cell.by_contributor).collect();
        several.extend(found.into_iter().map(|cell| vec![cell]));
    }
    for together in batches(task.system, task.shown, several) {
        let mut shown = task.shown.to_vec();
        for &cell in together.iter().flatten() {
            shown[cell] = Shown::Exactly(totals[cell]);
        }
        let asked = |cell: usize| task.targets.is_none_or(|targets| targets[cell]) && !shown[cell].is_one_count();
        let targets: Vec<bool> = (0..shown.len()).map(asked).collect();
        let task = AuditTask { shown: &shown, targets: Some(&targets), own: &[], attacker: Attacker::Sums, ..*task };
        let knowing = audit_with_progress(&task, hook)?;
        let mut answers = knowing.cells.into_iter().filter(|cell| cell.verdict != Verdict::Safe).peekable();
        for cell in &mut found.cells {
            if let Some(answer) = answers.next_if(|answer| answer.cell == cell.cell) {
                cell.by_contributor = together.iter().flatten().next().copied();
                cell.proof = cell.proof.take().or(answer.proof);
            }
        }
    }
    Ok(())
}

/// For each contributor or holding the hidden cells that it is alone in.
fn own_cells(shown: &[Shown], contributions: &Contributions) -> BTreeMap<usize, Vec<usize>> {
    let mut own: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for cell in (0..shown.len()).filter(|&cell| !shown[cell].is_one_count()) {
        if let Some(holder) = contributions.only(cell) {
            own.entry(holder).or_default().push(cell);
        }
    }
    own
}

/// Groups of owners none of whom has a cell in the same component as another: what one of them knows says nothing about
/// the cells of the other, so they can be asked at once.
fn batches(system: &System, shown: &[Shown], owners: Vec<Vec<usize>>) -> Vec<Vec<Vec<usize>>> {
    let component = components(system, shown);
    let mut batches: Vec<(BTreeSet<usize>, Vec<Vec<usize>>)> = Vec::new();
    for owner in owners {
        let touched: BTreeSet<usize> = owner.iter().map(|&cell| component[cell]).collect();
        if let Some((taken, owners)) = batches.iter_mut().find(|(taken, _)| taken.is_disjoint(&touched)) {
            taken.extend(touched);
            owners.push(owner);
        } else {
            batches.push((touched, vec![owner]));
        }
    }
    batches.into_iter().map(|(_, owners)| owners).collect()
}

/// For each hidden cell a cell that stands for all that are tied to it.
fn components(system: &System, shown: &[Shown]) -> Vec<usize> {
    let mut above: Vec<usize> = (0..shown.len()).collect();
    for relation in 0..system.relations() {
        let hidden = system.relation(relation).iter().map(|term| term.cell as usize);
        let mut hidden = hidden.filter(|&cell| !shown[cell].is_one_count());
        let Some(first) = hidden.next() else { continue };
        for cell in hidden {
            let (one, other) = (top(&mut above, first), top(&mut above, cell));
            above[one.max(other)] = one.min(other);
        }
    }
    (0..shown.len()).map(|cell| top(&mut above, cell)).collect()
}

fn top(above: &mut [usize], mut cell: usize) -> usize {
    while above[cell] != cell {
        above[cell] = above[above[cell]];
        cell = above[cell];
    }
    cell
}
