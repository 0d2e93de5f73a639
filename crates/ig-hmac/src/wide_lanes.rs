//! Lays messages out in the lanes of wide vectors, and gathers their tags.

use crate::lanes::{OUTER_BITS, one_block};
use crate::wide::{SHORT_WORDS, Words};
use crate::{HmacSha256Key, avx2, avx512, bits_after_key_block};

/// The longest message that, with its padding byte, leaves all but the first three words zero.
const SHORT: usize = SHORT_WORDS * 4 - 1;

impl HmacSha256Key {
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(crate) fn mac_sixteen<M: AsRef<[u8]>>(&self, messages: &[M], tags: &mut [[u8; 32]]) {
        let inner = match short_length(messages) {
            Some(bits) => avx512::short(&self.inner, &short_words(messages), bits),
            None => avx512::long(&self.inner, &long_words(messages)),
        };
        gather(&avx512::outer(&self.outer, inner, OUTER_BITS), tags);
    }

    #[target_feature(enable = "avx2")]
    pub(crate) fn mac_eight<M: AsRef<[u8]>>(&self, messages: &[M], tags: &mut [[u8; 32]]) {
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

/// The tag of each lane, from words that are in memory order already.
#[inline]
fn gather<const LANES: usize>(words: &Words<LANES, 8>, tags: &mut [[u8; 32]]) {
    for (lane, tag) in tags.iter_mut().enumerate() {
        for (place, words) in tag.as_chunks_mut::<4>().0.iter_mut().zip(words) {
            *place = words[lane].to_ne_bytes();
        }
    }
}
