//! Exact solutions against all mergings there are; greedy ones recounted from outside.

use super::*;
use crate::suppression::Zeros;
use proptest::prelude::*;

fn names(categories: usize) -> Vec<String> {
    (0..categories).map(|category| format!("c{category}")).collect()
}

fn dimension(categories: usize, mergeable: Mergeable) -> MergeDimension {
    MergeDimension::new(names(categories), mergeable).expect("dimension")
}

fn policy(threshold: u32, zeros: Zeros) -> SuppressionPolicy {
    SuppressionPolicy::builder("own", threshold).zeros(zeros).build().expect("policy")
}

/// Primary cells of a two-way table with the first dimension merged, counted cell by cell.
fn primary(counts: &[i64], width: usize, groups: &[Vec<usize>], threshold: i64, zeros: Zeros) -> u64 {
    let mut primary = 0;
    for group in groups {
        for column in 0..width {
            let sum: i64 = group.iter().map(|&row| counts[row * width + column]).sum();
            primary += u64::from((sum > 0 || zeros == Zeros::Hide) && sum < threshold);
        }
    }
    primary
}

/// All ways to cut a row of categories into runs.
fn runs(categories: usize) -> Vec<Vec<Vec<usize>>> {
    let of = |cuts: u32| {
        let mut groups: Vec<Vec<usize>> = vec![vec![0]];
        for category in 1..categories {
            if cuts >> (category - 1) & 1 == 1 {
                groups.push(Vec::new());
            }
            groups.last_mut().expect("one").push(category);
        }
        groups
    };
    (0..1_u32 << (categories - 1)).map(of).collect()
}

/// All ways to make categories of a hierarchy: any choice of groups, of which the outermost count.
fn cuts(categories: usize, sets: &[(String, Vec<usize>)]) -> Vec<Vec<Vec<usize>>> {
    let of = |choice: u32| {
        let mut groups: Vec<Vec<usize>> = (0..categories).map(|category| vec![category]).collect();
        for (place, (_, set)) in sets.iter().enumerate() {
            if choice >> place & 1 == 1 && groups.iter().any(|group| group.len() < set.len() && set.contains(&group[0]))
            {
                groups.retain(|group| !set.contains(&group[0]));
                groups.push(set.clone());
            }
        }
        groups
    };
    (0..1_u32 << sets.len()).map(of).collect()
}

fn hierarchy() -> Vec<(String, Vec<usize>)> {
    let set = |label: &str, places: &[usize]| (label.to_owned(), places.to_vec());
    vec![set("a", &[0, 5]), set("b", &[1, 2]), set("north", &[0, 1, 2, 5]), set("south", &[3, 4, 6])]
}

fn check(counts: &[i64], mergeable: Mergeable, all: &[Vec<Vec<usize>>], threshold: u32, zeros: Zeros, goal: MergeGoal) {
    let width = counts.len() / 7;
    let table = MergeTable::new(vec![dimension(7, mergeable), dimension(width, Mergeable::Fixed)], counts.to_vec())
        .expect("table");
    let found = suggest_merges(&table, &policy(threshold, zeros), goal);
    let count = |groups: &[Vec<usize>]| primary(counts, width, groups, threshold.into(), zeros);
    let reached = |groups: &&Vec<Vec<usize>>| match goal {
        MergeGoal::PrimaryCells(most) => count(groups) <= most,
        MergeGoal::PrimaryPercent(percent) => count(groups) * 100 <= u64::from(percent) * (groups.len() * width) as u64,
    };
    let best = all.iter().filter(reached).map(|groups| (std::cmp::Reverse(groups.len()), count(groups))).min();
    match (found, best) {
        (Ok(found), Some((number, fewest))) => {
            let groups: Vec<Vec<usize>> = found.dimensions[0].iter().map(|merged| merged.categories.clone()).collect();
            assert_eq!((groups.len(), count(&groups), found.method), (number.0, fewest, MergeMethod::Optimal));
            assert_eq!((found.primary_after, found.cells_after), (fewest, (number.0 * width) as u64));
            let single: Vec<Vec<usize>> = (0..7).map(|row| vec![row]).collect();
            assert_eq!((found.primary_before, found.cells_before), (count(&single), counts.len() as u64));
            let mut places = groups.concat();
            places.sort_unstable();
            assert_eq!(places, [0, 1, 2, 3, 4, 5, 6]);
        }
        (Err(error), None) => {
            assert_eq!(error.code(), "policy.merge_not_reached");
            let least = all.iter().map(|groups| count(groups)).min().expect("some");
            assert_eq!(error.context()[0], ("least", least.to_string()));
        }
        (found, best) => panic!("{found:?} {best:?}"),
    }
}

