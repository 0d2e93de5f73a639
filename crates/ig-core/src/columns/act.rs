//! The acts, as data and made ready.

use super::act_data::ActData;
use super::invalid::{Invalid, Place};
use super::schema::column_position;
use super::{checks, generalise, hash, hide, scrub};
use crate::error::{Error, MisuseError};
use crate::mask::{AgeBand, DateLevel, MaskPartial};
use crate::nhs_number::NhsNumber;
use crate::pseudonym::{Encoding, PseudonymSpec, Pseudonymiser};
use crate::scrub::{ScrubSettings, Scrubber};
use crate::{OnInvalid, PostcodeLevel};
use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
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
    /// Put tags in place of personal data in free text.
    ScrubText(ScrubSettings),
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
}

impl OutputType {
    /// The Arrow type.
    pub const fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::LargeUtf8,
            Self::Bytes => DataType::LargeBinary,
            Self::Boolean => DataType::Boolean,
        }
    }
}

impl ColumnAct {
    /// The type of column it makes.
    pub const fn output_type(&self) -> OutputType {
        match self {
            Self::IsNhsNumber => OutputType::Boolean,
            Self::Pseudonymise { spec, .. } if matches!(spec.encoding, Encoding::Bytes) => OutputType::Bytes,
            _ => OutputType::Text,
        }
    }

    /// The field of the column it makes. A column of pseudonyms says in its metadata how they were made, for
    /// engines that keep it: scheme, context, kind, key id, check value, length and encoding.
    pub fn output_field(&self, name: &str) -> Field {
        let field = Field::new(name, self.output_type().data_type(), true);
        let Self::Pseudonymise { spec, .. } = self else { return field };
        let said = serde_json::to_string(spec).unwrap_or_default();
        field.with_metadata(HashMap::from([("nhs_ig.pseudonym".to_owned(), said)]))
    }

    /// Finds the key or the name list, if the act needs one, in this process.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`, `misuse.names_unavailable`, `misuse.names_mismatch`
    pub fn prepare(&self) -> Result<PreparedAct, Error> {
        let pseudonymiser = match self {
            Self::Pseudonymise { spec, .. } => Some(Pseudonymiser::from_process_keys(spec)?),
            _ => None,
        };
        let scrubber = match self {
            Self::ScrubText(settings) => Some(Scrubber::new(settings)?),
            _ => None,
        };
        Ok(PreparedAct { act: self.clone(), pseudonymiser, scrubber })
    }
}

/// A column after an act.
#[derive(Debug)]
pub struct Transformed {
    /// The new chunks, each as long as the old one.
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
    scrubber: Option<Scrubber>,
}

impl PreparedAct {
    /// A pseudonymisation with a key that is at hand, without the ring of the process.
    pub fn pseudonymise(pseudonymiser: Pseudonymiser, on_invalid: OnInvalid) -> Self {
        let act = ColumnAct::Pseudonymise { spec: pseudonymiser.spec().clone(), on_invalid };
        Self { act, pseudonymiser: Some(pseudonymiser), scrubber: None }
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
        let mut invalid = Invalid::default();
        let mut rows = 0;
        let mut outputs = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            let (array, found) = self.run(chunk, place)?;
            invalid.join(&found, rows);
            rows += chunk.len() as u64;
            outputs.push(array);
        }
        Ok(Transformed { chunks: outputs, invalid: invalid.settle(self.on_invalid(), place)? })
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
        fields[position] = Arc::new(self.act.output_field(column));
        let schema = Arc::new(Schema::new(fields));
        let replaced = batches.iter().zip(done.chunks).map(|(batch, chunk)| {
            let mut columns = batch.columns().to_vec();
            columns[position] = chunk;
            RecordBatch::try_new(Arc::clone(&schema), columns)
        });
        let batches = replaced.collect::<Result<_, _>>().map_err(|_| MisuseError::PanicInside {})?;
        Ok(TransformedTable { schema, batches, invalid: done.invalid })
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
            | ColumnAct::AgeBand { on_invalid, .. }
            | ColumnAct::Postcode { on_invalid, .. }
            | ColumnAct::NormaliseNhsNumber { on_invalid }
            | ColumnAct::FormatNhsNumber { on_invalid }
            | ColumnAct::NhsNumberRegion { on_invalid } => *on_invalid,
            ColumnAct::Redact
            | ColumnAct::MaskPartial(_)
            | ColumnAct::ScrubText(_)
            | ColumnAct::IsNhsNumber
            | ColumnAct::InvalidReason => OnInvalid::Raise,
        }
    }

    fn run(&self, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
        let whole = |array: ArrayRef| (array, Invalid::default());
        Ok(match (&self.act, &self.pseudonymiser) {
            (ColumnAct::Pseudonymise { .. }, Some(pseudonymiser)) => hash::pseudonymise(pseudonymiser, array, place)?,
            // `prepare` and `pseudonymise` are the only makers, and both bring the key.
            (ColumnAct::Pseudonymise { .. }, None) => return Err(MisuseError::PanicInside {}.into()),
            (ColumnAct::Redact, _) => whole(hide::redact(array)),
            (ColumnAct::MaskPartial(mask), _) => whole(hide::mask_partial(mask, array, place)?),
            (ColumnAct::ScrubText(_), _) => match &self.scrubber {
                Some(scrubber) => whole(scrub::scrub_text(scrubber, array, place)?),
                None => return Err(MisuseError::PanicInside {}.into()),
            },
            (ColumnAct::GeneraliseDate { to, .. }, _) => generalise::date(*to, array, place)?,
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
