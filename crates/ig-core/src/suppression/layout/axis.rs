//! The categories of one dimension of a table, its totals among them.

use super::hierarchy::Hierarchy;
use crate::error::{MisuseError, PolicyError, Result};
use crate::suppression::options::Margins;
use crate::suppression::{Dimension, DimensionSum};
use std::collections::{HashMap, HashSet};

/// One dimension: its categories with their labels, and the category of each row.
pub(in crate::suppression) struct Axis {
    pub(in crate::suppression) dimension: Dimension,
    /// The label of each category; none for a missing key.
    pub(in crate::suppression) labels: Vec<Option<String>>,
    /// The category of each row of the table.
    pub(in crate::suppression) of_row: Vec<usize>,
    /// Categories of one kind are listed together or not at all: leaves, one level of one tree, the total.
    pub(in crate::suppression) kinds: Vec<(usize, usize)>,
    /// The categories in the order of their appearance, leaves first, then totals by level.
    pub(in crate::suppression) displayed: Vec<usize>,
}

/// When a dimension has a total of all its categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::suppression) enum Tops {
    /// When the table lists it, or it is to be added.
    AsListed,
    /// Always: other tables count the same people without this dimension.
    Always,
}

/// The labels collected so far.
struct Labels {
    all: Vec<Option<String>>,
    places: HashMap<Option<String>, usize>,
}

impl Labels {
    fn place(&mut self, label: Option<&str>) -> usize {
        let label = label.map(str::to_owned);
        if let Some(&place) = self.places.get(&label) {
            return place;
        }
        self.places.insert(label.clone(), self.all.len());
        self.all.push(label);
        self.all.len() - 1
    }
}

/// Whether a key says *total*, ignoring case and outer spaces.
pub(in crate::suppression) fn is_total(key: Option<&str>, total_label: &str) -> bool {
    key.is_some_and(|key| key.trim().to_lowercase() == total_label.trim().to_lowercase())
}

