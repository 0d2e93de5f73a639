//! One key for each use, agreement and identifier kind.

use super::{Context, Kind};
use crate::key::Key;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

const LABEL: &str = "nhs-ig/pseudonym/v1";

/// The key of single pseudonyms.
pub(super) fn derived_key(key: &Key, context: &Context, kind: &Kind) -> Zeroizing<[u8; 32]> {
    labelled_key(key, LABEL, context, kind, &[])
}

/// The key of a use that has one context and one kind, and settings of a fixed length that keys are told apart by.
pub(crate) fn labelled_key<const LENGTH: usize>(
    key: &Key,
    label: &str,
    context: &Context,
    kind: &Kind,
    settings: &[u8],
) -> Zeroizing<[u8; LENGTH]> {
    let mut info = labelled(label);
    push_prefixed(&mut info, context.as_str());
    push_prefixed(&mut info, kind.as_str());
    info.extend_from_slice(settings);
    expand(key, &info)
}

/// The beginning of every `info` and header: the label and a zero.
pub(crate) fn labelled(label: &str) -> Vec<u8> {
    let mut info = label.as_bytes().to_vec();
    info.push(0);
    info
}

/// Appends a name after its length; contexts, kinds and key ids have at most 255 bytes.
pub(crate) fn push_prefixed(info: &mut Vec<u8>, name: &str) {
    info.extend_from_slice(&(name.len() as u16).to_be_bytes());
    info.extend_from_slice(name.as_bytes());
}

/// HKDF-SHA256 (RFC 5869) without salt.
pub(crate) fn expand<const LENGTH: usize>(key: &Key, info: &[u8]) -> Zeroizing<[u8; LENGTH]> {
    const { assert!(LENGTH <= 255 * 32, "the limit of HKDF-SHA256") };
    let mut derived = Zeroizing::new([0_u8; LENGTH]);
    let expanded = Hkdf::<Sha256>::new(None, key.secret()).expand(info, &mut *derived);
    debug_assert!(expanded.is_ok(), "the length is within the limit of HKDF");
    derived
}
