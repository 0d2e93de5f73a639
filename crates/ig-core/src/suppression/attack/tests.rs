//! Tests of the audit as a whole, against enumeration and by name of the trap.

mod enumerated;
mod figures;
mod support;
mod traps;
