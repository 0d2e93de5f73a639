//! What `Debug` shows of columns and tables that were made: sizes, never cells.

use super::{ReidentifiedTable, Transformed, TransformedTable};
use arrow::array::{Array, ArrayRef, RecordBatch};
use std::fmt;

fn rows(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

impl fmt::Debug for Transformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells: usize = self.chunks.iter().map(|chunk: &ArrayRef| chunk.len()).sum();
        write!(f, "Transformed({cells} cells not shown, {} invalid)", self.invalid)
    }
}

impl fmt::Debug for TransformedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransformedTable({} rows not shown, {} invalid)", rows(&self.batches), self.invalid)
    }
}

impl fmt::Debug for ReidentifiedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReidentifiedTable({} rows not shown)", rows(&self.batches))
    }
}
