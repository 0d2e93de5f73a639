//! The lists of a run, applied under a ruling.

use super::{OptOutCounts, OptOutRuling, OptOuts, RowOutcome, Status};
use crate::NhsNumber;
use crate::error::{AccessError, Result};
use crate::nhs_number::NO_NUMBER;
use time::Date;

/// What to do about valid numbers that were never submitted to the check service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unchecked {
    /// Stop: the cohort and the check do not fit together.
    #[default]
    Raise,
    /// Leave these rows out and count them apart.
    Withhold,
}

/// Says for each row whether it may stay.
///
/// Guarantees, when the opt-out applies, that a row stays only if its number was submitted to the check service and
/// returned, and is on no deny-list. Deny-lists hold whether or not the national opt-out applies. The answer of the
/// check service is not consulted when the ruling says that the opt-out does not apply; an agreement that wants it
/// upheld all the same says `applies = true`.
///
/// A row with no valid number is withheld wherever a list would have to be asked about it: when the opt-out applies,
/// and when a deny-list is given; unless the agreement records an exemption. Where no list is to be asked it stays.
///
/// Does **not** find the same person under another number, nor apply an opt-out to data already released.
///
/// Source of the rule: national data opt-out operational policy guidance; rows without a number, and failing
/// closed, are this library's own reading of it.
#[derive(Debug)]
pub struct OptOutFilter {
    lists: OptOuts,
    applies: bool,
    withhold_unnumbered: bool,
    unchecked: Unchecked,
}

impl OptOutFilter {
    /// Checks that the lists suffice for the ruling on the day of use.
    ///
    /// # Errors
    /// If the opt-out applies: `opt_out.no_list`, `opt_out.wrong_kind`, `opt_out.stale`, `opt_out.dated_in_future`.
    pub fn new(ruling: &OptOutRuling, lists: &OptOuts, on: Date, unchecked: Unchecked) -> Result<Self> {
        if ruling.applies() {
            let denied = lists.opted_out.len();
            let answer = lists.not_opted_out.as_ref().ok_or(if denied > 0 {
                AccessError::OptOutWrongKind { lists: denied }
            } else {
                AccessError::OptOutNoList {}
            })?;
            answer.ensure_fresh(on, lists.max_age_days)?;
        }
        let must_ask = ruling.applies() || !lists.opted_out.is_empty();
        let withhold_unnumbered = must_ask && ruling.no_number_exemption().is_none();
        Ok(Self { lists: lists.clone(), applies: ruling.applies(), withhold_unnumbered, unchecked })
    }

    /// What becomes of a row with this number; `None` stands for a missing or invalid one.
    pub fn decide(&self, number: Option<NhsNumber>) -> RowOutcome {
        let Some(number) = number else {
            return if self.withhold_unnumbered { RowOutcome::NoValidNumber } else { RowOutcome::Keep };
        };
        if self.lists.opted_out.iter().any(|list| list.contains(number)) {
            return RowOutcome::OptedOut;
        }
        if !self.applies {
            return RowOutcome::Keep;
        }
        match self.lists.not_opted_out.as_ref().map(|answer| answer.status(number)) {
            Some(Status::NotOptedOut) => RowOutcome::Keep,
            Some(Status::OptedOut) => RowOutcome::OptedOut,
            Some(Status::NotChecked) | None => RowOutcome::NotChecked,
        }
    }

    /// Decides about many people, each by the first nine digits or [`NO_NUMBER`], and counts them: a bit for each who may
    /// stay, 64 to a word, the first the lowest.
    #[cfg_attr(not(feature = "arrow"), allow(dead_code, reason = "only columns ask about many people"))]
    pub(crate) fn stays(&self, people: &[u32], counts: &mut OptOutCounts) -> Vec<u64> {
        people.chunks(64).map(|people| self.stays_of(people, counts)).collect()
    }

