//! From text to a document. Every message names a place and what was expected, never what was found.

use super::document::{Document, Record};
use super::fields::Fields;
use crate::error::KeyError;
use toml::de::{DeTable, DeValue};

pub(super) fn document(text: &str) -> Result<Document, KeyError> {
    let line_at = |offset: usize| text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
    let table = DeTable::parse(text)
        .map_err(|error| KeyError::RingSyntax { line: line_at(error.span().map_or(0, |span| span.start)) })?;
    let table = table.get_ref();
    // The version first: of another version nothing else is known.
    if table.get("schema").and_then(|schema| whole_number(schema.get_ref())) != Some(1) {
        return Err(KeyError::RingVersion {});
    }
    let top = Fields { place: "the top".to_owned(), line: 1, table, line_at: &line_at };
    top.only(&["schema", "key", "end"])?;
    let keys = top.get("key").and_then(|keys| keys.get_ref().as_array());
    let keys = keys.ok_or_else(|| top.wrong("key", "one table [[key]] for each key"))?;
    check_end(&top, keys.len(), keys.iter().map(|key| key.span().start).max())?;
    let mut records: Vec<Record> = Vec::with_capacity(keys.len());
    for (key, number) in keys.iter().zip(1..) {
        let (place, line) = (format!("key {number}"), line_at(key.span().start));
        let Some(table) = key.get_ref().as_table() else {
            let place = format!("{place}, line {line}");
            return Err(KeyError::RingField { place, expected: "a table [[key]]".to_owned() });
        };
        records.push(Fields { place, line, table, line_at: &line_at }.record()?);
    }
    let document = Document { records };
    document.check()?;
    Ok(document)
}

/// The table that closes the file. A file that was cut off has none, wherever it was cut: what stands last in the
/// text must be the table `[end]`, with the number of keys.
fn check_end(top: &Fields<'_>, keys: usize, last_key: Option<usize>) -> Result<(), KeyError> {
    let incomplete = || KeyError::RingIncomplete {};
    let end = top.table.get_key_value("end").ok_or_else(incomplete)?;
    let table = end.1.get_ref().as_table().ok_or_else(incomplete)?;
    let counted = table.get("keys").and_then(|keys| whole_number(keys.get_ref()));
    let is_last = last_key.is_none_or(|last| last < end.0.span().start);
    let is_whole = table.len() == 1 && counted == i64::try_from(keys).ok();
    if is_last && is_whole { Ok(()) } else { Err(incomplete()) }
}

fn whole_number(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    (number.radix() == 10).then(|| number.as_str().parse().ok()).flatten()
}
