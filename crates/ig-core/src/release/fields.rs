//! Minimise and transform: the agreed fields of a batch, each with its one transform.

use super::kept_type::{column_suits, misfits};
use crate::agreement::{Dataset, FieldTransform, FieldType, PseudonymEncoding};
use crate::columns::{ColumnAct, Place, PreparedAct, column_position, shown_name};
use crate::error::{AccessError, Error};
use crate::key::Key;
use crate::mask::{AgeBand, DateShifter, MaskPartial, RoundTo};
use crate::pseudonym::{Context, Encoding, Kind, Length, PseudonymFormat, Pseudonymiser};
use crate::{MisuseError, PostcodeLevel};
use arrow::array::{ArrayRef, RecordBatch, StructArray};
use arrow::datatypes::{DataType, Field, Fields, Schema};
use std::sync::Arc;

/// One field of the agreement, ready to be applied.
pub(super) struct PreparedField {
    pub(super) name: String,
    field_type: FieldType,
    position: usize,
    /// Where the column of persons stands whose dates are shifted.
    person: Option<usize>,
    /// None keeps the values.
    act: Option<PreparedAct>,
    /// Cells so far that were not valid and were set to null.
    pub(super) invalid: u64,
}

/// The agreed fields of a source.
pub(super) struct PreparedFields {
    dataset: String,
    pub(super) all: Vec<PreparedField>,
    /// The schema of what leaves.
    pub(super) leaving: Arc<Schema>,
}

impl PreparedFields {
    /// Finds the fields in a source and makes their transforms ready, before any row is read.
    pub(super) fn new<'key>(
        dataset: &Dataset,
        schema: &Schema,
        context: &Context,
        key: impl Fn() -> Result<&'key Key, Error>,
    ) -> Result<Self, Error> {
        let prepare = |field: &crate::agreement::Field| {
            let position = column_position(schema, &field.name)?;
            let act = prepared(&field.transform, context, &key)?;
            let person = match &field.transform {
                FieldTransform::ShiftDate(settings) => Some(column_position(schema, &settings.person)?),
                _ => None,
            };
            let data_type = schema.field(position).data_type();
            match (&act, person) {
                (Some(act), Some(person)) => {
                    let pair = DataType::Struct(pair_of(data_type, schema.field(person).data_type()));
                    act.check_type(&pair, &Place::column(&field.name))?;
                }
                (Some(act), None) => act.check_type(data_type, &Place::column(&field.name))?,
                (None, _) => check_kept_type(data_type, &field.name)?,
            }
            if !column_suits(field.field_type, data_type) {
                return Err(wrong_column(field));
            }
            Ok(PreparedField {
                name: field.name.clone(),
                field_type: field.field_type,
                position,
                person,
                act,
                invalid: 0,
            })
        };
        let all = dataset.field.iter().map(prepare).collect::<Result<Vec<_>, Error>>()?;
        let field = |field: &PreparedField| match &field.act {
            Some(act) => act.act().output_field(&field.name, schema.field(field.position).data_type()),
            None => Field::new(&field.name, schema.field(field.position).data_type().clone(), true),
        };
        let leaving = Arc::new(Schema::new(all.iter().map(field).collect::<Vec<_>>()));
        Ok(Self { dataset: dataset.name.clone(), all, leaving })
    }

    /// Transforms the kept rows of a batch, the first of which is `first` among the kept rows of its dataset.
    pub(super) fn apply(&mut self, batch: &RecordBatch, first: u64) -> Result<RecordBatch, Error> {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.all.len());
        for field in &mut self.all {
            let column = batch.column(field.position);
            let Some(act) = &field.act else {
                let count = misfits(field.field_type, column);
                if count > 0 {
                    let (dataset, expected) = (self.dataset.clone(), field.field_type.name().to_owned());
                    let field = shown_name(&field.name);
                    return Err(AccessError::FieldType { dataset, field, expected, count }.into());
                }
                columns.push(Arc::clone(column));
                continue;
            };
            let scope = "the rows kept after opt-outs (the first row is 1)";
            let place = Place { scope, first_row: first, ..Place::column(&field.name) };
            let pair = field.person.map(|person| date_and_person(column, batch.column(person)));
            let (column, invalid) = act.apply(pair.as_ref().unwrap_or(column), &place)?;
            field.invalid += invalid;
            columns.push(column);
        }
        RecordBatch::try_new(Arc::clone(&self.leaving), columns).map_err(|_| MisuseError::PanicInside {}.into())
    }
}

