//! Wide tables: key columns, and one column of counts for each category of one more dimension.

use super::result::PublishedTable;
use super::table::CountTable;
use crate::error::{Error, MisuseError, PolicyError, Result};
use std::fmt;

/// A published table in its wide shape: key columns, and one column of text for each category of the last dimension.
///
/// Every hidden cell is the rule's marker, whatever the reason. `Debug` shows names and sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct WideTable {
    dimensions: Vec<String>,
    keys: Vec<Vec<Option<String>>>,
    columns: Vec<String>,
    display: Vec<Vec<String>>,
}

impl CountTable {
    /// Takes a wide table: key columns, and for each category of one more dimension a column of counts.
    ///
    /// `across` is the name of that dimension; the names of the columns are its categories, so a column named as the
    /// total label is its total. The cells are those of the long table, row by row, but errors of
    /// [`suppress`](super::suppress()) and [`audit_table`](super::audit_table()) name rows and columns of the wide one.
    ///
    /// # Errors
    /// `misuse.argument` if there is no key column or no column of counts, one has two tasks, or lengths differ;
    /// `policy.negative_count`; `policy.duplicate_cell`.
    ///
    /// ```
    /// use ig_core::suppression::{CountTable, Margins, SuppressOptions, SuppressionPolicy, suppress};
    ///
    /// let keys = vec![vec![Some("A"), Some("B")]];
    /// let months = vec![("Jan", vec![Some(3), Some(20)]), ("Feb", vec![Some(15), Some(30)])];
    /// let table = CountTable::from_wide(["site"], keys, "month", months)?;
    /// let options = SuppressOptions { margins: Margins::All, ..SuppressOptions::default() };
    /// let made = suppress(&table, &SuppressionPolicy::preset("under5")?, &options)?.publish().wide()?;
    /// assert_eq!(made.columns(), ["Jan", "Feb", "Total"]);
    /// assert_eq!(made.display()[0], ["*", "*", "23"]);
    /// # Ok::<(), ig_core::Error>(())
    /// ```
    pub fn from_wide<N: Into<String>, K: Into<String>, C: Into<String>>(
        dimensions: impl IntoIterator<Item = N>,
        keys: Vec<Vec<Option<K>>>,
        across: &str,
        columns: impl IntoIterator<Item = (C, Vec<Option<i64>>)>,
    ) -> Result<Self> {
        let by: Vec<String> = dimensions.into_iter().map(Into::into).collect();
        let (names, counts): (Vec<String>, Vec<_>) = columns.into_iter().map(|(name, one)| (name.into(), one)).unzip();
        check_wide(&by, across, &names)?;
        let rows = counts[0].len();
        let uneven = names.iter().zip(&counts).find(|(_, one)| one.len() != rows).map(|(name, _)| name.clone());
        if let Some(name) =
            uneven.or_else(|| by.iter().zip(&keys).find(|(_, k)| k.len() != rows).map(|(n, _)| n.clone()))
        {
            return refuse(&name, format!("{rows} rows, as many as the other columns"));
        }
        let mut long: Vec<Vec<Option<String>>> = Vec::with_capacity(by.len() + 1);
        for column in keys {
            let repeated = |key: Option<K>| std::iter::repeat_n(key.map(Into::into), names.len());
            long.push(column.into_iter().flat_map(repeated).collect());
        }
        long.push((0..rows).flat_map(|_| names.iter().cloned().map(Some)).collect());
        let cells = (0..rows).flat_map(|row| counts.iter().map(move |column| column[row])).collect();
        let table = Self::new(by.into_iter().chain([across.to_owned()]), long, cells);
        table.map(|table| table.across(&names)).map_err(|error| own_rows(error, across, &names))
    }

    /// The error with rows as the caller knows them, where the table came wide.
    pub(super) fn own_rows(&self, error: Error) -> Error {
        match (self.columns(), self.dimensions().last()) {
            (Some(columns), Some(across)) => own_rows(error, across, columns),
            _ => error,
        }
    }

    /// Where a person finds these rows, counted from 0: "row 3", or "row 1, column Feb" of a wide table.
    pub(super) fn place_of_row(&self, row: usize) -> String {
        match self.columns() {
            Some(columns) => format!("row {}, column {}", row / columns.len() + 1, columns[row % columns.len()]),
            None => format!("row {}", row + 1),
        }
    }
}

