//! An aggregate output: cells added up, then suppressed.

use super::earlier::{Comparison, Earlier};
use super::manifest::Disclosure;
use super::watch::{Progress, Watch};
use crate::agreement::{Dataset, FieldTransform, Margins as AgreedMargins, Output};
use crate::columns::{CellTable, HierarchyColumns, Repeats, column_position, suppress_cells};
use crate::error::{Error, MisuseError, PolicyError};
use crate::suppression::{Margins, Stage, SuppressOptions, SuppressionPolicy};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use std::ops::ControlFlow;

/// The cells of one output, growing with every batch.
pub(super) struct Aggregate<'a> {
    output: &'a Output,
    policy: SuppressionPolicy,
    options: SuppressOptions,
    cells: CellTable,
    hierarchies: Vec<HierarchyColumns>,
}

impl<'a> Aggregate<'a> {
    /// Looks the rule up and checks that it can be met, before any row is read.
    pub(super) fn new(output: &'a Output, dataset: &Dataset, leaving: &SchemaRef) -> Result<Self, Error> {
        let policy = SuppressionPolicy::preset(output.policy.as_deref().unwrap_or_default())?;
        let usual = SuppressOptions::default();
        let margins = match output.margins {
            AgreedMargins::None => Margins::None,
            AgreedMargins::Given => Margins::Given,
            AgreedMargins::All => Margins::All,
        };
        let total_label = output.total.clone().unwrap_or(usual.total_label.clone());
        let options = SuppressOptions { secondary: output.secondary, margins, total_label, ..usual };
        let levels = output.hierarchy.iter().flat_map(|hierarchy| &hierarchy.levels);
        for name in output.by.iter().chain(&output.count).chain(levels) {
            column_position(leaving, name)?;
        }
        // Coarser keys make several rows one cell; as long as all are kept, a second row of a key is a mistake.
        let is_kept =
            |name: &String| dataset.field(name).is_some_and(|f| matches!(f.transform, FieldTransform::Keep(_)));
        let repeats = if output.by.iter().all(is_kept) { Repeats::Refuse } else { Repeats::Add };
        let cells = CellTable::new(&output.by, output.count.as_deref(), repeats);
        // An empty table meets every rule; a name that cannot stand beside the keys is told before any row is read.
        let names = SuppressOptions { margins: Margins::None, ..options.clone() };
        suppress_cells(&cells, &policy, &names, &|_| ControlFlow::Continue(()))?.publish(count_name(output))?;
        let hierarchies =
            output.hierarchy.iter().map(|found| HierarchyColumns::new(&found.column, &found.levels)).collect();
        Ok(Self { output, policy, options, cells, hierarchies })
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.hierarchies.iter_mut().try_for_each(|hierarchy| hierarchy.add(batch))?;
        self.cells.add(batch)
    }

    /// The published table, and what the manifest says of the rule.
    pub(super) fn suppress(self, earlier: &Earlier, watch: &dyn Watch) -> Result<(RecordBatch, Disclosure), Error> {
        let hierarchies = self.hierarchies.into_iter().map(HierarchyColumns::hierarchy).collect();
        let options = SuppressOptions { hierarchies, ..self.options };
        let going = |progress: crate::suppression::Progress| {
            let stage = match progress.stage {
                Stage::Choosing => "choosing",
                Stage::Auditing => "auditing",
            };
            watch.progress(Progress { stage, name: &self.output.name, rows: progress.done })
        };
        let comparison =
            Comparison { output: self.output, policy: &self.policy, options: &options, count: count_name(self.output) };
        let (suppressed, earlier) = comparison.protect(&self.cells, earlier, &going).map_err(interrupted)?;
        let batch = suppressed.publish(count_name(self.output))?;
        let counts = suppressed.result().counts();
        let secondary = options.secondary.unwrap_or(self.policy.secondary());
        let audit = suppressed.result().audit().summary().verdict;
        let disclosure = Disclosure {
            rule: self.policy,
            secondary,
            totals: self.output.margins.as_str(),
            by: self.output.by.clone(),
            count: self.output.count.clone(),
            total: (self.output.margins != AgreedMargins::None).then_some(options.total_label),
            earlier,
            cells_published: counts.published as u64,
            cells_hidden: counts.hidden as u64,
            audit,
        };
        Ok((batch, disclosure))
    }
}

/// A release is interrupted in one way, whatever it was doing.
fn interrupted(error: Error) -> Error {
    match error {
        Error::Policy(PolicyError::Interrupted {}) => MisuseError::Interrupted {}.into(),
        other => other,
    }
}

/// The name of the published count.
fn count_name(output: &Output) -> &str {
    output.count.as_deref().unwrap_or("n")
}
