//! Composite pseudonyms of a struct column.

use super::canonical::{Canonical, CanonicalCell};
use super::cells::column_type;
use super::invalid::{Invalid, Place};
use super::text_out::{BytesKind, BytesOut, Written};
use crate::composite::{CompositePseudonymiser, not_as_many, push_field};
use crate::error::{Error, MisuseError};
use crate::pseudonym::Encoding;
use arrow::array::{Array, ArrayRef, AsArray, StructArray};
use arrow::datatypes::{DataType, Field, Fields};
use std::sync::Arc;

/// Rows that are hashed together.
const GROUP: usize = 4096;

/// Several columns as the one struct column that an act on several fields takes. The fields count by position;
/// their names are their numbers.
///
/// ```
/// use arrow::array::{Array, ArrayRef, StringArray};
/// use ig_core::columns::fields_column;
/// use std::sync::Arc;
///
/// let a: ArrayRef = Arc::new(StringArray::from(vec!["9990000018", "9990000026"]));
/// let b: ArrayRef = Arc::new(StringArray::from(vec![Some("RR8"), None]));
/// assert_eq!(fields_column(vec![a.clone(), b])?.len(), 2);
/// assert_eq!(fields_column(vec![a.clone(), a.slice(0, 1)]).unwrap_err().code(), "misuse.argument");
/// # Ok::<(), ig_core::Error>(())
/// ```
///
/// # Errors
/// `misuse.argument` if there is no column or they are not equally long.
pub fn fields_column(columns: Vec<ArrayRef>) -> Result<ArrayRef, Error> {
    let field = |(at, column): (usize, &ArrayRef)| Field::new((at + 1).to_string(), column.data_type().clone(), true);
    let fields: Fields = columns.iter().enumerate().map(field).collect();
    let made = if columns.is_empty() { None } else { StructArray::try_new(fields, columns, None).ok() };
    let expected = || MisuseError::Argument {
        name: "the list of fields".to_owned(),
        expected: "one or more columns of equal length".to_owned(),
    };
    Ok(Arc::new(made.ok_or_else(expected)?))
}

/// Every row becomes the pseudonym of its fields.
pub(super) fn pseudonymise_fields(
    pseudonymiser: &CompositePseudonymiser,
    array: &ArrayRef,
    place: &Place,
) -> Result<(ArrayRef, Invalid), Error> {
    let format = pseudonymiser.spec().format();
    let kind = if format.encoding == Encoding::Bytes { BytesKind::Binary } else { BytesKind::Text };
    let columns = canonical_fields(pseudonymiser, array, place)?;
    let mut out = BytesOut::with_capacity(array.len(), format.width());
    let mut invalid = Invalid::default();
    let (mut messages, mut digests) = (Vec::new(), Vec::new());
    for start in (0..array.len()).step_by(GROUP) {
        let rows = start..(start + GROUP).min(array.len());
        messages.clear();
        let mut ends = Vec::with_capacity(rows.len());
        for row in rows {
            let has_message = !array.is_null(row) && push_row(&columns, row, &mut messages, &mut invalid)?;
            ends.push(has_message.then_some(messages.len()));
        }
        let mut from = 0;
        let slices: Vec<&[u8]> =
            ends.iter().flatten().map(|&end| &messages[std::mem::replace(&mut from, end)..end]).collect();
        digests.resize(slices.len(), [0; 32]);
        pseudonymiser.digest_many(&slices, &mut digests);
        let mut next = digests.iter();
        for end in ends {
            let written = match end.and_then(|_| next.next()) {
                None => Written::Null,
                Some(digest) => {
                    format.append(digest, out.bytes());
                    Written::Value
                }
            };
            out.end_cell(written);
        }
    }
    Ok((out.finish_as(kind)?, invalid))
}

/// Appends the message of a row; says whether it has one. A row with an invalid field has none and is counted once.
fn push_row(
    columns: &[Canonical],
    row: usize,
    messages: &mut Vec<u8>,
    invalid: &mut Invalid,
) -> Result<bool, MisuseError> {
    let start = messages.len();
    let mut has_value = false;
    for column in columns {
        match column.cell(row) {
            CanonicalCell::Null => push_field(messages, None)?,
            CanonicalCell::Value(canonical) => {
                has_value = true;
                push_field(messages, Some(canonical))?;
            }
            CanonicalCell::Invalid(code) => {
                invalid.add(row, code);
                has_value = false;
                break;
            }
        }
    }
    if !has_value {
        messages.truncate(start);
    }
    Ok(has_value)
}

fn canonical_fields(
    pseudonymiser: &CompositePseudonymiser,
    array: &ArrayRef,
    place: &Place,
) -> Result<Vec<Canonical>, Error> {
    let kinds = pseudonymiser.spec().kinds.as_slice();
    let Some(fields) = array.as_struct_opt() else {
        return match array.data_type() {
            DataType::Null => Ok(Vec::new()),
            found => Err(column_type(place, "a struct whose fields are those of the kinds, in order", found)),
        };
    };
    if fields.num_columns() != kinds.len() {
        return Err(not_as_many(kinds.len()).into());
    }
    let canonical = |(at, (field, kind))| {
        let column = format!("field {} of {}", at + 1, place.column);
        Canonical::of(field, kind, &Place { column, ..place.clone() })
    };
    fields.columns().iter().zip(kinds).enumerate().map(canonical).collect()
}
