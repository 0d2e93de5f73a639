//! Strings of an agreement: what each kind may hold.

use serde::de::{Deserialize, Deserializer, Error};

/// Text that a person wrote: not blank, one line, at most 255 bytes.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    read(deserializer, is_line, "expected text of one line, not blank, at most 255 bytes, in quotes")
}

/// As [`text`], for a key that may be absent.
pub(super) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text(deserializer).map(Some)
}

/// A name that stands for something in code: a purpose, a role, a kind of identifier.
pub(super) fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    read(deserializer, is_code, "expected a name of 1 to 64 characters a-z, 0-9 and _ that begins with a letter")
}

/// A name that stands for a file or a source.
pub(super) fn file_stem<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    read(deserializer, is_file_stem, "expected a name of 1 to 64 characters a-z, 0-9, _ and -")
}

/// A list of [`text`], not empty.
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    list(deserializer, is_line, "expected a list of names, not empty, each one line of text in quotes")
}

/// As [`texts`], for a key that may be absent and a list that may be empty.
pub(super) fn optional_texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let all = Vec::<String>::deserialize(deserializer)?;
    if all.iter().all(|text| is_line(text)) {
        Ok(all)
    } else {
        Err(D::Error::custom("expected a list of names, each one line of text in quotes"))
    }
}

/// A list of [`code`], not empty.
pub(super) fn codes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    list(deserializer, is_code, "expected a list of names, not empty, each of characters a-z, 0-9 and _")
}

fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    allowed: fn(&str) -> bool,
    expected: &'static str,
) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if allowed(&text) { Ok(text) } else { Err(D::Error::custom(expected)) }
}

fn list<'de, D: Deserializer<'de>>(
    deserializer: D,
    allowed: fn(&str) -> bool,
    expected: &'static str,
) -> Result<Vec<String>, D::Error> {
    let all = Vec::<String>::deserialize(deserializer)?;
    if !all.is_empty() && all.iter().all(|text| allowed(text)) { Ok(all) } else { Err(D::Error::custom(expected)) }
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= 255 && !text.chars().any(char::is_control)
}

fn is_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() <= 64 && text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(allowed)
}

fn is_file_stem(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}
