//! One dataset on its way: opt-outs, agreed fields, outputs. Its rows are read once.

use super::aggregate::Aggregate;
use super::content_hash::HashedReader;
use super::earlier::Earlier;
use super::fields::PreparedFields;
use super::folder::OutputFolder;
use super::guard::InputNumbers;
use super::manifest::{Manifest, ManifestDataset, ManifestField, ManifestOutput};
use super::output_file::{OutputFile, file_name, rows_file};
use super::people::People;
use super::row_filters::RowFilters;
use super::trail::Trail;
use super::watch::tick;
use super::{ReleaseInputs, Source, key_of};
use crate::agreement::{Dataset, FieldTransform, Output, OutputKind};
use crate::audit::{EventKind, Outcome};
use crate::columns::{column_position, keep_rows};
use crate::error::{Error, MisuseError};
use crate::files::{FileSummary, batch_error, open_hashed};
use crate::opt_out::{OptOutCounts, OptOutFilter};
use crate::pseudonym::Context;
use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What every dataset of a release shares.
pub(super) struct Stage<'a> {
    pub(super) inputs: &'a ReleaseInputs<'a>,
    pub(super) filter: &'a Option<OptOutFilter>,
    pub(super) folder: &'a OutputFolder,
    pub(super) trail: &'a Trail<'a>,
    pub(super) earlier: &'a Earlier,
}

/// What became of the rows that were read.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) opt_outs: OptOutCounts,
    /// Rows that the row filters left out before.
    pub(super) filtered: u64,
    /// People of the rows that went on, where rows are about people.
    pub(super) people: Option<u64>,
}

/// Where the rows of one output go.
enum Sink<'a> {
    Records(Box<OutputFile>),
    Cells(Box<Aggregate<'a>>),
}

