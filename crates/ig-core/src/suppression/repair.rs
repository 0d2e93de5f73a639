//! What else to hide where the auditor is not satisfied.

use super::attack::Audit;
use super::system::{Shown, System};
use std::collections::HashMap;

/// For each unsafe cell, the cheapest cell that can be hidden and stands in its proof, or beside it in a sum.
pub(super) fn repair(
    system: &System,
    found: &Audit,
    shown: &[Shown],
    can_hide: &dyn Fn(usize) -> bool,
    count: &dyn Fn(usize) -> i64,
) -> Vec<usize> {
    let cheapest = |cells: &mut dyn Iterator<Item = usize>| {
        cells.filter(|&cell| can_hide(cell)).min_by_key(|&cell| (count(cell), cell))
    };
    // The equations of each cell that is looked at.
    let mut beside: HashMap<usize, Vec<usize>> =
        found.cells.iter().filter(|cell| !cell.passed()).map(|cell| (cell.cell, Vec::new())).collect();
    for relation in 0..system.relations() {
        for term in system.relation(relation) {
            if let Some(relations) = beside.get_mut(&(term.cell as usize)) {
                relations.push(relation);
            }
        }
    }
    let mut more = Vec::new();
    for open in found.cells.iter().filter(|cell| !cell.passed()) {
        let mut proof = open.proof.iter().flat_map(|proof| proof.published_cells(system, shown));
        let relations = beside.get(&open.cell).into_iter().flatten();
        let mut sums = relations.flat_map(|&relation| system.relation(relation)).map(|term| term.cell as usize);
        more.extend(cheapest(&mut proof).or_else(|| cheapest(&mut sums)));
    }
    more.sort_unstable();
    more.dedup();
    more
}
