//! A list of people who must be left out.

use crate::NhsNumber;
use crate::error::{AccessError, Result};
use crate::nhs_number::NumberSet;
use std::fmt;

/// People who asked to be left out: Type 1 objections, a local register of objections, a study's withdrawals.
///
/// Guarantees that each person on it is found, whatever the spelling of the number was. Numbers are kept in memory
/// only and wiped on drop.
///
/// Does **not** say anything about people who are not on it: they may never have been asked about. So it can never
/// stand for the answer of the national check service, which is a [`super::NotOptedOut`].
///
/// Source of the rule: Type 1 objections are held in the GP record and applied as exclude-if-listed.
pub struct OptedOut {
    numbers: NumberSet,
    source: String,
}

impl OptedOut {
    /// Keeps the numbers, with a short name of where they come from, such as `type 1`.
    ///
    /// # Errors
    /// `opt_out.source`.
    pub fn from_list(numbers: impl IntoIterator<Item = NhsNumber>, source: &str) -> Result<Self> {
        if !is_short_name(source) {
            return Err(AccessError::OptOutSource {}.into());
        }
        Ok(Self { numbers: NumberSet::collect(numbers.into_iter()), source: source.to_owned() })
    }

    /// Whether this person is on the list.
    pub fn contains(&self, number: NhsNumber) -> bool {
        self.numbers.contains(number)
    }

    /// Which of up to 64 people, each by the first nine digits, are on the list; the first is the lowest bit.
    #[cfg_attr(not(feature = "arrow"), allow(dead_code, reason = "only columns ask about many people"))]
    pub(super) fn found(&self, people: &[u32]) -> u64 {
        self.numbers.found(people)
    }

    /// How many different people are on the list.
    pub fn count(&self) -> usize {
        self.numbers.len()
    }

    /// Where the list comes from.
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// The source goes into manifests and messages, so it must not be able to carry an NHS number.
fn is_short_name(text: &str) -> bool {
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, ' ' | '.' | '-' | '_');
    !text.trim().is_empty() && text.len() <= 64 && text.chars().all(allowed) && most_digits_joined(text) < 9
}

/// The most digits between two letters, whatever else stands among them.
pub(super) fn most_digits_joined(text: &str) -> usize {
    text.split(|character: char| character.is_ascii_alphabetic())
        .map(|part| part.chars().filter(char::is_ascii_digit).count())
        .max()
        .unwrap_or(0)
}

impl fmt::Debug for OptedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OptedOut").field("count", &self.count()).field("source", &self.source).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_whom_it_was_given_and_shows_no_number() {
        let [one, two, three] =
            ["9990000018", "9990000026", "9990000034"].map(|text| NhsNumber::parse(text).expect("valid"));
        let list = OptedOut::from_list([two, one, two], "type 1").expect("a good source");
        assert_eq!((list.contains(one), list.contains(two), list.contains(three)), (true, true, false));
        assert_eq!(format!("{list:?}"), "OptedOut { count: 2, source: \"type 1\", .. }");
    }

    #[test]
    fn a_source_cannot_carry_a_number() {
        for source in ["", "   ", "9990000018", "list 999 000 0018", "a-999-000-001", "x\n", &"a".repeat(65)] {
            let error = OptedOut::from_list([], source).expect_err(source);
            assert_eq!(error.code(), "opt_out.source");
        }
        assert!(OptedOut::from_list([], "type 1 of practice K82070 1 November 2026").is_ok());
    }
}
