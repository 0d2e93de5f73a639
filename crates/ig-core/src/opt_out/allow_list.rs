//! The answer of the national check service.

use super::cache::{Cache, PseudonymSet};
use super::check_number::digits_of;
use crate::NhsNumber;
use crate::error::{AccessError, Result};
use crate::nhs_number::{NumberSet, with_check_digit};
use std::fmt;
use std::sync::Arc;
use time::Date;

/// How many opt-outs the caller expects in the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExpectedOptOuts {
    /// At most half; nationally about one person in twenty has opted out.
    #[default]
    Default,
    /// At most so many of a thousand, 0 to 1000, stated by someone who knows the cohort.
    MaxPerMille(u16),
}

/// What the answer says about one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Submitted and returned.
    NotOptedOut,
    /// Submitted and not returned.
    OptedOut,
    /// Never submitted: nothing is known.
    NotChecked,
}

/// The people of one submitted cohort who had not opted out on the day of the check.
///
/// Guarantees that the answer is a subset of what was submitted, is not empty unless that was expected, and does
/// not drop more people than expected: a list of people who *did* opt out, handed over by mistake, is a subset too
/// and is caught by the last rule. Numbers are kept in memory only, as integers, and wiped on drop; there is no
/// way to print or copy them, and only as keyed pseudonyms are they ever saved.
///
/// Does **not** protect against a deny-list so long that it holds at least half of the cohort, nor against an
/// answer to an older submission of the same people: keep request and answer together.
///
/// Source of the rule: NHS England check for national data opt-outs (the service returns only numbers without an
/// opt-out); service licence v1.2 (the answer must not be put on a record, hence a list outside it).
pub struct NotOptedOut {
    pub(super) submitted: People,
    pub(super) returned: People,
    /// Makes the pseudonyms that a set may consist of.
    pub(super) cache: Option<Arc<Cache>>,
    pub(super) origin: Option<Origin>,
    submitted_count: usize,
    returned_count: usize,
    checked_at: Date,
}

/// Numbers, or what is kept of them on disk.
pub(super) enum People {
    Numbers(NumberSet),
    Pseudonyms(PseudonymSet),
}

/// The check that a list comes from, and the key of its pseudonyms.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) check_id: String,
    pub(super) key_id: String,
    pub(super) check_value: String,
}

impl People {
    /// Which of the `asked` people are among these, as bits.
    #[cfg_attr(not(feature = "arrow"), allow(dead_code, reason = "only columns ask about many people"))]
    fn among(&self, people: &[u32], asked: u64, pseudonym: impl Fn(u32) -> Option<u64>) -> u64 {
        match self {
            _ if asked == 0 => 0,
            Self::Numbers(numbers) => numbers.found(people) & asked,
            Self::Pseudonyms(set) => {
                let asked = people.iter().zip(0..64).filter(|(_, at)| asked >> at & 1 == 1);
                let there = |prefix| pseudonym(prefix).is_some_and(|pseudonym| set.contains(pseudonym));
                asked.fold(0, |found, (&prefix, at)| found | u64::from(there(prefix)) << at)
            }
        }
    }

    /// The pseudonym is only made where it must be asked for.
    fn contains(&self, number: NhsNumber, pseudonym: &mut impl FnMut() -> Option<u64>) -> bool {
        match self {
            Self::Numbers(numbers) => numbers.contains(number),
            Self::Pseudonyms(set) => pseudonym().is_some_and(|pseudonym| set.contains(pseudonym)),
        }
    }
}

impl NotOptedOut {
    /// Pairs the submitted numbers with those the service returned.
    ///
    /// Repeated numbers count once.
    ///
    /// # Errors
    /// `opt_out.nothing_submitted`, `opt_out.returned_not_submitted`, `opt_out.empty_answer`,
    /// `opt_out.looks_like_deny_list`, `opt_out.share`.
    pub fn from_check_service(
        submitted: impl IntoIterator<Item = NhsNumber>,
        returned: impl IntoIterator<Item = NhsNumber>,
        checked_at: Date,
        expected: ExpectedOptOuts,
    ) -> Result<Self> {
        let (submitted, returned) =
            (NumberSet::collect(submitted.into_iter()), NumberSet::collect(returned.into_iter()));
        if submitted.len() == 0 {
            return Err(AccessError::NothingSubmitted {}.into());
        }
        let count = returned.count_missing_from(&submitted);
        if count > 0 {
            return Err(AccessError::ReturnedNotSubmitted { count, submitted: submitted.len() }.into());
        }
        let counts = (submitted.len(), returned.len());
        let people = (People::Numbers(submitted), People::Numbers(returned));
        Self::of(people, None, None, counts, checked_at).expecting(expected)
    }

