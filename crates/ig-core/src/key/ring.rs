//! Key rings, and the one ring of this process through which plans find their key by id.

use super::{Key, KeyId};
use crate::error::KeyError;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use time::Date;

#[derive(Debug)]
struct Entry {
    key: Arc<Key>,
    retired: Option<Date>,
}

/// Keys by id: at most one primary for new work, retired ones for what was published with them.
///
/// An id always means one key: adding another one under a known id is refused.
#[derive(Debug, Default)]
pub struct KeyRing {
    primary: Option<KeyId>,
    entries: BTreeMap<KeyId, Entry>,
}

impl KeyRing {
    /// An empty ring.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key; the same key again changes nothing.
    ///
    /// # Errors
    /// `key.id_conflict` if another key has that id.
    pub fn add(&mut self, key: Arc<Key>) -> Result<(), KeyError> {
        match self.entries.get(key.id()) {
            Some(known) if known.key.secret() == key.secret() => Ok(()),
            Some(_) => Err(KeyError::IdConflict { key_id: key.id().to_string() }),
            None => {
                self.entries.insert(key.id().clone(), Entry { key, retired: None });
                Ok(())
            }
        }
    }

    /// Makes a key of the ring the one for new work.
    ///
    /// # Errors
    /// `key.unavailable` if the ring has no such key or it is retired.
    pub fn promote(&mut self, id: &KeyId) -> Result<(), KeyError> {
        match self.entries.get(id) {
            Some(entry) if entry.retired.is_none() => {
                self.primary = Some(id.clone());
                Ok(())
            }
            _ => Err(KeyError::Unavailable { key_id: id.to_string() }),
        }
    }

    /// Marks a key as retired: it still resolves for old work but is no longer primary.
    ///
    /// # Errors
    /// `key.unavailable` if the ring has no such key.
    pub fn retire(&mut self, id: &KeyId, on: Date) -> Result<(), KeyError> {
        let entry = self.entries.get_mut(id).ok_or_else(|| KeyError::Unavailable { key_id: id.to_string() })?;
        entry.retired = Some(on);
        if self.primary.as_ref() == Some(id) {
            self.primary = None;
        }
        Ok(())
    }

    /// Takes a key out of the ring; its bytes are wiped when the last user drops it.
    pub fn remove(&mut self, id: &KeyId) -> bool {
        if self.primary.as_ref() == Some(id) {
            self.primary = None;
        }
        self.entries.remove(id).is_some()
    }

    /// The key for new work.
    pub fn primary(&self) -> Option<Arc<Key>> {
        self.primary.as_ref().and_then(|id| self.entries.get(id)).map(|entry| Arc::clone(&entry.key))
    }

    /// When a key was retired, if it was.
    pub fn retired(&self, id: &KeyId) -> Option<Date> {
        self.entries.get(id).and_then(|entry| entry.retired)
    }

    /// The key of an id, if it is the one that was meant.
    ///
    /// # Errors
    /// `key.unavailable` if the ring has no such key, `key.mismatch` if its check value is another.
    pub fn resolve(&self, id: &KeyId, check_value: &str) -> Result<Arc<Key>, KeyError> {
        let entry = self.entries.get(id).ok_or_else(|| KeyError::Unavailable { key_id: id.to_string() })?;
        if entry.key.check_value() != check_value {
            return Err(KeyError::Mismatch {
                key_id: id.to_string(),
                expected: check_value.to_owned(),
                found: entry.key.check_value().to_owned(),
            });
        }
        Ok(Arc::clone(&entry.key))
    }
}

static PROCESS_KEYS: LazyLock<RwLock<KeyRing>> = LazyLock::new(RwLock::default);

/// Works with the ring of this process. Plans and pickles carry key ids only; this is where ids become keys.
///
/// A panic inside another use leaves the ring as it was, so a poisoned lock is taken over.
pub fn process_keys<T>(use_ring: impl FnOnce(&mut KeyRing) -> T) -> T {
    use_ring(&mut PROCESS_KEYS.write().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn key(id: &str) -> Arc<Key> {
        Arc::new(Key::generate_named(KeyId::new(id).expect("id")).expect("key"))
    }

    #[test]
    fn an_id_means_one_key() {
        let (first, second) = (key("same"), key("same"));
        let mut ring = KeyRing::new();
        ring.add(Arc::clone(&first)).expect("new");
        ring.add(Arc::clone(&first)).expect("the same again");
        assert_eq!(ring.add(second).expect_err("conflict").code(), "key.id_conflict");
    }

    #[test]
    fn resolve_tells_missing_from_wrong() {
        let mut ring = KeyRing::new();
        let held = key("held");
        ring.add(Arc::clone(&held)).expect("new");
        assert_eq!(ring.resolve(held.id(), held.check_value()).expect("held").id(), held.id());
        assert_eq!(ring.resolve(held.id(), "0000000000").expect_err("wrong").code(), "key.mismatch");
        let other = KeyId::new("other").expect("id");
        assert_eq!(ring.resolve(&other, "0000000000").expect_err("missing").code(), "key.unavailable");
    }

    #[test]
    fn a_retired_key_resolves_but_is_not_primary() {
        let mut ring = KeyRing::new();
        let old = key("old");
        ring.add(Arc::clone(&old)).expect("new");
        ring.promote(old.id()).expect("known");
        assert!(ring.primary().is_some());
        ring.retire(old.id(), date!(2026 - 11 - 22)).expect("known");
        assert!(ring.primary().is_none());
        assert_eq!(ring.retired(old.id()), Some(date!(2026 - 11 - 22)));
        assert!(ring.resolve(old.id(), old.check_value()).is_ok());
        assert_eq!(ring.promote(old.id()).expect_err("retired").code(), "key.unavailable");
        assert!(ring.remove(old.id()) && !ring.remove(old.id()));
    }
}
