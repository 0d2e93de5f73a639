//! Everything that differs between operating systems in how files are made, locked and checked.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

#[cfg(feature = "files")]
pub(crate) use system::create_private_folder;
pub(crate) use system::{
    FileNumber, check_private, create_append_private, create_new_private, is_same_file, sync_folder,
};

/// Opens a file for reading and appending; says whether it was made now, and then only its owner can read it.
///
/// Refuses anything but a regular file: a pipe or a device keeps no log.
pub(crate) fn open_append_private(path: &Path) -> io::Result<(File, bool)> {
    // Somebody may make or remove the file between the two attempts, so a lost race is run again.
    for _ in 0..8 {
        match system::create_append_private(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (file, true)),
        }
        match File::options().read(true).append(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(file) if file.metadata()?.is_file() => return Ok((file, false)),
            Ok(_) => return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "the name leads nowhere"))
}

/// What to do if a file of that name exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// Fail with `AlreadyExists`, also if it was made meanwhile.
    Refuse,
    /// Put the new file in its place in one step.
    Replace,
}

/// Writes a file that only its owner can read: a temporary file beside it, synced, then renamed in one step, so
/// that under its name there is the old file or the whole new one, whatever happens.
pub(crate) fn write_private(path: &Path, bytes: &[u8], existing: Existing) -> io::Result<()> {
    let temporary = Temporary::beside(path)?;
    let mut file = create_new_private(&temporary.0)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    match existing {
        // A link never replaces a file; the temporary name goes when its guard is dropped. Where the file system
        // has no links, the name is looked at and then taken.
        Existing::Refuse => match std::fs::hard_link(&temporary.0, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && std::fs::symlink_metadata(path).is_err() => {
                std::fs::rename(&temporary.0, path)?;
            }
            linked => linked?,
        },
        Existing::Replace => std::fs::rename(&temporary.0, path)?,
    }
    path.parent().map_or(Ok(()), sync_folder)
}

/// A file that is removed unless it was renamed away.
struct Temporary(PathBuf);

impl Temporary {
    fn beside(path: &Path) -> io::Result<Self> {
        let mut unique = [0_u8; 8];
        getrandom::fill(&mut unique).map_err(io::Error::other)?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
        Ok(Self(path.with_file_name(format!(".{name}.{}.partial", data_encoding::HEXLOWER.encode(&unique)))))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Already renamed, or never made: either way there is nothing to remove.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Opens a log for reading and tells how long it was at a moment when no writer was at work.
pub(crate) fn open_settled(path: &Path) -> io::Result<(File, u64)> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    file.lock_shared()?;
    let length = file.metadata()?.len();
    file.unlock()?;
    Ok((file, length))
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_never_an_old_one() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("new");
        assert!(create_new_private(&path).is_ok());
        assert_eq!(create_new_private(&path).expect_err("exists").kind(), io::ErrorKind::AlreadyExists);
        assert!(!open_append_private(&path).expect("opens").1);
        assert!(open_append_private(folder.path()).is_err());
        sync_folder(folder.path()).expect("synced");
    }

    #[test]
    fn a_private_file_is_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("ring");
        write_private(&path, b"one", Existing::Refuse).expect("new");
        let refused = write_private(&path, b"two", Existing::Refuse).expect_err("exists");
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).expect("read"), b"one");
        write_private(&path, b"two", Existing::Replace).expect("replaced");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        assert!(write_private(&folder.path().join("no").join("x"), b"", Existing::Replace).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_replaced_or_removed_file_is_told_apart() {
        let folder = tempfile::tempdir().expect("folder");
        let (path, other) = (folder.path().join("log"), folder.path().join("other"));
        let (file, made) = open_append_private(&path).expect("opens");
        assert!(made && is_same_file(&file, &path).expect("asked"));
        drop(create_new_private(&other).expect("made"));
        std::fs::rename(&other, &path).expect("renamed");
        assert!(!is_same_file(&file, &path).expect("asked"));
        std::fs::remove_file(&path).expect("removed");
        assert!(!is_same_file(&file, &path).expect("asked"));
    }
}