fn wrong_column(field: &crate::agreement::Field) -> Error {
    let (column, expected) = (shown_name(&field.name), field.field_type.name());
    let expected = format!("values of the agreed type {expected}, or text that holds such values");
    MisuseError::ColumnType { column, expected, found: "a type that cannot hold them".to_owned() }.into()
}

fn pair_of(date: &DataType, person: &DataType) -> Fields {
    Fields::from(vec![Field::new("date", date.clone(), true), Field::new("person", person.clone(), true)])
}

fn date_and_person(date: &ArrayRef, person: &ArrayRef) -> ArrayRef {
    let fields = pair_of(date.data_type(), person.data_type());
    Arc::new(StructArray::new(fields, vec![Arc::clone(date), Arc::clone(person)], None))
}

/// A field that is kept is one the guard can read as text. Nested fields would bring along inner ones that the
/// agreement does not list, and bytes could be anything.
fn check_kept_type(data_type: &DataType, name: &str) -> Result<(), Error> {
    use DataType as T;
    let value_type = match data_type {
        T::Dictionary(_, values) => values,
        other => other,
    };
    let bytes = matches!(value_type, T::Binary | T::LargeBinary | T::BinaryView | T::FixedSizeBinary(_));
    if !bytes && !value_type.is_nested() {
        return Ok(());
    }
    Err(MisuseError::ColumnType {
        column: shown_name(name),
        expected: "text, numbers, dates or booleans, which can be checked before they leave".to_owned(),
        found: if bytes { "bytes" } else { "a nested type" }.to_owned(),
    }
    .into())
}

fn prepared<'key>(
    transform: &FieldTransform,
    context: &Context,
    key: impl Fn() -> Result<&'key Key, Error>,
) -> Result<Option<PreparedAct>, Error> {
    let postcode = |to, on_invalid| ColumnAct::Postcode { to, on_invalid };
    let act = match transform {
        FieldTransform::Keep(_) => return Ok(None),
        FieldTransform::Pseudonymise(settings) => {
            let length = Length::try_from(u32::from(settings.length)).unwrap_or_default();
            let encoding = match settings.encoding {
                PseudonymEncoding::Hex => Encoding::Hex,
                PseudonymEncoding::Base32 => Encoding::Base32,
            };
            let (kind, format) = (Kind::new(&settings.kind)?, PseudonymFormat { length, encoding });
            let pseudonymiser = Pseudonymiser::new(key()?, context.clone(), kind, format)?;
            return Ok(Some(PreparedAct::pseudonymise(pseudonymiser, settings.on_invalid)));
        }
        FieldTransform::ShiftDate(settings) => {
            let shifter = DateShifter::new(key()?, context.clone(), Kind::new(&settings.kind)?, settings.range()?)?;
            return Ok(Some(PreparedAct::shift_date(shifter, settings.on_invalid)));
        }
        FieldTransform::TopCode(settings) => {
            ColumnAct::TopCode { limit: settings.limit()?, on_invalid: settings.on_invalid }
        }
        FieldTransform::BottomCode(settings) => {
            ColumnAct::BottomCode { limit: settings.limit()?, on_invalid: settings.on_invalid }
        }
        FieldTransform::RoundTo(settings) => {
            ColumnAct::RoundTo { round: RoundTo::new(settings.base)?, on_invalid: settings.on_invalid }
        }
        FieldTransform::Redact(_) => ColumnAct::Redact,
        FieldTransform::MaskPartial(settings) => {
            ColumnAct::MaskPartial(MaskPartial::new(settings.keep_first.into(), settings.keep_last.into(), '*')?)
        }
        FieldTransform::GeneraliseDate(settings) => {
            ColumnAct::GeneraliseDate { to: settings.to, on_invalid: settings.on_invalid }
        }
        FieldTransform::AgeBand(settings) => ColumnAct::AgeBand {
            bands: AgeBand::new(settings.width.into(), settings.top.into())?,
            on_invalid: settings.on_invalid,
        },
        FieldTransform::PostcodeDistrict(settings) => postcode(PostcodeLevel::District, settings.on_invalid),
        FieldTransform::PostcodeSector(settings) => postcode(PostcodeLevel::Sector, settings.on_invalid),
        FieldTransform::PostcodeArea(settings) => postcode(PostcodeLevel::Area, settings.on_invalid),
        FieldTransform::ScrubText(settings) => ColumnAct::ScrubText(settings.clone()),
    };
    act.prepare().map(Some)
}
