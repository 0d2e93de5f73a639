//! Small counts in tables: hiding, rounding and the rules they come from.
//!
//! A [`CountTable`] and a [`SuppressionPolicy`] go in, a [`SuppressionResult`] comes out. The result has two
//! faces: [`SuppressionResult::publish`] may leave, [`SuppressionResult::owner`] never does.
//!
//! Small counts are hidden first (primary cells), then other cells that would give them back (secondary cells), the
//! rest is rounded where the rule says so, and an auditor that shares nothing with the choice of cells but the
//! model of the table checks the outcome. [`audit_table`] gives the same auditor to any finished table.
//!
//! [`suppress_linked`] and [`audit_tables_linked`] take several tables over the same people, which are safe only together.
//!
//! Other ways than hiding: [`perturb`] changes counts a little, [`merge`] suggests coarser categories. [`magnitude`] protects
//! tables of costs and bed days.
//!
//! All arithmetic is on whole numbers.
//!
#![doc = include_str!("../docs/suppression.md")]

pub mod attack;
mod audit_table;
mod builder;
mod cell;
mod grouping;
mod layout;
mod linked;
pub mod magnitude;
mod marked;
pub mod merge;
mod options;
pub mod perturb;
mod policy;
mod preset;
mod primary;
mod progress;
mod protect;
mod rates;
mod refine;
mod repair;
mod result;
mod rounding;
mod secondary;
mod sums;
mod suppress;
mod system;
mod table;
mod table_audit;
#[cfg(test)]
mod tests;
mod wide;

pub use audit_table::{AuditTableOptions, LeftOut, audit_table, audit_table_watched};
pub use builder::SuppressionPolicyBuilder;
pub use cell::{Cell, Reason};
pub use layout::Hierarchy;
pub use linked::{
    EarlierCounts, Finished, LinkedFinished, audit_linked_releases, audit_linked_releases_watched, audit_releases,
    audit_releases_watched, audit_tables_linked, audit_tables_linked_watched, suppress_after, suppress_after_watched,
    suppress_linked, suppress_linked_watched,
};
pub use marked::Marked;
pub use options::{Candidates, Exemption, Margins, SuppressOptions};
pub use policy::{NationalRows, NkRule, Nulls, Secondary, SuppressionPolicy, Totals, Zeros};
pub use primary::PrimaryRule;
pub use progress::{Progress, Stage};
pub use protect::{Choice, Cost, Insiders, Pattern, ProtectTask, PublishOrder, Singles, choose_secondary};
pub use rates::{PART, RateFormat, RatesResult, suppress_rates, suppress_rates_watched};
pub use result::{OwnerTable, PublishedTable, SuppressionCounts, SuppressionResult};
pub use rounding::Rounding;
pub use suppress::{suppress, suppress_keyed, suppress_watched};
pub use system::{Cross, Dimension, DimensionSum, Shown, System, SystemBuilder, Term};
pub use table::CountTable;
pub use table_audit::{About, AuditSummary, AuditVerdict, HiddenCell, TableAudit};
pub use wide::WideTable;
#[cfg(feature = "arrow")]
pub(crate) use wide::{check_wide, own_rows};
