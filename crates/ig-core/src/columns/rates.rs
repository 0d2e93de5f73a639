//! Rates of tables that come as record batches.

use super::audit_table::hidden_cells;
use super::suppress::{CellTable, Repeats, defect};
use crate::error::{Error, MisuseError};
use crate::suppression::{
    Margins, PART, Progress, RateFormat, RatesResult, SuppressOptions, SuppressionPolicy, suppress_rates_watched,
};
use arrow::array::{ArrayRef, Float64Array, Int64Array, LargeStringArray, RecordBatch, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Rows of numerators and denominators, growing with every batch.
pub struct RateTable {
    numerators: CellTable,
    denominators: CellTable,
}

/// A table of rates that is decided, with its key columns in their own types.
pub struct SuppressedRates {
    result: RatesResult,
    by: Vec<String>,
    values: Vec<ArrayRef>,
}

impl RateTable {
    /// An empty table.
    pub fn new(by: &[String], numerator: &str, denominator: &str) -> Self {
        let table = |count: &str| CellTable::new(by, Some(count), Repeats::Refuse);
        Self { numerators: table(numerator), denominators: table(denominator) }
    }

    /// Adds the rows of a batch.
    ///
    /// # Errors
    /// Those of [`CellTable::add`].
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.numerators.add(batch)?;
        self.denominators.add(batch)
    }

    /// Applies a rule; the hook is told how far the run is and can stop it.
    ///
    /// # Errors
    /// Those of [`suppress_rates_watched`].
    pub fn suppress(
        &self,
        by: &[String],
        format: RateFormat,
        policy: &SuppressionPolicy,
        options: &SuppressOptions,
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<SuppressedRates, Error> {
        let (numerators, denominators) = (self.numerators.table()?, self.denominators.table()?);
        let result = suppress_rates_watched(&numerators, &denominators, format, policy, options, hook)?;
        let values = if options.margins == Margins::All {
            let table = result.parts().publish();
            // Three cells stand for one row; the last key column tells them apart.
            let text = |column: &Vec<Option<String>>| {
                Arc::new(column.iter().step_by(3).map(Option::as_deref).collect::<LargeStringArray>()) as ArrayRef
            };
            table.keys().iter().take(by.len()).map(text).collect()
        } else {
            self.numerators.key_columns()?
        };
        Ok(SuppressedRates { result, by: by.to_vec(), values })
    }
}

impl SuppressedRates {
    /// The typed result.
    pub const fn result(&self) -> &RatesResult {
        &self.result
    }

    /// What may leave: the key columns; for numerator and denominator the number (null where hidden) and its display;
    /// `rate` (null where hidden, or of nobody) and `rate_display` (`-` for a rate of nobody).
    ///
    /// # Errors
    /// `misuse.argument` if two columns would have the same name.
    pub fn publish(&self, numerator: &str, denominator: &str) -> Result<RecordBatch, Error> {
        self.batch(numerator, denominator, false)
    }

    /// For the data owner only: as [`SuppressedRates::publish`] with a status of each count, and `rest_status` for
    /// those of the denominator who are not in the numerator.
    ///
    /// # Errors
    /// As [`SuppressedRates::publish`].
    pub fn owner(&self, numerator: &str, denominator: &str) -> Result<RecordBatch, Error> {
        self.batch(numerator, denominator, true)
    }

    /// For the data owner only: what the auditor says of each small numerator, denominator and rest; a column `part`
    /// tells them apart (`with`, `without`, and the label of totals for denominators).
    ///
    /// # Errors
    /// `misuse.argument` if a key column has the name of another one.
    pub fn audited_cells(&self) -> Result<RecordBatch, Error> {
        let table = self.result.parts().publish();
        let rows = UInt64Array::from_iter_values((0..table.counts().len()).map(|cell| (cell / 3) as u64));
        let mut values = Vec::new();
        for column in &self.values {
            values.push(take(column, &rows, None).map_err(defect)?);
        }
        let parts = table.keys().last().map(Vec::as_slice).unwrap_or_default();
        values.push(Arc::new(parts.iter().map(Option::as_deref).collect::<LargeStringArray>()));
        let by: Vec<String> = self.by.iter().cloned().chain([PART.to_owned()]).collect();
        hidden_cells(self.result.parts().audit(), &by, &values)
    }

    fn batch(&self, numerator: &str, denominator: &str, with_status: bool) -> Result<RecordBatch, Error> {
        let owner = self.result.parts().owner();
        let table = owner.published();
        let mut names: Vec<String> = self.by.clone();
        let mut columns = self.values.clone();
        let mut add = |name: String, column: ArrayRef| {
            names.push(name);
            columns.push(column);
        };
        let text = |words: Vec<&str>| Arc::new(LargeStringArray::from(words)) as ArrayRef;
        let display = table.display();
        for (name, place) in [(numerator, 0), (denominator, 2)] {
            let counts: Int64Array = table.counts().iter().skip(place).step_by(3).copied().collect();
            add(name.to_owned(), Arc::new(counts));
            add(format!("{name}_display"), text(display.iter().skip(place).step_by(3).map(String::as_str).collect()));
        }
        let rates = self.result.rates();
        // The text decides; the number is for those who compute on.
        let number = |rate: &Option<String>| rate.as_deref().and_then(|rate| rate.parse::<f64>().ok());
        add("rate".to_owned(), Arc::new(rates.iter().map(number).collect::<Float64Array>()));
        let shown = rates.iter().enumerate().map(|(row, rate)| match rate {
            Some(rate) => rate.as_str(),
            None if table.counts()[3 * row].is_some() && table.counts()[3 * row + 2].is_some() => "-",
            // The marker of whichever part is hidden.
            None if table.counts()[3 * row].is_none() => display[3 * row].as_str(),
            None => display[3 * row + 2].as_str(),
        });
        add("rate_display".to_owned(), text(shown.collect()));
        if with_status {
            for (name, place) in [(numerator, 0), ("rest", 1), (denominator, 2)] {
                add(format!("{name}_status"), text(owner.status().iter().skip(place).step_by(3).copied().collect()));
            }
        }
        if names.iter().enumerate().any(|(place, name)| names[..place].contains(name)) {
            let expected =
                format!("key columns and counts with names other than those made, such as {numerator}_display");
            return Err(MisuseError::Argument { name: "by".to_owned(), expected }.into());
        }
        let kinds = columns.iter().map(|column| column.data_type().clone());
        let nullable = |name: &String, kind: DataType| Field::new(name, kind, true);
        let fields: Vec<Field> = names.iter().zip(kinds).map(|(name, kind)| nullable(name, kind)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(defect)
    }
}
