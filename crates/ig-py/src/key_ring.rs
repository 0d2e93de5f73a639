//! Key rings in Python: handles without bytes.

use crate::dates::{date_of, python_date};
use crate::error::{OrRaise, argument, to_python};
use crate::key::{Key, made_by_function, permissions_of, retired_of};
use crate::panic::Work;
use ig_core::{Context, Error, KeyError, KeyId, KeySource, process_keys};
use pyo3::prelude::*;
use pyo3::types::PyDate;
use std::path::PathBuf;
use std::sync::Arc;

/// What may be shown of a key of a ring: everything but the key.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct KeyEntry(ig_core::KeyEntry);

#[pymethods]
impl KeyEntry {
    /// The public id.
    #[getter]
    fn id(&self) -> &str {
        self.0.id.as_str()
    }

    /// Where it stands in its life: `"pending"`, `"primary"` or `"retired"`.
    #[getter]
    fn status(&self) -> &'static str {
        self.0.status.as_str()
    }

    /// The day it was made.
    #[getter]
    fn created<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDate>>> {
        self.0.created.map(|date| python_date(py, date)).transpose()
    }

    /// The day it was retired.
    #[getter]
    fn retired<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDate>>> {
        self.0.retired.map(|date| python_date(py, date)).transpose()
    }

    /// Agreements or projects that it is for; an empty list stands for any.
    #[getter]
    fn purposes(&self) -> Vec<&str> {
        self.0.purposes.iter().map(Context::as_str).collect()
    }

    /// Ten hex digits by which two holders see that they have the same key.
    #[getter]
    fn check_value(&self) -> &str {
        &self.0.check_value
    }

    /// Whether the key itself is at hand in this process; of a `KeyRingFile`, whether it is inside the file.
    #[getter]
    fn available(&self) -> bool {
        self.0.available
    }

    fn __repr__(&self) -> String {
        format!("KeyEntry(id='{}', status='{}', check_value='{}')", self.id(), self.status(), self.check_value())
    }
}

/// The keys of a ring file: one primary for new pseudonyms, pending ones to come, retired ones for old extracts.
///
/// The bytes never come back to Python, and a ring is never copied or pickled: give its path to other processes.
///
/// It does not protect against another program of the same user reading this process's memory.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct KeyRing(ig_core::KeyRing);

#[pymethods]
impl KeyRing {
    /// Reads a ring file and takes its keys from where they are: inside, key files, environment variables, and
    /// your function.
    ///
    /// `function` is called with the id of each key that has `caller = true`. It returns the text form as `str`,
    /// or 32 `bytes`, or `None` where it has no such key. A key that is not at hand is listed without its key,
    /// except for the primary, which must be there. `permissions` is that of `Key.from_file`.
    ///
    /// Raises `KeyError` with code `key.missing`, `key.file_exposed`, `key.unreadable`, `key.format`, `key.weak`,
    /// `key.mismatch` or `key.ring_*`; what the function raises passes through.
    #[staticmethod]
    #[pyo3(signature = (path, *, permissions = "owner_only", function = None))]
    fn from_file(
        py: Python<'_>,
        path: PathBuf,
        permissions: &str,
        function: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let permissions = permissions_of(py, permissions)?;
        let mut raised = None;
        let mut ask = |id: &KeyId| made_by_function(function, id, &mut raised);
        let ring = ig_core::KeyRing::from_file(&path, permissions, &mut ask);
        raised.map_or_else(|| ring.or_raise(py).map(Self), Err)
    }

    /// The key for new pseudonyms.
    #[getter]
    fn primary(&self, py: Python<'_>) -> PyResult<Key> {
        let missing = || to_python(py, &KeyError::RingPrimary { found: 0 }.into());
        self.0.primary().map(Key).ok_or_else(missing)
    }

    /// The key of an id, whatever its status; what it may be used for is checked where it is used.
    ///
    /// Raises `KeyError` with code `key.id` or `key.unavailable`.
    fn key(&self, py: Python<'_>, key_id: &str) -> PyResult<Key> {
        KeyId::new(key_id).and_then(|id| self.0.key(&id)).or_raise(py).map(Key)
    }

    /// What may be shown of every key, by id.
    #[getter]
    fn entries(&self) -> Vec<KeyEntry> {
        self.0.entries().cloned().map(KeyEntry).collect()
    }

    /// Puts every key that is at hand into this process's ring, where plans and pickles find it by its id.
    ///
    /// For a worker process that is given plans. Plans that were made with a key that is now retired fail with
    /// `key.retired`, unless `retired` is `"allow"`.
    ///
    /// Raises `KeyError` with code `key.id_conflict`.
    #[pyo3(signature = (*, retired = "refuse"))]
    fn load(&self, py: Python<'_>, retired: &str) -> PyResult<()> {
        let retired = retired_of(py, retired)?;
        let keys = self.0.entries().filter_map(|entry| self.0.key(&entry.id).ok());
        process_keys(|ring| keys.into_iter().try_for_each(|key| ring.add_for(key, retired))).or_raise(py)
    }

