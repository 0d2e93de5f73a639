//! The table that goes in.

use super::grouping::{cell_of_each_row, first_repeat};
use super::layout::Layout;
use super::options::SuppressOptions;
use super::suppress::check_margins;
use crate::error::{MisuseError, PolicyError, Result};
use std::fmt;
use std::sync::Arc;

/// A long table of counts: key columns and one count a row.
///
/// Guarantees: at least one dimension, columns of equal length, no two rows with the same keys, no negative count.
/// A missing count is kept as missing; the policy says later whether that is allowed. Rows in errors start at 1.
///
/// It does **not** know which rows are totals of others, and it holds only the combinations it was given: a
/// combination that is left out can be read as zero by whoever knows that it is possible, also under a rule
/// that hides zeros.
///
/// `Debug` shows names and sizes, never a key or a count.
///
/// ```
/// use ig_core::suppression::CountTable;
///
/// let keys = vec![vec![Some("A"), Some("A")], vec![Some("F"), None]];
/// let table = CountTable::new(["site", "sex"], keys, vec![Some(3), Some(12)])?;
/// assert_eq!(table.rows(), 2);
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Clone)]
pub struct CountTable {
    keys: Arc<Keys>,
    counts: Vec<Option<i64>>,
    /// The columns of the wide table that this one came from, for messages.
    columns: Option<Arc<[String]>>,
}

/// The key columns, shared between a table and what is made of it.
#[derive(PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) dimensions: Vec<String>,
    pub(super) columns: Vec<Vec<Option<String>>>,
}

impl CountTable {
    /// Takes the key columns, one `Vec` for each dimension, and the counts.
    ///
    /// # Errors
    /// `misuse.argument` if there is no dimension, two have the same name, or lengths differ;
    /// `policy.negative_count`; `policy.duplicate_cell`.
    pub fn new<N: Into<String>, S: Into<String>>(
        dimensions: impl IntoIterator<Item = N>,
        keys: Vec<Vec<Option<S>>>,
        counts: Vec<Option<i64>>,
    ) -> Result<Self> {
        let dimensions: Vec<String> = dimensions.into_iter().map(Into::into).collect();
        check_shape(&dimensions, &keys, counts.len())?;
        if let Some(row) = counts.iter().position(|count| count.is_some_and(i64::is_negative)) {
            return Err(PolicyError::NegativeCount { row: row + 1 }.into());
        }
        let columns = owned(keys);
        if let Some((first, second)) = first_repeat(&cell_of_each_row(&columns, counts.len())) {
            return Err(PolicyError::DuplicateCell { first: first + 1, second: second + 1 }.into());
        }
        Ok(Self { keys: Arc::new(Keys { dimensions, columns }), counts, columns: None })
    }

    /// Counts rows of microdata for each combination of keys, in order of first appearance.
    ///
    /// Rows are counted, not people: count people only after one row per person is left. A combination that no
    /// row has does not appear, not even as zero.
    ///
    /// # Errors
    /// `misuse.argument` if there is no dimension, two have the same name, or lengths differ.
    pub fn from_microdata<N: Into<String>, S: AsRef<str>>(
        dimensions: impl IntoIterator<Item = N>,
        keys: &[Vec<Option<S>>],
    ) -> Result<Self> {
        let dimensions: Vec<String> = dimensions.into_iter().map(Into::into).collect();
        let rows = keys.first().map_or(0, Vec::len);
        check_shape(&dimensions, keys, rows)?;
        let mut counts: Vec<Option<i64>> = Vec::new();
        let mut first_rows = Vec::new();
        for (row, cell) in cell_of_each_row(keys, rows).into_iter().enumerate() {
            if cell == counts.len() {
                counts.push(Some(0));
                first_rows.push(row);
            }
            counts[cell] = counts[cell].map(|count| count + 1);
        }
        let text = |key: &Option<S>| key.as_ref().map(|key| key.as_ref().to_owned());
        let columns = keys.iter().map(|column| first_rows.iter().map(|&row| text(&column[row])).collect()).collect();
        Ok(Self { keys: Arc::new(Keys { dimensions, columns }), counts, columns: None })
    }

    /// The table with its totals, as the options ask for them: the whole cross of the categories, combinations that no
    /// row has as zero. The counts are not protected.
    ///
    /// # Errors
    /// Those of the layout: `policy.hierarchy_ambiguous`, `policy.hierarchy_incomplete`, `policy.total_row_found`,
    /// `policy.margins_unavailable`, `policy.inconsistent_table`, `policy.count_too_large`, `policy.table_too_large`.
    pub fn with_totals(&self, options: &SuppressOptions) -> Result<Self> {
        check_margins(self, options)?;
        let layout = Layout::new(self, options)?;
        layout.check(self)?;
        let out = layout.rows_in_order();
        Ok(Self::of_keys(layout.keys_of(&out, self), out.iter().map(|&cell| layout.counts[cell]).collect()))
    }

    /// The names of the key columns.
    pub fn dimensions(&self) -> &[String] {
        &self.keys.dimensions
    }

    /// The key columns, in the order of the dimensions.
    pub fn keys(&self) -> &[Vec<Option<String>>] {
        &self.keys.columns
    }

    /// The counts as they are, not protected.
    pub fn counts(&self) -> &[Option<i64>] {
        &self.counts
    }

