//! What happens to cells that are not valid: counted, and refused or set to null; never passed through.

use crate::OnInvalid;
use crate::error::{Error, IdentifierError};

/// Where a column stands, for error messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the column.
    pub column: String,
    /// What row numbers are relative to: "the column", "this batch".
    pub scope: &'static str,
    /// Row of the first cell of this array within that scope.
    pub first_row: u64,
}

impl Place {
    /// A whole column.
    pub fn column(name: &str) -> Self {
        Self { column: shown_name(name), scope: "the column (the first row is 1)", first_row: 0 }
    }

    /// One batch that an engine hands over; rows are counted within it.
    pub fn batch(name: &str) -> Self {
        Self { column: shown_name(name), scope: "this batch (the first row is 1)", first_row: 0 }
    }
}

/// A column name as messages show it. In a file without a header the "names" are cells of the first row, so
/// anything that does not look like a name is not shown.
pub(crate) fn shown_name(name: &str) -> String {
    if name.is_empty() {
        "the column".to_owned()
    } else if looks_like_data(name) {
        "a column whose name looks like data and is not shown".to_owned()
    } else {
        format!("column {name}")
    }
}

/// Whether a column name could be a cell: it begins with something other than a letter, has signs that names
/// do not have, is very long, or has six digits of whatever script.
pub(crate) fn looks_like_data(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ' | '-' | '.');
    let starts_well = name.chars().next().is_none_or(|c| c.is_alphabetic() || c == '_');
    let digits = name.chars().filter(|c| c.is_numeric()).count();
    !starts_well || !name.chars().all(plain) || name.chars().count() > 64 || digits >= 6
}

/// Cells found invalid so far.
#[derive(Debug, Default)]
pub(super) struct Invalid {
    pub(super) count: u64,
    first: Option<(u64, &'static str)>,
}

impl Invalid {
    #[inline]
    pub(super) fn add(&mut self, row: usize, code: &'static str) {
        self.count += 1;
        self.first.get_or_insert((row as u64, code));
    }

    /// Adds what was found in a later chunk, whose first row is `offset` of the column.
    pub(super) fn join(&mut self, later: &Self, offset: u64) {
        self.count += later.count;
        self.first = self.first.or(later.first.map(|(row, code)| (row + offset, code)));
    }

    /// An error if there were any and they are to be refused.
    pub(super) fn settle(&self, on_invalid: OnInvalid, place: &Place) -> Result<u64, Error> {
        match (self.first, on_invalid) {
            (Some((row, code)), OnInvalid::Raise) => Err(IdentifierError::InvalidCells {
                column: place.column.clone(),
                count: self.count,
                row: place.first_row + row + 1,
                reason: code.to_owned(),
                scope: place.scope.to_owned(),
            }
            .into()),
            _ => Ok(self.count),
        }
    }
}
