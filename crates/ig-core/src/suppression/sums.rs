//! The totals of a system, in an order in which every part comes before its total.

use super::system::System;
use std::collections::VecDeque;

/// Which equation makes which total, and which are left over.
pub(super) struct Sums {
    /// Totals with the equation that they are made by, parts first.
    pub(super) order: Vec<(usize, usize)>,
    /// Equations whose total is made by another one, such as the second of two hierarchies.
    pub(super) others: Vec<usize>,
}

/// The one total of an equation that is a sum: the cell of factor −1 among factors of 1.
pub(super) fn total_of(system: &System, relation: usize) -> Option<usize> {
    let mut total = None;
    for term in system.relation(relation) {
        match term.factor {
            1 => {}
            -1 if total.is_none() => total = Some(term.cell as usize),
            _ => return None,
        }
    }
    total
}

impl Sums {
    /// Puts the sums in order; the first equation that is no sum, or has its total among its own parts, otherwise.
    pub(super) fn of(system: &System) -> Result<Self, usize> {
        let totals: Vec<usize> = (0..system.relations())
            .map(|relation| total_of(system, relation).ok_or(relation))
            .collect::<Result<_, _>>()?;
        let mut is_total = vec![false; system.cells()];
        for &total in &totals {
            is_total[total] = true;
        }
        let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); system.cells()];
        let mut waiting = vec![0_usize; system.relations()];
        for (relation, &total) in totals.iter().enumerate() {
            for part in system.relation(relation).iter().map(|term| term.cell as usize) {
                if part != total && is_total[part] {
                    needed_by[part].push(relation);
                    waiting[relation] += 1;
                }
            }
        }
        let mut ready: VecDeque<usize> = (0..totals.len()).filter(|&relation| waiting[relation] == 0).collect();
        let (mut sums, mut made) = (Self { order: Vec::new(), others: Vec::new() }, vec![false; system.cells()]);
        while let Some(relation) = ready.pop_front() {
            let total = totals[relation];
            if made[total] {
                sums.others.push(relation);
                continue;
            }
            made[total] = true;
            sums.order.push((total, relation));
            for &above in &needed_by[total] {
                waiting[above] -= 1;
                if waiting[above] == 0 {
                    ready.push_back(above);
                }
            }
        }
        match waiting.iter().position(|&parts| parts > 0) {
            Some(relation) => Err(relation),
            None => Ok(sums),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suppression::{Dimension, DimensionSum, Term};

    #[test]
    fn parts_come_first_and_second_ways_to_a_total_are_left_over() {
        let sum = |total, parts: &[usize]| DimensionSum { total, parts: parts.to_vec() };
        let names = ["all", "a", "b", "c", "d", "x", "y"].map(str::to_owned).to_vec();
        let sums = vec![sum(0, &[1, 2]), sum(1, &[3, 4]), sum(0, &[5, 6])];
        let system = System::cross(vec![Dimension::new(names, sums).expect("dimension")]).expect("cross");
        let sums = Sums::of(&system).expect("sums");
        assert_eq!(sums.order.iter().map(|&(total, _)| total).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(sums.others, [0]);
    }

    #[test]
    fn what_is_no_sum_is_named() {
        let mut builder = System::builder();
        builder.add_cells(3).expect("cells");
        builder.add_sum(0, &[1, 2]).expect("sum");
        builder.add_relation(&[Term { cell: 0, factor: 2 }, Term { cell: 1, factor: -1 }]).expect("relation");
        assert_eq!(Sums::of(&builder.build()).err(), Some(1));
        let mut builder = System::builder();
        builder.add_cells(2).expect("cells");
        builder.add_sum(0, &[1]).expect("sum");
        builder.add_sum(1, &[0]).expect("sum");
        assert_eq!(Sums::of(&builder.build()).err(), Some(0));
    }
}
