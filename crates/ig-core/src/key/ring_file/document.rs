//! The contents of a ring file, and what must hold for them.

use super::KeySource;
use crate::error::KeyError;
use crate::key::ring::{KeyEntry, mismatch};
use crate::key::{Key, KeyStatus};
use crate::pseudonym::Context;
use time::Date;
use zeroize::Zeroizing;

/// A ring with some of its keys: those that stand inside the file.
pub(super) struct Document {
    pub(super) records: Vec<Record>,
}

pub(super) struct Record {
    pub(super) entry: KeyEntry,
    pub(super) source: Source,
}

/// Where the key is, and the text form of one that is inside.
pub(super) enum Source {
    Secret(Zeroizing<String>),
    File(String),
    Env(String),
    Caller,
}

impl Record {
    pub(super) fn new(key: &Key, source: KeySource, purposes: &[Context], created: Date) -> Self {
        let source = match source {
            KeySource::Inline => Source::Secret(Zeroizing::new(key.to_text().trim_end().to_owned())),
            KeySource::File(path) => Source::File(path),
            KeySource::Env(name) => Source::Env(name),
            KeySource::Caller => Source::Caller,
        };
        let entry = KeyEntry {
            id: key.id().clone(),
            status: KeyStatus::Pending,
            created: Some(created),
            retired: None,
            purposes: purposes.to_vec(),
            check_value: key.check_value().to_owned(),
            available: matches!(source, Source::Secret(_)),
        };
        Self { entry, source }
    }

    /// Whether a key is the one that this record is about.
    pub(super) fn is_about(&self, key: &Key) -> Result<(), KeyError> {
        if key.id() != &self.entry.id {
            return Err(KeyError::RingField {
                place: format!("the key {}", self.entry.id),
                expected: "the key of that id where its source is".to_owned(),
            });
        }
        if key.check_value() != self.entry.check_value {
            return Err(mismatch(&self.entry.id, &self.entry.check_value, key.check_value()));
        }
        Ok(())
    }
}

impl Document {
    pub(super) fn new(key: &Key, purposes: &[Context], created: Date) -> Self {
        let mut first = Record::new(key, KeySource::Inline, purposes, created);
        first.entry.status = KeyStatus::Primary;
        Self { records: vec![first] }
    }

    /// One primary; each id once; no key under two ids. Equal check values mean equal keys: of two different
    /// keys one pair in 10^12 would agree, and that is refused too.
    pub(super) fn check(&self) -> Result<(), KeyError> {
        for (at, Record { entry, .. }) in self.records.iter().enumerate() {
            let before = || self.records[..at].iter().map(|record| &record.entry);
            if before().any(|known| known.id == entry.id) {
                return Err(KeyError::RingDuplicate { key_id: entry.id.to_string() });
            }
            if let Some(known) = before().find(|known| known.check_value == entry.check_value) {
                return Err(KeyError::RingSameSecret { key_id: entry.id.to_string(), other: known.id.to_string() });
            }
        }
        let found = self.records.iter().filter(|record| record.entry.status == KeyStatus::Primary).count();
        if found == 1 { Ok(()) } else { Err(KeyError::RingPrimary { found }) }
    }
}
