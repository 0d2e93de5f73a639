//! How a ring changes over the years.

use super::KeySource;
use super::document::{Document, Record, Source};
use super::fields;
use super::resolve::key_of;
use crate::error::KeyError;
use crate::key::{Key, KeyFilePermissions, KeyId, KeyStatus};
use crate::pseudonym::Context;
use std::path::Path;
use time::Date;

impl Document {
    pub(super) fn add(
        &mut self,
        key: &Key,
        source: KeySource,
        purposes: &[Context],
        created: Date,
        folder: &Path,
    ) -> Result<(), KeyError> {
        let record = Record::new(key, source, purposes, created);
        if !fields::is_usable(&record.source) {
            return Err(KeyError::RingField {
                place: format!("the key {}", key.id()),
                expected: fields::SOURCE.to_owned(),
            });
        }
        // A path that leads nowhere, or to another key, is noticed now and not on the day of the promotion.
        if let Source::File(path) = &record.source {
            record.is_about(&Key::from_file(&folder.join(path), KeyFilePermissions::OwnerOnly)?)?;
        }
        self.records.push(record);
        Ok(())
    }

    pub(super) fn promote(
        &mut self,
        id: &KeyId,
        on: Date,
        folder: &Path,
        permissions: KeyFilePermissions,
    ) -> Result<(), KeyError> {
        let at = self.position(id)?;
        let status = self.records[at].entry.status;
        if status != KeyStatus::Pending {
            return Err(wrong_status(id, status));
        }
        // A ring whose primary is not at hand cannot be read, so a key that is lost is noticed before it is one.
        if !matches!(self.records[at].source, Source::Caller) {
            let key = key_of(&self.records[at], folder, permissions, &mut |_| Ok(None))?;
            self.records[at].is_about(&key)?;
        }
        for record in self.records.iter_mut().filter(|record| record.entry.status == KeyStatus::Primary) {
            record.entry.status = KeyStatus::Retired;
            record.entry.retired = Some(on);
            check_dates(record)?;
        }
        self.records[at].entry.status = KeyStatus::Primary;
        Ok(())
    }

    pub(super) fn retire(&mut self, id: &KeyId, on: Date) -> Result<(), KeyError> {
        let at = self.position(id)?;
        let record = &mut self.records[at];
        match record.entry.status {
            KeyStatus::Primary => return Err(KeyError::RingPrimary { found: 0 }),
            KeyStatus::Retired => return Err(wrong_status(id, KeyStatus::Retired)),
            KeyStatus::Pending => {}
        }
        record.entry.status = KeyStatus::Retired;
        record.entry.retired = Some(on);
        check_dates(record)
    }

    fn position(&self, id: &KeyId) -> Result<usize, KeyError> {
        let at = self.records.iter().position(|record| &record.entry.id == id);
        at.ok_or_else(|| KeyError::Unavailable { key_id: id.to_string() })
    }
}

fn wrong_status(id: &KeyId, found: KeyStatus) -> KeyError {
    let (status, expected) = (found.as_str().to_owned(), KeyStatus::Pending.as_str().to_owned());
    KeyError::RingStatus { key_id: id.to_string(), status, expected }
}

fn check_dates(record: &Record) -> Result<(), KeyError> {
    if record.entry.retired < record.entry.created {
        return Err(KeyError::RingField {
            place: format!("the key {}", record.entry.id),
            expected: "a day of retirement that is not before the day it was made".to_owned(),
        });
    }
    Ok(())
}
