//! Merging along a hierarchy: the best for each number of new categories, from the smallest groups up.

use super::table::MergeTable;
use super::{Best, Rule};

/// The best solutions; the one at place n has n categories.
pub(super) fn best(table: &MergeTable, place: usize, sets: &[(String, Vec<usize>)], rule: Rule<'_>) -> Vec<Best> {
    let cells = table.by_category(place);
    let primary = |group: &[usize]| {
        let line = |line: usize| group.iter().map(|&category| cells[category][line]).sum::<i128>();
        (0..cells[0].len()).filter(|&at| rule.is_primary(line(at))).count() as u64
    };
    // Categories, or groups put together already, each with its best solutions and its first category.
    let mut parts: Vec<(Vec<usize>, Vec<Best>)> = (0..cells.len())
        .map(|category| (vec![category], vec![None, Some((primary(&[category]), vec![vec![category]]))]))
        .collect();
    let mut smallest_first: Vec<&Vec<usize>> = sets.iter().map(|(_, set)| set).collect();
    smallest_first.sort_by_key(|set| (set.len(), set[0]));
    for set in smallest_first {
        let (inside, outside): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|(part, _)| set.binary_search(&part[0]).is_ok());
        let mut whole = side_by_side(inside);
        let merged = (primary(set), vec![set.clone()]);
        if let Some(one) = whole.get_mut(1) {
            *one = Some(merged);
        }
        parts = outside;
        parts.push((set.clone(), whole));
    }
    parts.sort_by_key(|(part, _)| part[0]);
    let mut best = side_by_side(parts);
    for (_, groups) in best.iter_mut().flatten() {
        groups.sort_unstable_by_key(|group| group[0]);
    }
    best
}

/// All parts together, each by any of its solutions: the fewest primary cells for each number of categories.
fn side_by_side(parts: Vec<(Vec<usize>, Vec<Best>)>) -> Vec<Best> {
    parts.into_iter().fold(vec![Some((0, Vec::new()))], |together, (_, part)| {
        let mut sum: Vec<Best> = vec![None; together.len() + part.len() - 1];
        for (number, left) in together.iter().enumerate() {
            for (more, right) in part.iter().enumerate() {
                let (Some((left, groups)), Some((right, further))) = (left, right) else { continue };
                let here = &mut sum[number + more];
                if here.as_ref().is_none_or(|(fewest, _)| left + right < *fewest) {
                    *here = Some((left + right, [groups.as_slice(), further.as_slice()].concat()));
                }
            }
        }
        sum
    })
}
