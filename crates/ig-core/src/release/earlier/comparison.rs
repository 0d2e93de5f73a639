//! Suppression of a table beside what earlier releases published.

use super::Earlier;
use super::published::PublishedTable;
use crate::agreement::{AgainstEarlier, Output};
use crate::columns::{CellTable, SuppressedTable, suppress_cells, suppress_cells_after};
use crate::error::{Error, PolicyError};
use crate::suppression::{EarlierCounts, Progress, Secondary, SuppressOptions, SuppressionPolicy};
use serde::Serialize;
use std::ops::ControlFlow;

/// How the counts of a table were taken to relate to those of earlier releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ComparedCounts {
    /// No earlier release has a table that can be held against it.
    NoneComparable,
    /// The same counts.
    Same,
    /// Counts that can only have grown.
    Grown,
    /// Counts that went up and down, or of another rule; what a subtraction gives was not looked at.
    NotRelated,
    /// Earlier releases give small counts away, and the rule of the table does not claim to prevent it.
    NotProtected,
    /// The agreement says that they are not held against each other.
    NotCompared,
}

/// What a table of an output is held against.
pub(in crate::release) struct Comparison<'a> {
    pub(in crate::release) output: &'a Output,
    pub(in crate::release) policy: &'a SuppressionPolicy,
    pub(in crate::release) options: &'a SuppressOptions,
    /// The name of the published count.
    pub(in crate::release) count: &'a str,
}

impl Comparison<'_> {
    /// Protects the cells for readers who have the earlier releases too.
    ///
    /// Counts that can be the same as before are taken for the same, since that tells a reader most; counts that cannot
    /// are taken to have grown; counts that can be neither are refused, unless the level of the rule is `none`, which
    /// claims nothing that could be broken. The result says what was done.
    pub(in crate::release) fn protect(
        &self,
        cells: &CellTable,
        earlier: &Earlier,
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<(SuppressedTable, ComparedCounts), Error> {
        let alone = |how: ComparedCounts| Ok((suppress_cells(cells, self.policy, self.options, hook)?, how));
        if self.output.earlier_releases == AgainstEarlier::NotCompared {
            return alone(ComparedCounts::NotCompared);
        }
        let tables = earlier.tables_beside(self.output);
        let Some(newest) = tables.last() else { return alone(ComparedCounts::NoneComparable) };
        let claims_nothing = self.options.secondary.unwrap_or(self.policy.secondary()) == Secondary::None;
        let refused = |table: &PublishedTable, reason: &str| {
            if claims_nothing { alone(ComparedCounts::NotRelated) } else { Err(table.not_comparable(reason)) }
        };
        if let Some(table) = tables.iter().find(|table| !table.is_made_like(self.policy)) {
            return refused(table, "its rule rounds or treats zeros in another way");
        }
        let now = cells.table()?;
        let total = &self.options.total_label;
        let before = tables.iter().map(|table| table.beside(&now, self.count, total)).collect::<Result<Vec<_>, _>>()?;
        for (counts, how) in
            [(EarlierCounts::Same, ComparedCounts::Same), (EarlierCounts::Grown, ComparedCounts::Grown)]
        {
            match suppress_cells_after(cells, &before, counts, self.policy, self.options, hook) {
                Err(Error::Policy(PolicyError::ReleasesDiffer { .. })) => {}
                Err(Error::Policy(PolicyError::MarginsUnavailable { .. })) => {
                    return refused(newest, "its totals are sums of rounded counts");
                }
                Err(Error::Policy(PolicyError::NotProtected { .. })) if claims_nothing => {
                    return alone(ComparedCounts::NotProtected);
                }
                made => return made.map(|made| (made, how)),
            }
        }
        refused(newest, "counts have fallen since, or rows are no longer there")
    }
}
