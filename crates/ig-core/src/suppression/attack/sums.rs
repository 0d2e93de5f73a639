//! The attackers who only add and subtract: a reader, one contributor, and contributors who pool what they know.

use super::component::Component;
use super::elimination::Elimination;
use super::field::{Field, Random};
use super::outcome::Recomputable;
use super::stop::{Stop, Work};
use std::collections::BTreeMap;

/// Per cell of a component; `plain` is a reader who knows no cell of their own.
pub(super) struct Sums {
    pub(super) plain: Vec<Recomputable>,
    /// A cell of the component.
    pub(super) by_contributor: Vec<Option<u32>>,
    pub(super) by_pooling: Vec<Recomputable>,
    /// Modulo the first prime.
    pub(super) elimination: Option<Elimination>,
}

/// Looks modulo two random primes. A cell is called recomputable if either says so, and not recomputable only if
/// both agree: a prime errs in that direction only if it divides one certain whole number.
pub(super) fn attack(
    component: &Component,
    own: &[u32],
    fields: [Field; 2],
    random: &mut Random,
    work: &mut Work<'_>,
) -> Result<Sums, Stop> {
    let cells = component.cells.len();
    let undecided = || vec![Recomputable::Undecided; cells];
    let mut sums = Sums {
        plain: vec![Recomputable::No; cells],
        by_contributor: vec![None; cells],
        by_pooling: vec![Recomputable::No; cells],
        elimination: None,
    };
    let mut look = |sums: &mut Sums| {
        for (round, field) in fields.into_iter().enumerate() {
            let elimination = Elimination::new(component, field, None, work)?;
            let change = elimination.hidden_change(random, None);
            mark(&mut sums.plain, &change, None);
            if !own.is_empty() {
                let second = elimination.hidden_change(random, None);
                by_contributor(sums, field, own, &change, &second);
                let mut given = vec![false; cells];
                for &cell in own {
                    given[cell as usize] = true;
                }
                let pooled = Elimination::new(component, field, Some(&given), work)?;
                mark(&mut sums.by_pooling, &pooled.hidden_change(random, Some(&given)), Some(&given));
            }
            if round == 0 {
                sums.elimination = Some(elimination);
            }
        }
        Ok(())
    };
    match look(&mut sums) {
        Ok(()) => Ok(sums),
        Err(Stop::Interrupted) => Err(Stop::Interrupted),
        Err(Stop::Exhausted) => Ok(Sums { plain: undecided(), by_pooling: undecided(), elimination: None, ..sums }),
    }
}

fn mark(marks: &mut [Recomputable], change: &[u64], given: Option<&[bool]>) {
    for (cell, mark) in marks.iter_mut().enumerate() {
        if change[cell] == 0 && given.is_none_or(|given| !given[cell]) {
            *mark = Recomputable::Yes;
        }
    }
}

/// Who knows one cell can compute another if the two change in proportion in whatever the sums do not notice.
fn by_contributor(sums: &mut Sums, field: Field, own: &[u32], first: &[u64], second: &[u64]) {
    let ratio = |cell: usize| match first[cell] {
        0 => (second[cell] != 0).then_some(u64::MAX),
        value => Some(field.multiply(second[cell], field.invert(value))),
    };
    let mut owners: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for &cell in own {
        if let Some(ratio) = ratio(cell as usize) {
            owners.entry(ratio).or_default().push(cell);
        }
    }
    for (cell, found) in sums.by_contributor.iter_mut().enumerate() {
        let owners = ratio(cell).and_then(|ratio| owners.get(&ratio));
        let other = owners.and_then(|owners| owners.iter().copied().find(|&owner| owner as usize != cell));
        *found = found.or(other);
    }
}
