//! Excel workbooks: one sheet of plain cells, written row by row.

mod cells;
mod package;
mod read;
mod sheet;

pub(super) use read::read_written;

use super::write::{HashedFile, write_failed};
use super::{FileSummary, name_of};
use crate::error::{Error, ExportError};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use cells::SheetColumn;
use package::Package;
use std::io::Write;
use std::path::Path;

/// Rows of a sheet below its header.
const MAX_ROWS: u64 = 1_048_575;
const MAX_COLUMNS: usize = 16_384;
/// Characters of a cell, as Excel counts them: in UTF-16.
const MAX_TEXT: usize = 32_767;

/// The parts beside the sheet. There is no date in any of them, so the same rows give the same bytes.
const PARTS: [(&str, &str); 5] = [
    ("[Content_Types].xml", include_str!("workbook/content_types.xml")),
    ("_rels/.rels", include_str!("workbook/package_rels.xml")),
    ("xl/workbook.xml", include_str!("workbook/workbook.xml")),
    ("xl/_rels/workbook.xml.rels", include_str!("workbook/workbook_rels.xml")),
    ("xl/styles.xml", include_str!("workbook/styles.xml")),
];

/// Where the rows are.
const SHEET: &str = "xl/worksheets/sheet1.xml";

/// Writes a table as a workbook of one sheet, to a new file; the same rows give the same bytes.
///
/// No cell holds a formula: text is a cell of text, and one that begins like a formula stays text when it is edited.
/// Whole and decimal numbers of more than 15 digits are text, since Excel would change them; floating-point numbers are
/// what they are. Dates from 1 March 1900 on are dates; earlier ones, times with parts of a second and times with a zone
/// are text in the form of ISO 8601. Booleans are booleans, and null is an empty cell.
///
/// It does **not** protect the text from other programs: whoever saves the sheet as CSV has `=1+1` without a sign before it.
///
/// # Errors
/// `export.workbook_limit` for more than 1,048,575 rows, more than 16,384 columns, a text of more than 32,767 characters
/// or a sheet of 4 GiB; `export.file_exists`; `export.write_failed`; those of the rows.
pub fn write_workbook(
    path: &Path,
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch, Error>>,
) -> Result<FileSummary, Error> {
    let name = name_of(path);
    let too_large = |limit: String| Error::from(ExportError::WorkbookLimit { file: name.clone(), limit });
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::FileTooLarge => too_large("its sheet has 4 GiB or more".to_owned()),
        _ => write_failed(&name, &error),
    };
    if schema.fields().len() > MAX_COLUMNS {
        return Err(too_large(format!("it has more than {MAX_COLUMNS} columns")));
    }
    let mut package = Package::new(HashedFile::create(path, &name)?);
    for (part, text) in PARTS {
        package = package.with_part(part, |writer| writer.write_all(text.as_bytes())).map_err(failed)?;
    }
    let mut rows = 0;
    let mut stopped = None;
    let written = package.with_part(SHEET, |writer| {
        sheet::begin(writer)?;
        sheet::header(writer, schema)?;
        for batch in batches {
            let found = batch.and_then(|batch| {
                let columns = batch.columns().iter().zip(schema.fields());
                let columns = columns.map(|(column, field)| SheetColumn::new(field.name(), column));
                let columns = columns.collect::<Result<Vec<_>, _>>()?;
                if rows + batch.num_rows() as u64 > MAX_ROWS {
                    return Err(too_large(format!("it has more than {MAX_ROWS} rows")));
                }
                columns.iter().try_for_each(|column| column.check(rows).map_err(too_large))?;
                Ok((columns, batch.num_rows()))
            });
            match found {
                Ok((columns, count)) => {
                    for row in 0..count {
                        rows += 1;
                        sheet::row(writer, rows, &columns, row)?;
                    }
                }
                Err(error) => {
                    stopped = Some(error);
                    return Ok(());
                }
            }
        }
        sheet::end(writer)
    });
    if let Some(error) = stopped {
        return Err(error);
    }
    let package = written.map_err(failed)?;
    package.finish().and_then(|file| file.finish(rows)).map_err(failed)
}

#[cfg(test)]
mod tests;
