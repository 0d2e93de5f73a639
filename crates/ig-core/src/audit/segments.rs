//! The files of one log: the live one under the log's name, and those that rotation archived beside it.

use super::AuditRecord;
use super::chain::{Accepted, Chain, Scan, Tail, scan};
use super::record::MAX_LINE;
use crate::error::AuditError;
use crate::platform;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// The name of an archived segment: `audit.jsonl` gives `audit.0000000000000017.jsonl` for the one that begins with record 17.
pub(super) fn archive_name(live: &Path, first: u64) -> PathBuf {
    let mut name = live.file_stem().map(OsString::from).unwrap_or_default();
    name.push(format!(".{first:016}"));
    if let Some(extension) = live.extension() {
        name.push(".");
        name.push(extension);
    }
    live.with_file_name(name)
}

/// The log that a file is an archived segment of, if it is named like one and the log is there.
pub(super) fn log_of_archived(path: &Path) -> Option<PathBuf> {
    // The number stands before the extension, or is the extension.
    let stem = path.file_stem().map(Path::new)?;
    let is_number = |text: &std::ffi::OsStr| text.len() == 16 && text.as_encoded_bytes().iter().all(u8::is_ascii_digit);
    let name = match (stem.extension(), path.extension()) {
        (Some(number), Some(extension)) if is_number(number) => {
            let mut name = stem.file_stem()?.to_owned();
            name.push(".");
            name.push(extension);
            name
        }
        (_, Some(number)) if is_number(number) => stem.as_os_str().to_owned(),
        _ => return None,
    };
    Some(path.with_file_name(name)).filter(|live| is_there(live).unwrap_or(true))
}

/// The name under which the next segment is made; only whoever has the lock of the live one uses it.
pub(super) fn next_name(live: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(live.file_name().unwrap_or_default());
    name.push(".next");
    live.with_file_name(name)
}

fn unreadable(error: &io::Error) -> AuditError {
    AuditError::Unreadable { reason: error.kind().to_string() }
}

/// Whether a name is taken, by whatever; not to know is an error.
pub(super) fn is_there(path: &Path) -> io::Result<bool> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        found => found.map(|_| true),
    }
}

/// The first line of a file as a record; none if the file is empty.
pub(super) fn first_record(mut file: &File) -> Result<Option<Result<AuditRecord, AuditError>>, AuditError> {
    let mut line = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(|error| unreadable(&error))?;
    let read = BufReader::new(file.take(MAX_LINE as u64 + 1)).read_until(b'\n', &mut line);
    read.map_err(|error| unreadable(&error))?;
    if line.is_empty() {
        return Ok(None);
    }
    Ok(Some(AuditRecord::read(line.strip_suffix(b"\n").unwrap_or(&line), 1)))
}

/// Where a file that stands under the log's name begins in the log.
///
/// # Errors
/// `audit.segment_foreign` if a segment that begins there is archived already and is another file.
pub(super) fn start_of_live(file: &File, path: &Path) -> Result<Chain, AuditError> {
    let first = first_record(file)?;
    let start = Chain::of_file(first.as_ref().and_then(|read| read.as_ref().ok()));
    let archive = archive_name(path, start.segment);
    // A rotation that was interrupted leaves both names on one file.
    if is_there(&archive).map_err(|error| unreadable(&error))?
        && !platform::is_same_file(file, &archive).map_err(|error| unreadable(&error))?
    {
        return Err(match first {
            Some(Err(fault)) => fault,
            _ => AuditError::SegmentForeign { first: start.segment },
        });
    }
    Ok(start)
}

