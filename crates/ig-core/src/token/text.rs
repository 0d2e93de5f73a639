//! The text form of a token: `nhsig_t1_<key id>_<base64url>`.

use crate::error::KeyError;
use crate::key::KeyId;
use data_encoding::BASE64URL_NOPAD;

const PREFIX: &str = "nhsig_t1_";

/// What every token of a key begins with.
pub(super) fn prefix(key_id: &KeyId) -> String {
    format!("{PREFIX}{key_id}_")
}

pub(super) fn write(prefix: &str, sealed: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(prefix.as_bytes());
    let start = out.len();
    out.resize(start + BASE64URL_NOPAD.encode_len(sealed.len()), 0);
    BASE64URL_NOPAD.encode_mut(sealed, &mut out[start..]);
}

/// The bytes of a token of this key; the one text form of theirs is taken and no other.
pub(super) fn read(key_id: &KeyId, token: &str) -> Result<Vec<u8>, KeyError> {
    let body = token.strip_prefix(PREFIX).ok_or(KeyError::TokenForm {})?;
    // A key id has no underscore, base64url may have.
    let (found, body) = body.split_once('_').ok_or(KeyError::TokenForm {})?;
    if KeyId::new(found).map_err(|_| KeyError::TokenForm {})? != *key_id {
        return Err(KeyError::TokenKey {});
    }
    // The decoder refuses unused bits that are set, padding, line ends and other alphabets.
    BASE64URL_NOPAD.decode(body.as_bytes()).map_err(|_| KeyError::TokenForm {})
}
