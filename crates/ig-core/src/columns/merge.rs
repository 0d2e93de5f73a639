//! Suggested merges of tables that come as record batches.

use super::suppress::{CellTable, defect};
use crate::error::{Error, MisuseError};
use crate::suppression::SuppressionPolicy;
use crate::suppression::merge::{MergeGoal, MergePlan, TableMerges, suggest_table_merges};
use arrow::array::{Array, ArrayRef, Int64Array, LargeStringArray, RecordBatch, UInt64Array};
use arrow::compute::{sort_to_indices, take};
use arrow::datatypes::{DataType, Field, Schema};
use std::sync::Arc;

/// Suggests merges for the cells: see [`suggest_table_merges`]. Numbers, dates and times are ordered by value; texts as
/// the cells list them, which rows of people do not.
///
/// # Errors
/// Those of [`suggest_table_merges`]; `misuse.argument` for texts to be ordered where rows are counted.
pub fn suggest_cell_merges(
    cells: &CellTable,
    plans: &[(String, MergePlan)],
    policy: &SuppressionPolicy,
    goal: MergeGoal,
    total_label: &str,
) -> Result<TableMerges, Error> {
    let table = cells.table()?;
    let columns = cells.key_columns()?;
    let plans = plans.iter().map(|(name, plan)| {
        let place = table.dimensions().iter().position(|dimension| dimension == name);
        let Some(place) = place.filter(|_| *plan == MergePlan::Ordered) else {
            return Ok((name.clone(), plan.clone()));
        };
        let kind = columns[place].data_type();
        if kind.is_numeric() || kind.is_temporal() {
            let mut order: Vec<String> = Vec::new();
            for row in sort_to_indices(&columns[place], None, None).map_err(defect)?.values() {
                let key = table.keys()[place][*row as usize].clone();
                order.extend(key.filter(|key| order.last() != Some(key)));
            }
            // A missing key is not in the order, and refused with its own words.
            let whole = columns[place].null_count() == 0;
            return Ok((name.clone(), if whole { MergePlan::InOrder(order) } else { MergePlan::Ordered }));
        }
        if cells.counts_rows() {
            let expected = "the categories of a text column as a list in their order, since rows are counted".into();
            return Err(MisuseError::Argument { name: "merge".into(), expected }.into());
        }
        Ok((name.clone(), plan.clone()))
    });
    suggest_table_merges(&table, &plans.collect::<Result<Vec<_>, Error>>()?, policy, goal, total_label)
}

/// The cells merged: text where categories were merged, other key columns in their own types.
///
/// # Errors
/// Those of [`TableMerges::apply`]; `misuse.argument` if a key column has the count's name.
pub fn merge_cells(merges: &TableMerges, cells: &CellTable, count: &str) -> Result<RecordBatch, Error> {
    let (table, first_rows) = merges.apply_with_rows(&cells.table()?)?;
    if table.dimensions().iter().any(|name| name == count) {
        let expected = format!("key columns with other names than {count}");
        return Err(MisuseError::Argument { name: "by".to_owned(), expected }.into());
    }
    let rows = UInt64Array::from_iter_values(first_rows.into_iter().map(|row| row as u64));
    let mut columns: Vec<ArrayRef> = Vec::new();
    for ((pairs, texts), original) in merges.categories().iter().zip(table.keys()).zip(cells.key_columns()?) {
        let unchanged = pairs.iter().all(|(old, new)| old == new);
        columns.push(if unchanged {
            take(&original, &rows, None).map_err(defect)?
        } else {
            Arc::new(LargeStringArray::from_iter(texts))
        });
    }
    let key = |(name, column): (&String, &ArrayRef)| Field::new(name, column.data_type().clone(), true);
    let mut fields: Vec<Field> = table.dimensions().iter().zip(&columns).map(key).collect();
    fields.push(Field::new(count, DataType::Int64, true));
    columns.push(Arc::new(Int64Array::from(table.counts().to_vec())));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(defect)
}
