//! Suggestions for a table as it is, and the table that they make.

use super::{MergeDimension, MergeGoal, MergeMethod, MergeSuggestion, MergeTable, Mergeable, suggest_merges};
use crate::error::{MisuseError, PolicyError, Result};
use crate::suppression::layout::{Hierarchy, is_total};
use crate::suppression::policy::SuppressionPolicy;
use crate::suppression::table::{CountTable, Keys};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Past this many combinations of categories a table is refused.
const LIMIT: usize = 20_000_000;

type Key = Option<String>;

/// Which categories of a key column may become one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergePlan {
    /// None.
    Fixed,
    /// Neighbours, in the order in which the table first lists the categories.
    Ordered,
    /// Neighbours, in this order, which has every category of the table.
    InOrder(Vec<String>),
    /// All below a parent, as pairs of parent and child of any depth.
    Nested(Vec<(String, String)>),
}

/// What to merge in a table, by the keys that stand in it.
///
/// `Debug` shows sizes only: categories may be people's attributes.
#[derive(Clone, PartialEq, Eq)]
pub struct TableMerges {
    dimensions: Vec<String>,
    /// For each dimension, old and new key, in the order of the old ones.
    categories: Vec<Vec<(Key, Key)>>,
    suggestion: MergeSuggestion,
}

/// Suggests which categories of a table to merge, as [`suggest_merges`] does. A dimension without a plan stays as it is, and
/// combinations that the table leaves out count as zero.
///
/// # Errors
/// Those of [`suggest_merges`]; `misuse.column_missing` for a plan of another column; `misuse.argument` for an order that is not of
/// the table's categories, missing keys where categories may be merged, or more than 500 of these; `policy.missing_count`;
/// `policy.total_row_found` for a key that is `total_label` or a parent; `policy.hierarchy_ambiguous`; `policy.table_too_large`.
///
/// ```
/// use ig_core::suppression::merge::{MergeGoal, MergePlan, suggest_table_merges};
/// use ig_core::suppression::{CountTable, SuppressionPolicy};
///
/// let bands = vec![vec![Some("0-17"), Some("18-64"), Some("65-84"), Some("85+")]];
/// let table = CountTable::new(["age"], bands, vec![Some(30), Some(12), Some(9), Some(2)])?;
/// let plans = [("age".to_owned(), MergePlan::Ordered)];
/// let policy = SuppressionPolicy::preset("under5")?;
/// let merges = suggest_table_merges(&table, &plans, &policy, MergeGoal::PrimaryCells(0), "Total")?;
/// assert_eq!(merges.apply(&table)?.counts(), [Some(30), Some(12), Some(11)]);
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn suggest_table_merges(
    table: &CountTable,
    plans: &[(String, MergePlan)],
    policy: &SuppressionPolicy,
    goal: MergeGoal,
    total_label: &str,
) -> Result<TableMerges> {
    if let Some((name, _)) = plans.iter().find(|(name, _)| !table.dimensions().contains(name)) {
        let available = format!("the dimensions are {}", table.dimensions().join(", "));
        return Err(MisuseError::ColumnMissing { column: name.clone(), available }.into());
    }
    let plan_of =
        |name: &String| plans.iter().rev().find(|(of, _)| of == name).map_or(&MergePlan::Fixed, |(_, plan)| plan);
    let columns = table.dimensions().iter().zip(table.keys());
    let axes = columns
        .map(|(name, column)| Axis::new(name, column, plan_of(name), total_label))
        .collect::<Result<Vec<_>>>()?;
    let full = full_cross(table, &axes)?;
    let dimensions = axes.iter().map(|axis| axis.dimension.clone()).collect();
    let suggestion = suggest_merges(&MergeTable::new(dimensions, full)?, policy, goal)?;
    let categories = axes.iter().zip(&suggestion.dimensions).map(|(axis, merged)| {
        let mut new: Vec<Key> = vec![None; axis.keys.len()];
        let mut taken: Vec<&str> = Vec::new();
        for group in merged {
            if let [only] = group.categories[..] {
                new[only].clone_from(&axis.keys[only]);
                continue;
            }
            let others = axis.keys.iter().enumerate().filter(|(place, _)| !group.categories.contains(place));
            let mut used: Vec<&str> = others.filter_map(|(_, key)| key.as_deref()).collect();
            used.append(&mut taken.clone());
            let label = apart(&group.label, &used);
            group.categories.iter().for_each(|&place| new[place] = Some(label.clone()));
            taken.push(&group.label);
        }
        axis.keys.iter().cloned().zip(new).collect()
    });
    let categories = categories.collect();
    Ok(TableMerges { dimensions: table.dimensions().to_vec(), categories, suggestion })
}

