//! Signed checkpoints (C2SP tlog-checkpoint): what someone else vouched for.

use super::note;
use super::signer::is_name;
use super::verify::{open, walk};
use super::{Digest, Held, MerkleTree, SignerKey, VerifierKey};
use crate::error::AuditError;
use data_encoding::BASE64;
use std::fmt;
use std::path::Path;

/// The size and root of a log, signed by someone who does not write it.
///
/// Guarantees, by being there: a signature of the verifier key that it was opened with fits, and it is of the log that
/// was named. Against it, [`verify`](super::verify) finds every change to the records it was made of, however the
/// whole file was computed anew.
///
/// It does **not** protect records that came after it, nor anything if whoever writes the log also holds the signing
/// key, and an old checkpoint protects only what was there when it was made.
///
/// ```
/// use ig_core::audit::{AuditEvent, AuditLog, Checkpoint, CorrelationId, EventKind, Outcome, SignerKey, verify};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("audit.jsonl");
/// let log = AuditLog::open(&path)?;
/// let run = CorrelationId::generate()?;
/// log.record(&AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", run)?)?;
///
/// // Another user, who cannot write the log, holds the signing key.
/// let signer = SignerKey::generate("example.nhs.uk/audit")?;
/// let checkpoint = Checkpoint::of_log(&path, &signer, signer.name(), None)?;
/// let held = checkpoint.to_string();
///
/// // Later: open what was held, with the key that was got from the signer, and hold the log against it.
/// let checkpoint = Checkpoint::open(&held, signer.verifier(), "example.nhs.uk/audit")?;
/// assert_eq!(verify(&path, &checkpoint)?.to_string(), "1 records, consistent; truncation excluded");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Digest,
    note: String,
}

impl Checkpoint {
    /// Verifies a log and signs what it holds now.
    ///
    /// Refuses to sign if the log does not verify, or is not consistent with the previous checkpoint: whoever signs
    /// two that contradict each other vouches for nothing.
    ///
    /// # Errors
    /// `audit.checkpoint_format` for an origin that is no name; `audit.checkpoint_origin` if the previous checkpoint is of
    /// another log; the codes of [`verify`](super::verify) with the previous checkpoint held.
    pub fn of_log(
        path: impl AsRef<Path>,
        signer: &SignerKey,
        origin: &str,
        previous: Option<&Self>,
    ) -> Result<Self, AuditError> {
        if !is_name(origin) {
            return Err(refused("the origin has 1 to 128 characters from ! to ~ and no plus sign"));
        }
        if previous.is_some_and(|previous| previous.origin != origin) {
            return Err(AuditError::CheckpointOrigin { expected: origin.to_owned() });
        }
        let held = previous.map_or(Held::Nothing, Held::Checkpoint);
        let report = walk(open(path.as_ref())?, held, |_| Ok(()))?;
        let text = format!("{origin}\n{}\n{}\n", report.records, BASE64.encode(report.root.as_bytes()));
        let note = note::sign(&text, signer);
        Ok(Self { origin: origin.to_owned(), size: report.records, root: report.root, note })
    }

    /// Opens a checkpoint that was kept: checks the signature of the key given and that it is of the log named.
    ///
    /// The verifier key must come from whoever signs, not from where the checkpoint was kept. Signatures of other keys
    /// are passed over, and so are lines after the root, which are signed and mean nothing here.
    ///
    /// # Errors
    /// `audit.checkpoint_format`, `audit.checkpoint_unknown_key`, `audit.checkpoint_signature`,
    /// `audit.checkpoint_origin`
    pub fn open(note: &str, verifier: &VerifierKey, origin: &str) -> Result<Self, AuditError> {
        let text = note::verified_text(note, verifier)?;
        let (found, size, root) = read(text)?;
        if found != origin {
            return Err(AuditError::CheckpointOrigin { expected: shown(origin) });
        }
        Ok(Self { origin: found.to_owned(), size, root, note: note.to_owned() })
    }

    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The records it was made of, from the first.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the Merkle tree over those records.
    pub const fn root(&self) -> Digest {
        self.root
    }
}

/// The note as it is kept: the text of the checkpoint and the signatures.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.note)
    }
}

fn refused(reason: &str) -> AuditError {
    AuditError::CheckpointFormat { reason: reason.to_owned() }
}

/// An origin as a message shows it: anything that is no name may be something else in its place.
fn shown(origin: &str) -> String {
    if is_name(origin) { origin.to_owned() } else { "the log named".to_owned() }
}

fn read(text: &str) -> Result<(&str, u64, Digest), AuditError> {
    let text = text.strip_suffix('\n').ok_or_else(|| refused("its text is not ended"))?;
    let mut lines = text.split('\n');
    let (origin, size, root) = (lines.next(), lines.next(), lines.next());
    let origin = origin.filter(|origin| !origin.is_empty()).ok_or_else(|| refused("the first line names no log"))?;
    let size = size.and_then(whole_number).ok_or_else(|| refused("the second line is not a number of records"))?;
    let root = root.and_then(hash_line).ok_or_else(|| refused("the third line is not a hash in base64"))?;
    if lines.any(str::is_empty) {
        return Err(refused("an empty line in its text"));
    }
    if size == 0 && root != MerkleTree::default().root() {
        return Err(refused("no records, and another root than that of none"));
    }
    Ok((origin, size, root))
}

/// A decimal without sign or leading zero.
pub(super) fn whole_number(text: &str) -> Option<u64> {
    let number = text.parse::<u64>().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash as checkpoints and proofs print it: standard base64 with padding.
pub(super) fn hash_line(text: &str) -> Option<Digest> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    <[u8; 32]>::try_from(bytes).ok().map(Digest::from_bytes)
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    #[test]
    fn a_checkpoint_has_one_form() {
        let good = format!("example.com/log\n20852163\n{ROOT}\n");
        let signer = SignerKey::generate("k").expect("key");
        let open = |text: &str| Checkpoint::open(&note::sign(text, &signer), signer.verifier(), "example.com/log");
        let checkpoint = open(&good).expect("opens");
        assert_eq!((checkpoint.origin(), checkpoint.size()), ("example.com/log", 20_852_163));
        assert_eq!(BASE64.encode(checkpoint.root().as_bytes()), ROOT);
        assert_eq!(open(&format!("{good}more\nand more\n")).expect("extension lines").size(), 20_852_163);
        for bad in [
            String::new(),
            format!("example.com/log\n20852163\n{ROOT}"),
            format!("\n20852163\n{ROOT}\n"),
            format!("example.com/log\n020852163\n{ROOT}\n"),
            format!("example.com/log\n+1\n{ROOT}\n"),
            format!("example.com/log\n-1\n{ROOT}\n"),
            format!("example.com/log\n18446744073709551616\n{ROOT}\n"),
            format!("example.com/log\n1\n{}\n", ROOT.trim_end_matches('=')),
            format!("example.com/log\n1\n{}\n", ROOT.replace("q2I=", "q2J=")),
            "example.com/log\n1\nAAAA\n".to_owned(),
            "example.com/log\n1\n".to_owned(),
            format!("example.com/log\n0\n{ROOT}\n"),
            format!("example.com/log\n1\n{ROOT}\n\nmore\n"),
        ] {
            assert_eq!(open(&bad).expect_err(&bad).code(), "audit.checkpoint_format", "{bad}");
        }
        let other = Checkpoint::open(&note::sign(&good, &signer), signer.verifier(), "example.com/other");
        assert_eq!(other.expect_err("another log").code(), "audit.checkpoint_origin");
    }
}
