//! Tables of record batches that are rounded, or given noise, instead of hidden.

use super::invalid::{Invalid, Place};
use super::keys_and_counts::text_of;
use super::suppress::{CellTable, Repeats, batch_of};
use crate::OnInvalid;
use crate::error::{Error, PolicyError};
use crate::suppression::SuppressOptions;
use crate::suppression::perturb::{
    AdditiveRounding, CellKeys, Choice, PerturbationTable, RandomRounder, RecordKeys, RoundedTable, perturb_table,
    round_table_additively, round_table_randomly,
};
use arrow::array::RecordBatch;
use std::collections::HashMap;

/// The cells with their totals, each rounded at random: see [`round_table_randomly`].
///
/// # Errors
/// Those of [`round_table_randomly`]; `misuse.argument` if a key column has the count's name.
pub fn round_cells_randomly(
    cells: &CellTable,
    options: &SuppressOptions,
    rounder: &RandomRounder,
    count: &str,
) -> Result<RecordBatch, Error> {
    let table = round_table_randomly(&cells.table()?, options, rounder)?;
    batch_of(cells, &table, options, count)
}

/// The cells with their totals, rounded so that all sums hold, and how: see [`round_table_additively`].
///
/// # Errors
/// Those of [`round_table_additively`]; `misuse.argument` if a key column has the count's name.
pub fn round_cells_additively(
    cells: &CellTable,
    options: &SuppressOptions,
    rounding: AdditiveRounding,
    choice: Choice<'_>,
    count: &str,
) -> Result<(RecordBatch, RoundedTable), Error> {
    let (table, rounded) = round_table_additively(&cells.table()?, options, rounding, choice)?;
    Ok((batch_of(cells, &table, options, count)?, rounded))
}

/// People by key columns, one row each, growing with every batch.
pub struct PeopleRows {
    cells: CellTable,
    person: String,
    keys: RecordKeys,
    cell_of_row: Vec<usize>,
    record_keys: Vec<u32>,
    rows: HashMap<u128, usize>,
    invalid: Invalid,
}

impl PeopleRows {
    /// Nobody yet. `person` is the column of identifiers.
    pub fn new(by: &[String], person: &str, keys: RecordKeys) -> Self {
        Self {
            cells: CellTable::new(by, None, Repeats::Add),
            person: person.to_owned(),
            keys,
            cell_of_row: Vec::new(),
            record_keys: Vec::new(),
            rows: HashMap::new(),
            invalid: Invalid::default(),
        }
    }

    /// Adds the rows of a batch.
    ///
    /// # Errors
    /// `misuse.column_missing`, `misuse.column_type`; `policy.duplicate_person`.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        for (at, person) in text_of(batch, &self.person)?.iter().enumerate() {
            let row = self.cell_of_row.len() + at;
            match self.keys.key_and_person(person.unwrap_or_default()) {
                Err(error) => self.invalid.add(row, error.code()),
                Ok((record_key, person)) => {
                    self.record_keys.push(record_key);
                    if let Some(first) = self.rows.insert(person, row) {
                        return Err(PolicyError::DuplicatePerson { first: first + 1, second: row + 1 }.into());
                    }
                }
            }
        }
        self.cell_of_row.extend(self.cells.add_rows(batch)?);
        Ok(())
    }

    /// The cells with their totals, each count with the noise of its people: see [`perturb_table`].
    ///
    /// # Errors
    /// Those of [`perturb_table`]; `identifier.invalid_cells` for rows without a valid identifier; `misuse.argument` if a key
    /// column has the count's name.
    pub fn perturb(
        &self,
        noise: &PerturbationTable,
        options: &SuppressOptions,
        count: &str,
    ) -> Result<RecordBatch, Error> {
        self.invalid.settle(OnInvalid::Raise, &Place::column(&self.person))?;
        let names = self.cells.table()?;
        let people = CellKeys::of_rows(names.rows(), &self.cell_of_row, &self.record_keys)?;
        batch_of(&self.cells, &perturb_table(&names, &people, noise, options)?, options, count)
    }
}
