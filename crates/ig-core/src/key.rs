//! Keys: where they come from, how two sites compare them, and how a process finds them by id.

mod file;
mod ring;
mod ring_file;
mod terms;
mod text;

pub use file::KeyFilePermissions;
pub use ring::{KeyEntry, KeyRing, process_keys};
pub use ring_file::{KeyRingFile, KeySource};
pub use terms::{KeyStatus, RetiredKeys};

use crate::error::KeyError;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;
use terms::KeyTerms;
use zeroize::{Zeroize, Zeroizing};

/// The fewest different byte values in 32 bytes that can pass for random; real keys have about 30.
const FEWEST_DIFFERENT_BYTES: usize = 8;

/// The public name of a key: 1 to 32 characters a-z, 0-9 and hyphen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(String);

impl KeyId {
    /// Checks a name.
    ///
    /// # Errors
    /// `key.id`
    pub fn new(id: &str) -> Result<Self, KeyError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=32).contains(&id.len()) && id.bytes().all(allowed) {
            Ok(Self(id.to_owned()))
        } else {
            Err(KeyError::Id {})
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KeyId {
    type Error = KeyError;

    fn try_from(id: String) -> Result<Self, KeyError> {
        Self::new(&id)
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A secret key of 32 random bytes with a public id.
///
/// Guarantees: never printed, never copied, wiped when dropped, and not obviously weak. It cannot know
/// whether the bytes were really random or who else holds them.
///
/// ```
/// use ig_core::Key;
///
/// let key = Key::generate()?;
/// assert_eq!(key.check_value().len(), 10);
/// assert!(!format!("{key:?}").contains("nhsig_sk"));
/// # Ok::<(), ig_core::KeyError>(())
/// ```
pub struct Key {
    id: KeyId,
    secret: Arc<Zeroizing<[u8; 32]>>,
    check_value: String,
    /// Status and purposes, if the key is of a ring file.
    terms: Option<Arc<KeyTerms>>,
}

impl Key {
    /// A key from 32 bytes that the caller holds, such as from a key management service.
    ///
    /// # Errors
    /// `key.weak` if it is not 32 bytes or has fewer than 8 different ones.
    pub fn from_bytes(id: KeyId, bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != 32 || different_bytes(bytes) < FEWEST_DIFFERENT_BYTES {
            return Err(KeyError::Weak {});
        }
        // Written straight to where it stays, so that no copy is left behind on the stack.
        let mut secret = Arc::new(Zeroizing::new([0_u8; 32]));
        if let Some(place) = Arc::get_mut(&mut secret) {
            place.copy_from_slice(bytes);
        }
        let check_value = check_value(&secret);
        Ok(Self { id, secret, check_value, terms: None })
    }

    /// A new random key with a random id.
    ///
    /// # Errors
    /// `key.random` if the operating system has no random bytes to give.
    pub fn generate() -> Result<Self, KeyError> {
        let mut id = [0_u8; 5];
        getrandom::fill(&mut id).map_err(|_| KeyError::Random {})?;
        let id = data_encoding::BASE32_NOPAD.encode(&id).to_ascii_lowercase();
        Self::generate_named(KeyId::new(&format!("k-{id}"))?)
    }

    /// A new random key with an id of the caller's.
    ///
    /// # Errors
    /// `key.random` if the operating system has no random bytes to give.
    pub fn generate_named(id: KeyId) -> Result<Self, KeyError> {
        let mut secret = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *secret).map_err(|_| KeyError::Random {})?;
        Self::from_bytes(id, &*secret)
    }

    /// The public id.
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// Ten hex digits that two key holders can compare to see that they hold the same key:
    /// the beginning of HMAC-SHA256(key, "nhs-ig key check v1"). They say nothing else about it.
    pub fn check_value(&self) -> &str {
        &self.check_value
    }

    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }
}

fn different_bytes(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    for &byte in bytes {
        seen[usize::from(byte)] = true;
    }
    let count = seen.iter().filter(|&&s| s).count();
    seen.zeroize();
    count
}

fn check_value(secret: &[u8; 32]) -> String {
    // HMAC accepts a key of any length, so the fallback is never taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(b"nhs-ig key check v1");
    data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()[..5])
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id.0).field("check_value", &self.check_value).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_keys_are_refused() {
        let id = || KeyId::new("weak").expect("id");
        let two_values: Vec<u8> = [1, 2].repeat(16);
        for bytes in [&[0_u8; 32][..], &[7; 32], &two_values, &[1, 2, 3], &[]] {
            assert_eq!(Key::from_bytes(id(), bytes).expect_err("weak").code(), "key.weak");
        }
    }

    #[test]
    fn ids_are_checked() {
        for bad in ["", "A", "a_b", "a b", &"a".repeat(33)] {
            assert_eq!(KeyId::new(bad).expect_err("bad id").code(), "key.id");
        }
    }

    #[test]
    fn generated_keys_differ_in_id_and_secret() {
        let (a, b) = (Key::generate().expect("key"), Key::generate().expect("key"));
        assert_ne!(a.id(), b.id());
        assert_ne!(a.secret(), b.secret());
    }
}