    fn __repr__(&self) -> String {
        let primary = self.0.primary().map(|key| key.id().to_string()).unwrap_or_default();
        format!("KeyRing({} keys, primary='{primary}')", self.0.entries().count())
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Err(to_python(py, &Error::from(KeyError::NotPicklable {})))
    }

    fn __copy__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.__reduce__(py)
    }

    fn __deepcopy__(&self, py: Python<'_>, _memo: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        self.__reduce__(py)
    }
}

/// The file of a key ring, for those who look after keys.
///
/// It is readable by its owner alone. A change is whole or not made, and two people who change it at the same time
/// lose nothing. It does not keep comments, and it does not keep a copy elsewhere: that is yours to do.
///
/// Raises `KeyError` with code `key.missing`, `key.file_exposed`, `key.unreadable`, `key.mismatch` or `key.ring_*`.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct KeyRingFile(ig_core::KeyRingFile);

#[pymethods]
impl KeyRingFile {
    /// Opens a ring file and checks its form.
    #[new]
    #[pyo3(signature = (path, *, permissions = "owner_only"))]
    fn new(py: Python<'_>, path: PathBuf, permissions: &str) -> PyResult<Self> {
        ig_core::KeyRingFile::open(&path, permissions_of(py, permissions)?).or_raise(py).map(Self)
    }

    /// Makes a new ring file with one key, its primary, inside; an existing file is never overwritten.
    ///
    /// Raises `KeyError` with code `key.file_exists` or `key.unreadable`.
    #[staticmethod]
    #[pyo3(signature = (path, key, *, created, purposes = None))]
    fn create(
        py: Python<'_>,
        path: PathBuf,
        key: &Key,
        created: &Bound<'_, PyDate>,
        purposes: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let (created, purposes) = (date_of(created, "created")?, contexts(py, purposes)?);
        py.work(|| ig_core::KeyRingFile::create(&path, &key.0, &purposes, created)).or_raise(py).map(Self)
    }

    /// What may be shown of every key, in the order of the file.
    #[getter]
    fn entries(&self, py: Python<'_>) -> PyResult<Vec<KeyEntry>> {
        Ok(self.0.entries().or_raise(py)?.into_iter().map(KeyEntry).collect())
    }

    /// Adds a key, pending until it is promoted.
    ///
    /// The key goes into the file, unless one of these says where it is: `file`, a key file's path from the ring's
    /// folder; `env`, a variable's name; `caller=True`, your function.
    ///
    /// Raises `KeyError` with code `key.ring_duplicate`, `key.ring_same_secret`, `key.ring_field` or `key.mismatch`.
    #[pyo3(signature = (key, *, created, purposes = None, file = None, env = None, caller = false))]
    fn add(
        &self,
        py: Python<'_>,
        key: &Key,
        created: &Bound<'_, PyDate>,
        purposes: Option<Vec<String>>,
        file: Option<String>,
        env: Option<String>,
        caller: bool,
    ) -> PyResult<()> {
        let source = match (file, env, caller) {
            (None, None, false) => KeySource::Inline,
            (Some(file), None, false) => KeySource::File(file),
            (None, Some(env), false) => KeySource::Env(env),
            (None, None, true) => KeySource::Caller,
            _ => return Err(argument(py, "the source", "at most one of file, env and caller")),
        };
        let (created, purposes) = (date_of(created, "created")?, contexts(py, purposes)?);
        py.work(|| self.0.add(&key.0, source, &purposes, created)).or_raise(py)
    }

    /// Makes a pending key the primary; the primary before it is retired on that day.
    ///
    /// Raises `KeyError` with code `key.unavailable` or `key.ring_status`.
    #[pyo3(signature = (key_id, *, on))]
    fn promote(&self, py: Python<'_>, key_id: &str, on: &Bound<'_, PyDate>) -> PyResult<()> {
        let (id, on) = (KeyId::new(key_id).or_raise(py)?, date_of(on, "on")?);
        py.work(|| self.0.promote(&id, on)).or_raise(py)
    }

    /// Retires a pending key. The primary is retired by promoting another, so that there always is one.
    ///
    /// Raises `KeyError` with code `key.unavailable`, `key.ring_primary` or `key.ring_status`.
    #[pyo3(signature = (key_id, *, on))]
    fn retire(&self, py: Python<'_>, key_id: &str, on: &Bound<'_, PyDate>) -> PyResult<()> {
        let (id, on) = (KeyId::new(key_id).or_raise(py)?, date_of(on, "on")?);
        py.work(|| self.0.retire(&id, on)).or_raise(py)
    }

    fn __repr__(&self) -> &'static str {
        "KeyRingFile()"
    }
}

fn contexts(py: Python<'_>, purposes: Option<Vec<String>>) -> PyResult<Vec<Context>> {
    purposes.unwrap_or_default().iter().map(|purpose| Context::new(purpose)).collect::<Result<_, _>>().or_raise(py)
}

/// The key of a handle or the primary key of a ring.
pub(crate) fn key_or_primary(py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Arc<ig_core::Key>> {
    if let Ok(ring) = given.cast::<KeyRing>() {
        return ring.get().primary(py).map(|key| key.0);
    }
    let key = given.cast::<Key>().map_err(|_| argument(py, "key", "a Key or a KeyRing"))?;
    Ok(Arc::clone(&key.get().0))
}
