//! From text to a document, with the line, path and remedy of every mistake.

use super::document::Document;
use super::place::{Places, shown};
use crate::error::AccessError;
use serde::Deserialize;
use std::ops::Range;
use toml::de::{DeTable, Deserializer, Error};

pub(super) fn document(text: &str, file: &str) -> Result<(Document, Places), AccessError> {
    let mut places = Places::new(text, file);
    let table = DeTable::parse(text).map_err(|error| syntax(&error, &places))?;
    if let Some(path) = places.note(table.get_ref()) {
        let expected = "a single value or a table, not a list".to_owned();
        return Err(AccessError::AgreementValue { file: places.file(), line: places.line_of(&path), path, expected });
    }
    let document = Document::deserialize(Deserializer::from(table)).map_err(|error| mistake(&error, &places))?;
    Ok((document, places))
}

/// The parser's own words are fixed phrases without text of the file.
fn syntax(error: &Error, places: &Places) -> AccessError {
    let line = error.span().map_or(1, |span| places.line_at(span.start));
    AccessError::AgreementSyntax { file: places.file(), line, reason: error.message().to_owned() }
}

/// Serde's messages quote values, so only their fixed parts are kept: which kind of mistake, and what was expected.
fn mistake(error: &Error, places: &Places) -> AccessError {
    let file = places.file();
    let span = error.span().unwrap_or(0..0);
    let path = places.path_at(&span);
    let message = error.message();
    if let Some(key) = message.strip_prefix("missing field ") {
        let key = shown(key.trim_matches('`'));
        let line = line_of_table(places, &path, &span);
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        return AccessError::AgreementMissingKey { file, line, path };
    }
    let line = places.line_at(span.start);
    let expected = expected(message).unwrap_or("a value of another kind").replace('`', "");
    if message.starts_with("unknown field ") {
        let known = expected.trim_start_matches("one of ").to_owned();
        return AccessError::AgreementUnknownKey { file, line, path, known };
    }
    AccessError::AgreementValue { file, line, path, expected }
}

/// What follows the last `expected`: a quoted value always stands before it.
fn expected(message: &str) -> Option<&str> {
    message.strip_prefix("expected ").or_else(|| message.rsplit_once(", expected ").map(|(_, expected)| expected))
}

fn line_of_table(places: &Places, path: &str, span: &Range<usize>) -> usize {
    if path.is_empty() { 1 } else { places.line_at(span.start) }
}
