//! Magnitudes such as costs and bed days: which totals give a contributor's own value away.
//!
//! A count is small when few people are in it. A magnitude is unsafe when **few contributors make up most of it**:
//! the total of a cell of two hospitals tells each of them the other's costs.
//!
//! | rule | a cell is unsafe if | who is kept out |
//! |---|---|---|
//! | minimum contributors m | 1 to m − 1 contribute | anybody |
//! | largest share s | the largest contributor has **more than** s % of the total | anybody |
//! | (n, k) dominance | the n largest have k % **or more** of the total | anybody |
//! | p-percent | the rest beyond the two largest is **less than** p % of the largest | the second largest, who subtracts |
//!
//! Rows of one contributor are added up first, and contributors of one holding too: they share what they know.
//! All arithmetic is on whole numbers of 128 bits.
//!
//! [`primary`] says which cells are unsafe, and no more: an unsafe cell comes back as total minus the rest unless others
//! are hidden with it. [`suppress_magnitudes`] protects a whole table. Contributors who pool their values beyond the
//! holdings that are stated are not considered.
//!
//! Source: Hundepool and others, *Statistical Disclosure Control* (2012), chapter 4; strictness as in τ-ARGUS and ACRO.

mod contribution_table;
mod contributions;
mod hide;
mod insiders;
mod rules;
mod suppress;
#[cfg(test)]
mod tests;
mod width;

pub use contribution_table::ContributionTable;
pub use contributions::{CellContributors, Contributions};
pub use rules::{MagnitudeFlags, MagnitudeRule, MagnitudeRules, primary};
pub use suppress::{MagnitudeOptions, suppress_magnitudes, suppress_magnitudes_watched};