impl Axis {
    /// Sorts out the keys of one column.
    ///
    /// # Errors
    /// `policy.hierarchy_ambiguous`, `policy.hierarchy_incomplete`; `policy.total_row_found` if totals are to be
    /// added and the table has some; `misuse.argument`.
    pub(in crate::suppression) fn new(
        name: &str,
        column: &[Option<String>],
        trees: &[&Hierarchy],
        margins: Margins,
        total_label: &str,
        wanted: Tops,
    ) -> Result<Self> {
        let mut labels = Labels { all: Vec::new(), places: HashMap::new() };
        let of_row: Vec<usize> = column.iter().map(|key| labels.place(key.as_deref())).collect();
        let seen = labels.all.len();
        let parents = trees.iter().map(|tree| tree.parents()).collect::<Result<Vec<_>>>()?;
        let inner = ancestors(&labels.all[..seen], &parents, name)?;
        let total_seen = spelled_as_total(&labels.all, total_label, name)?;
        let is_leaf = |place: &usize| {
            Some(*place) != total_seen && labels.all[*place].as_deref().is_none_or(|label| !inner.contains(label))
        };
        let leaves: Vec<usize> = (0..seen).filter(is_leaf).collect();
        let mut leaf = vec![false; seen];
        for &place in &leaves {
            leaf[place] = true;
        }
        if margins == Margins::All && leaves.len() < seen {
            let row = of_row.iter().position(|&place| !leaf[place]).map_or(0, |row| row + 1);
            return Err(PolicyError::TotalRowFound { dimension: name.to_owned(), row }.into());
        }
        let mut sums = Vec::new();
        let mut tops = Vec::new();
        let mut tree_of = HashMap::new();
        let above: Vec<HashSet<&str>> = parents.iter().map(|tree| tree.values().copied().collect()).collect();
        for (number, (parent_of, above_of)) in parents.iter().zip(&above).enumerate() {
            let missing = leaves.iter().find(|&&leaf| !in_tree(labels.all[leaf].as_deref(), parent_of, above_of));
            // Each leaf in every tree, or computed totals would miss it; given totals are checked against their parts.
            let in_some = |leaf: usize| {
                parents.iter().zip(&above).any(|(tree, above)| in_tree(labels.all[leaf].as_deref(), tree, above))
            };
            if let Some(&leaf) = missing.filter(|&&leaf| margins == Margins::All || !in_some(leaf)) {
                let row = of_row.iter().position(|&place| place == leaf).map_or(0, |row| row + 1);
                return Err(PolicyError::HierarchyIncomplete { dimension: name.to_owned(), row }.into());
            }
            let own: Vec<usize> = leaves
                .iter()
                .copied()
                .filter(|&leaf| in_tree(labels.all[leaf].as_deref(), parent_of, above_of))
                .collect();
            let (tree_sums, roots) = tree_sums(&mut labels, &own, parent_of);
            for sum in &tree_sums {
                tree_of.entry(sum.total).or_insert(number + 1);
            }
            sums.extend(tree_sums);
            tops.push(roots);
        }
        let has_total = match (margins, trees) {
            (Margins::All, []) => true,
            (Margins::Given | Margins::Reconciled, []) if wanted == Tops::Always => true,
            (Margins::Given | Margins::Reconciled, []) => total_seen.is_some(),
            (Margins::None, _) => false,
            _ => tops.iter().any(|roots| roots.len() > 1) || total_seen.is_some(),
        };
        if has_total {
            let total = total_seen.unwrap_or_else(|| labels.place(Some(total_label.trim())));
            tops = if trees.is_empty() { vec![leaves.clone()] } else { tops };
            let parts = tops.iter().filter(|roots| **roots != [total]);
            sums.extend(parts.filter(|p| !p.is_empty()).map(|p| DimensionSum { total, parts: p.clone() }));
        } else if let Some((first, others)) = tops.split_first() {
            // Trees with one root each: the roots stand for the same people.
            let equal = others.iter().filter(|roots| *roots != first && roots.len() == 1 && first.len() == 1);
            sums.extend(equal.map(|roots| DimensionSum { total: roots[0], parts: first.clone() }));
        }
        leaf.resize(labels.all.len(), false);
        Self::sorted(&labels.all, &leaf, sums, of_row, &tree_of)
    }

    /// Whether a row of the table is a total of this dimension.
    pub(in crate::suppression) fn lists_a_total(&self) -> bool {
        self.dimension.sums().iter().any(|sum| self.of_row.contains(&sum.total))
    }

    /// Puts categories into an order that the order of rows does not change, and keeps that of appearance for display:
    /// leaves first, then totals by level.
    fn sorted(
        labels: &[Option<String>],
        leaf: &[bool],
        sums: Vec<DimensionSum>,
        of_row: Vec<usize>,
        tree_of: &HashMap<usize, usize>,
    ) -> Result<Self> {
        let text = |place: usize| format!("{place}");
        let levels = Dimension::new((0..labels.len()).map(text).collect(), sums.clone())?.levels();
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by_key(|&place| (!leaf[place], levels[place], &labels[place]));
        let mut places = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            places[old] = new;
        }
        // A total stands where the first of its parts does.
        let mut first: Vec<usize> =
            (0..labels.len()).map(|place| if leaf[place] { place } else { usize::MAX }).collect();
        let mut upwards: Vec<&DimensionSum> = sums.iter().collect();
        upwards.sort_by_key(|sum| levels[sum.total]);
        for sum in upwards {
            let parts = sum.parts.iter().map(|&part| first[part]).min();
            first[sum.total] = first[sum.total].min(parts.unwrap_or(usize::MAX));
        }
        let mut displayed: Vec<usize> = (0..labels.len()).collect();
        displayed.sort_by_key(|place| (!leaf[*place], levels[*place], tree_of.get(place), first[*place]));
        let moved = |sum: DimensionSum| {
            let mut parts: Vec<usize> = sum.parts.iter().map(|&part| places[part]).collect();
            parts.sort_unstable();
            DimensionSum { total: places[sum.total], parts }
        };
        let mut sums: Vec<DimensionSum> = sums.into_iter().map(moved).collect();
        sums.sort_by(|one, other| (one.total, &one.parts).cmp(&(other.total, &other.parts)));
        sums.dedup();
        let dimension = Dimension::new((0..labels.len()).map(text).collect(), sums)?;
        Ok(Self {
            dimension,
            labels: order.iter().map(|&place| labels[place].clone()).collect(),
            of_row: of_row.into_iter().map(|place| places[place]).collect(),
            kinds: order.iter().map(|&place| (levels[place], tree_of.get(&place).copied().unwrap_or(0))).collect(),
            displayed: displayed.into_iter().map(|place| places[place]).collect(),
        })
    }
}

