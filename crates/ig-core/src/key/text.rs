//! The text form of a key, made so that one rule of a secret scanner finds it.

use super::{Key, KeyId};
use crate::error::KeyError;
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

pub(super) const PREFIX: &str = "nhsig_sk_";

impl Key {
    /// Reads `nhsig_sk_<id>_<64 hex digits>`; white space around it is ignored.
    ///
    /// # Errors
    /// `key.format`, `key.weak`
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let body = text.trim().strip_prefix(PREFIX).ok_or(KeyError::Format {})?;
        let (id, hex) = body.split_once('_').ok_or(KeyError::Format {})?;
        let id = KeyId::new(id).map_err(|_| KeyError::Format {})?;
        if hex.len() != 64 {
            return Err(KeyError::Format {});
        }
        let bytes = Zeroizing::new(HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).map_err(|_| KeyError::Format {})?);
        Self::from_bytes(id, &bytes)
    }

    /// Reads the text form from an environment variable.
    ///
    /// Other programs of the same user can read a process's environment; prefer a file or a key service.
    ///
    /// # Errors
    /// `key.missing`, `key.format`, `key.weak`
    pub fn from_env(variable: &str) -> Result<Self, KeyError> {
        let text = std::env::var(variable).map_err(|_| KeyError::Missing { place: shown_variable(variable) })?;
        Self::from_text(&Zeroizing::new(text))
    }

    /// The text form, for the key file only.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
        let hex = Zeroizing::new(HEXLOWER.encode(self.secret()));
        Zeroizing::new(format!("{PREFIX}{}_{}\n", self.id(), *hex))
    }
}

/// Whether a text can be the name of a variable, and not a key.
pub(super) fn is_variable(name: &str) -> bool {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain && (1..=48).contains(&name.len()) && !name.starts_with(PREFIX)
}

/// The variable as a message shows it: a key handed over in place of its variable's name is not repeated.
fn shown_variable(name: &str) -> String {
    if is_variable(name) {
        format!("the environment variable {name}")
    } else {
        "the environment variable named, whose name is not shown".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips() {
        let key = Key::generate().expect("key");
        let again = Key::from_text(&key.to_text()).expect("own text");
        assert_eq!((again.id(), again.secret()), (key.id(), key.secret()));
    }

    #[test]
    fn a_key_given_as_the_name_of_a_variable_is_not_repeated() {
        let hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        for name in [format!("nhsig_sk_a_{hex}"), hex.to_owned(), format!("nhsig_sk_{}", &hex[..8]), "a=b".into()] {
            let error = Key::from_env(&name).expect_err("no such variable");
            assert_eq!(error.code(), "key.missing");
            assert!(!format!("{error} {error:?}").contains(&name), "{error}");
        }
        let named = Key::from_env("NHS_IG_NO_SUCH_KEY").expect_err("no such variable");
        assert!(named.to_string().contains("NHS_IG_NO_SUCH_KEY"));
    }

    #[test]
    fn other_texts_are_refused_without_being_shown() {
        let hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        for bad in [
            String::new(),
            hex.to_owned(),
            format!("nhsig_sk_{hex}"),
            format!("nhsig_sk_UPPER_{hex}"),
            format!("nhsig_sk_a_{}", &hex[1..]),
            format!("nhsig_sk_a_{}g", &hex[1..]),
        ] {
            let error = Key::from_text(&bad).expect_err("not a key");
            assert_eq!(error.code(), "key.format");
            assert!(!error.to_string().contains(&hex[1..]));
        }
    }
}
