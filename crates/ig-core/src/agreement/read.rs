//! From text to a document, with the line, path and remedy of every mistake.

use super::document::Document;
use super::place::Places;
use super::tree::Node;
use crate::error::AccessError;
use serde::Deserialize;
use toml::de::{DeTable, DeValue, Error};

pub(super) fn document(text: &str, file: &str) -> Result<(Document, Places), AccessError> {
    let mut places = Places::new(text, file);
    let table = DeTable::parse(text).map_err(|error| syntax(&error, &places))?;
    places.note(table.get_ref());
    let root = DeValue::Table(table.into_inner());
    let document = Document::deserialize(Node(&root)).map_err(|mistake| mistake.into_error(&places))?;
    Ok((document, places))
}

/// The parser's own words are fixed phrases without text of the file.
fn syntax(error: &Error, places: &Places) -> AccessError {
    let line = error.span().map_or(1, |span| places.line_at(span.start));
    AccessError::AgreementSyntax { file: places.file(), line, reason: error.message().to_owned() }
}
