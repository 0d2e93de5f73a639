//! Record keys of people and the cell keys that they add up to.

use crate::error::{IdentifierError, KeyError, MisuseError, Result};
use crate::key::{Key, KeyId, RetiredKeys, process_keys};
use crate::nhs_number::{NhsNumber, is_blank};
use crate::pseudonym::derive::labelled_key;
use crate::pseudonym::{Context, Kind, Scheme};
use ig_hmac::HmacSha256Key;
use serde::{Deserialize, Serialize};
use std::fmt;

const LABEL: &str = "nhs-ig/record-key/v1";

/// Everything about record keys but the key: what plans, pickles and manifests carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordKeySpec {
    /// Version of the scheme; 1 is the only one.
    pub scheme: Scheme,
    /// Public id of the key.
    pub key_id: KeyId,
    /// Check value of the key, so that another key under the same id is noticed.
    pub check_value: String,
    /// Series of publications whose tables are to agree.
    pub context: Context,
    /// Kind of the identifier that tells people apart.
    pub kind: Kind,
}

/// Gives every person a record key: 32 bits from a keyed hash of an identifier.
///
/// Guarantees that all record keys are equally likely and unrelated, and that one person has one key in all tables
/// of the same key, context and kind. `docs/cell_key_v1.md` is the specification.
///
/// Record keys are **as secret as the data**: whoever has them takes the noise off. They do not identify anybody.
///
/// ```
/// use ig_core::suppression::perturb::RecordKeys;
/// use ig_core::{Context, Key, Kind};
///
/// let keys = RecordKeys::new(&Key::generate()?, Context::new("admissions-2026")?, Kind::nhs_number())?;
/// assert_eq!(keys.record_key("999 000 0018")?, keys.record_key("9990000018")?);
/// assert_eq!(keys.record_key("").unwrap_err().code(), "identifier.no_person");
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug)]
pub struct RecordKeys {
    spec: RecordKeySpec,
    hmac: HmacSha256Key,
}

impl RecordKeys {
    /// Derives the key for one context and kind.
    ///
    /// # Errors
    /// `key.purpose`, `key.pending` and `key.retired` for a key of a ring file; see [`Key::check_use`].
    pub fn new(key: &Key, context: Context, kind: Kind) -> Result<Self, KeyError> {
        key.check_use(&context, RetiredKeys::Refuse)?;
        Ok(Self::derive(key, context, kind))
    }

    /// Whoever calls this has looked at what the key may be used for.
    fn derive(key: &Key, context: Context, kind: Kind) -> Self {
        let hmac = HmacSha256Key::new(&labelled_key(key, LABEL, &context, &kind, &[]));
        let (key_id, check_value) = (key.id().clone(), key.check_value().to_owned());
        Self { spec: RecordKeySpec { scheme: Scheme::V1, key_id, check_value, context, kind }, hmac }
    }

    /// Finds the key of a spec in the ring of this process.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`, `key.purpose`, `key.pending`, `key.retired`
    pub fn from_process_keys(spec: &RecordKeySpec) -> Result<Self, KeyError> {
        let key = process_keys(|ring| ring.resolve_for(&spec.key_id, &spec.check_value, &spec.context))?;
        Ok(Self::derive(&key, spec.context.clone(), spec.kind.clone()))
    }

    /// What the record keys are, without the key.
    pub const fn spec(&self) -> &RecordKeySpec {
        &self.spec
    }

    /// The record key of one person.
    ///
    /// # Errors
    /// `identifier.no_person` for an empty or blank identifier, and for NHS numbers those of [`NhsNumber::parse`].
    pub fn record_key(&self, person: &str) -> Result<u32, IdentifierError> {
        let digest = self.digest(person)?;
        Ok(digest[..4].iter().fold(0, |number, &byte| number << 8 | u32::from(byte)))
    }

    /// The record key, and 128 bits that tell one person from another.
    #[cfg(any(feature = "arrow", test))]
    pub(crate) fn key_and_person(&self, person: &str) -> Result<(u32, u128), IdentifierError> {
        let digest = self.digest(person)?;
        let apart = digest[..16].iter().fold(0, |number, &byte| number << 8 | u128::from(byte));
        Ok(((apart >> 96) as u32, apart))
    }

    fn digest(&self, person: &str) -> Result<[u8; 32], IdentifierError> {
        let digest = if self.spec.kind.is_nhs_number() {
            match NhsNumber::parse(person) {
                Err(_) if is_blank(person) => return Err(IdentifierError::NoPerson {}),
                number => self.hmac.mac(number?.as_bytes()),
            }
        } else if person.is_empty() {
            return Err(IdentifierError::NoPerson {});
        } else {
            self.hmac.mac(person.as_bytes())
        };
        Ok(digest)
    }
}

/// Counts and cell keys of a table's cells, added up from people.
///
/// `Debug` shows the number of cells only.
#[derive(Clone, PartialEq, Eq)]
pub struct CellKeys {
    counts: Vec<i64>,
    cell_keys: Vec<u32>,
}