    pub(super) fn of(
        (submitted, returned): (People, People),
        cache: Option<Arc<Cache>>,
        origin: Option<Origin>,
        (submitted_count, returned_count): (usize, usize),
        checked_at: Date,
    ) -> Self {
        Self { submitted, returned, cache, origin, submitted_count, returned_count, checked_at }
    }

    /// Refuses an answer that leaves more people out than expected.
    pub(super) fn expecting(self, expected: ExpectedOptOuts) -> Result<Self> {
        let allowed_per_mille = match expected {
            ExpectedOptOuts::Default => 500,
            ExpectedOptOuts::MaxPerMille(found) if found > 1000 => {
                return Err(AccessError::OptOutShare { found }.into());
            }
            ExpectedOptOuts::MaxPerMille(share) => share,
        };
        let (submitted, dropped) = (self.submitted_count(), self.opted_out_count());
        if self.returned_count == 0 && allowed_per_mille < 1000 {
            return Err(AccessError::EmptyAnswer { submitted }.into());
        }
        if dropped as u64 * 1000 > submitted as u64 * u64::from(allowed_per_mille) {
            return Err(AccessError::LooksLikeDenyList { dropped, submitted, allowed_per_mille }.into());
        }
        Ok(self)
    }

    /// What the answer says about this person.
    pub fn status(&self, number: NhsNumber) -> Status {
        let mut known = None;
        let mut pseudonym = || {
            known = known.or_else(|| self.cache.as_ref().map(|cache| cache.pseudonym(number.as_bytes())));
            known
        };
        if self.returned.contains(number, &mut pseudonym) {
            Status::NotOptedOut
        } else if self.submitted.contains(number, &mut pseudonym) {
            Status::OptedOut
        } else {
            Status::NotChecked
        }
    }

    /// Of up to 64 people, each by the first nine digits, the `asked` ones who came back and those who did not although
    /// they were submitted; as bits, the first person the lowest.
    #[cfg_attr(not(feature = "arrow"), allow(dead_code, reason = "only columns ask about many people"))]
    pub(super) fn statuses(&self, people: &[u32], asked: u64) -> (u64, u64) {
        let pseudonym = |prefix: u32| {
            let digits = digits_of(with_check_digit(prefix.into()));
            self.cache.as_ref().map(|cache| cache.pseudonym(&digits))
        };
        let stay = self.returned.among(people, asked, pseudonym);
        (stay, self.submitted.among(people, asked & !stay, pseudonym))
    }

    /// The day of the check.
    pub const fn checked_at(&self) -> Date {
        self.checked_at
    }

    /// Whole days from the check to the day of use; negative if the check is dated later.
    pub fn age_days(&self, on: Date) -> i64 {
        (on - self.checked_at).whole_days()
    }

    /// Passes if the check is at most so many days old on the day of use.
    ///
    /// # Errors
    /// `opt_out.stale`, `opt_out.dated_in_future`.
    pub fn ensure_fresh(&self, on: Date, max_age_days: u16) -> Result<()> {
        let age_days = self.age_days(on);
        if age_days < 0 {
            return Err(AccessError::OptOutInFuture { days: -age_days }.into());
        }
        if age_days > i64::from(max_age_days) {
            return Err(AccessError::OptOutStale { age_days, max_age_days }.into());
        }
        Ok(())
    }

    /// How many different people were submitted.
    pub fn submitted_count(&self) -> usize {
        self.submitted_count
    }

    /// How many different people came back.
    pub fn returned_count(&self) -> usize {
        self.returned_count
    }

    /// How many of them had opted out.
    pub fn opted_out_count(&self) -> usize {
        self.submitted_count - self.returned_count.min(self.submitted_count)
    }
}

