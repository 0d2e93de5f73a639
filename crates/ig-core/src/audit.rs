#![doc = include_str!("../docs/audit.md")]

mod chain;
mod checkpoint;
mod coverage;
mod digest;
mod event;
mod field;
mod guard;
mod held;
#[cfg(feature = "files")]
mod history;
mod ids;
mod incident;
mod log;
mod note;
pub mod projection;
mod proof;
mod read;
mod record;
mod segments;
mod signer;
pub mod sql;
mod stamp;
#[cfg(feature = "tracing")]
mod tracing_layer;
mod tree;
mod verify;
mod words;

pub use checkpoint::Checkpoint;
pub use coverage::{Coverage, coverage};
pub use digest::Digest;
pub use event::AuditEvent;
pub use held::Held;
#[cfg(feature = "files")]
pub(crate) use history::ReadTo;
pub use ids::{CorrelationId, RecordId};
pub use incident::{AssessedIncident, Incident, IncidentGrid, incident_records};
pub use log::{AuditLog, HeldHead, LogOptions, Receipt};
pub use proof::{ConsistencyProof, InclusionProof};
pub use read::{RecordFilter, read_records};
pub use record::AuditRecord;
pub use signer::{SignerKey, VerifierKey};
pub use stamp::{StampSource, SystemStamps, Timestamp};
#[cfg(feature = "tracing")]
pub use tracing_layer::{AUDIT_TARGET, AuditGate, AuditLayer};
pub use tree::{MerkleTree, check_consistency, check_inclusion};
pub use verify::{Truncation, VerifyReport, verify, verify_reader};
pub use words::{Durability, EventKind, Outcome};

#[doc = include_str!("../docs/audit_log_v1.md")]
pub mod log_format_v1 {}
