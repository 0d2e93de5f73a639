//! Keys in Python: handles without bytes.

use crate::error::{OrRaise, argument, to_python};
use ig_core::{Error, KeyError, KeyFilePermissions, KeyId, RetiredKeys, process_keys};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::path::PathBuf;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A secret key: 32 random bytes with a public id.
///
/// The bytes never come back to Python: there is no way to print, copy or pickle them. They are wiped when the
/// key is dropped. Make one with `from_file`, `from_env`, `from_function` or `generate`.
///
/// It does not protect against another program of the same user reading this process's memory.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct Key(pub(crate) Arc<ig_core::Key>);

#[pymethods]
impl Key {
    /// Reads a key from an environment variable in its text form `nhsig_sk_<id>_<64 hex digits>`.
    ///
    /// Raises `KeyError` with code `key.missing`, `key.format` or `key.weak`.
    #[staticmethod]
    #[pyo3(signature = (variable = "NHS_IG_KEY"))]
    fn from_env(py: Python<'_>, variable: &str) -> PyResult<Self> {
        ig_core::Key::from_env(variable).or_raise(py).map(|key| Self(Arc::new(key)))
    }

    /// Reads a key file.
    ///
    /// `permissions` is `"owner_only"` (the default: a file that others can read is refused) or
    /// `"managed_mount"` for a container platform's secret mount.
    ///
    /// Raises `KeyError` with code `key.missing`, `key.file_exposed`, `key.unreadable`, `key.format` or `key.weak`.
    #[staticmethod]
    #[pyo3(signature = (path, *, permissions = "owner_only"))]
    fn from_file(py: Python<'_>, path: PathBuf, permissions: &str) -> PyResult<Self> {
        let permissions = permissions_of(py, permissions)?;
        ig_core::Key::from_file(&path, permissions).or_raise(py).map(|key| Self(Arc::new(key)))
    }

    /// Asks a function of yours, such as a call to a key management service, for the key.
    ///
    /// The function takes no argument and returns the text form as `str`, or 32 `bytes` if `id` is given.
    ///
    /// Raises `KeyError` with code `key.format`, `key.id` or `key.weak`; what the function raises passes through.
    #[staticmethod]
    #[pyo3(signature = (function, *, id = None))]
    fn from_function(py: Python<'_>, function: &Bound<'_, PyAny>, id: Option<&str>) -> PyResult<Self> {
        let answer = function.call0()?;
        let key = match (answer.cast::<PyBytes>(), id) {
            (Ok(bytes), Some(id)) => KeyId::new(id).and_then(|id| ig_core::Key::from_bytes(id, bytes.as_bytes())),
            (Err(_), None) if let Ok(text) = answer.extract::<String>() => {
                ig_core::Key::from_text(&Zeroizing::new(text))
            }
            _ => Err(KeyError::Format {}),
        };
        key.or_raise(py).map(|key| Self(Arc::new(key)))
    }

    /// Makes a new random key, with a random id unless one is given.
    ///
    /// Raises `KeyError` with code `key.id` or `key.random`.
    #[staticmethod]
    #[pyo3(signature = (*, id = None))]
    fn generate(py: Python<'_>, id: Option<&str>) -> PyResult<Self> {
        let key = match id {
            None => ig_core::Key::generate(),
            Some(id) => KeyId::new(id).and_then(ig_core::Key::generate_named),
        };
        key.or_raise(py).map(|key| Self(Arc::new(key)))
    }

    /// Writes the key to a new file that its owner alone can read; an existing file is never overwritten.
    ///
    /// Raises `KeyError` with code `key.file_exists` or `key.unreadable`.
    fn write_new_file(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        self.0.write_new_file(&path).or_raise(py)
    }

    /// The public id.
    #[getter]
    fn id(&self) -> &str {
        self.0.id().as_str()
    }

    /// Ten hex digits by which two holders see that they have the same key.
    #[getter]
    fn check_value(&self) -> &str {
        self.0.check_value()
    }

    fn __repr__(&self) -> String {
        format!("Key(id='{}', check_value='{}')", self.0.id(), self.0.check_value())
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

pub(crate) fn permissions_of(py: Python<'_>, permissions: &str) -> PyResult<KeyFilePermissions> {
    match permissions {
        "owner_only" => Ok(KeyFilePermissions::OwnerOnly),
        "managed_mount" => Ok(KeyFilePermissions::ManagedMount),
        _ => Err(argument(py, "permissions", "\"owner_only\" or \"managed_mount\"")),
    }
}

pub(crate) fn retired_of(py: Python<'_>, retired: &str) -> PyResult<RetiredKeys> {
    match retired {
        "refuse" => Ok(RetiredKeys::Refuse),
        "allow" => Ok(RetiredKeys::Allow),
        _ => Err(argument(py, "retired", "\"refuse\" or \"allow\"")),
    }
}

/// Asks a Python function for the key of a ring; what it raises is kept aside, since the core has no place for it.
pub(crate) fn made_by_function(
    function: Option<&Bound<'_, PyAny>>,
    id: &KeyId,
    raised: &mut Option<PyErr>,
) -> Result<Option<ig_core::Key>, KeyError> {
    let Some(function) = function else { return Ok(None) };
    let answer = match function.call1((id.as_str(),)) {
        Ok(answer) if answer.is_none() => return Ok(None),
        Ok(answer) => answer,
        Err(error) => {
            *raised = Some(error);
            return Err(KeyError::Unavailable { key_id: id.to_string() });
        }
    };
    if let Ok(bytes) = answer.cast::<PyBytes>() {
        return ig_core::Key::from_bytes(id.clone(), bytes.as_bytes()).map(Some);
    }
    let text = answer.extract::<String>().map_err(|_| KeyError::Format {})?;
    ig_core::Key::from_text(&Zeroizing::new(text)).map(Some)
}

/// Takes a key out of this process's ring by its id, so that plans and pickles can no longer use it.
///
/// Returns whether there was one. Its bytes are wiped when the last `Key` object is gone.
///
/// Raises `KeyError` with code `key.id`.
#[pyfunction]
pub(crate) fn forget_key(py: Python<'_>, key_id: &str) -> PyResult<bool> {
    let id = KeyId::new(key_id).or_raise(py)?;
    Ok(process_keys(|ring| ring.remove(&id)))
}
