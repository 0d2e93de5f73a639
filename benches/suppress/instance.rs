//! A table of inner cells and its hierarchies, as the equations and as the long table that users bring.

use ig_core::suppression::{CountTable, Cross, Dimension, DimensionSum, Hierarchy, Margins, SuppressOptions, System};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// Pairs of parent and child; `Total` is at the top.
pub(crate) type Tree = Vec<(String, String)>;

/// A table without its totals.
pub(crate) struct Instance {
    pub(crate) name: String,
    /// For each dimension its hierarchies; several overlap.
    pub(crate) trees: Vec<Vec<Tree>>,
    /// The keys of each inner cell, and its count.
    pub(crate) inner: Vec<(Vec<String>, i64)>,
}

impl Instance {
    /// Reads a folder: `cells.csv` (keys, then the count, inner cells only) and `hier_1.csv`, ... with `parent,child`;
    /// `hier_1_b.csv` for a second hierarchy.
    pub(crate) fn read(folder: &Path) -> Self {
        let read = |file: String| fs::read_to_string(folder.join(file)).ok();
        let tree = |text: String| -> Tree {
            let pairs = text.lines().skip(1).filter_map(|line| line.split_once(','));
            pairs.map(|(parent, child)| (parent.into(), child.into())).collect()
        };
        let of_dimension = |number: usize| {
            let first = read(format!("hier_{number}.csv"))?;
            let second = read(format!("hier_{number}_b.csv"));
            Some(std::iter::once(first).chain(second).map(tree).collect::<Vec<Tree>>())
        };
        let trees: Vec<Vec<Tree>> = (1..).map_while(of_dimension).collect();
        let cells = read("cells.csv".into()).expect("cells");
        let cell = |line: &str| {
            let fields: Vec<&str> = line.split(',').collect();
            let keys = fields[..trees.len()].iter().map(|&key| key.to_owned()).collect();
            (keys, fields[trees.len()].parse().expect("a count"))
        };
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let inner = cells.lines().skip(1).map(cell).collect();
        Self { name, trees, inner }
    }

    /// The equations, and the counts of all cells, margins added up.
    pub(crate) fn system(&self) -> (System, Vec<i64>) {
        let system = System::cross(self.trees.iter().map(|trees| dimension(trees)).collect()).expect("a table");
        let cross = system.as_cross().expect("a cross");
        let places: Vec<HashMap<&str, usize>> = cross
            .dimensions()
            .iter()
            .map(|d| d.categories().iter().enumerate().map(|(place, label)| (label.as_str(), place)).collect())
            .collect();
        let mut counts = vec![0; system.cells()];
        for (keys, count) in &self.inner {
            let key: Vec<usize> = places.iter().zip(keys).map(|(place, label)| place[label.as_str()]).collect();
            counts[cross.cell(&key)] = *count;
        }
        add_margins(cross, &mut counts);
        (system, counts)
    }

    /// The long table of inner cells, and options that add every total.
    pub(crate) fn table(&self) -> (CountTable, SuppressOptions) {
        let names: Vec<String> = (1..=self.trees.len()).map(|number| format!("d{number}")).collect();
        let column = |place: usize| self.inner.iter().map(|(keys, _)| Some(keys[place].clone())).collect::<Vec<_>>();
        let counts = self.inner.iter().map(|(_, count)| Some(*count)).collect();
        let columns: Vec<_> = (0..names.len()).map(column).collect();
        let hierarchies = names
            .iter()
            .zip(&self.trees)
            .flat_map(|(name, trees)| trees.iter().map(move |tree| Hierarchy::new(name.clone(), tree.clone())))
            .collect();
        let table = CountTable::new(names, columns, counts).expect("a table");
        (table, SuppressOptions { margins: Margins::All, hierarchies, ..SuppressOptions::default() })
    }
}

fn dimension(trees: &[Tree]) -> Dimension {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut labels: Vec<String> = Vec::new();
    let mut sums: Vec<DimensionSum> = Vec::new();
    for tree in trees {
        let mut of_total: HashMap<usize, usize> = HashMap::new();
        for (parent, child) in tree {
            let mut place = |label| {
                *places.entry(label).or_insert_with(|| {
                    labels.push(String::from(label));
                    labels.len() - 1
                })
            };
            let (total, part) = (place(parent), place(child));
            let at = *of_total.entry(total).or_insert_with(|| {
                sums.push(DimensionSum { total, parts: Vec::new() });
                sums.len() - 1
            });
            sums[at].parts.push(part);
        }
    }
    Dimension::new(labels, sums).expect("a hierarchy")
}

/// Adds parts to totals along one dimension after the other, from the lowest level up; one hierarchy is enough.
fn add_margins(cross: &Cross, counts: &mut [i64]) {
    let mut inner = 1;
    for dimension in cross.dimensions().iter().rev() {
        let (wide, levels) = (dimension.categories().len(), dimension.levels());
        let mut sums: Vec<&DimensionSum> = dimension.sums().iter().collect();
        sums.sort_by_key(|sum| levels[sum.total]);
        let mut done = vec![false; wide];
        for sum in sums {
            if std::mem::replace(&mut done[sum.total], true) {
                continue;
            }
            for line in 0..counts.len() / wide {
                let start = line / inner * inner * wide + line % inner;
                counts[start + sum.total * inner] = sum.parts.iter().map(|part| counts[start + part * inner]).sum();
            }
        }
        inner *= wide;
    }
}
