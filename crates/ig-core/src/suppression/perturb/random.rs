#![doc = include_str!("../../../docs/rounding_v1.md")]

#[cfg(test)]
mod tests;

use super::cell_name::{Category, CellName, bytes_of_cell_key};
use crate::error::{KeyError, MisuseError, PolicyError, Result};
use crate::key::{Key, KeyId, RetiredKeys, process_keys};
use crate::pseudonym::derive::labelled_key;
use crate::pseudonym::{Context, Kind, Scheme};
use crate::suppression::CountTable;
use ig_hmac::HmacSha256Key;
use serde::{Deserialize, Serialize};

const LABEL: &str = "nhs-ig/rounding/v1";

/// The bases that are accepted, as for rounding without a key.
const BASES: std::ops::RangeInclusive<u32> = 2..=1000;

/// Everything about randomly rounded counts but the key: what plans, pickles and manifests carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomRoundingSpec {
    /// Version of the scheme; 1 is the only one.
    pub scheme: Scheme,
    /// Public id of the key.
    pub key_id: KeyId,
    /// Check value of the key, so that another key under the same id is noticed.
    pub check_value: String,
    /// Agreement, project or series of publications that the tables are of.
    pub context: Context,
    /// What is counted, such as `patients`.
    pub kind: Kind,
    /// Results are multiples of it.
    pub base: u32,
}

/// Rounds counts up or down to a multiple of a base, at random but the same for the same cell in every table.
///
/// Guarantees that a result is less than one base from the count; that over all random places the results are
/// right on average, exactly; that zero stays zero; and that the same key, context, kind, base, cell and count always
/// give the same result, so that nobody averages the noise away by asking again.
///
/// Does **not** keep sums, and does not protect what sums over many parts, or the same people under other names,
/// give back. The specification, `docs/rounding_v1.md`, lists the attacks that still work.
///
/// ```
/// use ig_core::suppression::perturb::{Category, CellName, RandomRounder};
/// use ig_core::{Context, Key, Kind};
///
/// let (context, patients) = (Context::new("DSA-2026-014")?, Kind::new("patients")?);
/// let rounder = RandomRounder::new(&Key::generate()?, context, patients, 5)?;
/// let men = CellName::new(&[("sex", Category::Is("M"))])?;
/// assert!([5, 10].contains(&rounder.round(&men, 7)?));
/// assert_eq!(rounder.round(&men, 10)?, 10);
/// assert_eq!(rounder.round(&men, -1).unwrap_err().code(), "policy.negative_count");
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug)]
pub struct RandomRounder {
    spec: RandomRoundingSpec,
    hmac: HmacSha256Key,
}

impl RandomRounder {
    /// Derives the key for one context, kind of count and base from 2 to 1000.
    ///
    /// # Errors
    /// `misuse.argument` for another base; `key.purpose`, `key.pending` and `key.retired` for a key of a ring file.
    pub fn new(key: &Key, context: Context, kind: Kind, base: u32) -> Result<Self> {
        check_base(base)?;
        key.check_use(&context, RetiredKeys::Refuse)?;
        Ok(Self::derive(key, context, kind, base))
    }

    /// Whoever calls this has looked at what the key may be used for, and at the base.
    fn derive(key: &Key, context: Context, kind: Kind, base: u32) -> Self {
        let hmac = HmacSha256Key::new(&labelled_key(key, LABEL, &context, &kind, &base.to_be_bytes()));
        let (key_id, check_value) = (key.id().clone(), key.check_value().to_owned());
        Self { spec: RandomRoundingSpec { scheme: Scheme::V1, key_id, check_value, context, kind, base }, hmac }
    }

