//! Merging in several dimensions, step by step.

use super::table::{MergeTable, Mergeable};
use super::{Rule, Tally};
use crate::error::{PolicyError, Result};

type Groups = Vec<Vec<usize>>;

/// Merges until the goal is reached: each time what saves most primary cells for each cell that is lost, the first of
/// equals.
pub(super) fn merge(table: &MergeTable, groups: &mut [Groups], rule: Rule<'_>) -> Result<()> {
    let mut now = table.tally(groups, rule);
    let mut closest = now;
    while !rule.is_reached(now) {
        let mut best: Option<(Tally, usize, Groups)> = None;
        for place in 0..groups.len() {
            for candidate in candidates(table.dimensions()[place].mergeable(), &groups[place]) {
                let kept = std::mem::replace(&mut groups[place], candidate);
                let tally = table.tally(groups, rule);
                let candidate = std::mem::replace(&mut groups[place], kept);
                if best.as_ref().is_none_or(|(least, ..)| is_better(now, tally, *least)) {
                    best = Some((tally, place, candidate));
                }
            }
        }
        let Some((tally, place, merged)) = best else {
            return Err(PolicyError::MergeNotReached { least: closest.primary, cells: closest.cells }.into());
        };
        groups[place] = merged;
        now = tally;
        if now.primary < closest.primary {
            closest = now;
        }
    }
    Ok(())
}

/// More primary cells saved for each cell lost; every merge loses cells.
fn is_better(now: Tally, one: Tally, other: Tally) -> bool {
    let saved = |tally: Tally| i128::from(now.primary) - i128::from(tally.primary);
    let lost = |tally: Tally| i128::from(now.cells) - i128::from(tally.cells);
    let (left, right) = (saved(one) * lost(other), saved(other) * lost(one));
    left > right || left == right && lost(one) < lost(other)
}

/// What one more merge can make of a dimension.
fn candidates(mergeable: &Mergeable, groups: &Groups) -> Vec<Groups> {
    match mergeable {
        Mergeable::Fixed => Vec::new(),
        Mergeable::Ordered => (1..groups.len())
            .map(|second| {
                let mut merged = groups.clone();
                let moved = merged.remove(second);
                merged[second - 1].extend(moved);
                merged
            })
            .collect(),
        Mergeable::Nested(sets) => {
            let is_inside =
                |group: &Vec<usize>, set: &[usize]| set.binary_search(&group[0]).is_ok() && group.len() < set.len();
            let open: Vec<&Vec<usize>> = sets
                .iter()
                .map(|(_, set)| set)
                .filter(|set| groups.iter().any(|group| is_inside(group, set)))
                .collect();
            let innermost = |set: &&&Vec<usize>| {
                !open.iter().any(|other| other.len() < set.len() && set.binary_search(&other[0]).is_ok())
            };
            open.iter()
                .filter(innermost)
                .map(|set| {
                    let mut merged: Groups = groups.iter().filter(|group| !is_inside(group, set)).cloned().collect();
                    merged.push((*set).clone());
                    merged.sort_unstable_by_key(|group| group[0]);
                    merged
                })
                .collect()
        }
    }
}
