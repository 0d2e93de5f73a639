#![doc = include_str!("../docs/format_preserving_v1.md")]

use crate::audit::AuditLog;
use crate::error::{Error, KeyError, MisuseError};
use crate::key::{Key, KeyId, RetiredKeys, process_keys};
use crate::nhs_number::NhsNumber;
use crate::pseudonym::derive::labelled_key;
use crate::pseudonym::{Context, Kind, Scheme};
use crate::reidentify::{ReidentifyRequest, all_or_nothing, audited};
use aes::Aes256;
use fpe::ff1::{FF1, FlexibleNumeralString};
use serde::{Deserialize, Serialize};
use std::fmt;

const LABEL: &str = "nhs-ig/format-preserving/v1";
const RADIX: u32 = 10;

/// Whether the ten digits that come out pass for an NHS number. There is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckDigit {
    /// The check digit never fits. Whoever "corrects" it has a valid number that may be a person's.
    Invalid,
    /// The check digit fits: **the number may be a real person's**, and a reader will take it for one.
    Valid,
}

impl CheckDigit {
    /// The tweak, so that the two outputs of one number are unrelated.
    const fn tweak(self) -> &'static [u8] {
        match self {
            Self::Invalid => b"invalid",
            Self::Valid => b"valid",
        }
    }
}

/// Everything about a column of such numbers but the key: what plans, pickles and manifests carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberSpec {
    /// Version of the scheme; 1 is the only one.
    pub scheme: Scheme,
    /// Public id of the key.
    pub key_id: KeyId,
    /// Check value of the key, so that another key under the same id is noticed.
    pub check_value: String,
    /// Agreement or project that the numbers are for.
    pub context: Context,
    /// Whether the check digit fits.
    pub check: CheckDigit,
}

/// Turns NHS numbers into other ten digits that the key holder can bring back.
///
/// The same number always gives the same digits, and two numbers never give the same. Read the hazards above before
/// use; a [`Tokeniser`](crate::token::Tokeniser) has none of them.
///
/// ```
/// use ig_core::format_preserving::{CheckDigit, NumberCipher};
/// use ig_core::{Context, Key, NhsNumber};
///
/// let cipher = NumberCipher::new(&Key::generate()?, Context::new("DSA-2026-014")?, CheckDigit::Invalid)?;
/// let digits = cipher.encrypt(NhsNumber::parse("999 000 0018")?)?;
/// assert_eq!(digits.len(), 10);
/// assert!(NhsNumber::parse(&digits).is_err());
/// # Ok::<(), ig_core::Error>(())
/// ```
pub struct NumberCipher {
    spec: NumberSpec,
    ff1: FF1<Aes256>,
}

impl NumberCipher {
    /// Derives the key for one context.
    ///
    /// # Errors
    /// `misuse.defect`; the radix is one that FF1 takes.
    pub fn new(key: &Key, context: Context, check: CheckDigit) -> Result<Self, Error> {
        key.check_use(&context, RetiredKeys::Refuse)?;
        Self::derive(key, context, check)
    }

    /// Whoever calls this has looked at what the key may be used for.
    fn derive(key: &Key, context: Context, check: CheckDigit) -> Result<Self, Error> {
        let secret = labelled_key::<32>(key, LABEL, &context, &Kind::nhs_number(), &[]);
        let ff1 = FF1::new(&*secret, RADIX).map_err(|_| MisuseError::PanicInside {})?;
        let check_value = key.check_value().to_owned();
        let spec = NumberSpec { scheme: Scheme::V1, key_id: key.id().clone(), check_value, context, check };
        Ok(Self { spec, ff1 })
    }

    /// Finds the key of a spec in the ring of this process.
    ///
    /// # Errors
    /// `key.unavailable`, `key.mismatch`, `key.purpose`, `key.pending`, `key.retired`
    pub fn from_process_keys(spec: &NumberSpec) -> Result<Self, Error> {
        let key = process_keys(|ring| ring.resolve_for(&spec.key_id, &spec.check_value, &spec.context))?;
        Self::derive(&key, spec.context.clone(), spec.check)
    }

    /// What the numbers are, without the key.
    pub const fn spec(&self) -> &NumberSpec {
        &self.spec
    }

