//! The cells of a table: those it lists, those it leaves out, and the totals to be added.

use super::axis::{Axis, Tops};
use crate::error::{PolicyError, Result};
use crate::suppression::options::{Margins, SuppressOptions};
use crate::suppression::table::{CountTable, Keys};
use crate::suppression::{Cross, System, Term};
use std::collections::HashSet;
use std::sync::Arc;

/// Past this many cells of the full cross a table is refused: it would not fit in memory.
const LIMIT: usize = 20_000_000;

/// How a cell of the cross comes to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::suppression) enum Listed {
    /// It is a row of the table.
    Row(usize),
    /// It is a total that is added.
    Added,
    /// The table leaves it out although it lists others of its kind, so readers take it as zero.
    ReadAsZero,
    /// The table lists nothing of its kind: readers are told nothing.
    NotPublished,
}

/// A table as cells and sums.
pub(in crate::suppression) struct Layout {
    pub(in crate::suppression) system: System,
    /// The dimensions; empty for a table without totals, whose cells are its rows.
    pub(in crate::suppression) axes: Vec<Axis>,
    /// The count of each cell; none where it is not known.
    pub(in crate::suppression) counts: Vec<Option<i64>>,
    pub(in crate::suppression) listed: Vec<Listed>,
    pub(in crate::suppression) margins: Margins,
}

impl Layout {
    /// Lays a table out.
    ///
    /// # Errors
    /// Those of [`Axis::new`]; `policy.table_too_large`; `policy.count_too_large`.
    pub(in crate::suppression) fn new(table: &CountTable, options: &SuppressOptions) -> Result<Self> {
        let layout = Self::with_tops(table, options, Tops::AsListed)?;
        let looks_for_totals = matches!(options.margins, Margins::Given | Margins::Reconciled) && table.rows() > 0;
        if looks_for_totals && !layout.lists_a_total() {
            return Err(PolicyError::TotalRowMissing {}.into());
        }
        Ok(layout)
    }

    /// As [`Layout::new`], with a say about totals of whole dimensions that the table does not list.
    ///
    /// # Errors
    /// As [`Layout::new`].
    pub(in crate::suppression) fn with_tops(table: &CountTable, options: &SuppressOptions, tops: Tops) -> Result<Self> {
        if options.margins == Margins::None || table.rows() == 0 {
            return Self::of_rows(table);
        }
        let sort_out = |(name, column): (&String, &Vec<Option<String>>)| {
            let trees: Vec<_> = options.hierarchies.iter().filter(|tree| tree.dimension() == name).collect();
            Axis::new(name, column, &trees, options.margins, &options.total_label, tops)
        };
        let axes = table.dimensions().iter().zip(table.keys()).map(sort_out).collect::<Result<Vec<_>>>()?;
        let mut sizes = axes.iter().map(|axis| axis.labels.len());
        let cells = sizes.try_fold(1_usize, usize::checked_mul);
        if cells.is_none_or(|cells| cells > LIMIT) {
            return Err(PolicyError::TableTooLarge { limit: LIMIT as u64 }.into());
        }
        let system = System::cross(axes.iter().map(|axis| axis.dimension.clone()).collect())?;
        let mut layout =
            Self { counts: vec![None; system.cells()], listed: Vec::new(), margins: options.margins, axes, system };
        layout.place_rows(table);
        layout.add_up()?;
        Ok(layout)
    }

    /// Whether a row of the table is a total.
    pub(in crate::suppression) fn lists_a_total(&self) -> bool {
        self.axes.iter().any(Axis::lists_a_total)
    }

    fn of_rows(table: &CountTable) -> Result<Self> {
        let mut builder = System::builder();
        builder.add_cells(table.rows())?;
        let listed = (0..table.rows()).map(Listed::Row).collect();
        Ok(Self {
            system: builder.build(),
            axes: Vec::new(),
            counts: table.counts().to_vec(),
            listed,
            margins: Margins::None,
        })
    }

