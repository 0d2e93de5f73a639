//! An aggregate output: cells added up, then suppressed.

use super::manifest::Disclosure;
use crate::agreement::{Dataset, FieldTransform, Output, Secondary as AgreedSecondary};
use crate::columns::{CellTable, Repeats, column_position, suppress_cells};
use crate::error::Error;
use crate::suppression::{Secondary, SuppressOptions, SuppressionPolicy};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use std::ops::ControlFlow;

/// The cells of one output, growing with every batch.
pub(super) struct Aggregate<'a> {
    output: &'a Output,
    policy: SuppressionPolicy,
    options: SuppressOptions,
    cells: CellTable,
}

impl<'a> Aggregate<'a> {
    /// Looks the rule up and checks that it can be met, before any row is read.
    pub(super) fn new(output: &'a Output, dataset: &Dataset, leaving: &SchemaRef) -> Result<Self, Error> {
        let policy = SuppressionPolicy::preset(output.policy.as_deref().unwrap_or_default())?;
        let secondary = output.secondary.map(|AgreedSecondary::None| Secondary::None);
        let options = SuppressOptions { secondary, ..SuppressOptions::default() };
        for name in output.by.iter().chain(&output.count) {
            column_position(leaving, name)?;
        }
        // Coarser keys make several rows one cell; as long as all are kept, a second row of a key is a mistake.
        let is_kept =
            |name: &String| dataset.field(name).is_some_and(|f| matches!(f.transform, FieldTransform::Keep(_)));
        let repeats = if output.by.iter().all(is_kept) { Repeats::Refuse } else { Repeats::Add };
        let cells = CellTable::new(&output.by, output.count.as_deref(), repeats);
        // An empty table meets every rule but one that does not exist in this version.
        suppress_cells(&cells, &policy, &options, &|_| ControlFlow::Continue(()))?.publish(count_name(output))?;
        Ok(Self { output, policy, options, cells })
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.cells.add(batch)
    }

    /// The published table, and what the manifest says of the rule.
    pub(super) fn suppress(self) -> Result<(RecordBatch, Disclosure), Error> {
        let suppressed = suppress_cells(&self.cells, &self.policy, &self.options, &|_| ControlFlow::Continue(()))?;
        let batch = suppressed.publish(count_name(self.output))?;
        let counts = suppressed.result().counts();
        let secondary = self.options.secondary.unwrap_or(self.policy.secondary());
        let audit = suppressed.result().audit().summary().verdict;
        let disclosure = Disclosure {
            rule: self.policy,
            secondary,
            totals: "none",
            cells_published: counts.published as u64,
            cells_hidden: counts.hidden as u64,
            audit,
        };
        Ok((batch, disclosure))
    }
}

/// The name of the published count.
fn count_name(output: &Output) -> &str {
    output.count.as_deref().unwrap_or("n")
}
