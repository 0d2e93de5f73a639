//! The acts on the expressions and columns of Rust Polars.

mod column_types;

use crate::abi::contained;
use crate::abi::native::{chunks_of, series_of};
use crate::act::{chunks_after, field_after};
use arrow::array::ArrayRef;
use arrow::datatypes::Field as ArrowField;
use column_types::{check_known, without_null_fields};
use ig_core::columns::ColumnAct;
use ig_core::{Error, MisuseError};
use polars::prelude::{Column, Expr, Field, PolarsError, PolarsResult, Series};
use serde_pickle::{HashableValue, Value, to_value};

/// The acts of information governance, as a method of expressions and columns.
///
/// Every [`ColumnAct`] runs, with the same cells out as in Rust, Python and the plugin. Null stays null. An act works
/// row by row, so an expression with it runs in the streaming engine too. An act on several columns takes one struct
/// column (`as_struct`) whose fields are its inputs in order.
///
/// A plan never holds a key: the act names it by id and check value, and it is found in the ring of the process
/// ([`ig_core::process_keys`]) when the plan runs.
///
/// It does not hide data from whoever may read the frame: the old column stays where the plan keeps it.
///
/// # Errors
/// `PolarsError::ComputeError`, when the plan runs or for a `Series` at once. Its message begins `nhs_ig[code]: `, says
/// where and what to do, and holds no cell value and no key: `misuse.column_type` for a column that the act does not
/// take, `identifier.invalid_cells` (rows counted within the batch that the engine handed over), `key.unavailable`,
/// `key.mismatch` and others of the act.
///
/// ```
/// use ig_core::{OnInvalid, columns::ColumnAct};
/// use ig_polars::InformationGovernance;
/// use ig_polars::polars::prelude::*;
///
/// let numbers = Column::new("nhs_number".into(), ["9990000018", "999 000 0026"]);
/// let act = ColumnAct::FormatNhsNumber { on_invalid: OnInvalid::Raise };
/// let frame = DataFrame::new_infer_height(vec![numbers])?;
/// let done = frame.lazy().select([col("nhs_number").ig(act)]).collect()?;
/// assert_eq!(done.column("nhs_number")?.str()?.get(1), Some("999 000 0026"));
/// # Ok::<(), PolarsError>(())
/// ```
pub trait InformationGovernance {
    /// An expression for an expression, a column or an error for a column.
    type Output;

    /// Applies an act.
    fn ig(self, act: ColumnAct) -> Self::Output;
}

impl InformationGovernance for Expr {
    type Output = Self;

    fn ig(self, act: ColumnAct) -> Self {
        let shown = name_in_plan(&act);
        let planned = act.clone();
        self.map_with_fmt_str(
            move |column| {
                let series = column.as_materialized_series();
                series_after(&act, series).map(Column::from).map_err(failed)
            },
            move |_, field| planned_field(&planned, field).map_err(failed),
            shown,
        )
    }
}

impl InformationGovernance for &Series {
    type Output = PolarsResult<Series>;

    fn ig(self, act: ColumnAct) -> PolarsResult<Series> {
        series_after(&act, self).map_err(failed)
    }
}

fn series_after(act: &ColumnAct, series: &Series) -> Result<Series, Error> {
    contained(|| {
        check_known(series.name(), series.dtype())?;
        let (field, chunks) = taken(series)?;
        let chunks = chunks_after(act, series.name(), &chunks)?;
        series_of(&field_after(act, &field), chunks)
    })
}

fn taken(series: &Series) -> Result<(ArrowField, Vec<ArrayRef>), Error> {
    let unusable = |_| MisuseError::Engine { reason: "a struct with a field of nulls alone".to_owned() };
    chunks_of(without_null_fields(series).map_err(unusable)?.as_ref())
}

/// The field that [`series_after`] will make. The key is not needed for it, so a plan is made without one.
fn planned_field(act: &ColumnAct, field: &Field) -> Result<Field, Error> {
    contained(|| {
        // A number that stands in the plan itself has its type only when the plan runs.
        let data_type = field.dtype().clone();
        let data_type = data_type.materialize_unknown(true).unwrap_or_else(|_| field.dtype().clone());
        check_known(field.name(), &data_type)?;
        let (input, _) = taken(&Series::new_empty(field.name().clone(), &data_type))?;
        let output = series_of(&field_after(act, &input), Vec::new())?;
        Ok(Field::new(field.name().clone(), output.dtype().clone()))
    })
}

/// How a plan shows the act: its name alone, since a label or a column of a setting is nobody else's business.
fn name_in_plan(act: &ColumnAct) -> String {
    let name = match to_value(act) {
        Ok(Value::Dict(mut data)) => data.remove(&HashableValue::String("act".to_owned())),
        _ => None,
    };
    match name {
        Some(Value::String(name)) => format!("ig.{name}"),
        _ => "ig".to_owned(),
    }
}

#[allow(clippy::needless_pass_by_value)] // the shape `map_err` wants
fn failed(error: Error) -> PolarsError {
    PolarsError::ComputeError(error.tagged().into())
}

#[cfg(test)]
mod tests;
