//! Several tables over the same people as one system.

use crate::error::{PolicyError, Result};
use crate::suppression::layout::{Axis, Layout, Listed};
use crate::suppression::table::CountTable;
use crate::suppression::{System, Term};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// More steps than this in writing totals out as sums of their parts are refused.
const LIMIT: u64 = 200_000_000;

/// One of the tables.
#[derive(Clone, Copy)]
pub(in crate::suppression) struct Part<'a> {
    pub(in crate::suppression) table: &'a CountTable,
    pub(in crate::suppression) layout: &'a Layout,
}

/// All cells of all tables, each once, and all their sums.
///
/// Cells are the same when they fix the same categories of the same dimensions and all other dimensions are at their
/// total. Totals that no table lists are not cells: they are written out as the sums of their parts, so that two
/// tables without totals are still known to add up to the same number.
pub(in crate::suppression) struct Union {
    pub(in crate::suppression) system: System,
    /// For each table the cell of each cell of its own layout; none for totals that nobody lists.
    pub(in crate::suppression) places: Vec<Vec<Option<usize>>>,
    /// The keys of each cell as a person would name it: "site A, sex F".
    pub(in crate::suppression) names: Vec<String>,
}

/// The dimensions that a cell fixes, and their categories.
type Key = Vec<(usize, usize)>;

/// Numbers for labels and dimensions.
#[derive(Default)]
struct Words<'a> {
    dimensions: HashMap<&'a str, usize>,
    labels: HashMap<Option<&'a str>, usize>,
}

struct Collector<'a> {
    parts: &'a [Part<'a>],
    /// For each table the number of each of its cells, before unlisted totals are left out.
    numbers: Vec<Vec<usize>>,
    /// For each number the table, the cell there, and the sum whose total it is.
    total_of: Vec<Option<(usize, usize)>>,
    listed: Vec<bool>,
    names: Vec<String>,
    steps: u64,
}

impl Union {
    /// Puts the tables together.
    ///
    /// # Errors
    /// `policy.table_too_large`.
    pub(in crate::suppression) fn of(parts: &[Part<'_>], total_label: &str) -> Result<Self> {
        let mut all = Collector::new(parts, total_label);
        let mut cells = 0;
        let kept: Vec<Option<usize>> = (0..all.listed.len())
            .map(|number| {
                let keep = all.listed[number] || all.total_of[number].is_none();
                cells += usize::from(keep);
                keep.then(|| cells - 1)
            })
            .collect();
        let mut builder = System::builder();
        builder.add_cells(cells)?;
        let mut seen: BTreeSet<Vec<(usize, i64)>> = BTreeSet::new();
        for (place, part) in parts.iter().enumerate() {
            for relation in 0..part.layout.system.relations() {
                let sum = all.written_out(place, part.layout.system.relation(relation), &kept)?;
                if !sum.is_empty() && seen.insert(sum.clone()) {
                    builder.add_relation(&terms(&sum)?)?;
                }
            }
        }
        let places = all.numbers.iter().map(|numbers| numbers.iter().map(|&number| kept[number]).collect()).collect();
        let names = all.names.iter().zip(&kept).filter(|(_, kept)| kept.is_some()).map(|(name, _)| name.clone());
        Ok(Self { system: builder.build(), places, names: names.collect() })
    }

    /// The cells of a table's published rows, in their order.
    pub(in crate::suppression) fn rows(&self, place: usize, layout: &Layout) -> Vec<usize> {
        layout.rows_in_order().into_iter().filter_map(|cell| self.places[place][cell]).collect()
    }
}

impl<'a> Collector<'a> {
    fn new(parts: &'a [Part<'a>], total_label: &str) -> Self {
        let mut words = Words::default();
        let mut known: HashMap<Key, usize> = HashMap::new();
        let mut all =
            Self { parts, numbers: Vec::new(), total_of: Vec::new(), listed: Vec::new(), names: Vec::new(), steps: 0 };
        for (place, part) in parts.iter().enumerate() {
            let layout = part.layout;
            let mut sum_of = vec![None; layout.system.cells()];
            for relation in (0..layout.system.relations()).rev() {
                let total = layout.system.relation(relation).iter().find(|term| term.factor < 0);
                if let Some(term) = total {
                    sum_of[term.cell as usize] = Some(relation);
                }
            }
            let labels = Labels::new(part);
            let mut numbers = Vec::with_capacity(layout.system.cells());
            for (cell, sum) in sum_of.iter().enumerate() {
                let fixed = labels.of(cell);
                let mut key: Key = fixed.iter().map(|&(name, label)| words.number(name, label)).collect();
                key.sort_unstable();
                let next = all.names.len();
                let number = *known.entry(key).or_insert(next);
                if number == next {
                    all.names.push(name(&fixed, total_label));
                    all.listed.push(false);
                    all.total_of.push(None);
                }
                all.listed[number] |= layout.listed[cell] != Listed::NotPublished;
                all.total_of[number] = all.total_of[number].or(sum.map(|sum| (place, sum)));
                numbers.push(number);
            }
            all.numbers.push(numbers);
        }
        all
    }

