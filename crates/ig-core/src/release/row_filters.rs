//! Which rows the agreement allows to be read.

use super::plain_cells::{days, is_date_or_time, is_text, texts, unpacked, value_type, wholes};
use crate::agreement::{Dataset, FilterValue, RowFilter};
use crate::columns::{column_position, shown_name};
use crate::error::{AccessError, Error, MisuseError};
use crate::mask::parse_date;
use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Schema};

/// The conditions of a dataset, each with its column.
pub(super) struct RowFilters<'a> {
    dataset: &'a str,
    filters: Vec<(usize, &'a RowFilter)>,
}

impl<'a> RowFilters<'a> {
    /// Finds the columns and holds their types against the conditions, before any row is read.
    pub(super) fn new(dataset: &'a Dataset, schema: &Schema) -> Result<Self, Error> {
        let find = |filter: &'a RowFilter| {
            let position = column_position(schema, &filter.field)?;
            check_type(filter, schema.field(position).data_type())?;
            Ok((position, filter))
        };
        let filters = dataset.row_filter.iter().map(find).collect::<Result<_, Error>>()?;
        Ok(Self { dataset: &dataset.name, filters })
    }

    /// The rows that meet every condition.
    pub(super) fn keep(&self, batch: RecordBatch) -> Result<RecordBatch, Error> {
        if self.filters.is_empty() {
            return Ok(batch);
        }
        let mut stays = vec![true; batch.num_rows()];
        for (position, filter) in &self.filters {
            let met = self.met(filter, batch.column(*position))?;
            stays.iter_mut().zip(met).for_each(|(stays, met)| *stays &= met);
        }
        filter_record_batch(&batch, &BooleanArray::from(stays)).map_err(|_| MisuseError::PanicInside {}.into())
    }

    fn met(&self, filter: &RowFilter, column: &ArrayRef) -> Result<Vec<bool>, Error> {
        let column = unpacked(column).ok_or(MisuseError::PanicInside {})?;
        let given = || filter.one_of.iter().chain(&filter.none_of).chain(&filter.from).chain(&filter.to);
        let text = is_text(column.data_type());
        Ok(match given().next() {
            None if text => {
                texts(&column).iter().map(|cell| cell.is_some_and(|text| !text.trim().is_empty())).collect()
            }
            None => (0..column.len()).map(|row| column.is_valid(row)).collect(),
            Some(FilterValue::Text(_)) => {
                let held = |value: &FilterValue, cell: &str| matches!(value, FilterValue::Text(text) if text == cell);
                let meets = |cell: &str| match &filter.one_of[..] {
                    [] => !filter.none_of.iter().any(|value| held(value, cell)),
                    allowed => allowed.iter().any(|value| held(value, cell)),
                };
                texts(&column).iter().map(|cell| cell.is_some_and(meets)).collect()
            }
            Some(FilterValue::Whole(_)) => {
                let cells =
                    if text { self.parsed(filter, &column, |text| text.parse().ok())? } else { wholes(&column) };
                self.compared(filter, cells, FilterValue::Whole)?
            }
            Some(FilterValue::Day(_)) => {
                let cells =
                    if text { self.parsed(filter, &column, |text| parse_date(text).ok())? } else { days(&column) };
                self.compared(filter, cells, FilterValue::Day)?
            }
        })
    }

    /// Cells of text, read; one that cannot be read stops the release, since nobody knows whether its row is agreed.
    fn parsed<T>(
        &self,
        filter: &RowFilter,
        column: &ArrayRef,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Vec<Option<T>>>, Error> {
        let mut unreadable = 0;
        let mut cells = Vec::with_capacity(column.len());
        for cell in texts(column) {
            let cell = cell.map(str::trim).filter(|text| !text.is_empty());
            let value = cell.and_then(&read);
            unreadable += u64::from(cell.is_some() && value.is_none());
            cells.push(value);
        }
        if unreadable == 0 { Ok(Some(cells)) } else { Err(self.unreadable(filter, unreadable)) }
    }

    fn compared<T>(
        &self,
        filter: &RowFilter,
        cells: Option<Vec<Option<T>>>,
        value: impl Fn(T) -> FilterValue,
    ) -> Result<Vec<bool>, Error> {
        let cells = cells.ok_or_else(|| self.unreadable(filter, 1))?;
        let meets = |cell: T| {
            let cell = value(cell);
            let listed = filter.one_of.is_empty() || filter.one_of.contains(&cell);
            listed
                && !filter.none_of.contains(&cell)
                && filter.from.as_ref().is_none_or(|from| *from <= cell)
                && filter.to.as_ref().is_none_or(|to| cell <= *to)
        };
        Ok(cells.into_iter().map(|cell| cell.is_some_and(meets)).collect())
    }

    fn unreadable(&self, filter: &RowFilter, count: u64) -> Error {
        let (dataset, field) = (self.dataset.to_owned(), shown_name(&filter.field));
        AccessError::RowFilterUnreadable { dataset, field, count }.into()
    }
}

fn check_type(filter: &RowFilter, data_type: &DataType) -> Result<(), Error> {
    let values = value_type(data_type);
    let first = filter.one_of.iter().chain(&filter.none_of).chain(&filter.from).chain(&filter.to).next();
    let (fits, expected) = match first {
        None => (!values.is_nested(), "a column that is not nested"),
        Some(FilterValue::Text(_)) => (is_text(values), "text, which the row filter of the agreement compares"),
        Some(FilterValue::Whole(_)) => {
            (is_text(values) || values.is_integer(), "whole numbers, which the row filter of the agreement compares")
        }
        Some(FilterValue::Day(_)) => {
            (is_text(values) || is_date_or_time(values), "dates, which the row filter of the agreement compares")
        }
    };
    if fits || *values == DataType::Null {
        return Ok(());
    }
    let (column, expected) = (shown_name(&filter.field), expected.to_owned());
    Err(MisuseError::ColumnType { column, expected, found: "another type".to_owned() }.into())
}

#[cfg(test)]
mod tests;
