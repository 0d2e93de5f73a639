//! SHA-256 with the x86-64 SHA instructions, several messages at a time.
//!
//! One message leaves the unit idle while each round waits for the one before. Rounds of independent messages
//! fill those gaps, so the messages of a few lanes go through together.
//!
//! Method: FIPS 180-4, with the instructions as Intel's manual describes them: `sha256rnds2` does two rounds on
//! the state halves ABEF and CDGH, `sha256msg1` and `sha256msg2` make the next four words of the schedule.

use crate::constants::K;
use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_set_epi32, _mm_sha256msg1_epu32,
    _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi32,
};

/// Messages at a time.
pub(crate) const LANES: usize = 3;

/// Whether this processor has the instructions.
pub(crate) fn is_available() -> bool {
    is_x86_feature_detected!("sha") && is_x86_feature_detected!("ssse3") && is_x86_feature_detected!("sse4.1")
}

/// One compression for each lane, from one common state.
#[target_feature(enable = "sha,ssse3,sse4.1")]
#[allow(clippy::many_single_char_names, reason = "the names of the standard")]
pub(crate) fn compress<const LANES: usize>(state: &[u32; 8], blocks: &[[u32; 16]; LANES]) -> [[u32; 8]; LANES] {
    let [a, b, c, d, e, f, g, h] = state.map(u32::cast_signed);
    let (abef, cdgh) = (_mm_set_epi32(a, b, e, f), _mm_set_epi32(c, d, g, h));
    let mut low = [abef; LANES];
    let mut high = [cdgh; LANES];
    // The last sixteen words of each lane's schedule, four to a vector.
    let mut words = blocks.map(|block| [0, 4, 8, 12].map(|at| four(&block, at)));
    for round in 0..16 {
        let constants = four(&K, round * 4);
        for lane in 0..LANES {
            let now = words[lane][round % 4];
            let sum = _mm_add_epi32(now, constants);
            high[lane] = _mm_sha256rnds2_epu32(high[lane], low[lane], sum);
            low[lane] = _mm_sha256rnds2_epu32(low[lane], high[lane], _mm_shuffle_epi32::<0x0e>(sum));
            if round < 12 {
                let [next, after, last] = [1, 2, 3].map(|step| words[lane][(round + step) % 4]);
                let made = _mm_sha256msg1_epu32(now, next);
                let made = _mm_add_epi32(made, _mm_alignr_epi8::<4>(last, after));
                words[lane][round % 4] = _mm_sha256msg2_epu32(made, last);
            }
        }
    }
    std::array::from_fn(|lane| {
        let [f, e, b, a] = lanes_of(_mm_add_epi32(low[lane], abef));
        let [h, g, d, c] = lanes_of(_mm_add_epi32(high[lane], cdgh));
        [a, b, c, d, e, f, g, h]
    })
}

#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn four(words: &[u32], at: usize) -> __m128i {
    let [w0, w1, w2, w3] = [0, 1, 2, 3].map(|step| words[at + step].cast_signed());
    _mm_set_epi32(w3, w2, w1, w0)
}

#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn lanes_of(vector: __m128i) -> [u32; 4] {
    [
        _mm_extract_epi32::<0>(vector),
        _mm_extract_epi32::<1>(vector),
        _mm_extract_epi32::<2>(vector),
        _mm_extract_epi32::<3>(vector),
    ]
    .map(i32::cast_unsigned)
}
