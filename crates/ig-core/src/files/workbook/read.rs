//! Reads back what this library wrote as a workbook, every cell as text; other workbooks are refused.

use super::sheet::{DAY, MOMENT, is_escape};
use super::{SHEET, cells::EPOCH};
use crate::error::{Error, MisuseError};
use crate::files::{TableReader, name_of};
use arrow::array::{ArrayRef, LargeStringArray, RecordBatch, RecordBatchIterator};
use arrow::datatypes::{DataType, Field, Schema};
use flate2::read::DeflateDecoder;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use time::{Date, Duration, OffsetDateTime};

/// Of the last part of a container, without a comment.
const END: usize = 22;
/// Larger sheets are not tables of counts.
const MAX_SHEET: u64 = 1 << 30;

type Cells = Vec<Vec<Option<String>>>;

/// Opens a workbook of this library; its rows are in memory.
pub(in crate::files) fn read_written(file: File, path: &Path) -> Result<TableReader, Error> {
    let damaged = || MisuseError::Unreadable {
        file: name_of(path),
        reason: "it is not a workbook as this library writes it".to_owned(),
    };
    let text = sheet_text(file).ok_or_else(damaged)?;
    let rows = rows_of(&text).ok_or_else(damaged)?;
    let (header, rows) = rows.split_first().ok_or_else(damaged)?;
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (place, name) in header.iter().enumerate() {
        fields.push(Field::new(name.clone().ok_or_else(damaged)?, DataType::LargeUtf8, true));
        let column = rows.iter().map(|row| row.get(place).and_then(Option::as_deref));
        columns.push(Arc::new(column.collect::<LargeStringArray>()));
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|_| damaged())?;
    Ok(Box::new(RecordBatchIterator::new([Ok(batch)], schema)))
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let part = bytes.get(at..at + length)?;
    Some(part.iter().rev().fold(0, |value, &byte| value << 8 | usize::from(byte)))
}

/// The sheet, found by the list at the end.
fn sheet_text(mut file: File) -> Option<String> {
    let length = file.metadata().ok()?.len();
    let mut end = [0; END];
    file.seek(SeekFrom::Start(length.checked_sub(END as u64)?)).ok()?;
    file.read_exact(&mut end).ok()?;
    let (size, start) = (number(&end, 12, 4)?, number(&end, 16, 4)?);
    let is_last = end.starts_with(b"PK\x05\x06") && start as u64 + size as u64 + END as u64 == length;
    let mut list = vec![0; if is_last { size } else { return None }];
    file.seek(SeekFrom::Start(start as u64)).ok()?;
    file.read_exact(&mut list).ok()?;
    let mut entry = list.as_slice();
    while entry.starts_with(b"PK\x01\x02") {
        let (packed, name) = (number(entry, 20, 4)?, number(entry, 28, 2)?);
        let offset = number(entry, 42, 4)?;
        if entry.get(46..46 + name)? == SHEET.as_bytes() {
            file.seek(SeekFrom::Start(offset as u64 + 30 + name as u64)).ok()?;
            let mut text = String::new();
            let unpacked = DeflateDecoder::new(file.take(packed as u64)).take(MAX_SHEET).read_to_string(&mut text);
            return unpacked.ok().map(|_| text);
        }
        entry = entry.get(46 + name..)?;
    }
    None
}

fn rows_of(text: &str) -> Option<Cells> {
    let (_, mut rest) = text.split_once("<sheetData>")?;
    let mut rows = Vec::new();
    while let Some(row) = rest.strip_prefix("<row r=\"") {
        let (row, after) = row.split_once("</row>")?;
        let (_, mut cells) = row.split_once("\">")?;
        let mut found: Vec<Option<String>> = Vec::new();
        while let Some(cell) = cells.strip_prefix("<c r=\"") {
            let (cell, after) = cell.split_once("</c>")?;
            let (head, body) = cell.split_once('>')?;
            let letters = head.bytes().take_while(u8::is_ascii_uppercase);
            let place = letters.fold(0, |place, letter| place * 26 + usize::from(letter - b'A') + 1).checked_sub(1)?;
            found.resize(place, None);
            found.push(Some(value(head, body)?));
            cells = after;
        }
        rows.push(found);
        rest = after;
    }
    rest.starts_with("</sheetData>").then_some(rows)
}

/// The value of a cell as text, as it was before it became a cell.
fn value(head: &str, body: &str) -> Option<String> {
    if head.ends_with("t=\"inlineStr\"") {
        let text = body.strip_prefix("<is><t xml:space=\"preserve\">")?.strip_suffix("</t></is>")?;
        return Some(plain(text));
    }
    let value = body.strip_prefix("<v>")?.strip_suffix("</v>")?;
    if head.ends_with("t=\"b\"") {
        return Some(if value == "1" { "true" } else { "false" }.to_owned());
    }
    let styled = |style: usize| head.ends_with(&format!(" s=\"{style}\""));
    if styled(DAY) {
        return Some(day(value.parse().ok()?)?.to_string());
    }
    if styled(MOMENT) {
        let (days, part) = value.split_once('.')?;
        let second = (format!("0.{part}").parse::<f64>().ok()? * 86_400.0).round() as i64;
        let time = (OffsetDateTime::UNIX_EPOCH + Duration::seconds(second)).time();
        let (hour, minute, second) = time.as_hms();
        return Some(format!("{}T{hour:02}:{minute:02}:{second:02}", day(days.parse().ok()?)?));
    }
    Some(value.to_owned())
}

fn day(days: i64) -> Option<Date> {
    OffsetDateTime::UNIX_EPOCH.date().checked_add(Duration::days(days.checked_sub(EPOCH)?))
}

/// Text without the escapes of the sheet.
fn plain(text: &str) -> String {
    let text = text.replace("&#13;", "\r").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('_') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let code =
            if is_escape(rest) { u32::from_str_radix(&rest[2..6], 16).ok().and_then(char::from_u32) } else { None };
        plain.push(code.unwrap_or('_'));
        rest = &rest[if code.is_some() { 7 } else { 1 }..];
    }
    plain.push_str(rest);
    plain
}
