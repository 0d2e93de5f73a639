//! Acts made ready.

use super::act::ColumnAct;
use super::invalid::{Invalid, Place};
use super::needed::Needed;
use super::numbers::NumberAct;
use super::schema::column_position;
use super::{checks, composite, generalise, hash, hide, numbers, opt_out, primary, scrub, shift, token};
use crate::OnInvalid;
use crate::error::{Error, MisuseError};
use crate::mask::DateShifter;
use crate::nhs_number::NhsNumber;
use crate::pseudonym::Pseudonymiser;
use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// A column after an act.
pub struct Transformed {
    /// The new chunks; each as long as the old one, unless the act works with threads or a layout.
    pub chunks: Vec<ArrayRef>,
    /// Cells that were not valid and were set to null.
    pub invalid: u64,
}

/// A table after an act on one of its columns.
pub struct TransformedTable {
    /// The schema, with the column's new type.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
    /// Cells that were not valid and were set to null.
    pub invalid: u64,
}

/// An act that holds what it needs and can be applied to many arrays.
#[derive(Debug)]
pub struct PreparedAct {
    act: ColumnAct,
    needed: Needed,
    pub(super) threads: NonZeroUsize,
    /// How every piece is laid out anew, if at all.
    pub(super) layout: Option<fn(&ArrayRef) -> ArrayRef>,
}

impl PreparedAct {
    pub(super) const fn new(act: ColumnAct, needed: Needed) -> Self {
        Self { act, needed, threads: NonZeroUsize::MIN, layout: None }
    }

    /// A pseudonymisation with a key that is at hand, without the ring of the process.
    pub fn pseudonymise(pseudonymiser: Pseudonymiser, on_invalid: OnInvalid) -> Self {
        let act = ColumnAct::Pseudonymise { spec: pseudonymiser.spec().clone(), on_invalid };
        Self::new(act, Needed::Pseudonyms(pseudonymiser))
    }

    /// A shift of dates with a key that is at hand, without the ring of the process.
    pub fn shift_date(date_shifter: DateShifter, on_invalid: OnInvalid) -> Self {
        let act = ColumnAct::ShiftDate { spec: date_shifter.spec().clone(), on_invalid };
        Self::new(act, Needed::DateShift(date_shifter))
    }

    /// The act as data.
    pub const fn act(&self) -> &ColumnAct {
        &self.act
    }

    /// Works on the chunks of one column.
    ///
    /// # Errors
    /// `misuse.column_type` if the act does not take such a column, `identifier.invalid_cells` if cells are
    /// not valid and the act is to refuse them.
    pub fn apply_chunks(&self, chunks: &[ArrayRef], place: &Place) -> Result<Transformed, Error> {
        let (chunks, invalid) = self.run_chunks(chunks, place)?;
        Ok(Transformed { chunks, invalid: invalid.settle(self.act.on_invalid(), place)? })
    }

    /// Works on one column of a table and leaves the others as they are.
    ///
    /// # Errors
    /// `misuse.column_missing`, and as [`PreparedAct::apply_chunks`].
    pub fn apply_to_table(
        &self,
        schema: &Schema,
        batches: &[RecordBatch],
        column: &str,
    ) -> Result<TransformedTable, Error> {
        let position = column_position(schema, column)?;
        let chunks: Vec<ArrayRef> = batches.iter().map(|batch| Arc::clone(batch.column(position))).collect();
        let done = self.apply_chunks(&chunks, &Place::column(column))?;
        let mut fields: Vec<FieldRef> = schema.fields().iter().cloned().collect();
        fields[position] = Arc::new(self.act.output_field(column, schema.field(position).data_type()));
        let schema = Arc::new(Schema::new(fields));
        let mut chunks = done.chunks.into_iter();
        let mut replaced = Vec::with_capacity(batches.len());
        for batch in batches {
            let mut start = 0;
            // Threads may have cut the column of a batch into pieces.
            loop {
                let chunk = chunks.next().ok_or(MisuseError::PanicInside {})?;
                let rows = chunk.len();
                let mut columns = batch.slice(start, rows).columns().to_vec();
                columns[position] = chunk;
                let piece = RecordBatch::try_new(Arc::clone(&schema), columns);
                replaced.push(piece.map_err(|_| MisuseError::PanicInside {})?);
                start += rows;
                if start >= batch.num_rows() {
                    break;
                }
            }
        }
        Ok(TransformedTable { schema, batches: replaced, invalid: done.invalid })
    }

