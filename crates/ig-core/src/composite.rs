#![doc = include_str!("../docs/composite_v1.md")]

mod kinds;

pub use kinds::Kinds;

use crate::error::{Error, KeyError, MisuseError};
use crate::key::{Key, KeyId, RetiredKeys, process_keys};
use crate::nhs_number::{NhsNumber, is_blank};
use crate::pseudonym::derive::{expand, labelled, push_prefixed};
use crate::pseudonym::{Context, Encoding, Length, PseudonymFormat, Scheme};
use ig_hmac::HmacSha256Key;
use serde::{Deserialize, Serialize};

const LABEL: &str = "nhs-ig/composite/v1";
const NULL_FIELD: [u8; 4] = [0xFF; 4];

/// Everything about a column of composite pseudonyms but the key: what plans, pickles and manifests carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompositeSpec {
    /// Version of the scheme; 1 is the only one.
    pub scheme: Scheme,
    /// Public id of the key.
    pub key_id: KeyId,
    /// Check value of the key, so that another key under the same id is noticed.
    pub check_value: String,
    /// Agreement or project that the pseudonyms are for.
    pub context: Context,
    /// Kind of each field, in order.
    pub kinds: Kinds,
    /// Bits of the HMAC that are kept.
    #[serde(default)]
    pub length: Length,
    /// Text form.
    #[serde(default)]
    pub encoding: Encoding,
}

impl CompositeSpec {
    /// Length and text form together.
    pub const fn format(&self) -> PseudonymFormat {
        PseudonymFormat { length: self.length, encoding: self.encoding }
    }
}

/// Turns several fields of a row into one pseudonym for one agreement under one key.
///
/// The same fields always give the same pseudonym, and no two different rows share one but by a chance of 1 in
/// 2¹²⁸; another context, key, order or list of kinds gives unrelated ones. A null field counts as a value: people
/// of whom the same fields are missing may share a pseudonym.
///
/// ```
/// use ig_core::composite::{CompositePseudonymiser, Kinds};
/// use ig_core::{Context, Key, Kind, PseudonymFormat};
///
/// let kinds = Kinds::new(vec![Kind::nhs_number(), Kind::new("local_patient_id")?])?;
/// let context = Context::new("DSA-2026-014")?;
/// let pseudonymiser = CompositePseudonymiser::new(&Key::generate()?, context, kinds, PseudonymFormat::default())?;
/// let both = pseudonymiser.pseudonymise(&[Some("999 000 0018"), Some("A1")])?;
/// assert_eq!(both, pseudonymiser.pseudonymise(&[Some("9990000018"), Some("A1")])?);
/// assert_ne!(both, pseudonymiser.pseudonymise(&[Some("9990000018"), None])?);
/// assert_eq!(pseudonymiser.pseudonymise(&[None, None])?, None);
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug)]
pub struct CompositePseudonymiser {
    spec: CompositeSpec,
    hmac: HmacSha256Key,
}

impl CompositePseudonymiser {
    /// Derives the key for one context and list of kinds.
    ///
    /// # Errors
    /// `key.purpose`, `key.pending` and `key.retired` for a key of a ring file; see [`Key::check_use`].
    pub fn new(key: &Key, context: Context, kinds: Kinds, format: PseudonymFormat) -> Result<Self, KeyError> {
        key.check_use(&context, RetiredKeys::Refuse)?;
        Ok(Self::derive(key, context, kinds, format))
    }

    /// Whoever calls this has looked at what the key may be used for.
    fn derive(key: &Key, context: Context, kinds: Kinds, format: PseudonymFormat) -> Self {
        let mut info = labelled(LABEL);
        push_prefixed(&mut info, context.as_str());
        info.extend_from_slice(&(kinds.as_slice().len() as u16).to_be_bytes());
        for kind in kinds.as_slice() {
            push_prefixed(&mut info, kind.as_str());
        }
        let spec = CompositeSpec {
            scheme: Scheme::V1,
            key_id: key.id().clone(),
            check_value: key.check_value().to_owned(),
            context,
            kinds,
            length: format.length,
            encoding: format.encoding,
        };
        Self { spec, hmac: HmacSha256Key::new(&expand(key, &info)) }
    }

    /// Finds the key of a spec in the ring of this process.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`, `key.purpose`, `key.pending`, `key.retired`
    pub fn from_process_keys(spec: &CompositeSpec) -> Result<Self, KeyError> {
        let key = process_keys(|ring| ring.resolve_for(&spec.key_id, &spec.check_value, &spec.context))?;
        Ok(Self::derive(&key, spec.context.clone(), spec.kinds.clone(), spec.format()))
    }

    /// What the pseudonyms are, without the key.
    pub const fn spec(&self) -> &CompositeSpec {
        &self.spec
    }

    /// The pseudonym of the fields of one row, in the order of the kinds; none if all of them are null.
    ///
    /// Single values of `encoding` bytes come as hex.
    ///
    /// # Errors
    /// `misuse.argument` if there are not as many fields as kinds; for NHS numbers those of [`NhsNumber::parse`].
    pub fn pseudonymise(&self, fields: &[Option<&str>]) -> Result<Option<String>, Error> {
        let kinds = self.spec.kinds.as_slice();
        if fields.len() != kinds.len() {
            return Err(not_as_many(kinds.len()).into());
        }
        let (mut message, mut has_value) = (Vec::new(), false);
        for (field, kind) in fields.iter().zip(kinds) {
            let number;
            let canonical = match field {
                Some(text) if kind.is_nhs_number() && !is_blank(text) => {
                    number = NhsNumber::parse(text)?;
                    Some(number.as_bytes().as_slice())
                }
                Some(text) if !kind.is_nhs_number() && !text.is_empty() => Some(text.as_bytes()),
                _ => None,
            };
            has_value |= canonical.is_some();
            push_field(&mut message, canonical)?;
        }
        Ok(has_value.then(|| self.spec.format().text(&self.hmac.mac(&message))))
    }

    /// The full HMACs of many messages.
    #[cfg(feature = "arrow")]
    pub(crate) fn digest_many(&self, messages: &[&[u8]], digests: &mut [[u8; 32]]) {
        self.hmac.mac_many(messages, digests);
    }
}

/// Appends one field of a message.
///
/// # Errors
/// `misuse.argument` for a text whose length would be taken for a null.
pub(crate) fn push_field(message: &mut Vec<u8>, canonical: Option<&[u8]>) -> Result<(), MisuseError> {
    let Some(canonical) = canonical else {
        message.extend_from_slice(&NULL_FIELD);
        return Ok(());
    };
    match u32::try_from(canonical.len()) {
        Ok(length) if length < u32::MAX => {
            message.extend_from_slice(&length.to_be_bytes());
            message.extend_from_slice(canonical);
            Ok(())
        }
        _ => Err(MisuseError::Argument { name: "a field".to_owned(), expected: "texts of less than 4 GiB".to_owned() }),
    }
}

pub(crate) fn not_as_many(kinds: usize) -> MisuseError {
    MisuseError::Argument {
        name: "the list of fields".to_owned(),
        expected: format!("as many fields as kinds, which are {kinds}"),
    }
}
