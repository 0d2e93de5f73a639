//! Linux (executed in the tests) and macOS (compiled only).

use std::fs::{self, File, OpenOptions};
use std::io;
#[cfg(feature = "files")]
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// Makes a file that only its owner can read or write; refuses an existing one, also a link.
pub(crate) fn create_new_private(path: &Path) -> io::Result<File> {
    private().write(true).open(path)
}

/// Makes a folder that only its owner can enter; refuses an existing one.
#[cfg(feature = "files")]
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path)
}

/// Makes a file for reading and appending that only its owner can read; refuses an existing one.
pub(crate) fn create_append_private(path: &Path) -> io::Result<File> {
    private().read(true).append(true).open(path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create_new(true).mode(0o600);
    options
}

/// Whether a path still leads to the file of a handle.
pub(crate) fn is_same_file(handle: &File, path: &Path) -> io::Result<bool> {
    let there = match fs::metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let here = handle.metadata()?;
    Ok(here.dev() == there.dev() && here.ino() == there.ino())
}

/// What tells the file of an open handle from every other file, asked once: a file that is open keeps its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileNumber {
    device: u64,
    inode: u64,
}

impl FileNumber {
    pub(crate) fn of(handle: &File) -> io::Result<Self> {
        let found = handle.metadata()?;
        Ok(Self { device: found.dev(), inode: found.ino() })
    }

    /// The length of the file at a path if it is this one, from one look at it.
    pub(crate) fn length_at(&self, _handle: &File, path: &Path) -> io::Result<Option<u64>> {
        match fs::metadata(path) {
            Ok(there) if there.dev() == self.device && there.ino() == self.inode => Ok(Some(there.len())),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Makes the names in a folder survive a power cut.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path)?.sync_all()
}

/// Whether only its owner can read or write a file, and the owner is this user or root.
///
/// The error is the file's mode, with its owner if that is what is wrong. Access lists beyond the mode bits
/// are not looked at; where the user cannot be found out, nothing is private.
pub(crate) fn check_private(file: &File) -> Result<(), String> {
    let found = file.metadata().map_err(|_| "unknown".to_owned())?;
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(format!("{mode:04o}"));
    }
    if found.uid() == 0 || current_user().is_ok_and(|user| user == found.uid()) {
        return Ok(());
    }
    Err(format!("{mode:04o}, owner {}", found.uid()))
}

/// The effective user id, which the standard library does not tell.
fn current_user() -> io::Result<u32> {
    if let Some(user) = fs::read_to_string("/proc/self/status").ok().and_then(|status| effective_user(&status)) {
        return Ok(user);
    }
    // No /proc: a file made by this process belongs to its effective user.
    let name = format!("nhs-ig-owner-{}", crate::audit::CorrelationId::generate().map_err(io::Error::other)?);
    let path = std::env::temp_dir().join(name);
    let owner = create_new_private(&path)?.metadata().map(|made| made.uid());
    fs::remove_file(&path)?;
    owner
}

/// The second number of the line `Uid:` is the effective one.
fn effective_user(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn only_the_owner_reads_what_is_private() {
        let folder = tempfile::tempdir().expect("folder");
        let file = create_new_private(&folder.path().join("key")).expect("made");
        assert_eq!(file.metadata().expect("data").mode() & 0o777, 0o600);
        assert_eq!(check_private(&file), Ok(()));
        for mode in [0o640, 0o604, 0o610, 0o601, 0o666] {
            file.set_permissions(fs::Permissions::from_mode(mode)).expect("set");
            assert_eq!(check_private(&file), Err(format!("{mode:04o}")));
        }
        file.set_permissions(fs::Permissions::from_mode(0o400)).expect("set");
        assert_eq!(check_private(&file), Ok(()));
    }

    #[test]
    fn a_file_of_another_user_is_not_private() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("key");
        let file = create_new_private(&path).expect("made");
        // Only root can give a file away, so elsewhere there is nothing to see.
        if std::os::unix::fs::chown(&path, Some(12_345), None).is_ok() {
            assert_eq!(check_private(&file), Err("0600, owner 12345".to_owned()));
        } else {
            assert_ne!(current_user().expect("user"), 0);
        }
    }

    #[test]
    fn the_effective_user_is_the_second_number() {
        assert_eq!(effective_user("Name:\tx\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n"), Some(2));
        assert_eq!(effective_user("Name:\tx\n"), None);
    }
}
