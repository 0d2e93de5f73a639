//! Scrub a column of free text, and the table of what is found in one.

use super::cells::{Accepts, Cell, Cells};
use super::invalid::Place;
use super::text_out::{BytesKind, Written, map_to_bytes};
use crate::error::{Error, MisuseError};
use crate::scrub::{ScrubSettings, Scrubber, TextFinding};
use arrow::array::{ArrayRef, Int64Array, LargeStringArray, RecordBatch};
use std::sync::Arc;

pub(super) fn scrub_text(scrubber: &Scrubber, array: &ArrayRef, place: &Place) -> Result<ArrayRef, Error> {
    let cells = Cells::of(array, Accepts::Text, place)?;
    let (array, _) = map_to_bytes(&cells, 64, BytesKind::Text, |cell, out| {
        let Cell::Text(text) = cell else { return Ok(Written::Null) };
        scrubber.scrub_into(text, out);
        Ok(Written::Value)
    })?;
    Ok(array)
}

/// What `start` and `end` of a table of findings count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offsets {
    /// Bytes of UTF-8.
    Bytes,
    /// Unicode characters, as Python counts them.
    Characters,
}

/// The findings in a column of free text as a table with the columns `row`, `type`, `start`, `end`, `score` and
/// `reason`; the first row is 0, and the text is never in it.
///
/// # Errors
/// `misuse.column_type`, `misuse.names_unavailable`, `misuse.names_mismatch`
pub fn scrub_findings(
    chunks: &[ArrayRef],
    settings: &ScrubSettings,
    offsets: Offsets,
    place: &Place,
) -> Result<RecordBatch, Error> {
    let scrubber = Scrubber::new(settings)?;
    let mut rows: Vec<(u64, TextFinding)> = Vec::new();
    let mut row = 0;
    for chunk in chunks {
        // The values of a dictionary are visited once each, so its findings are spread over the rows afterwards.
        let cells = Cells::of(chunk, Accepts::Text, place)?;
        let mut of_values = Vec::new();
        cells.visit(&mut |cell| {
            of_values.push(match cell {
                Some(Cell::Text(text)) => found_in(&scrubber, text, offsets),
                _ => Vec::new(),
            });
        });
        if let Cells::Dictionary { keys, .. } = &cells {
            for key in keys {
                let found = key.and_then(|key| of_values.get(key));
                rows.extend(found.into_iter().flatten().map(|found| (row, *found)));
                row += 1;
            }
        } else {
            for found in of_values {
                rows.extend(found.into_iter().map(|found| (row, found)));
                row += 1;
            }
        }
    }
    table(&rows)
}

fn found_in(scrubber: &Scrubber, text: &str, offsets: Offsets) -> Vec<TextFinding> {
    let mut found = scrubber.findings(text);
    if offsets == Offsets::Characters && !text.is_ascii() {
        let (mut bytes, mut characters) = (0, 0);
        let mut count = |to: usize| {
            characters += text[bytes..to].chars().count();
            bytes = to;
            characters
        };
        for finding in &mut found {
            (finding.start, finding.end) = (count(finding.start), count(finding.end));
        }
    }
    found
}

fn table(rows: &[(u64, TextFinding)]) -> Result<RecordBatch, Error> {
    let numbers = |of: &dyn Fn(&(u64, TextFinding)) -> u64| -> ArrayRef {
        // Signed, as most tools have no other; no row or offset is beyond their range.
        Arc::new(rows.iter().map(|row| i64::try_from(of(row)).unwrap_or(i64::MAX)).collect::<Int64Array>())
    };
    let words = |of: &dyn Fn(&TextFinding) -> &'static str| -> ArrayRef {
        Arc::new(rows.iter().map(|(_, found)| Some(of(found))).collect::<LargeStringArray>())
    };
    let columns = [
        ("row", numbers(&|(row, _)| *row)),
        ("type", words(&|found| found.kind.as_str())),
        ("start", numbers(&|(_, found)| found.start as u64)),
        ("end", numbers(&|(_, found)| found.end as u64)),
        ("score", numbers(&|(_, found)| found.score.into())),
        ("reason", words(&|found| found.reason.as_str())),
    ];
    RecordBatch::try_from_iter(columns).map_err(|_| MisuseError::PanicInside {}.into())
}
