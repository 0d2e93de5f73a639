#![doc = include_str!("../docs/pseudonym_v1.md")]

pub(crate) mod derive;
mod format;
mod hex;
mod linkable;
mod names;

pub use format::{Encoding, Length, PseudonymFormat};
pub use names::{Context, Kind};

use crate::error::{IdentifierError, KeyError};
use crate::key::{Key, KeyId, RetiredKeys, process_keys};
use crate::nhs_number::{NhsNumber, is_blank};
use ig_hmac::HmacSha256Key;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything about a pseudonym column but the key: what plans, pickles and manifests carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PseudonymSpec {
    /// Version of the scheme; 1 is the only one.
    pub scheme: Scheme,
    /// Public id of the key.
    pub key_id: KeyId,
    /// Check value of the key, so that another key under the same id is noticed.
    pub check_value: String,
    /// Agreement or project that the pseudonyms are for.
    pub context: Context,
    /// Kind of identifier.
    pub kind: Kind,
    /// Bits of the HMAC that are kept.
    #[serde(default)]
    pub length: Length,
    /// Text form.
    #[serde(default)]
    pub encoding: Encoding,
}

impl PseudonymSpec {
    /// Length and text form together.
    pub const fn format(&self) -> PseudonymFormat {
        PseudonymFormat { length: self.length, encoding: self.encoding }
    }
}

/// Version of the pseudonym scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Scheme {
    /// `docs/pseudonym_v1.md`; its output never changes.
    #[default]
    #[serde(rename = "v1")]
    V1,
}

/// Turns identifiers of one kind into pseudonyms for one agreement under one key.
///
/// The same identifier always gives the same pseudonym; another context, kind or key gives an unrelated one.
/// Pseudonyms are personal data in the hands of anyone who holds the key, and whoever knows a person's other
/// fields may still recognise the row.
///
/// ```
/// use ig_core::{Context, Key, Kind, NhsNumber, PseudonymFormat, Pseudonymiser};
///
/// let key = Key::generate()?;
/// let context = Context::new("DSA-2026-014")?;
/// let pseudonymiser = Pseudonymiser::new(&key, context, Kind::nhs_number(), PseudonymFormat::default())?;
/// let pseudonym = pseudonymiser.pseudonymise_nhs_number(NhsNumber::parse("999 000 0018")?);
/// assert_eq!(pseudonym.len(), 32);
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Pseudonymiser {
    spec: PseudonymSpec,
    hmac: HmacSha256Key,
}

impl Pseudonymiser {
    /// Derives the key for one context and kind, for new pseudonyms.
    ///
    /// # Errors
    /// `key.purpose`, `key.pending` and `key.retired` for a key of a ring file; see [`Key::check_use`].
    pub fn new(key: &Key, context: Context, kind: Kind, format: PseudonymFormat) -> Result<Self, KeyError> {
        Self::with(key, context, kind, format, RetiredKeys::Refuse)
    }

    /// As [`Pseudonymiser::new`], and a retired key is refused or not, as the caller chooses: allow it for work
    /// on an extract that was made with it.
    ///
    /// # Errors
    /// As [`Pseudonymiser::new`].
    pub fn with(
        key: &Key,
        context: Context,
        kind: Kind,
        format: PseudonymFormat,
        retired: RetiredKeys,
    ) -> Result<Self, KeyError> {
        key.check_use(&context, retired)?;
        Ok(Self::derive(key, context, kind, format))
    }

    /// Whoever calls this has looked at what the key may be used for.
    pub(crate) fn derive(key: &Key, context: Context, kind: Kind, format: PseudonymFormat) -> Self {
        let hmac = HmacSha256Key::new(&derive::derived_key(key, &context, &kind));
        let spec = PseudonymSpec {
            scheme: Scheme::V1,
            key_id: key.id().clone(),
            check_value: key.check_value().to_owned(),
            context,
            kind,
            length: format.length,
            encoding: format.encoding,
        };
        Self { spec, hmac }
    }

    /// Finds the key of a spec in the ring of this process.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`; `key.purpose`, `key.pending` and `key.retired` for a key of a ring file.
    pub fn from_process_keys(spec: &PseudonymSpec) -> Result<Self, KeyError> {
        let key: Arc<Key> = process_keys(|ring| ring.resolve_for(&spec.key_id, &spec.check_value, &spec.context))?;
        Ok(Self::derive(&key, spec.context.clone(), spec.kind.clone(), spec.format()))
    }

    /// What the pseudonyms are, without the key.
    pub const fn spec(&self) -> &PseudonymSpec {
        &self.spec
    }

    /// The pseudonym of an NHS number as text.
    pub fn pseudonymise_nhs_number(&self, number: NhsNumber) -> String {
        self.text_of(number.as_bytes())
    }

    /// The pseudonym of an identifier of this pseudonymiser's kind, as a cell of a column would have it.
    ///
    /// # Errors
    /// For NHS numbers, those of [`NhsNumber::parse`]; a cell of nothing but separators has no pseudonym.
    pub fn pseudonymise(&self, identifier: &str) -> Result<Option<String>, IdentifierError> {
        if !self.spec.kind.is_nhs_number() {
            return Ok((!identifier.is_empty()).then(|| self.text_of(identifier.as_bytes())));
        }
        match NhsNumber::parse(identifier) {
            Err(_) if is_blank(identifier) => Ok(None),
            number => number.map(|number| Some(self.pseudonymise_nhs_number(number))),
        }
    }

    /// The pseudonym of any other identifier as text; the empty string has none.
    ///
    /// The bytes are used as they are: `"a "` and `"a"` give different pseudonyms. Where the kind is `nhs_number`,
    /// text that is not a valid number has none either; [`Pseudonymiser::pseudonymise`] says why.
    pub fn pseudonymise_text(&self, identifier: &str) -> Option<String> {
        self.pseudonymise(identifier).ok().flatten()
    }

    fn text_of(&self, canonical: &[u8]) -> String {
        self.spec.format().text(&self.digest(canonical))
    }

    /// The full 32-byte HMACs of many canonical forms.
    #[cfg(feature = "arrow")]
    pub(crate) fn digest_many<M: AsRef<[u8]>>(&self, canonical: &[M], digests: &mut [[u8; 32]]) {
        self.hmac.mac_many(canonical, digests);
    }

    /// The full 32-byte HMAC of the canonical bytes.
    #[inline]
    pub(crate) fn digest(&self, canonical: &[u8]) -> [u8; 32] {
        self.hmac.mac(canonical)
    }
}
