#![doc = include_str!("../docs/token_v1.md")]

mod cipher;
mod text;

pub(crate) use cipher::TokenCipher;

use crate::audit::AuditLog;
use crate::error::{Error, IdentifierError, KeyError};
use crate::key::{Key, KeyId, RetiredKeys, process_keys};
use crate::nhs_number::{NhsNumber, is_blank};
use crate::pseudonym::derive::{labelled, labelled_key, push_prefixed};
use crate::pseudonym::{Context, Kind, Scheme};
use crate::reidentify::{ReidentifyRequest, all_or_nothing, audited};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

const LABEL: &str = "nhs-ig/token/v1";

/// Everything about a column of tokens but the key: what plans, pickles and manifests carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSpec {
    /// Version of the scheme; 1 is the only one.
    pub scheme: Scheme,
    /// Public id of the key.
    pub key_id: KeyId,
    /// Check value of the key, so that another key under the same id is noticed.
    pub check_value: String,
    /// Agreement or project that the tokens are for.
    pub context: Context,
    /// Kind of identifier.
    pub kind: Kind,
}

/// Turns identifiers of one kind into tokens that the key holder can bring back.
///
/// The same identifier always gives the same token; another context, kind or key gives an unrelated one, and a
/// token that was changed is refused. A token is as long as its identifier, and stays personal data for whoever
/// holds the key.
///
/// ```
/// use ig_core::audit::{AuditLog, CorrelationId};
/// use ig_core::reidentify::ReidentifyRequest;
/// use ig_core::token::Tokeniser;
/// use ig_core::{Context, Key, Kind};
///
/// let tokeniser = Tokeniser::new(&Key::generate()?, Context::new("DSA-2026-014")?, Kind::nhs_number())?;
/// let token = tokeniser.tokenise("999 000 0018")?;
///
/// let folder = tempfile::tempdir()?;
/// let log = AuditLog::open(folder.path().join("audit.jsonl"))?;
/// let request = ReidentifyRequest::new("a.analyst", "IG/2026/17", CorrelationId::generate()?);
/// let answer = tokeniser.reidentify(&[token.as_deref(), None], &request, &log)?;
/// assert_eq!(answer, [Some("9990000018".to_owned()), None]);
/// assert_eq!(log.head()?.records, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Tokeniser {
    spec: TokenSpec,
    secret: Zeroizing<[u8; 64]>,
    header: Vec<u8>,
    prefix: String,
}

impl Tokeniser {
    /// Derives the key for one context and kind.
    ///
    /// # Errors
    /// `key.purpose`, `key.pending` and `key.retired` for a key of a ring file; see [`Key::check_use`].
    pub fn new(key: &Key, context: Context, kind: Kind) -> Result<Self, KeyError> {
        key.check_use(&context, RetiredKeys::Refuse)?;
        Ok(Self::derive(key, context, kind))
    }

    /// Whoever calls this has looked at what the key may be used for.
    fn derive(key: &Key, context: Context, kind: Kind) -> Self {
        let secret = labelled_key(key, LABEL, &context, &kind, &[]);
        let mut header = labelled(LABEL);
        for name in [key.id().as_str(), context.as_str(), kind.as_str()] {
            push_prefixed(&mut header, name);
        }
        let check_value = key.check_value().to_owned();
        let spec = TokenSpec { scheme: Scheme::V1, key_id: key.id().clone(), check_value, context, kind };
        Self { prefix: text::prefix(&spec.key_id), spec, secret, header }
    }

    /// Finds the key of a spec in the ring of this process.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`, `key.purpose`, `key.pending`, `key.retired`
    pub fn from_process_keys(spec: &TokenSpec) -> Result<Self, KeyError> {
        let key = process_keys(|ring| ring.resolve_for(&spec.key_id, &spec.check_value, &spec.context))?;
        Ok(Self::derive(&key, spec.context.clone(), spec.kind.clone()))
    }

    /// What the tokens are, without the key.
    pub const fn spec(&self) -> &TokenSpec {
        &self.spec
    }

    /// The token of an identifier; none for empty text and for an NHS number of nothing but separators.
    ///
    /// # Errors
    /// For NHS numbers, those of [`NhsNumber::parse`].
    pub fn tokenise(&self, identifier: &str) -> Result<Option<String>, Error> {
        let number;
        let canonical = if !self.spec.kind.is_nhs_number() {
            identifier.as_bytes()
        } else if is_blank(identifier) {
            return Ok(None);
        } else {
            number = NhsNumber::parse(identifier)?;
            number.as_bytes()
        };
        if canonical.is_empty() {
            return Ok(None);
        }
        let mut out = Vec::new();
        TokenCipher::new(self).write_token(canonical, &mut out)?;
        Ok(String::from_utf8(out).ok())
    }

    /// Brings identifiers back, all or none; null stays null.
    ///
    /// Guarantees that the record of the attempt is on disk before any token is opened, and that of the success
    /// before anything is answered. A failure is recorded with its code. It does **not** check that the actor may
    /// do this; that is for whoever holds the key and for the ticket.
    ///
    /// # Errors
    /// Those of the audit log; `key.tokens_refused` with the count, the first row and the reason.
    pub fn reidentify(
        &self,
        tokens: &[Option<&str>],
        request: &ReidentifyRequest,
        log: &AuditLog,
    ) -> Result<Vec<Option<String>>, Error> {
        let asked = tokens.iter().flatten().count() as u64;
        audited(request, log, &self.spec.key_id, Some(asked), || {
            let mut cipher = TokenCipher::new(self);
            all_or_nothing(tokens.iter().map(|token| token.map(|token| cipher.open(token)).transpose()), "the tokens")
        })
    }

    /// Checks that opened bytes are an identifier of this kind, which those of an authentic token are.
    fn identifier(&self, bytes: Vec<u8>) -> Result<String, KeyError> {
        let text = String::from_utf8(bytes).map_err(|_| KeyError::TokenChanged {})?;
        let checked: Result<NhsNumber, IdentifierError> = NhsNumber::parse(&text);
        let is_canonical = checked.is_ok_and(|number| number.as_str() == text);
        if is_canonical || !self.spec.kind.is_nhs_number() { Ok(text) } else { Err(KeyError::TokenChanged {}) }
    }
}

impl fmt::Debug for Tokeniser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokeniser").field("spec", &self.spec).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
