//! How many people the rows are about that went on.

use crate::columns::Numbers;
use crate::nhs_number::{NO_NUMBER, NumberSet};
use arrow::array::BooleanArray;

/// The people whose rows went on: a bit each, wiped when dropped. All live numbers of England and Wales take 38 MB.
pub(super) struct People(NumberSet);

impl People {
    pub(super) fn none() -> Self {
        Self(NumberSet::new())
    }

    /// Adds the people of the rows that stay; a row without a valid number is nobody's.
    pub(super) fn add(&mut self, seen: &Numbers, stays: &BooleanArray) {
        let staying = seen.rows.iter().zip(stays.values()).filter(|(_, stays)| *stays);
        staying.filter(|(prefix, _)| **prefix != NO_NUMBER).for_each(|(prefix, _)| self.0.insert(*prefix));
    }

    pub(super) fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NhsNumber;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn as_many_as_a_standard_set_holds(
            rows in proptest::collection::vec((9_990_000_000..9_990_000_400_u64, proptest::bool::ANY), 0..300),
            cut in 0..300_usize,
        ) {
            let numbers: Vec<_> = rows.iter().map(|(value, _)| NhsNumber::from_unsigned(*value).ok()).collect();
            let stays: Vec<bool> = rows.iter().map(|(_, stays)| *stays).collect();
            let expected: BTreeSet<_> =
                numbers.iter().zip(&stays).filter_map(|(number, stays)| number.filter(|_| *stays)).collect();
            let mut people = People::none();
            let cut = cut.min(rows.len());
            for part in [0..cut, cut..rows.len()] {
                let prefix = |number: &Option<NhsNumber>| number.map_or(NO_NUMBER, NhsNumber::prefix);
                let seen =
                    Numbers { rows: numbers[part.clone()].iter().map(prefix).collect(), misprints: Vec::new() };
                people.add(&seen, &stays[part].to_vec().into());
            }
            prop_assert_eq!(people.count(), expected.len() as u64);
        }
    }
}
