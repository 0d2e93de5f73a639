//! Keys and key rings: text that is read is the text of that key, and a ring has one primary.

use crate::quiet::{shows_no_key, shows_nothing};
use crate::{Verdict, text};
use ig_core::{Context, Key, KeyFilePermissions, KeyId, KeyRing, KeyRingFile, KeySource, KeyStatus};
use std::collections::BTreeSet;
use std::path::PathBuf;
use tempfile::TempDir;
use time::macros::date;

/// A key that is read from text is the key of those 32 bytes, and its file says the same text in lower case.
pub fn key_text(data: &[u8]) -> Verdict {
    let text = text(data);
    let key = match Key::from_text(&text) {
        Err(error) => {
            shows_nothing(data, &error);
            return Verdict::Refused;
        }
        Ok(key) => key,
    };
    let (id, hex) = text.trim().strip_prefix("nhsig_sk_").and_then(|body| body.split_once('_')).expect("the form");
    assert_eq!(key.id().as_str(), id);
    let bytes = data_encoding::HEXLOWER.decode(hex.to_ascii_lowercase().as_bytes()).expect("hex");
    let same = Key::from_bytes(KeyId::new(id).expect("id"), &bytes).expect("32 usable bytes");
    assert_eq!(same.check_value(), key.check_value());
    shows_no_key(data, &key);
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("key");
    key.write_new_file(&path).expect("written");
    let written = std::fs::read_to_string(&path).expect("read");
    assert_eq!(written.trim_end(), format!("nhsig_sk_{id}_{}", hex.to_ascii_lowercase()));
    let again = Key::from_file(&path, KeyFilePermissions::OwnerOnly).expect("own file");
    assert_eq!(again.check_value(), key.check_value());
    Verdict::Taken
}

/// A ring file that is read has one primary, each key once, and keeps its keys when it is written again.
pub fn key_ring(data: &[u8]) -> Verdict {
    let (_folder, path) = private("project.ring.toml", data);
    let permissions = KeyFilePermissions::OwnerOnly;
    // The keys behind the list may be missing or damaged; that is an error of its own, and tells nothing either.
    let loaded = KeyRing::from_file(&path, permissions, &mut |_| Ok(None));
    if let Err(error) = &loaded {
        shows_no_key(data, error);
    }
    let file = match KeyRingFile::open(&path, permissions) {
        Err(error) => {
            shows_no_key(data, &error);
            assert!(loaded.is_err(), "no ring comes of a file that is refused");
            return Verdict::Refused;
        }
        Ok(file) => file,
    };
    let entries = file.entries().expect("as before");
    let primaries = entries.iter().filter(|entry| entry.status == KeyStatus::Primary);
    assert_eq!(primaries.count(), 1, "exactly one primary");
    assert_eq!(entries.iter().map(|entry| &entry.id).collect::<BTreeSet<_>>().len(), entries.len(), "each id once");
    for entry in &entries {
        assert_eq!(entry.retired.is_some(), entry.status == KeyStatus::Retired, "retired keys have a day");
        assert_eq!(entry.check_value.len(), 10);
    }
    if let Ok(ring) = &loaded {
        let primary = ring.primary().expect("a loaded ring has its primary");
        assert!(entries.iter().any(|entry| entry.id == *primary.id() && entry.check_value == primary.check_value()));
        shows_no_key(data, &(ring, &file));
    }
    // Adding a key writes the file anew; what stood there must stand there still.
    let bytes: Vec<u8> = (100..132).collect();
    let added = Key::from_bytes(KeyId::new("added-by-fuzz").expect("id"), &bytes).expect("key");
    let purpose = Context::new("DSA-2026-014").expect("context");
    if file.add(&added, KeySource::Inline, &[purpose], date!(2026 - 11 - 22)).is_ok() {
        let now = file.entries().expect("what was written is read");
        assert_eq!(now[..entries.len()], entries[..], "nothing was lost or changed");
        assert_eq!(now.len(), entries.len() + 1);
        assert_eq!(now[entries.len()].status, KeyStatus::Pending);
    }
    Verdict::Taken
}

/// A file in a folder of its own, readable by its owner alone.
pub(crate) fn private(name: &str, data: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join(name);
    std::fs::write(&path, data).expect("written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");
    }
    (folder, path)
}