/// Refuses columns that are none, stand twice or have two tasks.
pub(crate) fn check_wide(by: &[String], across: &str, columns: &[String]) -> Result<()> {
    if by.is_empty() {
        return refuse("by", "at least one key column".into());
    }
    if across.trim().is_empty() || by.iter().any(|name| name == across) {
        return refuse("wide", "a name for the dimension of the columns, other than those of the key columns".into());
    }
    if columns.is_empty() {
        return refuse("wide", "at least one column of counts".into());
    }
    if columns.iter().enumerate().any(|(place, name)| columns[..place].contains(name)) {
        return refuse("wide", "every column of counts once".into());
    }
    if columns.iter().any(|name| by.contains(name)) {
        return refuse("wide", "columns that are not key columns as well".into());
    }
    Ok(())
}

fn refuse<T>(name: &str, expected: String) -> Result<T> {
    Err(MisuseError::Argument { name: name.into(), expected }.into())
}

/// The error with the rows of a wide table, whose long form has one row for each of the columns.
pub(crate) fn own_rows(error: Error, across: &str, columns: &[String]) -> Error {
    use PolicyError as P;
    let Error::Policy(error) = error else { return error };
    let own = |row: usize| row.saturating_sub(1) / columns.len() + 1;
    let column = |row: usize| &columns[row.saturating_sub(1) % columns.len()];
    let named = |dimension: String, row: usize| {
        if dimension == across { format!("{dimension} (column {})", column(row)) } else { dimension }
    };
    match error {
        P::NegativeCount { row } => P::NegativeCount { row: own(row) },
        P::MissingCount { row } => P::MissingCount { row: own(row) },
        P::CountTooLarge { row } => P::CountTooLarge { row: own(row) },
        P::DuplicateCell { first, second } => P::DuplicateCell { first: own(first), second: own(second) },
        P::NotACell { column: name, row } => P::NotACell { column: name, row: own(row) },
        P::TotalRowFound { dimension, row } => P::TotalRowFound { dimension: named(dimension, row), row: own(row) },
        P::HierarchyIncomplete { dimension, row } => {
            P::HierarchyIncomplete { dimension: named(dimension, row), row: own(row) }
        }
        P::ReleasesDiffer { row, of, release } => {
            P::ReleasesDiffer { row: own(row), of: format!("{of} (column {})", column(row)), release }
        }
        other => other,
    }
    .into()
}

impl PublishedTable {
    /// The table with the categories of its last dimension as columns.
    ///
    /// # Errors
    /// `misuse.argument` if it has one dimension only, or its rows are not whole lines of the last dimension in turn,
    /// as those of a table [from a wide one](CountTable::from_wide) and of one with added totals are. A table without
    /// rows has no columns of counts.
    pub fn wide(&self) -> Result<WideTable> {
        let expected = || "a table whose rows are whole lines of its last dimension, one after the other".to_owned();
        let (Some((last, keys)), Some((_, names))) = (self.keys().split_last(), self.dimensions().split_last()) else {
            return refuse("table", expected());
        };
        if keys.is_empty() {
            return refuse("table", expected());
        }
        let first = |row: &usize| keys.iter().all(|column| column[*row] == column[0]);
        let across = (0..last.len()).take_while(first).count();
        let columns: Option<Vec<String>> = last[..across].iter().cloned().collect();
        let grid = columns.filter(|_| last.is_empty() || last.len().is_multiple_of(across));
        let columns = grid.map_or_else(|| refuse("table", expected()), Ok)?;
        let whole = (0..last.len()).all(|row| {
            last[row] == last[row % across] && keys.iter().all(|column| column[row] == column[row - row % across])
        });
        if !whole {
            return refuse("table", expected());
        }
        let key = |column: &Vec<Option<String>>| column.iter().step_by(across.max(1)).cloned().collect();
        let shown = |place| self.display().iter().skip(place).step_by(across).cloned().collect();
        Ok(WideTable {
            dimensions: names.to_vec(),
            keys: keys.iter().map(key).collect(),
            display: (0..across).map(shown).collect(),
            columns,
        })
    }
}

impl WideTable {
    /// The names of the key columns.
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// The key columns, in the order of the dimensions.
    pub fn keys(&self) -> &[Vec<Option<String>>] {
        &self.keys
    }

    /// The names of the columns of counts.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// For each column of counts its numbers as text, and the marker for a hidden cell.
    pub fn display(&self) -> &[Vec<String>] {
        &self.display
    }
}

impl fmt::Debug for WideTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WideTable")
            .field("dimensions", &self.dimensions)
            .field("columns", &self.columns.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
