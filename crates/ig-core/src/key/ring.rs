//! Key rings, and the one ring of this process through which plans find their key by id.

use super::terms::{KeyStatus, KeyTerms, RetiredKeys};
use super::{Key, KeyId};
use crate::error::KeyError;
use crate::pseudonym::Context;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use time::Date;

/// What may be shown of a key of a ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyEntry {
    /// Public id.
    pub id: KeyId,
    /// Where it stands in its life.
    pub status: KeyStatus,
    /// When it was made, if that was written down.
    #[serde(skip)]
    pub created: Option<Date>,
    /// When it was retired.
    #[serde(skip)]
    pub retired: Option<Date>,
    /// Agreements or projects that it is for; none stands for any.
    pub purposes: Vec<Context>,
    /// Ten hex digits by which two holders see that they have the same key.
    pub check_value: String,
    /// Whether the key itself is at hand in this process.
    pub available: bool,
}

#[derive(Debug)]
struct Entry {
    /// `None` where the ring's file lists a key that is not at hand here.
    key: Option<Arc<Key>>,
    listed: KeyEntry,
    /// What plans of any agreement or project may do with it once it is retired.
    allowed: RetiredKeys,
    /// The agreements and projects that may go on with it in any case.
    allowed_for: BTreeSet<String>,
}

