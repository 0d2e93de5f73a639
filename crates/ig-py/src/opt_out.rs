//! Opt-out lists in Python.

use crate::agreement::Decision;
use crate::arrow_capsule::{column, table};
use crate::dates::{date_of, python_date};
use crate::error::{OrRaise, argument, to_python};
use crate::given::{Given, taken};
use crate::key::Key;
use crate::lists::array_of;
use crate::panic::Work;
use crate::plain::plain;
use crate::table::Table;
use arrow::array::{Array, AsArray, RecordBatch};
use ig_core::columns::{self, ColumnAct, Place};
use ig_core::opt_out::{
    self, CheckFile, ExpectedOptOuts, FilterRef, OptOutCounts, OptOutRuling, Unchecked, forget_opt_out_filter,
    register_opt_out_filter,
};
use ig_core::{IdentifierError, OnInvalid};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDate, PyList};
use std::path::PathBuf;
use std::sync::Arc;

/// Where a list is kept, and the key that keeps it.
fn path_and_key<'py>(path: Given<'py>, key: &Given<'py>) -> PyResult<(PathBuf, Bound<'py, Key>)> {
    let known = key.cast::<Key>().map_err(|_| argument(key.py(), "key", "a Key"))?;
    Ok((taken(path, "path", "a path")?, known.clone()))
}

/// The answer of the national check service: the people who may stay, on the day they were checked.
///
/// It is not a list of people who opted out, and the two cannot be mixed up. It says "not opted out at that time",
/// never "consented", and must not be written onto the extract.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct NotOptedOut(Arc<opt_out::NotOptedOut>);

#[pymethods]
impl NotOptedOut {
    /// Reads an answer: what was submitted, what came back, and when.
    ///
    /// Both are columns of NHS numbers, or the bytes of request and response files. `expected_share` is the
    /// greatest share of people, 0 to 1, that may have opted out; left out, it is half.
    ///
    /// Raises `AccessError` with a code `opt_out.*`, such as `opt_out.looks_like_deny_list`.
    #[staticmethod]
    #[pyo3(signature = (submitted, returned, *, checked_at, expected_share = None))]
    fn from_check_service(
        py: Python<'_>,
        submitted: &Bound<'_, PyAny>,
        returned: &Bound<'_, PyAny>,
        checked_at: &Bound<'_, PyDate>,
        expected_share: Option<f64>,
    ) -> PyResult<Self> {
        let expected = expected_opt_outs(py, expected_share)?;
        let submitted = numbers(submitted, "submitted", CheckFile::Request)?;
        let returned = numbers(returned, "returned", CheckFile::Response)?;
        let checked_at = date_of(checked_at, "checked_at")?;
        let list = opt_out::NotOptedOut::from_check_service(submitted, returned, checked_at, expected);
        list.or_raise(py).map(Self::new)
    }

    /// Saves the answer as keyed pseudonyms in a new file that its owner alone can read.
    ///
    /// No NHS number is in the file, and without the key nobody can change its day or its people. A list that came
    /// from an `OptOutCheck` takes the key of that check. Keep it apart from every extract and record.
    ///
    /// Raises `AccessError` with code `opt_out.state_exists` or `opt_out.state_unreadable`, `KeyError` with code
    /// `key.mismatch`, `MisuseError` with code `misuse.argument`.
    fn save(&self, path: Given<'_>, key: Given<'_>) -> PyResult<()> {
        let py = path.py();
        let (path, key) = path_and_key(path, &key)?;
        let key = key.get();
        py.work(|| self.0.save(&path, &key.0)).or_raise(py)
    }

    /// Loads a saved answer; it is as old as the check.
    ///
    /// Raises `AccessError` with code `opt_out.state_unreadable` or `opt_out.state_changed`, `KeyError` with code
    /// `key.mismatch`, `MisuseError` with code `misuse.argument`.
    #[staticmethod]
    fn load(path: Given<'_>, key: Given<'_>) -> PyResult<Self> {
        let py = path.py();
        let (path, key) = path_and_key(path, &key)?;
        let key = key.get();
        py.work(|| opt_out::NotOptedOut::load(&path, &key.0)).or_raise(py).map(Self::new)
    }

    /// How many different people were submitted.
    #[getter]
    fn submitted_count(&self) -> usize {
        self.0.submitted_count()
    }

    /// How many of them had opted out.
    #[getter]
    fn opted_out_count(&self) -> usize {
        self.0.opted_out_count()
    }

    /// The day of the check.
    #[getter]
    fn checked_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDate>> {
        python_date(py, self.0.checked_at())
    }

    fn __repr__(&self) -> String {
        format!("NotOptedOut(checked_at='{}', submitted={})", self.0.checked_at(), self.0.submitted_count())
    }
}

impl NotOptedOut {
    pub(crate) fn new(list: opt_out::NotOptedOut) -> Self {
        Self(Arc::new(list))
    }
}

