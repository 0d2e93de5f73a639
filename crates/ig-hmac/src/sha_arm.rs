//! SHA-256 with the SHA-2 instructions of 64-bit ARM, several messages at a time.
//!
//! Method: FIPS 180-4, with the instructions as the Arm Architecture Reference Manual describes them: `sha256h`
//! and `sha256h2` do four rounds on the state halves ABCD and EFGH, `sha256su0` and `sha256su1` make the next four
//! words of the schedule.
#![allow(unsafe_code)]

use crate::constants::K;
use std::arch::aarch64::{
    uint32x4_t, vaddq_u32, vld1q_u32, vsha256h2q_u32, vsha256hq_u32, vsha256su0q_u32, vsha256su1q_u32, vst1q_u32,
};

/// Messages at a time.
pub(crate) const LANES: usize = 4;

/// Whether this processor has the instructions.
pub(crate) fn is_available() -> bool {
    std::arch::is_aarch64_feature_detected!("sha2")
}

/// One compression for each lane, from one common state.
#[target_feature(enable = "neon,sha2")]
pub(crate) fn compress<const LANES: usize>(state: &[u32; 8], blocks: &[[u32; 16]; LANES]) -> [[u32; 8]; LANES] {
    let [start_low, start_high] = [four(state, 0), four(state, 4)];
    let mut low = [start_low; LANES];
    let mut high = [start_high; LANES];
    // The last sixteen words of each lane's schedule, four to a vector.
    let mut words = blocks.map(|block| [0, 4, 8, 12].map(|at| four(&block, at)));
    for round in 0..16 {
        let constants = four(&K, round * 4);
        for lane in 0..LANES {
            let now = words[lane][round % 4];
            let sum = vaddq_u32(now, constants);
            let before = low[lane];
            low[lane] = vsha256hq_u32(before, high[lane], sum);
            high[lane] = vsha256h2q_u32(high[lane], before, sum);
            if round < 12 {
                let [next, after, last] = [1, 2, 3].map(|step| words[lane][(round + step) % 4]);
                words[lane][round % 4] = vsha256su1q_u32(vsha256su0q_u32(now, next), after, last);
            }
        }
    }
    std::array::from_fn(|lane| {
        let mut state = [0; 8];
        let (low, high) = (vaddq_u32(low[lane], start_low), vaddq_u32(high[lane], start_high));
        // SAFETY: each writes four of the eight words of the array.
        unsafe {
            vst1q_u32(state.as_mut_ptr(), low);
            vst1q_u32(state.as_mut_ptr().add(4), high);
        }
        state
    })
}

#[inline]
#[target_feature(enable = "neon,sha2")]
fn four(words: &[u32], at: usize) -> uint32x4_t {
    let four: &[u32] = &words[at..at + 4];
    // SAFETY: reads the four words of the slice.
    unsafe { vld1q_u32(four.as_ptr()) }
}
