//! Key rings in files, what their keys may be used for, and crosswalks.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod crosswalk;
mod damage;
mod ring_file;
mod use_of_keys;

use ig_core::keys::{Key, KeyFilePermissions, KeyId, KeyRing, KeyRingFile};
use ig_core::{Context, KeyError};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use time::Date;
use time::macros::date;

const MADE: Date = date!(2024 - 11 - 22);
const LATER: Date = date!(2025 - 11 - 22);

fn id(text: &str) -> KeyId {
    KeyId::new(text).expect("id")
}

fn context(text: &str) -> Context {
    Context::new(text).expect("context")
}

fn key(name: &str, first: u8) -> Key {
    let bytes: Vec<u8> = (0..32).map(|at| first.wrapping_add(at * 7)).collect();
    Key::from_bytes(id(name), &bytes).expect("key")
}

/// A folder with a ring of one key.
fn ring_of_one() -> (TempDir, KeyRingFile) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("project.ring.toml");
    let file = KeyRingFile::create(&path, &key("first", 1), &[], MADE).expect("made");
    (folder, file)
}

fn read(path: &Path) -> Result<KeyRing, KeyError> {
    KeyRing::from_file(path, KeyFilePermissions::OwnerOnly, &mut |_| Ok(None))
}

/// Writes a ring by hand, readable by its owner alone.
fn write(folder: &TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("written.ring.toml");
    std::fs::write(&path, text).expect("written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");
    }
    path
}
