//! Text that a spreadsheet would run as a formula.

use crate::error::{Error, MisuseError};
use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::borrow::Cow;
use std::sync::Arc;

/// The text as it is written into a CSV file for people: with an apostrophe before it where a spreadsheet would run it.
///
/// That is text of two or more characters that begins with `=`, `+`, `-`, `@`, a tab or the end of a line and is not a
/// plain number. A spreadsheet does not tell text from formulas by the quotes of a CSV file.
///
/// ```
/// use ig_core::files::escaped_formula;
///
/// assert_eq!(escaped_formula("=1+1"), "'=1+1");
/// assert_eq!(escaped_formula("-12.5"), "-12.5");
/// ```
pub fn escaped_formula(text: &str) -> Cow<'_, str> {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && text.chars().nth(1).is_some();
    let number =
        text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) && text.parse::<f64>().is_ok();
    if runs && !number { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A batch whose texts and names of columns are written as [`escaped_formula`] says.
///
/// # Errors
/// `misuse.defect` only.
pub fn escape_formulas(batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let columns = batch.columns().iter().map(escaped_column).collect::<Result<Vec<_>, _>>()?;
    let names = batch.schema();
    let kinds = names.fields().iter().zip(&columns);
    let fields: Vec<Field> = kinds
        .map(|(field, column)| Field::new(escaped_formula(field.name()), column.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|_| MisuseError::PanicInside {}.into())
}

/// A schema with the names that [`escape_formulas`] gives.
pub fn escape_names(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| field.as_ref().clone().with_name(escaped_formula(field.name())));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn escaped_column(column: &ArrayRef) -> Result<ArrayRef, Error> {
    let text = match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => values.is_string(),
        _ => false,
    };
    if !text {
        return Ok(Arc::clone(column));
    }
    let text = cast(column, &DataType::LargeUtf8).map_err(|_| MisuseError::PanicInside {})?;
    let text = text.as_string::<i64>();
    if text.iter().flatten().all(|cell| matches!(escaped_formula(cell), Cow::Borrowed(_))) {
        return Ok(Arc::clone(column));
    }
    Ok(Arc::new(text.iter().map(|cell| cell.map(escaped_formula)).collect::<LargeStringArray>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{DictionaryArray, Int64Array};
    use arrow::datatypes::Int32Type;

    #[test]
    fn what_a_spreadsheet_would_run_is_text_and_numbers_stay_numbers() {
        for text in ["=1+1", "@SUM(A1)", "+cmd", "-2+3", "\tx", "\r=1", "-1e", "--1", "=5", "+1-1", "-e", "\n=1"] {
            assert_eq!(escaped_formula(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "-", "=", "*", "12", "-12", "+3.5", "-1e5", "A-1", "'=1", " =1", "St. Mary's"] {
            assert_eq!(escaped_formula(text), text, "{text:?}");
        }
    }

    #[test]
    fn every_kind_of_text_column_and_the_names() {
        let dictionary: DictionaryArray<Int32Type> = [Some("=a"), None, Some("b")].into_iter().collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("@name", Arc::new(LargeStringArray::from(vec![Some("=1"), None, Some("x")]))),
            ("dictionary", Arc::new(dictionary)),
            ("number", Arc::new(Int64Array::from(vec![-1, 2, 3]))),
        ];
        let escaped = escape_formulas(&RecordBatch::try_from_iter(columns).expect("batch")).expect("escaped");
        assert_eq!(escaped.schema().field(0).name(), "'@name");
        for column in 0..2 {
            assert!(escaped.column(column).as_string::<i64>().value(0).starts_with("'="));
            assert!(escaped.column(column).is_null(1));
        }
        assert_eq!(escaped.column(2).data_type(), &DataType::Int64);
        assert_eq!(escape_names(&escaped.schema()).field(0).name(), "'@name");
    }
}
