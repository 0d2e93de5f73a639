//! Windows. Not executed: no test of this project has run here yet.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::MetadataExt;
use std::path::Path;

/// Makes a file; refuses an existing one. It takes over the access list of its folder, which for a folder in
/// the user's profile is the user, the administrators and the system.
pub(crate) fn create_new_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().create_new(true).write(true).open(path)
}

/// Makes a folder; who may enter it is what its parent folder passes on.
#[cfg(feature = "files")]
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir(path)
}

/// Makes a file for reading and appending that only its owner can read; refuses an existing one.
pub(crate) fn create_append_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().create_new(true).read(true).append(true).open(path)
}

/// Whether a path still leads to the file of a handle.
///
/// The standard library tells no stable file number here, so the moment of creation, the attributes and the
/// length stand in for it. The system keeps a file that is open without the right to delete from being
/// replaced, but the standard library opens with that right, so a swap by a file of the same length goes unseen within 15 seconds, for which the
/// system lends a new file the creation time of the one it follows.
pub(crate) fn is_same_file(handle: &File, path: &Path) -> io::Result<bool> {
    let there = match fs::metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let here = handle.metadata()?;
    Ok(here.creation_time() == there.creation_time()
        && here.file_attributes() == there.file_attributes()
        && here.file_size() == there.file_size())
}

/// Nothing: the standard library tells no stable file number here, so the two are compared each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileNumber;

impl FileNumber {
    #[allow(clippy::unnecessary_wraps, reason = "the signature of the other systems")]
    pub(crate) fn of(_handle: &File) -> io::Result<Self> {
        Ok(Self)
    }

    /// The length of the file at a path if it is that of the handle.
    pub(crate) fn length_at(&self, handle: &File, path: &Path) -> io::Result<Option<u64>> {
        if is_same_file(handle, path)? { Ok(Some(handle.metadata()?.len())) } else { Ok(None) }
    }
}

/// Folders cannot be synced here; the file system writes its own journal of names.
#[allow(clippy::unnecessary_wraps, reason = "the signature of the other systems")]
pub(crate) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Always passes: access is ruled by access lists, which the standard library cannot read. Keep key files in
/// the user's profile.
#[allow(dead_code, clippy::unnecessary_wraps, reason = "the signature of the other systems")]
pub(crate) fn check_private(_file: &File) -> Result<(), String> {
    Ok(())
}