#[test]
fn what_is_no_table_is_refused() {
    let nested = |sets: &[&[usize]]| {
        let sets = sets.iter().map(|set| (String::new(), set.to_vec())).collect();
        MergeDimension::new(names(4), Mergeable::Nested(sets)).map_err(|error| error.code())
    };
    assert!(nested(&[&[1, 0], &[3, 2, 1, 0]]).is_ok());
    for sets in [&[&[0][..]][..], &[&[0, 4]], &[&[0, 1], &[1, 2]], &[&[0, 1], &[1, 0]]] {
        assert_eq!(nested(sets), Err("misuse.argument"));
    }
    for categories in [vec![], vec!["a".to_owned(), "a".to_owned()], names(501)] {
        let refused = MergeDimension::new(categories, Mergeable::Ordered).expect_err("categories");
        assert_eq!(refused.code(), "misuse.argument");
    }
    let ordered = || dimension(2, Mergeable::Ordered);
    let code = |dimensions, counts| MergeTable::new(dimensions, counts).expect_err("table").code();
    assert_eq!(code(vec![], vec![1]), "misuse.argument");
    assert_eq!(code(vec![ordered()], vec![1]), "misuse.argument");
    assert_eq!(code(vec![ordered()], vec![1, -1]), "policy.negative_count");
    let table = MergeTable::new(vec![ordered()], vec![71, 72]).expect("table");
    let refused = suggest_merges(&table, &policy(5, Zeros::Keep), MergeGoal::PrimaryPercent(101));
    assert_eq!(refused.expect_err("share").code(), "misuse.argument");
    assert!(!format!("{table:?}").contains('7'));
}

#[test]
fn groups_bear_their_labels() {
    let table = MergeTable::new(vec![dimension(7, Mergeable::Nested(hierarchy()))], vec![9, 1, 7, 9, 9, 9, 9]);
    let found =
        suggest_merges(&table.expect("table"), &policy(5, Zeros::Keep), MergeGoal::PrimaryCells(0)).expect("found");
    let labels: Vec<&str> = found.dimensions[0].iter().map(|merged| merged.label.as_str()).collect();
    assert_eq!(labels, ["c0", "b", "c3", "c4", "c5", "c6"]);
}

#[test]
fn without_anything_to_merge_the_table_stays_or_is_refused() {
    let table = MergeTable::new(vec![dimension(2, Mergeable::Fixed)], vec![1, 9]).expect("table");
    let suggest = |goal| suggest_merges(&table, &policy(5, Zeros::Keep), goal);
    assert_eq!(suggest(MergeGoal::PrimaryCells(1)).expect("reached").primary_after, 1);
    assert_eq!(suggest(MergeGoal::PrimaryCells(0)).expect_err("fixed").code(), "policy.merge_not_reached");
}

proptest! {
    #[test]
    fn neighbours_are_merged_as_little_as_possible(
        counts in prop::collection::vec(0..9_i64, 7..=14), threshold in 2..8_u32, hide in any::<bool>(), goal in 0..40_u8,
        share in any::<bool>(),
    ) {
        let counts = &counts[..counts.len() / 7 * 7];
        let zeros = if hide { Zeros::Hide } else { Zeros::Keep };
        let goal = if share { MergeGoal::PrimaryPercent(goal) } else { MergeGoal::PrimaryCells(u64::from(goal) / 10) };
        check(counts, Mergeable::Ordered, &runs(7), threshold, zeros, goal);
        check(counts, Mergeable::Nested(hierarchy()), &cuts(7, &hierarchy()), threshold, zeros, goal);
    }

    /// Several dimensions: what is said is recounted, and refused only if everything merged does not do either.
    #[test]
    fn greedy_suggestions_are_what_they_say(
        counts in prop::collection::vec(0..9_i64, 7 * 5), threshold in 2..20_u32, most in 0..6_u64,
    ) {
        let dimensions = vec![dimension(7, Mergeable::Nested(hierarchy())), dimension(5, Mergeable::Ordered)];
        let table = MergeTable::new(dimensions, counts.clone()).expect("table");
        match suggest_merges(&table, &policy(threshold, Zeros::Keep), MergeGoal::PrimaryCells(most)) {
            Ok(found) => {
                prop_assert_eq!(found.method, MergeMethod::Greedy);
                let mut small = 0;
                for rows in &found.dimensions[0] {
                    prop_assert!(rows.categories.len() == 1 || hierarchy().iter().any(|(_, set)| *set == rows.categories));
                    for columns in &found.dimensions[1] {
                        let cell = |row: &usize| columns.categories.iter().map(|column| counts[row * 5 + column]).sum::<i64>();
                        let sum: i64 = rows.categories.iter().map(cell).sum();
                        small += u64::from(sum > 0 && sum < threshold.into());
                    }
                }
                prop_assert!(small == found.primary_after && small <= most);
                prop_assert!(found.dimensions[1].iter().all(|merged| merged.categories.windows(2).all(|two| two[0] + 1 == two[1])));
            }
            Err(error) => {
                prop_assert_eq!(error.code(), "policy.merge_not_reached");
                let sum = |row: usize| counts[row * 5..row * 5 + 5].iter().sum::<i64>();
                let ends = [[0, 1, 2, 5].map(sum).iter().sum::<i64>(), [3, 4, 6].map(sum).iter().sum::<i64>()];
                let small = ends.iter().filter(|&&end| end > 0 && end < threshold.into()).count() as u64;
                prop_assert!(small > most);
            }
        }
    }
}
