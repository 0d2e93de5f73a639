//! SHA-256 values as the record prints them.

use crate::error::AuditError;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// A SHA-256 value, printed as 64 lower-case hex digits.
///
/// ```
/// use ig_core::audit::Digest;
///
/// let empty = Digest::of(b"");
/// assert_eq!(empty.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
/// assert_eq!(empty.to_string().parse(), Ok(empty));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// What the first record of a log has as `prev`: 64 zeros.
    pub const ZERO: Self = Self([0; 32]);

    /// The SHA-256 of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Takes over the 32 bytes of a SHA-256 computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let fits = text.len() == 64;
        (fits && data_encoding::HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).is_ok()).then_some(Self(bytes))
    }

    pub(super) fn push_to(&self, out: &mut Vec<u8>) {
        let mut text = [0; 64];
        data_encoding::HEXLOWER.encode_mut(&self.0, &mut text);
        out.extend_from_slice(&text);
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl FromStr for Digest {
    type Err = AuditError;

    fn from_str(text: &str) -> Result<Self, AuditError> {
        let refused = || AuditError::Field { field: "object".into(), expected: "64 lower-case hex digits".into() };
        Self::read(text).ok_or_else(refused)
    }
}

impl TryFrom<String> for Digest {
    type Error = AuditError;

    fn try_from(text: String) -> Result<Self, AuditError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}
