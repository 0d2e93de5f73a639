//! One file that leaves, in the format of the agreement.

use super::guard::may_hold_numbers;
use crate::agreement::{Dataset, FieldTransform, Output, OutputFormat, OutputKind};
use crate::error::Error;
use crate::files::{FileKind, FileSummary, TableWriter, escape_formulas, escape_names};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use std::path::Path;

/// A file that is being written. In a CSV no text begins as a spreadsheet would run it.
pub(super) struct OutputFile {
    writer: TableWriter,
    kind: FileKind,
    /// By column: whether it holds pseudonyms, and whether digits of a number may stand in it.
    columns: Vec<Found>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Pseudonyms,
    Nothing,
    Digits,
}

impl OutputFile {
    pub(super) fn create(path: &Path, output: &Output, dataset: &Dataset, schema: &SchemaRef) -> Result<Self, Error> {
        let kind = file_kind(output.format);
        let writer = match kind {
            FileKind::Csv => TableWriter::create(path, kind, &escape_names(schema))?,
            FileKind::Parquet => TableWriter::create(path, kind, schema)?,
        };
        let is_field = |name: &str| output.kind == OutputKind::RecordLevel || output.by.iter().any(|by| by == name);
        let of = |name: &str| match dataset.field(name).filter(|_| is_field(name)).map(|field| &field.transform) {
            Some(FieldTransform::Pseudonymise(_)) => Found::Pseudonyms,
            _ => Found::Nothing,
        };
        let columns = schema.fields().iter().map(|field| of(field.name())).collect();
        Ok(Self { writer, kind, columns })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        for (found, column) in self.columns.iter_mut().zip(batch.columns()) {
            if *found == Found::Nothing && may_hold_numbers(column) {
                *found = Found::Digits;
            }
        }
        match self.kind {
            FileKind::Csv => self.writer.write(&escape_formulas(batch)?),
            FileKind::Parquet => self.writer.write(batch),
        }
    }

    /// What was written, and the columns that are to be read again for numbers.
    pub(super) fn finish(self) -> Result<(FileSummary, Vec<usize>), Error> {
        let digits = self.columns.iter().enumerate().filter(|(_, found)| **found == Found::Digits);
        let to_check = digits.map(|(position, _)| position).collect();
        Ok((self.writer.finish()?, to_check))
    }
}

/// The name of an output's file in the folder.
pub(super) fn file_name(output: &Output) -> String {
    format!("{}.{}", output.name, file_kind(output.format).ending())
}

const fn file_kind(format: OutputFormat) -> FileKind {
    match format {
        OutputFormat::Csv => FileKind::Csv,
        OutputFormat::Parquet => FileKind::Parquet,
    }
}
