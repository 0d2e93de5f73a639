//! Lays messages out in lanes, has their two compressions done, and gathers the tags.
#![allow(unsafe_code)]

use crate::path::{Instructions, Path};
#[cfg(target_arch = "aarch64")]
use crate::sha_arm as sha_unit;
#[cfg(target_arch = "x86_64")]
use crate::sha_ni as sha_unit;
use crate::{BLOCK, HmacSha256Key, ONE_BLOCK, bits_after_key_block, bytes_of};

/// Bits that end the padding of the outer hash.
pub(crate) const OUTER_BITS: u32 = bits_after_key_block(32) as u32;

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
            Instructions::ShaUnit => self.mac_few(messages, tags),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Path::all` gives a path out only where the processor has its instructions.
            Instructions::Avx2 => unsafe { self.mac_eight(messages, tags) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Instructions::Avx512 => unsafe { self.mac_sixteen(messages, tags) },
        }
        true
    }

    fn mac_few<M: AsRef<[u8]>>(&self, messages: &[M], tags: &mut [[u8; 32]]) {
        let mut blocks = [[0; 16]; sha_unit::LANES];
        for (block, message) in blocks.iter_mut().zip(messages) {
            *block = one_block(message.as_ref());
        }
        // SAFETY: `Path::all` gives this path out only where the processor has these instructions.
        let inner = unsafe { sha_unit::compress(&self.inner, &blocks) };
        let blocks = inner.map(|digest| {
            let mut block = [0; 16];
            block[..8].copy_from_slice(&digest);
            block[8] = 0x8000_0000;
            block[15] = OUTER_BITS;
            block
        });
        // SAFETY: as above.
        let outer = unsafe { sha_unit::compress(&self.outer, &blocks) };
        for (tag, state) in tags.iter_mut().zip(outer) {
            *tag = bytes_of(&state);
        }
    }
}

/// A message of at most 55 bytes with its padding.
#[inline]
pub(crate) fn one_block(message: &[u8]) -> [u32; 16] {
    let mut block = [0_u8; BLOCK];
    block[..message.len()].copy_from_slice(message);
    block[message.len()] = 0x80;
    let (words, _) = block.as_chunks::<4>();
    let mut words: [u32; 16] = std::array::from_fn(|at| u32::from_be_bytes(words[at]));
    words[15] = bits_after_key_block(message.len()) as u32;
    words
}
