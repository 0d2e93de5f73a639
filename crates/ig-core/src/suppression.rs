//! Small counts in tables: hiding, rounding and the rules they come from.
//!
//! A [`CountTable`] and a [`SuppressionPolicy`] go in, a [`SuppressionResult`] comes out. The result has two
//! faces: [`SuppressionResult::publish`] may leave, [`SuppressionResult::owner`] never does.
//!
//! What is here is **primary** suppression and rounding. Secondary suppression and the auditor do not exist in
//! this version, so a rule that needs them refuses instead of giving a weaker table, and every result says
//! [`AuditVerdict::NotAudited`]. What that leaves open: a hidden cell comes back as *total minus the rest* as soon
//! as the total and the other parts are published anywhere, in this table or another one.
//!
//! Other ways than hiding: [`perturb`] changes counts a little, [`merge`] suggests coarser categories. [`magnitude`] has the
//! rules for costs and bed days.
//!
//! All arithmetic is on whole numbers.

mod builder;
mod cell;
mod grouping;
pub mod magnitude;
pub mod merge;
mod options;
pub mod perturb;
mod policy;
mod preset;
mod primary;
mod result;
mod rounding;
mod sums;
mod system;
mod table;
#[cfg(test)]
mod tests;

pub use builder::SuppressionPolicyBuilder;
pub use cell::{Cell, Reason};
pub use options::{Exemption, Margins, SuppressOptions};
pub use policy::{NationalRows, NkRule, Nulls, Secondary, SuppressionPolicy, Totals, Zeros};
pub use primary::suppress;
pub use result::{AuditVerdict, OwnerTable, PublishedTable, SuppressionCounts, SuppressionResult};
pub use rounding::Rounding;
pub use system::{Cross, Dimension, DimensionSum, Shown, System, SystemBuilder, Term};
pub use table::CountTable;
