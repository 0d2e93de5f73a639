//! The keys of an issuer, as its JSON Web Key Set has them.

use super::jws::{Algorithm, Unverified, object, present};
use crate::error::AccessError;
use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Verifier as _;
use rsa::sha2::{Digest as _, Sha256};
use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use serde::Deserialize;

const LEAST_RSA_BITS: usize = 2048;
const MOST_KEYS: usize = 100;

#[derive(Deserialize)]
struct Document {
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "one for each member that is secret")]
struct Entry {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    #[serde(default, deserialize_with = "present")]
    d: bool,
    #[serde(default, deserialize_with = "present")]
    k: bool,
    #[serde(default, deserialize_with = "present")]
    p: bool,
    #[serde(default, deserialize_with = "present")]
    q: bool,
    #[serde(default, deserialize_with = "present")]
    dp: bool,
    #[serde(default, deserialize_with = "present")]
    dq: bool,
    #[serde(default, deserialize_with = "present")]
    qi: bool,
    #[serde(default, deserialize_with = "present")]
    oth: bool,
}

enum Material {
    Rsa(RsaPublicKey),
    P256(p256::ecdsa::VerifyingKey),
    /// An RSA key that could be broken.
    Weak {
        bits: usize,
    },
    /// For another algorithm or another use.
    Other,
}

struct TokenKey {
    kid: Option<String>,
    alg: Option<String>,
    material: Material,
}

/// The public keys of one issuer.
pub(super) struct KeySet(Vec<TokenKey>);

fn unreadable(reason: &str) -> AccessError {
    AccessError::TokenKeySet { reason: reason.to_owned() }
}

impl KeySet {
    pub(super) fn read(text: &str) -> Result<Self, AccessError> {
        let document: Document =
            object(text.as_bytes()).ok_or_else(|| unreadable("not a JSON object with a list of keys"))?;
        if document.keys.is_empty() || document.keys.len() > MOST_KEYS {
            return Err(unreadable("1 to 100 keys are expected"));
        }
        let keys = document.keys.into_iter().map(TokenKey::read).collect::<Result<Vec<_>, _>>()?;
        for (at, key) in keys.iter().enumerate() {
            if key.kid.is_some() && keys[..at].iter().any(|before| before.kid == key.kid) {
                return Err(unreadable("two keys have the same kid"));
            }
        }
        Ok(Self(keys))
    }

    /// Checks the signature with the one key that the token names; what the token says of itself chooses no more.
    pub(super) fn verify(&self, token: &Unverified<'_>) -> Result<(), AccessError> {
        let key = match (&token.kid, self.0.as_slice()) {
            (None, [only]) => only,
            (None, _) => return Err(AccessError::TokenKeyUnknown {}),
            (kid, keys) => keys.iter().find(|key| key.kid == *kid).ok_or(AccessError::TokenKeyUnknown {})?,
        };
        key.verify(token)
    }
}

impl TokenKey {
    fn read(entry: Entry) -> Result<Self, AccessError> {
        if [entry.d, entry.k, entry.p, entry.q, entry.dp, entry.dq, entry.qi, entry.oth].contains(&true) {
            return Err(unreadable("it holds a secret key; take the issuer's public keys"));
        }
        let signs = entry.purpose.as_ref().is_none_or(|purpose| purpose == "sig")
            && entry.key_ops.as_ref().is_none_or(|acts| acts.iter().any(|act| act == "verify"));
        let material = match (entry.kty.as_str(), signs) {
            ("RSA", true) => rsa_key(&entry)?,
            ("EC", true) if entry.crv.as_deref() == Some("P-256") => p256_key(&entry)?,
            _ => Material::Other,
        };
        Ok(Self { kid: entry.kid, alg: entry.alg, material })
    }

    fn verify(&self, token: &Unverified<'_>) -> Result<(), AccessError> {
        if self.alg.as_ref().is_some_and(|alg| Algorithm::named(alg) != Some(token.algorithm)) {
            return Err(AccessError::TokenKeyDisagrees {});
        }
        let digest = || Sha256::digest(token.signed);
        let fits = match (&self.material, token.algorithm) {
            (Material::Weak { bits }, _) => return Err(AccessError::TokenKeyWeak { bits: *bits }),
            (Material::Rsa(key), Algorithm::Rs256) => {
                key.verify(Pkcs1v15Sign::new::<Sha256>(), &digest(), &token.signature).is_ok()
            }
            (Material::Rsa(key), Algorithm::Ps256) => {
                key.verify(Pss::new::<Sha256>(), &digest(), &token.signature).is_ok()
            }
            (Material::P256(key), Algorithm::Es256) => p256::ecdsa::Signature::from_slice(&token.signature)
                .is_ok_and(|signature| key.verify(token.signed.as_bytes(), &signature).is_ok()),
            _ => return Err(AccessError::TokenKeyDisagrees {}),
        };
        if fits { Ok(()) } else { Err(AccessError::TokenSignature {}) }
    }
}

fn number(text: Option<&String>) -> Result<Vec<u8>, AccessError> {
    text.and_then(|text| BASE64URL_NOPAD.decode(text.as_bytes()).ok())
        .ok_or_else(|| unreadable("a key lacks a number of its form"))
}

fn rsa_key(entry: &Entry) -> Result<Material, AccessError> {
    let (modulus, exponent) = (number(entry.n.as_ref())?, number(entry.e.as_ref())?);
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last % 2 == 1);
    if !odd(&modulus) || !odd(&exponent) || exponent == [1] {
        return Err(unreadable("an RSA key that cannot be one"));
    }
    let key = RsaPublicKey::new(BigUint::from_bytes_be(&modulus), BigUint::from_bytes_be(&exponent))
        .map_err(|_| unreadable("an RSA key that cannot be one, or of more than 4,096 bits"))?;
    let bits = key.n().bits();
    Ok(if bits < LEAST_RSA_BITS { Material::Weak { bits } } else { Material::Rsa(key) })
}

fn p256_key(entry: &Entry) -> Result<Material, AccessError> {
    let point = [vec![4], number(entry.x.as_ref())?, number(entry.y.as_ref())?].concat();
    // Refuses a point that is not on the curve.
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point);
    key.map(Material::P256).map_err(|_| unreadable("an elliptic key that cannot be one"))
}
