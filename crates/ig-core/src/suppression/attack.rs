#![doc = include_str!("../../docs/suppression_audit.md")]

mod certificate;
mod component;
mod elimination;
mod examine;
mod field;
mod ledger;
mod nearby;
mod outcome;
mod program;
mod propagation;
mod ranges;
mod search;
mod simplex;
mod stop;
mod sums;
mod task;
#[cfg(test)]
mod tests;
mod threads;

pub use certificate::{Certificate, CertificateStep, Claim, Multiple};
pub use examine::{audit, audit_with_progress};
pub use outcome::{Audit, Inferred, Method, Recomputable, Verdict};
pub use task::{Attacker, AuditTask, Bounds, Limits, Need, Needed};
