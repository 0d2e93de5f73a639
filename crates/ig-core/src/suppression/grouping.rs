//! Which rows of key columns are the same cell.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// For each row the number of its key combination, counted in order of first appearance.
///
/// Columns are folded in one after the other as pairs of small numbers, so no key text is copied. A missing
/// key equals a missing key and nothing else.
pub(super) fn cell_of_each_row<S: AsRef<str>>(columns: &[Vec<Option<S>>], rows: usize) -> Vec<usize> {
    let mut cells = vec![0; rows];
    for column in columns {
        let mut values: HashMap<Option<&str>, usize> = HashMap::new();
        let mut pairs: HashMap<(usize, usize), usize> = HashMap::new();
        for (cell, key) in cells.iter_mut().zip(column) {
            let next = values.len();
            let value = *values.entry(key.as_ref().map(AsRef::as_ref)).or_insert(next);
            let next = pairs.len();
            *cell = *pairs.entry((*cell, value)).or_insert(next);
        }
    }
    cells
}

/// The first two rows that share a cell, if any do.
pub(super) fn first_repeat(cells: &[usize]) -> Option<(usize, usize)> {
    let mut seen = HashMap::new();
    cells.iter().enumerate().find_map(|(row, cell)| match seen.entry(cell) {
        Entry::Occupied(first) => Some((*first.get(), row)),
        Entry::Vacant(slot) => {
            slot.insert(row);
            None
        }
    })
}
