//! From the entries of a file to keys.

use super::document::{Document, Record, Source};
use crate::error::KeyError;
use crate::key::{Key, KeyFilePermissions, KeyId, KeyRing, KeyStatus};
use std::path::Path;

impl Document {
    pub(super) fn resolve(
        self,
        folder: &Path,
        permissions: KeyFilePermissions,
        function: &mut dyn FnMut(&KeyId) -> Result<Option<Key>, KeyError>,
    ) -> Result<KeyRing, KeyError> {
        let mut ring = KeyRing::new();
        for record in self.records {
            let key = match (key_of(&record, folder, permissions, function), record.entry.status) {
                (Err(KeyError::Missing { .. }), KeyStatus::Pending | KeyStatus::Retired) => None,
                (key, _) => Some(key?),
            };
            if let Some(key) = &key {
                record.is_about(key)?;
            }
            ring.insert_listed(record.entry, key);
        }
        Ok(ring)
    }
}

pub(super) fn key_of(
    record: &Record,
    folder: &Path,
    permissions: KeyFilePermissions,
    function: &mut dyn FnMut(&KeyId) -> Result<Option<Key>, KeyError>,
) -> Result<Key, KeyError> {
    let missing = |place: &str| KeyError::Missing { place: format!("{place} of the key {}", record.entry.id) };
    match &record.source {
        Source::Secret(secret) => Key::from_text(secret),
        Source::File(path) => Key::from_file(&folder.join(path), permissions).map_err(|error| match error {
            KeyError::Missing { .. } => missing("the key file"),
            other => other,
        }),
        Source::Env(name) => Key::from_env(name),
        Source::Caller => function(&record.entry.id)?.ok_or_else(|| missing("the caller's function, asked for the id")),
    }
}
