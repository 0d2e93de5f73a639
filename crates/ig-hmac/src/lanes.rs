//! Lays messages out in lanes, has their two compressions done, and gathers the tags.
#![allow(unsafe_code)]

use crate::path::{Instructions, Path};
use crate::wide::{SHORT_WORDS, Words};
use crate::{BLOCK, HmacSha256Key, ONE_BLOCK, avx2, avx512, bits_after_key_block, bytes_of, sha_ni};

/// The longest message that, with its padding byte, leaves all but the first three words zero.
const SHORT: usize = SHORT_WORDS * 4 - 1;
/// Bits that end the padding of the outer hash.
const OUTER_BITS: u32 = bits_after_key_block(32) as u32;

impl HmacSha256Key {
    /// The tags of at most as many messages as the path has lanes, or `false` if they are better done one by one:
    /// because one of them needs a second block, or because most lanes would be empty.
    #[inline]
    pub(crate) fn mac_together<M: AsRef<[u8]>>(&self, path: Path, messages: &[M], tags: &mut [[u8; 32]]) -> bool {
        // A wide compression costs about as much as two to four single ones, however many lanes are in use.
        let worth_it = messages.len() * 4 >= path.lanes();
        if !worth_it || messages.iter().any(|message| message.as_ref().len() > ONE_BLOCK) {
            return false;
        }
        match path.0 {
            Instructions::Portable => return false,
            Instructions::ShaNi => self.mac_three(messages, tags),
            // SAFETY: `Path::all` gives a path out only where the processor has its instructions.
            Instructions::Avx2 => unsafe { self.mac_eight(messages, tags) },
            // SAFETY: as above.
            Instructions::Avx512 => unsafe { self.mac_sixteen(messages, tags) },
        }
        true
    }

    fn mac_three<M: AsRef<[u8]>>(&self, messages: &[M], tags: &mut [[u8; 32]]) {
        let mut blocks = [[0; 16]; sha_ni::LANES];
        for (block, message) in blocks.iter_mut().zip(messages) {
            *block = one_block(message.as_ref());
        }
        // SAFETY: `Path::all` gives this path out only where the processor has these instructions.
        let inner = unsafe { sha_ni::compress(&self.inner, &blocks) };
        let blocks = inner.map(|digest| {
            let mut block = [0; 16];
            block[..8].copy_from_slice(&digest);
            block[8] = 0x8000_0000;
            block[15] = OUTER_BITS;
            block
        });
        // SAFETY: as above.
        let outer = unsafe { sha_ni::compress(&self.outer, &blocks) };
        for (tag, state) in tags.iter_mut().zip(outer) {
            *tag = bytes_of(&state);
        }
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    fn mac_sixteen<M: AsRef<[u8]>>(&self, messages: &[M], tags: &mut [[u8; 32]]) {
        let inner = match short_length(messages) {
            Some(bits) => avx512::short(&self.inner, &short_words(messages), bits),
            None => avx512::long(&self.inner, &long_words(messages)),
        };
        gather(&avx512::outer(&self.outer, inner, OUTER_BITS), tags);
    }

    #[target_feature(enable = "avx2")]
    fn mac_eight<M: AsRef<[u8]>>(&self, messages: &[M], tags: &mut [[u8; 32]]) {
        let inner = match short_length(messages) {
            Some(bits) => avx2::short(&self.inner, &short_words(messages), bits),
            None => avx2::long(&self.inner, &long_words(messages)),
        };
        gather(&avx2::outer(&self.outer, inner, OUTER_BITS), tags);
    }
}

/// The bit length of the padding, if all messages have the same length of at most eleven bytes.
#[inline]
fn short_length<M: AsRef<[u8]>>(messages: &[M]) -> Option<u32> {
    let length = messages.first()?.as_ref().len();
    let same = length <= SHORT && messages.iter().all(|message| message.as_ref().len() == length);
    same.then(|| bits_after_key_block(length) as u32)
}

/// The first three words of each message with its padding byte.
#[inline]
fn short_words<const LANES: usize, M: AsRef<[u8]>>(messages: &[M]) -> Words<LANES, SHORT_WORDS> {
    let mut words = [[0; LANES]; SHORT_WORDS];
    for (lane, message) in messages.iter().enumerate() {
        let message = message.as_ref();
        let mut bytes = [0_u8; SHORT_WORDS * 4];
        bytes[..message.len()].copy_from_slice(message);
        bytes[message.len()] = 0x80;
        for (words, word) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
            words[lane] = u32::from_be_bytes(*word);
        }
    }
    words
}

/// The whole block of each message.
#[inline]
fn long_words<const LANES: usize, M: AsRef<[u8]>>(messages: &[M]) -> Words<LANES, 16> {
    let mut words = [[0; LANES]; 16];
    for (lane, message) in messages.iter().enumerate() {
        for (words, word) in words.iter_mut().zip(one_block(message.as_ref())) {
            words[lane] = word;
        }
    }
    words
}

/// A message of at most 55 bytes with its padding.
#[inline]
fn one_block(message: &[u8]) -> [u32; 16] {
    let mut block = [0_u8; BLOCK];
    block[..message.len()].copy_from_slice(message);
    block[message.len()] = 0x80;
    let (words, _) = block.as_chunks::<4>();
    let mut words: [u32; 16] = std::array::from_fn(|at| u32::from_be_bytes(words[at]));
    words[15] = bits_after_key_block(message.len()) as u32;
    words
}

/// The tag of each lane, from words that are in memory order already.
#[inline]
fn gather<const LANES: usize>(words: &Words<LANES, 8>, tags: &mut [[u8; 32]]) {
    for (lane, tag) in tags.iter_mut().enumerate() {
        for (place, words) in tag.as_chunks_mut::<4>().0.iter_mut().zip(words) {
            *place = words[lane].to_ne_bytes();
        }
    }
}
