//! The Polars expression plugin: every act of [`ig_core::columns`] on a Polars column.
//!
//! There is one exported function, `ig_act`, for all acts: Polars hands over a column and the act as plain
//! data (a pickled dictionary), and gets a column back. The key of a pseudonymisation is found by its id in
//! the ring of the process; a plan never holds it.
//!
//! This crate has no rule of its own, and does not depend on the `polars` crate: [`abi`] speaks the plugin
//! interface (version 0.1) over the Arrow C Data Interface.
#![cfg_attr(feature = "polars", doc = include_str!("../docs/rust_polars.md"))]

pub mod abi;
mod act;
#[cfg(feature = "polars")]
mod native;

pub use act::{act_on_chunks, output_field};
#[cfg(feature = "polars")]
pub use native::InformationGovernance;
/// The version of Rust Polars whose columns and expressions are meant here.
#[cfg(feature = "polars")]
pub use polars;
