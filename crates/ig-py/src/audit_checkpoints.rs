//! Signing keys, checkpoints and proofs of audit logs in Python.

use crate::error::{OrRaise, to_python};
use crate::panic::Work;
use ig_core::audit::{self, Checkpoint, ConsistencyProof, InclusionProof, VerifierKey};
use ig_core::{Error, KeyError};
use pyo3::prelude::*;
use std::path::PathBuf;

/// The secret key that signs checkpoints of an audit log.
///
/// Whoever holds it can vouch for any log, so it belongs to someone who does not write the log. Its bytes never come
/// back to Python: there is no way to print, copy or pickle them. They are wiped when the key is dropped. Make one with
/// `generate` or `from_file`.
///
/// Its file is one line, `PRIVATE+KEY+<name>+<id>+<base64>`, as other programs for signed notes read it.
#[pyclass(module = "nhs_ig", frozen)]
pub(crate) struct SignerKey(audit::SignerKey);

#[pymethods]
impl SignerKey {
    /// Makes a new random key under a name: that of the log, such as `example.nhs.uk/audit`.
    ///
    /// Raises `KeyError` with code `key.signer_name` or `key.random`.
    #[staticmethod]
    fn generate(py: Python<'_>, name: &str) -> PyResult<Self> {
        audit::SignerKey::generate(name).or_raise(py).map(Self)
    }

    /// Reads a key file that its owner alone can read.
    ///
    /// Raises `KeyError` with code `key.missing`, `key.file_exposed`, `key.unreadable` or `key.signer_form`.
    #[staticmethod]
    fn from_file(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        audit::SignerKey::from_file(path).or_raise(py).map(Self)
    }

    /// Writes the key to a new file that its owner alone can read; an existing file is never overwritten.
    ///
    /// Raises `KeyError` with code `key.file_exists` or `key.unreadable`.
    fn write_new_file(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        self.0.write_new_file(path).or_raise(py)
    }

    /// Its name, which is also that of the log unless another origin is given.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The public key as text, to hand to everyone who checks: by another way than the checkpoints.
    #[getter]
    fn verifier_key(&self) -> String {
        self.0.verifier().to_string()
    }

    fn __repr__(&self) -> String {
        format!("SignerKey(name='{}')", self.0.name())
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

/// A checkpoint whose signature was checked; see `nhs_ig.AuditCheckpoint`.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct CheckpointHandle(pub(crate) Checkpoint);

/// The key of a text form, and the origin: the key's name if none is given.
fn trusted(py: Python<'_>, key: &str, origin: Option<&str>) -> PyResult<(VerifierKey, String)> {
    let key: VerifierKey = key.parse().or_raise(py)?;
    let origin = origin.map_or_else(|| key.name().to_owned(), str::to_owned);
    Ok((key, origin))
}

#[pymethods]
impl CheckpointHandle {
    /// Verifies a log and signs what it holds now.
    #[staticmethod]
    #[pyo3(signature = (path, signer_key, origin, previous))]
    fn of_log(
        py: Python<'_>,
        path: PathBuf,
        signer_key: &SignerKey,
        origin: Option<&str>,
        previous: Option<&Self>,
    ) -> PyResult<Self> {
        let origin = origin.unwrap_or_else(|| signer_key.0.name());
        let previous = previous.map(|previous| &previous.0);
        py.work(|| Checkpoint::of_log(path, &signer_key.0, origin, previous)).or_raise(py).map(Self)
    }

    /// Opens a checkpoint that was kept.
    #[staticmethod]
    #[pyo3(signature = (text, verifier_key, origin))]
    fn open(py: Python<'_>, text: &str, verifier_key: &str, origin: Option<&str>) -> PyResult<Self> {
        let (key, origin) = trusted(py, verifier_key, origin)?;
        py.work(|| Checkpoint::open(text, &key, &origin)).or_raise(py).map(Self)
    }

    /// The name of the log.
    #[getter]
    fn origin(&self) -> &str {
        self.0.origin()
    }

    /// The records it was made of, from the first.
    #[getter]
    fn size(&self) -> u64 {
        self.0.size()
    }

    /// The root of the Merkle tree over those records, in hex.
    #[getter]
    fn root(&self) -> String {
        self.0.root().to_string()
    }

    /// The note as it is kept.
    #[getter]
    fn text(&self) -> String {
        self.0.to_string()
    }

    /// The proof, as text, that the record with this number is in the log.
    #[pyo3(signature = (path, seq))]
    fn prove_inclusion(&self, py: Python<'_>, path: PathBuf, seq: u64) -> PyResult<String> {
        py.work(|| InclusionProof::make(path, seq, &self.0)).or_raise(py).map(|proof| proof.to_string())
    }

    /// The proof, as text, that the log held the older checkpoint.
    #[pyo3(signature = (path, older))]
    fn prove_consistency(&self, py: Python<'_>, path: PathBuf, older: &Self) -> PyResult<String> {
        py.work(|| ConsistencyProof::make(path, &older.0, &self.0)).or_raise(py).map(|proof| proof.to_string())
    }
}

/// Opens an inclusion proof; gives the line of the record and the checkpoint that vouches for it.
#[pyfunction]
#[pyo3(signature = (proof, verifier_key, origin, line))]
pub(crate) fn open_inclusion_proof(
    py: Python<'_>,
    proof: &str,
    verifier_key: &str,
    origin: Option<&str>,
    line: Option<&str>,
) -> PyResult<(String, CheckpointHandle)> {
    let (key, origin) = trusted(py, verifier_key, origin)?;
    let open = || InclusionProof::open(proof, line.map(str::as_bytes), &key, &origin);
    let proof = py.work(open).or_raise(py)?;
    Ok((proof.record().to_line(), CheckpointHandle(proof.checkpoint().clone())))
}

/// Opens a consistency proof; gives the newer checkpoint.
#[pyfunction]
#[pyo3(signature = (proof, older, verifier_key))]
pub(crate) fn open_consistency_proof(
    py: Python<'_>,
    proof: &str,
    older: &CheckpointHandle,
    verifier_key: &str,
) -> PyResult<CheckpointHandle> {
    let key: VerifierKey = verifier_key.parse().or_raise(py)?;
    let proof = py.work(|| ConsistencyProof::open(proof, &older.0, &key)).or_raise(py)?;
    Ok(CheckpointHandle(proof.newer().clone()))
}
