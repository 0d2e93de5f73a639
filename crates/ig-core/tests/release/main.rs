//! A release end to end, on the demo data.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod aggregate;
mod demo;
mod earlier;
mod earlier_folders;
mod folder;
mod masked;
mod refused;
mod report;
mod rows;
mod secrets;
mod sources;
mod trail;
mod workbook;

use ig_core::agreement::{Agreement, Request};
use ig_core::audit::{AuditLog, CorrelationId, verify};
use ig_core::opt_out::{ExpectedOptOuts, NotOptedOut, OptOuts, OptedOut, Unchecked};
use ig_core::release::{
    EarlierReleases, Effect, NoWatch, Occasion, Release, ReleaseInputs, Source, Watch, audited_permit, release,
};
use ig_core::{Error, Key, KeyId, NhsNumber};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;
use time::Date;
use time::macros::date;

pub(crate) const TODAY: Date = date!(2026 - 11 - 22);
pub(crate) const DIDS: &str = include_str!("../../../../python/nhs_ig/demo_data/dids_500.csv");
pub(crate) const AE: &str = include_str!("../../../../python/nhs_ig/demo_data/ae_attendances.csv");
pub(crate) const AGREEMENT: &str = include_str!("../../../../python/nhs_ig/demo_data/agreement.toml");

/// A table as lines of cells; the demo files quote nothing but plain text without commas.
pub(crate) fn table(text: &str) -> Vec<Vec<String>> {
    let cell = |cell: &str| cell.trim_matches('"').to_owned();
    text.lines().map(|line| line.split(',').map(cell).collect()).collect()
}

pub(crate) static NUMBERS: LazyLock<Vec<NhsNumber>> =
    LazyLock::new(|| table(DIDS).iter().skip(1).map(|row| NhsNumber::parse(&row[0]).expect("valid")).collect());