/// Keys by id: at most one primary for new work, retired ones for what was published with them.
///
/// An id always means one key: adding another one under a known id is refused. [`KeyRing::from_file`] reads one.
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

    /// Adds a key; the same key again brings its newer terms, if it has any.
    ///
    /// # Errors
    /// `key.id_conflict` if another key has that id.
    pub fn add(&mut self, key: Arc<Key>) -> Result<(), KeyError> {
        if let Some(known) = self.entries.get_mut(key.id()) {
            if known.key.as_ref().is_none_or(|known| known.secret() != key.secret()) {
                return Err(KeyError::IdConflict { key_id: key.id().to_string() });
            }
            // What was retired stays so: an older copy of the ring's file does not know of it.
            let newer = known.listed.status != KeyStatus::Retired || listed(&key).status == KeyStatus::Retired;
            if key.terms().is_some() && newer {
                known.listed = listed(&key);
                known.key = Some(key);
            }
            return Ok(());
        }
        let entry = Entry {
            listed: listed(&key),
            allowed: RetiredKeys::Refuse,
            allowed_for: BTreeSet::new(),
            key: Some(Arc::clone(&key)),
        };
        self.entries.insert(key.id().clone(), entry);
        Ok(())
    }

    /// As [`KeyRing::add`], with what becomes from now on of plans that ask for the key although it is retired:
    /// allowed for every agreement and project, or refused for every one.
    ///
    /// # Errors
    /// `key.id_conflict`
    pub fn add_for(&mut self, key: Arc<Key>, retired: RetiredKeys) -> Result<(), KeyError> {
        let id = key.id().clone();
        self.add(key)?;
        let entry = self.entry_mut(&id)?;
        entry.allowed = retired;
        entry.allowed_for.clear();
        Ok(())
    }

    /// Lets one agreement or project go on with a key that is retired.
    ///
    /// # Errors
    /// `key.unavailable` if the ring has no such key.
    pub fn allow_retired(&mut self, id: &KeyId, context: &Context) -> Result<(), KeyError> {
        self.entry_mut(id)?.allowed_for.insert(context.as_str().to_owned());
        Ok(())
    }

    /// An entry of a ring file, with its key if that is at hand.
    pub(super) fn insert_listed(&mut self, mut listed: KeyEntry, key: Option<Key>) {
        listed.available = key.is_some();
        if listed.status == KeyStatus::Primary {
            self.primary = Some(listed.id.clone());
        }
        let key = key.map(|key| Arc::new(key.with_terms(terms(&listed))));
        let id = listed.id.clone();
        let entry = Entry { key, listed, allowed: RetiredKeys::Refuse, allowed_for: BTreeSet::new() };
        self.entries.insert(id, entry);
    }

    /// Makes a key of the ring the one for new work; the primary before it is retired on that day.
    ///
    /// This changes the ring in memory; see [`KeyRingFile`](super::KeyRingFile) for the file.
    ///
    /// # Errors
    /// `key.unavailable` if the ring has no such key, `key.retired`.
    pub fn promote(&mut self, id: &KeyId, on: Date) -> Result<(), KeyError> {
        let entry = self.entry_mut(id)?;
        if let (KeyStatus::Retired, Some(on)) = (entry.listed.status, entry.listed.retired) {
            return Err(KeyError::Retired { key_id: id.to_string(), on: on.to_string() });
        }
        entry.set(KeyStatus::Primary, None);
        let before = self.primary.replace(id.clone()).filter(|before| before != id);
        if let Some(entry) = before.and_then(|before| self.entries.get_mut(&before)) {
            entry.set(KeyStatus::Retired, Some(on));
        }
        Ok(())
    }

    /// Marks a key as retired: it still resolves for old work but is no longer primary.
    ///
    /// # Errors
    /// `key.unavailable` if the ring has no such key.
    pub fn retire(&mut self, id: &KeyId, on: Date) -> Result<(), KeyError> {
        self.entry_mut(id)?.set(KeyStatus::Retired, Some(on));
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
        self.primary.as_ref().and_then(|id| self.entries.get(id)).and_then(|entry| entry.key.clone())
    }

    /// The key of an id, whatever its status; what it may be used for is checked where it is used.
    ///
    /// # Errors
    /// `key.unavailable` if the ring has no such key, or lists it and it is not at hand here.
    pub fn key(&self, id: &KeyId) -> Result<Arc<Key>, KeyError> {
        let key = self.entries.get(id).and_then(|entry| entry.key.clone());
        key.ok_or_else(|| KeyError::Unavailable { key_id: id.to_string() })
    }

    /// What may be shown of every key, by id.
    pub fn entries(&self) -> impl Iterator<Item = &KeyEntry> {
        self.entries.values().map(|entry| &entry.listed)
    }

    /// When a key was retired, if it was.
    pub fn retired(&self, id: &KeyId) -> Option<Date> {
        self.entries.get(id).and_then(|entry| entry.listed.retired)
    }

    /// The key of an id, if it is the one that was meant.
    ///
    /// # Errors
    /// `key.unavailable` if the ring has no such key, `key.mismatch` if its check value is another.
    pub fn resolve(&self, id: &KeyId, check_value: &str) -> Result<Arc<Key>, KeyError> {
        let key = self.key(id)?;
        if key.check_value() != check_value {
            return Err(mismatch(id, check_value, key.check_value()));
        }
        Ok(key)
    }

    /// As [`KeyRing::resolve`], for the pseudonyms of an agreement or project.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`, `key.purpose`, `key.pending`, `key.retired`
    pub fn resolve_for(&self, id: &KeyId, check_value: &str, context: &Context) -> Result<Arc<Key>, KeyError> {
        let key = self.resolve(id, check_value)?;
        let allowed = match self.entries.get(id) {
            Some(entry) if entry.allowed_for.contains(context.as_str()) => RetiredKeys::Allow,
            Some(entry) => entry.allowed,
            None => RetiredKeys::Refuse,
        };
        key.check_use(context, allowed)?;
        Ok(key)
    }

    fn entry_mut(&mut self, id: &KeyId) -> Result<&mut Entry, KeyError> {
        self.entries.get_mut(id).ok_or_else(|| KeyError::Unavailable { key_id: id.to_string() })
    }
}

impl Entry {
    fn set(&mut self, status: KeyStatus, retired: Option<Date>) {
        (self.listed.status, self.listed.retired) = (status, retired);
        if let Some(key) = &self.key {
            self.key = Some(Arc::new(key.with_terms(terms(&self.listed))));
        }
    }
}

