//! The key ring file: which keys there are, where each is, and what each is for.

mod document;
mod edit;
mod fields;
mod read;
mod resolve;
mod write;

use super::ring::{KeyEntry, KeyRing};
use super::{Key, KeyFilePermissions, KeyId};
use crate::error::KeyError;
use crate::platform;
use crate::pseudonym::Context;
use document::Document;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use time::{Date, Duration, OffsetDateTime};
use zeroize::Zeroizing;

/// A ring of some thousand keys; anything longer is something else.
const LONGEST_RING: u64 = 1 << 20;

/// Where a ring finds the bytes of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySource {
    /// In the ring file itself.
    Inline,
    /// In a key file; the path is relative to the folder of the ring.
    File(String),
    /// In an environment variable of this name.
    Env(String),
    /// Asked for by id from a function of the caller's, such as a call to a key management service.
    Caller,
}

/// The file of a key ring, for those who look after keys. Its form is on the page of [`keys`](crate::keys).
///
/// A link to a ring stands for the ring itself: paths in it are from the folder of the file that the link leads to.
///
/// Guarantees that it is readable by its owner alone, that a change is whole or not made, and that two people who
/// change it at the same time lose nothing: each change waits for the one before, reads the file anew, and takes
/// its place in one rename. It does not keep comments, and it does not keep a copy elsewhere: that is yours to do.
///
/// ```
/// use ig_core::{Key, KeyFilePermissions, KeyRing, KeyRingFile, KeySource};
/// use time::macros::date;
///
/// let folder = tempfile::tempdir()?;
/// let (first, second) = (Key::generate()?, Key::generate()?);
/// let file = KeyRingFile::create(&folder.path().join("project.ring.toml"), &first, &[], date!(2024 - 11 - 22))?;
/// file.add(&second, KeySource::Inline, &[], date!(2025 - 11 - 22))?;
/// file.promote(second.id(), date!(2025 - 12 - 01))?;
///
/// let ring = KeyRing::from_file(file.path(), KeyFilePermissions::OwnerOnly, &mut |_| Ok(None))?;
/// assert_eq!(ring.primary().map(|key| key.check_value().to_owned()), Some(second.check_value().to_owned()));
/// assert_eq!(ring.retired(first.id()), Some(date!(2025 - 12 - 01)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeyRingFile {
    path: PathBuf,
    permissions: KeyFilePermissions,
}

impl KeyRingFile {
    /// Makes a new ring file with one key, its primary, inside; an existing file is never overwritten.
    ///
    /// # Errors
    /// `key.ring_date` for a day in the future; `key.file_exists`, `key.unreadable`
    pub fn create(path: &Path, key: &Key, purposes: &[Context], created: Date) -> Result<Self, KeyError> {
        not_in_future(created, "made")?;
        let text = Document::new(key, purposes, created).to_text();
        platform::write_private(path, text.as_bytes(), platform::Existing::Refuse).map_err(|error| failed(&error))?;
        Ok(Self { path: path.to_owned(), permissions: KeyFilePermissions::OwnerOnly })
    }

