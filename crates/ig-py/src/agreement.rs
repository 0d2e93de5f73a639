//! Agreements, requests and decisions in Python.

use crate::dates::{date_of, day_or_today, python_date};
use crate::error::{OrRaise, argument, setting, to_python};
use crate::identity::ActorGiven;
use crate::panic::Work;
use crate::plain::plain;
use ig_core::MisuseError;
use ig_core::agreement::{self, Outcome};
use pyo3::prelude::*;
use pyo3::types::PyDate;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A data sharing agreement, read from TOML and checked.
///
/// Unknown keys, missing ones and contradictions are errors with line and remedy. What the file says is taken as
/// true: that the named people signed and approved is not something this library can know.
///
/// Raises `AccessError` with code `agreement.syntax`, `agreement.unknown_key`, `agreement.missing_key`,
/// `agreement.value` or `agreement.inconsistent`; `MisuseError` with code `misuse.unreadable`.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct Agreement(pub(crate) agreement::Agreement);

#[pymethods]
impl Agreement {
    /// Reads an agreement file.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let error = MisuseError::Unreadable { file: name.clone(), reason: ig_core::files::reason_of(error.kind()) };
            to_python(py, &error.into())
        })?;
        Self::from_text(py, &text, &name)
    }

    /// Reads an agreement from text; `name` is used in messages.
    #[staticmethod]
    #[pyo3(signature = (text, *, name = "agreement.toml"))]
    fn from_text(py: Python<'_>, text: &str, name: &str) -> PyResult<Self> {
        py.work(|| agreement::Agreement::from_toml(text, name)).or_raise(py).map(Self)
    }

    /// Its id, which is the context of its pseudonyms.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// Its version.
    #[getter]
    fn version(&self) -> &str {
        self.0.version()
    }

    /// SHA-256 of its bytes.
    #[getter]
    fn sha256(&self) -> &str {
        self.0.sha256()
    }

    /// The names of its datasets.
    #[getter]
    fn datasets(&self) -> Vec<&str> {
        self.0.document().dataset.iter().map(|dataset| dataset.name.as_str()).collect()
    }

    /// Holds a request against the agreement: every check, passed or not.
    ///
    /// The decision is data; nothing is released until `permit()` is asked.
    fn decide(&self, request: &Request) -> Decision {
        Decision(self.0.decide(&request.0))
    }

    /// The whole agreement as plain data, in the shape of the file; dates are text.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, self.0.document())
    }

    /// How the agreement stands on a day, whoever may ask: in force or why not, days to its end, reviews, and missing
    /// signatures and approvals. `on` left out is today.
    ///
    /// It comes from the same checks as a decision. Raises `MisuseError` with code `misuse.argument`.
    #[pyo3(signature = (on = None))]
    fn standing<'py>(&self, py: Python<'py>, on: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.0.standing(day_or_today(py, on, "on")?))
    }

    /// The agreement on one page of plain English. It is for reading; the file alone decides.
    ///
    /// Raises `MisuseError` with code `misuse.argument`.
    #[pyo3(signature = (on = None))]
    fn page(&self, py: Python<'_>, on: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        Ok(self.0.page(day_or_today(py, on, "on")?))
    }

    /// Every change from this agreement to a newer one: path with names, before, after, and whether it lets more out
    /// (`"wider"`, `"narrower"` or `"other"`). What cannot be told is wider.
    ///
    /// Raises `MisuseError` with code `misuse.argument`.
    fn diff<'py>(&self, py: Python<'py>, newer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let newer = newer.cast::<Self>().map_err(|_| argument(py, "newer", "an Agreement"))?;
        plain(py, &agreement::diff(self.0.document(), newer.get().0.document()))
    }

    /// The agreement as a row of a public Data Use Register, by its column names; empty where it holds nothing.
    fn data_use<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &agreement::DataUse::new(self.0.document()))
    }

    /// The entries of UK GDPR Article 30(1), held or not: paragraph, entry, content, held.
    fn article_30<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &agreement::article_30(self.0.document()))
    }

    fn __repr__(&self) -> String {
        format!("Agreement(id='{}', version='{}')", self.0.id(), self.0.version())
    }
}

