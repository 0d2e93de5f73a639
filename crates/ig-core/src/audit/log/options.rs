//! How a log is opened.

use crate::audit::{AuditLog, StampSource, SystemStamps};
use crate::error::AuditError;
use std::path::Path;
use std::time::Duration;

/// When a file of the log has had its share.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rotation {
    pub(super) bytes: Option<u64>,
    pub(super) age: Option<Duration>,
}

/// Settings for opening a log; see [`AuditLog::options`].
///
/// Without limits a log stays one file. Handles and processes may have different limits, or none: the file is put aside
/// when the first of them finds its own limit reached, and all go on in the next one.
///
/// ```
/// use ig_core::audit::{self, AuditEvent, AuditLog, CorrelationId, EventKind, Outcome};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("audit.jsonl");
/// let log = AuditLog::options().rotate_at(500).open(&path)?;
/// let run = CorrelationId::generate()?;
/// for _ in 0..3 {
///     log.record(&AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", run)?)?;
/// }
/// assert!(folder.path().join("audit.0000000000000000.jsonl").exists());
/// // Three acts, the end of the first segment, and the beginning of the second.
/// assert_eq!(audit::verify(&path, None)?.records, 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LogOptions {
    pub(super) stamps: Box<dyn StampSource>,
    pub(super) rotation: Rotation,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { stamps: Box::new(SystemStamps), rotation: Rotation::default() }
    }
}

impl LogOptions {
    /// Another clock and source of random bytes.
    #[must_use]
    pub fn stamps(self, stamps: impl StampSource + 'static) -> Self {
        Self { stamps: Box::new(stamps), ..self }
    }

    /// A file of so many bytes takes no further record.
    ///
    /// It ends up larger by at most its last record, the one that ends it, and what a crash left behind. Every file takes
    /// at least one record, whatever the limit.
    #[must_use]
    pub fn rotate_at(mut self, bytes: u64) -> Self {
        self.rotation.bytes = Some(bytes);
        self
    }

    /// A file whose first record is so old takes no further record. Nothing happens before there is a record to write.
    ///
    /// The clock of the machine counts: one that is set back puts the rotation off.
    #[must_use]
    pub fn rotate_after(mut self, age: Duration) -> Self {
        self.rotation.age = Some(age);
        self
    }

    /// Opens the log, or makes it.
    ///
    /// # Errors
    /// As [`AuditLog::open`].
    pub fn open(self, path: impl AsRef<Path>) -> Result<AuditLog, AuditError> {
        AuditLog::open_as(path.as_ref(), self)
    }
}

impl std::fmt::Debug for LogOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogOptions").field("rotation", &self.rotation).finish_non_exhaustive()
    }
}
