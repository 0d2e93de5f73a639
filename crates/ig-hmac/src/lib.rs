//! HMAC-SHA256 of many short messages under one key.
//!
//! HMAC (RFC 2104) hashes the key block first, twice: once for the inner and once for the outer hash. Those
//! two states depend on the key alone, so [`HmacSha256Key`] keeps them, and a message of up to 55 bytes costs
//! exactly two SHA-256 compressions. Longer messages take one more for every further 64 bytes.
//!
//! [`HmacSha256Key::mac_many`] takes short messages a few at a time where the processor has SHA instructions.
//! Every path gives the same bytes.
//!
//! It does not compare tags (nothing here verifies), and it is not a general hash library: use `hmac` and
//! `sha2` for anything but one key and many messages.

#[cfg(target_arch = "x86_64")]
mod sha_ni;

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop};

const BLOCK: usize = 64;
/// The longest message that fits one block with its padding byte and 64-bit length.
const ONE_BLOCK: usize = 55;
/// Messages that go through the SHA instructions together; more than three spill registers.
const LANES: usize = 3;
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The sixteen big-endian words of a block.
type BlockWords = [u32; 16];

/// How messages are hashed. Only paths that this processor has can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path(Instructions);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instructions {
    /// One message after the other, with whatever `sha2` finds on this processor.
    Portable,
    /// Several at a time with the SHA instructions of x86-64.
    #[cfg(target_arch = "x86_64")]
    ShaNi,
}

impl Path {
    /// The fastest path of this processor.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if sha_ni::is_available() {
            return Self(Instructions::ShaNi);
        }
        Self(Instructions::Portable)
    }

    /// Every path that this processor has, for tests that compare them.
    pub fn all() -> Vec<Self> {
        let portable = Self(Instructions::Portable);
        let mut all = vec![portable];
        all.extend(Some(Self::detect()).filter(|&path| path != portable));
        all
    }
}

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
    /// # Panics
    /// If there are not as many places as messages.
    pub fn mac_many(&self, messages: &[&[u8]], tags: &mut [[u8; 32]]) {
        self.mac_many_on(Path::detect(), messages, tags);
    }

    /// As [`HmacSha256Key::mac_many`], on a path that [`Path::all`] gave.
    ///
    /// # Panics
    /// If there are not as many places as messages.
    pub fn mac_many_on(&self, path: Path, messages: &[&[u8]], tags: &mut [[u8; 32]]) {
        assert_eq!(messages.len(), tags.len(), "one place for each message");
        let (groups, rest) = messages.as_chunks::<LANES>();
        let (tag_groups, rest_tags) = tags.as_chunks_mut::<LANES>();
        for (group, tags) in groups.iter().zip(tag_groups) {
            match path.0 {
                #[cfg(target_arch = "x86_64")]
                Instructions::ShaNi if group.iter().all(|message| message.len() <= ONE_BLOCK) => {
                    *tags = self.mac_lanes(group);
                }
                _ => *tags = group.map(|message| self.mac(message)),
            }
        }
        for (message, tag) in rest.iter().zip(rest_tags) {
            *tag = self.mac(message);
        }
    }

    /// One group of messages of at most 55 bytes each.
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code)]
    fn mac_lanes(&self, messages: &[&[u8]; LANES]) -> [[u8; 32]; LANES] {
        let blocks = messages.map(one_block);
        // SAFETY: `Path::detect` gives this path out only where the processor has these instructions.
        let inner = unsafe { sha_ni::compress(&self.inner, &blocks) };
        let blocks = inner.map(|digest| {
            let mut block = [0; 16];
            block[..8].copy_from_slice(&digest);
            block[8] = 0x8000_0000;
            block[15] = bits_after_key_block(32) as u32;
            block
        });
        // SAFETY: as above.
        unsafe { sha_ni::compress(&self.outer, &blocks) }.map(|state| bytes_of(&state))
    }
}

/// A message of at most 55 bytes with its padding.
#[cfg(target_arch = "x86_64")]
fn one_block(message: &[u8]) -> BlockWords {
    let mut block = [0_u8; BLOCK];
    block[..message.len()].copy_from_slice(message);
    block[message.len()] = 0x80;
    let (words, _) = block.as_chunks::<4>();
    let mut words: BlockWords = std::array::from_fn(|at| u32::from_be_bytes(words[at]));
    words[15] = bits_after_key_block(message.len()) as u32;
    words
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

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;

    fn oracle(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("any length");
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    fn many_on(path: Path, key: &[u8; 32], messages: &[&[u8]]) -> Vec<[u8; 32]> {
        let mut tags = vec![[0; 32]; messages.len()];
        HmacSha256Key::new(key).mac_many_on(path, messages, &mut tags);
        tags
    }

    #[test]
    fn every_length_to_200_equals_the_hmac_crate() {
        let key: [u8; 32] = std::array::from_fn(|i| (i as u8).wrapping_mul(37));
        let message: Vec<u8> = (0..200_u8).collect();
        for length in 0..=200 {
            let message = &message[..length];
            assert_eq!(HmacSha256Key::new(&key).mac(message), oracle(&key, message), "length {length}");
            for path in Path::all() {
                for count in [1, 3, 4, 7] {
                    let expected = vec![oracle(&key, message); count];
                    assert_eq!(many_on(path, &key, &vec![message; count]), expected, "{path:?} {length}");
                }
            }
        }
    }

    /// The cases of RFC 4231 whose key is of 32 bytes or fewer; HMAC pads a shorter one with zeros.
    #[test]
    fn rfc_4231() {
        let cases: [(Vec<u8>, Vec<u8>, &str); 4] = [
            (vec![0x0b; 20], b"Hi There".to_vec(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            ((1..=25).collect(), vec![0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        ];
        for (key, message, expected) in cases {
            let mut padded = [0; 32];
            padded[..key.len()].copy_from_slice(&key);
            for path in Path::all() {
                for tag in many_on(path, &padded, &[message.as_slice(); 4]) {
                    let expected: [u8; 32] =
                        std::array::from_fn(|at| u8::from_str_radix(&expected[at * 2..at * 2 + 2], 16).expect("hex"));
                    assert_eq!(tag, expected, "{path:?}");
                }
            }
        }
    }

    #[test]
    fn debug_shows_no_state() {
        assert_eq!(format!("{:?}", HmacSha256Key::new(&[7; 32])), "HmacSha256Key(not shown)");
    }

    proptest! {
        #[test]
        fn every_path_equals_the_hmac_crate(
            key: [u8; 32],
            messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..12),
        ) {
            let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
            let expected: Vec<_> = messages.iter().map(|message| oracle(&key, message)).collect();
            for path in Path::all() {
                prop_assert_eq!(&many_on(path, &key, &messages), &expected);
            }
        }
    }
}