/// Who asks for what, for which purpose, on which day.
///
/// `datasets` and `outputs` (`"record_level"`, `"aggregate"`) left empty ask for all that the agreement has.
/// `territory` is where the data will be used, such as `"England"` or `"UK"`; left out, it is where the agreement
/// allows, to which its recipient is bound. `date` is the day of use; left out, it is today.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct Request(pub(crate) agreement::Request);

#[pymethods]
impl Request {
    #[new]
    #[pyo3(signature = (*, actor, role, organisation, purpose, datasets = Vec::new(), outputs = Vec::new(), territory = None, date = None))]
    fn new(
        py: Python<'_>,
        actor: ActorGiven,
        role: String,
        organisation: String,
        purpose: String,
        datasets: Vec<String>,
        outputs: Vec<String>,
        territory: Option<String>,
        date: Option<&Bound<'_, PyDate>>,
    ) -> PyResult<Self> {
        let today;
        let date = if let Some(date) = date {
            date
        } else {
            today = py.import("datetime")?.getattr("date")?.call_method0("today")?.cast_into::<PyDate>()?;
            &today
        };
        let outputs = setting("outputs", outputs).or_raise(py)?;
        let territory = setting("territory", territory).or_raise(py)?;
        let date = date_of(date, "date")?;
        let actor = actor.into_id();
        Ok(Self(agreement::Request { actor, role, organisation, purpose, datasets, outputs, territory, date }))
    }

    /// The day of use.
    #[getter]
    fn date<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDate>> {
        python_date(py, self.0.date)
    }

    /// The person who asks.
    #[getter]
    fn actor(&self) -> &str {
        &self.0.actor
    }

    /// The request as plain data.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.0)
    }

    fn __repr__(&self) -> String {
        format!("Request(purpose='{}', date='{}')", self.0.purpose, self.0.date)
    }
}

/// Whether a request is permitted, and every check that says so. A decision that refuses is truthy like any
/// object: ask `permit()`, which raises.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct Decision(agreement::Decision);

#[pymethods]
impl Decision {
    /// `"permit"` or `"refuse"`.
    #[getter]
    fn outcome(&self) -> &'static str {
        match self.0.outcome() {
            Outcome::Permit => "permit",
            Outcome::Refuse => "refuse",
        }
    }

    /// Every check: code, outcome, message, source and Caldicott principle.
    #[getter]
    fn checks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.0.checks())
    }

    /// The checks that refuse.
    #[getter]
    fn refusals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.0.refusals().collect::<Vec<_>>())
    }

    /// Whether the National Data Opt-Out applies, by which rule, and why.
    #[getter]
    fn opt_out<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, self.0.opt_out())
    }

    /// The decision as plain data.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.0)
    }

    /// Proof that the request is allowed.
    ///
    /// Raises `AccessError` with code `access.refused` and every reason.
    fn permit(&self, py: Python<'_>) -> PyResult<Permit> {
        self.0.permit().or_raise(py).map(Permit)
    }

    fn __repr__(&self) -> String {
        format!("Decision('{}')", self.outcome())
    }
}

impl Decision {
    pub(crate) const fn core(&self) -> &agreement::Decision {
        &self.0
    }
}

/// Proof that a request was held against an agreement and allowed. Only `Decision.permit()` makes one.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct Permit(agreement::Permit);

#[pymethods]
impl Permit {
    /// Id of the agreement.
    #[getter]
    fn agreement_id(&self) -> &str {
        self.0.agreement().id()
    }

    fn __repr__(&self) -> String {
        format!("Permit(agreement_id='{}', date='{}')", self.0.agreement().id(), self.0.date())
    }
}

/// One row for every `.toml` file of a folder, read or not.
#[pyfunction]
pub(crate) fn register_agreements<'py>(
    py: Python<'py>,
    folder: PathBuf,
    on: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let day = day_or_today(py, on, "on")?;
    let rows = py.work(|| agreement::register(&folder, day)).or_raise(py)?;
    plain(py, &rows)
}

/// A commented draft; from a row of a Data Use Register if there is one.
#[pyfunction]
pub(crate) fn draft_agreement(row: Option<BTreeMap<String, String>>) -> String {
    row.map_or_else(|| agreement::TEMPLATE.to_owned(), |row| agreement::draft_from_register(&row))
}
