//! What comes out: one face to publish, one for the owner.

use super::cell::Cell;
use super::table::Keys;
use super::table_audit::TableAudit;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// A table whose every cell is decided.
///
/// Holds no hidden count, so nothing made of it can show one. `Debug` shows sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct SuppressionResult {
    keys: Arc<Keys>,
    cells: Vec<Cell>,
    marker: String,
    audit: TableAudit,
}

/// How many cells are shown and how many are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct SuppressionCounts {
    /// Cells that show a number.
    pub published: usize,
    /// Cells that show the marker, whatever the reason.
    pub hidden: usize,
}

/// The face that may leave: keys, numbers or nothing, and text with one marker for every hidden cell.
#[derive(Clone, PartialEq, Eq)]
pub struct PublishedTable {
    keys: Arc<Keys>,
    counts: Vec<Option<i64>>,
    display: Vec<String>,
}

/// The face for the data owner: the published one and a status for each cell.
///
/// Never leaves: the status tells an attacker which cells are small and which only protect them.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnerTable {
    published: PublishedTable,
    status: Vec<&'static str>,
}

impl SuppressionResult {
    pub(super) fn new(keys: Arc<Keys>, cells: Vec<Cell>, marker: String, audit: TableAudit) -> Self {
        Self { keys, cells, marker, audit }
    }

    /// The decision for each row: in the order of the input, or of the whole cross where totals were added, with the
    /// parts of a dimension before their totals and its last column running fastest. For the owner: it holds reasons.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The table that may leave.
    pub fn publish(&self) -> PublishedTable {
        PublishedTable {
            keys: Arc::clone(&self.keys),
            counts: self.cells.iter().map(|cell| cell.published()).collect(),
            display: self.cells.iter().map(|cell| cell.display(&self.marker).into_owned()).collect(),
        }
    }

    /// The table for the data owner.
    pub fn owner(&self) -> OwnerTable {
        OwnerTable { published: self.publish(), status: self.cells.iter().map(|cell| cell.status()).collect() }
    }

    /// How many cells are shown and how many are not.
    pub fn counts(&self) -> SuppressionCounts {
        let published = self.cells.iter().filter(|cell| cell.published().is_some()).count();
        SuppressionCounts { published, hidden: self.cells.len() - published }
    }

    /// What the auditor, which shares no code with the choice of cells, says of the finished table. For the owner.
    pub fn audit(&self) -> &TableAudit {
        &self.audit
    }
}

impl PublishedTable {
    /// The names of the key columns.
    pub fn dimensions(&self) -> &[String] {
        &self.keys.dimensions
    }

    /// The key columns, in the order of the dimensions.
    pub fn keys(&self) -> &[Vec<Option<String>>] {
        &self.keys.columns
    }

    /// The numbers; none for a hidden cell.
    pub fn counts(&self) -> &[Option<i64>] {
        &self.counts
    }

    /// The numbers as text; the marker for a hidden cell.
    pub fn display(&self) -> &[String] {
        &self.display
    }
}

impl OwnerTable {
    /// The published columns.
    pub fn published(&self) -> &PublishedTable {
        &self.published
    }

    /// For each row `published`, `primary`, `secondary`, `zero` or `missing`.
    pub fn status(&self) -> &[&'static str] {
        &self.status
    }
}

fn sizes(f: &mut fmt::Formatter<'_>, name: &str, keys: &Keys, rows: usize) -> fmt::Result {
    f.debug_struct(name).field("dimensions", &keys.dimensions).field("rows", &rows).finish_non_exhaustive()
}

impl fmt::Debug for SuppressionResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        sizes(f, "SuppressionResult", &self.keys, self.cells.len())
    }
}

impl fmt::Debug for PublishedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        sizes(f, "PublishedTable", &self.keys, self.counts.len())
    }
}

impl fmt::Debug for OwnerTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        sizes(f, "OwnerTable", &self.published.keys, self.status.len())
    }
}
