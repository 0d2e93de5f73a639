//! Finding a column by its name.

use super::invalid::shown_name;
use crate::error::{Error, MisuseError};
use arrow::datatypes::Schema;

/// The position of a column.
///
/// # Errors
/// `misuse.column_missing`; it lists the names there are, apart from those that look like data.
pub(crate) fn column_position(schema: &Schema, name: &str) -> Result<usize, Error> {
    schema.index_of(name).map_err(|_| {
        let column = if shown_name(name).contains("not shown") { "of that name".to_owned() } else { name.to_owned() };
        MisuseError::ColumnMissing { column, available: available(schema) }.into()
    })
}

/// At most this many names are listed.
const LISTED: usize = 20;

fn available(schema: &Schema) -> String {
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let (shown, hidden): (Vec<&str>, Vec<&str>) =
        names.iter().partition(|name| !name.is_empty() && !shown_name(name).contains("not shown"));
    let mut text = match shown.len() {
        0 => "there is none with a name that can be shown".to_owned(),
        count if count > LISTED => format!("there are {}, and {} more", shown[..LISTED].join(", "), count - LISTED),
        _ => format!("there are {}", shown.join(", ")),
    };
    if !hidden.is_empty() {
        text.push_str(&format!(
            " ({} names look like data and are not shown: is the header row missing?)",
            hidden.len()
        ));
    }
    text
}
