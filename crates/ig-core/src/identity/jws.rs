//! The three parts of a signed token, read strictly.

use crate::error::AccessError;
use data_encoding::BASE64URL_NOPAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// The longest token that is read.
const MAX_TOKEN: usize = 1 << 16;

/// The algorithms that are known here. There is no other code that could be talked into running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Ps256,
    Es256,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

/// A token whose signature was not checked yet.
pub(super) struct Unverified<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    /// What was signed: the first two parts as they stand.
    pub(super) signed: &'a str,
    pub(super) signature: Vec<u8>,
    pub(super) payload: Zeroizing<Vec<u8>>,
}

pub(super) fn format(part: &str) -> AccessError {
    AccessError::TokenFormat { part: part.to_owned() }
}

/// That a member stands there, whatever its value, also `null`.
pub(super) fn present<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(value).map(|_| true)
}

/// Reads a JSON object; the derived readers would take an array of the members too.
pub(super) fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let begins = json.iter().find(|byte| !byte.is_ascii_whitespace());
    // Of the parser's error nothing is kept: it repeats values.
    if begins == Some(&b'{') { serde_json::from_slice(json).ok() } else { None }
}

impl<'a> Unverified<'a> {
    pub(super) fn read(token: &'a str) -> Result<Self, AccessError> {
        if token.len() > MAX_TOKEN {
            return Err(format("length, at most 65,536 characters"));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or_else(|| format("three parts"))?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| format("three parts"))?;
        let header: Header = object(&decoded(header, "header")?).ok_or_else(|| format("header"))?;
        let algorithm = Algorithm::named(&header.alg).ok_or(AccessError::TokenAlgorithm {})?;
        // An extension that has to be understood is not, and a token of another type was made for another use.
        if header.crit || header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(format("header"));
        }
        let payload = Zeroizing::new(decoded(payload, "claims")?);
        Ok(Self { algorithm, kid: header.kid, signed, signature: decoded(signature, "signature")?, payload })
    }
}

fn decoded(text: &str, part: &str) -> Result<Vec<u8>, AccessError> {
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| format(part))
}