    #[cfg_attr(not(feature = "arrow"), allow(dead_code, reason = "only columns ask about many people"))]
    fn stays_of(&self, people: &[u32], counts: &mut OptOutCounts) -> u64 {
        let all = u64::MAX >> (64 - people.len());
        let numbered =
            people.iter().zip(0..64).fold(0, |bits, (&person, at)| bits | u64::from(person != NO_NUMBER) << at);
        let denied = self.lists.opted_out.iter().fold(0, |denied, list| denied | list.found(people));
        let asked = numbered & !denied;
        let (stay, out) = match &self.lists.not_opted_out {
            _ if !self.applies => (asked, 0),
            Some(answer) => answer.statuses(people, asked),
            None => (0, 0),
        };
        let unnumbered = if self.withhold_unnumbered { all & !numbered } else { 0 };
        let kept = if self.withhold_unnumbered { stay } else { stay | all & !numbered };
        let count = |bits: u64| u64::from(bits.count_ones());
        counts.rows_in += people.len() as u64;
        counts.kept += count(kept);
        counts.opted_out += count(denied | out);
        counts.no_valid_number += count(unnumbered);
        counts.not_checked += count(asked & !stay & !out);
        kept
    }

    /// Ends a run: call it with the counts of all rows before anything is released.
    ///
    /// # Errors
    /// `opt_out.not_checked` if a number was never checked and the caller did not choose to withhold such rows.
    pub fn finish(&self, counts: &OptOutCounts) -> Result<()> {
        if counts.not_checked > 0 && self.unchecked == Unchecked::Raise {
            return Err(AccessError::OptOutNotChecked { count: counts.not_checked, rows: counts.rows_in }.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ExpectedOptOuts, NotOptedOut, OptOutRule, OptedOut};
    use super::*;
    use time::macros::date;

    const DAY: Date = date!(2026 - 11 - 01);

    fn person(text: &str) -> NhsNumber {
        NhsNumber::parse(text).expect("valid")
    }

    fn people() -> [NhsNumber; 4] {
        ["9990000018", "9990000026", "9990000034", "9990000042"].map(person)
    }

    /// Of the four people the third opted out nationally and the fourth was never checked.
    fn answer() -> NotOptedOut {
        let [a, b, c, _] = people();
        NotOptedOut::from_check_service([a, b, c], [a, b], DAY, ExpectedOptOuts::Default).expect("fits")
    }

    fn denying(number: NhsNumber) -> OptedOut {
        OptedOut::from_list([number], "type 1").expect("a good source")
    }

    fn exempt(no_number: Option<&str>) -> OptOutRuling {
        OptOutRuling::new(false, OptOutRule::Consent, Some("form 3".into()), no_number.map(str::to_owned))
    }

    #[test]
    fn an_applying_opt_out_fails_closed() {
        let applies = OptOutRuling::unknown();
        let refuse = |lists: &OptOuts, on| OptOutFilter::new(&applies, lists, on, Unchecked::Raise).map(|_| ());
        let code = |lists: OptOuts, on| refuse(&lists, on).expect_err("refused").code();
        assert_eq!(code(OptOuts::new(), DAY), "opt_out.no_list");
        assert_eq!(code(OptOuts::new().with_opted_out(denying(people()[0])), DAY), "opt_out.wrong_kind");
        assert_eq!(code(OptOuts::new().with_not_opted_out(answer()), date!(2026 - 11 - 23)), "opt_out.stale");
        assert_eq!(code(OptOuts::new().with_not_opted_out(answer()), date!(2026 - 10 - 01)), "opt_out.dated_in_future");
        let short = OptOuts::new().with_not_opted_out(answer()).with_max_age_days(7);
        assert_eq!(code(short, date!(2026 - 11 - 09)), "opt_out.stale");
    }

    #[test]
    fn every_ruling_list_and_person() {
        use RowOutcome::{Keep, NoValidNumber, NotChecked, OptedOut as Out};
        let [a, b, c, d] = people();
        let asked = [Some(a), Some(b), Some(c), Some(d), None];
        let upheld = OptOutRuling::unknown();
        let upheld_unnumbered = OptOutRuling::new(true, OptOutRule::Section251, None, Some("IG/2026/17".into()));
        let national = || OptOuts::new().with_not_opted_out(answer());
        let cases = [
            (&upheld, national(), [Keep, Keep, Out, NotChecked, NoValidNumber]),
            (&upheld, national().with_opted_out(denying(a)), [Out, Keep, Out, NotChecked, NoValidNumber]),
            (&upheld, national().with_opted_out(denying(d)), [Keep, Keep, Out, Out, NoValidNumber]),
            (&upheld_unnumbered, national(), [Keep, Keep, Out, NotChecked, Keep]),
            (&exempt(None), OptOuts::new(), [Keep; 5]),
            (&exempt(None), national(), [Keep; 5]),
            (&exempt(None), OptOuts::new().with_opted_out(denying(b)), [Keep, Out, Keep, Keep, NoValidNumber]),
            (&exempt(Some("IG/1")), OptOuts::new().with_opted_out(denying(b)), [Keep, Out, Keep, Keep, Keep]),
        ];
        for (index, (ruling, lists, expected)) in cases.iter().enumerate() {
            let filter = OptOutFilter::new(ruling, lists, DAY, Unchecked::Raise).expect("lists suffice");
            assert_eq!(asked.map(|number| filter.decide(number)), *expected, "case {index}");
            many_at_once(&filter, &asked, index);
        }
    }

    /// Repeats the people, so that words are filled to every length, and asks about each and about all.
    fn many_at_once(filter: &OptOutFilter, asked: &[Option<NhsNumber>], case: usize) {
        for length in [0, 1, 5, 63, 64, 65, 129] {
            let people: Vec<_> = asked.iter().copied().cycle().take(length).collect();
            let (mut one_by_one, mut all) = (OptOutCounts::default(), OptOutCounts::default());
            let outcomes: Vec<RowOutcome> = people.iter().map(|number| filter.decide(*number)).collect();
            for outcome in &outcomes {
                one_by_one.add(*outcome);
            }
            let prefixes: Vec<u32> = people.iter().map(|number| number.map_or(NO_NUMBER, NhsNumber::prefix)).collect();
            let words = filter.stays(&prefixes, &mut all);
            assert_eq!(all, one_by_one, "case {case}");
            assert_eq!(words.len(), length.div_ceil(64));
            for row in 0..words.len() * 64 {
                let stays = outcomes.get(row) == Some(&RowOutcome::Keep);
                assert_eq!(words[row / 64] >> (row % 64) & 1 == 1, stays, "case {case}, row {row} of {length}");
            }
        }
    }

    #[test]
    fn unchecked_people_stop_the_run_or_are_withheld() {
        let lists = OptOuts::new().with_not_opted_out(answer());
        let mut counts = OptOutCounts::default();
        let filter = |unchecked| OptOutFilter::new(&OptOutRuling::unknown(), &lists, DAY, unchecked).expect("fresh");
        for number in people() {
            counts.add(filter(Unchecked::Raise).decide(Some(number)));
        }
        counts.add(filter(Unchecked::Raise).decide(None));
        let expected = OptOutCounts { rows_in: 5, kept: 2, opted_out: 1, no_valid_number: 1, not_checked: 1 };
        assert_eq!(counts, expected);
        assert_eq!(filter(Unchecked::Raise).finish(&counts).expect_err("raise").code(), "opt_out.not_checked");
        assert!(filter(Unchecked::Withhold).finish(&counts).is_ok());
        let shown = format!("{:?}", filter(Unchecked::Raise));
        assert!(people().iter().all(|number| !shown.contains(number.as_str())), "{shown}");
    }
}
