//! Rounding in a network (Cox 1987): as long as cells are off the base there is a cycle of them, and moving what is
//! beyond the base round the cycle keeps all sums and brings one cell to a multiple.
//!
//! Why there is a cycle: at each node the sums hold, so what is beyond the base adds up to a multiple of it, and one cell
//! cannot be off alone. Why it is unbiased: a cycle moves by `up` with chance `down / (up + down)` and by `-down`
//! otherwise, so each cell stays where it is on average, at every step.

use super::network::Network;
use super::source::Draws;

struct Walk {
    network: Network,
    base: i64,
    rests: Vec<i64>,
    now: Vec<i64>,
    /// Cells at each node, among them some that are done.
    at_node: Vec<Vec<usize>>,
    place_of_node: Vec<usize>,
}

const NOT_ON_PATH: usize = usize::MAX;

/// By how much each cell changes.
pub(super) fn round(network: Network, rests: &[i64], base: i64, draws: &mut Draws<'_>) -> Vec<i64> {
    let mut at_node = vec![Vec::new(); network.nodes];
    for (cell, &(from, into)) in network.arcs.iter().enumerate() {
        if from != into && rests[cell] != 0 {
            at_node[from].push(cell);
            at_node[into].push(cell);
        }
    }
    let place_of_node = vec![NOT_ON_PATH; network.nodes];
    let mut walk = Walk { network, base, rests: rests.to_vec(), now: rests.to_vec(), at_node, place_of_node };
    for cell in 0..rests.len() {
        let (from, into) = walk.network.arcs[cell];
        if from == into && walk.is_off(cell) {
            walk.turn(&[(cell, 1)], draws);
        } else {
            walk.walk_from(cell, draws);
        }
    }
    walk.now.iter().zip(rests).map(|(now, rest)| now - rest).collect()
}

impl Walk {
    fn is_off(&self, cell: usize) -> bool {
        0 < self.now[cell] && self.now[cell] < self.base
    }

    /// Another cell at the node that is off the base.
    fn next_at(&mut self, node: usize, except: usize) -> Option<usize> {
        while let Some(&last) = self.at_node[node].last() {
            if self.is_off(last) {
                break;
            }
            self.at_node[node].pop();
        }
        loop {
            let place = self.at_node[node].iter().rposition(|&cell| cell != except)?;
            let cell = self.at_node[node][place];
            if self.is_off(cell) {
                return Some(cell);
            }
            self.at_node[node].remove(place);
        }
    }

    /// Walks on from a cell and turns every cycle it meets, until the cell itself is done.
    fn walk_from(&mut self, start: usize, draws: &mut Draws<'_>) {
        // Cells walked, each with the sign of a step in the walk's direction.
        let mut path: Vec<(usize, i64)> = Vec::new();
        let mut begins: Vec<usize> = Vec::new();
        let mut node = self.network.arcs[start].0;
        while self.is_off(start) {
            let next = path.last().map_or(Some(start), |&(last, _)| self.next_at(node, last));
            // Cannot be while sums hold; the caller's check refuses what is left undone.
            let Some(cell) = next else { break };
            let (from, into) = self.network.arcs[cell];
            self.place_of_node[node] = path.len();
            path.push((cell, if node == from { 1 } else { -1 }));
            begins.push(node);
            node = if node == from { into } else { from };
            let cycle = self.place_of_node[node];
            if cycle != NOT_ON_PATH {
                self.turn(&path[cycle..], draws);
                path.truncate(cycle);
                for node in begins.drain(cycle..) {
                    self.place_of_node[node] = NOT_ON_PATH;
                }
            }
        }
        for node in begins {
            self.place_of_node[node] = NOT_ON_PATH;
        }
    }

    /// Moves a cycle until one of its cells is a multiple of the base.
    fn turn(&mut self, cycle: &[(usize, i64)], draws: &mut Draws<'_>) {
        let room = |direction: i64| {
            let of_cell = |&(cell, sign): &(usize, i64)| {
                if sign == direction { self.base - self.now[cell] } else { self.now[cell] }
            };
            cycle.iter().map(of_cell).min().unwrap_or(0)
        };
        let (up, down) = (room(1), room(-1));
        let change = |step: i64| {
            let off = |&(cell, sign): &(usize, i64)| (self.now[cell] + sign * step - self.rests[cell]).abs();
            cycle.iter().map(off).sum::<i64>()
        };
        let goes_up = match draws.below(up + down) {
            Some(number) => number < down,
            None => change(up) <= change(-down),
        };
        let step = if goes_up { up } else { -down };
        for &(cell, sign) in cycle {
            self.now[cell] += sign * step;
        }
    }
}