/// The label, lengthened until no other category bears it.
fn apart(label: &str, used: &[&str]) -> String {
    let mut label = label.to_owned();
    while used.contains(&label.as_str()) {
        label.push_str(" (merged)");
    }
    label
}

impl TableMerges {
    /// The key columns.
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// For each key column its old keys with the new ones.
    pub fn categories(&self) -> &[Vec<(Option<String>, Option<String>)>] {
        &self.categories
    }

    /// Numbers of cells and how the suggestion was found.
    pub const fn suggestion(&self) -> &MergeSuggestion {
        &self.suggestion
    }

    /// How the suggestion was found.
    pub const fn method(&self) -> MergeMethod {
        self.suggestion.method
    }

    /// The merged table, its cells in order of first appearance. It is not protected.
    ///
    /// # Errors
    /// `misuse.argument` for a table with other dimensions or categories; `policy.missing_count`, `policy.count_too_large`.
    pub fn apply(&self, table: &CountTable) -> Result<CountTable> {
        self.apply_with_rows(table).map(|(merged, _)| merged)
    }

    /// As [`TableMerges::apply`]; beside it the first row of each new cell.
    pub(crate) fn apply_with_rows(&self, table: &CountTable) -> Result<(CountTable, Vec<usize>)> {
        if table.dimensions() != self.dimensions {
            return Err(argument("table", "the key columns that the suggestion was made for").into());
        }
        let maps: Vec<HashMap<Option<&str>, &Key>> = self
            .categories
            .iter()
            .map(|pairs| pairs.iter().map(|(old, new)| (old.as_deref(), new)).collect())
            .collect();
        let mut places: HashMap<Vec<&Key>, usize> = HashMap::new();
        let (mut counts, mut first_rows): (Vec<i64>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut columns: Vec<Vec<Key>> = vec![Vec::new(); self.dimensions.len()];
        for (row, count) in table.counts().iter().enumerate() {
            let count = count.ok_or(PolicyError::MissingCount { row: row + 1 })?;
            let new = maps.iter().zip(table.keys()).map(|(map, column)| map.get(&column[row].as_deref()).copied());
            let new = new.collect::<Option<Vec<&Key>>>();
            let new = new.ok_or_else(|| argument("table", "the categories that the suggestion was made for"))?;
            let next = places.len();
            let place = *places.entry(new.clone()).or_insert(next);
            if place == next {
                counts.push(count);
                first_rows.push(row);
                columns.iter_mut().zip(new).for_each(|(column, key)| column.push(key.clone()));
            } else {
                let sum = counts[place].checked_add(count);
                counts[place] = sum.ok_or(PolicyError::CountTooLarge { row: row + 1 })?;
            }
        }
        let keys = Arc::new(Keys { dimensions: self.dimensions.clone(), columns });
        Ok((CountTable::of_keys(keys, counts.into_iter().map(Some).collect()), first_rows))
    }
}

/// One dimension: its keys, and the same as categories.
struct Axis {
    keys: Vec<Key>,
    of_row: Vec<usize>,
    dimension: MergeDimension,
}

impl Axis {
    fn new(name: &str, column: &[Key], plan: &MergePlan, total_label: &str) -> Result<Self> {
        let mut keys: Vec<Key> = Vec::new();
        let mut places: HashMap<Option<&str>, usize> = HashMap::new();
        if let MergePlan::InOrder(order) = plan {
            for key in order {
                let next = keys.len();
                if *places.entry(Some(key)).or_insert(next) != next {
                    return Err(argument("merge", "every category once in its order").into());
                }
                keys.push(Some(key.clone()));
            }
        }
        let listed = keys.len();
        let mut of_row = Vec::with_capacity(column.len());
        for (row, key) in column.iter().enumerate() {
            if is_total(key.as_deref(), total_label) {
                return Err(PolicyError::TotalRowFound { dimension: name.to_owned(), row: row + 1 }.into());
            }
            let next = keys.len();
            let place = *places.entry(key.as_deref()).or_insert(next);
            if place == next {
                keys.push(key.clone());
            }
            of_row.push(place);
        }
        if matches!(plan, MergePlan::InOrder(_)) && keys.len() > listed {
            return Err(argument("merge", "an order with every category of the column").into());
        }
        if *plan != MergePlan::Fixed && keys.contains(&None) {
            return Err(argument("merge", "columns without missing keys, where categories may be merged").into());
        }
        let mergeable = match plan {
            MergePlan::Fixed => Mergeable::Fixed,
            MergePlan::Ordered | MergePlan::InOrder(_) => Mergeable::Ordered,
            MergePlan::Nested(pairs) => {
                if let Some(row) =
                    column.iter().position(|key| pairs.iter().any(|(parent, _)| Some(parent) == key.as_ref()))
                {
                    return Err(PolicyError::TotalRowFound { dimension: name.to_owned(), row: row + 1 }.into());
                }
                Mergeable::Nested(groups(name, pairs, &places)?)
            }
        };
        let texts: Vec<String> = keys.iter().flatten().cloned().collect();
        let used: Vec<&str> = texts.iter().map(String::as_str).collect();
        let labels = keys.iter().map(|key| key.clone().unwrap_or_else(|| apart("missing", &used))).collect();
        Ok(Self { dimension: MergeDimension::new(labels, mergeable)?, keys, of_row })
    }
}

/// For each parent the categories below it: those of two or more, each set once, under the lowest parent that has it.
fn groups(
    name: &str,
    pairs: &[(String, String)],
    places: &HashMap<Option<&str>, usize>,
) -> Result<Vec<(String, Vec<usize>)>> {
    let tree = Hierarchy::new(name, pairs.iter().cloned());
    let parents = tree.parents()?;
    let mut below: Vec<(String, Vec<usize>)> = Vec::new();
    let mut leaves: Vec<(&str, usize)> = places.iter().filter_map(|(key, &place)| Some(((*key)?, place))).collect();
    leaves.sort_unstable_by_key(|&(_, place)| place);
    for (leaf, place) in leaves {
        let mut at = leaf;
        for _ in 0..=pairs.len() {
            let Some(&parent) = parents.get(at) else { break };
            match below.iter_mut().find(|(label, _)| label == parent) {
                Some((_, set)) if set.contains(&place) => break,
                Some((_, set)) => set.push(place),
                None => below.push((parent.to_owned(), vec![place])),
            }
            at = parent;
        }
    }
    let mut sets: Vec<(String, Vec<usize>)> = Vec::new();
    for (label, mut set) in below {
        set.sort_unstable();
        if set.len() > 1 && sets.iter().all(|(_, other)| *other != set) {
            sets.push((label, set));
        }
    }
    Ok(sets)
}

/// The count of every combination of categories.
fn full_cross(table: &CountTable, axes: &[Axis]) -> Result<Vec<i64>> {
    let cells = axes.iter().try_fold(1_usize, |cells, axis| cells.checked_mul(axis.keys.len()));
    let cells = cells.filter(|&cells| cells <= LIMIT).ok_or(PolicyError::TableTooLarge { limit: LIMIT as u64 })?;
    let mut full = vec![0; cells];
    for (row, count) in table.counts().iter().enumerate() {
        let place = axes.iter().fold(0, |place, axis| place * axis.keys.len() + axis.of_row[row]);
        full[place] = count.ok_or(PolicyError::MissingCount { row: row + 1 })?;
    }
    Ok(full)
}

fn argument(name: &str, expected: &str) -> MisuseError {
    MisuseError::Argument { name: name.into(), expected: expected.into() }
}

impl fmt::Debug for MergePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed => "Fixed",
            Self::Ordered => "Ordered",
            Self::InOrder(_) => "InOrder(..)",
            Self::Nested(_) => "Nested(..)",
        })
    }
}

