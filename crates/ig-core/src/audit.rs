#![doc = include_str!("../docs/audit.md")]

mod chain;
mod digest;
mod event;
mod field;
mod guard;
#[cfg(feature = "files")]
mod history;
mod ids;
mod log;
mod record;
mod stamp;
mod verify;
mod words;

pub use digest::Digest;
pub use event::AuditEvent;
#[cfg(feature = "files")]
pub(crate) use history::ReadTo;
pub use ids::{CorrelationId, RecordId};
pub use log::{AuditLog, HeldHead, Receipt};
pub use record::AuditRecord;
pub use stamp::{StampSource, SystemStamps, Timestamp};
pub use verify::{Truncation, VerifyReport, verify, verify_reader};
pub use words::{Durability, EventKind, Outcome};
