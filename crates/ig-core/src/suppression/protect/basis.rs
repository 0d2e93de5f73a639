//! The kernel before anything is published.

use super::super::system::{Cross, Dimension, System};
use super::kernel::{Elimination, Kernel};
use super::row::Entry;
use crate::error::{PolicyError, Result};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The kernel of a whole system, with one row a cell.
pub(super) fn whole(system: &System, counts: &[i64], published: &[bool]) -> Result<Kernel> {
    match system.as_cross() {
        Some(cross) => {
            let mut kernel = of_cross(cross, counts)?;
            for cell in (0..system.cells()).filter(|&cell| published[cell]) {
                kernel.must_publish(cell)?;
            }
            Ok(kernel)
        }
        None => of_relations(system, published),
    }
}

/// A cell's row is the product of its categories' rows: most of them hold a single 1.
fn of_cross(cross: &Cross, counts: &[i64]) -> Result<Kernel> {
    let margins = margins(cross, counts);
    let bases: Vec<(Vec<Vec<Entry>>, usize)> =
        cross.dimensions().iter().zip(&margins).map(|(d, m)| of_dimension(d, m)).collect::<Result<_>>()?;
    let mut rows = vec![vec![Entry { coordinate: 0, factor: 1 }]];
    let mut coordinates = 1;
    for (basis, width) in &bases {
        let product = |outer: &Vec<Entry>, inner: &Vec<Entry>| {
            let times = |a: &Entry, b: &Entry| {
                let factor = a.factor.checked_mul(b.factor)?;
                Some(Entry { coordinate: a.coordinate * *width as u32 + b.coordinate, factor })
            };
            outer.iter().flat_map(|a| inner.iter().map(move |b| times(a, b))).collect::<Option<Vec<Entry>>>()
        };
        let product = rows.iter().flat_map(|outer| basis.iter().map(move |inner| product(outer, inner)));
        rows = product.collect::<Option<_>>().ok_or(PolicyError::TableTooEntangled { cell: 1 })?;
        coordinates *= width;
    }
    Ok(Kernel::new(rows, coordinates))
}

/// What each category of each dimension adds up to; only how they compare matters.
fn margins(cross: &Cross, counts: &[i64]) -> Vec<Vec<i128>> {
    let mut margins: Vec<Vec<i128>> = cross.dimensions().iter().map(|d| vec![0; d.categories().len()]).collect();
    let mut inner = cross.cells();
    for (dimension, margin) in cross.dimensions().iter().zip(&mut margins) {
        let wide = dimension.categories().len();
        inner /= wide;
        for (cell, &count) in counts.iter().enumerate() {
            margin[cell / inner % wide] += i128::from(count);
        }
    }
    margins
}

/// For each category its row: in every sum the smallest part is left out and told by the total and the others.
fn of_dimension(dimension: &Dimension, margin: &[i128]) -> Result<(Vec<Vec<Entry>>, usize)> {
    let categories = dimension.categories().len();
    let mut rows: Vec<Vec<Entry>> = (0..categories as u32).map(unit).collect();
    for sum in dimension.sums() {
        let parts = sum.parts.iter().map(|&part| Entry { coordinate: part as u32, factor: 1 });
        let total = Entry { coordinate: sum.total as u32, factor: -1 };
        rows.push(sorted(parts.chain([total]).collect()));
    }
    let mut kernel = Kernel::new(rows, categories);
    let levels = dimension.levels();
    for sum in categories..categories + dimension.sums().len() {
        let row = kernel.row(sum).to_vec();
        let cheap = |entry: &&Entry| {
            let category = entry.coordinate as usize;
            let held = kernel.column(entry.coordinate).len();
            (entry.factor.unsigned_abs(), levels[category], held, margin[category], category)
        };
        // A part, not the total, wherever there is one.
        let by = row.iter().min_by_key(cheap).map(|entry| entry.coordinate);
        if by.is_some_and(|by| kernel.publish(sum, by) != Elimination::Done) {
            return Err(PolicyError::TableTooEntangled { cell: 1 }.into());
        }
    }
    kernel.keep_rows(categories);
    let mut rows: Vec<Vec<Entry>> = (0..categories).map(|category| kernel.row(category).to_vec()).collect();
    let mut used: Vec<u32> = rows.iter().flatten().map(|entry| entry.coordinate).collect();
    used.sort_unstable();
    used.dedup();
    let number = |coordinate: u32| used.partition_point(|&other| other < coordinate) as u32;
    rows.iter_mut().flatten().for_each(|entry| entry.coordinate = number(entry.coordinate));
    Ok((rows, used.len()))
}

/// Any system: every cell is a coordinate of its own, then each relation is taken out.
fn of_relations(system: &System, published: &[bool]) -> Result<Kernel> {
    let mut rows: Vec<Vec<Entry>> =
        (0..system.cells() as u32).map(|cell| if published[cell as usize] { Vec::new() } else { unit(cell) }).collect();
    for relation in 0..system.relations() {
        let open = system.relation(relation).iter().filter(|term| !published[term.cell as usize]);
        rows.push(open.map(|term| Entry { coordinate: term.cell, factor: term.factor.into() }).collect());
    }
    take_out(Kernel::new(rows, system.cells()), system.cells())
}

/// The kernel of some cells, when all others are published. `relations` are those that hold any of the cells, as
/// places in `cells` and factors.
pub(super) fn of_part(cells: usize, relations: Vec<Vec<Entry>>) -> Result<Kernel> {
    let rows = (0..cells as u32).map(unit).chain(relations).collect();
    take_out(Kernel::new(rows, cells), cells)
}

/// Takes out all rows past the first `cells`, the shortest first, which fills the others least.
fn take_out(mut kernel: Kernel, cells: usize) -> Result<Kernel> {
    let mut heap = BinaryHeap::new();
    let mut relation = cells;
    while relation < kernel.rows() {
        super::row::normalise(kernel.row_mut(relation));
        heap.push(Reverse((kernel.row(relation).len(), relation)));
        relation += 1;
    }
    while let Some(Reverse((length, relation))) = heap.pop() {
        let now = kernel.row(relation).len();
        if now > length {
            heap.push(Reverse((now, relation)));
        } else {
            kernel.must_publish(relation)?;
        }
    }
    kernel.keep_rows(cells);
    Ok(kernel)
}

fn unit(coordinate: u32) -> Vec<Entry> {
    vec![Entry { coordinate, factor: 1 }]
}

pub(super) fn sorted(mut row: Vec<Entry>) -> Vec<Entry> {
    row.sort_unstable_by_key(|entry| entry.coordinate);
    row
}
