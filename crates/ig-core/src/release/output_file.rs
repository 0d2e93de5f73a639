//! One file that leaves, in the format of the agreement.

use super::folder::OutputFolder;
use super::guard::may_hold_numbers;
use super::manifest::ManifestOutput;
use super::watch::{Watch, tick};
use crate::agreement::{Dataset, FieldTransform, Output, OutputFormat, OutputKind};
use crate::error::{Error, MisuseError};
use crate::files::{
    FileKind, FileSummary, TableWriter, batch_error, escape_formulas, escape_names, every_column, read_written,
    write_workbook,
};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use std::fs;
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
        let kind = rows_kind(output.format);
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
    let ending = match output.format {
        OutputFormat::Csv => "csv",
        OutputFormat::Parquet => "parquet",
        OutputFormat::Xlsx => "xlsx",
    };
    format!("{}.{ending}", output.name)
}

/// The file that holds the rows until they are checked: the output itself, or what a workbook is then made from.
pub(super) fn rows_file(file: &str, format: OutputFormat) -> String {
    match format {
        OutputFormat::Csv | OutputFormat::Parquet => file.to_owned(),
        OutputFormat::Xlsx => format!("{file}.rows.parquet"),
    }
}

/// Makes the workbooks, of rows that were checked and of no others.
///
/// # Errors
/// `export.workbook_limit`, `export.write_failed`, `misuse.interrupted`.
pub(super) fn make_workbooks(
    folder: &OutputFolder,
    outputs: &mut [ManifestOutput],
    watch: &dyn Watch,
) -> Result<(), Error> {
    for output in outputs.iter_mut().filter(|output| output.format == OutputFormat::Xlsx) {
        let rows = folder.path_of(&rows_file(&output.file, output.format));
        let mut done = 0;
        let reader = read_written(&rows, every_column)?;
        let schema = reader.schema();
        let batches = reader.map(|batch| {
            let batch = batch.map_err(|error| batch_error(&output.file, &error))?;
            done += batch.num_rows() as u64;
            tick(watch, "writing", &output.file, done)?;
            Ok(batch)
        });
        output.summary = write_workbook(&folder.path_of(&output.file), &schema, batches)?;
        fs::remove_file(&rows).map_err(|error| MisuseError::Unreadable {
            file: output.file.clone(),
            reason: format!("its rows cannot be removed: {}", error.kind()),
        })?;
    }
    Ok(())
}

const fn rows_kind(format: OutputFormat) -> FileKind {
    match format {
        OutputFormat::Csv => FileKind::Csv,
        OutputFormat::Parquet | OutputFormat::Xlsx => FileKind::Parquet,
    }
}
