//! Systems whose equations are the nodes of a network and whose cells are its arcs.

use crate::suppression::sums::total_of;
use crate::suppression::system::{Cross, System, Term};
use std::collections::VecDeque;

/// For each cell, the node it leads out of and the one it leads into. The last node stands for everything outside.
pub(super) struct Network {
    pub(super) arcs: Vec<(usize, usize)>,
    pub(super) nodes: usize,
}

impl Network {
    /// The network of a system, if it is one: after equations that follow from others are left out, each cell is in at most two,
    /// with opposite signs once some equations are turned round.
    pub(super) fn of(system: &System) -> Option<Self> {
        let all: Vec<usize> = (0..system.relations()).collect();
        let of_cross = system
            .as_cross()
            .into_iter()
            .flat_map(|cross| (0..cross.dimensions().len()).filter_map(|nested| needed(system, cross, nested)));
        std::iter::once(all).chain(of_cross).find_map(|relations| Self::of_relations(system, &relations))
    }

    fn of_relations(system: &System, relations: &[usize]) -> Option<Self> {
        let mut of_cell: Vec<Vec<(usize, bool)>> = vec![Vec::new(); system.cells()];
        for (node, &relation) in relations.iter().enumerate() {
            for &Term { cell, factor } in system.relation(relation) {
                let here = &mut of_cell[cell as usize];
                if factor.abs() != 1 || here.len() == 2 {
                    return None;
                }
                here.push((node, factor == 1));
            }
        }
        let turned = turned(relations.len(), &of_cell)?;
        let outside = relations.len();
        let arc = |nodes: &Vec<(usize, bool)>| {
            let into = |&(node, plus): &(usize, bool)| plus != turned[node];
            match nodes[..] {
                [] => (outside, outside),
                [one] if into(&one) => (outside, one.0),
                [one] => (one.0, outside),
                [one, other, ..] if into(&one) => (other.0, one.0),
                [one, other, ..] => (one.0, other.0),
            }
        };
        Some(Self { arcs: of_cell.iter().map(arc).collect(), nodes: outside + 1 })
    }
}

/// In a cross of two dimensions, sums along one of them that hold at every innermost category of the other hold at its totals too.
fn needed(system: &System, cross: &Cross, nested: usize) -> Option<Vec<usize>> {
    if cross.dimensions().len() > 2 {
        return None;
    }
    let levels = cross.dimensions()[nested].levels();
    let is_needed = |relation: &usize| {
        let total = total_of(system, *relation)?;
        let part = system.relation(*relation).iter().map(|term| term.cell as usize).find(|&cell| cell != total)?;
        let (total, part) = (cross.categories(total), cross.categories(part));
        Some(total[nested] != part[nested] || levels[total[nested]] == 0)
    };
    Some((0..system.relations()).filter(|relation| is_needed(relation).unwrap_or(true)).collect())
}

/// Which equations to turn round so that every cell has opposite signs in its two.
fn turned(nodes: usize, of_cell: &[Vec<(usize, bool)>]) -> Option<Vec<bool>> {
    let mut neighbours: Vec<Vec<(usize, bool)>> = vec![Vec::new(); nodes];
    for pair in of_cell.iter().filter(|pair| pair.len() == 2) {
        let ((one, plus), (other, other_plus)) = (pair[0], pair[1]);
        neighbours[one].push((other, plus == other_plus));
        neighbours[other].push((one, plus == other_plus));
    }
    let mut turned: Vec<Option<bool>> = vec![None; nodes];
    for start in 0..nodes {
        if turned[start].is_some() {
            continue;
        }
        turned[start] = Some(false);
        let mut waiting = VecDeque::from([(start, false)]);
        while let Some((node, is_turned)) = waiting.pop_front() {
            for &(next, differs) in &neighbours[node] {
                let wanted = is_turned != differs;
                match turned[next] {
                    None => {
                        turned[next] = Some(wanted);
                        waiting.push_back((next, wanted));
                    }
                    Some(is) if is != wanted => return None,
                    Some(_) => {}
                }
            }
        }
    }
    turned.into_iter().collect()
}
