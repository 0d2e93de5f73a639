//! Readers and writers of CSV and Parquet tables, and the writer of Excel workbooks.
//!
//! They sit outside the rules: every rule works on Arrow record batches, wherever those come from.
//! CSV columns are always read as text, so an identifier keeps its leading zeros; an empty field is null.
//! Writers make a new file beside its final place and rename it once, so a half-written file is never seen.

mod csv;
mod formulas;
mod kind;
mod parquet;
mod quotes;
mod workbook;
mod write;

pub use formulas::{escape_formulas, escape_names, escaped_formula};
pub use kind::FileKind;
pub use workbook::write_workbook;
pub use write::{FileSummary, TableWriter, write_table};

use crate::error::{Error, MisuseError};
use ::arrow::array::{RecordBatch, RecordBatchReader};
use ::arrow::datatypes::{Schema, SchemaRef};
use ::arrow::error::ArrowError;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

/// Rows in a batch that a reader gives.
const BATCH_ROWS: usize = 65_536;

/// A table being read.
pub type TableReader = Box<dyn RecordBatchReader + Send>;

/// Opens a CSV or Parquet file by its ending and its content.
///
/// # Errors
/// `misuse.file_kind`, `misuse.unreadable`, `misuse.not_csv`, `misuse.not_parquet`
pub fn read_table(path: &Path) -> Result<TableReader, Error> {
    let kind = FileKind::of(path)?;
    read_as(kind, open(path)?, path, every_column)
}

/// Opens the chosen columns of a table that this library wrote, whose header is known to be one.
pub(crate) fn read_written(
    path: &Path,
    choose: impl FnOnce(&Schema) -> Result<Vec<usize>, Error>,
) -> Result<TableReader, Error> {
    written(open(path)?, path, choose)
}

fn written(
    file: File,
    path: &Path,
    choose: impl FnOnce(&Schema) -> Result<Vec<usize>, Error>,
) -> Result<TableReader, Error> {
    match FileKind::of(path)? {
        FileKind::Csv => csv::read(file, path, csv::Header::Known, choose),
        FileKind::Parquet => parquet::read(file, path, choose),
    }
}

/// As [`read_written`], with the SHA-256 of the bytes, off one handle.
pub(crate) fn open_written(path: &Path) -> Result<(TableReader, String), Error> {
    let is_workbook = path.extension().is_some_and(|ending| ending == "xlsx");
    let mut file = open(path)?;
    let sha256 = hash_of(&mut file).map_err(|error| unreadable(path, error.kind()))?;
    let reader = if is_workbook { workbook::read_written(file, path)? } else { written(file, path, every_column)? };
    Ok((reader, sha256))
}

fn read_as(
    kind: FileKind,
    file: File,
    path: &Path,
    choose: impl FnOnce(&Schema) -> Result<Vec<usize>, Error>,
) -> Result<TableReader, Error> {
    match kind {
        FileKind::Csv => csv::read(file, path, csv::Header::Doubtful, choose),
        FileKind::Parquet => parquet::read(file, path, choose),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "other choices can fail")]
pub(crate) fn every_column(schema: &Schema) -> Result<Vec<usize>, Error> {
    Ok((0..schema.fields().len()).collect())
}

/// Opens and reads a whole file into memory.
///
/// # Errors
/// As [`read_table`], and for a row that cannot be read.
pub fn read_whole_table(path: &Path) -> Result<(SchemaRef, Vec<RecordBatch>), Error> {
    let reader = read_table(path)?;
    let schema = reader.schema();
    let batches = reader.map(|batch| batch.map_err(|error| batch_error(&name_of(path), &error)));
    Ok((schema, batches.collect::<Result<_, _>>()?))
}

/// Opens a table for reading and gives the SHA-256 of its bytes, both off one handle. `choose` names the columns that are
/// read, by where they stand, in ascending order.
///
/// # Errors
/// As [`read_table`], and those of `choose`.
pub fn open_hashed(
    path: &Path,
    choose: impl FnOnce(&Schema) -> Result<Vec<usize>, Error>,
) -> Result<(TableReader, String), Error> {
    let kind = FileKind::of(path)?;
    let mut file = open(path)?;
    let sha256 = hash_of(&mut file).map_err(|error| unreadable(path, error.kind()))?;
    let reader = read_as(kind, file, path, choose)?;
    Ok((reader, sha256))
}

fn hash_of(file: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            length => hash.update(&buffer[..length]),
        }
    }
    file.rewind()?;
    Ok(data_encoding::HEXLOWER.encode(&hash.finalize()))
}

/// A batch that could not be read, told without its text, which could hold data.
pub(crate) fn batch_error(source: &str, error: &ArrowError) -> Error {
    match error {
        ArrowError::IoError(_, error) if csv::unpaired(error).is_some() => csv::quote_error(source, error),
        ArrowError::CsvError(text) | ArrowError::ParseError(text) => csv::error(source, text),
        _ => MisuseError::Unreadable {
            file: source.to_owned(),
            reason: "its content is damaged or of a kind that is not supported".to_owned(),
        }
        .into(),
    }
}

fn open(path: &Path) -> Result<File, Error> {
    let file = File::open(path).map_err(|error| unreadable(path, error.kind()))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(unreadable(path, io::ErrorKind::IsADirectory));
    }
    Ok(file)
}

fn unreadable(path: &Path, kind: io::ErrorKind) -> Error {
    MisuseError::Unreadable { file: name_of(path), reason: reason_of(kind) }.into()
}

/// Why a file cannot be read, in plain words.
pub fn reason_of(kind: io::ErrorKind) -> String {
    match kind {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        kind => kind.to_string(),
    }
}

/// The last part of a path: messages name a file without telling where this machine keeps it.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| "the path".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Reads the first bytes and goes back to the start.
fn peek(file: &mut File, path: &Path, length: u64) -> Result<Vec<u8>, Error> {
    let mut head = Vec::new();
    Read::by_ref(file)
        .take(length)
        .read_to_end(&mut head)
        .and_then(|_| file.rewind())
        .map_err(|error| unreadable(path, error.kind()))?;
    Ok(head)
}
