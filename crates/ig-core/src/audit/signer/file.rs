//! The file of a signing key: one line, readable by its owner alone.

use super::SignerKey;
use crate::error::KeyError;
use crate::platform;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use zeroize::Zeroizing;

/// A key file is one line; anything longer is not one.
const LONGEST_FILE: u64 = 4096;

impl SignerKey {
    /// Reads a key file that its owner alone can read.
    ///
    /// # Errors
    /// `key.missing`, `key.file_exposed` if others can read it, `key.unreadable`, `key.signer_form`
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let file = File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => KeyError::Missing { place: "the signing key's file (no such file)".to_owned() },
            kind => KeyError::Unreadable { reason: kind.to_string() },
        })?;
        platform::check_private(&file).map_err(|mode| KeyError::ExposedFile { mode })?;
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE as usize));
        file.take(LONGEST_FILE).read_to_string(&mut text).map_err(|error| match error.kind() {
            ErrorKind::InvalidData => KeyError::SignerForm {},
            kind => KeyError::Unreadable { reason: kind.to_string() },
        })?;
        Self::from_text(&text)
    }

    /// Writes a new key file that its owner alone can read; an existing file is never overwritten.
    ///
    /// # Errors
    /// `key.file_exists`, `key.unreadable`
    pub fn write_new_file(&self, path: impl AsRef<Path>) -> Result<(), KeyError> {
        let text = self.to_text();
        platform::write_private(path.as_ref(), text.as_bytes(), platform::Existing::Refuse).map_err(|error| match error
            .kind()
        {
            ErrorKind::AlreadyExists => KeyError::Exists {},
            kind => KeyError::Unreadable { reason: kind.to_string() },
        })
    }
}