    fn place_rows(&mut self, table: &CountTable) {
        let Some(cross) = self.system.as_cross() else { return };
        let kind = |categories: &[usize]| -> Vec<(usize, usize)> {
            self.axes.iter().zip(categories).map(|(axis, &category)| axis.kinds[category]).collect()
        };
        let mut rows = vec![None; self.system.cells()];
        let mut kinds = HashSet::new();
        for row in 0..table.rows() {
            let categories: Vec<usize> = self.axes.iter().map(|axis| axis.of_row[row]).collect();
            rows[cross.cell(&categories)] = Some(row);
            kinds.insert(kind(&categories));
        }
        let leaves = vec![(0, 0); self.axes.len()];
        let unlisted = |cell: usize| {
            let kind = kind(&cross.categories(cell));
            match self.margins {
                Margins::All if kind != leaves => Listed::Added,
                Margins::All => Listed::ReadAsZero,
                _ if kinds.contains(&kind) => Listed::ReadAsZero,
                _ => Listed::NotPublished,
            }
        };
        self.listed =
            (0..self.system.cells()).map(|cell| rows[cell].map_or_else(|| unlisted(cell), Listed::Row)).collect();
        self.counts = self
            .listed
            .iter()
            .map(|listed| match listed {
                Listed::Row(row) => table.counts()[*row],
                Listed::ReadAsZero => Some(0),
                Listed::Added | Listed::NotPublished => None,
            })
            .collect();
    }

    /// Calls for each sum along a dimension, parts before totals, dimension after dimension.
    ///
    /// # Errors
    /// The first of the calls.
    pub(in crate::suppression) fn each_sum(&self, mut visit: impl FnMut(usize, &[usize]) -> Result<()>) -> Result<()> {
        let Some(cross) = self.system.as_cross().filter(|_| !self.axes.is_empty()) else { return Ok(()) };
        let mut inner = cross.cells();
        let mut parts = Vec::new();
        for dimension in cross.dimensions() {
            let categories = dimension.categories().len();
            let run = inner;
            inner /= categories;
            let levels = dimension.levels();
            let mut sums: Vec<_> = dimension.sums().iter().collect();
            sums.sort_by_key(|sum| levels[sum.total]);
            for sum in sums {
                for line in 0..cross.cells() / categories {
                    let cell = |category: usize| line / inner * run + line % inner + category * inner;
                    parts.clear();
                    parts.extend(sum.parts.iter().map(|&part| cell(part)));
                    visit(cell(sum.total), &parts)?;
                }
            }
        }
        Ok(())
    }

    /// Computes totals from their parts where all of these are known.
    fn add_up(&mut self) -> Result<()> {
        let mut counts = std::mem::take(&mut self.counts);
        let replaces = |total: usize| match self.margins {
            Margins::Reconciled => true,
            _ => !matches!(self.listed[total], Listed::Row(_)),
        };
        let listed = |part: &usize| matches!(self.listed[*part], Listed::Row(_));
        self.each_sum(|total, parts| {
            // A row of a total without a row of any part is not taken for zero.
            if self.margins == Margins::Reconciled && listed(&total) && !parts.iter().any(listed) {
                return Ok(());
            }
            let known = parts.iter().map(|&part| counts[part]).collect::<Option<Vec<i64>>>();
            if let Some(parts) = known.filter(|_| replaces(total)) {
                let sum = parts.iter().try_fold(0_i64, |all, &part| all.checked_add(part));
                let row = || PolicyError::CountTooLarge { row: self.some_row(total) };
                counts[total] = Some(sum.ok_or_else(row)?);
            }
            Ok(())
        })?;
        self.counts = counts;
        Ok(())
    }

    /// The row of a cell, counted from 1, or of one of its parts if it is an added total.
    pub(in crate::suppression) fn some_row(&self, cell: usize) -> usize {
        let mut at = cell;
        loop {
            if let Some(row) = self.row(at) {
                return row + 1;
            }
            // A total comes last in no sum of its own, so this goes down to a leaf.
            let total_of = |relation: &usize| {
                self.system.relation(*relation).iter().any(|term| term.factor < 0 && term.cell as usize == at)
            };
            let Some(relation) = (0..self.system.relations()).find(total_of) else { return 1 };
            let part = self.system.relation(relation).iter().find(|term| term.factor > 0);
            let Some(part) = part else { return 1 };
            at = part.cell as usize;
        }
    }

    /// Refuses a total that is not the sum of its parts, as far as all of them are known.
    ///
    /// # Errors
    /// `policy.inconsistent_table`.
    pub(in crate::suppression) fn check(&self, table: &CountTable) -> Result<()> {
        for relation in 0..self.system.relations() {
            let known =
                |term: &Term| self.counts[term.cell as usize].map(|count| i128::from(count) * i128::from(term.factor));
            let parts = self.system.relation(relation).iter().map(known);
            if parts.sum::<Option<i128>>().is_some_and(|sum| sum != 0) {
                return Err(self.inconsistent(relation, table).into());
            }
        }
        Ok(())
    }