pub(super) fn mismatch(id: &KeyId, expected: &str, found: &str) -> KeyError {
    KeyError::Mismatch { key_id: id.to_string(), expected: expected.to_owned(), found: found.to_owned() }
}

fn terms(listed: &KeyEntry) -> KeyTerms {
    KeyTerms { status: listed.status, retired: listed.retired, purposes: listed.purposes.clone() }
}

fn listed(key: &Key) -> KeyEntry {
    let terms = key.terms();
    KeyEntry {
        id: key.id().clone(),
        status: terms.map_or(KeyStatus::Pending, |terms| terms.status),
        created: None,
        retired: terms.and_then(|terms| terms.retired),
        purposes: terms.map(|terms| terms.purposes.clone()).unwrap_or_default(),
        check_value: key.check_value().to_owned(),
        available: true,
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
        ring.promote(old.id(), date!(2026 - 01 - 01)).expect("known");
        assert!(ring.primary().is_some());
        ring.retire(old.id(), date!(2026 - 11 - 22)).expect("known");
        assert!(ring.primary().is_none());
        assert_eq!(ring.retired(old.id()), Some(date!(2026 - 11 - 22)));
        assert!(ring.resolve(old.id(), old.check_value()).is_ok());
        assert_eq!(ring.promote(old.id(), date!(2026 - 01 - 01)).expect_err("retired").code(), "key.retired");
        assert!(ring.remove(old.id()) && !ring.remove(old.id()));
    }

    #[test]
    fn newer_terms_win_and_a_bare_key_does_not_lift_them() {
        let (bare, context) = (key("k"), Context::new("c").expect("context"));
        let mut file = KeyRing::new();
        file.add(Arc::clone(&bare)).expect("new");
        file.retire(bare.id(), date!(2026 - 11 - 22)).expect("known");
        let retired = file.key(bare.id()).expect("known");
        let mut ring = KeyRing::new();
        let resolve = |ring: &KeyRing| {
            let found = ring.resolve_for(bare.id(), bare.check_value(), &context);
            found.map(|_| ()).map_err(|error| error.code())
        };
        ring.add(Arc::clone(&bare)).expect("new");
        assert_eq!(resolve(&ring), Ok(()));
        ring.add(Arc::clone(&retired)).expect("newer terms");
        assert_eq!(resolve(&ring), Err("key.retired"));
        ring.add(Arc::clone(&bare)).expect("the same key");
        assert_eq!(resolve(&ring), Err("key.retired"));
        ring.add_for(Arc::clone(&retired), RetiredKeys::Allow).expect("allowed");
        ring.add(Arc::clone(&retired)).expect("again");
        assert_eq!(resolve(&ring), Ok(()));
        ring.add_for(retired, RetiredKeys::Refuse).expect("no longer");
        assert_eq!(resolve(&ring), Err("key.retired"));
        ring.allow_retired(bare.id(), &Context::new("other").expect("context")).expect("known");
        assert_eq!(resolve(&ring), Err("key.retired"));
        ring.allow_retired(bare.id(), &context).expect("known");
        assert_eq!(resolve(&ring), Ok(()));
    }

    #[test]
    fn an_older_copy_of_a_ring_brings_no_retired_key_back() {
        let (bare, context) = (key("k"), Context::new("c").expect("context"));
        let mut file = KeyRing::new();
        file.add(Arc::clone(&bare)).expect("new");
        file.promote(bare.id(), date!(2026 - 11 - 21)).expect("known");
        let older = file.key(bare.id()).expect("known");
        file.retire(bare.id(), date!(2026 - 11 - 22)).expect("known");
        let mut ring = KeyRing::new();
        ring.add(file.key(bare.id()).expect("known")).expect("new");
        ring.add(older).expect("the same key");
        let found = ring.resolve_for(bare.id(), bare.check_value(), &context);
        assert_eq!(found.expect_err("retired").code(), "key.retired");
    }
}
