//! How many runs can be followed from what they read to what they wrote.

use super::verify::{open, walk};
use super::{AuditRecord, CorrelationId, EventKind, Held, Outcome, VerifyReport};
use crate::error::AuditError;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// How many runs of a log can be followed, by their correlation ids.
///
/// A run is all the records of one correlation id of which at least one is about data: **read** side `read`, `query`,
/// `reidentify`; **write** side `write`, `export`, `delete`, `transfer`. Other events do not count.
///
/// A run is **covered** if all three hold: every act that ended was announced by an attempt; every attempt ended; and
/// whoever wrote also read under the same id (a run that only reads is covered too). A program that makes a new id for
/// each call, instead of one for each run, shows up as runs that only write.
///
/// It cannot see what was never recorded, and a run that is still at work counts as unfinished.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coverage {
    /// Runs with at least one record about data.
    pub runs: u64,
    /// Of these, the covered ones.
    pub covered: u64,
    /// Runs in which an act ended that no attempt had announced.
    pub unannounced: u64,
    /// Runs in which an attempt has no end.
    pub unfinished: u64,
    /// Runs that wrote and read nothing.
    pub write_only: u64,
    /// Runs that read and wrote nothing.
    pub read_only: u64,
}

impl Coverage {
    /// The covered share in whole per cent, rounded down; none if there is no run.
    pub const fn percent(&self) -> Option<u64> {
        (self.covered * 100).checked_div(self.runs)
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} runs covered", self.covered, self.runs)?;
        if let Some(percent) = self.percent() {
            write!(f, " ({percent} per cent, rounded down)")?;
        }
        let why = [
            (self.unannounced, "without an attempt before the act"),
            (self.unfinished, "with an attempt that never ended"),
            (self.write_only, "that wrote without reading"),
        ];
        why.iter().filter(|(runs, _)| *runs > 0).try_for_each(|(runs, what)| write!(f, "; {runs} {what}"))
    }
}

/// Verifies a log and measures how many of its runs can be followed.
///
/// # Errors
/// As [`verify`](super::verify).
pub fn coverage<'a>(path: impl AsRef<Path>, held: impl Into<Held<'a>>) -> Result<(VerifyReport, Coverage), AuditError> {
    let mut runs = BTreeMap::<CorrelationId, Run>::new();
    let report = walk(open(path.as_ref())?, held.into(), |visited| {
        if let Some(side) = side_of(visited.record.event()) {
            runs.entry(visited.record.corr_id()).or_default().take(visited.record, side);
        }
        Ok(())
    })?;
    let mut found = Coverage::default();
    for run in runs.values() {
        run.count_into(&mut found);
    }
    Ok((report, found))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Read,
    Write,
}

const fn side_of(event: EventKind) -> Option<Side> {
    match event {
        EventKind::Read | EventKind::Query | EventKind::Reidentify => Some(Side::Read),
        EventKind::Write | EventKind::Export | EventKind::Delete | EventKind::Transfer => Some(Side::Write),
        _ => None,
    }
}

/// What is known of a run so far.
#[derive(Default)]
struct Run {
    /// Attempts without an end, by event and data set.
    open: BTreeMap<(EventKind, Option<String>), u64>,
    sides: BTreeSet<Side>,
    unannounced: bool,
}

impl Run {
    fn take(&mut self, record: &AuditRecord, side: Side) {
        self.sides.insert(side);
        let key = (record.event(), record.dataset().map(str::to_owned));
        let ended = record.outcome();
        if ended == Outcome::Attempt {
            *self.open.entry(key).or_default() += 1;
            return;
        }
        // An attempt that names no data set announces one act on each of several.
        let general = (record.event(), None);
        if let Some(open) = self.open.get_mut(&key) {
            *open -= 1;
            if *open == 0 {
                self.open.remove(&key);
            }
        } else if ended != Outcome::Refused && !self.open.contains_key(&general) {
            // What a rule refused touched nothing, and needs no attempt.
            self.unannounced = true;
        }
        if ended != Outcome::Success && key == general {
            // The run as a whole was given up, with everything that it had begun.
            self.open.clear();
        }
    }

