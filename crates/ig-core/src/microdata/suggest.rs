//! Which of the levels on offer reach k with the least loss.

use super::classes::{Grouping, tally};
use super::lattice::{Lattice, Node};
use super::level::{Ladder, Level};
use super::options::{Loss, SuggestOptions};
use super::scan::{QuasiIdentifier, column, quasi_identifiers};
use crate::error::{Error, MisuseError};
use arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use arrow::compute::{cast, concat, take};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use serde::Serialize;

/// One combination of levels that reaches k, as plain data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The chosen level of each column, in the order of the ladders.
    pub levels: Vec<(String, Level)>,
    /// For each column the place of its level in the ladder, from 0.
    pub steps: Vec<usize>,
    /// The smallest class after the rows below the k asked for are withheld.
    pub k: u64,
    /// Classes that stay.
    pub classes: u64,
    /// Rows to be withheld: those in classes below the k asked for.
    pub rows_withheld: u64,
    /// The sum of `steps` (Samarati 2001).
    pub height: usize,
    /// 1 less the precision of Sweeney 2002: the mean over columns of the step divided by the last step of the
    /// ladder, from 0 (nothing is changed) to 1 (all at their coarsest).
    pub precision_loss: f64,
    /// The sum over the classes that stay of their size squared, and for each withheld row the rows of the table
    /// (Bayardo and Agrawal 2005). At best the number of rows.
    pub discernibility: u128,
}

/// Reads a table batch by batch, once, and then weighs the combinations of levels on its classes alone.
///
/// Memory grows with the distinct values and the classes of the unchanged columns, not with the rows.
///
/// ```
/// use arrow::array::{Int64Array, RecordBatch};
/// use ig_core::microdata::{GeneralisationScan, Ladder, Level, SuggestOptions};
/// use std::sync::Arc;
///
/// let rows = RecordBatch::try_from_iter([("age", Arc::new(Int64Array::from(vec![31, 34, 38])) as _)])?;
/// let bands = Level::Act(serde_json::from_str(r#"{"act": "age_band", "width": 10}"#)?);
/// let ladder = Ladder { column: "age".to_owned(), levels: vec![Level::Keep, bands.clone(), Level::Omit] };
/// let mut scan = GeneralisationScan::new(vec![ladder])?;
/// scan.add(&rows)?;
/// let best = &scan.finish(&SuggestOptions::new(3))?[0];
/// assert_eq!((&best.levels[0].1, best.k), (&bands, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct GeneralisationScan {
    ladders: Vec<Ladder>,
    by: Vec<QuasiIdentifier>,
    /// The distinct values of each column, in pieces.
    distinct: Vec<Vec<ArrayRef>>,
    codes: Vec<Vec<u32>>,
    grouping: Grouping,
    classes: Vec<u32>,
    /// For each column the value of every class.
    values: Vec<Vec<u32>>,
    sizes: Vec<u64>,
}

impl GeneralisationScan {
    /// A scan with one ladder for each quasi-identifier.
    ///
    /// # Errors
    /// `misuse.argument` if there is no ladder, a column is named twice, or a ladder has no level.
    pub fn new(ladders: Vec<Ladder>) -> Result<Self, Error> {
        let names: Vec<&str> = ladders.iter().map(|ladder| ladder.column.as_str()).collect();
        let by = quasi_identifiers(&names)?;
        ladders.iter().try_for_each(Ladder::check)?;
        Ok(Self {
            distinct: vec![Vec::new(); by.len()],
            codes: vec![Vec::new(); by.len()],
            grouping: Grouping::new(by.len()),
            classes: Vec::new(),
            values: vec![Vec::new(); by.len()],
            sizes: Vec::new(),
            by,
            ladders,
        })
    }

