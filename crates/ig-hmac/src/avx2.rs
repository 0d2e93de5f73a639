//! Eight lanes with AVX2, for processors without SHA instructions.
#![allow(unsafe_code)]

use crate::constants::K;
use crate::wide::{
    SHORT_WORDS, Words, compress, eight_rounds, next_word, next_words, round, sha256_lanes, sixteen_rounds,
};
use std::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_and_si256, _mm256_loadu_si256, _mm256_or_si256, _mm256_set1_epi32,
    _mm256_setr_epi32, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_srli_epi32, _mm256_storeu_si256,
    _mm256_xor_si256,
};

/// Messages at a time.
pub(crate) const LANES: usize = 8;
type Vector = __m256i;

/// Whether this processor has the instructions.
pub(crate) fn is_available() -> bool {
    is_x86_feature_detected!("avx2")
}

sha256_lanes!("avx2");

#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[u32; LANES]) -> Vector {
    // SAFETY: reads the 32 bytes of the array; the instruction takes any alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(words: &mut [u32; LANES], vector: Vector) {
    // SAFETY: writes the 32 bytes of the array; the instruction takes any alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u32) -> Vector {
    _mm256_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm256_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const BITS: i32>(a: Vector) -> Vector {
    // The shift that completes the rotation cannot be computed from `BITS` in the type, so each one is named.
    let high = match BITS {
        2 => _mm256_slli_epi32::<30>(a),
        6 => _mm256_slli_epi32::<26>(a),
        7 => _mm256_slli_epi32::<25>(a),
        11 => _mm256_slli_epi32::<21>(a),
        13 => _mm256_slli_epi32::<19>(a),
        17 => _mm256_slli_epi32::<15>(a),
        18 => _mm256_slli_epi32::<14>(a),
        19 => _mm256_slli_epi32::<13>(a),
        22 => _mm256_slli_epi32::<10>(a),
        _ => _mm256_slli_epi32::<7>(a),
    };
    _mm256_or_si256(_mm256_srli_epi32::<BITS>(a), high)
}

#[inline]
#[target_feature(enable = "avx2")]
fn shift<const BITS: i32>(a: Vector) -> Vector {
    _mm256_srli_epi32::<BITS>(a)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor3(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm256_xor_si256(_mm256_xor_si256(a, b), c)
}

/// Ch: for every bit, `b` where `a` is set, else `c`.
#[inline]
#[target_feature(enable = "avx2")]
fn choose(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm256_xor_si256(_mm256_and_si256(a, _mm256_xor_si256(b, c)), c)
}

/// Maj: for every bit, what two of the three have.
#[inline]
#[target_feature(enable = "avx2")]
fn majority(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, _mm256_or_si256(a, b)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn swap_bytes(a: Vector) -> Vector {
    let order = _mm256_setr_epi32(
        0x0001_0203,
        0x0405_0607,
        0x0809_0a0b,
        0x0c0d_0e0f,
        0x0001_0203,
        0x0405_0607,
        0x0809_0a0b,
        0x0c0d_0e0f,
    );
    _mm256_shuffle_epi8(a, order)
}
