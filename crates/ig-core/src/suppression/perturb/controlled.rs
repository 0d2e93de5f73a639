//! Controlled rounding: every number a multiple of the base, and all sums hold.

mod cycles;
mod network;
mod search;
mod source;
#[cfg(test)]
mod tests;

pub use source::RoundingSource;

use crate::error::{MisuseError, PolicyError, Result};
use crate::suppression::sums::total_of;
use crate::suppression::system::System;
use network::Network;
use serde::{Deserialize, Serialize};
use source::Draws;
use std::fmt;

/// To what counts are rounded, and how far they may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdditiveRounding {
    /// Results are multiples of it: 2 to 1000.
    pub base: u32,
    /// Every result is less than this many bases from its count: 1 or more. With 1, multiples of the base stay as they
    /// are, and some tables of three and more dimensions have no solution.
    pub max_bases: u32,
}

/// Who decides between two multiples that would both do.
#[derive(Debug, Clone, Copy)]
pub enum Choice<'a> {
    /// Closeness: the sum of all changes is made small, step by step. Whoever knows the method can rule out
    /// counts that would have been rounded otherwise.
    Closest,
    /// Chance, under a key.
    Keyed(&'a RoundingSource),
}

/// How the result was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMethod {
    /// The sums are a network: a solution within one base always exists and was found. With a key, every cell is right on
    /// average.
    Network,
    /// By search, checked afterwards. Innermost cells are within one base; nothing is said about averages, and a
    /// closer solution may exist where more than 16 innermost cells are off the base.
    Search,
}

/// A table in which all sums hold. `Debug` shows no count.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RoundedTable {
    counts: Vec<i64>,
    method: RoundingMethod,
    bases: u32,
}

impl RoundedTable {
    /// The rounded counts, in the order of the system's cells.
    pub fn counts(&self) -> &[i64] {
        &self.counts
    }

    /// How the result was found.
    pub const fn method(&self) -> RoundingMethod {
        self.method
    }

    /// Every result is less than this many bases from its count.
    pub const fn bases(&self) -> u32 {
        self.bases
    }
}

impl fmt::Debug for RoundedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoundedTable")
            .field("cells", &self.counts.len())
            .field("method", &self.method)
            .field("bases", &self.bases)
            .finish_non_exhaustive()
    }
}

/// Rounds all counts to multiples of a base so that every total is still the sum of its parts.
///
/// Guarantees, checked on every result: each number is a multiple of the base, none is negative, all equations of the
/// system hold exactly, and each number is less than [`RoundedTable::bases`] bases from its count, at most
/// `max_bases`. The same input gives the same output in this version.
///
/// For one dimension with nested totals, for two dimensions of which one may be nested and the other has one total, and for
/// other systems that are networks, one base always suffices (Cox 1987), zero stays zero, and with
/// [`Choice::Keyed`] every result is right on average. Other systems are searched: innermost cells stay within one base, totals
/// within the least number of bases that the search finds. Up to 16 innermost cells are tried out, so that no closer
/// solution is missed. **With more, one may be missed; and results of a search
/// are not unbiased.**
///
/// Does **not** protect like hiding: a reader knows every count to within the stated distance, a total of one part shows the
/// part, and a count of zero is likelier behind a 0 than behind another number. Two tables with cells in common are rounded apart,
/// and laid side by side narrow them; put them into one system. Audit what is published.
///
/// # Errors
/// - `misuse.argument`: a base outside 2 to 1000, no base allowed, not one count for each cell, counts that do not meet an
///   equation, or an equation that is neither part of a network nor a sum.
/// - `policy.negative_count`, `policy.count_too_large`, with the cell as the row, the first being 1.
/// - `policy.rounding_not_additive`: nothing within `max_bases` was found; names the equation of the total that is furthest off.
///
/// Source: L. H. Cox, A constructive procedure for unbiased controlled rounding, JASA 82 (1987).
///
/// ```
/// use ig_core::suppression::perturb::{AdditiveRounding, Choice, round_additively};
/// use ig_core::suppression::{Dimension, System};
///
/// let sex = Dimension::with_total("all", vec!["F".into(), "M".into(), "X".into()])?;
/// let system = System::cross(vec![sex])?;
/// let rounding = AdditiveRounding { base: 5, max_bases: 1 };
/// let rounded = round_additively(&system, &[21, 7, 7, 7], rounding, Choice::Closest)?;
/// let shown = rounded.counts();
/// assert_eq!(shown[0], shown[1] + shown[2] + shown[3]);
/// assert!(shown.iter().all(|count| count % 5 == 0));
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn round_additively(
    system: &System,
    counts: &[i64],
    rounding: AdditiveRounding,
    choice: Choice<'_>,
) -> Result<RoundedTable> {
    check(system, counts, rounding)?;
    let base = i64::from(rounding.base);
    let rests: Vec<i64> = counts.iter().map(|count| count % base).collect();
    let mut draws = Draws::new(choice);
    let (changes, method) = match Network::of(system) {
        Some(network) => (cycles::round(network, &rests, base, &mut draws), RoundingMethod::Network),
        None => (search::round(system, &rests, rounding, &mut draws)?, RoundingMethod::Search),
    };
    let add = |(cell, (count, change)): (usize, (&i64, &i64))| {
        count.checked_add(*change).ok_or(PolicyError::CountTooLarge { row: cell + 1 })
    };
    let rounded = counts.iter().zip(&changes).enumerate().map(add).collect::<Result<Vec<i64>, _>>()?;
    let furthest = changes.iter().map(|change| change.unsigned_abs()).max().unwrap_or(0);
    let bases = u32::try_from(furthest / u64::from(rounding.base) + 1).unwrap_or(u32::MAX);
    // Whatever found it, it leaves only if it is what was promised.
    let broken = system.first_broken(&rounded);
    if broken.is_some() || bases > rounding.max_bases || rounded.iter().any(|&count| count % base != 0 || count < 0) {
        return Err(not_additive(rounding, broken.unwrap_or(0)).into());
    }
    Ok(RoundedTable { counts: rounded, method, bases })
}

fn check(system: &System, counts: &[i64], rounding: AdditiveRounding) -> Result<()> {
    if !(2..=1000).contains(&rounding.base) {
        return Err(argument("base", "2 to 1000").into());
    }
    if rounding.max_bases == 0 {
        return Err(argument("max_bases", "1 or more").into());
    }
    if counts.len() != system.cells() {
        return Err(argument("counts", "one for each cell of the system").into());
    }
    if let Some(cell) = counts.iter().position(|&count| count < 0) {
        return Err(PolicyError::NegativeCount { row: cell + 1 }.into());
    }
    if let Some(relation) = system.first_broken(counts) {
        let total = total_of(system, relation).map_or_else(String::new, |total| format!(", for cell {}", total + 1));
        let expected = format!("counts whose sums hold; equation {}{total} does not (the first is 1)", relation + 1);
        return Err(argument("counts", &expected).into());
    }
    Ok(())
}

fn not_additive(rounding: AdditiveRounding, relation: usize) -> PolicyError {
    PolicyError::RoundingNotAdditive { base: rounding.base, bases: rounding.max_bases, relation: relation + 1 }
}

fn argument(name: &str, expected: &str) -> MisuseError {
    MisuseError::Argument { name: name.into(), expected: expected.into() }
}
