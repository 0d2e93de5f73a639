//! Magnitudes that come as record batches, one row a contribution.

use super::keys_and_counts::{counts_of, text_of};
use super::suppress::{CellTable, Repeats, SuppressedTable};
use crate::error::Error;
use crate::suppression::magnitude::{ContributionTable, MagnitudeOptions, suppress_magnitudes_watched};
use crate::suppression::{Progress, SuppressionPolicy};
use arrow::array::RecordBatch;
use std::ops::ControlFlow;

/// Contributions by key columns, growing with every batch.
pub struct ContributionRows {
    cells: CellTable,
    value: String,
    contributor: String,
    holding: Option<String>,
    cell_of_row: Vec<usize>,
    contributors: Vec<Option<String>>,
    holdings: Vec<Option<String>>,
    values: Vec<Option<i64>>,
}

impl ContributionRows {
    /// No rows yet. The columns are named: keys, value, contributor, and the holding of the contributor, if known.
    pub fn new(by: &[String], value: &str, contributor: &str, holding: Option<&str>) -> Self {
        Self {
            cells: CellTable::new(by, None, Repeats::Add),
            value: value.to_owned(),
            contributor: contributor.to_owned(),
            holding: holding.map(str::to_owned),
            cell_of_row: Vec::new(),
            contributors: Vec::new(),
            holdings: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds the rows of a batch.
    ///
    /// # Errors
    /// `misuse.column_missing`, `misuse.column_type`.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let texts = |name: &str| -> Result<Vec<Option<String>>, Error> {
            Ok(text_of(batch, name)?.iter().map(|text| text.map(str::to_owned)).collect())
        };
        self.contributors.extend(texts(&self.contributor)?);
        if let Some(holding) = &self.holding {
            self.holdings.extend(texts(holding)?);
        }
        self.values.extend(counts_of(batch, &self.value)?.iter());
        self.cell_of_row.extend(self.cells.add_rows(batch)?);
        Ok(())
    }

    /// Adds the contributions up and applies a rule to the totals; the hook is told how far the run is and can stop it.
    ///
    /// # Errors
    /// Those of [`ContributionTable::new`] and [`suppress_magnitudes_watched`].
    pub fn suppress(
        self,
        policy: &SuppressionPolicy,
        options: &MagnitudeOptions,
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<SuppressedTable, Error> {
        let holdings = self.holding.is_some().then_some(self.holdings);
        let names = self.cells.table()?;
        let table = ContributionTable::of_cells(&names, self.cell_of_row, self.contributors, holdings, &self.values)?;
        let result = suppress_magnitudes_watched(&table, policy, options, hook)?;
        SuppressedTable::new(&self.cells, result, options.margins)
    }
}
