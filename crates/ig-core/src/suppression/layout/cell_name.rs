//! Cells by the names that they have in every table.

use super::axis::is_total;
use super::cells::Layout;
use crate::error::Result;
use crate::suppression::perturb::{Category, CellName};
use crate::suppression::table::CountTable;

impl Layout {
    /// The cell's name, which is the same in every table.
    ///
    /// # Errors
    /// Those of [`CellName::new`].
    pub(in crate::suppression) fn cell_name(&self, cell: usize, table: &CountTable, total: &str) -> Result<CellName> {
        let cross = self.system.as_cross().filter(|_| !self.axes.is_empty()).map(|cross| cross.categories(cell));
        let category = |place: usize| {
            let key = match (&cross, self.row(cell)) {
                (Some(categories), _) => self.axes[place].labels[categories[place]].as_deref(),
                (None, row) => row.and_then(|row| table.keys()[place][row].as_deref()),
            };
            match key {
                None => Category::Missing,
                key if is_total(key, total) => Category::All,
                Some(key) => Category::Is(key),
            }
        };
        let names = table.dimensions().iter().enumerate();
        CellName::new(&names.map(|(place, name)| (name.as_str(), category(place))).collect::<Vec<_>>())
    }
}
