//! Re-identification of a column. It is no [`ColumnAct`](super::ColumnAct), so that no plan can hold it.

use super::cells::{Accepts, Cell, Cells};
use super::invalid::Place;
use super::schema::column_position;
use crate::audit::AuditLog;
use crate::error::{Error, KeyError, MisuseError};
#[cfg(feature = "format_preserving")]
use crate::format_preserving::{NumberCipher, NumberSpec};
use crate::key::KeyId;
use crate::reidentify::{ReidentifyRequest, all_or_nothing, audited};
use crate::token::{TokenCipher, TokenSpec, Tokeniser};
use arrow::array::{Array, ArrayRef, LargeStringArray, RecordBatch};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is to be brought back, as plain data: it names a key by id and never holds one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reidentify {
    /// Tokens; see [`crate::token`].
    Tokens(TokenSpec),
    /// Format-preserving numbers; see [`crate::format_preserving`].
    #[cfg(feature = "format_preserving")]
    Numbers(NumberSpec),
}

/// A table in which one column was brought back.
pub struct ReidentifiedTable {
    /// The schema, in which that column is text.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl Reidentify {
    const fn key_id(&self) -> &KeyId {
        match self {
            Self::Tokens(spec) => &spec.key_id,
            #[cfg(feature = "format_preserving")]
            Self::Numbers(spec) => &spec.key_id,
        }
    }

    /// Brings the identifiers of one column back, all or none; null stays null. The key is found in the ring of
    /// this process.
    ///
    /// Guarantees that the record of the attempt is on disk before any cell is opened, and that of the success
    /// before anything is answered. A failure is recorded with its code.
    ///
    /// # Errors
    /// Those of the audit log; `key.unavailable`, `key.mismatch`; `misuse.column_type`; `key.tokens_refused` with
    /// the count, the first row and the reason.
    pub fn column(
        &self,
        chunks: &[ArrayRef],
        place: &Place,
        request: &ReidentifyRequest,
        log: &AuditLog,
    ) -> Result<Vec<ArrayRef>, Error> {
        let filled = |chunk: &ArrayRef| chunk.len() - chunk.logical_nulls().map_or(0, |nulls| nulls.null_count());
        let asked = chunks.iter().map(filled).sum::<usize>() as u64;
        audited(request, log, self.key_id(), Some(asked), || self.open_chunks(chunks, place))
    }

    /// Brings one column of a table back and leaves the others as they are. A column that is not there is a recorded
    /// failure.
    ///
    /// # Errors
    /// `misuse.column_missing`, and as [`Reidentify::column`].
    pub fn table(
        &self,
        schema: &Schema,
        batches: &[RecordBatch],
        column: &str,
        request: &ReidentifyRequest,
        log: &AuditLog,
    ) -> Result<ReidentifiedTable, Error> {
        let position = match column_position(schema, column) {
            Ok(position) => position,
            // Someone asked, so it is recorded, though there is nothing to open.
            Err(missing) => return audited(request, log, self.key_id(), None, || Err(missing)),
        };
        let chunks: Vec<ArrayRef> = batches.iter().map(|batch| Arc::clone(batch.column(position))).collect();
        let opened = self.column(&chunks, &Place::column(column), request, log)?;
        let mut fields: Vec<FieldRef> = schema.fields().iter().cloned().collect();
        fields[position] = Arc::new(Field::new(column, DataType::LargeUtf8, true));
        let schema = Arc::new(Schema::new(fields));
        let replaced = batches.iter().zip(opened).map(|(batch, chunk)| {
            let mut columns = batch.columns().to_vec();
            columns[position] = chunk;
            RecordBatch::try_new(Arc::clone(&schema), columns)
        });
        let batches = replaced.collect::<Result<_, _>>().map_err(|_| MisuseError::PanicInside {})?;
        Ok(ReidentifiedTable { schema, batches })
    }

    fn open_chunks(&self, chunks: &[ArrayRef], place: &Place) -> Result<Vec<ArrayRef>, Error> {
        match self {
            Self::Tokens(spec) => {
                let tokeniser = Tokeniser::from_process_keys(spec)?;
                let mut cipher = TokenCipher::new(&tokeniser);
                open_each(chunks, Accepts::Text, place, |cell| match cell {
                    Cell::Text(token) => cipher.open(token).map(Some),
                    _ => Err(KeyError::TokenForm {}),
                })
            }
            #[cfg(feature = "format_preserving")]
            Self::Numbers(spec) => {
                let cipher = NumberCipher::from_process_keys(spec)?;
                open_each(chunks, Accepts::TextOrNumbers, place, |cell| match cell {
                    Cell::Text(text) => cipher.open(text).map(Some),
                    // An integer column has lost the leading zeros.
                    Cell::Integer(value) => cipher.open(&format!("{value:010}")).map(Some),
                    Cell::Unsigned(value) => cipher.open(&format!("{value:010}")).map(Some),
                    _ => Err(KeyError::NumberForm {}),
                })
            }
        }
    }
}

/// Opens every cell of every chunk, or none.
fn open_each(
    chunks: &[ArrayRef],
    accepts: Accepts,
    place: &Place,
    mut open: impl FnMut(Cell<'_>) -> Result<Option<String>, KeyError>,
) -> Result<Vec<ArrayRef>, Error> {
    let mut answers = Vec::new();
    for chunk in chunks {
        let cells = Cells::of(chunk, accepts, place)?;
        let mut opened = Vec::with_capacity(cells.len());
        cells.visit(&mut |cell| opened.push(cell.map_or(Ok(None), &mut open)));
        match &cells {
            Cells::Dictionary { keys, .. } => {
                answers.extend(keys.iter().map(|key| key.map_or(Ok(None), |key| opened[key].clone())));
            }
            _ => answers.append(&mut opened),
        }
    }
    let mut given = all_or_nothing(answers.into_iter(), &place.column)?.into_iter();
    let array = |chunk: &ArrayRef| Arc::new(given.by_ref().take(chunk.len()).collect::<LargeStringArray>()) as ArrayRef;
    Ok(chunks.iter().map(array).collect())
}
