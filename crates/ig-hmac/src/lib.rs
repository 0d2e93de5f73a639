//! HMAC-SHA256 of many short messages under one key.
//!
//! HMAC (RFC 2104) hashes the key block first, twice: once for the inner and once for the outer hash. Those
//! two states depend on the key alone, so [`HmacSha256Key`] keeps them, and a message of up to 55 bytes costs
//! exactly two SHA-256 compressions. Longer messages take one more for every further 64 bytes.
//!
//! [`HmacSha256Key::mac_many`] takes short messages several at a time: sixteen with AVX-512, a few with the
//! SHA instructions of x86-64 and 64-bit ARM, eight with AVX2. [`Path::detect`] chooses when the program runs. Every path gives the
//! same bytes, and [`Path::all`] lets a test go each of them.
//!
//! The path of 64-bit ARM is compiled and run in an emulator by `tests/aarch64/run.sh`, and was not measured on such
//! a machine.
//!
//! It does not compare tags (nothing here verifies), and it is not a general hash library: use `hmac` and
//! `sha2` for anything but one key and many messages.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod constants;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod lanes;
mod path;
#[cfg(target_arch = "aarch64")]
mod sha_arm;
#[cfg(target_arch = "x86_64")]
mod sha_ni;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod wide;
#[cfg(target_arch = "x86_64")]
mod wide_lanes;

pub use path::Path;

use constants::INITIAL;
use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop};

const BLOCK: usize = 64;
/// The longest message that fits one block with its padding byte and 64-bit length.
const ONE_BLOCK: usize = 55;

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
        let (whole, rest) = message.as_chunks::<BLOCK>();
        if !whole.is_empty() {
            compress256(&mut state, whole);
        }
        let mut block = [0_u8; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        block[rest.len()] = 0x80;
        if rest.len() > ONE_BLOCK {
            compress256(&mut state, std::slice::from_ref(&block));
            block = [0_u8; BLOCK];
        }
        block[56..].copy_from_slice(&bits_after_key_block(message.len()).to_be_bytes());
        compress256(&mut state, std::slice::from_ref(&block));
        self.finish(&state)
    }

    #[inline]
    fn finish(&self, inner_digest: &[u32; 8]) -> [u8; 32] {
        let mut block = [0_u8; BLOCK];
        block[..32].copy_from_slice(&bytes_of(inner_digest));
        block[32] = 0x80;
        block[56..].copy_from_slice(&bits_after_key_block(32).to_be_bytes());
        let mut state = self.outer;
        compress256(&mut state, std::slice::from_ref(&block));
        bytes_of(&state)
    }

    /// HMAC-SHA256 of many messages, on the fastest path of this processor; `tags` gets one for each message.
    ///
    /// Messages of a fixed size, such as `[u8; 10]`, are the fastest.
    ///
    /// # Panics
    /// If there are not as many places as messages.
    pub fn mac_many<M: AsRef<[u8]>>(&self, messages: &[M], tags: &mut [[u8; 32]]) {
        self.mac_many_on(Path::detect(), messages, tags);
    }

    /// As [`HmacSha256Key::mac_many`], on a path that [`Path::all`] gave.
    ///
    /// # Panics
    /// If there are not as many places as messages.
    pub fn mac_many_on<M: AsRef<[u8]>>(&self, path: Path, messages: &[M], tags: &mut [[u8; 32]]) {
        assert_eq!(messages.len(), tags.len(), "one place for each message");
        let lanes = path.lanes();
        for (group, tags) in messages.chunks(lanes).zip(tags.chunks_mut(lanes)) {
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            let together = self.mac_together(path, group, tags);
            #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
            let together = false;
            if !together {
                for (message, tag) in group.iter().zip(tags) {
                    *tag = self.mac(message.as_ref());
                }
            }
        }
    }
}

/// The bit length that ends the padding: the key block and the message.
const fn bits_after_key_block(message: usize) -> u64 {
    (BLOCK as u64 + message as u64) * 8
}

#[inline]
fn bytes_of(words: &[u32; 8]) -> [u8; 32] {
    let mut bytes = [0_u8; 32];
    for (chunk, word) in bytes.chunks_exact_mut(4).zip(words) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}