impl Stage<'_> {
    /// Reads the dataset and writes every output that is made from it.
    pub(super) fn run(
        &self,
        dataset: &Dataset,
        source: Source,
        numbers: &mut InputNumbers,
        manifest: &mut Manifest,
    ) -> Result<(), Error> {
        let outputs: Vec<&Output> =
            self.inputs.permit.outputs().filter(|output| output.dataset == dataset.name).collect();
        self.trail.record(EventKind::Read, Outcome::Attempt, |event| event.dataset(&dataset.name))?;
        let (mut reader, file_hash) = open(source, dataset)?;
        let schema = reader.schema();
        let context = Context::new(self.inputs.permit.agreement().id())?;
        let mut fields = PreparedFields::new(dataset, &schema, &context, || key_of(self.inputs))?;
        let leaving = Arc::clone(&fields.leaving);
        let mut sinks =
            outputs.iter().map(|output| self.sink(output, dataset, &leaving)).collect::<Result<Vec<_>, _>>()?;
        let filters = RowFilters::new(dataset, &schema)?;
        let counted = self.read(dataset, &filters, &mut reader, &mut fields, &mut sinks, numbers)?;
        if let Some(filter) = self.filter.as_ref().filter(|_| dataset.person_level) {
            filter.finish(&counted.opt_outs)?;
            self.trail.record(EventKind::OptOutCheck, Outcome::Success, |event| {
                event.dataset(&dataset.name)?.count(counted.opt_outs.kept)
            })?;
        }
        self.trail.record(EventKind::Read, Outcome::Success, |event| {
            event.dataset(&dataset.name)?.count(counted.opt_outs.rows_in + counted.filtered)
        })?;
        for (output, sink) in outputs.into_iter().zip(sinks) {
            manifest.outputs.push(self.finish(output, dataset, sink)?);
        }
        let sha256 = file_hash.unwrap_or_else(|| reader.content_hash());
        let as_of = self.inputs.as_of.get(&dataset.name).copied();
        manifest.datasets.push(ManifestDataset::new(dataset, sha256, &counted, &fields.all, as_of));
        Ok(())
    }

    fn sink<'s>(&'s self, output: &'s Output, dataset: &Dataset, leaving: &SchemaRef) -> Result<Sink<'s>, Error> {
        Ok(match output.kind {
            OutputKind::RecordLevel => {
                let path = self.folder.path_of(&rows_file(&file_name(output), output.format));
                Sink::Records(Box::new(OutputFile::create(&path, output, dataset, leaving)?))
            }
            OutputKind::Aggregate => Sink::Cells(Box::new(Aggregate::new(output, dataset, leaving)?)),
        })
    }

    fn read(
        &self,
        dataset: &Dataset,
        filters: &RowFilters<'_>,
        reader: &mut HashedReader,
        fields: &mut PreparedFields,
        sinks: &mut [Sink<'_>],
        numbers: &mut InputNumbers,
    ) -> Result<Counted, Error> {
        let id = dataset.id_field.as_deref();
        if let Some(id) = id {
            column_position(&reader.schema(), id)?;
        }
        let mut people = dataset.person_level.then(People::none);
        let Counted { opt_outs: mut counts, mut filtered, .. } = Counted::default();
        for batch in reader {
            let batch = batch.map_err(|error| batch_error(&format!("dataset {}", dataset.name), &error))?;
            let first = counts.kept;
            let rows = batch.num_rows() as u64;
            let batch = filters.keep(batch)?;
            filtered += rows - batch.num_rows() as u64;
            let batch = match (dataset.person_level, id, self.filter) {
                (true, Some(id), Some(filter)) => keep_rows(filter, &batch, id, &mut counts, |seen, stays| {
                    numbers.add(seen);
                    if let Some(people) = &mut people {
                        people.add(seen, stays);
                    }
                })?,
                // Agreements without an id field for persons are refused when they are read.
                (true, _, _) => return Err(MisuseError::PanicInside {}.into()),
                (false, _, _) => {
                    counts.rows_in += batch.num_rows() as u64;
                    counts.kept = counts.rows_in;
                    batch
                }
            };
            let batch = fields.apply(&batch, first)?;
            for sink in &mut *sinks {
                match sink {
                    Sink::Records(writer) => writer.write(&batch)?,
                    Sink::Cells(aggregate) => aggregate.add(&batch)?,
                }
            }
            tick(self.inputs.watch, "reading", &dataset.name, counts.rows_in + filtered)?;
        }
        Ok(Counted { opt_outs: counts, filtered, people: people.map(|people| people.count()) })
    }

    fn finish(&self, output: &Output, dataset: &Dataset, sink: Sink<'_>) -> Result<ManifestOutput, Error> {
        let file = file_name(output);
        let fields = |names: Option<&[String]>| {
            let wanted = |name: &str| names.is_none_or(|names| names.iter().any(|wanted| wanted == name));
            dataset.field.iter().filter(|field| wanted(&field.name)).map(ManifestField::new).collect::<Vec<_>>()
        };
        Ok(match sink {
            Sink::Records(writer) => {
                let (summary, to_check) = writer.finish()?;
                ManifestOutput::records(output, file, summary, fields(None)).checking(to_check)
            }
            Sink::Cells(aggregate) => {
                let (batch, disclosure) = aggregate.suppress(self.earlier, self.inputs.watch)?;
                let (summary, to_check) = self.write_batch(&file, output, dataset, &batch)?;
                ManifestOutput::cells(output, file, summary, fields(Some(&output.by)), disclosure).checking(to_check)
            }
        })
    }

    fn write_batch(
        &self,
        file: &str,
        output: &Output,
        dataset: &Dataset,
        batch: &RecordBatch,
    ) -> Result<(FileSummary, Vec<usize>), Error> {
        let path = self.folder.path_of(&rows_file(file, output.format));
        let mut writer = OutputFile::create(&path, output, dataset, &batch.schema())?;
        writer.write(batch)?;
        writer.finish()
    }
}

fn open(source: Source, dataset: &Dataset) -> Result<(HashedReader, Option<String>), Error> {
    match source {
        Source::File(path) => {
            let (reader, sha256) = open_hashed(&path, |schema| needed_columns(dataset, schema))?;
            Ok((HashedReader::without_hash(reader), Some(sha256)))
        }
        Source::Batches(reader) => Ok((HashedReader::new(reader), None)),
    }
}

/// Where the columns stand that the agreement speaks of; of a file only these are read.
fn needed_columns(dataset: &Dataset, schema: &Schema) -> Result<Vec<usize>, Error> {
    let persons = dataset.field.iter().filter_map(|field| match &field.transform {
        FieldTransform::ShiftDate(settings) => Some(&settings.person),
        _ => None,
    });
    let fields = dataset.field.iter().map(|field| &field.name);
    let filters = dataset.row_filter.iter().map(|filter| &filter.field);
    let names = fields.chain(persons).chain(filters).chain(&dataset.id_field);
    let found: BTreeSet<usize> = names.map(|name| column_position(schema, name)).collect::<Result<_, _>>()?;
    Ok(found.into_iter().collect())
}

impl ManifestField {
    fn new(field: &crate::agreement::Field) -> Self {
        Self { name: field.name.clone(), transform: field.transform.clone() }
    }
}
