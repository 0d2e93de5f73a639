//! The acts on whole columns: Arrow arrays in, Arrow arrays out.
//!
//! A [`ColumnAct`] is plain data without a key, so it can travel in a query plan, a pickle or a manifest.
//! [`ColumnAct::prepare`] turns it into a [`PreparedAct`], which holds what it needs (a derived key) and is
//! applied to as many arrays as wanted. Rust, Python, Polars and the release all go this one way.
//!
//! Null stays null. Dictionary (categorical) columns are worked on once for each value.

mod act;
mod act_data;
mod audit_table;
mod canonical;
mod cells;
mod checks;
mod composite;
mod crosswalk;
mod debug;
mod generalise;
mod hash;
mod hide;
mod hierarchy;
mod invalid;
mod keys_and_counts;
mod magnitudes;
mod merge;
mod needed;
mod numbers;
mod opt_out;
mod perturb;
mod pieces;
mod prepared;
mod primary;
mod rates;
mod reidentify;
mod schema;
mod scrub;
mod shift;
mod suppress;
mod text_out;
mod token;
mod wide;

pub use act::{ColumnAct, OutputType};
pub use audit_table::{AuditedTable, FinishedTable};
#[cfg(feature = "files")]
pub(crate) use checks::Numbers;
pub use checks::every_nhs_number;
pub use composite::fields_column;
pub use crosswalk::{Crosswalk, CrosswalkReport, crosswalk};
pub use hierarchy::HierarchyColumns;
pub use invalid::Place;
#[cfg(feature = "files")]
pub(crate) use invalid::looks_like_data;
pub(crate) use invalid::shown_name;
pub use magnitudes::ContributionRows;
pub use merge::{merge_cells, suggest_cell_merges};
#[cfg(feature = "files")]
pub(crate) use opt_out::keep_rows;
pub use opt_out::{exclude_opted_out, rows_that_stay};
pub use perturb::{PeopleRows, round_cells_additively, round_cells_randomly};
pub use prepared::{PreparedAct, Transformed, TransformedTable};
pub use rates::{RateTable, SuppressedRates};
pub use reidentify::{ReidentifiedTable, Reidentify};
#[cfg(feature = "files")]
pub(crate) use schema::column_position;
pub use scrub::{Offsets, scrub_findings};
pub use suppress::{
    CellTable, Repeats, SuppressedTable, frequency_cells, suppress_cells, suppress_cells_after, suppress_cells_keyed,
    suppress_cells_linked,
};
pub use wide::WideColumns;