    /// The ten digits that stand for a number.
    ///
    /// # Errors
    /// `misuse.defect`; FF1 takes any nine digits.
    pub fn encrypt(&self, number: NhsNumber) -> Result<String, MisuseError> {
        let mut body = body_of(number.as_bytes());
        loop {
            body = self.step(&body, FF1::encrypt)?;
            // The number that went in is in the set that is looked for, so the walk comes back to it at the latest.
            match (self.spec.check, check_digit(&body)) {
                (CheckDigit::Invalid, _) => return Ok(written(&body, wrong_digit(&body))),
                (CheckDigit::Valid, Some(digit)) => return Ok(written(&body, digit)),
                (CheckDigit::Valid, None) => {}
            }
        }
    }

    /// Brings numbers back, all or none; null stays null. The rules are those of
    /// [`Tokeniser::reidentify`](crate::token::Tokeniser::reidentify).
    ///
    /// # Errors
    /// Those of the audit log; `key.tokens_refused` with the count, the first row and the reason.
    pub fn reidentify(
        &self,
        numbers: &[Option<&str>],
        request: &ReidentifyRequest,
        log: &AuditLog,
    ) -> Result<Vec<Option<String>>, Error> {
        let asked = numbers.iter().flatten().count() as u64;
        audited(request, log, &self.spec.key_id, Some(asked), || {
            let opened = numbers.iter().map(|text| text.map(|text| self.open(text)).transpose());
            all_or_nothing(opened, "the numbers")
        })
    }

    /// The NHS number behind ten digits.
    ///
    /// # Errors
    /// `key.number_form`, `key.number_changed`
    pub(crate) fn open(&self, text: &str) -> Result<String, KeyError> {
        let digits = <&[u8; 10]>::try_from(text.as_bytes()).map_err(|_| KeyError::NumberForm {})?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(KeyError::NumberForm {});
        }
        let mut body = body_of(digits);
        let last = digits[9] - b'0';
        let made_so = match self.spec.check {
            CheckDigit::Invalid => wrong_digit(&body) == last,
            CheckDigit::Valid => check_digit(&body) == Some(last),
        };
        if !made_so {
            return Err(KeyError::NumberChanged {});
        }
        loop {
            body = self.step(&body, FF1::decrypt).map_err(|_| KeyError::NumberChanged {})?;
            match (self.spec.check, check_digit(&body)) {
                (_, Some(digit)) => return Ok(written(&body, digit)),
                (CheckDigit::Invalid, None) => return Err(KeyError::NumberChanged {}),
                (CheckDigit::Valid, None) => {}
            }
        }
    }

    fn step(&self, body: &[u8; 9], direction: Direction) -> Result<[u8; 9], MisuseError> {
        let numerals = FlexibleNumeralString::from(body.map(u16::from).to_vec());
        let made = direction(&self.ff1, self.spec.check.tweak(), &numerals).map_err(|_| MisuseError::PanicInside {})?;
        let made: Vec<u8> = Vec::<u16>::from(made).into_iter().map(|numeral| numeral as u8).collect();
        made.try_into().map_err(|_| MisuseError::PanicInside {})
    }
}

/// Encryption or decryption.
type Direction =
    fn(&FF1<Aes256>, &[u8], &FlexibleNumeralString) -> Result<FlexibleNumeralString, fpe::ff1::NumeralStringError>;

/// The nine digits before the check digit, as numbers.
fn body_of(digits: &[u8; 10]) -> [u8; 9] {
    std::array::from_fn(|at| digits[at] - b'0')
}

/// The modulus 11 check value: 0 to 10.
fn check_value(body: &[u8; 9]) -> u8 {
    let sum: u32 = body.iter().zip((2..=10).rev()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    ((11 - sum % 11) % 11) as u8
}

/// The check digit; none if no valid NHS number has this body.
fn check_digit(body: &[u8; 9]) -> Option<u8> {
    let value = check_value(body);
    let placeholder = body.iter().all(|digit| *digit == value);
    (value < 10 && !placeholder).then_some(value)
}

/// The one digit that is taken for "invalid"; it never fits.
fn wrong_digit(body: &[u8; 9]) -> u8 {
    (check_value(body) + 1) % 10
}

fn written(body: &[u8; 9], last: u8) -> String {
    body.iter().chain([&last]).map(|digit| char::from(b'0' + digit)).collect()
}

impl fmt::Debug for NumberCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberCipher").field("spec", &self.spec).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
