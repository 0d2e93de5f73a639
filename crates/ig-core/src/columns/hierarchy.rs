//! Hierarchies that stand in columns of the table itself.

use super::keys_and_counts::text_of;
use crate::error::Error;
use crate::suppression::Hierarchy;
use arrow::array::{Array, RecordBatch};
use std::collections::HashSet;

/// Pairs of parent and child, collected from columns beside a key column: `practice`, then `pcn`, then `icb`.
///
/// A row with nothing in a column skips that level, so branches may end at different depths.
pub struct HierarchyColumns {
    levels: Vec<String>,
    seen: HashSet<(String, String)>,
    pairs: Vec<(String, String)>,
}

impl HierarchyColumns {
    /// Takes the key column and the columns of its levels, from the lowest upwards.
    pub fn new(dimension: &str, levels: &[String]) -> Self {
        let levels = std::iter::once(dimension.to_owned()).chain(levels.iter().cloned()).collect();
        Self { levels, seen: HashSet::new(), pairs: Vec::new() }
    }

    /// Reads the rows of a batch.
    ///
    /// # Errors
    /// `misuse.column_missing`, `misuse.column_type`.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let columns = self.levels.iter().map(|name| text_of(batch, name)).collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let mut at: Option<&str> = None;
            for column in columns.iter().filter(|column| column.is_valid(row)) {
                let label = column.value(row);
                if let Some(child) = at {
                    let pair = (label.to_owned(), child.to_owned());
                    if self.seen.insert(pair.clone()) {
                        self.pairs.push(pair);
                    }
                }
                at = Some(label);
            }
        }
        Ok(())
    }

    /// The hierarchy.
    pub fn hierarchy(self) -> Hierarchy {
        let dimension = self.levels.into_iter().next().unwrap_or_default();
        Hierarchy::new(dimension, self.pairs)
    }
}