    /// The error that names an equation by the rows of its cells.
    pub(in crate::suppression) fn inconsistent(&self, relation: usize, table: &CountTable) -> PolicyError {
        let terms = self.system.relation(relation);
        let total = terms.iter().find(|term| term.factor < 0).map_or(0, |term| term.cell as usize);
        let parts = terms.iter().filter(|term| term.factor > 0).map(|term| term.cell as usize);
        let rows: Vec<usize> = parts.filter_map(|part| self.row(part)).collect();
        let dimension = self.dimension_of(total, terms, table);
        let unlisted = || "which the table does not list".to_owned();
        let total = self.row(total).map_or_else(unlisted, |row| format!("in {}", table.place_of_row(row)));
        PolicyError::InconsistentTable { dimension, total, parts: shortened(&rows, table) }
    }

    /// The cells of the published table in its order: the rows of the given one, or the whole cross where totals are
    /// added.
    pub(in crate::suppression) fn rows_in_order(&self) -> Vec<usize> {
        if let Some(cross) = self.system.as_cross().filter(|_| self.adds_rows()) {
            // Row by row as a nested loop over the dimensions in display order.
            let mut cells = vec![0];
            for (axis, dimension) in self.axes.iter().zip(cross.dimensions()) {
                let within = |&cell: &usize| {
                    axis.displayed.iter().map(move |category| cell * dimension.categories().len() + category)
                };
                cells = cells.iter().flat_map(within).collect();
            }
            return cells;
        }
        let mut rows: Vec<(usize, usize)> =
            (0..self.listed.len()).filter_map(|cell| Some((self.row(cell)?, cell))).collect();
        rows.sort_unstable();
        rows.into_iter().map(|(_, cell)| cell).collect()
    }

    /// The key columns of these cells.
    pub(in crate::suppression) fn keys_of(&self, out: &[usize], table: &CountTable) -> Arc<Keys> {
        let Some(cross) = self.system.as_cross().filter(|_| self.adds_rows()) else { return table.shared_keys() };
        let mut columns = vec![Vec::with_capacity(out.len()); self.axes.len()];
        for &cell in out {
            for ((column, axis), category) in columns.iter_mut().zip(&self.axes).zip(cross.categories(cell)) {
                column.push(axis.labels[category].clone());
            }
        }
        Arc::new(Keys { dimensions: table.dimensions().to_vec(), columns })
    }

    /// The cell's keys as a person would name it: "site A, sex F".
    pub(in crate::suppression) fn name_of(&self, cell: usize, table: &CountTable) -> String {
        let key = |place: usize| match (self.system.as_cross().filter(|_| !self.axes.is_empty()), self.row(cell)) {
            (Some(cross), _) => self.axes[place].labels[cross.categories(cell)[place]].as_deref(),
            (None, row) => row.and_then(|row| table.keys()[place][row].as_deref()),
        };
        let names = table.dimensions().iter().enumerate();
        names.map(|(place, name)| format!("{name} {}", key(place).unwrap_or("missing"))).collect::<Vec<_>>().join(", ")
    }

    /// Whether the published table has rows that the given one has not.
    pub(in crate::suppression) fn adds_rows(&self) -> bool {
        self.margins == Margins::All
    }

    /// The dimension along which an equation adds up.
    fn dimension_of(&self, total: usize, terms: &[Term], table: &CountTable) -> String {
        let name = || -> Option<String> {
            let cross: &Cross = self.system.as_cross()?;
            let part = terms.iter().find(|term| term.cell as usize != total)?.cell as usize;
            let (one, other) = (cross.categories(total), cross.categories(part));
            let place = one.iter().zip(&other).position(|(a, b)| a != b)?;
            table.dimensions().get(place).cloned()
        };
        name().unwrap_or_default()
    }

    pub(super) fn row(&self, cell: usize) -> Option<usize> {
        match self.listed[cell] {
            Listed::Row(row) => Some(row),
            _ => None,
        }
    }
}

