//! The model that every table reduces to: cells, and sums that tie them together.
//!
//! Whoever protects a table and whoever attacks it work on a [`System`] alone. It holds no counts: those stand
//! beside it, one a cell, as true counts for the owner or as [`Shown`] values for a reader of the published table.

mod builder;
mod dimension;
mod relations;
mod shown;

pub use builder::SystemBuilder;
pub use dimension::{Dimension, DimensionSum};
pub use relations::{Cross, System, Term};
pub use shown::Shown;
