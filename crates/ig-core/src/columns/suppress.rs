//! Suppression of tables that come as record batches.

use super::audit_table::{FinishedTable, hidden_cells};
use super::keys_and_counts::{counts_of, text_of};
use super::schema::column_position;
use super::wide::{WideColumns, wide_batch};
use crate::error::{Error, MisuseError, PolicyError};
use crate::suppression::perturb::RandomRounder;
use crate::suppression::{
    CountTable, EarlierCounts, Margins, Progress, SuppressOptions, SuppressionPolicy, SuppressionResult, own_rows,
    suppress_after_watched, suppress_keyed, suppress_linked_watched, suppress_watched,
};
use arrow::array::{Array, ArrayRef, Int64Array, LargeStringArray, RecordBatch, UInt64Array};
use arrow::compute::{concat, take};
use arrow::datatypes::{DataType, Field, Schema};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

type Key = Vec<Option<String>>;

/// What to do with a second row of the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// Refuse it: each row is one cell.
    Refuse,
    /// Add its count to the cell.
    Add,
}

/// Cells by key columns, growing with every batch. Without a count column, rows are counted. The order is that
/// of first appearance.
pub struct CellTable {
    by: Vec<String>,
    count: Option<String>,
    /// Where the table comes wide, its columns of counts; the last of the key columns is theirs.
    wide: Option<WideColumns>,
    repeats: Repeats,
    /// Rows of the batches before, so that errors name the row of the whole table.
    rows: usize,
    places: HashMap<Key, usize>,
    /// For each cell, the row it came from.
    first_rows: Vec<usize>,
    counts: Vec<Option<i64>>,
    /// For each key column, the cells' values in their own type, in pieces.
    values: Vec<Vec<ArrayRef>>,
}

impl CellTable {
    /// An empty table. Without a count column rows are counted, whatever `repeats` says.
    pub fn new(by: &[String], count: Option<&str>, repeats: Repeats) -> Self {
        Self {
            by: by.to_vec(),
            count: count.map(str::to_owned),
            wide: None,
            repeats: if count.is_some() { repeats } else { Repeats::Add },
            rows: 0,
            first_rows: Vec::new(),
            places: HashMap::new(),
            counts: Vec::new(),
            values: vec![Vec::new(); by.len()],
        }
    }

    /// An empty table whose counts stand in several columns; the name of the counts is for its long form.
    pub fn wide(by: &[String], wide: WideColumns, count: &str) -> Self {
        let all: Vec<String> = by.iter().cloned().chain([wide.across().to_owned()]).collect();
        Self { wide: Some(wide), ..Self::new(&all, Some(count), Repeats::Refuse) }
    }

    /// Adds the rows of a batch.
    ///
    /// # Errors
    /// `misuse.column_missing`, `misuse.column_type`; `policy.duplicate_cell`; `policy.negative_count` for a negative
    /// part, which a sum would hide; `policy.count_too_large` for a sum past 64 bits. Rows are those that came.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.add_rows(batch).map(|_| ())
    }

    /// As [`CellTable::add`]; gives the cell of each row.
    pub(super) fn add_rows(&mut self, batch: &RecordBatch) -> Result<Vec<usize>, Error> {
        let Some(wide) = self.wide.clone() else { return self.add_long(batch) };
        let count = self.count.clone().unwrap_or_default();
        let keys = &self.by[..self.by.len() - 1];
        let long = wide.long_counts(batch, keys, &count)?;
        self.add_long(&long).map_err(|error| own_rows(error, wide.across(), wide.columns()))
    }

    fn add_long(&mut self, batch: &RecordBatch) -> Result<Vec<usize>, Error> {
        let keys = self.by.iter().map(|name| text_of(batch, name)).collect::<Result<Vec<_>, _>>()?;
        let parts = self.count.as_deref().map(|name| counts_of(batch, name)).transpose()?;
        let mut new_rows = Vec::new();
        let mut cell_of_row = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let cell = |column: &LargeStringArray| column.is_valid(row).then(|| column.value(row).to_owned());
            let here = self.rows + row + 1;
            let key: Key = keys.iter().map(cell).collect();
            let part = match &parts {
                None => Some(1),
                Some(parts) => parts.is_valid(row).then(|| parts.value(row)),
            };
            if part.is_some_and(i64::is_negative) {
                return Err(PolicyError::NegativeCount { row: here }.into());
            }
            let next = self.places.len();
            let place = *self.places.entry(key).or_insert(next);
            cell_of_row.push(place);
            if place == next {
                new_rows.push(row as u64);
                self.first_rows.push(here);
                self.counts.push(part);
            } else if self.repeats == Repeats::Refuse {
                return Err(PolicyError::DuplicateCell { first: self.first_rows[place], second: here }.into());
            } else {
                // A sum with a missing part is missing.
                self.counts[place] = match (self.counts[place], part) {
                    (Some(sum), Some(part)) => {
                        Some(sum.checked_add(part).ok_or(PolicyError::CountTooLarge { row: here })?)
                    }
                    _ => None,
                };
            }
        }
        let rows = UInt64Array::from(new_rows);
        for (name, values) in self.by.iter().zip(&mut self.values) {
            let column = batch.column(column_position(&batch.schema(), name)?);
            values.push(take(column, &rows, None).map_err(defect)?);
        }
        self.rows += batch.num_rows();
        Ok(cell_of_row)
    }

    /// Whether rows are counted, and not read as counts.
    pub(super) const fn counts_rows(&self) -> bool {
        self.count.is_none()
    }

    /// The key columns in their own types, one row a cell.
    pub(super) fn key_columns(&self) -> Result<Vec<ArrayRef>, Error> {
        let join = |pieces: &Vec<ArrayRef>| match &pieces[..] {
            [] => Ok(Arc::new(LargeStringArray::new_null(0)) as ArrayRef),
            pieces => concat(&pieces.iter().map(AsRef::as_ref).collect::<Vec<_>>()).map_err(defect),
        };
        self.values.iter().map(join).collect()
    }

    /// The cells as a table, not protected.
    ///
    /// # Errors
    /// Those of [`CountTable::new`].
    pub fn table(&self) -> Result<CountTable, Error> {
        let mut keys: Vec<Vec<Option<String>>> = vec![vec![None; self.counts.len()]; self.by.len()];
        for (key, &place) in &self.places {
            for (column, value) in keys.iter_mut().zip(key) {
                column[place].clone_from(value);
            }
        }
        let table = CountTable::new(self.by.iter().cloned(), keys, self.counts.clone())?;
        Ok(match &self.wide {
            Some(wide) => table.across(wide.columns()),
            None => table,
        })
    }
}

