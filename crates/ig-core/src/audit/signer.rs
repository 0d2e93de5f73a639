//! The keys that sign checkpoints and check their signatures, in the text forms of C2SP signed notes.

mod file;

use crate::error::KeyError;
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// Ed25519, among the signature types of signed notes.
const ED25519: u8 = 1;
const SECRET: &str = "PRIVATE+KEY+";

/// The secret key that signs checkpoints of a log.
///
/// Whoever holds it can vouch for any log, so it belongs to someone who does not write the log. Guarantees: never
/// printed, never copied, wiped when dropped. The text of its file is `PRIVATE+KEY+<name>+<id>+<base64>`, as other
/// programs for signed notes read it.
///
/// ```
/// use ig_core::audit::SignerKey;
///
/// let signer = SignerKey::generate("example.nhs.uk/audit")?;
/// assert_eq!(signer.verifier().to_string().parse(), Ok(signer.verifier().clone()));
/// assert!(!format!("{signer:?}").contains("PRIVATE"));
/// # Ok::<(), ig_core::KeyError>(())
/// ```
pub struct SignerKey {
    seed: Box<Zeroizing<[u8; 32]>>,
    verifier: VerifierKey,
}

impl SignerKey {
    /// A new random key under a name: that of the log, such as `example.nhs.uk/audit`.
    ///
    /// # Errors
    /// `key.signer_name`; `key.random` if the operating system has no random bytes to give.
    pub fn generate(name: &str) -> Result<Self, KeyError> {
        let mut seed = Box::new(Zeroizing::new([0; 32]));
        getrandom::fill(&mut **seed).map_err(|_| KeyError::Random {})?;
        Self::new(name, seed)
    }

    fn new(name: &str, seed: Box<Zeroizing<[u8; 32]>>) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::SignerName {});
        }
        let public = SigningKey::from_bytes(&seed).verifying_key();
        Ok(Self { seed, verifier: VerifierKey::new(name, public) })
    }

    /// Reads `PRIVATE+KEY+<name>+<id>+<base64>`; white space around it is ignored.
    ///
    /// # Errors
    /// `key.signer_form`
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let refused = || KeyError::SignerForm {};
        let body = text.trim().strip_prefix(SECRET).ok_or_else(refused)?;
        let (name, id, data) = three_parts(body).ok_or_else(refused)?;
        let data = Zeroizing::new(BASE64.decode(data.as_bytes()).map_err(|_| refused())?);
        let (kind, bytes) = data.split_first().ok_or_else(refused)?;
        let mut seed = Box::new(Zeroizing::new([0; 32]));
        if *kind != ED25519 || bytes.len() != seed.len() {
            return Err(refused());
        }
        seed.copy_from_slice(bytes);
        let key = Self::new(name, seed).map_err(|_| refused())?;
        // The id is of the public key: a seed that was mistyped has another.
        if HEXLOWER.encode(&key.verifier.id) == id { Ok(key) } else { Err(refused()) }
    }

    /// The text form, for the key file only.
    fn to_text(&self) -> Zeroizing<String> {
        let mut data = Zeroizing::new([ED25519; 33]);
        data[1..].copy_from_slice(&**self.seed);
        let data = Zeroizing::new(BASE64.encode(&*data));
        let parts = [SECRET, self.name(), "+", &HEXLOWER.encode(&self.verifier.id), "+", &data, "\n"];
        // Room for all of it: growing would leave pieces of the secret behind.
        let mut text = Zeroizing::new(String::with_capacity(parts.iter().map(|part| part.len()).sum()));
        for part in parts {
            text.push_str(part);
        }
        text
    }

    /// Its name, which is also that of the log unless another origin is given.
    pub fn name(&self) -> &str {
        &self.verifier.name
    }

    /// The public key to hand to everyone who checks.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(super) fn sign(&self, text: &str) -> [u8; 64] {
        SigningKey::from_bytes(&self.seed).sign(text.as_bytes()).to_bytes()
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerKey").field("name", &self.verifier.name).finish_non_exhaustive()
    }
}

/// The public key that checks checkpoints; its text is `<name>+<id>+<base64>`.
///
/// It is no secret, but it must come from whoever signs, and not from where the checkpoint lies: a key that comes
/// along with a checkpoint proves nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    fn new(name: &str, key: VerifyingKey) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(name.as_bytes());
        hasher.update([b'\n', ED25519]);
        hasher.update(key.as_bytes());
        let hash: [u8; 32] = hasher.finalize().into();
        Self { name: name.to_owned(), id: [hash[0], hash[1], hash[2], hash[3]], key }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of a hash of name and key: which key a signature says it is of, no more.
    pub const fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether a signature is of this key and of this text. Refuses keys and signatures that fit many texts.
    pub(super) fn accepts(&self, text: &str, signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|given| self.key.verify_strict(text.as_bytes(), &given).is_ok())
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    /// Reads `<name>+<id>+<base64>`; white space around it is ignored.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let refused = || KeyError::VerifierForm {};
        let (name, id, data) = three_parts(text.trim()).ok_or_else(refused)?;
        let data = BASE64.decode(data.as_bytes()).map_err(|_| refused())?;
        let (kind, bytes) = data.split_first().ok_or_else(refused)?;
        let bytes = <&[u8; 32]>::try_from(bytes).map_err(|_| refused())?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| refused())?;
        let made = Self::new(name, key);
        let fits = *kind == ED25519 && is_name(name) && !key.is_weak() && HEXLOWER.encode(&made.id) == id;
        if fits { Ok(made) } else { Err(refused()) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = [&[ED25519], &self.key.as_bytes()[..]].concat();
        write!(f, "{}+{}+{}", self.name, HEXLOWER.encode(&self.id), BASE64.encode(&data))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

/// Name, id and data; the data may hold plus signs itself.
fn three_parts(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('+')?;
    let (id, data) = rest.split_once('+')?;
    Some((name, id, data))
}

/// What the names of our keys and logs look like: part of what signed notes allow, without look-alike letters.
pub(super) fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic() && b != b'+')
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