impl fmt::Debug for NotOptedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotOptedOut")
            .field("submitted", &self.submitted_count)
            .field("returned", &self.returned_count)
            .field("checked_at", &self.checked_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    const DAY: Date = date!(2026 - 11 - 01);

    fn people(count: usize) -> Vec<NhsNumber> {
        (9_990_000_000_u64..).filter_map(|value| NhsNumber::from_unsigned(value).ok()).take(count).collect()
    }

    fn check(submitted: &[NhsNumber], returned: &[NhsNumber], expected: ExpectedOptOuts) -> Result<NotOptedOut> {
        NotOptedOut::from_check_service(submitted.iter().copied(), returned.iter().copied(), DAY, expected)
    }

    #[test]
    fn every_mistaken_pair_has_its_code() {
        use ExpectedOptOuts::{Default, MaxPerMille};
        let all = people(100);
        let cases: [(&[NhsNumber], &[NhsNumber], ExpectedOptOuts, &str); 9] = [
            (&[], &[], Default, "opt_out.nothing_submitted"),
            (&[], &all, Default, "opt_out.nothing_submitted"),
            (&all[1..], &all, Default, "opt_out.returned_not_submitted"),
            (&all, &[], Default, "opt_out.empty_answer"),
            (&all, &[], MaxPerMille(999), "opt_out.empty_answer"),
            (&all, &all[..49], Default, "opt_out.looks_like_deny_list"),
            (&all, &all[..69], MaxPerMille(300), "opt_out.looks_like_deny_list"),
            (&all, &all[..99], MaxPerMille(0), "opt_out.looks_like_deny_list"),
            (&all, &all, MaxPerMille(1001), "opt_out.share"),
        ];
        for (submitted, returned, expected, code) in cases {
            assert_eq!(check(submitted, returned, expected).expect_err(code).code(), code);
        }
        for (returned, expected) in [
            (&all[..50], Default),
            (&all[..70], MaxPerMille(300)),
            (&all[..], MaxPerMille(0)),
            (&[], MaxPerMille(1000)),
        ] {
            assert_eq!(check(&all, returned, expected).expect("allowed").opted_out_count(), 100 - returned.len());
        }
    }

    #[test]
    fn a_deny_list_is_caught_at_a_realistic_rate() {
        let all = people(2000);
        // One in twenty opted out: exactly the list that a deny-list export would hold.
        let opted_out: Vec<_> = all.iter().copied().step_by(20).collect();
        let error = check(&all, &opted_out, ExpectedOptOuts::Default).expect_err("a deny-list");
        assert_eq!(error.code(), "opt_out.looks_like_deny_list");
    }

    #[test]
    fn age_is_counted_in_days_and_the_future_refused() {
        let list = check(&people(3), &people(3), ExpectedOptOuts::Default).expect("fits");
        assert!(list.ensure_fresh(DAY, 0).is_ok());
        assert!(list.ensure_fresh(date!(2026 - 11 - 22), 21).is_ok());
        let code = |on, limit| list.ensure_fresh(on, limit).map_err(|error| error.code());
        assert_eq!(code(date!(2026 - 11 - 23), 21), Err("opt_out.stale"));
        assert_eq!(code(date!(2026 - 10 - 31), 21), Err("opt_out.dated_in_future"));
    }

    #[test]
    fn neither_debug_nor_errors_show_a_number() {
        let all = people(40);
        let list = check(&all, &all[..30], ExpectedOptOuts::Default).expect("fits");
        let error = check(&all[1..], &all, ExpectedOptOuts::Default).expect_err("not a subset");
        let shown = format!("{list:?} {error} {error:?} {:?}", error.context());
        assert!(all.iter().all(|number| !shown.contains(number.as_str()) && !shown.contains(&number.to_string())));
        assert!(shown.contains("submitted: 40") && shown.contains("returned: 30"), "{shown}");
    }

    proptest! {
        #[test]
        fn status_partitions_everyone(kept in proptest::collection::vec(any::<bool>(), 1..200), outside in 0..50_usize) {
            let everyone = people(kept.len() + outside);
            let submitted = &everyone[..kept.len()];
            let returned: Vec<_> =
                submitted.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(number, _)| *number).collect();
            let list = check(submitted, &returned, ExpectedOptOuts::MaxPerMille(1000)).expect("a subset");
            for (index, number) in everyone.iter().enumerate() {
                let expected = match kept.get(index) {
                    Some(true) => Status::NotOptedOut,
                    Some(false) => Status::OptedOut,
                    None => Status::NotChecked,
                };
                prop_assert_eq!(list.status(*number), expected);
            }
            prop_assert_eq!(list.opted_out_count(), kept.iter().filter(|kept| !**kept).count());
        }
    }
}
