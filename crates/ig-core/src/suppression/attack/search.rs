//! A search for whole-number tables in small components.

use super::component::Component;
use super::ledger::Ledger;
use super::propagation::{Ended, propagate};
use super::stop::{Stop, Work};

/// A whole-number table within these ranges; none if there is none. Cells stay near `near` where they can.
pub(super) fn find(
    component: &Component,
    low: &[i64],
    high: &[Option<i64>],
    near: &[i64],
    work: &mut Work<'_>,
) -> Result<Option<Vec<i64>>, Stop> {
    let mut open = vec![(low.to_vec(), high.to_vec())];
    while let Some((low, high)) = open.pop() {
        if low.iter().zip(&high).any(|(low, high)| high.is_some_and(|high| high < *low)) {
            continue;
        }
        let mut ledger = Ledger::from_ranges(low, high);
        work.spend(component.cells.len() as u64)?;
        match propagate(component, &mut ledger, work) {
            Ok(()) => {}
            Err(Ended::Contradiction(_)) => continue,
            Err(Ended::Stopped(stop)) => return Err(stop),
        }
        let (low, high) = (ledger.low, ledger.high);
        let width = |cell: usize| high[cell].map_or(i128::MAX, |high| i128::from(high) - i128::from(low[cell]));
        let Some(cell) = (0..low.len()).filter(|&cell| width(cell) > 0).min_by_key(|&cell| width(cell)) else {
            if component.holds(&low, 1, &component.low, &component.high) {
                return Ok(Some(low));
            }
            continue;
        };
        // The value nearest to the table at hand, then what lies on either side of it.
        let centre = near[cell].max(low[cell]).min(high[cell].unwrap_or(i64::MAX));
        let mut above = (low.clone(), high.clone());
        let mut below = (low.clone(), high.clone());
        let mut at = (low, high);
        (at.0[cell], at.1[cell]) = (centre, Some(centre));
        if at.0[cell] < i64::MAX {
            above.0[cell] = centre + 1;
            open.push(above);
        }
        if centre > i64::MIN {
            below.1[cell] = Some(centre - 1);
            open.push(below);
        }
        open.push(at);
    }
    Ok(None)
}
