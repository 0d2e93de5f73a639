//! The record that comes next in a chain that is kept elsewhere than in a file of this library.

use crate::audit::{AuditEvent, AuditRecord, Digest, HeldHead, RecordId, StampSource};
use crate::error::AuditError;

/// Composes the record that follows a head, for a caller that stores its line.
///
/// Guarantees the same bytes as a log of that head would write. Whether the chain stays one is up to the caller: read
/// the head and store the line in one transaction, under a lock or with a constraint that refuses a second child.
///
/// # Errors
/// `audit.not_recorded` if there is no time or no random bytes.
///
/// ```
/// use ig_core::audit::sql::next_record;
/// use ig_core::audit::{AuditEvent, CorrelationId, Digest, EventKind, HeldHead, Outcome, SystemStamps};
///
/// let event = AuditEvent::new(EventKind::Write, Outcome::Success, "a.analyst", CorrelationId::generate()?)?;
/// let first = next_record(&event, HeldHead { records: 0, hash: Digest::ZERO }, &SystemStamps)?;
/// let second = next_record(&event, HeldHead { records: 1, hash: Digest::of(first.to_line().as_bytes()) }, &SystemStamps)?;
/// assert_eq!((second.seq(), second.prev()), (1, Digest::of(first.to_line().as_bytes())));
/// # Ok::<(), ig_core::AuditError>(())
/// ```
pub fn next_record(event: &AuditEvent, head: HeldHead, stamps: &dyn StampSource) -> Result<AuditRecord, AuditError> {
    let ts = stamps.now()?;
    let id = RecordId::new(ts, &stamps.random()?);
    Ok(AuditRecord::compose(event.clone(), id, ts, head.records, head.hash))
}

/// The head of a table whose last row is this one: its number, its hash, and the line they belong to.
///
/// # Errors
/// `audit.record_format`, `audit.version_unknown` for a line that is not a record, and `audit.table_column` for a
/// number or a hash that is not that of the line: nothing is written behind a row that was changed.
pub fn head_of_row(seq: i64, hash: &str, line: &str) -> Result<HeldHead, AuditError> {
    let row = u64::try_from(seq).unwrap_or(0).saturating_add(1);
    let differs = |column: &str| AuditError::TableColumn { row, column: column.to_owned() };
    let record = AuditRecord::read(line.as_bytes(), row)?;
    if i64::try_from(record.seq()) != Ok(seq) {
        return Err(differs("seq"));
    }
    let found = Digest::of(line.as_bytes());
    if found.to_string() != hash {
        return Err(differs("hash"));
    }
    Ok(HeldHead { records: record.seq() + 1, hash: found })
}
