//! Key files: one key as text, readable by its owner alone.

use super::Key;
use crate::error::KeyError;
use crate::platform;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// A key file is one line; anything longer is not one.
const LONGEST_FILE: u64 = 4096;

/// Who may read the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyFilePermissions {
    /// The owner alone: mode 0600 or stricter.
    #[default]
    OwnerOnly,
    /// A container platform's secret mount, where the platform decides who reads; recorded in the manifest.
    ManagedMount,
}

impl Key {
    /// Reads a key file.
    ///
    /// The permissions are read off the opened file, so that it cannot be swapped in between.
    ///
    /// # Errors
    /// `key.missing`, `key.file_exposed` if others can read it (not with [`KeyFilePermissions::ManagedMount`]),
    /// `key.unreadable`, `key.format`, `key.weak`
    pub fn from_file(path: &Path, permissions: KeyFilePermissions) -> Result<Self, KeyError> {
        let file = File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => KeyError::Missing { place: "the key file named (no such file)".to_owned() },
            kind => KeyError::Unreadable { reason: kind.to_string() },
        })?;
        if permissions == KeyFilePermissions::OwnerOnly {
            platform::check_private(&file).map_err(|mode| KeyError::ExposedFile { mode })?;
        }
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE as usize));
        file.take(LONGEST_FILE).read_to_string(&mut text).map_err(|error| match error.kind() {
            ErrorKind::InvalidData => KeyError::Format {},
            kind => KeyError::Unreadable { reason: kind.to_string() },
        })?;
        Self::from_text(&text)
    }

    /// Writes a new key file that its owner alone can read.
    ///
    /// # Errors
    /// `key.file_exists`, `key.unreadable`
    pub fn write_new_file(&self, path: &Path) -> Result<(), KeyError> {
        let failed = |error: std::io::Error| match error.kind() {
            ErrorKind::AlreadyExists => KeyError::Exists {},
            kind => KeyError::Unreadable { reason: kind.to_string() },
        };
        let mut file = platform::create_new_private(path).map_err(failed)?;
        let written = file.write_all(self.to_text().as_bytes()).and_then(|()| file.sync_all());
        written.map_err(|error| {
            // Half a key is no key, and its name would refuse the next attempt.
            let _ = std::fs::remove_file(path);
            failed(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_key_is_read_back_and_never_overwritten() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.key");
        let key = Key::generate().expect("key");
        key.write_new_file(&path).expect("written");
        let again = Key::from_file(&path, KeyFilePermissions::OwnerOnly).expect("read");
        assert_eq!(again.check_value(), key.check_value());
        assert_eq!(key.write_new_file(&path).expect_err("exists").code(), "key.file_exists");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused_unless_managed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.key");
        Key::generate().expect("key").write_new_file(&path).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
        let error = Key::from_file(&path, KeyFilePermissions::OwnerOnly).expect_err("exposed");
        assert_eq!(error.code(), "key.file_exposed");
        assert!(Key::from_file(&path, KeyFilePermissions::ManagedMount).is_ok());
    }

    #[test]
    fn a_missing_or_binary_file_is_told_apart() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("none.key");
        let read = || Key::from_file(&path, KeyFilePermissions::ManagedMount).expect_err("refused").code();
        assert_eq!(read(), "key.missing");
        std::fs::write(&path, [0xff, 0xfe, 0x00]).expect("written");
        assert_eq!(read(), "key.format");
    }
}
