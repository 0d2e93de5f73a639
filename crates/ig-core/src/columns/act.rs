//! The acts, as data and made ready.

use super::act_data::ActData;
use super::invalid::{Invalid, Place};
use super::numbers::NumberAct;
use super::schema::column_position;
use super::{checks, generalise, hash, hide, numbers, shift};
use crate::error::{Error, MisuseError};
use crate::mask::{AgeBand, CodeLimit, DateLevel, DateShiftSpec, DateShifter, MaskPartial, RoundTo};
use crate::nhs_number::NhsNumber;
use crate::pseudonym::{Encoding, PseudonymSpec, Pseudonymiser};
use crate::{OnInvalid, PostcodeLevel};
use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// One act on a column, as plain data: it names a key by id and never holds one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", try_from = "ActData")]
#[non_exhaustive]
pub enum ColumnAct {
    /// Replace identifiers by keyed pseudonyms.
    Pseudonymise {
        /// Scheme, key id, context, kind and form.
        #[serde(flatten)]
        spec: PseudonymSpec,
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
    /// Replace every value by a fixed word.
    Redact,
    /// Show a few characters at either end.
    MaskPartial(MaskPartial),
    /// Keep month, quarter, year or financial year of a date.
    GeneraliseDate {
        /// How much is kept.
        to: DateLevel,
        /// What to do with cells that are not dates.
        on_invalid: OnInvalid,
    },
    /// Move the dates of each person by the same secret number of days: a struct column of date and person.
    ShiftDate {
        /// Scheme, key id, context, kind and range.
        #[serde(flatten)]
        spec: DateShiftSpec,
        /// What to do with cells that are not dates and dates without a valid person.
        on_invalid: OnInvalid,
    },
    /// Cut high numbers off.
    TopCode {
        /// Where, and the words for numbers beyond.
        #[serde(flatten)]
        limit: CodeLimit,
        /// What to do with cells that are not numbers.
        on_invalid: OnInvalid,
    },
    /// Cut low numbers off.
    BottomCode {
        /// Where, and the words for numbers beyond.
        #[serde(flatten)]
        limit: CodeLimit,
        /// What to do with cells that are not numbers.
        on_invalid: OnInvalid,
    },
    /// Round numbers to multiples.
    RoundTo {
        /// Of what.
        #[serde(flatten)]
        round: RoundTo,
        /// What to do with cells that are not numbers.
        on_invalid: OnInvalid,
    },
    /// Put ages into bands.
    AgeBand {
        /// Width and top.
        #[serde(flatten)]
        bands: AgeBand,
        /// What to do with cells that are not ages.
        on_invalid: OnInvalid,
    },
    /// Keep area, district or sector of a postcode.
    Postcode {
        /// How much is kept.
        to: PostcodeLevel,
        /// What to do with cells that are not postcodes.
        on_invalid: OnInvalid,
    },
    /// Whether a cell is a valid NHS number.
    IsNhsNumber,
    /// Why a cell is not a valid NHS number.
    InvalidReason,
    /// Ten digits without spaces.
    NormaliseNhsNumber {
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
    /// The 3-3-4 form.
    FormatNhsNumber {
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
    /// Who issues numbers of its range.
    NhsNumberRegion {
        /// What to do with invalid NHS numbers.
        on_invalid: OnInvalid,
    },
}

/// The type of column an act makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputType {
    /// `LargeUtf8`
    Text,
    /// `LargeBinary`
    Bytes,
    /// `Boolean`
    Boolean,
    /// The type that came in, of a struct that of its first field, of a dictionary that of its values; text of every
    /// form, and a column of nothing but nulls, become `LargeUtf8`.
    SameAsInput,
}

impl OutputType {
    /// The Arrow type made from a column of that type.
    pub fn data_type(self, input: &DataType) -> DataType {
        match self {
            Self::Text => DataType::LargeUtf8,
            Self::Bytes => DataType::LargeBinary,
            Self::Boolean => DataType::Boolean,
            Self::SameAsInput => match input {
                DataType::Struct(fields) => match fields.first() {
                    Some(first) => self.data_type(first.data_type()),
                    None => DataType::LargeUtf8,
                },
                DataType::Dictionary(_, values) => self.data_type(values),
                DataType::Utf8 | DataType::Utf8View | DataType::Null => DataType::LargeUtf8,
                other => other.clone(),
            },
        }
    }
}

impl ColumnAct {
    /// The type of column it makes.
    pub const fn output_type(&self) -> OutputType {
        match self {
            Self::IsNhsNumber => OutputType::Boolean,
            Self::Pseudonymise { spec, .. } if matches!(spec.encoding, Encoding::Bytes) => OutputType::Bytes,
            Self::ShiftDate { .. } | Self::RoundTo { .. } => OutputType::SameAsInput,
            Self::TopCode { limit, .. } | Self::BottomCode { limit, .. } if !limit.has_label() => {
                OutputType::SameAsInput
            }
            _ => OutputType::Text,
        }
    }

    /// The field of the column it makes from a column of that type. A column of pseudonyms says in its metadata how they were made, for
    /// engines that keep it: scheme, context, kind, key id, check value, length and encoding.
    pub fn output_field(&self, name: &str, input: &DataType) -> Field {
        let field = Field::new(name, self.output_type().data_type(input), true);
        let Self::Pseudonymise { spec, .. } = self else { return field };
        let said = serde_json::to_string(spec).unwrap_or_default();
        field.with_metadata(HashMap::from([("nhs_ig.pseudonym".to_owned(), said)]))
    }

    /// Finds the key, if the act needs one, in the ring of this process.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`
    pub fn prepare(&self) -> Result<PreparedAct, Error> {
        let pseudonymiser = match self {
            Self::Pseudonymise { spec, .. } => Some(Pseudonymiser::from_process_keys(spec)?),
            _ => None,
        };
        let date_shifter = match self {
            Self::ShiftDate { spec, .. } => Some(DateShifter::from_process_keys(spec)?),
            _ => None,
        };
        Ok(PreparedAct { act: self.clone(), pseudonymiser, date_shifter, threads: NonZeroUsize::MIN, views: false })
    }
}

/// A column after an act.
#[derive(Debug)]
pub struct Transformed {
    /// The new chunks; each as long as the old one, unless the act works with threads or views.
    pub chunks: Vec<ArrayRef>,
    /// Cells that were not valid and were set to null.
    pub invalid: u64,
}

/// A table after an act on one of its columns.
#[derive(Debug)]
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
    pseudonymiser: Option<Pseudonymiser>,
    date_shifter: Option<DateShifter>,
    pub(super) threads: NonZeroUsize,
    /// Whether text and bytes come as views.
    pub(super) views: bool,
}

impl PreparedAct {
    /// A pseudonymisation with a key that is at hand, without the ring of the process.
    pub fn pseudonymise(pseudonymiser: Pseudonymiser, on_invalid: OnInvalid) -> Self {
        let act = ColumnAct::Pseudonymise { spec: pseudonymiser.spec().clone(), on_invalid };
        Self { act, pseudonymiser: Some(pseudonymiser), date_shifter: None, threads: NonZeroUsize::MIN, views: false }
    }

