//! Large components: examples that leave everything far away as it is.
//!
//! A table that differs from the true one in a few cells near a target is an example like any other, and a linear
//! program over these cells costs little where one over the component grows with the square of its size. What no such
//! example decides is left to the whole component.

use super::component::Component;
use super::elimination::Elimination;
use super::field::Field;
use super::ledger::Ledger;
use super::outcome::Method;
use super::ranges::Ranges;
use super::stop::{Stop, Work};
use super::task::{Bounds, Limits, Need};

/// Components of fewer cells are treated as a whole from the start.
const LARGE: usize = 2_500;

/// The cells around a target, in one try after the other.
const SIZES: [usize; 3] = [60, 200, 500];

/// Looks for examples near each wanted cell that is not decided.
pub(super) fn look(
    ranges: &mut Ranges<'_>,
    field: Field,
    counts: &[i64],
    wanted: &[(usize, Need)],
    limits: &Limits,
    work: &mut Work<'_>,
) -> Result<(), Stop> {
    let component = ranges.component;
    if component.cells.len() < LARGE {
        return Ok(());
    }
    let mut seen = vec![0_u32; component.cells.len()];
    let mut round = 0;
    for &(cell, need) in wanted {
        for size in SIZES {
            if ranges.is_decided(cell, need, Bounds::Enough) {
                break;
            }
            round += 1;
            let mut cells = around(component, cell, size, &mut seen, round);
            cells.sort_unstable();
            let part = component.part(&cells, counts);
            let (low, high) =
                cells.iter().map(|&at| (ranges.ledger.low[at as usize], ranges.ledger.high[at as usize])).unzip();
            let ledger = Ledger::from_ranges(low, high);
            let mut inner = Ranges::new(&part, ledger, vec![Method::Propagation; cells.len()]);
            let own: Vec<i64> = cells.iter().map(|&at| counts[at as usize]).collect();
            inner.add_example(&own, 1);
            let elimination = Elimination::new(&part, field, None, work)?;
            let Ok(place) = cells.binary_search(&(cell as u32)) else { break };
            inner.solve(&elimination, &[(place, need)], Bounds::Enough, limits, work)?;
            ranges.programs += inner.programs;
            for (&at, (possible, found)) in cells.iter().zip(inner.examples.possible.iter().zip(&inner.examples.found))
            {
                ranges.examples.widen(at as usize, *possible, *found);
            }
        }
    }
    Ok(())
}

/// A cell and the nearest ones to it by steps along equations.
fn around(component: &Component, cell: usize, size: usize, seen: &mut [u32], round: u32) -> Vec<u32> {
    let mut cells = vec![cell as u32];
    seen[cell] = round;
    let mut next = 0;
    while let Some(&here) = cells.get(next) {
        next += 1;
        for &row in component.rows_of(here as usize) {
            for &(other, _) in component.row(row as usize) {
                if cells.len() < size && std::mem::replace(&mut seen[other as usize], round) != round {
                    cells.push(other);
                }
            }
        }
        if cells.len() >= size {
            break;
        }
    }
    cells
}
