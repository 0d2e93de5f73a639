//! A table of counts that an earlier release published, as its file has it.

use super::folder::{OldDisclosure, OldOutput, unreadable};
use crate::agreement::{Output, OutputFormat};
use crate::audit::CorrelationId;
use crate::columns::FinishedTable;
use crate::error::{AccessError, Error, MisuseError};
use crate::files::{escaped_formula, name_of, open_written};
use crate::suppression::{CountTable, SuppressionPolicy};
use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

type Key = Option<String>;

/// The published cells and what the manifest says of them.
pub(in crate::release) struct PublishedTable {
    pub(super) run: CorrelationId,
    name: String,
    dataset: String,
    format: OutputFormat,
    disclosure: OldDisclosure,
    /// For each key column, and then for the cells as shown, the text of every row.
    columns: Vec<Vec<Key>>,
}

impl PublishedTable {
    /// Reads the file that the manifest names, and refuses any other bytes.
    pub(super) fn read(folder: &Path, output: &OldOutput, run: CorrelationId) -> Result<Self, Error> {
        let place = name_of(folder);
        let changed = || Error::from(AccessError::EarlierChanged { folder: place.clone(), file: output.file.clone() });
        let Some(disclosure) = &output.disclosure else {
            return Err(unreadable(&place, "its manifest does not say how its tables were made"));
        };
        let path = folder.join(&output.file);
        let (reader, sha256) = open_written(&path).map_err(|error| match error {
            Error::Misuse(MisuseError::Unreadable { reason, .. }) => {
                unreadable(&place, &format!("{}: {reason}", output.file))
            }
            // What this library wrote can be read, so these are other bytes.
            _ => changed(),
        })?;
        if sha256 != output.sha256 {
            return Err(changed());
        }
        let keys = disclosure.by.len();
        let mut columns = vec![Vec::new(); keys + 1];
        for batch in reader {
            let batch = batch.map_err(|_| changed())?;
            if batch.num_columns() != keys + 2 {
                return Err(changed());
            }
            // Keys, the count as a number, and the count as shown.
            let wanted = (0..keys).chain([keys + 1]);
            for (texts, column) in columns.iter_mut().zip(wanted) {
                texts.extend(texts_of(batch.column(column)).ok_or_else(changed)?);
            }
        }
        Ok(Self {
            run,
            name: output.name.clone(),
            dataset: output.dataset.clone(),
            format: output.format,
            disclosure: disclosure.clone(),
            columns,
        })
    }

    /// Whether its cells are those of an output, or totals of them: the same dataset, the same count, and no other
    /// key columns than the output has.
    pub(super) fn is_comparable(&self, output: &Output) -> bool {
        let part_of = |by: &String| output.by.contains(by);
        self.dataset == output.dataset
            && self.disclosure.count == output.count
            && self.disclosure.by.iter().all(part_of)
    }

    /// Whether it was made by a rule that rounds alike and treats zeros alike, so that its numbers mean the same.
    pub(super) fn is_made_like(&self, rule: &SuppressionPolicy) -> bool {
        let same = |found: &serde_json::Value, mine: serde_json::Result<serde_json::Value>| {
            mine.is_ok_and(|mine| mine == *found)
        };
        same(&self.disclosure.rule.rounding, serde_json::to_value(rule.rounding()))
            && same(&self.disclosure.rule.zeros, serde_json::to_value(rule.zeros()))
    }

    /// The table under the keys of the one to be made now. Key columns that it lacks are those of a total.
    pub(super) fn beside(&self, now: &CountTable, count: &str, total: &str) -> Result<FinishedTable, Error> {
        let rows = self.columns[self.disclosure.by.len()].len();
        let mut keys: Vec<Vec<Key>> = Vec::new();
        for (name, own) in now.dimensions().iter().zip(now.keys()) {
            let place = self.disclosure.by.iter().position(|by| by == name);
            keys.push(match place {
                Some(place) => self.mapped(&self.columns[place], own, total)?,
                None => vec![Some(total.to_owned()); rows],
            });
        }
        let distinct: BTreeSet<Vec<&Key>> =
            (0..rows).map(|row| keys.iter().map(|column| &column[row]).collect()).collect();
        if distinct.len() < rows {
            return Err(self.not_comparable("two of its rows have the same keys"));
        }
        let cells = &self.columns[self.disclosure.by.len()];
        let names = now.dimensions().iter().map(String::as_str).chain([count]);
        let fields: Vec<Field> = names.map(|name| Field::new(name, DataType::LargeUtf8, true)).collect();
        let columns = keys.iter().chain([cells]);
        let columns: Vec<ArrayRef> =
            columns.map(|texts| Arc::new(LargeStringArray::from_iter(texts)) as ArrayRef).collect();
        let defect = |_| Error::from(MisuseError::PanicInside {});
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(defect)?;
        let mut table = FinishedTable::new(now.dimensions(), count, std::slice::from_ref(&self.disclosure.rule.marker));
        table.add(&batch)?;
        Ok(table)
    }

    /// Written keys as the keys of now: a file does not tell an empty text from none, and writes some with a sign before.
    fn mapped(&self, written: &[Key], now: &[Key], total: &str) -> Result<Vec<Key>, Error> {
        let mut own: BTreeMap<Key, &Key> = BTreeMap::new();
        for key in now {
            let before = own.insert(as_written(self.format, key), key);
            if before.is_some_and(|before| before != key) {
                return Err(self.not_comparable("two keys are written alike in its format"));
            }
        }
        let key_of = |text: &Key| {
            if self.disclosure.total.is_some() && self.disclosure.total == *text {
                return Some(total.to_owned());
            }
            own.get(text).map_or_else(|| text.clone(), |key| (*key).clone())
        };
        Ok(written.iter().map(key_of).collect())
    }

    pub(super) fn not_comparable(&self, reason: &str) -> Error {
        let (output, run) = (self.name.clone(), self.run.to_string());
        AccessError::EarlierNotComparable { output, run, reason: reason.to_owned() }.into()
    }
}

/// What a reader of a file finds where this key was written.
fn as_written(format: OutputFormat, key: &Key) -> Key {
    let text = key.as_deref()?;
    match format {
        OutputFormat::Parquet | OutputFormat::Xlsx => Some(text.to_owned()),
        OutputFormat::Csv if text.is_empty() => None,
        OutputFormat::Csv => Some(escaped_formula(text).into_owned()),
    }
}

fn texts_of(column: &ArrayRef) -> Option<Vec<Key>> {
    let text = cast(column, &DataType::LargeUtf8).ok()?;
    let whole = text.null_count() == column.logical_null_count();
    whole.then(|| text.as_string::<i64>().iter().map(|cell| cell.map(str::to_owned)).collect())
}
