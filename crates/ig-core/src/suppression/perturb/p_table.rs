#![doc = include_str!("../../../docs/cell_key_v1.md")]

mod row;
#[cfg(test)]
mod tests;

pub use row::NoiseRow;

use crate::error::{MisuseError, PolicyError, Result};
use serde::{Deserialize, Serialize};

/// What a perturbation table is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerturbationTableSettings {
    /// Probabilities are multiples of 1 / 2^bits: 8 to 12.
    pub bits: u32,
    /// The most by which a count changes: 2 to 20.
    pub max_noise: u32,
    /// The variance of the noise: 1 to half of `max_noise`.
    pub variance: u32,
    /// No result is from 1 to this number: 0 to 9, and less than half of `max_noise`.
    pub unpublished: u32,
}

/// Small noise for each cell key and count, unbiased in exact arithmetic.
///
/// Guarantees that the noise of every count is 0 on average over equally likely cell keys, exactly; that its
/// variance is exactly the one asked for, for every count above `unpublished`; that no result is negative, from 1 to
/// `unpublished` or further off than `max_noise`; and that zero stays zero.
///
/// Does **not** keep sums, and does not protect against averages over many tables. `docs/cell_key_v1.md` has the
/// construction and the attacks that still work.
///
/// ```
/// use ig_core::suppression::perturb::{CellKeys, PerturbationTable, PerturbationTableSettings};
///
/// let settings = PerturbationTableSettings { bits: 8, max_noise: 5, variance: 2, unpublished: 2 };
/// let table = PerturbationTable::new(settings)?;
/// let cells = CellKeys::of_rows(2, &[0, 0, 0, 1], &[3_111_222_333, 44, 5_000, 77])?;
/// let shown = table.perturb(cells.counts(), cells.cell_keys())?;
/// assert!(shown.iter().all(|count| ![1, 2].contains(count)));
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerturbationTable {
    settings: PerturbationTableSettings,
    rows: Vec<NoiseRow>,
}

impl PerturbationTable {
    /// Builds the table; the same settings always give the same one.
    ///
    /// # Errors
    /// `misuse.argument` for settings outside their ranges, or with which some count cannot have noise of exactly that
    /// variance.
    pub fn new(settings: PerturbationTableSettings) -> Result<Self> {
        let PerturbationTableSettings { bits, max_noise, variance, unpublished } = settings;
        let checks = [
            ("bits", (8..=12).contains(&bits), "8 to 12"),
            ("max_noise", (2..=20).contains(&max_noise), "2 to 20"),
            ("variance", variance >= 1 && 2 * u64::from(variance) <= max_noise.into(), "1 to half of max_noise"),
            ("unpublished", 2 * u64::from(unpublished) < max_noise.into(), "less than half of max_noise"),
        ];
        if let Some((name, _, expected)) = checks.into_iter().find(|(_, usable, _)| !usable) {
            return Err(argument(name, expected).into());
        }
        let logarithms = row::logarithms((1 << bits) + 1);
        let rows: Vec<NoiseRow> = (1..=i64::from(max_noise + unpublished + 1))
            .map(|count| NoiseRow::spread(settings, count, &logarithms))
            .collect();
        let wanted = u64::from(variance) << bits;
        if rows.iter().any(|row| row.count() > unpublished.into() && row.squares() != wanted) {
            let expected = "a variance that every count can have; ask for more bits, or fewer unpublished counts";
            return Err(argument("variance", expected).into());
        }
        Ok(Self { settings, rows })
    }

    /// What the table was made from.
    pub const fn settings(&self) -> PerturbationTableSettings {
        self.settings
    }

    /// The rows for counts of 1 and more; the last one is for all larger counts too.
    pub fn rows(&self) -> &[NoiseRow] {
        &self.rows
    }

    /// The counts with the noise of their cell keys, in their order.
    ///
    /// The table looks at the last `bits` bits of a cell key. They must be equally likely, so given record keys need
    /// at least as many random bits as the table has.
    ///
    /// # Errors
    /// `misuse.argument` if there are not as many keys as counts; `policy.negative_count`; `policy.count_too_large` for
    /// a result beyond 64 bits.
    pub fn perturb(&self, counts: &[i64], cell_keys: &[u32]) -> Result<Vec<i64>> {
        if counts.len() != cell_keys.len() {
            return Err(argument("cell_keys", "one for each count").into());
        }
        let of_row = |(row, (&count, &cell_key))| self.perturbed(count, cell_key, row + 1);
        counts.iter().zip(cell_keys).enumerate().map(of_row).collect()
    }

    fn perturbed(&self, count: i64, cell_key: u32, row: usize) -> Result<i64> {
        let Ok(wide) = u64::try_from(count) else {
            return Err(PolicyError::NegativeCount { row }.into());
        };
        // Few rows, so a count beyond the range of a place is beyond all rows too.
        let place = usize::try_from(wide).unwrap_or(usize::MAX).min(self.rows.len());
        let Some(noise) = place.checked_sub(1).and_then(|place| self.rows.get(place)) else {
            return Ok(0);
        };
        let unit = cell_key % (1 << self.settings.bits);
        Ok(count.checked_add(noise.of_unit(unit)).ok_or(PolicyError::CountTooLarge { row })?)
    }
}

fn argument(name: &str, expected: &str) -> MisuseError {
    MisuseError::Argument { name: name.into(), expected: expected.into() }
}