    /// A shift of dates with a key that is at hand, without the ring of the process.
    pub fn shift_date(date_shifter: DateShifter, on_invalid: OnInvalid) -> Self {
        let act = ColumnAct::ShiftDate { spec: date_shifter.spec().clone(), on_invalid };
        Self { act, pseudonymiser: None, date_shifter: Some(date_shifter), threads: NonZeroUsize::MIN, views: false }
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
        Ok(Transformed { chunks, invalid: invalid.settle(self.on_invalid(), place)? })
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
        Ok((array, invalid.settle(self.on_invalid(), place)?))
    }

    const fn on_invalid(&self) -> OnInvalid {
        match &self.act {
            ColumnAct::Pseudonymise { on_invalid, .. }
            | ColumnAct::GeneraliseDate { on_invalid, .. }
            | ColumnAct::ShiftDate { on_invalid, .. }
            | ColumnAct::TopCode { on_invalid, .. }
            | ColumnAct::BottomCode { on_invalid, .. }
            | ColumnAct::RoundTo { on_invalid, .. }
            | ColumnAct::AgeBand { on_invalid, .. }
            | ColumnAct::Postcode { on_invalid, .. }
            | ColumnAct::NormaliseNhsNumber { on_invalid }
            | ColumnAct::FormatNhsNumber { on_invalid }
            | ColumnAct::NhsNumberRegion { on_invalid } => *on_invalid,
            ColumnAct::Redact | ColumnAct::MaskPartial(_) | ColumnAct::IsNhsNumber | ColumnAct::InvalidReason => {
                OnInvalid::Raise
            }
        }
    }

    pub(super) fn run(&self, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
        let whole = |array: ArrayRef| (array, Invalid::default());
        if let Some(date_shifter) = &self.date_shifter {
            return shift::shift_dates(date_shifter, array, place);
        }
        Ok(match (&self.act, &self.pseudonymiser) {
            (ColumnAct::Pseudonymise { .. }, Some(pseudonymiser)) => hash::pseudonymise(pseudonymiser, array, place)?,
            // `prepare`, `pseudonymise` and `shift_date` are the only makers, and all bring the key.
            (ColumnAct::Pseudonymise { .. }, None) | (ColumnAct::ShiftDate { .. }, _) => {
                return Err(MisuseError::PanicInside {}.into());
            }
            (ColumnAct::Redact, _) => whole(hide::redact(array)),
            (ColumnAct::MaskPartial(mask), _) => whole(hide::mask_partial(mask, array, place)?),
            (ColumnAct::GeneraliseDate { to, .. }, _) => generalise::date(*to, array, place)?,
            (ColumnAct::TopCode { limit, .. }, _) => numbers::apply(NumberAct::Top(limit), array, place)?,
            (ColumnAct::BottomCode { limit, .. }, _) => numbers::apply(NumberAct::Bottom(limit), array, place)?,
            (ColumnAct::RoundTo { round, .. }, _) => numbers::apply(NumberAct::Round(*round), array, place)?,
            (ColumnAct::AgeBand { bands, .. }, _) => generalise::age(*bands, array, place)?,
            (ColumnAct::Postcode { to, .. }, _) => generalise::postcode(*to, array, place)?,
            (ColumnAct::IsNhsNumber, _) => whole(checks::is_nhs_number(array, place)?),
            (ColumnAct::InvalidReason, _) => whole(checks::invalid_reason(array, place)?),
            (ColumnAct::NormaliseNhsNumber { .. }, _) => checks::rewrite(array, place, write_digits)?,
            (ColumnAct::FormatNhsNumber { .. }, _) => checks::rewrite(array, place, write_grouped)?,
            (ColumnAct::NhsNumberRegion { .. }, _) => checks::rewrite(array, place, write_region)?,
        })
    }

    /// Checks that the act takes columns of this type, before any data is read.
    ///
    /// # Errors
    /// `misuse.column_type`
    pub fn check_type(&self, data_type: &DataType, place: &Place) -> Result<(), Error> {
        self.apply(&arrow::array::new_empty_array(data_type), place).map(|_| ())
    }
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
