//! Tests of the audit as a whole, against enumeration and by name of the trap.

#![allow(clippy::needless_for_each, reason = "shorter in tests")]

mod enumerated;
mod figures;
mod oracle;
mod support;
mod traps;
