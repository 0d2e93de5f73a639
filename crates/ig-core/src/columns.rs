//! The acts on whole columns: Arrow arrays in, Arrow arrays out.
//!
//! A [`ColumnAct`] is plain data without a key, so it can travel in a query plan, a pickle or a manifest.
//! [`ColumnAct::prepare`] turns it into a [`PreparedAct`], which holds what it needs (a derived key) and is
//! applied to as many arrays as wanted. Rust, Python, Polars and the release all go this one way.
//!
//! Null stays null. Dictionary (categorical) columns are worked on once for each value.

mod act;
mod act_data;
mod cells;
mod checks;
mod generalise;
mod hash;
mod hide;
mod invalid;
mod schema;
mod suppress;
mod text_out;

pub use act::{ColumnAct, OutputType, PreparedAct, Transformed};
#[cfg(feature = "files")]
pub(crate) use checks::nhs_numbers;
pub use invalid::Place;
#[cfg(feature = "files")]
pub(crate) use invalid::{looks_like_data, shown_name};
#[cfg(feature = "files")]
pub(crate) use schema::column_position;
pub use suppress::{CellTable, SuppressedTable, suppress_cells};