    /// Finds the key of a spec in the ring of this process.
    ///
    /// # Errors
    /// `misuse.argument` for a base outside 2 to 1000; `key.unavailable`, `key.mismatch`, `key.purpose`,
    /// `key.pending`, `key.retired`.
    pub fn from_process_keys(spec: &RandomRoundingSpec) -> Result<Self> {
        check_base(spec.base)?;
        let find = || -> Result<_, KeyError> {
            process_keys(|ring| ring.resolve_for(&spec.key_id, &spec.check_value, &spec.context))
        };
        Ok(Self::derive(&*find()?, spec.context.clone(), spec.kind.clone(), spec.base))
    }

    /// What the rounding is, without the key.
    pub const fn spec(&self) -> &RandomRoundingSpec {
        &self.spec
    }

    /// The rounded count of a cell that is known by name.
    ///
    /// # Errors
    /// `policy.negative_count`, and `policy.count_too_large` for a result beyond 64 bits, both as row 1.
    pub fn round(&self, cell: &CellName, count: i64) -> Result<i64> {
        self.by_place(self.place(cell.as_bytes()), count, 1)
    }

    /// The rounded counts of cells that are known by their cell keys, such as those of
    /// [`RecordKeys`](super::RecordKeys): the same people have the same result under whatever name.
    ///
    /// # Errors
    /// `misuse.argument` if there are not as many keys as counts; `policy.negative_count`, `policy.count_too_large`.
    pub fn round_by_cell_keys(&self, cell_keys: &[u64], counts: &[i64]) -> Result<Vec<i64>> {
        if cell_keys.len() != counts.len() {
            return Err(argument("cell_keys", "one for each count").into());
        }
        let of_row = |(row, (&cell_key, &count)): (usize, (&u64, &i64))| {
            self.by_place(self.place(&bytes_of_cell_key(cell_key)), count, row + 1)
        };
        cell_keys.iter().zip(counts).enumerate().map(of_row).collect()
    }

    /// The rounded counts of a table, in its order; a missing count stays missing.
    ///
    /// A key that is exactly `total_label` marks a total over that dimension. State it whenever the table has
    /// totals: otherwise a total is a category like others, and is rounded apart from the same cell of other tables.
    ///
    /// # Errors
    /// `policy.count_too_large`
    pub fn round_table(&self, table: &CountTable, total_label: Option<&str>) -> Result<Vec<Option<i64>>> {
        let of_row = |(row, count): (usize, &Option<i64>)| {
            let Some(count) = *count else { return Ok(None) };
            let categories = table.keys().iter().map(|column| match column[row].as_deref() {
                None => Category::Missing,
                Some(key) if Some(key) == total_label => Category::All,
                Some(key) => Category::Is(key),
            });
            let dimensions: Vec<_> = table.dimensions().iter().map(String::as_str).zip(categories).collect();
            self.by_place(self.place(CellName::new(&dimensions)?.as_bytes()), count, row + 1).map(Some)
        };
        table.counts().iter().enumerate().map(of_row).collect()
    }

    /// The first 128 bits of the digest, modulo the base.
    fn place(&self, bytes: &[u8]) -> i64 {
        let digest = self.hmac.mac(bytes);
        let number = digest[..16].iter().fold(0_u128, |number, &byte| number << 8 | u128::from(byte));
        // Below 1,000.
        (number % u128::from(self.spec.base)) as i64
    }

    fn by_place(&self, place: i64, count: i64, row: usize) -> Result<i64> {
        if count < 0 {
            return Err(PolicyError::NegativeCount { row }.into());
        }
        let base = i64::from(self.spec.base);
        let below = count - count % base;
        let rounded = if place < count % base { below.checked_add(base) } else { Some(below) };
        Ok(rounded.ok_or(PolicyError::CountTooLarge { row })?)
    }
}

fn check_base(base: u32) -> Result<(), MisuseError> {
    if BASES.contains(&base) { Ok(()) } else { Err(argument("base", "2 to 1000")) }
}

fn argument(name: &str, expected: &str) -> MisuseError {
    MisuseError::Argument { name: name.into(), expected: expected.into() }
}