    /// How many cells there are.
    pub fn rows(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn of_keys(keys: Arc<Keys>, counts: Vec<Option<i64>>) -> Self {
        Self { keys, counts, columns: None }
    }

    /// The same cells with other counts, as many as there are cells.
    pub(super) fn with_counts(&self, counts: Vec<Option<i64>>) -> Self {
        Self { keys: self.shared_keys(), counts, columns: self.columns.clone() }
    }

    /// The same table, as one whose rows are the cells of a wide one with these columns, line by line.
    pub(crate) fn across(self, columns: &[String]) -> Self {
        Self { columns: Some(columns.into()), ..self }
    }

    pub(super) fn columns(&self) -> Option<&[String]> {
        self.columns.as_deref()
    }

    pub(super) fn shared_keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys)
    }
}

fn owned<S: Into<String>>(keys: Vec<Vec<Option<S>>>) -> Vec<Vec<Option<String>>> {
    keys.into_iter().map(|column| column.into_iter().map(|key| key.map(Into::into)).collect()).collect()
}

fn check_shape<S>(dimensions: &[String], keys: &[Vec<Option<S>>], rows: usize) -> Result<()> {
    let refuse = |name: &str, expected: String| Err(MisuseError::Argument { name: name.into(), expected }.into());
    if dimensions.is_empty() {
        return refuse("by", "at least one key column".into());
    }
    if dimensions.iter().enumerate().any(|(place, name)| dimensions[..place].contains(name)) {
        return refuse("by", "every key column once".into());
    }
    if keys.len() != dimensions.len() {
        return refuse("keys", format!("{} columns, one for each dimension", dimensions.len()));
    }
    match keys.iter().zip(dimensions).find(|(column, _)| column.len() != rows) {
        Some((_, name)) => refuse(name, format!("{rows} rows, as many as the other columns")),
        None => Ok(()),
    }
}

impl PartialEq for CountTable {
    fn eq(&self, other: &Self) -> bool {
        (&self.keys, &self.counts) == (&other.keys, &other.counts)
    }
}

impl Eq for CountTable {}

impl fmt::Debug for CountTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountTable")
            .field("dimensions", &self.keys.dimensions)
            .field("rows", &self.counts.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn two_rows(keys: [Option<&str>; 2], counts: [Option<i64>; 2]) -> Result<CountTable> {
        CountTable::new(["site"], vec![keys.to_vec()], counts.to_vec())
    }

    #[test]
    fn what_is_not_a_table_of_counts_is_refused_with_its_row() {
        let error = two_rows([Some("A"), Some("A")], [Some(1), Some(2)]).expect_err("duplicate");
        assert_eq!(error.code(), "policy.duplicate_cell");
        assert_eq!(error.context(), [("first", "1".to_owned()), ("second", "2".to_owned())]);
        let error = two_rows([Some("A"), Some("B")], [Some(1), Some(-2)]).expect_err("negative");
        assert_eq!(error.code(), "policy.negative_count");
        assert_eq!(error.context(), [("row", "2".to_owned())]);
        assert_eq!(two_rows([None, None], [Some(1), Some(2)]).expect_err("duplicate").code(), "policy.duplicate_cell");
    }

    #[test]
    fn a_missing_key_is_a_key_of_its_own() {
        assert_eq!(two_rows([None, Some("")], [Some(1), None]).expect("distinct").rows(), 2);
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let none: [&str; 0] = [];
        let column = || vec![Some("A")];
        let cases = [
            CountTable::new(none, Vec::<Vec<Option<&str>>>::new(), vec![]),
            CountTable::new(["a", "a"], vec![column(), column()], vec![Some(1)]),
            CountTable::new(["a", "b"], vec![column()], vec![Some(1)]),
            CountTable::new(["a"], vec![column()], vec![]),
            CountTable::from_microdata(["a", "b"], &[column(), vec![]]),
        ];
        for case in cases {
            assert_eq!(case.expect_err("shape").code(), "misuse.argument");
        }
    }

    #[test]
    fn debug_shows_no_key_and_no_count() {
        let table = two_rows([Some("Ward-Q"), Some("B")], [Some(77_731), Some(4)]).expect("table");
        assert_eq!(format!("{table:?}"), "CountTable { dimensions: [\"site\"], rows: 2, .. }");
    }

    proptest! {
        #[test]
        fn microdata_counts_equal_a_plain_tally(rows in proptest::collection::vec((0..3_u8, 0..4_u8), 0..60)) {
            let key = |n: u8| (n > 0).then(|| n.to_string());
            let columns =
                [rows.iter().map(|r| key(r.0)).collect::<Vec<_>>(), rows.iter().map(|r| key(r.1)).collect()];
            let table = CountTable::from_microdata(["a", "b"], &columns).expect("table");
            let mut tally: HashMap<(u8, u8), i64> = HashMap::new();
            let mut order = Vec::new();
            for row in &rows {
                let count = tally.entry(*row).or_insert_with(|| { order.push(*row); 0 });
                *count += 1;
            }
            prop_assert_eq!(table.rows(), order.len());
            for (place, pair) in order.iter().enumerate() {
                prop_assert_eq!(table.counts()[place], Some(tally[pair]));
                prop_assert_eq!(&table.keys()[0][place], &key(pair.0));
                prop_assert_eq!(&table.keys()[1][place], &key(pair.1));
            }
        }
    }
}