impl Axis {
    /// The category that all others add up to, if there is one.
    pub(in crate::suppression) fn top(&self) -> Option<usize> {
        let sums = self.dimension.sums();
        let mut part = vec![false; self.labels.len()];
        sums.iter().flat_map(|sum| &sum.parts).for_each(|&place| part[place] = true);
        let mut open = (0..part.len()).filter(|&place| !part[place]);
        open.next().filter(|&top| open.next().is_none() && sums.iter().any(|sum| sum.total == top))
    }
}

/// Whether the tree says where the category belongs; the topmost ones belong nowhere but to the total.
fn in_tree(label: Option<&str>, parent_of: &HashMap<&str, &str>, parents: &HashSet<&str>) -> bool {
    label.is_some_and(|label| parent_of.contains_key(label) || parents.contains(label))
}

/// The labels that lie above a label of the table in some tree.
fn ancestors<'a>(
    labels: &[Option<String>],
    parents: &[HashMap<&'a str, &'a str>],
    name: &str,
) -> Result<HashSet<&'a str>> {
    let mut above = HashSet::new();
    for parent_of in parents {
        for label in labels.iter().flatten() {
            let mut at = label.as_str();
            let mut steps = 0;
            while let Some(&parent) = parent_of.get(at) {
                above.insert(parent);
                at = parent;
                steps += 1;
                if steps > parent_of.len() {
                    let expected = format!("trees for {name}; a category may not be a part of itself");
                    return Err(MisuseError::Argument { name: "hierarchies".into(), expected }.into());
                }
            }
        }
    }
    Ok(above)
}

/// The one category that is spelled as the total.
fn spelled_as_total(labels: &[Option<String>], total_label: &str, name: &str) -> Result<Option<usize>> {
    let mut found = (0..labels.len()).filter(|&place| is_total(labels[place].as_deref(), total_label));
    match (found.next(), found.next()) {
        (_, Some(_)) => {
            let expected = format!("one spelling of the total in {name}; several keys differ in case or spaces only");
            Err(MisuseError::Argument { name: "total".into(), expected }.into())
        }
        (first, None) => Ok(first),
    }
}