    fn count_into(&self, found: &mut Coverage) {
        let (reads, writes) = (self.sides.contains(&Side::Read), self.sides.contains(&Side::Write));
        found.runs += 1;
        found.unannounced += u64::from(self.unannounced);
        found.unfinished += u64::from(!self.open.is_empty());
        found.write_only += u64::from(writes && !reads);
        found.read_only += u64::from(reads && !writes);
        found.covered += u64::from(!self.unannounced && self.open.is_empty() && reads);
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::audit::{AuditEvent, AuditLog};
    use EventKind::{Delete, Export, Login, Read, Write};
    use Outcome::{Attempt, Failure, Refused, Success};

    /// Covered or not, and why: unannounced, unfinished, written without reading.
    fn judged(acts: &[(EventKind, Outcome, Option<&str>)]) -> (u64, [u64; 3]) {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("audit.jsonl");
        let log = AuditLog::open(&path).expect("log");
        let run = CorrelationId::generate().expect("run");
        for (event, outcome, dataset) in acts {
            let event = AuditEvent::new(*event, *outcome, "a.analyst", run).expect("event");
            let event = dataset.map_or(Ok(event.clone()), |dataset| event.dataset(dataset)).expect("dataset");
            log.record(&event).expect("recorded");
        }
        let (report, found) = coverage(&path, None).expect("verifies");
        assert_eq!((report.records, found.runs), (acts.len() as u64, 1));
        (found.covered, [found.unannounced, found.unfinished, found.write_only])
    }

    #[test]
    fn a_run_is_covered_if_it_can_be_followed() {
        let covered = (1, [0, 0, 0]);
        let (a, b) = (Some("a"), Some("b"));
        assert_eq!(
            judged(&[(Read, Attempt, a), (Read, Success, a), (Write, Attempt, b), (Write, Success, b)]),
            covered
        );
        assert_eq!(judged(&[(Read, Attempt, a), (Read, Success, a)]), covered);
        assert_eq!(judged(&[(Read, Attempt, a), (Read, Refused, a)]), covered);
        assert_eq!(judged(&[(Read, Refused, a)]), covered);
        // A release: one attempt for all its files, and the end of each.
        let release = [(Export, Attempt, None), (Read, Attempt, a), (Read, Success, a)];
        let ends = [(Export, Success, a), (Export, Success, b), (Export, Success, None)];
        assert_eq!(judged(&[&release[..], &ends].concat()), covered);
        // A release that failed while it read.
        assert_eq!(judged(&[(Export, Attempt, None), (Read, Attempt, a), (Export, Failure, None)]), covered);
        // Not covered, each for its own reason.
        assert_eq!(judged(&[(Read, Success, a)]), (0, [1, 0, 0]));
        assert_eq!(judged(&[(Read, Attempt, a), (Read, Success, b)]), (0, [1, 1, 0]));
        assert_eq!(judged(&[(Read, Attempt, a), (Read, Success, a), (Read, Success, a)]), (0, [1, 0, 0]));
        assert_eq!(judged(&[(Read, Attempt, a), (Read, Attempt, a), (Read, Success, a)]), (0, [0, 1, 0]));
        assert_eq!(judged(&[(Delete, Attempt, a), (Delete, Success, a)]), (0, [0, 0, 1]));
        assert_eq!(judged(&[(Write, Success, a)]), (0, [1, 0, 1]));
        assert_eq!(judged(&[(Read, Success, a), (Read, Attempt, a)]), (0, [1, 1, 0]));
    }

    #[test]
    fn a_new_id_for_each_call_shows_and_other_events_do_not_count() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("audit.jsonl");
        let log = AuditLog::open(&path).expect("log");
        assert_eq!(coverage(&path, None).expect("verifies").1.percent(), None);
        for event in [Read, Write, Login] {
            let run = CorrelationId::generate().expect("run");
            for outcome in [Attempt, Success] {
                log.record(&AuditEvent::new(event, outcome, "a.analyst", run).expect("event")).expect("recorded");
            }
        }
        let found = coverage(&path, log.head().ok()).expect("verifies").1;
        assert_eq!((found.runs, found.covered, found.read_only, found.percent()), (2, 1, 1, Some(50)));
        let words = "1 of 2 runs covered (50 per cent, rounded down); 1 that wrote without reading";
        assert_eq!(found.to_string(), words);
    }
}
