//! Private JSON files that cannot be changed without the key.

use super::cache::{CheckKeys, hex_mac};
use crate::error::{AccessError, KeyError, Result};
use crate::key::Key;
use crate::platform::{self, Existing};
use ig_hmac::HmacSha256Key;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What a sealed file is about.
pub(super) trait Sealed: Serialize + DeserializeOwned {
    /// The key of the JSON object that holds it.
    const NAME: &'static str;
    /// Its format and version.
    const FORMAT: &'static str;

    fn format(&self) -> &str;
    fn check_id(&self) -> &str;
    fn key_id(&self) -> &str;
    fn check_value(&self) -> &str;
}

/// Writes a file whole or not at all.
pub(super) fn write<T: Sealed>(path: &Path, content: &T, state: &HmacSha256Key, existing: Existing) -> Result<()> {
    let text = serde_json::to_string(content).map_err(|_| unreadable("it cannot be written as JSON"))?;
    let seal = hex_mac(state, text.as_bytes());
    let whole = format!("{}{seal}{}{text}}}\n", BEFORE_SEAL, after_seal::<T>());
    platform::write_private(path, whole.as_bytes(), existing).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => AccessError::OptOutStateExists {}.into(),
        _ => failed(&error),
    })
}

/// Reads a file that its owner alone can read and that is as it was written.
pub(super) fn read<T: Sealed>(path: &Path, key: &Key) -> Result<(T, CheckKeys)> {
    let mut keys = None;
    let read = load(path, |read: &T, seal, text| {
        same_key(key, read.key_id(), read.check_value())?;
        let made = CheckKeys::new(key, read.check_id());
        let fits = seal == hex_mac(&made.state, text);
        keys = Some(made);
        Ok(fits)
    })?;
    keys.map(|keys| (read, keys)).ok_or_else(|| AccessError::OptOutStateChanged {}.into())
}

/// Reads a file again with the key of its seal.
pub(super) fn reread<T: Sealed>(path: &Path, state: &HmacSha256Key) -> Result<T> {
    load(path, |_, seal, text| Ok(seal == hex_mac(state, text)))
}

fn load<T: Sealed>(path: &Path, fits: impl FnOnce(&T, &str, &[u8]) -> Result<bool>) -> Result<T> {
    let mut file = File::open(path).map_err(|error| failed(&error))?;
    platform::check_private(&file)
        .map_err(|_| unreadable("others than its owner can read it; take that right away"))?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| failed(&error))?;
    let form = || unreadable("it is not a file of this kind and version");
    let parts = || {
        let (seal, rest) = text.strip_prefix(BEFORE_SEAL)?.split_at_checked(64)?;
        Some((seal, rest.strip_prefix(&after_seal::<T>())?.strip_suffix("}\n")?))
    };
    let (seal, content) = parts().ok_or_else(form)?;
    let read: T = serde_json::from_str(content).map_err(|_| form())?;
    if read.format() != T::FORMAT {
        return Err(form());
    }
    if !fits(&read, seal, content.as_bytes())? {
        return Err(AccessError::OptOutStateChanged {}.into());
    }
    Ok(read)
}

/// Refuses a key that is not the one a file was written with.
pub(super) fn same_key(key: &Key, key_id: &str, check_value: &str) -> Result<()> {
    if key.check_value() == check_value {
        return Ok(());
    }
    let (expected, found) = (check_value.to_owned(), key.check_value().to_owned());
    Err(KeyError::Mismatch { key_id: key_id.to_owned(), expected, found }.into())
}

const BEFORE_SEAL: &str = "{\"seal\":\"";

fn after_seal<T: Sealed>() -> String {
    format!("\",\"{}\":", T::NAME)
}

/// The kind of a failure, which names no path.
pub(super) fn failed(error: &io::Error) -> crate::Error {
    unreadable(&error.kind().to_string())
}

pub(super) fn unreadable(reason: &str) -> crate::Error {
    AccessError::OptOutStateUnreadable { reason: reason.to_owned() }.into()
}
