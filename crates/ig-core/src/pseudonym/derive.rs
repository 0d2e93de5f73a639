//! One key per agreement and identifier kind.

use super::{Context, Kind};
use crate::key::Key;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

const LABEL: &[u8] = b"nhs-ig/pseudonym/v1";

/// The key of the pseudonyms of one context and kind.
pub(super) fn derived_key(key: &Key, context: &Context, kind: &Kind) -> Zeroizing<[u8; 32]> {
    labelled_key(LABEL, key, context, kind, &[])
}

/// HKDF-SHA256 (RFC 5869) with the label, the length-prefixed context and kind, and settings of a fixed length as
/// `info`: keys of two labels, contexts, kinds or settings are unrelated.
pub(crate) fn labelled_key(
    label: &[u8],
    key: &Key,
    context: &Context,
    kind: &Kind,
    settings: &[u8],
) -> Zeroizing<[u8; 32]> {
    let (context, kind) = (context.as_str().as_bytes(), kind.as_str().as_bytes());
    let context_length = (context.len() as u16).to_be_bytes();
    let kind_length = (kind.len() as u16).to_be_bytes();
    let info = [label, &[0], &context_length, context, &kind_length, kind, settings];
    let mut derived = Zeroizing::new([0_u8; 32]);
    let expanded = Hkdf::<Sha256>::new(None, key.secret()).expand_multi_info(&info, &mut *derived);
    debug_assert!(expanded.is_ok(), "32 bytes are within HKDF's limit of 8,160");
    derived
}
