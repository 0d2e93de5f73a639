//! Checks a table row by row, as a log is checked line by line.

use crate::audit::{AuditRecord, Digest, EventKind, Held, HeldHead, MerkleTree, Truncation, VerifyReport};
use crate::error::AuditError;
use serde_json::{Map, Value};

/// A row of an audit table as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// The stored line.
    pub line: String,
    /// The stored hash of the line.
    pub hash: String,
    /// The other columns by name; whole numbers in decimal, times as the record has them.
    pub columns: Vec<(String, Option<String>)>,
}

/// Verifies an audit table whose rows are pushed in the order of their numbers.
///
/// Guarantees what [`verify`](crate::audit::verify) does for a file, and that every column says what the line says.
/// Without anything held elsewhere, rows cut off the end and a table made anew as a whole are not seen.
///
/// A table that a log was copied into may hold records with which the log sealed bytes after a crash. Those bytes are
/// in the file alone; the report counts them, and only the file shows that the record names them rightly.
///
/// ```
/// use ig_core::audit::sql::TableVerifier;
///
/// let report = TableVerifier::new(None)?.finish()?;
/// assert_eq!(report.to_string(), "0 records, consistent; truncation NOT excluded");
/// # Ok::<(), ig_core::AuditError>(())
/// ```
pub struct TableVerifier<'a> {
    held: Held<'a>,
    head: HeldHead,
    tree: MerkleTree,
    recoveries: u64,
    sealed_bytes: u64,
}

impl<'a> TableVerifier<'a> {
    /// Begins before the first row.
    ///
    /// # Errors
    /// `audit.held_head_differs`, `audit.checkpoint_differs` for a held log of no records that cannot be.
    pub fn new(held: impl Into<Held<'a>>) -> Result<Self, AuditError> {
        let (held, tree) = (held.into(), MerkleTree::default());
        held.meets(Digest::ZERO, &tree)?;
        Ok(Self { held, head: HeldHead { records: 0, hash: Digest::ZERO }, tree, recoveries: 0, sealed_bytes: 0 })
    }

    /// Takes the next row. The line of an error is the number of the row, from 1.
    ///
    /// # Errors
    /// `audit.record_format`, `audit.version_unknown`, `audit.sequence`, `audit.chain_broken`, `audit.table_column`;
    /// `audit.held_head_differs`, `audit.checkpoint_differs`.
    pub fn push(&mut self, row: &TableRow) -> Result<(), AuditError> {
        let line = self.head.records + 1;
        let bytes = row.line.as_bytes();
        let record = AuditRecord::read(bytes, line)?;
        if record.seq() != self.head.records {
            return Err(AuditError::Sequence { line, expected: self.head.records, found: record.seq() });
        }
        if record.prev() != self.head.hash {
            return Err(AuditError::ChainBroken { line });
        }
        let hash = Digest::of(bytes);
        if row.hash != hash.to_string() {
            return Err(AuditError::TableColumn { row: line, column: "hash".into() });
        }
        if let Some(column) = differing(&row.line, &row.columns) {
            return Err(AuditError::TableColumn { row: line, column });
        }
        if let Some((_, bytes)) = record.sealed().filter(|_| record.event() == EventKind::ChainRecovered) {
            self.recoveries += 1;
            self.sealed_bytes += bytes;
        }
        self.head = HeldHead { records: line, hash };
        self.tree.push(MerkleTree::leaf(bytes));
        self.held.meets(hash, &self.tree)
    }

    /// Ends behind the last row.
    ///
    /// # Errors
    /// `audit.held_head_missing`, `audit.checkpoint_missing`.
    pub fn finish(self) -> Result<VerifyReport, AuditError> {
        self.held.is_reached(self.head.records)?;
        Ok(VerifyReport {
            records: self.head.records,
            hash: self.head.hash,
            root: self.tree.root(),
            truncation: match self.held.records() {
                None | Some(0) => Truncation::NotExcluded,
                Some(records) => Truncation::Excluded { records },
            },
            recoveries: self.recoveries,
            sealed_bytes: self.sealed_bytes,
        })
    }
}

/// The first column that does not say what the line says, or the first member of the line that has no column.
fn differing(line: &str, columns: &[(String, Option<String>)]) -> Option<String> {
    let members: Map<String, Value> = serde_json::from_str(line).unwrap_or_default();
    let text = |name: &str| match members.get(name) {
        None => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let wrong = columns.iter().find(|(name, stored)| *stored != text(name)).map(|(name, _)| name);
    let unstored = || members.keys().find(|member| !columns.iter().any(|(name, _)| name == *member));
    wrong.or_else(unstored).cloned()
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests;
