//! The relations of each cell.

use super::super::system::System;

/// For each cell the relations that hold it.
pub(super) struct Lines {
    starts: Vec<usize>,
    relations: Vec<u32>,
}

impl Lines {
    pub(super) fn new(system: &System) -> Self {
        let mut starts = vec![0; system.cells() + 1];
        for relation in 0..system.relations() {
            system.relation(relation).iter().for_each(|term| starts[term.cell as usize + 1] += 1);
        }
        for cell in 0..system.cells() {
            starts[cell + 1] += starts[cell];
        }
        let mut next = starts.clone();
        let mut relations = vec![0; starts[system.cells()]];
        for relation in 0..system.relations() {
            for term in system.relation(relation) {
                let place = &mut next[term.cell as usize];
                relations[*place] = relation as u32;
                *place += 1;
            }
        }
        Self { starts, relations }
    }

    pub(super) fn of(&self, cell: usize) -> &[u32] {
        &self.relations[self.starts[cell]..self.starts[cell + 1]]
    }
}
