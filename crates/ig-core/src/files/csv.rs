//! Reads CSV with every column as text.

use super::quotes::{PairedQuotes, UnpairedQuotes};
use super::{BATCH_ROWS, TableReader, name_of, peek};
use crate::NhsNumber;
use crate::columns::looks_like_data;
use crate::error::{Error, MisuseError};
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{DataType, Field, Schema};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// How much of a file is looked at to see that it is text.
const HEAD: u64 = 1 << 16;

/// Whether the first row may be data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Header {
    Known,
    Doubtful,
}

pub(super) fn read(
    mut file: File,
    path: &Path,
    doubt: Header,
    choose: impl FnOnce(&Schema) -> Result<Vec<usize>, Error>,
) -> Result<TableReader, Error> {
    let not_csv = |reason: &str| not_csv(&name_of(path), reason);
    let head = peek(&mut file, path, HEAD)?;
    let start = if head.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    check_is_text(&head[start..]).map_err(not_csv)?;
    let failed = |_| not_csv("it cannot be read from its start");
    file.seek(SeekFrom::Start(start as u64)).map_err(failed)?;
    let format = Format::default().with_header(true);
    let (header, _) = format.infer_schema(&mut file, Some(0)).map_err(|_| not_csv("its first row is not a header"))?;
    if doubt == Header::Doubtful {
        check_header(&header).map_err(not_csv)?;
    }
    file.seek(SeekFrom::Start(start as u64)).map_err(failed)?;
    let text = |field: &Arc<Field>| Field::new(field.name(), DataType::Utf8, true);
    let schema = Schema::new(header.fields().iter().map(text).collect::<Vec<_>>());
    let chosen = choose(&schema)?;
    let reader = ReaderBuilder::new(Arc::new(schema)).with_header(true).with_batch_size(BATCH_ROWS);
    let reader = reader.with_projection(chosen);
    let reader = reader.build(PairedQuotes::new(BufReader::with_capacity(1 << 16, file)));
    Ok(Box::new(reader.map_err(|_| not_csv("its first row is not a header"))?))
}

fn check_is_text(head: &[u8]) -> Result<(), &'static str> {
    if head.is_empty() {
        return Err("it is empty, without even a header row");
    }
    if head.starts_with(b"PK\x03\x04") {
        return Err("it is a zip or a spreadsheet file under another name");
    }
    if head.starts_with(b"PAR1") {
        return Err("it is a Parquet file under another name");
    }
    if head.contains(&0) {
        return Err("it is binary or UTF-16; save it as CSV UTF-8");
    }
    match std::str::from_utf8(head) {
        // A character cut by the end of the head is no fault.
        Err(error) if error.error_len().is_some() => Err("it is not UTF-8 text; save it as CSV UTF-8"),
        _ => Ok(()),
    }
}

fn check_header(header: &Schema) -> Result<(), &'static str> {
    let names: Vec<&str> = header.fields().iter().map(|field| field.name().as_str()).collect();
    if names.iter().any(|name| name.trim().is_empty()) {
        return Err("a column of its header has no name");
    }
    if let [only] = names[..]
        && only.contains([';', '\t', '|'])
    {
        return Err("its fields are not separated by commas");
    }
    let is_data = names.iter().filter(|name| looks_like_data(name)).count();
    if is_data * 2 > names.len() || names.iter().any(|name| NhsNumber::parse(name).is_ok()) {
        return Err("its first row looks like data; add a header row");
    }
    if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
        return Err("two columns of its header have the same name");
    }
    Ok(())
}

/// A row that could not be read. The parser's own text is not passed on, apart from its line number.
pub(super) fn error(source: &str, text: &str) -> Error {
    let after = text.split("line ").nth(1).unwrap_or_default();
    let line: String = after.chars().take_while(char::is_ascii_digit).collect();
    let near = if line.is_empty() { String::new() } else { format!(" near line {line}") };
    not_csv(source, &format!("a row{near} has another number of fields than the header, or is not UTF-8 text"))
}

/// The line whose quotes do not pair up, if that is what stopped the reader.
pub(super) fn unpaired(error: &io::Error) -> Option<u64> {
    error.get_ref()?.downcast_ref::<UnpairedQuotes>().map(|unpaired| unpaired.line)
}

pub(super) fn quote_error(source: &str, error: &io::Error) -> Error {
    let line = unpaired(error).unwrap_or_default();
    let reason = "has a quoted field that is not closed, or goes on after its closing quote; write it again as CSV";
    not_csv(source, &format!("the row at line {line} {reason}"))
}

fn not_csv(file: &str, reason: &str) -> Error {
    MisuseError::NotCsv { file: file.to_owned(), reason: reason.to_owned() }.into()
}
