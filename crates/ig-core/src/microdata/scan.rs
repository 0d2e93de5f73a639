//! One pass over a table.

use super::classes::{Grouping, tally};
use super::distance::Distance;
use super::risk::MicrodataRisk;
use super::sensitive::Sensitive;
use super::values::Encoder;
use crate::columns::{column_position, shown_name};
use crate::error::{Error, MisuseError};
use arrow::array::{ArrayRef, RecordBatch};

/// Reads a table batch by batch and measures k, uniques, l and t at once.
///
/// Memory grows with the distinct values, the classes and the pairs of class and sensitive value, not with the
/// rows, unless [`MicrodataScan::keep_rows`] is asked for (4 bytes a row). Classes are compared value by value,
/// never by a digest. The result is the same for any order of rows and any cut into batches.
///
/// ```
/// use arrow::array::{Int64Array, RecordBatch, StringArray};
/// use ig_core::microdata::MicrodataScan;
/// use std::sync::Arc;
///
/// let rows = RecordBatch::try_from_iter([
///     ("area", Arc::new(StringArray::from(vec!["WN", "WN", "M"])) as _),
///     ("age", Arc::new(Int64Array::from(vec![40, 40, 71])) as _),
///     ("drug", Arc::new(StringArray::from(vec!["statin", "insulin", "statin"])) as _),
/// ])?;
/// let mut scan = MicrodataScan::new(&["area", "age"], &["drug"])?;
/// scan.add(&rows)?;
/// let risk = scan.finish(5)?;
/// assert_eq!((risk.k(), risk.uniques(), risk.rows_below()), (1, 1, 3));
/// assert_eq!(risk.sensitive()[0].l_distinct, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MicrodataScan {
    by: Vec<QuasiIdentifier>,
    sensitive: Vec<Sensitive>,
    distance: Distance,
    codes: Vec<Vec<u32>>,
    grouping: Grouping,
    /// Classes of the rows of the batch at hand.
    classes: Vec<u32>,
    sizes: Vec<u64>,
    of_rows: Option<Vec<u32>>,
}

/// A quasi-identifier with the values it has had so far.
pub(super) struct QuasiIdentifier {
    pub(super) name: String,
    pub(super) encoder: Encoder,
}

/// Checks names before any row is read, and makes an encoder for each.
pub(super) fn quasi_identifiers<S: AsRef<str>>(names: &[S]) -> Result<Vec<QuasiIdentifier>, Error> {
    let refuse = |expected: &str| MisuseError::Argument { name: "by".to_owned(), expected: expected.to_owned() };
    if names.is_empty() {
        return Err(refuse("at least one column that others may know about a person").into());
    }
    let repeated = names.iter().enumerate().any(|(at, name)| names[..at].iter().any(|n| n.as_ref() == name.as_ref()));
    if repeated {
        return Err(refuse("every column once").into());
    }
    let made = names.iter().map(AsRef::as_ref);
    Ok(made.map(|name| QuasiIdentifier { name: name.to_owned(), encoder: Encoder::new() }).collect())
}

pub(super) fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, Error> {
    Ok(batch.column(column_position(&batch.schema(), name)?))
}

/// Refuses a k that asks for nothing.
pub(super) fn check_k(k: u64) -> Result<(), Error> {
    if k < 2 {
        let expected = "a whole number from 2: a class of one row hides nobody".to_owned();
        return Err(MisuseError::Argument { name: "k".to_owned(), expected }.into());
    }
    Ok(())
}

impl MicrodataScan {
    /// A scan by these quasi-identifiers, of these sensitive columns.
    ///
    /// # Errors
    /// `misuse.argument` if there is no quasi-identifier, one is named twice, or one is sensitive too: in a class
    /// all rows have the same value of it, so nothing would be measured.
    pub fn new<B: AsRef<str>, S: AsRef<str>>(by: &[B], sensitive: &[S]) -> Result<Self, Error> {
        let by = quasi_identifiers(by)?;
        for (at, name) in sensitive.iter().map(AsRef::as_ref).enumerate() {
            let both = by.iter().any(|column| column.name == name);
            if both || sensitive[..at].iter().any(|other| other.as_ref() == name) {
                let expected = format!("{} once, as quasi-identifier or as sensitive", shown_name(name));
                return Err(MisuseError::Argument { name: "sensitive".to_owned(), expected }.into());
            }
        }
        Ok(Self {
            codes: vec![Vec::new(); by.len()],
            grouping: Grouping::new(by.len()),
            by,
            sensitive: sensitive.iter().map(|name| Sensitive::new(name.as_ref())).collect(),
            distance: Distance::Auto,
            classes: Vec::new(),
            sizes: Vec::new(),
            of_rows: None,
        })
    }

    /// With this ground distance for t-closeness in place of the one that the type of each column suggests.
    #[must_use]
    pub const fn distance(mut self, distance: Distance) -> Self {
        self.distance = distance;
        self
    }

    /// Keeps the class of each row, so that [`MicrodataRisk::at_risk`] can be told.
    #[must_use]
    pub fn keep_rows(mut self) -> Self {
        self.of_rows = Some(Vec::new());
        self
    }

    /// Adds the rows of a batch. After an error the scan is of no use.
    ///
    /// # Errors
    /// `misuse.column_missing`; `misuse.column_type` for bytes, lists and structs; `misuse.argument` for several
    /// columns of one name, or more combinations than can be numbered.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        for (by, codes) in self.by.iter_mut().zip(&mut self.codes) {
            by.encoder.encode(&by.name, column(batch, &by.name)?, codes)?;
        }
        self.grouping.place(&self.codes, &mut self.classes)?;
        tally(&mut self.sizes, &self.classes, std::iter::repeat(1));
        for sensitive in &mut self.sensitive {
            sensitive.add(column(batch, &sensitive.name)?, &self.classes)?;
        }
        if let Some(of_rows) = &mut self.of_rows {
            of_rows.extend_from_slice(&self.classes);
        }
        Ok(())
    }

    /// The figures; `k` is the least class size that is asked for.
    ///
    /// # Errors
    /// `misuse.argument` if `k` is less than 2; `misuse.no_rows`; `misuse.column_type` if the ordered distance was
    /// asked for and a sensitive column has no order.
    pub fn finish(self, k: u64) -> Result<MicrodataRisk, Error> {
        check_k(k)?;
        if self.sizes.is_empty() {
            return Err(MisuseError::NoRows {}.into());
        }
        let measured = self.sensitive.iter().map(|column| column.measure(self.sizes.len(), self.distance));
        let sensitive = measured.collect::<Result<_, _>>()?;
        Ok(MicrodataRisk::new(&self.sizes, k, self.of_rows.as_deref(), sensitive))
    }
}
