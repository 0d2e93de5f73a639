#![forbid(unsafe_code)]
//! HMAC-SHA256 of many short messages under one key.
//!
//! HMAC (RFC 2104) hashes the key block first, twice: once for the inner and once for the outer hash. Those
//! two states depend on the key alone, so [`HmacSha256Key`] keeps them, and a message of up to 55 bytes costs
//! exactly two SHA-256 compressions. Longer messages take one more for every further 64 bytes.
//!
//! It does not compare tags (nothing here verifies), and it is not a general hash library: use `hmac` and
//! `sha2` for anything but one key and many messages.

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop};

const BLOCK: usize = 64;
/// The longest message that fits one block with its padding byte and 64-bit length.
const ONE_BLOCK: usize = 55;
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The two SHA-256 states that a key leads to; wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct HmacSha256Key {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl std::fmt::Debug for HmacSha256Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HmacSha256Key(not shown)")
    }
}

impl HmacSha256Key {
    /// Keeps the two states of a 32-byte key.
    pub fn new(key: &[u8; 32]) -> Self {
        let state_after = |pad: u8| {
            let mut block = [pad; BLOCK];
            for (byte, key_byte) in block.iter_mut().zip(key) {
                *byte ^= key_byte;
            }
            let mut state = INITIAL;
            compress256(&mut state, std::slice::from_ref(&block));
            block.zeroize();
            state
        };
        Self { inner: state_after(0x36), outer: state_after(0x5c) }
    }

    /// HMAC-SHA256 of one message of any length.
    #[inline]
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        let mut state = self.inner;
        let mut block = [0_u8; BLOCK];
        let (whole, rest) = message.as_chunks::<BLOCK>();
        if !whole.is_empty() {
            compress256(&mut state, whole);
        }
        block[..rest.len()].copy_from_slice(rest);
        block[rest.len()] = 0x80;
        if rest.len() > ONE_BLOCK {
            compress256(&mut state, std::slice::from_ref(&block));
            block = [0_u8; BLOCK];
        }
        let bits = ((BLOCK + message.len()) as u64) * 8;
        block[56..].copy_from_slice(&bits.to_be_bytes());
        compress256(&mut state, std::slice::from_ref(&block));
        self.finish(&state)
    }

    #[inline]
    fn finish(&self, inner_digest: &[u32; 8]) -> [u8; 32] {
        let mut block = [0_u8; BLOCK];
        write_words(inner_digest, &mut block);
        block[32] = 0x80;
        // The outer message is one key block and one 32-byte digest: 96 bytes, 768 bits.
        block[56..].copy_from_slice(&768_u64.to_be_bytes());
        let mut state = self.outer;
        compress256(&mut state, std::slice::from_ref(&block));
        let mut tag = [0_u8; 32];
        write_words(&state, &mut tag);
        tag
    }
}

#[inline]
fn write_words(words: &[u32; 8], out: &mut [u8]) {
    for (chunk, word) in out.chunks_exact_mut(4).zip(words) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::HmacSha256Key;
    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;

    fn oracle(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("any length");
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    #[test]
    fn every_length_to_200_equals_the_hmac_crate() {
        let key: [u8; 32] = std::array::from_fn(|i| (i as u8).wrapping_mul(37));
        let message: Vec<u8> = (0..200_u8).collect();
        for length in 0..=200 {
            let message = &message[..length];
            assert_eq!(HmacSha256Key::new(&key).mac(message), oracle(&key, message), "length {length}");
        }
    }

    #[test]
    fn debug_shows_no_state() {
        assert_eq!(format!("{:?}", HmacSha256Key::new(&[7; 32])), "HmacSha256Key(not shown)");
    }

    proptest! {
        #[test]
        fn equals_the_hmac_crate(key: [u8; 32], message in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(HmacSha256Key::new(&key).mac(&message), oracle(&key, &message));
        }
    }
}