    /// Opens a ring file and checks its form; no key is asked for that is not inside.
    ///
    /// # Errors
    /// `key.missing`, `key.file_exposed`, `key.unreadable`; `key.ring_syntax`, `key.ring_version`,
    /// `key.ring_field`, `key.ring_incomplete`, `key.ring_primary`, `key.ring_duplicate`, `key.ring_same_secret`,
    /// `key.mismatch`.
    pub fn open(path: &Path, permissions: KeyFilePermissions) -> Result<Self, KeyError> {
        let ring = Self { path: path.to_owned(), permissions };
        ring.read()?;
        Ok(ring)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What may be shown of every key, in the order of the file. `available` tells whether a key is inside.
    ///
    /// # Errors
    /// As [`KeyRingFile::open`].
    pub fn entries(&self) -> Result<Vec<KeyEntry>, KeyError> {
        Ok(self.read()?.records.into_iter().map(|record| record.entry).collect())
    }

    /// Adds a key, pending until it is promoted.
    ///
    /// # Errors
    /// `key.ring_duplicate`, `key.ring_same_secret`, `key.ring_field` for a source that is not usable,
    /// `key.ring_date` for a day in the future, `key.mismatch` if another key is found there; as
    /// [`KeyRingFile::open`].
    pub fn add(&self, key: &Key, source: KeySource, purposes: &[Context], created: Date) -> Result<(), KeyError> {
        not_in_future(created, "made")?;
        self.change(|document, folder| document.add(key, source, purposes, created, folder))
    }

    /// Makes a pending key the primary; the primary before it is retired on that day.
    ///
    /// The key must be at hand, in the ring, its file or its variable, since a ring without its primary cannot be
    /// read. Whether the caller's function has a key with `caller = true` is not asked.
    ///
    /// # Errors
    /// `key.unavailable`, `key.ring_status` if it is not pending, `key.ring_date` for a day in the future;
    /// `key.missing`, `key.mismatch` and those of [`Key::from_file`] and [`Key::from_env`] if the key is not at hand;
    /// as [`KeyRingFile::open`].
    pub fn promote(&self, id: &KeyId, on: Date) -> Result<(), KeyError> {
        not_in_future(on, "retired")?;
        self.change(|document, folder| document.promote(id, on, folder, self.permissions))
    }

    /// Retires a pending key. The primary is retired by promoting another, so that there always is one.
    ///
    /// # Errors
    /// `key.unavailable`, `key.ring_primary`, `key.ring_status`, `key.ring_date`; as [`KeyRingFile::open`].
    pub fn retire(&self, id: &KeyId, on: Date) -> Result<(), KeyError> {
        not_in_future(on, "retired")?;
        self.change(|document, _| document.retire(id, on))
    }

    /// The ring file itself: where a link leads. Paths in a ring are from its own folder, so that they mean the same
    /// key whichever link the ring is read through.
    fn itself(&self) -> Result<PathBuf, KeyError> {
        let is_link = std::fs::symlink_metadata(&self.path).is_ok_and(|found| found.is_symlink());
        if is_link { self.path.canonicalize().map_err(|error| failed(&error)) } else { Ok(self.path.clone()) }
    }

    fn read(&self) -> Result<Document, KeyError> {
        self.read_at(&self.path)
    }

    fn read_at(&self, path: &Path) -> Result<Document, KeyError> {
        let file = File::open(path).map_err(|error| failed(&error))?;
        if self.permissions == KeyFilePermissions::OwnerOnly {
            platform::check_private(&file).map_err(|mode| KeyError::ExposedFile { mode })?;
        }
        // Room for all of it at once: a text that grows leaves pieces behind that nobody wipes.
        let size = file.metadata().map_err(|error| failed(&error))?.len().min(LONGEST_RING) as usize;
        let mut text = Zeroizing::new(String::with_capacity(size + 1));
        let read = file.take(LONGEST_RING + 1).read_to_string(&mut text);
        match read {
            Ok(size) if size as u64 > LONGEST_RING => Err(KeyError::RingSyntax { line: 1 }),
            Ok(_) => read::document(&text),
            Err(error) if error.kind() == ErrorKind::InvalidData => Err(KeyError::RingSyntax { line: 1 }),
            Err(error) => Err(failed(&error)),
        }
    }

    /// One change at a time. The lock is on a file of its own, since the ring's is replaced.
    fn change(&self, change: impl FnOnce(&mut Document, &Path) -> Result<(), KeyError>) -> Result<(), KeyError> {
        let failed = |error: std::io::Error| failed(&error);
        // A link to the ring stays a link, and the file behind it is what is replaced.
        let path = self.path.canonicalize().map_err(failed)?;
        let mut lock = path.clone().into_os_string();
        lock.push(".lock");
        let (lock, _) = platform::open_append_private(Path::new(&lock)).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let mut document = self.read_at(&path)?;
        change(&mut document, folder_of(&path))?;
        document.check()?;
        let text = document.to_text();
        // What is written must be what is read: nothing replaces a good file that would not load.
        read::document(&text)?;
        platform::write_private(&path, text.as_bytes(), platform::Existing::Replace).map_err(failed)
    }
}

impl KeyRing {
    /// Reads a ring file and takes its keys from where they are.
    ///
    /// `function` is asked for each key with `caller = true`; it may have none. A key that is not at hand, be it
    /// in a file, a variable or with the function, is listed without its key, except for the primary, which must
    /// be there. Every key is held against its check value.
    ///
    /// # Errors
    /// As [`KeyRingFile::open`], and `key.missing` for the primary; `key.file_exposed`, `key.unreadable`,
    /// `key.format`, `key.weak` and `key.mismatch` for any key; what the function returns.
    pub fn from_file(
        path: &Path,
        permissions: KeyFilePermissions,
        function: &mut dyn FnMut(&KeyId) -> Result<Option<Key>, KeyError>,
    ) -> Result<Self, KeyError> {
        let file = KeyRingFile { path: path.to_owned(), permissions };
        let path = file.itself()?;
        file.read_at(&path)?.resolve(folder_of(&path), permissions, function)
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Refuses a day that has begun nowhere on Earth: where the day is counted first, it is 14 hours ahead of UTC.
fn not_in_future(day: Date, what: &str) -> Result<(), KeyError> {
    let now = OffsetDateTime::from(SystemTime::now()) + Duration::hours(14);
    if day <= now.date() { Ok(()) } else { Err(KeyError::RingDate { what: what.to_owned() }) }
}

fn failed(error: &std::io::Error) -> KeyError {
    match error.kind() {
        ErrorKind::NotFound => KeyError::Missing { place: "the key ring named (no such file or folder)".to_owned() },
        ErrorKind::AlreadyExists => KeyError::Exists {},
        kind => KeyError::Unreadable { reason: kind.to_string() },
    }
}
