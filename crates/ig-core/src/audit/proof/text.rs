//! The lines that both kinds of proof share.

use crate::audit::Digest;
use crate::audit::checkpoint::{hash_line, whole_number};
use crate::audit::note::LONGEST_NOTE;
use crate::error::AuditError;
use data_encoding::BASE64;
use std::fmt;

/// A tree that has more levels is larger than any number of records; the specification allows no more.
const LONGEST_PATH: usize = 63;
/// A record in base64 and a path, before the checkpoint.
const LONGEST_HEAD: usize = 16_384;

pub(super) fn refused(reason: &str) -> AuditError {
    AuditError::ProofFormat { reason: reason.to_owned() }
}

/// What stands before the first empty line, and the checkpoint after it.
pub(super) fn lines_and_checkpoint(text: &str) -> Result<(&str, &str), AuditError> {
    if text.len() > LONGEST_NOTE + LONGEST_HEAD {
        return Err(refused("longer than 1 MiB"));
    }
    let (head, note) = text.split_once("\n\n").ok_or_else(|| refused("no empty line before a checkpoint"))?;
    if head.len() > LONGEST_HEAD {
        return Err(refused("too much before the checkpoint"));
    }
    Ok((head, note))
}

/// The number of a line that begins with a word.
pub(super) fn numbered(line: Option<&str>, word: &str) -> Option<u64> {
    line?.strip_prefix(word).and_then(whole_number)
}

/// One hash a line.
pub(super) fn path_of<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Digest>, AuditError> {
    let path: Option<Vec<Digest>> = lines.map(hash_line).collect();
    let path = path.ok_or_else(|| refused("a line is not a hash in base64"))?;
    if path.len() > LONGEST_PATH { Err(refused("more than 63 hashes")) } else { Ok(path) }
}

pub(super) fn write_path(f: &mut fmt::Formatter<'_>, path: &[Digest]) -> fmt::Result {
    path.iter().try_for_each(|hash| writeln!(f, "{}", BASE64.encode(hash.as_bytes())))
}