/// A suppressed table with its key columns in their own types.
pub struct SuppressedTable {
    result: SuppressionResult,
    by: Vec<String>,
    values: Vec<ArrayRef>,
    wide: Option<WideColumns>,
}

/// Applies a rule to the cells; the hook is told how far the run is and can stop it.
///
/// # Errors
/// Those of [`suppress_watched`].
pub fn suppress_cells(
    cells: &CellTable,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<SuppressedTable, Error> {
    let result = suppress_watched(&cells.table()?, policy, options, hook)?;
    SuppressedTable::new(cells, result, options.margins)
}

/// As [`suppress_cells`], for a rule that rounds at random.
///
/// # Errors
/// Those of [`suppress_keyed`].
pub fn suppress_cells_keyed(
    cells: &CellTable,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    rounder: &RandomRounder,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<SuppressedTable, Error> {
    let result = suppress_keyed(&cells.table()?, policy, options, rounder, hook)?;
    SuppressedTable::new(cells, result, options.margins)
}

/// As [`suppress_cells`], for readers who have kept earlier releases, the oldest first.
///
/// # Errors
/// Those of [`suppress_after_watched`].
pub fn suppress_cells_after(
    cells: &CellTable,
    earlier: &[FinishedTable],
    counts: EarlierCounts,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<SuppressedTable, Error> {
    let tables = earlier.iter().map(FinishedTable::table).collect::<Result<Vec<_>, _>>()?;
    let earlier: Vec<_> = tables.iter().zip(earlier).map(|(table, release)| (table, release.cells())).collect();
    let result = suppress_after_watched(&cells.table()?, &earlier, counts, policy, options, hook)?;
    SuppressedTable::new(cells, result, options.margins)
}

/// Applies a rule to several tables over the same people; the results are in their order.
///
/// # Errors
/// Those of [`suppress_linked_watched`].
pub fn suppress_cells_linked(
    tables: &[(String, CellTable)],
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<Vec<SuppressedTable>, Error> {
    let counts = tables.iter().map(|(_, cells)| cells.table()).collect::<Result<Vec<_>, _>>()?;
    let named: Vec<_> = tables.iter().zip(&counts).map(|((name, _), table)| (name.as_str(), table)).collect();
    let made = suppress_linked_watched(&named, policy, options, hook)?;
    tables.iter().zip(made).map(|((_, cells), result)| SuppressedTable::new(cells, result, options.margins)).collect()
}

/// The cells with the totals that the options ask for; nothing is hidden, so this never leaves.
///
/// # Errors
/// Those of [`CountTable::with_totals`]; `misuse.argument` if a key column has the count's name.
pub fn frequency_cells(cells: &CellTable, options: &SuppressOptions, count: &str) -> Result<RecordBatch, Error> {
    batch_of(cells, &cells.table()?.with_totals(options)?, options, count)
}

/// The key columns, in their own types where no rows were added, and the counts under their name.
pub(super) fn batch_of(
    cells: &CellTable,
    table: &CountTable,
    options: &SuppressOptions,
    count: &str,
) -> Result<RecordBatch, Error> {
    if cells.by.iter().any(|name| name == count) {
        let expected = format!("key columns with other names than {count}");
        return Err(MisuseError::Argument { name: "by".to_owned(), expected }.into());
    }
    let text = |column: &Vec<Option<String>>| Arc::new(LargeStringArray::from_iter(column)) as ArrayRef;
    let mut columns: Vec<ArrayRef> = match options.margins {
        Margins::All => table.keys().iter().map(text).collect(),
        _ => cells.key_columns()?,
    };
    let key = |(name, column): (&String, &ArrayRef)| Field::new(name, column.data_type().clone(), true);
    let mut fields: Vec<Field> = cells.by.iter().zip(&columns).map(key).collect();
    fields.push(Field::new(count, DataType::Int64, true));
    columns.push(Arc::new(Int64Array::from(table.counts().to_vec())));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(defect)
}

impl SuppressedTable {
    pub(super) fn new(cells: &CellTable, result: SuppressionResult, margins: Margins) -> Result<Self, Error> {
        // Added rows bear the label of totals, which is text.
        let values = if margins == Margins::All {
            let table = result.publish();
            let text = |column: &Vec<Option<String>>| Arc::new(LargeStringArray::from_iter(column)) as ArrayRef;
            table.keys().iter().map(text).collect()
        } else {
            cells.key_columns()?
        };
        Ok(Self { result, by: cells.by.clone(), values, wide: cells.wide.clone() })
    }

    /// The typed result.
    pub const fn result(&self) -> &SuppressionResult {
        &self.result
    }

    /// What may leave: the key columns, the count (null where hidden) under its name, and `<name>_display`.
    ///
    /// # Errors
    /// `misuse.argument` if a key column has one of those names.
    pub fn publish(&self, count: &str) -> Result<RecordBatch, Error> {
        self.batch(count, false)
    }

    /// What may leave in the shape of a wide table: key columns, and for each category of the last key column its
    /// cells as text, with one marker for every hidden cell.
    ///
    /// # Errors
    /// `misuse.argument` if the table is not one of whole lines, or a key column has the name of a category.
    pub fn publish_wide(&self) -> Result<RecordBatch, Error> {
        let keys = self.by.len() - 1;
        let empty = self.wide.as_ref().filter(|_| self.result.cells().is_empty());
        wide_batch(&self.by[..keys], &self.values[..keys], &self.result.publish().wide()?, empty)
    }

    /// For the data owner only: as [`SuppressedTable::publish`] with `<name>_status`. It never leaves, since it
    /// tells which cells are hidden for themselves.
    ///
    /// # Errors
    /// As [`SuppressedTable::publish`].
    pub fn owner(&self, count: &str) -> Result<RecordBatch, Error> {
        self.batch(count, true)
    }

    /// For the data owner only: one row a cell that the auditor was asked about, as `lower`, `upper`, `verdict`,
    /// `method`, `by_sums`, `by_contributor`, `by_pooling` and `reason` beside the key columns.
    ///
    /// # Errors
    /// `misuse.argument` if a key column has one of those names.
    pub fn audited_cells(&self) -> Result<RecordBatch, Error> {
        hidden_cells(self.result.audit(), &self.by, &self.values)
    }

    fn batch(&self, count: &str, with_status: bool) -> Result<RecordBatch, Error> {
        let table = self.result.publish();
        let mut fields: Vec<Field> = Vec::new();
        let mut columns = self.values.clone();
        for (name, values) in self.by.iter().zip(&self.values) {
            fields.push(Field::new(name, values.data_type().clone(), true));
        }
        fields.push(Field::new(count, DataType::Int64, true));
        columns.push(Arc::new(Int64Array::from(table.counts().to_vec())));
        fields.push(Field::new(format!("{count}_display"), DataType::LargeUtf8, false));
        columns.push(Arc::new(LargeStringArray::from_iter_values(table.display())));
        if with_status {
            fields.push(Field::new(format!("{count}_status"), DataType::LargeUtf8, false));
            columns.push(Arc::new(LargeStringArray::from_iter_values(self.result.owner().status())));
        }
        let clash = self.by.iter().any(|name| fields[self.by.len()..].iter().any(|field| field.name() == name));
        if clash {
            let expected = format!("key columns with other names than {count}, {count}_display and {count}_status");
            return Err(MisuseError::Argument { name: "by".to_owned(), expected }.into());
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(defect)
    }
}

#[allow(clippy::needless_pass_by_value)] // the shape `map_err` wants
pub(super) fn defect(_: arrow::error::ArrowError) -> Error {
    MisuseError::PanicInside {}.into()
}