/// The sums of a tree over these leaves, and its topmost categories.
fn tree_sums(
    labels: &mut Labels,
    leaves: &[usize],
    parent_of: &HashMap<&str, &str>,
) -> (Vec<DimensionSum>, Vec<usize>) {
    let mut sums: Vec<DimensionSum> = Vec::new();
    let mut sum_of: HashMap<usize, usize> = HashMap::new();
    let mut roots = Vec::new();
    let mut level = leaves.to_vec();
    let mut done: HashSet<usize> = HashSet::new();
    while !level.is_empty() {
        let mut next = Vec::new();
        for place in level {
            if !done.insert(place) {
                continue;
            }
            let parent = labels.all[place].as_deref().and_then(|label| parent_of.get(label).copied());
            let Some(parent) = parent else {
                roots.push(place);
                continue;
            };
            let total = labels.place(Some(parent));
            let sum = *sum_of.entry(total).or_insert_with(|| {
                sums.push(DimensionSum { total, parts: Vec::new() });
                sums.len() - 1
            });
            sums[sum].parts.push(place);
            next.push(total);
        }
        level = next;
    }
    (sums, roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(labels: &[&str]) -> Vec<Option<String>> {
        labels.iter().map(|&label| Some(label.to_owned())).collect()
    }

    fn described(axis: &Axis) -> (Vec<String>, Vec<String>) {
        let label = |place: usize| axis.labels[place].clone().unwrap_or_else(|| "-".into());
        let sums = axis.dimension.sums().iter().map(|sum| {
            let parts: Vec<String> = sum.parts.iter().map(|&part| label(part)).collect();
            format!("{}={}", label(sum.total), parts.join("+"))
        });
        ((0..axis.labels.len()).map(label).collect(), sums.collect())
    }

    #[test]
    fn totals_are_added_after_the_parts() {
        let axis = Axis::new("sex", &keys(&["M", "F", "M"]), &[], Margins::All, "Total", Tops::AsListed).expect("axis");
        assert_eq!(described(&axis), (vec!["F".into(), "M".into(), "Total".into()], vec!["Total=F+M".into()]));
        assert_eq!(axis.of_row, [1, 0, 1]);
        assert_eq!(axis.displayed, [1, 0, 2]);
        let refused = Axis::new("sex", &keys(&["M", "total"]), &[], Margins::All, "Total", Tops::AsListed)
            .err()
            .expect("total row");
        assert_eq!(refused.code(), "policy.total_row_found");
    }

    #[test]
    fn trees_may_be_ragged_overlap_and_hold_more_than_the_table() {
        let areas = Hierarchy::new("p", [("N", "A"), ("N", "B"), ("E", "N"), ("E", "C"), ("E", "S"), ("S", "Z")]);
        let councils = Hierarchy::new("p", [("K", "A"), ("L", "B"), ("L", "C")]);
        let column = keys(&["A", "B", "C"]);
        let axis = Axis::new("p", &column, &[&areas, &councils], Margins::All, "Total", Tops::AsListed).expect("axis");
        let (labels, sums) = described(&axis);
        assert_eq!(labels, ["A", "B", "C", "K", "L", "N", "E", "Total"]);
        assert_eq!(sums, ["K=A", "L=B+C", "N=A+B", "E=C+N", "Total=K+L", "Total=E"]);
    }

    #[test]
    fn given_totals_are_told_from_leaves() {
        let areas = Hierarchy::new("p", [("N", "A"), ("N", "B"), ("Total", "N"), ("Total", "C")]);
        let axis =
            Axis::new("p", &keys(&["Total", "N", "A", "B", "C"]), &[&areas], Margins::Given, "Total", Tops::AsListed);
        let (labels, sums) = described(&axis.expect("axis"));
        assert_eq!(labels, ["A", "B", "C", "N", "Total"]);
        assert_eq!(sums, ["N=A+B", "Total=C+N"]);
        // Only the upper levels are listed: the lowest of them are the leaves.
        let upper = Axis::new("p", &keys(&["Total", "N", "C"]), &[&areas], Margins::Given, "Total", Tops::AsListed)
            .expect("axis");
        assert_eq!(described(&upper).1, ["Total=C+N"]);
    }

    #[test]
    fn trees_that_cannot_be_are_refused() {
        let code = |pairs: &[(&str, &str)], column: &[&str]| {
            let tree = Hierarchy::new("p", pairs.iter().copied());
            Axis::new("p", &keys(column), &[&tree], Margins::All, "Total", Tops::AsListed)
                .err()
                .expect("refused")
                .code()
        };
        assert_eq!(code(&[("N", "A"), ("S", "A")], &["A"]), "policy.hierarchy_ambiguous");
        assert_eq!(code(&[("A", "A")], &["A"]), "policy.hierarchy_ambiguous");
        assert_eq!(code(&[("N", "A")], &["A", "B"]), "policy.hierarchy_incomplete");
        assert_eq!(code(&[("N", "A"), ("A", "N")], &["A"]), "misuse.argument");
        assert_eq!(code(&[("N", "A")], &["A", "N"]), "policy.total_row_found");
    }
}
