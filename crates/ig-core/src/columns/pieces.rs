//! An act on a large column: cut into pieces, which threads may share.

use super::invalid::{Invalid, Place};
use super::prepared::PreparedAct;
use crate::error::{Error, MisuseError};
use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, ScopedJoinHandle, scope};

/// Rows below which a piece is not worth a thread's while.
const FEWEST_ROWS: usize = 65_536;
/// Pieces for each thread, so that one that is held up leaves work to the others.
const PIECES_A_THREAD: usize = 4;
/// Rows of a piece that is laid out anew.
const LAYOUT_ROWS: usize = 131_072;

/// What became of one piece, and which piece it was.
type Done = (usize, Result<(ArrayRef, Invalid), Error>);

impl PreparedAct {
    /// Lets the act work with up to so many threads where a column is large. The cells and the errors are the same
    /// for any number of threads; the new column may have more chunks than the old one.
    ///
    /// For callers that own the process's cores: an engine with threads of its own is better off without.
    #[must_use]
    pub const fn with_threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }

    /// Has every piece of the new column laid out anew as soon as it is made, such as text as views for an engine that
    /// wants them. The new column may then have more chunks than the old one, so that both layouts are in memory
    /// together only for a few rows.
    #[must_use]
    pub const fn with_layout(mut self, layout: fn(&ArrayRef) -> ArrayRef) -> Self {
        self.layout = Some(layout);
        self
    }

    /// The new chunks, and the cells that were not valid.
    pub(super) fn run_chunks(&self, chunks: &[ArrayRef], place: &Place) -> Result<(Vec<ArrayRef>, Invalid), Error> {
        let pieces = self.pieces_of(chunks);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done: Vec<Done> = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some((_, piece)) = pieces.get(at) else { return done };
                let made = self.run(piece, place);
                done.push((
                    at,
                    made.map(|(array, invalid)| {
                        (self.layout.map_or_else(|| Arc::clone(&array), |layout| layout(&array)), invalid)
                    }),
                ));
            }
        };
        let mut done = scope(|scope| {
            let others = self.threads.get().min(pieces.len()).saturating_sub(1);
            // A thread that the system does not give is done without.
            let others: Vec<ScopedJoinHandle<'_, _>> =
                (0..others).filter_map(|_| Builder::new().spawn_scoped(scope, work).ok()).collect();
            let mut done = work();
            for other in others {
                done.extend(other.join().map_err(|_| MisuseError::PanicInside {})?);
            }
            Ok::<_, Error>(done)
        })?;
        done.sort_by_key(|(piece, _)| *piece);
        let mut invalid = Invalid::default();
        let mut chunks = Vec::with_capacity(done.len());
        for ((_, result), (first_row, _)) in done.into_iter().zip(&pieces) {
            let (chunk, found) = result?;
            invalid.join(&found, *first_row);
            chunks.push(chunk);
        }
        Ok((chunks, invalid))
    }

    /// The column in pieces, each with the number of its first row.
    fn pieces_of(&self, chunks: &[ArrayRef]) -> Vec<(u64, ArrayRef)> {
        let rows: usize = chunks.iter().map(Array::len).sum();
        let longest = match self.threads.get() {
            1 => usize::MAX,
            threads => rows.div_ceil(threads * PIECES_A_THREAD).max(FEWEST_ROWS),
        };
        let longest = if self.layout.is_some() { longest.min(LAYOUT_ROWS) } else { longest };
        let mut pieces = Vec::new();
        let mut first_row = 0;
        for chunk in chunks {
            // Each piece of a dictionary column would work on the whole dictionary again.
            let whole = matches!(chunk.data_type(), DataType::Dictionary(_, _)) || chunk.len() <= longest;
            let size = if whole { chunk.len().max(1) } else { longest };
            for start in (0..chunk.len().max(1)).step_by(size) {
                let piece = chunk.slice(start, size.min(chunk.len() - start));
                pieces.push((first_row + start as u64, piece));
            }
            first_row += chunk.len() as u64;
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OnInvalid;
    use crate::columns::ColumnAct;
    use arrow::array::{AsArray, Int64Array, RecordBatch, StringArray, StringViewArray};
    use arrow::datatypes::Int64Type;

    fn column(rows: usize, invalid: &[usize]) -> ArrayRef {
        let cells = (0..rows).map(|row| match row {
            row if invalid.contains(&row) => Some("9990000017"),
            row if row % 7 == 3 => None,
            _ => Some("999 000 0018"),
        });
        Arc::new(cells.collect::<StringArray>())
    }

    fn act(on_invalid: OnInvalid) -> PreparedAct {
        ColumnAct::NormaliseNhsNumber { on_invalid }.prepare().expect("no key needed")
    }

    fn cells(chunks: &[ArrayRef]) -> Vec<Option<String>> {
        chunks.iter().flat_map(|chunk| chunk.as_string::<i64>().iter().map(|cell| cell.map(str::to_owned))).collect()
    }

    #[test]
    fn any_number_of_threads_gives_the_same_cells() {
        let chunks = [column(200_001, &[150_000]), column(3, &[]), column(0, &[]), column(70_000, &[5])];
        let place = Place::column("n");
        let one = act(OnInvalid::Null).apply_chunks(&chunks, &place).expect("done");
        for threads in [1, 2, 3, 16] {
            let threads = NonZeroUsize::new(threads).expect("not zero");
            let many = act(OnInvalid::Null).with_threads(threads).apply_chunks(&chunks, &place).expect("done");
            assert_eq!((cells(&many.chunks), many.invalid), (cells(&one.chunks), one.invalid), "{threads} threads");
        }
    }

    #[test]
    fn a_layout_holds_the_same_cells() {
        let chunks = [column(300_001, &[7]), column(0, &[])];
        let place = Place::column("n");
        let plain = act(OnInvalid::Null).apply_chunks(&chunks, &place).expect("done");
        let views = |array: &ArrayRef| -> ArrayRef { Arc::new(StringViewArray::from(array.as_string::<i64>())) };
        let views = act(OnInvalid::Null).with_layout(views).apply_chunks(&chunks, &place).expect("done");
        assert!(views.chunks.len() > 2);
        let cells_of_views = views
            .chunks
            .iter()
            .flat_map(|chunk| chunk.as_string_view().iter().map(|cell| cell.map(str::to_owned)).collect::<Vec<_>>());
        assert_eq!((cells_of_views.collect(), views.invalid), (cells(&plain.chunks), plain.invalid));
    }

    #[test]
    fn the_first_invalid_row_is_named_whichever_thread_finds_one_first() {
        let chunks = [column(100_000, &[]), column(300_000, &[250_000, 299_999, 70_000])];
        let threads = NonZeroUsize::new(4).expect("not zero");
        let error = act(OnInvalid::Raise).with_threads(threads).apply_chunks(&chunks, &Place::column("n"));
        let text = error.expect_err("invalid cells").to_string();
        assert!(text.contains("170001"), "{text}");
        let one = act(OnInvalid::Raise).apply_chunks(&chunks, &Place::column("n")).expect_err("invalid cells");
        assert_eq!(text, one.to_string());
    }

    #[test]
    fn a_table_keeps_its_rows_together() {
        let number = column(200_001, &[]);
        let row = Arc::new(Int64Array::from_iter_values(0..200_001));
        let batch = RecordBatch::try_from_iter([("n", number), ("row", row as ArrayRef)]).expect("batch");
        let threads = NonZeroUsize::new(3).expect("not zero");
        let act = act(OnInvalid::Null).with_threads(threads);
        let done = act.apply_to_table(&batch.schema(), &[batch], "n").expect("done");
        assert!(done.batches.len() > 1);
        let rows = done.batches.iter().flat_map(|batch| {
            batch.column(0).as_string::<i64>().iter().zip(batch.column(1).as_primitive::<Int64Type>().values())
        });
        for (expected, (cell, row)) in (0..).zip(rows) {
            assert_eq!((cell.is_none(), *row), (expected % 7 == 3, expected));
        }
    }
}
