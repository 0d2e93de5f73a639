//! A folder of agreements as one table.

use super::{Agreement, Standing};
use crate::error::{Error, MisuseError, Result};
use serde::Serialize;
use std::fs;
use std::path::Path;
use time::Date;

/// One agreement of a register, read or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterRow {
    /// The name of the file.
    pub file: String,
    /// How the agreement stands, if the file could be read.
    pub standing: Option<Standing>,
    /// Why the file could not be read.
    pub fault: Option<Fault>,
}

/// Why a file of a register could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The stable code.
    pub code: String,
    /// The line, if there is one.
    pub line: Option<usize>,
    /// The message, with place and remedy.
    pub message: String,
}

/// One row for every `.toml` file of a folder, in the order of their names; folders inside are not entered.
///
/// Guarantees that no such file is left out: what cannot be read is a row with its code and line.
///
/// # Errors
/// `misuse.unreadable` if the folder itself cannot be read.
pub fn register(folder: &Path, on: Date) -> Result<Vec<RegisterRow>> {
    let refused = |error: &std::io::Error| {
        let file = folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        MisuseError::Unreadable { file, reason: error.kind().to_string() }
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| refused(&error))? {
        let path = entry.map_err(|error| refused(&error))?.path();
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml")) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths.iter().map(|path| row(path, on)).collect())
}

fn row(path: &Path, on: Date) -> RegisterRow {
    let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let read = fs::read_to_string(path)
        .map_err(|error| MisuseError::Unreadable { file: file.clone(), reason: error.kind().to_string() }.into())
        .and_then(|text| Agreement::from_toml(&text, &file));
    match read {
        Ok(agreement) => RegisterRow { file, standing: Some(agreement.standing(on)), fault: None },
        Err(error) => RegisterRow { file, standing: None, fault: Some(Fault::new(&error)) },
    }
}

impl Fault {
    fn new(error: &Error) -> Self {
        let line =
            error.context().into_iter().find(|(name, _)| *name == "line").and_then(|(_, line)| line.parse().ok());
        Self { code: error.code().to_owned(), line, message: error.to_string() }
    }
}
