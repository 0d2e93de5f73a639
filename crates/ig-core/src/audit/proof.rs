//! Proofs about a log that can be checked without it: that it holds a record, and that it only grew.

mod growth;
mod text;

pub use growth::ConsistencyProof;

use super::verify::{open, walk};
use super::{AuditRecord, Checkpoint, Digest, Held, MerkleTree, VerifierKey, check_inclusion, tree::PathBuilder};
use crate::error::AuditError;
use data_encoding::BASE64;
use std::fmt;
use std::path::Path;
use text::{lines_and_checkpoint, numbered, path_of, refused};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The proof that one record is in a log, to be checked without the rest of it.
///
/// Guarantees, by being there: the record is the one at its place in the log that the checkpoint vouches for. It does
/// **not** say that the record is true, nor what else the log holds. It shows this one record to whoever reads it.
///
/// Its text is that of C2SP tlog-proof, with the line of the record as extra data.
///
/// ```
/// # use ig_core::audit::{AuditEvent, AuditLog, CorrelationId, EventKind, Outcome};
/// use ig_core::audit::{Checkpoint, InclusionProof, SignerKey};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("audit.jsonl");
/// # let log = AuditLog::open(&path)?;
/// # let run = CorrelationId::generate()?;
/// # for _ in 0..5 {
/// #     log.record(&AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", run)?)?;
/// # }
/// let signer = SignerKey::generate("example.nhs.uk/audit")?;
/// let checkpoint = Checkpoint::of_log(&path, &signer, signer.name(), None)?;
/// let text = InclusionProof::make(&path, 3, &checkpoint)?.to_string();
///
/// let proof = InclusionProof::open(&text, None, signer.verifier(), "example.nhs.uk/audit")?;
/// assert_eq!(proof.record().actor(), "a.analyst");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    record: AuditRecord,
    path: Vec<Digest>,
    checkpoint: Checkpoint,
}

impl InclusionProof {
    /// Reads the log, verifies it against the checkpoint, and proves the record with this number.
    ///
    /// # Errors
    /// `audit.proof_range` if the checkpoint was made before that record; the codes of [`verify`](super::verify).
    pub fn make(log: impl AsRef<Path>, seq: u64, checkpoint: &Checkpoint) -> Result<Self, AuditError> {
        let size = checkpoint.size();
        let beyond = || AuditError::ProofRange { asked: seq, size };
        if seq >= size {
            return Err(beyond());
        }
        let (mut builder, mut found) = (PathBuilder::inclusion(seq, size), None);
        walk(open(log.as_ref())?, Held::Checkpoint(checkpoint), |visited| {
            builder.push(visited.leaf);
            if visited.record.seq() == seq {
                found = Some(visited.record.clone());
            }
            Ok(())
        })?;
        let record = found.ok_or_else(beyond)?;
        Ok(Self { record, path: builder.finish(), checkpoint: checkpoint.clone() })
    }

    /// Opens a proof: checks the checkpoint's signature and origin, and that the record leads to its root.
    ///
    /// `line` is the line of the record, if it was got apart from the proof; it must be the very line.
    ///
    /// # Errors
    /// `audit.proof_format`, `audit.proof_range`, `audit.proof_differs`; those of [`Checkpoint::open`];
    /// `audit.record_format` and `audit.version_unknown` if the log holds something else at that place.
    pub fn open(text: &str, line: Option<&[u8]>, verifier: &VerifierKey, origin: &str) -> Result<Self, AuditError> {
        let (head, note) = lines_and_checkpoint(text)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(refused("the first line is not c2sp.org/tlog-proof@v1"));
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(|line| {
            BASE64.decode(line.trim_start_matches("extra ").as_bytes()).map_err(|_| refused("extra is not base64"))
        });
        let extra = extra.transpose()?;
        let seq = numbered(lines.next(), "index ").ok_or_else(|| refused("no line with the index"))?;
        let path = path_of(lines)?;
        let checkpoint = Checkpoint::open(note, verifier, origin)?;

        let given = line.or(extra.as_deref()).ok_or_else(|| refused("it does not hold the record; give its line"))?;
        if extra.as_deref().is_some_and(|extra| extra != given) {
            return Err(AuditError::ProofDiffers {});
        }
        check_inclusion(MerkleTree::leaf(given), seq, checkpoint.size(), &path, checkpoint.root())?;
        let record = AuditRecord::parse(given)?;
        if record.seq() == seq { Ok(Self { record, path, checkpoint }) } else { Err(AuditError::ProofDiffers {}) }
    }

    /// The record that is in the log.
    pub const fn record(&self) -> &AuditRecord {
        &self.record
    }

    /// The hashes from the record's sibling up to the root's child.
    pub fn path(&self) -> &[Digest] {
        &self.path
    }

    /// What vouches for the log.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

impl fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.record.to_line();
        writeln!(f, "{FIRST_LINE}\nextra {}\nindex {}", BASE64.encode(line.as_bytes()), self.record.seq())?;
        text::write_path(f, &self.path)?;
        write!(f, "\n{}", self.checkpoint)
    }
}
