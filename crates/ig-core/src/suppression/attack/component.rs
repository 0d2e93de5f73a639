//! Splitting a published table into the parts that an attacker can treat one by one.

use crate::error::{PolicyError, Result};
use crate::suppression::{Shown, System};

/// Cells that are not known, tied together by equations: factors times cells = a known number.
#[derive(Clone, Default)]
pub(super) struct Component {
    /// The cells of the system, rising.
    pub(super) cells: Vec<u32>,
    /// The relation of the system that each row comes from.
    pub(super) relations: Vec<u32>,
    row_starts: Vec<usize>,
    row_terms: Vec<(u32, i64)>,
    column_starts: Vec<usize>,
    column_terms: Vec<u32>,
    /// The right-hand side of each row.
    pub(super) known: Vec<i128>,
    pub(super) low: Vec<i64>,
    pub(super) high: Vec<Option<i64>>,
}

impl Component {
    pub(super) fn rows(&self) -> usize {
        self.known.len()
    }

    pub(super) fn row(&self, row: usize) -> &[(u32, i64)] {
        &self.row_terms[self.row_starts[row]..self.row_starts[row + 1]]
    }

    pub(super) fn entries(&self) -> usize {
        self.row_terms.len()
    }

    /// The rows that hold a cell.
    pub(super) fn rows_of(&self, cell: usize) -> &[u32] {
        &self.column_terms[self.column_starts[cell]..self.column_starts[cell + 1]]
    }

    /// Whether these numbers, divided by `divisor`, meet all equations and lie in these ranges.
    pub(super) fn holds(&self, numbers: &[i64], divisor: i64, low: &[i64], high: &[Option<i64>]) -> bool {
        let divisor = i128::from(divisor);
        let within = |(cell, &number): (usize, &i64)| {
            let number = i128::from(number);
            i128::from(low[cell]) * divisor <= number
                && high[cell].is_none_or(|high| number <= i128::from(high) * divisor)
        };
        let sum = |row: usize| {
            let product = |&(cell, factor): &(u32, i64)| i128::from(factor) * i128::from(numbers[cell as usize]);
            self.row(row).iter().map(product).sum::<i128>()
        };
        numbers.iter().enumerate().all(within)
            && (0..self.rows()).all(|row| self.known[row].checked_mul(divisor) == Some(sum(row)))
    }

    /// Some of the cells, rising, with all others at these numbers, which meet all equations.
    pub(super) fn part(&self, cells: &[u32], numbers: &[i64]) -> Self {
        let mut part = Self { row_starts: vec![0], ..Self::default() };
        let mut rows: Vec<u32> = cells.iter().flat_map(|&cell| self.rows_of(cell as usize)).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            let mut known = self.known[row as usize];
            for &(cell, factor) in self.row(row as usize) {
                match cells.binary_search(&cell) {
                    Ok(place) => part.row_terms.push((place as u32, factor)),
                    Err(_) => known -= i128::from(factor) * i128::from(numbers[cell as usize]),
                }
            }
            part.row_starts.push(part.row_terms.len());
            part.relations.push(self.relations[row as usize]);
            part.known.push(known);
        }
        for &cell in cells {
            part.cells.push(self.cells[cell as usize]);
            part.low.push(self.low[cell as usize]);
            part.high.push(self.high[cell as usize]);
        }
        part.index_columns();
        part
    }

    fn index_columns(&mut self) {
        let mut starts = vec![0; self.cells.len() + 1];
        for &(cell, _) in &self.row_terms {
            starts[cell as usize + 1] += 1;
        }
        for cell in 0..self.cells.len() {
            starts[cell + 1] += starts[cell];
        }
        let mut next = starts.clone();
        self.column_terms = vec![0; self.row_terms.len()];
        for row in 0..self.rows() {
            for &(cell, _) in &self.row_terms[self.row_starts[row]..self.row_starts[row + 1]] {
                self.column_terms[next[cell as usize]] = row as u32;
                next[cell as usize] += 1;
            }
        }
        self.column_starts = starts;
    }
}

/// The components of a table, in the order of their first cells.
///
/// # Errors
/// `policy.inconsistent_relation` for an equation between known cells that does not hold.
pub(super) fn split(system: &System, shown: &[Shown]) -> Result<Vec<Component>> {
    let mut above: Vec<u32> = (0..shown.len() as u32).collect();
    let unknown: Vec<bool> = shown.iter().map(|shown| !shown.is_one_count()).collect();
    let mut known = Vec::with_capacity(system.relations());
    for relation in 0..system.relations() {
        let mut first = None;
        let mut sum = 0_i128;
        for term in system.relation(relation) {
            let cell = term.cell as usize;
            if unknown[cell] {
                join(&mut above, *first.get_or_insert(term.cell), term.cell);
            } else {
                sum -= i128::from(term.factor) * i128::from(shown[cell].low());
            }
        }
        if first.is_none() && sum != 0 {
            return Err(PolicyError::InconsistentRelation { relation: relation + 1 }.into());
        }
        known.push(sum);
    }
    let mut components: Vec<Component> = Vec::new();
    let mut place = vec![(u32::MAX, 0_u32); shown.len()];
    for cell in (0..shown.len()).filter(|&cell| unknown[cell]) {
        let root = find(&mut above, cell as u32) as usize;
        if place[root].0 == u32::MAX {
            place[root].0 = components.len() as u32;
            components.push(Component { row_starts: vec![0], ..Component::default() });
        }
        let number = place[root].0;
        let component = &mut components[number as usize];
        place[cell] = (number, component.cells.len() as u32);
        component.cells.push(cell as u32);
        component.low.push(shown[cell].low());
        component.high.push(shown[cell].high());
    }
    for (relation, known) in known.into_iter().enumerate() {
        let mut inside = system.relation(relation).iter().filter(|term| unknown[term.cell as usize]).peekable();
        let Some(first) = inside.peek() else { continue };
        let component = &mut components[place[first.cell as usize].0 as usize];
        component.row_terms.extend(inside.map(|term| (place[term.cell as usize].1, i64::from(term.factor))));
        component.row_starts.push(component.row_terms.len());
        component.relations.push(relation as u32);
        component.known.push(known);
    }
    for component in &mut components {
        component.index_columns();
    }
    Ok(components)
}

fn find(above: &mut [u32], cell: u32) -> u32 {
    let mut cell = cell;
    while above[cell as usize] != cell {
        above[cell as usize] = above[above[cell as usize] as usize];
        cell = above[cell as usize];
    }
    cell
}

/// The smaller root stays, so the outcome is the same in any order.
fn join(above: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(above, a), find(above, b));
    above[a.max(b) as usize] = a.min(b);
}
