//! Merging neighbours of one ordered dimension: the best for each number of new categories, by dynamic programming.

use super::table::MergeTable;
use super::{Best, Rule};

/// The best solutions; the one at place n has n categories.
pub(super) fn best(table: &MergeTable, place: usize, rule: Rule<'_>) -> Vec<Best> {
    let cells = table.by_category(place);
    let all = cells.len();
    // least[number][end]: fewest primary cells of the categories before `end` in that many groups, and where the last
    // group begins.
    let mut least: Vec<Vec<Option<(u64, usize)>>> = vec![vec![None; all + 1]; all + 1];
    least[0][0] = Some((0, 0));
    for begin in 0..all {
        let mut together = vec![0_i128; cells[begin].len()];
        for end in begin + 1..=all {
            for (sum, count) in together.iter_mut().zip(&cells[end - 1]) {
                *sum += count;
            }
            let primary = together.iter().filter(|&&count| rule.is_primary(count)).count() as u64;
            for number in 0..=begin {
                let Some((before, _)) = least[number][begin] else { continue };
                let here = &mut least[number + 1][end];
                if here.is_none_or(|(fewest, _)| before + primary < fewest) {
                    *here = Some((before + primary, begin));
                }
            }
        }
    }
    (0..=all).map(|number| traced(&least, number, all)).collect()
}

fn traced(least: &[Vec<Option<(u64, usize)>>], number: usize, all: usize) -> Best {
    let (primary, _) = least[number][all]?;
    let (mut groups, mut end) = (Vec::new(), all);
    for number in (1..=number).rev() {
        let (_, begin) = least[number][end]?;
        groups.push((begin..end).collect());
        end = begin;
    }
    groups.reverse();
    Some((primary, groups))
}
