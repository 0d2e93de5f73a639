//! SHA-256 with the x86-64 SHA instructions, several messages at a time.
//!
//! One message leaves the unit idle while each round waits for the one before. Rounds of independent messages
//! fill those gaps, so the messages of a few lanes go through together.
//!
//! Method: FIPS 180-4, with the instructions as Intel's manual describes them: `sha256rnds2` does two rounds on
//! the state halves ABEF and CDGH, `sha256msg1` and `sha256msg2` make the next four words of the schedule.

use crate::BlockWords;
use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_set_epi32, _mm_sha256msg1_epu32,
    _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi32,
};

/// Whether this processor has the instructions.
pub(crate) fn is_available() -> bool {
    is_x86_feature_detected!("sha") && is_x86_feature_detected!("ssse3") && is_x86_feature_detected!("sse4.1")
}

/// One compression for each lane, from one common state.
#[target_feature(enable = "sha,ssse3,sse4.1")]
#[allow(clippy::many_single_char_names, reason = "the names of the standard")]
pub(crate) fn compress<const LANES: usize>(state: &[u32; 8], blocks: &[BlockWords; LANES]) -> [[u32; 8]; LANES] {
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

/// The constants of FIPS 180-4, section 4.2.2.
#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];
