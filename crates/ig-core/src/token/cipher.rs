//! AES-256-SIV over the identifiers of one tokeniser.

use super::{Tokeniser, text};
use crate::error::{KeyError, MisuseError};
use aes_siv::KeyInit;
use aes_siv::siv::{Aes256Siv, IV_SIZE};

/// The cipher of a tokeniser, made once for many cells.
pub(crate) struct TokenCipher<'a> {
    tokeniser: &'a Tokeniser,
    siv: Aes256Siv,
    sealed: Vec<u8>,
}

impl<'a> TokenCipher<'a> {
    pub(crate) fn new(tokeniser: &'a Tokeniser) -> Self {
        let siv = Aes256Siv::new((&*tokeniser.secret).into());
        Self { tokeniser, siv, sealed: Vec::new() }
    }

    /// Appends the token of an identifier in its canonical form.
    ///
    /// # Errors
    /// `misuse.defect`; the cipher takes any length.
    pub(crate) fn write_token(&mut self, canonical: &[u8], out: &mut Vec<u8>) -> Result<(), MisuseError> {
        self.sealed.clear();
        self.sealed.extend_from_slice(canonical);
        let done = self.siv.encrypt_in_place([&self.tokeniser.header], &mut self.sealed);
        done.map_err(|_| MisuseError::PanicInside {})?;
        text::write(&self.tokeniser.prefix, &self.sealed, out);
        Ok(())
    }

    /// The identifier of a token.
    ///
    /// # Errors
    /// `key.token_form`, `key.token_key`, `key.token_changed`
    pub(crate) fn open(&mut self, token: &str) -> Result<String, KeyError> {
        let sealed = text::read(&self.tokeniser.spec.key_id, token)?;
        // No identifier is empty, so no token is the synthetic IV alone.
        if sealed.len() <= IV_SIZE {
            return Err(KeyError::TokenForm {});
        }
        let opened = self.siv.decrypt([&self.tokeniser.header], &sealed).map_err(|_| KeyError::TokenChanged {})?;
        self.tokeniser.identifier(opened)
    }
}
