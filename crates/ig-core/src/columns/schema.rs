//! Finding a column by its name.

use super::invalid::{looks_like_data, shown_name};
use crate::error::{Error, MisuseError};
use arrow::datatypes::Schema;

/// The position of a column.
///
/// # Errors
/// `misuse.column_missing`; it lists the names there are, unless some look like data, when all of them may be.
/// `misuse.argument` if several columns have that name.
pub(crate) fn column_position(schema: &Schema, name: &str) -> Result<usize, Error> {
    let mut found = schema.fields().iter().enumerate().filter(|(_, field)| field.name() == name);
    if let (Some((position, _)), more) = (found.next(), found.next()) {
        return match more {
            None => Ok(position),
            Some(_) => Err(MisuseError::Argument {
                name: shown_name(name),
                expected: "a table with one column of that name, not several".to_owned(),
            }
            .into()),
        };
    }
    Err({
        let column = if looks_like_data(name) { "of that name".to_owned() } else { name.to_owned() };
        MisuseError::ColumnMissing { column, available: available(schema) }.into()
    })
}

/// At most this many names are listed.
const LISTED: usize = 20;

fn available(schema: &Schema) -> String {
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let hidden = names.iter().filter(|name| name.is_empty() || looks_like_data(name)).count();
    if hidden > 0 {
        // Without a header row the names are one person's cells, of which only some look it.
        return format!(
            "{hidden} of the {} names there are look like data and none is shown: is the header row missing?",
            names.len()
        );
    }
    match names.len() {
        0 => "there is none".to_owned(),
        count if count > LISTED => format!("there are {}, and {} more", names[..LISTED].join(", "), count - LISTED),
        _ => format!("there are {}", names.join(", ")),
    }
}
