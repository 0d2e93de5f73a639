//! From a long table to the model: which rows are which cells, and which cells add up to which.

mod axis;
mod cell_name;
mod cells;
mod hierarchy;

pub use hierarchy::Hierarchy;

pub(super) use axis::{Axis, Tops, is_total};
pub(super) use cells::{Layout, Listed};
