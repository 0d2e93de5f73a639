//! Pseudonymisers in Python: a key id and a context, resolved in the ring of the process.

use crate::error::{OrRaise, setting};
use crate::key::retired_of;
use crate::key_ring::key_or_primary;
use ig_core::columns::{ColumnAct, Reidentify};
use ig_core::composite::CompositeSpec;
use ig_core::format_preserving::NumberSpec;
use ig_core::keys::RetiredKeys;
use ig_core::token::TokenSpec;
use ig_core::{Context, KeyId, Kind, PseudonymSpec, Scheme, process_keys};
use pyo3::prelude::*;

/// What `nhs_ig.Pseudonymiser` holds: a key id, a check value and a context, but no key.
#[pyclass(module = "nhs_ig._core", frozen)]
pub(crate) struct PseudonymHandle {
    key_id: KeyId,
    check_value: String,
    context: Context,
}

#[pymethods]
impl PseudonymHandle {
    /// Puts the key into this process's ring.
    #[new]
    #[pyo3(signature = (key, *, context, retired = "refuse"))]
    fn new(py: Python<'_>, key: &Bound<'_, PyAny>, context: &str, retired: &str) -> PyResult<Self> {
        let (context, retired) = (Context::new(context).or_raise(py)?, retired_of(py, retired)?);
        let key = key_or_primary(py, key)?;
        key.check_use(&context, retired).or_raise(py)?;
        let (key_id, check_value) = (key.id().clone(), key.check_value().to_owned());
        let id = key.id().clone();
        let added = process_keys(|ring| {
            ring.add(key)?;
            if retired == RetiredKeys::Allow { ring.allow_retired(&id, &context) } else { Ok(()) }
        });
        added.or_raise(py)?;
        Ok(Self { key_id, check_value, context })
    }

    /// A handle from its public parts; the key is looked up when it is used.
    #[staticmethod]
    fn restore(py: Python<'_>, key_id: &str, check_value: &str, context: &str) -> PyResult<Self> {
        let (key_id, context) = (KeyId::new(key_id).or_raise(py)?, Context::new(context).or_raise(py)?);
        Ok(Self { key_id, check_value: check_value.to_owned(), context })
    }

    /// The public id of the key.
    #[getter]
    fn key_id(&self) -> &str {
        self.key_id.as_str()
    }

    /// The check value of the key.
    #[getter]
    fn check_value(&self) -> &str {
        &self.check_value
    }

    /// The agreement or project.
    #[getter]
    fn context(&self) -> &str {
        self.context.as_str()
    }

    /// The act as JSON text: scheme, key id, check value, context, kind, length, encoding, `on_invalid`.
    #[pyo3(signature = (*, kind, length, encoding, on_invalid))]
    fn act(&self, py: Python<'_>, kind: &str, length: u32, encoding: &str, on_invalid: &str) -> PyResult<String> {
        let spec = PseudonymSpec {
            scheme: Scheme::V1,
            key_id: self.key_id.clone(),
            check_value: self.check_value.clone(),
            context: self.context.clone(),
            kind: Kind::new(kind).or_raise(py)?,
            length: setting("length", length).or_raise(py)?,
            encoding: setting("encoding", encoding).or_raise(py)?,
        };
        let on_invalid = setting("on_invalid", on_invalid).or_raise(py)?;
        crate::columns::act_text(py, &ColumnAct::Pseudonymise { spec, on_invalid })
    }

    /// The act on several fields as JSON text.
    #[pyo3(signature = (*, kinds, length, encoding, on_invalid))]
    fn fields_act(
        &self,
        py: Python<'_>,
        kinds: Vec<String>,
        length: u32,
        encoding: &str,
        on_invalid: &str,
    ) -> PyResult<String> {
        let spec = CompositeSpec {
            scheme: Scheme::V1,
            key_id: self.key_id.clone(),
            check_value: self.check_value.clone(),
            context: self.context.clone(),
            kinds: setting("kinds", kinds).or_raise(py)?,
            length: setting("length", length).or_raise(py)?,
            encoding: setting("encoding", encoding).or_raise(py)?,
        };
        let on_invalid = setting("on_invalid", on_invalid).or_raise(py)?;
        crate::columns::act_text(py, &ColumnAct::PseudonymiseFields { spec, on_invalid })
    }

    /// The act that makes tokens as JSON text.
    #[pyo3(signature = (*, kind, on_invalid))]
    fn token_act(&self, py: Python<'_>, kind: &str, on_invalid: &str) -> PyResult<String> {
        let (spec, on_invalid) = (self.token_spec(py, kind)?, setting("on_invalid", on_invalid).or_raise(py)?);
        crate::columns::act_text(py, &ColumnAct::Tokenise { spec, on_invalid })
    }

    /// What brings tokens back, as JSON text.
    #[pyo3(signature = (*, kind))]
    fn tokens_settings(&self, py: Python<'_>, kind: &str) -> PyResult<String> {
        crate::columns::act_text(py, &Reidentify::Tokens(self.token_spec(py, kind)?))
    }

    /// The act that makes format-preserving numbers as JSON text.
    #[pyo3(signature = (*, check, on_invalid))]
    fn numbers_act(&self, py: Python<'_>, check: &str, on_invalid: &str) -> PyResult<String> {
        let (spec, on_invalid) = (self.number_spec(py, check)?, setting("on_invalid", on_invalid).or_raise(py)?);
        crate::columns::act_text(py, &ColumnAct::EncryptNumbers { spec, on_invalid })
    }

    /// What brings format-preserving numbers back, as JSON text.
    #[pyo3(signature = (*, check))]
    fn numbers_settings(&self, py: Python<'_>, check: &str) -> PyResult<String> {
        crate::columns::act_text(py, &Reidentify::Numbers(self.number_spec(py, check)?))
    }
}

impl PseudonymHandle {
    fn number_spec(&self, py: Python<'_>, check: &str) -> PyResult<NumberSpec> {
        Ok(NumberSpec {
            scheme: Scheme::V1,
            key_id: self.key_id.clone(),
            check_value: self.check_value.clone(),
            context: self.context.clone(),
            check: setting("check", check).or_raise(py)?,
        })
    }

    fn token_spec(&self, py: Python<'_>, kind: &str) -> PyResult<TokenSpec> {
        Ok(TokenSpec {
            scheme: Scheme::V1,
            key_id: self.key_id.clone(),
            check_value: self.check_value.clone(),
            context: self.context.clone(),
            kind: Kind::new(kind).or_raise(py)?,
        })
    }
}