impl CellKeys {
    /// Adds up rows of people into cells: `cell_of_row[i]` is the cell of row i, below `cells`.
    ///
    /// Every row is counted and every row's key is added. Give **one row for each person and cell**; a person with
    /// several rows in a cell would be counted as several people.
    ///
    /// # Errors
    /// `misuse.argument` if lengths differ or a row has a cell that does not exist.
    ///
    /// ```
    /// use ig_core::suppression::perturb::CellKeys;
    ///
    /// let cells = CellKeys::of_rows(2, &[0, 1, 0], &[10, 20, u32::MAX])?;
    /// assert_eq!((cells.counts(), cells.cell_keys()), (&[2, 1][..], &[9, 20][..]));
    /// assert_eq!(cells.total(&[0, 1])?, (3, 29));
    /// # Ok::<(), ig_core::Error>(())
    /// ```
    pub fn of_rows(cells: usize, cell_of_row: &[usize], record_keys: &[u32]) -> Result<Self> {
        if cell_of_row.len() != record_keys.len() {
            return Err(argument("record_keys", "one for each row").into());
        }
        let mut added = Self { counts: vec![0; cells], cell_keys: vec![0; cells] };
        for (&cell, &record_key) in cell_of_row.iter().zip(record_keys) {
            let (Some(count), Some(cell_key)) = (added.counts.get_mut(cell), added.cell_keys.get_mut(cell)) else {
                return Err(argument("cell_of_row", "cells that exist").into());
            };
            *count += 1;
            *cell_key = cell_key.wrapping_add(record_key);
        }
        Ok(added)
    }

    /// How many rows each cell has.
    pub fn counts(&self) -> &[i64] {
        &self.counts
    }

    /// The sum of each cell's record keys, modulo 2³².
    pub fn cell_keys(&self) -> &[u32] {
        &self.cell_keys
    }

    /// Count and cell key of all people of some cells, which must have nobody in common.
    ///
    /// # Errors
    /// `misuse.argument` for a cell that does not exist.
    pub fn total(&self, cells: &[usize]) -> Result<(i64, u32)> {
        cells.iter().try_fold((0_i64, 0_u32), |(count, cell_key), &cell| {
            let here = self.counts.get(cell).zip(self.cell_keys.get(cell));
            let (more, key) = here.ok_or_else(|| argument("cells", "cells that exist"))?;
            Ok((count + more, cell_key.wrapping_add(*key)))
        })
    }
}

impl fmt::Debug for CellKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CellKeys").field("cells", &self.counts.len()).finish_non_exhaustive()
    }
}

fn argument(name: &str, expected: &str) -> MisuseError {
    MisuseError::Argument { name: name.into(), expected: expected.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(kind: Kind) -> RecordKeys {
        RecordKeys::new(&Key::generate().expect("key"), Context::new("a").expect("context"), kind).expect("may")
    }

    #[test]
    fn who_is_nobody_has_no_record_key() {
        let code = |kind: Kind, person: &str| keys(kind).record_key(person).expect_err("nobody").code();
        assert_eq!(code(Kind::nhs_number(), " \t"), "identifier.no_person");
        assert_eq!(code(Kind::nhs_number(), "9990000019"), "identifier.check_digit");
        assert_eq!(code(Kind::text(), ""), "identifier.no_person");
        assert!(keys(Kind::text()).record_key(" ").is_ok());
    }

    #[test]
    fn wrong_rows_and_cells_are_refused_and_nothing_is_printed() {
        assert_eq!(CellKeys::of_rows(1, &[0], &[]).expect_err("lengths").code(), "misuse.argument");
        assert_eq!(CellKeys::of_rows(1, &[1], &[7]).expect_err("cell").code(), "misuse.argument");
        let cells = CellKeys::of_rows(1, &[0, 0], &[7, 8]).expect("cells");
        assert_eq!(cells.total(&[1]).expect_err("cell").code(), "misuse.argument");
        assert_eq!(format!("{cells:?}"), "CellKeys { cells: 1, .. }");
    }

    #[test]
    fn one_person_written_twice_is_one_person() {
        let keys = keys(Kind::nhs_number());
        let of = |person: &str| keys.key_and_person(person).expect("person");
        assert_eq!(of("999 000 0018"), of("9990000018"));
        assert_ne!(of("9990000018").1, of("9990000026").1);
        assert_eq!(of("9990000018").0, keys.record_key("9990000018").expect("person"));
    }

    #[test]
    fn a_spec_does_not_hold_the_key() {
        let keys = keys(Kind::text());
        let json = serde_json::to_string(keys.spec()).expect("plain");
        let spec: RecordKeySpec = serde_json::from_str(&json).expect("read back");
        assert_eq!(&spec, keys.spec());
        assert_eq!(RecordKeys::from_process_keys(&spec).expect_err("not registered").code(), "key.unavailable");
    }

    proptest! {
        #[test]
        fn the_same_people_have_the_same_cell_key_in_any_order_and_any_split(
            rows in prop::collection::vec((0..4_usize, any::<u32>()), 0..60),
        ) {
            let of = |rows: &[(usize, u32)], cells, cell: fn(usize) -> usize| {
                let (places, keys): (Vec<_>, Vec<_>) = rows.iter().map(|&(place, key)| (cell(place), key)).unzip();
                CellKeys::of_rows(cells, &places, &keys).expect("cells")
            };
            let split = of(&rows, 4, |cell| cell);
            let mut turned = rows.clone();
            turned.reverse();
            let whole = of(&turned, 1, |_| 0);
            prop_assert_eq!(split.total(&[2, 0, 3, 1]).expect("cells"), (whole.counts()[0], whole.cell_keys()[0]));
            let by_hand = rows.iter().map(|row| u64::from(row.1)).sum::<u64>() % (1 << 32);
            prop_assert_eq!(u64::from(whole.cell_keys()[0]), by_hand);
        }
    }
}
