//! Wide tables that come as record batches: key columns, and one column of counts for each category.

use super::keys_and_counts::{counts_of, text_of};
use super::schema::column_position;
use super::suppress::defect;
use crate::error::{Error, MisuseError};
use crate::suppression::{WideTable, check_wide};
use arrow::array::{ArrayRef, LargeStringArray, RecordBatch, UInt64Array};
use arrow::compute::{interleave, take};
use arrow::datatypes::{DataType, Field, Schema};
use std::sync::Arc;

/// The columns of counts of a wide table, and the dimension whose categories they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WideColumns {
    across: String,
    columns: Vec<String>,
}

impl WideColumns {
    /// The columns, and the name of the dimension that they make; `by` are the key columns.
    ///
    /// # Errors
    /// `misuse.argument` if there is no column of counts or no key column, or one stands twice or has two tasks.
    pub fn new(by: &[String], across: &str, columns: &[String]) -> Result<Self, Error> {
        check_wide(by, across, columns)?;
        Ok(Self { across: across.to_owned(), columns: columns.to_vec() })
    }

    /// The name of the dimension.
    pub fn across(&self) -> &str {
        &self.across
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The batch as one of long rows, line by line, with its counts as whole numbers.
    pub(super) fn long_counts(&self, batch: &RecordBatch, by: &[String], count: &str) -> Result<RecordBatch, Error> {
        self.long(batch, by, count, &|name| Ok(Arc::new(counts_of(batch, name)?)))
    }

    /// The batch as one of long rows, line by line, with its cells as text.
    pub(super) fn long_cells(&self, batch: &RecordBatch, by: &[String], count: &str) -> Result<RecordBatch, Error> {
        self.long(batch, by, count, &|name| Ok(Arc::new(text_of(batch, name)?)))
    }

    fn long(
        &self,
        batch: &RecordBatch,
        by: &[String],
        count: &str,
        cells: &dyn Fn(&str) -> Result<ArrayRef, Error>,
    ) -> Result<RecordBatch, Error> {
        if count == self.across || by.iter().any(|name| name == count) {
            let expected = format!("key columns, and a dimension of columns, with other names than {count}");
            return Err(MisuseError::Argument { name: "by".to_owned(), expected }.into());
        }
        let (rows, across) = (batch.num_rows(), self.columns.len());
        let lines = UInt64Array::from_iter_values((0..rows * across).map(|cell| (cell / across) as u64));
        let mut fields = Vec::with_capacity(by.len() + 2);
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(by.len() + 2);
        let mut add = |name: &str, column: ArrayRef| {
            fields.push(Field::new(name, column.data_type().clone(), true));
            columns.push(column);
        };
        for name in by {
            let column = batch.column(column_position(&batch.schema(), name)?);
            add(name, take(column, &lines, None).map_err(defect)?);
        }
        let names = (0..rows).flat_map(|_| &self.columns);
        add(&self.across, Arc::new(LargeStringArray::from_iter_values(names)));
        let parts = self.columns.iter().map(|name| cells(name)).collect::<Result<Vec<_>, _>>()?;
        let parts: Vec<_> = parts.iter().map(AsRef::as_ref).collect();
        let places: Vec<(usize, usize)> =
            (0..rows).flat_map(|row| (0..across).map(move |column| (column, row))).collect();
        add(count, interleave(&parts, &places).map_err(defect)?);
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(defect)
    }
}

/// The key columns and what is shown in each column of counts, as text; a table without rows has those that it had.
///
/// # Errors
/// `misuse.argument` if a key column has the name of a column of counts, such as that of added totals.
pub(super) fn wide_batch(
    by: &[String],
    values: &[ArrayRef],
    shown: &WideTable,
    empty: Option<&WideColumns>,
) -> Result<RecordBatch, Error> {
    let across = shown.columns().len();
    let lines = shown.display().first().map_or(0, Vec::len);
    let lines = UInt64Array::from_iter_values((0..lines).map(|line| (line * across) as u64));
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (name, values) in by.iter().zip(values) {
        fields.push(Field::new(name, values.data_type().clone(), true));
        columns.push(take(values, &lines, None).map_err(defect)?);
    }
    let none = Vec::new();
    let without_rows = empty.into_iter().flat_map(WideColumns::columns).map(|name| (name, &none));
    for (name, cells) in shown.columns().iter().zip(shown.display()).chain(without_rows) {
        if by.contains(name) {
            let expected = format!("key columns with other names than {name}");
            return Err(MisuseError::Argument { name: "by".to_owned(), expected }.into());
        }
        fields.push(Field::new(name, DataType::LargeUtf8, false));
        columns.push(Arc::new(LargeStringArray::from_iter_values(cells)));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(defect)
}
