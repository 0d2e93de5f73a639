//! What follows from published cells, by plain elimination with fractions: nothing of the suppressor's own.

use super::System;

/// A fraction in lowest terms with a positive denominator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Fraction(i128, i128);

impl Fraction {
    fn new(above: i128, below: i128) -> Self {
        let (mut a, mut b) = (above.abs(), below.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = if below < 0 { -a } else { a };
        Self(above / divisor, below / divisor)
    }

    fn times(self, other: Self) -> Self {
        Self::new(self.0 * other.0, self.1 * other.1)
    }

    fn over(self, other: Self) -> Self {
        Self::new(self.0 * other.1, self.1 * other.0)
    }

    fn minus(self, other: Self) -> Self {
        Self::new(self.0 * other.1 - other.0 * self.1, self.1 * other.1)
    }
}

/// The cells that somebody can compute who does not know the `unknown` ones: those alone in a row of the reduced
/// echelon form of the relations between unknown cells.
pub(super) fn computable(system: &System, unknown: &[bool]) -> Vec<usize> {
    let columns: Vec<usize> = (0..system.cells()).filter(|&cell| unknown[cell]).collect();
    let mut rows: Vec<Vec<Fraction>> = (0..system.relations())
        .map(|relation| {
            let mut row = vec![Fraction(0, 1); columns.len()];
            for term in system.relation(relation) {
                if let Ok(place) = columns.binary_search(&(term.cell as usize)) {
                    row[place] = Fraction(term.factor.into(), 1);
                }
            }
            row
        })
        .collect();
    let mut pivots = 0;
    for column in 0..columns.len() {
        let Some(found) = (pivots..rows.len()).find(|&row| rows[row][column].0 != 0) else { continue };
        rows.swap(pivots, found);
        let lead = rows[pivots][column];
        rows[pivots].iter_mut().for_each(|entry| *entry = entry.over(lead));
        let pivot = rows[pivots].clone();
        for (place, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if place != pivots && factor.0 != 0 {
                row.iter_mut().zip(&pivot).for_each(|(entry, &other)| *entry = entry.minus(factor.times(other)));
            }
        }
        pivots += 1;
    }
    let alone = |row: &Vec<Fraction>| {
        let mut entries = row.iter().enumerate().filter(|(_, entry)| entry.0 != 0).map(|(place, _)| columns[place]);
        entries.next().filter(|_| entries.next().is_none())
    };
    let mut cells: Vec<usize> = rows.iter().filter_map(alone).collect();
    cells.sort_unstable();
    cells
}

#[test]
fn the_oracle_sees_a_total_less_its_parts() {
    let mut builder = System::builder();
    builder.add_cells(4).expect("cells");
    builder.add_sum(0, &[1, 2, 3]).expect("sum");
    let system = builder.build();
    assert_eq!(computable(&system, &[false, true, false, false]), [1]);
    assert_eq!(computable(&system, &[false, true, true, false]), [0; 0]);
    assert_eq!(computable(&system, &[true, false, false, false]), [0]);
}
