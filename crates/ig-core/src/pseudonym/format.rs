//! How much of the HMAC is kept, and how it is written.

use super::hex::write_hex;
use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};

/// Bits of the HMAC that are kept.
///
/// With 128 bits, two of a billion identifiers share a pseudonym with a chance of about 1 in 7 × 10²⁰.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum Length {
    /// 128 bits: 32 hex digits.
    #[default]
    Bits128,
    /// 192 bits: 48 hex digits.
    Bits192,
    /// 256 bits: 64 hex digits.
    Bits256,
}

impl Length {
    /// How many bytes that is.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Bits128 => 16,
            Self::Bits192 => 24,
            Self::Bits256 => 32,
        }
    }
}

impl TryFrom<u32> for Length {
    type Error = &'static str;

    fn try_from(bits: u32) -> Result<Self, Self::Error> {
        match bits {
            128 => Ok(Self::Bits128),
            192 => Ok(Self::Bits192),
            256 => Ok(Self::Bits256),
            _ => Err("length is 128, 192 or 256 bits"),
        }
    }
}

impl From<Length> for u32 {
    fn from(length: Length) -> Self {
        length.bytes() as Self * 8
    }
}

/// Text form of a pseudonym.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// Lower-case hex.
    #[default]
    Hex,
    /// RFC 4648 base32, lower case, without padding.
    Base32,
    /// The bytes themselves (columns only; single values come as hex).
    Bytes,
}

/// Length and text form of a pseudonym.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PseudonymFormat {
    /// Bits kept.
    pub length: Length,
    /// Text form.
    pub encoding: Encoding,
}

impl PseudonymFormat {
    /// Bytes that one written pseudonym takes.
    pub const fn width(self) -> usize {
        let kept = self.length.bytes();
        match self.encoding {
            Encoding::Hex => kept * 2,
            Encoding::Base32 => (kept * 8).div_ceil(5),
            Encoding::Bytes => kept,
        }
    }

    /// Writes the pseudonym of a digest to a place of [`PseudonymFormat::width`] bytes.
    #[inline]
    pub(crate) fn write(self, digest: &[u8; 32], place: &mut [u8]) {
        debug_assert_eq!(place.len(), self.width(), "the place of one pseudonym");
        let kept = &digest[..self.length.bytes()];
        match self.encoding {
            Encoding::Hex => write_hex(kept, place),
            Encoding::Base32 => {
                BASE32_NOPAD.encode_mut(kept, place);
                place.make_ascii_lowercase();
            }
            Encoding::Bytes => place.copy_from_slice(kept),
        }
    }

    /// Appends the pseudonym of a digest.
    #[inline]
    pub(crate) fn append(self, digest: &[u8; 32], out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + self.width(), 0);
        self.write(digest, &mut out[start..]);
    }

    /// The pseudonym of a digest as text; the bytes themselves as hex.
    pub(crate) fn text(self, digest: &[u8; 32]) -> String {
        let mut out = Vec::with_capacity(self.width());
        self.append(digest, &mut out);
        match self.encoding {
            Encoding::Bytes => data_encoding::HEXLOWER.encode(&out),
            Encoding::Hex | Encoding::Base32 => String::from_utf8(out).unwrap_or_default(),
        }
    }
}
