//! Who was left out: the way of every row, as a drawing and as a table.

use super::blocks::{Column, Table, section};
use super::flow::flow;
use super::markup::Markup;
use super::words::{day, number};
use crate::agreement::{Dataset, condition};
use crate::release::{Manifest, ManifestDataset};

const COLUMNS: &[(Column, &str)] = &[
    (Column::Name, "Dataset"),
    (Column::Number, "Rows read"),
    (Column::Number, "By row filters"),
    (Column::Number, "Opted out"),
    (Column::Number, "No valid NHS number"),
    (Column::Number, "Never checked"),
    (Column::Number, "Rows that went on"),
    (Column::Number, "People"),
    (Column::Text, "Data last updated"),
];

pub(super) fn left_out(manifest: &Manifest) -> Markup {
    let drawings = manifest.datasets.iter().map(|dataset| flow(dataset, manifest)).collect();
    let mut table = Table::new("Rows and people by dataset; the drawing above, in figures", COLUMNS);
    manifest.datasets.iter().for_each(|dataset| table.row(cells(dataset)));
    let notes: Markup = manifest.datasets.iter().flat_map(|dataset| notes(dataset, manifest)).collect();
    let notes = Markup::element("ul", &[("class", "notes")], notes);
    let inner = Markup::element("div", &[("class", "flows")], drawings).and(table.markup()).and(notes);
    section("left-out", "Who was left out", inner)
}

fn cells(dataset: &ManifestDataset) -> Vec<Markup> {
    let of_people = |count: u64| if dataset.person_level { number(count) } else { "not asked".to_owned() };
    let as_of = dataset.as_of.as_deref().map_or_else(|| "not stated".to_owned(), day);
    let people = dataset.people.map_or_else(|| "not about people".to_owned(), number);
    [
        dataset.name.clone(),
        number(dataset.rows_in),
        number(dataset.filtered),
        of_people(dataset.opted_out),
        of_people(dataset.invalid),
        of_people(dataset.refused),
        number(dataset.rows_out),
        people,
        as_of,
    ]
    .iter()
    .map(|text| Markup::text(text))
    .collect()
}

/// The row filters with their reasons, and what could not be read.
fn notes(dataset: &ManifestDataset, manifest: &Manifest) -> Vec<Markup> {
    let agreed = manifest.decision.agreement().dataset(&dataset.name);
    let filters = agreed.map_or(&[][..], |agreed: &Dataset| &agreed.row_filter);
    let mut notes: Vec<_> = filters
        .iter()
        .map(|filter| format!("{}: only rows where {}: {}.", dataset.name, condition(filter), filter.justification))
        .collect();
    if !dataset.cells_set_to_null.is_empty() {
        let cells: Vec<_> =
            dataset.cells_set_to_null.iter().map(|(field, count)| format!("{field} {}", number(*count))).collect();
        notes.push(format!(
            "{}: cells that could not be read and were left blank: {}.",
            dataset.name,
            cells.join(", ")
        ));
    }
    notes.iter().map(|note| Markup::of("li", note)).collect()
}
