//! The check with the national service in Python.

use crate::dates::date_of;
use crate::error::{OrRaise, argument, settings};
use crate::key::Key;
use crate::opt_out::{NotOptedOut, expected_opt_outs, numbers_or_none};
use crate::panic::Work;
use crate::plain::plain;
use ig_core::opt_out::{self, Answer, CheckNumber, CheckNumbers, CheckSettings, NobodyOptedOut};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDate};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A check behind its wrapper `nhs_ig.OptOutCheck`.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct OptOutCheckHandle(Mutex<opt_out::OptOutCheck>);

/// The settings of a request, as the wrapper gives them.
#[derive(Deserialize)]
struct Given {
    mailbox: String,
    sequence: u16,
    subject: Option<String>,
    local_id: String,
    workflow_id: String,
    numbers: CheckNumbers,
    max_file_bytes: u64,
}

/// One request file, as Python sees it.
#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    local_id: &'a str,
    numbers: usize,
    hash: &'a str,
    progress: &'static str,
    message_id: Option<&'a str>,
    refused: Option<&'a str>,
}

impl OptOutCheckHandle {
    fn check(&self) -> MutexGuard<'_, opt_out::OptOutCheck> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl OptOutCheckHandle {
    /// Makes the request of a column of numbers, or of a list of texts that have ten digits; gives the cells left out.
    #[staticmethod]
    fn prepare(
        py: Python<'_>,
        cohort: &Bound<'_, PyAny>,
        options: &str,
        on: &Bound<'_, PyDate>,
        key: &Key,
        path: PathBuf,
        refuse_invalid: bool,
    ) -> PyResult<(Self, usize)> {
        let settings = settings_of(options, date_of(on, "on")?).or_raise(py)?;
        let (cohort, left_out) = cohort_of(cohort, settings.numbers, refuse_invalid)?;
        let made = py.work(|| opt_out::OptOutCheck::prepare(cohort, &settings, &key.0, &path)).or_raise(py)?;
        Ok((Self(Mutex::new(made)), left_out))
    }

    /// Goes on with a check on disk.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf, key: &Key) -> PyResult<Self> {
        py.work(|| opt_out::OptOutCheck::open(&path, &key.0)).or_raise(py).map(|check| Self(Mutex::new(check)))
    }

    /// The request files in memory: name and bytes.
    fn requests<'py>(&self, py: Python<'py>) -> Vec<(String, Bound<'py, PyBytes>)> {
        let check = self.check();
        check.requests().iter().map(|file| (file.name().to_owned(), PyBytes::new(py, file.bytes()))).collect()
    }

    /// Every request file and how far it has come.
    fn files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let check = self.check();
        let files = check.files().iter().map(|file| File {
            name: file.name(),
            local_id: file.local_id(),
            numbers: file.numbers(),
            hash: file.hash(),
            progress: file.progress().as_str(),
            message_id: file.message_id(),
            refused: file.refused(),
        });
        plain(py, &files.collect::<Vec<_>>())
    }

    /// Check id, mailbox, workflow, subject and the hash for the audit log.
    fn names(&self) -> (String, String, String, String, String) {
        let check = self.check();
        let [id, mailbox, workflow, subject] =
            [check.check_id(), check.mailbox(), check.workflow_id(), check.subject()].map(str::to_owned);
        (id, mailbox, workflow, subject, check.request_digest().to_string())
    }

    fn submitted_count(&self) -> usize {
        self.check().submitted_count()
    }

    fn write_requests(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        py.work(|| self.check().write_requests(&folder)).or_raise(py)
    }

    /// Records that sending begins; gives the local id.
    fn begin_sending(&self, py: Python<'_>, bytes: &[u8]) -> PyResult<String> {
        py.work(|| self.check().begin_sending(bytes).map(|file| file.local_id().to_owned())).or_raise(py)
    }

    fn sent(&self, py: Python<'_>, local_id: &str, message_id: Option<&str>) -> PyResult<()> {
        py.work(|| self.check().sent(local_id, message_id)).or_raise(py)
    }

    fn not_sent(&self, py: Python<'_>, local_id: &str) -> PyResult<()> {
        py.work(|| self.check().not_sent(local_id)).or_raise(py)
    }

    fn undelivered(&self, py: Python<'_>, local_id: &str) -> PyResult<()> {
        py.work(|| self.check().undelivered(local_id)).or_raise(py)
    }

    fn store_answer(
        &self,
        py: Python<'_>,
        bytes: &Bound<'_, PyBytes>,
        local_id: Option<&str>,
        nobody_opted_out: &str,
    ) -> PyResult<()> {
        let nobody = match nobody_opted_out {
            "refuse" => NobodyOptedOut::Refuse,
            "allow" => NobodyOptedOut::Allow,
            _ => return Err(argument(py, "nobody_opted_out", "\"refuse\" or \"allow\"")),
        };
        let answer = Answer { bytes: bytes.as_bytes(), local_id };
        py.work(|| self.check().store_answer(answer, nobody)).or_raise(py)
    }

    fn finish(
        &self,
        py: Python<'_>,
        checked_at: Option<&Bound<'_, PyDate>>,
        expected_share: Option<f64>,
    ) -> PyResult<NotOptedOut> {
        let checked_at = checked_at.map(|day| date_of(day, "checked_at")).transpose()?;
        let expected = expected_opt_outs(py, expected_share)?;
        py.work(|| self.check().finish(checked_at, expected)).or_raise(py).map(NotOptedOut::new)
    }

    fn __repr__(&self) -> String {
        format!("OptOutCheckHandle('{}')", self.check().check_id())
    }
}

fn settings_of(options: &str, on: time::Date) -> Result<CheckSettings, ig_core::Error> {
    let given: Given = settings(options)?;
    let made = CheckSettings::new(&given.mailbox, on, given.sequence, &given.local_id);
    let subject = given.subject.unwrap_or_else(|| given.local_id.clone());
    let (workflow_id, numbers, max_file_bytes) = (given.workflow_id, given.numbers, given.max_file_bytes);
    Ok(CheckSettings { subject, workflow_id, numbers, max_file_bytes, ..made })
}

fn cohort_of(cohort: &Bound<'_, PyAny>, mode: CheckNumbers, raise: bool) -> PyResult<(Vec<CheckNumber>, usize)> {
    let py = cohort.py();
    if mode == CheckNumbers::Valid {
        let cells = numbers_or_none(cohort, "cohort", raise)?;
        let valid: Vec<_> = cells.iter().flatten().copied().map(CheckNumber::from).collect();
        let left_out = cells.len() - valid.len();
        return Ok((valid, left_out));
    }
    let texts: Vec<String> = cohort.extract().map_err(|_| argument(py, "cohort", "a list of texts"))?;
    let numbers: Vec<_> = texts.iter().map(|text| CheckNumber::format_only(text)).collect();
    let refused = numbers.iter().filter(|number| number.is_err()).count();
    if raise && refused > 0 {
        let place = numbers.into_iter().find_map(Result::err);
        return place.map_or(Ok((Vec::new(), 0)), |error| Err(crate::error::to_python(py, &error.into())));
    }
    Ok((numbers.into_iter().flatten().collect(), refused))
}
