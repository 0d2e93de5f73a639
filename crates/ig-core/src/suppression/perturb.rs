//! Publishing counts that are a little wrong on purpose, instead of hiding some of them.
//!
//! | act | sums hold | same cell, same result in every table | noise |
//! |---|---|---|---|
//! | [`RandomRounder`] | no | yes | less than one base, unbiased |
//! | [`PerturbationTable`] with [`RecordKeys`] | no | yes, and for the same people under any name | at most D, unbiased |
//! | [`round_additively`] | **yes** | within one table | less than one base where the sums allow it |
//!
//! None of them takes anything away from a cell's existence: a count that is not zero shows that somebody is there,
//! and noise that can be averaged away does not protect. Each function says which attack still works.

mod cell_name;
mod controlled;
mod p_table;
mod random;
mod record_key;
mod tables;

pub use cell_name::{Category, CellName};
pub use controlled::{AdditiveRounding, Choice, RoundedTable, RoundingMethod, RoundingSource, round_additively};
pub use p_table::{NoiseRow, PerturbationTable, PerturbationTableSettings};
pub use random::{RandomRounder, RandomRoundingSpec};
pub use record_key::{CellKeys, RecordKeySpec, RecordKeys};
pub use tables::{perturb_table, round_table_additively, round_table_randomly};