    /// A sum of one table over the cells that are kept.
    fn written_out(&mut self, place: usize, sum: &[Term], kept: &[Option<usize>]) -> Result<Vec<(usize, i64)>> {
        let mut found: BTreeMap<usize, i64> = BTreeMap::new();
        let number = |numbers: &[Vec<usize>], place: usize, term: &Term| numbers[place][term.cell as usize];
        let mut open: Vec<(usize, i64)> =
            sum.iter().map(|term| (number(&self.numbers, place, term), i64::from(term.factor))).collect();
        while let Some((at, factor)) = open.pop() {
            self.steps += 1;
            if self.steps > LIMIT {
                return Err(PolicyError::TableTooLarge { limit: LIMIT }.into());
            }
            match (kept[at], self.total_of[at]) {
                (Some(cell), _) => *found.entry(cell).or_default() += factor,
                (None, Some((place, relation))) => {
                    let parts = self.parts[place].layout.system.relation(relation).iter();
                    let parts = parts.filter(|term| term.factor > 0);
                    open.extend(
                        parts.map(|term| (number(&self.numbers, place, term), factor * i64::from(term.factor))),
                    );
                }
                (None, None) => {}
            }
        }
        found.retain(|_, factor| *factor != 0);
        Ok(found.into_iter().collect())
    }
}

impl<'a> Words<'a> {
    fn number(&mut self, dimension: &'a str, label: Option<&'a str>) -> (usize, usize) {
        let next = self.dimensions.len();
        let dimension = *self.dimensions.entry(dimension).or_insert(next);
        let next = self.labels.len();
        (dimension, *self.labels.entry(label).or_insert(next))
    }
}

/// What the cells of one table fix.
struct Labels<'a> {
    part: &'a Part<'a>,
    tops: Vec<Option<usize>>,
}

impl<'a> Labels<'a> {
    fn new(part: &'a Part<'a>) -> Self {
        Self { part, tops: part.layout.axes.iter().map(Axis::top).collect() }
    }

    fn of(&self, cell: usize) -> Vec<(&'a str, Option<&'a str>)> {
        let layout = self.part.layout;
        let names = self.part.table.dimensions().iter().map(String::as_str);
        match layout.system.as_cross().filter(|_| !layout.axes.is_empty()) {
            Some(cross) => {
                let places = cross.categories(cell).into_iter().zip(&layout.axes).zip(&self.tops);
                let fixed = names.zip(places).filter(|(_, ((category, _), top))| Some(*category) != **top);
                fixed.map(|(name, ((category, axis), _))| (name, axis.labels[category].as_deref())).collect()
            }
            // Without totals the cells are the rows.
            None => names.zip(self.part.table.keys()).map(|(name, column)| (name, column[cell].as_deref())).collect(),
        }
    }
}

fn name(fixed: &[(&str, Option<&str>)], total_label: &str) -> String {
    if fixed.is_empty() {
        return total_label.to_owned();
    }
    let one = |&(name, label): &(&str, Option<&str>)| format!("{name} {}", label.unwrap_or("missing"));
    fixed.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub(super) fn terms(sum: &[(usize, i64)]) -> Result<Vec<Term>> {
    let term = |&(cell, factor): &(usize, i64)| {
        Some(Term { cell: u32::try_from(cell).ok()?, factor: i32::try_from(factor).ok()? })
    };
    let terms: Option<Vec<Term>> = sum.iter().map(term).collect();
    terms.ok_or_else(|| PolicyError::TableTooLarge { limit: u32::MAX.into() }.into())
}