/// At most six of the rows, so that a message stays short.
fn shortened(rows: &[usize], table: &CountTable) -> String {
    let (first, more) = rows.split_at(rows.len().min(6));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    let listed = |words: Vec<String>, between: &str| words.join(between);
    match table.columns() {
        _ if rows.is_empty() => "none of them listed".to_owned(),
        Some(_) => listed(first.iter().map(|&row| table.place_of_row(row)).collect(), "; ") + &more,
        None => format!("rows {}{more}", listed(first.iter().map(|row| (row + 1).to_string()).collect(), ", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suppression::Hierarchy;

    fn table(rows: &[(&str, &str, i64)]) -> CountTable {
        let column = |place: usize| rows.iter().map(|row| Some([row.0, row.1][place].to_owned())).collect();
        CountTable::new(["site", "sex"], vec![column(0), column(1)], rows.iter().map(|row| Some(row.2)).collect())
            .expect("table")
    }

    fn options(margins: Margins) -> SuppressOptions {
        SuppressOptions { margins, ..SuppressOptions::default() }
    }

    fn count(layout: &Layout, labels: [&str; 2]) -> Option<i64> {
        let place = |axis: &Axis, label: &str| axis.labels.iter().position(|l| l.as_deref() == Some(label));
        let categories: Vec<usize> =
            layout.axes.iter().zip(labels).map(|(axis, label)| place(axis, label).expect(label)).collect();
        layout.counts[layout.system.as_cross().expect("cross").cell(&categories)]
    }

    #[test]
    fn all_totals_are_added_and_missing_combinations_are_zero() {
        let layout = Layout::new(&table(&[("A", "F", 3), ("A", "M", 9), ("B", "F", 5)]), &options(Margins::All));
        let layout = layout.expect("layout");
        assert_eq!(layout.system.cells(), 9);
        for (labels, expected) in
            [(["B", "M"], 0), (["A", "Total"], 12), (["Total", "F"], 8), (["Total", "M"], 9), (["Total", "Total"], 17)]
        {
            assert_eq!(count(&layout, labels), Some(expected), "{labels:?}");
        }
        assert_eq!(
            layout.system.first_broken(&layout.counts.iter().map(|c| c.expect("known")).collect::<Vec<_>>()),
            None
        );
    }

    #[test]
    fn a_given_total_that_is_not_its_parts_is_named_and_reconciled_only_on_request() {
        let given = table(&[("A", "F", 3), ("A", "M", 9), ("A", "Total", 13), ("Total", "F", 3)]);
        let layout = Layout::new(&given, &options(Margins::Given)).expect("laid out");
        let error = layout.check(&given).expect_err("13 is not 12");
        assert_eq!(error.code(), "policy.inconsistent_table");
        let context = error.context();
        assert!(context.contains(&("dimension", "sex".to_owned())), "{context:?}");
        assert!(context.contains(&("total", "in row 3".to_owned())), "{context:?}");
        assert!(!error.to_string().contains("13"));
        let layout = Layout::new(&given, &options(Margins::Reconciled)).expect("on request");
        layout.check(&given).expect("reconciled");
        assert_eq!(count(&layout, ["A", "Total"]), Some(12));
    }

    #[test]
    fn a_kind_of_cell_that_is_not_listed_at_all_is_not_published() {
        // Totals by site and by sex without their cross.
        let margins = table(&[("A", "Total", 12), ("B", "Total", 8), ("Total", "F", 15), ("Total", "M", 5)]);
        let layout = Layout::new(&margins, &options(Margins::Given)).expect("layout");
        assert_eq!(count(&layout, ["A", "F"]), None);
        assert_eq!(layout.listed.iter().filter(|listed| **listed == Listed::NotPublished).count(), 5);
    }

    #[test]
    fn sums_beyond_64_bits_and_crosses_beyond_memory_are_refused() {
        let wide = table(&[("A", "F", i64::MAX), ("A", "M", 1)]);
        assert_eq!(Layout::new(&wide, &options(Margins::All)).err().expect("wide").code(), "policy.count_too_large");
        let many: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
        let rows: Vec<(&str, &str, i64)> = many.iter().map(|n| (n.as_str(), n.as_str(), 9)).collect();
        assert_eq!(
            Layout::new(&table(&rows), &options(Margins::All)).err().expect("large").code(),
            "policy.table_too_large"
        );
        assert_eq!(Layout::new(&table(&rows), &options(Margins::None)).expect("as rows").system.cells(), 5_000);
    }

    #[test]
    fn hierarchies_add_every_level() {
        let rows = table(&[("A", "F", 3), ("B", "F", 9), ("C", "F", 5)]);
        let tree = Hierarchy::new("site", [("N", "A"), ("N", "B"), ("S", "C")]);
        let options = SuppressOptions { hierarchies: vec![tree], ..options(Margins::All) };
        let layout = Layout::new(&rows, &options).expect("layout");
        assert_eq!(count(&layout, ["N", "F"]), Some(12));
        assert_eq!(count(&layout, ["Total", "Total"]), Some(17));
    }
}
