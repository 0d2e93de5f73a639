//! One file that leaves, in the format of the agreement.

use crate::agreement::{Output, OutputFormat};
use crate::error::Error;
use crate::files::{FileKind, FileSummary, TableWriter, escape_formulas, escape_names};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use std::path::Path;

/// A file that is being written. In a CSV no text begins as a spreadsheet would run it.
pub(super) struct OutputFile {
    writer: TableWriter,
    kind: FileKind,
}

impl OutputFile {
    pub(super) fn create(path: &Path, output: &Output, schema: &SchemaRef) -> Result<Self, Error> {
        let kind = file_kind(output.format);
        let writer = match kind {
            FileKind::Csv => TableWriter::create(path, kind, &escape_names(schema))?,
            FileKind::Parquet => TableWriter::create(path, kind, schema)?,
        };
        Ok(Self { writer, kind })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        match self.kind {
            FileKind::Csv => self.writer.write(&escape_formulas(batch)?),
            FileKind::Parquet => self.writer.write(batch),
        }
    }

    pub(super) fn finish(self) -> Result<FileSummary, Error> {
        self.writer.finish()
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