/// Follows archived segments from a place in one of them to the start of the live one; a place in the live one is given
/// back as it is.
pub(super) fn follow_archived(
    path: &Path,
    from: Chain,
    live: &Chain,
    each: &mut dyn FnMut(&Accepted<'_>) -> Result<(), AuditError>,
) -> Result<Chain, AuditError> {
    let mut chain = from;
    while chain.segment < live.segment {
        let first = chain.segment;
        let (file, length) = match platform::open_settled(&archive_name(path, first)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(AuditError::SegmentMissing { first }),
            opened => opened.map_err(|error| unreadable(&error))?,
        };
        let read = scan_file(&file, length, chain, each).map_err(|fault| match fault {
            AuditError::LogShortened {} => AuditError::SegmentCut { first },
            fault => fault,
        })?;
        match read.tail {
            Tail::Clean if read.chain.ended => chain = read.chain.next_segment(),
            Tail::Torn(gap) => {
                return Err(match gap.into_fault(read.lines) {
                    AuditError::TornTail { .. } => AuditError::SegmentCut { first },
                    fault => fault,
                });
            }
            _ => return Err(AuditError::SegmentCut { first }),
        }
    }
    if chain.segment == live.segment && (chain.offset > 0 || chain.head == live.head) {
        Ok(chain)
    } else {
        Err(AuditError::SegmentForeign { first: live.segment })
    }
}

/// Follows one file from a place in it to a length.
pub(super) fn scan_file(
    mut file: &File,
    length: u64,
    from: Chain,
    each: &mut dyn FnMut(&Accepted<'_>) -> Result<(), AuditError>,
) -> Result<Scan, AuditError> {
    let new = length.checked_sub(from.offset).ok_or(AuditError::LogShortened {})?;
    file.seek(SeekFrom::Start(from.offset)).map_err(|error| unreadable(&error))?;
    // A writer reads a line or none, many times.
    let capacity = usize::try_from(new).unwrap_or(usize::MAX).clamp(1, 1 << 16);
    scan(BufReader::with_capacity(capacity, file.take(new)), from, each)
}

/// A log for reading, as it stood at a moment when no writer was at work.
pub(super) struct Segments {
    path: PathBuf,
    live: File,
    length: u64,
    start: Chain,
}

impl Segments {
    /// Opens the live file; those before it never change, so they are opened when they are read.
    pub(super) fn open(path: &Path) -> Result<Self, AuditError> {
        let (live, length) = platform::open_settled(path).map_err(|error| unreadable(&error))?;
        let start = start_of_live(&live, path)?;
        Ok(Self { path: path.to_owned(), live, length, start })
    }

    /// Follows the whole log from a place.
    pub(super) fn scan(
        self,
        from: Chain,
        each: &mut dyn FnMut(&Accepted<'_>) -> Result<(), AuditError>,
    ) -> Result<Scan, AuditError> {
        if from.segment > self.start.segment {
            return Err(AuditError::LogReplaced {});
        }
        let chain = follow_archived(&self.path, from, &self.start, each)?;
        scan_file(&self.live, self.length, chain, each)
    }
}

/// Whether the last line of the segment before is the one that the live segment continues from, if it is there.
pub(super) fn check_previous(path: &Path, start: &Chain) -> Result<(), AuditError> {
    let Some(previous) = start.previous() else { return Ok(()) };
    let (mut file, length) = match platform::open_settled(&archive_name(path, previous)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(|error| unreadable(&error))?,
    };
    let mut end = Vec::new();
    let from = length.saturating_sub(MAX_LINE as u64 + 2);
    file.seek(SeekFrom::Start(from)).map_err(|error| unreadable(&error))?;
    file.take(length - from).read_to_end(&mut end).map_err(|error| unreadable(&error))?;
    let lines = end.strip_suffix(b"\n").ok_or(AuditError::SegmentCut { first: previous })?;
    let last = lines.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    if super::Digest::of(last) == start.head.hash {
        Ok(())
    } else {
        Err(AuditError::SegmentForeign { first: start.segment })
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn names_of_segments() {
        let name = |live: &str, first| archive_name(Path::new(live), first).to_string_lossy().into_owned();
        assert_eq!(name("/logs/audit.jsonl", 0), "/logs/audit.0000000000000000.jsonl");
        assert_eq!(name("audit", 17), "audit.0000000000000017");
        assert_eq!(name(".audit", 17), ".audit.0000000000000017");
        assert_eq!(name("a.b.jsonl", (1 << 53) - 1), "a.b.9007199254740991.jsonl");
        assert_eq!(next_name(Path::new("logs/audit.jsonl")), Path::new("logs/.audit.jsonl.next"));
    }

    #[test]
    fn an_archived_segment_is_known_by_its_name_and_its_log() {
        let folder = tempfile::tempdir().expect("folder");
        for name in ["audit.jsonl", "audit", ".audit", "a.b.jsonl"] {
            let live = folder.path().join(name);
            assert_eq!(log_of_archived(&archive_name(&live, 17)), None, "{name}");
            std::fs::write(&live, "").expect("live");
            assert_eq!(log_of_archived(&archive_name(&live, 17)), Some(live.clone()), "{name}");
            assert_eq!(log_of_archived(&live), None, "{name}");
        }
    }
}
