//! What is wrong with a file, and where.

use super::place::Places;
use crate::error::AccessError;
use serde::de::{Error, Expected, Unexpected};
use std::fmt;

/// A mistake on its way out of the file: every level that it passes adds its name to the path.
///
/// It never takes in a value of the file, only what was expected instead of it.
#[derive(Debug)]
pub(super) struct Mistake {
    kind: Kind,
    path: String,
    /// Where the innermost key or item begins; none for the file as a whole.
    offset: Option<usize>,
}

#[derive(Debug)]
enum Kind {
    MissingKey(&'static str),
    UnknownKey { known: String },
    Value { expected: String },
}

impl Mistake {
    pub(super) fn one_of(words: &'static [&'static str]) -> Self {
        Self::of(Kind::Value { expected: list(words) })
    }

    fn of(kind: Kind) -> Self {
        Self { kind, path: String::new(), offset: None }
    }

    /// Adds the name of the table or list entry around it; its offset counts only if nothing inside has one.
    pub(super) fn inside(mut self, name: &str, offset: usize) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{name}{joint}{}", self.path);
        self.offset.get_or_insert(offset);
        self
    }

    pub(super) fn into_error(self, places: &Places) -> AccessError {
        let (file, path) = (places.file(), self.path);
        let line = self.offset.map_or(1, |offset| places.line_at(offset));
        match self.kind {
            Kind::MissingKey(key) => {
                let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                AccessError::AgreementMissingKey { file, line, path }
            }
            Kind::UnknownKey { known } => AccessError::AgreementUnknownKey { file, line, path, known },
            Kind::Value { expected } => AccessError::AgreementValue { file, line, path, expected },
        }
    }
}

fn list(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [word] => (*word).to_owned(),
        [first, second] => format!("{first} or {second}"),
        words => format!("one of {}", words.join(", ")),
    }
}

impl Error for Mistake {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        let expected = message.strip_prefix("expected ").unwrap_or(&message).to_owned();
        Self::of(Kind::Value { expected })
    }

    fn invalid_type(_found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of(Kind::Value { expected: expected.to_string() })
    }

    fn invalid_value(_found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of(Kind::Value { expected: expected.to_string() })
    }

    fn invalid_length(_found: usize, expected: &dyn Expected) -> Self {
        Self::of(Kind::Value { expected: expected.to_string() })
    }

    fn unknown_variant(_found: &str, words: &'static [&'static str]) -> Self {
        Self::one_of(words)
    }

    fn unknown_field(_found: &str, known: &'static [&'static str]) -> Self {
        Self::of(Kind::UnknownKey { known: list(known).trim_start_matches("one of ").to_owned() })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::of(Kind::MissingKey(key))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mistake in an agreement")
    }
}

impl std::error::Error for Mistake {}