/// The greatest share of people who may have opted out.
pub(crate) fn expected_opt_outs(py: Python<'_>, share: Option<f64>) -> PyResult<ExpectedOptOuts> {
    match share {
        None => Ok(ExpectedOptOuts::Default),
        Some(share) if (0.0..=1.0).contains(&share) => {
            #[allow(clippy::cast_sign_loss, reason = "a share from 0 to 1")]
            let per_mille = (share * 1000.0).round() as u16;
            Ok(ExpectedOptOuts::MaxPerMille(per_mille))
        }
        Some(_) => Err(argument(py, "expected_share", "a share from 0 to 1")),
    }
}

/// A list of people who must go, such as Type 1 objections.
///
/// It cannot stand for the national check service's answer.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct OptedOut(Arc<opt_out::OptedOut>);

#[pymethods]
impl OptedOut {
    /// Reads a list of NHS numbers; `source` says where it comes from, such as `"type 1"`.
    ///
    /// Raises `IdentifierError` with code `identifier.invalid_cells`, `AccessError` with code `opt_out.source`.
    #[staticmethod]
    #[pyo3(signature = (numbers, *, source))]
    fn from_list(py: Python<'_>, numbers: &Bound<'_, PyAny>, source: &str) -> PyResult<Self> {
        let numbers = self::numbers(numbers, "numbers", CheckFile::Request)?;
        opt_out::OptedOut::from_list(numbers, source).or_raise(py).map(|list| Self(Arc::new(list)))
    }

    /// Where the list comes from.
    #[getter]
    fn source(&self) -> &str {
        self.0.source()
    }

    fn __repr__(&self) -> String {
        format!("OptedOut(source='{}', people={})", self.0.source(), self.0.count())
    }
}

/// The valid numbers of a column, or of the bytes of a check file; an invalid one is an error.
fn numbers(object: &Bound<'_, PyAny>, name: &str, file: CheckFile) -> PyResult<Vec<ig_core::NhsNumber>> {
    let py = object.py();
    if let Ok(bytes) = object.cast::<PyBytes>() {
        let bytes = bytes.as_bytes();
        return py.work(|| opt_out::parse_check_file(bytes, file)).or_raise(py);
    }
    let cells = numbers_or_none(object, name, true)?;
    let missing = || to_python(py, &IdentifierError::Length { found: 0 }.into());
    cells.into_iter().map(|cell| cell.ok_or_else(missing)).collect()
}

/// The numbers of a column, with none for what is missing, and for what is invalid unless that is an error.
pub(crate) fn numbers_or_none(
    object: &Bound<'_, PyAny>,
    name: &str,
    raise: bool,
) -> PyResult<Vec<Option<ig_core::NhsNumber>>> {
    let py = object.py();
    let object = py.import("nhs_ig._columns")?.call_method1("as_column", (object,))?;
    let chunks = if object.is_instance_of::<PyList>() { vec![array_of(&object, name)?] } else { column(&object)?.1 };
    let every = |chunk| columns::every_nhs_number(chunk, &Place::column(name));
    let whole: Option<Vec<_>> = py.work(|| chunks.iter().map(every).collect::<Result<_, _>>()).or_raise(py)?;
    if let Some(whole) = whole {
        return Ok(whole.into_iter().flatten().map(Some).collect());
    }
    let act = ColumnAct::NormaliseNhsNumber { on_invalid: if raise { OnInvalid::Raise } else { OnInvalid::Null } };
    let digits = py.work(|| act.prepare()?.apply_chunks(&chunks, &Place::column(name))).or_raise(py)?;
    let mut numbers = Vec::with_capacity(chunks.iter().map(Array::len).sum());
    for chunk in &digits.chunks {
        for text in chunk.as_string::<i64>() {
            numbers.push(text.map(ig_core::NhsNumber::parse).transpose().or_raise(py)?);
        }
    }
    Ok(numbers)
}

/// The lists of a run, from Python objects of either kind; any other object is refused.
pub(crate) fn opt_outs(py: Python<'_>, lists: &[Bound<'_, PyAny>], max_age_days: i64) -> PyResult<opt_out::OptOuts> {
    let max_age_days =
        u16::try_from(max_age_days).map_err(|_| argument(py, "max_age_days", "a whole number of days from 0"))?;
    let mut all = opt_out::OptOuts::new().with_max_age_days(max_age_days);
    for list in lists {
        if let Ok(allowed) = list.cast::<NotOptedOut>() {
            if all.not_opted_out().is_some() {
                return Err(argument(list.py(), "opt_outs", "at most one answer of the check service"));
            }
            all = all.with_not_opted_out(Arc::clone(&allowed.get().0));
        } else if let Ok(denied) = list.cast::<OptedOut>() {
            all = all.with_opted_out(Arc::clone(&denied.get().0));
        } else {
            return Err(argument(
                list.py(),
                "opt_outs",
                "NotOptedOut and OptedOut lists, since a bare list says not which it is",
            ));
        }
    }
    Ok(all)
}