    /// Works on one array; the number is that of the invalid cells that were set to null.
    ///
    /// # Errors
    /// As [`PreparedAct::apply_chunks`].
    pub fn apply(&self, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, u64), Error> {
        let (array, invalid) = self.run(array, place)?;
        Ok((array, invalid.settle(self.act.on_invalid(), place)?))
    }

    pub(super) fn run(&self, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
        match &self.needed {
            Needed::Nothing => run_plain(&self.act, array, place),
            Needed::Pseudonyms(pseudonymiser) => hash::pseudonymise(pseudonymiser, array, place),
            Needed::Fields(pseudonymiser) => composite::pseudonymise_fields(pseudonymiser, array, place),
            Needed::Tokens(tokeniser) => token::tokenise(tokeniser, array, place),
            Needed::DateShift(date_shifter) => shift::shift_dates(date_shifter, array, place),
            Needed::Scrub(scrubber) => Ok((scrub::scrub_text(scrubber, array, place)?, Invalid::default())),
            Needed::OptOuts(filter) => Ok((opt_out::may_stay(filter, array, place)?, Invalid::default())),
            #[cfg(feature = "format_preserving")]
            Needed::Numbers(cipher) => token::encrypt_numbers(cipher, array, place),
        }
    }

    /// Checks that the act takes columns of this type, before any data is read.
    ///
    /// # Errors
    /// `misuse.column_type`
    pub fn check_type(&self, data_type: &DataType, place: &Place) -> Result<(), Error> {
        self.apply(&arrow::array::new_empty_array(data_type), place).map(|_| ())
    }
}

/// The acts that need nothing but their settings.
fn run_plain(act: &ColumnAct, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
    let whole = |array: ArrayRef| (array, Invalid::default());
    Ok(match act {
        ColumnAct::Redact => whole(hide::redact(array)),
        ColumnAct::MaskPartial(mask) => whole(hide::mask_partial(mask, array, place)?),
        ColumnAct::GeneraliseDate { to, .. } => generalise::date(*to, array, place)?,
        ColumnAct::TopCode { limit, .. } => numbers::apply(NumberAct::Top(limit), array, place)?,
        ColumnAct::BottomCode { limit, .. } => numbers::apply(NumberAct::Bottom(limit), array, place)?,
        ColumnAct::RoundTo { round, .. } => numbers::apply(NumberAct::Round(*round), array, place)?,
        ColumnAct::SuppressPrimary { rule, .. } => primary::apply(rule, array, place)?,
        ColumnAct::AgeBand { bands, .. } => generalise::age(*bands, array, place)?,
        ColumnAct::Postcode { to, .. } => generalise::postcode(*to, array, place)?,
        ColumnAct::IsNhsNumber => whole(checks::is_nhs_number(array, place)?),
        ColumnAct::InvalidReason => whole(checks::invalid_reason(array, place)?),
        ColumnAct::NormaliseNhsNumber { .. } => checks::rewrite(array, place, write_digits)?,
        ColumnAct::FormatNhsNumber { .. } => checks::rewrite(array, place, write_grouped)?,
        ColumnAct::NhsNumberRegion { .. } => checks::rewrite(array, place, write_region)?,
        // `Needed::find` found something for every other act.
        _ => return Err(MisuseError::PanicInside {}.into()),
    })
}

fn write_digits(number: NhsNumber, out: &mut Vec<u8>) {
    out.extend_from_slice(number.as_bytes());
}

fn write_region(number: NhsNumber, out: &mut Vec<u8>) {
    out.extend_from_slice(number.region().as_str().as_bytes());
}

fn write_grouped(number: NhsNumber, out: &mut Vec<u8>) {
    let digits = number.as_bytes();
    for (place, part) in [&digits[..3], &digits[3..6], &digits[6..]].into_iter().enumerate() {
        if place > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(part);
    }
}
