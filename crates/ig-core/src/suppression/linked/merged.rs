//! What several tables say of the same cells.

use super::union::{Part, Union};
use crate::error::{Error, PolicyError, Result};
use crate::suppression::layout::{Layout, Listed};
use crate::suppression::options::Margins;
use crate::suppression::{System, Term};

/// The linked tables as one layout, and where each cell came from.
pub(super) struct Merged {
    pub(super) layout: Layout,
    /// For each cell a table and the cell there that said most about it.
    from: Vec<Option<(usize, usize)>>,
}

/// Puts counts together, which must agree.
///
/// # Errors
/// `policy.linked_tables_differ`.
pub(super) fn merge(names: &[&str], parts: &[Part<'_>], union: &Union, margins: Margins) -> Result<Merged> {
    let cells = union.system.cells();
    let mut counts: Vec<Option<i64>> = vec![None; cells];
    let mut listed = vec![Listed::NotPublished; cells];
    let mut from: Vec<Option<(usize, usize)>> = vec![None; cells];
    for (place, part) in parts.iter().enumerate() {
        for (own, cell) in union.places[place].iter().enumerate().filter_map(|(own, cell)| Some((own, (*cell)?))) {
            let (count, kind) = (part.layout.counts[own], part.layout.listed[own]);
            if !is_stated(count, kind) {
                continue;
            }
            match from[cell] {
                Some(first) if counts[cell] != count => return Err(differ(names, parts, first, (place, own))),
                Some(_) if strength(kind) <= strength(listed[cell]) => {}
                _ => (counts[cell], listed[cell], from[cell]) = (count, kind, Some((place, own))),
            }
        }
    }
    if let Some(relation) = broken(&union.system, &counts) {
        let of = |term: &Term| from[term.cell as usize];
        let mut owners: Vec<_> = union.system.relation(relation).iter().filter_map(of).collect();
        owners.sort_unstable();
        let (first, last) = (owners.first().copied(), owners.last().copied());
        return Err(differ(names, parts, first.unwrap_or_default(), last.unwrap_or_default()));
    }
    let system = union.system.clone();
    Ok(Merged { layout: Layout { system, axes: Vec::new(), counts, listed, margins }, from })
}

impl Merged {
    /// The row of a cell, counted from 1, in the table that said most about it.
    pub(super) fn row(&self, cell: usize, parts: &[Part<'_>]) -> usize {
        self.from[cell].map_or(1, |(place, own)| parts[place].layout.some_row(own))
    }
}

/// Whether the table says anything about the cell's count; a row without a count says that it is missing.
fn is_stated(count: Option<i64>, kind: Listed) -> bool {
    count.is_some() || matches!(kind, Listed::Row(_))
}

/// Who leaves a combination out tells readers that it is zero, whatever another table shows.
fn strength(kind: Listed) -> u8 {
    match kind {
        Listed::NotPublished => 0,
        Listed::Added => 1,
        Listed::Row(_) => 2,
        Listed::ReadAsZero => 3,
    }
}

fn broken(system: &System, counts: &[Option<i64>]) -> Option<usize> {
    let unknown: Vec<bool> = counts.iter().map(Option::is_none).collect();
    let counts: Vec<i64> = counts.iter().map(|count| count.unwrap_or(0)).collect();
    system.first_broken_of(&counts, &unknown)
}

pub(super) fn differ(names: &[&str], parts: &[Part<'_>], first: (usize, usize), second: (usize, usize)) -> Error {
    PolicyError::LinkedTablesDiffer {
        first: names[first.0].to_owned(),
        first_place: place_of(parts[first.0].layout, first.1),
        second: names[second.0].to_owned(),
        second_place: place_of(parts[second.0].layout, second.1),
    }
    .into()
}

/// Where a person finds a cell in their table.
fn place_of(layout: &Layout, cell: usize) -> String {
    match layout.listed[cell] {
        Listed::Row(row) => format!("row {}", row + 1),
        Listed::Added => format!("the total over row {} and others", layout.some_row(cell)),
        Listed::ReadAsZero => "a combination that is left out".to_owned(),
        Listed::NotPublished => format!("the sum of row {} and others, which is not listed", layout.some_row(cell)),
    }
}
