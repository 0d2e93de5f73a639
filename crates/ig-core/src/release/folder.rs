//! The output folder: whole or not at all.

use crate::error::{Error, ExportError, MisuseError};
use crate::platform;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A folder being built beside its final place.
pub(super) struct OutputFolder {
    partial: PathBuf,
    out: PathBuf,
    /// Held until the end, so that a later release can tell a folder in the making from one that was left behind.
    lock: Lock,
}

/// A locked file beside the partial folder.
struct Lock {
    _file: fs::File,
    path: PathBuf,
}

impl OutputFolder {
    /// Makes the partial folder. It is a sibling, so that the last step is one rename on one file system.
    pub(super) fn begin(out: &Path, audit_log: &Path, run: &str) -> Result<Self, Error> {
        let out = std::path::absolute(out).map_err(|error| failed(&error))?;
        let audit_log = std::path::absolute(audit_log).map_err(|error| failed(&error))?;
        if audit_log.starts_with(&out) {
            let expected = "an audit log outside the output folder, so that it survives the outputs".to_owned();
            return Err(MisuseError::Argument { name: "audit".to_owned(), expected }.into());
        }
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
            let expected = "the path of a folder with a name".to_owned();
            return Err(MisuseError::Argument { name: "out".to_owned(), expected }.into());
        };
        refuse_if_used(&out)?;
        fs::create_dir_all(parent).map_err(|error| failed(&error))?;
        let stem = format!(".{}.nhs-ig-", name.to_string_lossy());
        remove_left_behind(parent, &stem).map_err(|error| failed(&error))?;
        let lock = Lock::take(parent.join(format!("{stem}{run}.lock"))).map_err(|error| failed(&error))?;
        let partial = parent.join(format!("{stem}{run}.partial"));
        platform::create_private_folder(&partial).map_err(|error| failed(&error))?;
        Ok(Self { partial, out, lock })
    }

    /// Where a file of the folder is while it is being built.
    pub(super) fn path_of(&self, file: &str) -> PathBuf {
        self.partial.join(file)
    }

    /// Writes a file of text and gives its SHA-256.
    pub(super) fn write(&self, file: &str, text: &str) -> Result<String, Error> {
        let written = fs::File::create_new(self.path_of(file))
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
        written.map_err(|error| failed(&error))?;
        Ok(data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes())))
    }

    /// Moves the folder to its place in one step, then lets `last` run; if that fails, the folder goes again.
    pub(super) fn finish(self, last: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        platform::sync_folder(&self.partial).map_err(|error| failed(&error))?;
        refuse_if_used(&self.out)?;
        // An empty folder in the way is replaced; one that was filled meanwhile makes this fail.
        if self.out.exists() {
            fs::remove_dir(&self.out).map_err(|error| failed(&error))?;
        }
        fs::rename(&self.partial, &self.out).map_err(|error| failed(&error))?;
        let parent = self.out.parent().unwrap_or(&self.out);
        let ended = platform::sync_folder(parent).map_err(|error| failed(&error)).and_then(|()| last());
        if ended.is_err() {
            // Back under its partial name, under which it is removed when this is dropped.
            let _ = fs::rename(&self.out, &self.partial);
        }
        ended
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        // After the rename there is nothing of that name; before it, everything goes.
        let _ = fs::remove_dir_all(&self.partial);
        let _ = fs::remove_file(&self.lock.path);
    }
}

impl Lock {
    fn take(path: PathBuf) -> io::Result<Self> {
        let file = fs::File::create_new(&path)?;
        file.lock()?;
        Ok(Self { _file: file, path })
    }
}

/// Removes what a process left behind that was ended from outside: its rows are pseudonymised, and nobody's to keep. A
/// release that is still running holds its lock, and its folder stays.
fn remove_left_behind(parent: &Path, stem: &str) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(run) = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(".lock")) else { continue };
        let Ok(file) = fs::File::open(&path) else { continue };
        if file.try_lock().is_err() {
            continue;
        }
        let partial = parent.join(format!("{stem}{run}.partial"));
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        fs::remove_file(&path)?;
    }
    Ok(())
}

fn refuse_if_used(out: &Path) -> Result<(), Error> {
    match fs::read_dir(out).map(|mut entries| entries.next().is_none()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(true) => Ok(()),
        Ok(false) => Err(ExportError::OutputExists {}.into()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(ExportError::OutputExists {}.into()),
        Err(error) => Err(failed(&error)),
    }
}

fn failed(error: &io::Error) -> Error {
    ExportError::WriteFailed { file: "the output folder".to_owned(), reason: error.kind().to_string() }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn begun(place: &Path) -> OutputFolder {
        let folder = OutputFolder::begin(&place.join("out"), &place.join("audit.jsonl"), "run").expect("begun");
        fs::write(folder.path_of("a.csv"), "id\n").expect("written");
        folder
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_enter_a_released_folder() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().expect("folder");
        begun(place.path()).finish(|| Ok(())).expect("finished");
        let mode = fs::metadata(place.path().join("out")).expect("folder").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn the_folder_is_in_its_place_when_the_last_step_runs() {
        let place = tempfile::tempdir().expect("folder");
        let seen = Cell::new(false);
        let last = || {
            seen.set(place.path().join("out/a.csv").exists());
            Ok(())
        };
        begun(place.path()).finish(last).expect("finished");
        assert!(seen.get() && place.path().join("out/a.csv").exists());
        assert_eq!(fs::read_dir(place.path()).expect("folder").count(), 1);
    }

    #[test]
    fn outputs_are_withdrawn_if_the_last_step_fails() {
        let place = tempfile::tempdir().expect("folder");
        let error = begun(place.path()).finish(|| Err(MisuseError::Interrupted {}.into())).expect_err("fails");
        assert_eq!(error.code(), "misuse.interrupted");
        assert_eq!(fs::read_dir(place.path()).expect("folder").count(), 0);
    }
}