    /// Adds the rows of a batch. After an error the scan is of no use.
    ///
    /// # Errors
    /// Those of [`MicrodataScan::add`](super::MicrodataScan::add).
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        for ((by, codes), distinct) in self.by.iter_mut().zip(&mut self.codes).zip(&mut self.distinct) {
            let array = column(batch, &by.name)?;
            let known = by.encoder.len();
            by.encoder.encode(&by.name, array, codes)?;
            // New codes rise one by one, each with the first row that has it.
            let (mut next, mut rows) = (known as u32, Vec::new());
            for (row, &code) in codes.iter().enumerate() {
                if code == next {
                    rows.push(row as u64);
                    next += 1;
                }
            }
            distinct.push(plain_values(array, rows).map_err(|_| MisuseError::PanicInside {})?);
        }
        self.grouping.place(&self.codes, &mut self.classes)?;
        for (row, &class) in self.classes.iter().enumerate() {
            if class as usize == self.values[0].len() {
                self.values.iter_mut().zip(&self.codes).for_each(|(values, codes)| values.push(codes[row]));
            }
        }
        tally(&mut self.sizes, &self.classes, std::iter::repeat(1));
        Ok(())
    }

    /// The combinations that reach k, least loss first. Equal losses are in order of rows withheld, then of the
    /// other loss, then of the steps, so the same table and ladders always give the same list.
    ///
    /// # Errors
    /// `misuse.argument` for options out of range or more than 100,000 combinations; `misuse.no_rows`;
    /// `policy.k_not_reached`; `policy.levels_not_nested`; and those of the acts for values they do not take.
    pub fn finish(self, options: &SuggestOptions) -> Result<Vec<Suggestion>, Error> {
        options.check()?;
        let rows = self.sizes.iter().sum();
        if rows == 0 {
            return Err(MisuseError::NoRows {}.into());
        }
        let mut codes = Vec::with_capacity(self.ladders.len());
        for (ladder, pieces) in self.ladders.iter().zip(&self.distinct) {
            let pieces: Vec<&dyn arrow::array::Array> = pieces.iter().map(AsRef::as_ref).collect();
            codes.push(ladder.codes(&concat(&pieces).map_err(|_| MisuseError::PanicInside {})?)?);
        }
        let lattice = Lattice { codes, values: self.values, sizes: self.sizes, rows };
        let mut found = lattice.search(options)?;
        found.sort_by_cached_key(|node| {
            let (steps, cells) = (u128::from(risen(node, &self.ladders)), node.discernibility);
            let losses = match options.order_by {
                Loss::Precision => (steps, node.rows_below, cells),
                Loss::Discernibility => (cells, node.rows_below, steps),
            };
            (losses, node.levels.clone())
        });
        found.truncate(options.most);
        Ok(found.into_iter().map(|node| suggestion(node, &self.ladders)).collect())
    }
}

/// Some cells of a column, without a dictionary: those of different batches could be too many for its keys.
fn plain_values(array: &ArrayRef, rows: Vec<u64>) -> Result<ArrayRef, ArrowError> {
    let cells = take(array, &UInt64Array::from(rows), None)?;
    match array.data_type() {
        DataType::Dictionary(_, values) => cast(&cells, values),
        _ => Ok(cells),
    }
}

/// The product of the last steps of all ladders that have a choice, so that losses are compared as whole numbers.
fn scale(ladders: &[Ladder]) -> u64 {
    ladders.iter().map(|ladder| (ladder.levels.len() - 1).max(1) as u64).product()
}

/// The sum over columns of the step divided by the last step, times `scale`.
fn risen(node: &Node, ladders: &[Ladder]) -> u64 {
    let whole = scale(ladders);
    let columns = node.levels.iter().zip(ladders);
    columns.map(|(&step, ladder)| step as u64 * (whole / (ladder.levels.len() - 1).max(1) as u64)).sum()
}

fn suggestion(node: Node, ladders: &[Ladder]) -> Suggestion {
    let levels = node.levels.iter().zip(ladders);
    Suggestion {
        levels: levels.map(|(&step, ladder)| (ladder.column.clone(), ladder.levels[step].clone())).collect(),
        k: node.k,
        classes: node.classes,
        rows_withheld: node.rows_below,
        height: node.levels.iter().sum(),
        precision_loss: risen(&node, ladders) as f64 / (scale(ladders) as f64 * ladders.len() as f64),
        discernibility: node.discernibility,
        steps: node.levels,
    }
}
