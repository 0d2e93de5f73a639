//! Writes a table, counting and hashing as it goes.

use super::{FileKind, batch_error, name_of};
use crate::error::{Error, ExportError};
use arrow::array::{RecordBatch, RecordBatchReader};
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileSummary {
    /// SHA-256 of the file's bytes, lower-case hex.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[0-9a-f]{64}$")))]
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Rows of the table.
    pub rows: u64,
}

/// A file that is hashed while it is written.
pub(super) struct HashedFile {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl HashedFile {
    /// Makes the file; one of that name must not exist.
    pub(super) fn create(path: &Path, name: &str) -> Result<Self, Error> {
        let file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => ExportError::FileExists {}.into(),
            _ => write_failed(name, &error),
        })?;
        Ok(Self { file: BufWriter::new(file), hash: Sha256::new(), bytes: 0 })
    }

    /// Bytes written so far.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Syncs the file to its disk, and says what it holds.
    pub(super) fn finish(mut self, rows: u64) -> io::Result<FileSummary> {
        self.flush()?;
        self.file.get_ref().sync_all()?;
        let sha256 = data_encoding::HEXLOWER.encode(&self.hash.finalize());
        Ok(FileSummary { sha256, bytes: self.bytes, rows })
    }
}

impl Write for HashedFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.hash.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

enum Format {
    Csv(Box<arrow::csv::Writer<HashedFile>>),
    Parquet(Box<ArrowWriter<HashedFile>>),
}

/// Writes one table to a new file. Nothing is promised about the file until [`TableWriter::finish`] returns.
pub struct TableWriter {
    format: Format,
    name: String,
    rows: u64,
}

impl TableWriter {
    /// Makes the file; one of that name must not exist.
    ///
    /// # Errors
    /// `export.file_exists`, `export.write_failed`
    pub fn create(path: &Path, kind: FileKind, schema: &SchemaRef) -> Result<Self, Error> {
        Self::create_as(path, name_of(path), kind, schema)
    }

    /// As [`TableWriter::create`], with the name that messages use.
    fn create_as(path: &Path, name: String, kind: FileKind, schema: &SchemaRef) -> Result<Self, Error> {
        let mut file = HashedFile::create(path, &name)?;
        let format = match kind {
            FileKind::Csv => {
                // The header is written here, so that a table without rows has one too.
                write_header(&mut file, schema).map_err(|error| write_failed(&name, &error))?;
                Format::Csv(Box::new(arrow::csv::WriterBuilder::new().with_header(false).build(file)))
            }
            FileKind::Parquet => {
                let properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(ZstdLevel::default()))
                    .set_created_by(concat!("nhs_ig ", env!("CARGO_PKG_VERSION")).to_owned())
                    .build();
                let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties));
                Format::Parquet(Box::new(writer.map_err(|_| unsupported(&name))?))
            }
        };
        Ok(Self { format, name, rows: 0 })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// `export.write_failed`
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let written = match &mut self.format {
            Format::Csv(writer) => writer.write(batch).is_ok(),
            Format::Parquet(writer) => writer.write(batch).is_ok(),
        };
        if !written {
            return Err(unsupported(&self.name));
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Writes what is left, syncs the file to its disk, and says what it holds.
    ///
    /// # Errors
    /// `export.write_failed`
    pub fn finish(self) -> Result<FileSummary, Error> {
        let name = self.name;
        let hashed = match self.format {
            Format::Csv(writer) => writer.into_inner(),
            Format::Parquet(writer) => writer.into_inner().map_err(|_| unsupported(&name))?,
        };
        hashed.finish(self.rows).map_err(|error| write_failed(&name, &error))
    }
}

fn write_header(file: &mut HashedFile, schema: &SchemaRef) -> io::Result<()> {
    let quoted = |name: &str| {
        if name.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            name.to_owned()
        }
    };
    let names: Vec<String> = schema.fields().iter().map(|field| quoted(field.name())).collect();
    writeln!(file, "{}", names.join(","))
}

pub(super) fn write_failed(file: &str, error: &io::Error) -> Error {
    ExportError::WriteFailed { file: file.to_owned(), reason: error.kind().to_string() }.into()
}

fn unsupported(file: &str) -> Error {
    ExportError::WriteFailed {
        file: file.to_owned(),
        reason: "the disk refused it, or a column is of a type that this format does not hold".to_owned(),
    }
    .into()
}

/// Writes a whole table to `path` in one step: a temporary file beside it, synced, then renamed.
///
/// # Errors
/// `misuse.file_kind`, `export.file_exists` unless `overwrite`, `export.write_failed`; the reader's own
/// errors. The temporary file is removed on every error.
pub fn write_table(reader: impl RecordBatchReader, path: &Path, overwrite: bool) -> Result<FileSummary, Error> {
    let kind = FileKind::of(path)?;
    if !overwrite && fs::symlink_metadata(path).is_ok() {
        return Err(ExportError::FileExists {}.into());
    }
    let temporary = Temporary::beside(path);
    let mut writer = TableWriter::create_as(&temporary.0, name_of(path), kind, &reader.schema())?;
    for batch in reader {
        writer.write(&batch.map_err(|error| batch_error("the table", &error))?)?;
    }
    let summary = writer.finish()?;
    move_to(&temporary.0, path, overwrite)?;
    Ok(summary)
}

/// Gives the finished file its name. A rename replaces what is there; a link does not, so a file that was made
/// meanwhile survives. Where the file system has no links, the name is looked at once more.
fn move_to(temporary: &Path, path: &Path, overwrite: bool) -> Result<(), Error> {
    let failed = |error: io::Error| write_failed(&name_of(path), &error);
    if !overwrite {
        match fs::hard_link(temporary, path) {
            // The temporary name goes when its guard is dropped.
            Ok(()) => return sync_parent(path).map_err(failed),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(ExportError::FileExists {}.into()),
            Err(_) if fs::symlink_metadata(path).is_ok() => return Err(ExportError::FileExists {}.into()),
            Err(_) => {}
        }
    }
    fs::rename(temporary, path).map_err(failed)?;
    sync_parent(path).map_err(failed)
}

fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), crate::platform::sync_folder)
}

/// A file that is removed unless it was renamed away.
struct Temporary(PathBuf);

impl Temporary {
    fn beside(path: &Path) -> Self {
        let unique = data_encoding::HEXLOWER.encode(&random_bytes());
        Self(path.with_file_name(format!(".{}.{unique}.partial", name_of(path))))
    }
}

fn random_bytes() -> [u8; 8] {
    let mut bytes = [0_u8; 8];
    // Without random bytes the name is a fixed one, and `create_new` then refuses a clash.
    let _ = getrandom::fill(&mut bytes);
    bytes
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Already renamed, or never made: either way there is nothing to remove.
        let _ = fs::remove_file(&self.0);
    }
}