/// Opt-out lists made ready for columns and query plans, under the ruling of a decision.
///
/// Plans and pickles name it by a random id. It and its lists stay in this process until `forget()` is called, and
/// plans made before then can no longer run.
///
/// Raises `AccessError` with code `opt_out.no_list`, `opt_out.wrong_kind`, `opt_out.stale` or
/// `opt_out.dated_in_future`.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct OptOutFilter(FilterRef);

#[pymethods]
impl OptOutFilter {
    #[new]
    #[pyo3(signature = (lists, *, decision, on, unchecked, max_age_days))]
    fn new(
        py: Python<'_>,
        lists: Vec<Bound<'_, PyAny>>,
        decision: Option<&Decision>,
        on: &Bound<'_, PyDate>,
        unchecked: &str,
        max_age_days: i64,
    ) -> PyResult<Self> {
        let filter = filter_of(py, &lists, decision, on, unchecked, max_age_days)?;
        register_opt_out_filter(Arc::new(filter)).or_raise(py).map(Self)
    }

    /// The random id that plans name it by.
    #[getter]
    fn id(&self) -> &str {
        &self.0.filter_id
    }

    /// Takes it out of this process; says whether it was there.
    fn forget(&self) -> bool {
        forget_opt_out_filter(&self.0)
    }

    fn __repr__(&self) -> String {
        format!("OptOutFilter(id='{}')", self.0.filter_id)
    }
}

fn filter_of(
    py: Python<'_>,
    lists: &[Bound<'_, PyAny>],
    decision: Option<&Decision>,
    on: &Bound<'_, PyDate>,
    unchecked: &str,
    max_age_days: i64,
) -> PyResult<opt_out::OptOutFilter> {
    let lists = opt_outs(py, lists, max_age_days)?;
    let unknown = OptOutRuling::unknown();
    let ruling = decision.map_or(&unknown, |decision| decision.core().opt_out());
    opt_out::OptOutFilter::new(ruling, &lists, date_of(on, "on")?, self::unchecked(py, unchecked)?).or_raise(py)
}

/// What to do about numbers that were never checked.
pub(crate) fn unchecked(py: Python<'_>, unchecked: &str) -> PyResult<Unchecked> {
    match unchecked {
        "raise" => Ok(Unchecked::Raise),
        "withhold" => Ok(Unchecked::Withhold),
        _ => Err(argument(py, "unchecked", "\"raise\" or \"withhold\"")),
    }
}

/// Leaves the rows of people who opted out away; gives the rows that stay and the counts.
#[pyfunction]
#[pyo3(signature = (object, lists, *, id, decision, on, unchecked, max_age_days))]
pub(crate) fn exclude_opted_out<'py>(
    py: Python<'py>,
    object: &Bound<'py, PyAny>,
    lists: Vec<Bound<'py, PyAny>>,
    id: &str,
    decision: Option<&Decision>,
    on: &Bound<'py, PyDate>,
    unchecked: &str,
    max_age_days: i64,
) -> PyResult<(Table, Bound<'py, PyAny>)> {
    let filter = filter_of(py, &lists, decision, on, unchecked, max_age_days)?;
    run(py, object, &filter, id, columns::exclude_opted_out)
}

/// Says which rows may stay, as a table with the one column `stays`; and the counts.
#[pyfunction]
#[pyo3(signature = (object, lists, *, id, decision, on, unchecked, max_age_days))]
pub(crate) fn rows_that_stay<'py>(
    py: Python<'py>,
    object: &Bound<'py, PyAny>,
    lists: Vec<Bound<'py, PyAny>>,
    id: &str,
    decision: Option<&Decision>,
    on: &Bound<'py, PyDate>,
    unchecked: &str,
    max_age_days: i64,
) -> PyResult<(Table, Bound<'py, PyAny>)> {
    let filter = filter_of(py, &lists, decision, on, unchecked, max_age_days)?;
    run(py, object, &filter, id, columns::rows_that_stay)
}

type Act = fn(&opt_out::OptOutFilter, &RecordBatch, &str, &mut OptOutCounts) -> Result<RecordBatch, ig_core::Error>;

fn run<'py>(
    py: Python<'py>,
    object: &Bound<'py, PyAny>,
    filter: &opt_out::OptOutFilter,
    id: &str,
    act: Act,
) -> PyResult<(Table, Bound<'py, PyAny>)> {
    let reader = table(object)?;
    let (mut counts, mut batches) = (OptOutCounts::default(), Vec::new());
    // Without rows there may be no batch, and a missing column must be told all the same.
    let empty = RecordBatch::new_empty(reader.schema());
    let schema = act(filter, &empty, id, &mut counts).or_raise(py)?.schema();
    for batch in reader {
        let batch = batch.map_err(|error| crate::arrow_capsule::engine(py, &error))?;
        batches.push(py.work(|| act(filter, &batch, id, &mut counts)).or_raise(py)?);
    }
    filter.finish(&counts).or_raise(py)?;
    Ok((Table { schema, batches }, plain(py, &counts)?))
}