/// Everything of one release that a test may change.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) agreement: String,
    pub(crate) date: Date,
    pub(crate) occasion: Occasion,
    pub(crate) effect: Effect,
    pub(crate) earlier: EarlierReleases,
    pub(crate) sources: Vec<(&'static str, PathBuf)>,
    pub(crate) submitted: Vec<NhsNumber>,
    pub(crate) opted_out: Vec<NhsNumber>,
    pub(crate) denied: Vec<NhsNumber>,
    pub(crate) unchecked: Unchecked,
    pub(crate) as_of: Vec<(&'static str, Date)>,
    pub(crate) key: Option<Key>,
    pub(crate) out: PathBuf,
    pub(crate) run: CorrelationId,
    /// Another log than the one in the folder.
    pub(crate) log: Option<PathBuf>,
}

pub(crate) fn key() -> Key {
    let bytes: Vec<u8> = (0..32).map(|n: u8| n.wrapping_mul(37) ^ 0x5a).collect();
    Key::from_bytes(KeyId::new("release-test").expect("id"), &bytes).expect("key")
}

/// The secret of the key, as it must be nowhere.
pub(crate) fn key_hex() -> String {
    (0..32).fold(String::new(), |hex, n: u8| hex + &format!("{:02x}", n.wrapping_mul(37) ^ 0x5a))
}

impl World {
    /// The demo: every tenth person opted out nationally, two are on a deny-list.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        Self {
            agreement: AGREEMENT.to_owned(),
            date: TODAY,
            occasion: Occasion::Today(TODAY),
            effect: Effect::Release,
            earlier: EarlierReleases::none(),
            sources: vec![("dids", file("dids.csv", DIDS)), ("ae_attendances", file("ae.csv", AE))],
            submitted: NUMBERS.clone(),
            opted_out: NUMBERS.iter().copied().step_by(10).collect(),
            denied: vec![NUMBERS[1], NUMBERS[10]],
            unchecked: Unchecked::Raise,
            as_of: Vec::new(),
            key: Some(key()),
            out: folder.path().join("out"),
            run: CorrelationId::generate().expect("run"),
            log: None,
            folder,
        }
    }

    pub(crate) fn log_path(&self) -> PathBuf {
        self.log.clone().unwrap_or_else(|| self.folder.path().join("audit.jsonl"))
    }

    /// The agreement with a part of its text replaced.
    pub(crate) fn agreed(mut self, from: &str, to: &str) -> Self {
        assert!(self.agreement.contains(from), "{from}");
        self.agreement = self.agreement.replacen(from, to, 1);
        self
    }

    /// The dids source with this text.
    pub(crate) fn dids(self, text: &str) -> Self {
        std::fs::write(&self.sources[0].1, text).expect("written");
        self
    }

    pub(crate) fn opt_outs(&self) -> OptOuts {
        let stays = self.submitted.iter().copied().filter(|number| !self.opted_out.contains(number));
        let answer =
            NotOptedOut::from_check_service(self.submitted.clone(), stays, self.date, ExpectedOptOuts::Default);
        let denied = OptedOut::from_list(self.denied.clone(), "type 1").expect("a list");
        OptOuts::new().with_not_opted_out(answer.expect("an answer")).with_opted_out(denied)
    }

    pub(crate) fn release(&self) -> Result<Release, Error> {
        self.release_from(
            self.sources.iter().map(|(name, path)| ((*name).to_owned(), Source::File(path.clone()))),
            &NoWatch,
        )
    }

    pub(crate) fn release_from(
        &self,
        sources: impl Iterator<Item = (String, Source)>,
        watch: &dyn Watch,
    ) -> Result<Release, Error> {
        let agreement = Agreement::from_toml(&self.agreement, "agreement.toml")?;
        let request = Request::new("a.analyst", "analyst", "Example Analytics Unit", "service_evaluation", self.date);
        let log = AuditLog::open(self.log_path())?;
        let permit = audited_permit(&agreement, &request, &log, self.run)?;
        release(ReleaseInputs {
            permit: &permit,
            sources: sources.collect::<BTreeMap<_, _>>(),
            key: self.key.as_ref(),
            opt_outs: &self.opt_outs(),
            unchecked: self.unchecked,
            as_of: self.as_of.iter().map(|(name, day)| ((*name).to_owned(), *day)).collect(),
            audit: &log,
            run: self.run,
            out: &self.out,
            occasion: self.occasion,
            effect: self.effect,
            earlier: &self.earlier,
            watch,
        })
    }

    /// Fails as it should: with this code, no output, no partial folder, and the end in the log.
    pub(crate) fn refuses(&self, code: &str, outcome: &str) -> Error {
        let before = names(self.out.parent().expect("parent"));
        let error = self.release().expect_err("refused");
        self.left_nothing(&before, &error, code, outcome);
        error
    }

    pub(crate) fn left_nothing(&self, before: &[String], error: &Error, code: &str, outcome: &str) {
        assert_eq!(error.code(), code, "{error}");
        let mut after = names(self.out.parent().expect("parent"));
        after.retain(|name| name != "audit.jsonl");
        let before: Vec<_> = before.iter().filter(|name| *name != "audit.jsonl").cloned().collect();
        assert_eq!(after, before, "something was left behind");
        let last = self.records().pop().expect("a record");
        assert_eq!((last["outcome"].as_str(), last["code"].as_str()), (Some(outcome), Some(code)), "{last}");
        assert_eq!(last["corr_id"], self.run.to_string());
        verify(self.log_path(), None).expect("the log verifies");
        shows_no_secret("error", &format!("{error} {error:?} {:?} {}", error.context(), error.tagged()));
        shows_no_secret("log", &self.log_text());
    }

    pub(crate) fn log_text(&self) -> String {
        std::fs::read_to_string(self.log_path()).expect("log")
    }

    pub(crate) fn records(&self) -> Vec<Value> {
        self.log_text().lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
    }

    pub(crate) fn output(&self, file: &str) -> String {
        std::fs::read_to_string(self.out.join(file)).expect("output")
    }
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Runs of nine digits that an input number has: whoever has nine can compute the tenth.
pub(crate) fn nine_digit_runs() -> std::collections::HashSet<String> {
    let runs = |number: &NhsNumber| [number.as_str()[..9].to_owned(), number.as_str()[1..].to_owned()];
    NUMBERS.iter().flat_map(runs).collect()
}

/// No input number in any spelling, no key.
pub(crate) fn shows_no_secret(what: &str, text: &str) {
    let runs = nine_digit_runs();
    let squeezed: String = text.chars().filter(|c| !" -.".contains(*c)).collect();
    for text in [text, &squeezed] {
        for run in text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= 9) {
            let found = (0..=run.len() - 9).any(|at| runs.contains(&run[at..at + 9]));
            assert!(!found, "{what} holds digits of an input number");
        }
    }
    let key = key_hex();
    let lower = text.to_lowercase();
    assert!(!lower.contains(&key[..16]) && !lower.contains(&key[48..]) && !lower.contains("nhsig_sk"), "{what}");
}