impl fmt::Debug for TableMerges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableMerges")
            .field("dimensions", &self.dimensions.len())
            .field("method", &self.suggestion.method)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(keys: &[Option<&str>], counts: &[i64]) -> CountTable {
        CountTable::new(["age"], vec![keys.to_vec()], counts.iter().map(|&count| Some(count)).collect()).expect("table")
    }

    fn merges(table: &CountTable, plan: MergePlan, most: u64) -> Result<TableMerges> {
        let policy = SuppressionPolicy::preset("under5").expect("preset");
        suggest_table_merges(table, &[("age".to_owned(), plan)], &policy, MergeGoal::PrimaryCells(most), "Total")
    }

    fn pairs(pairs: &[(&str, &str)]) -> MergePlan {
        MergePlan::Nested(pairs.iter().map(|&(parent, child)| (parent.to_owned(), child.to_owned())).collect())
    }

    #[test]
    fn a_label_that_exists_already_is_not_used_twice() {
        let bands = table(&[Some("a"), Some("b"), Some("a to b")], &[2, 3, 40]);
        let found = merges(&bands, MergePlan::Ordered, 0).expect("merges");
        let new: Vec<_> = found.categories()[0].iter().map(|(_, new)| new.as_deref().expect("label")).collect();
        assert_eq!(new, ["a to b (merged)", "a to b (merged)", "a to b"]);
        assert_eq!(found.apply(&bands).expect("applied").counts(), [Some(5), Some(40)]);
    }

    #[test]
    fn trees_merge_whole_branches_of_any_depth() {
        let tree = pairs(&[("N", "a"), ("N", "b"), ("S", "c"), ("all", "N"), ("all", "S")]);
        let found = merges(&table(&[Some("a"), Some("b"), Some("c")], &[2, 40, 9]), tree.clone(), 0).expect("merges");
        let new: Vec<_> = found.categories()[0].iter().map(|(_, new)| new.as_deref().expect("label")).collect();
        assert_eq!((new, found.method()), (vec!["N", "N", "c"], MergeMethod::Optimal));
        let all = merges(&table(&[Some("a"), Some("b"), Some("c")], &[2, 40, 1]), tree, 0).expect("merges");
        assert_eq!(all.suggestion().cells_after, 1);
    }

    #[test]
    fn what_cannot_be_merged_is_refused() {
        let code = |keys: &[Option<&str>], plan: MergePlan| {
            merges(&table(keys, &[2, 9]), plan, 0).expect_err("refused").code()
        };
        let both = [Some("a"), Some("b")];
        assert_eq!(code(&[Some("a"), None], MergePlan::Ordered), "misuse.argument");
        assert_eq!(code(&both, MergePlan::InOrder(vec!["a".into()])), "misuse.argument");
        assert_eq!(code(&both, MergePlan::InOrder(vec!["a".into(), "a".into(), "b".into()])), "misuse.argument");
        assert_eq!(code(&[Some("a"), Some("Total")], MergePlan::Ordered), "policy.total_row_found");
        assert_eq!(code(&both, pairs(&[("b", "a")])), "policy.total_row_found");
        assert_eq!(code(&both, pairs(&[("N", "a"), ("M", "a")])), "policy.hierarchy_ambiguous");
        assert_eq!(code(&both, MergePlan::Fixed), "policy.merge_not_reached");
        // A circle above the categories ends, and merges what is below it.
        assert_eq!(
            merges(&table(&both, &[2, 9]), pairs(&[("N", "a"), ("M", "N"), ("N", "M")]), 1)
                .expect("one")
                .suggestion()
                .cells_after,
            2
        );
        let found = merges(&table(&both, &[2, 9]), MergePlan::Ordered, 0).expect("merges");
        let other = found.apply(&table(&[Some("a"), Some("z")], &[2, 9])).expect_err("category");
        assert_eq!(other.code(), "misuse.argument");
        assert_eq!(format!("{found:?}"), "TableMerges { dimensions: 1, method: Optimal, .. }");
    }

    #[test]
    fn missing_keys_stay_where_nothing_is_merged() {
        let keys = vec![vec![Some("x"), None, Some("x")], vec![Some("1"), Some("1"), Some("2")]];
        let table = CountTable::new(["sex", "age"], keys, vec![Some(9), Some(8), Some(2)]).expect("table");
        let policy = SuppressionPolicy::preset("under5").expect("preset");
        let plans = [("age".to_owned(), MergePlan::Ordered)];
        let found = suggest_table_merges(&table, &plans, &policy, MergeGoal::PrimaryCells(0), "Total").expect("found");
        let merged = found.apply(&table).expect("applied");
        assert_eq!(
            (merged.keys()[0].clone(), merged.counts()),
            (vec![Some("x".into()), None], &[Some(11), Some(8)][..])
        );
    }
}
