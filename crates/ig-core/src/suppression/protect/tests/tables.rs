//! Small random tables of every shape.

use super::super::super::system::{Dimension, DimensionSum, System};
use super::Table;

/// A fixed sequence of small numbers for each start (a linear congruential generator).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn count(&mut self) -> i64 {
        [0, 1, 1, 2, 3, 4, 6, 9, 17, 40][self.below(10)]
    }
}

fn dimension(parts: usize, sums: &[&[usize]]) -> Dimension {
    let labels = (0..=parts).map(|place| place.to_string()).collect();
    let sum = |(total, parts): (usize, &&[usize])| DimensionSum { total, parts: parts.to_vec() };
    // Category 0 is the total of the first sum; further sums belong to the categories 1, 2, ...
    Dimension::new(labels, sums.iter().enumerate().map(sum).collect()).expect("a hierarchy")
}

fn flat(parts: usize) -> Dimension {
    let places: Vec<usize> = (1..=parts).collect();
    dimension(parts, &[&places])
}

/// The shapes in turn, by number.
pub(super) fn dimensions(shape: usize) -> Vec<Dimension> {
    match shape % 5 {
        0 => vec![flat(3), flat(3)],
        1 => vec![flat(2), flat(3), flat(2)],
        // 0 = 1 + 2, 1 = 3 + 4, 2 = 5 + 6 + 7; and one level alone.
        2 => vec![dimension(7, &[&[1, 2], &[3, 4], &[5, 6, 7]]), flat(2)],
        // A ragged hierarchy and a total with one part.
        3 => vec![dimension(5, &[&[1, 2, 3], &[4], &[5]]), flat(3)],
        // 0 = 1 + 2 = 3 + 4 over the leaves 5..=8: two overlapping hierarchies.
        _ => vec![overlapping(), flat(2)],
    }
}

fn overlapping() -> Dimension {
    let labels = (0..9).map(|place: u32| place.to_string()).collect();
    let sums = [(0, [1, 2]), (1, [5, 6]), (2, [7, 8]), (0, [3, 4]), (3, [5, 7]), (4, [6, 8])];
    let sum = |(total, parts): (usize, [usize; 2])| DimensionSum { total, parts: parts.to_vec() };
    Dimension::new(labels, sums.map(sum).to_vec()).expect("a hierarchy")
}

/// Leaves at random, totals from their parts.
pub(super) fn fill(system: &System, dice: &mut Dice) -> Vec<i64> {
    let mut counts: Vec<Option<i64>> = vec![None; system.cells()];
    let is_total =
        |cell: u32| (0..system.relations()).any(|r| system.relation(r).iter().any(|t| t.cell == cell && t.factor < 0));
    for (cell, count) in (0_u32..).zip(&mut counts) {
        *count = (!is_total(cell)).then(|| dice.count());
    }
    while counts.contains(&None) {
        for relation in 0..system.relations() {
            let terms = system.relation(relation);
            let total = terms.iter().find(|term| term.factor < 0).expect("a sum");
            let parts = terms.iter().filter(|term| term.factor > 0).map(|term| counts[term.cell as usize]);
            if let Some(sum) = parts.sum::<Option<i64>>() {
                counts[total.cell as usize] = Some(sum);
            }
        }
    }
    counts.into_iter().flatten().collect()
}

pub(super) fn random(number: usize) -> Table {
    let mut dice = Dice(number as u64);
    let system =
        if number % 6 == 5 { linked(&mut dice) } else { System::cross(dimensions(number % 6)).expect("a table") };
    let counts = fill(&system, &mut dice);
    Table::new(system, counts)
}

/// Two crosses whose margins of the first dimension are the same cells, tied by equations.
fn linked(dice: &mut Dice) -> System {
    let mut builder = System::builder();
    let first = builder.add_cross(vec![flat(3), flat(2)]).expect("cross");
    let wide = 2 + dice.below(2);
    let second = builder.add_cross(vec![flat(3), flat(wide)]).expect("cross");
    // Both tables count the same people by area: the margins hang on common cells.
    let shared = builder.add_cells(3).expect("cells");
    for area in 0..3 {
        let parts = [first + (area + 1) * 3, second + (area + 1) * (wide + 1)];
        builder.add_sum(shared + area, &parts).expect("sum");
    }
    builder.build()
}

pub(super) fn cross_table(rows: usize, columns: usize, inner: &[i64]) -> Table {
    let system = System::cross(vec![flat(rows), flat(columns)]).expect("cross");
    let mut counts = vec![0; system.cells()];
    let wide = columns + 1;
    for row in 0..rows {
        for column in 0..columns {
            let count = inner[row * columns + column];
            for place in [(row + 1) * wide + column + 1, (row + 1) * wide, column + 1, 0] {
                counts[place] += count;
            }
        }
    }
    Table::new(system, counts)
}
