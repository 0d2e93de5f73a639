//! A fast hash of fixed-width keys with a random seed.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Seeds for one table of keys. They are random, so nobody can prepare values that all collide.
///
/// Only speed rests on the hash: every key is compared in full, so no collision merges two classes.
#[derive(Clone, Debug)]
pub(super) struct Seeded {
    seeds: [u64; 2],
}

impl Default for Seeded {
    fn default() -> Self {
        let random = RandomState::new();
        Self { seeds: [random.hash_one(1_u64), random.hash_one(2_u64)] }
    }
}

impl BuildHasher for Seeded {
    type Hasher = SeededHasher;

    fn build_hasher(&self) -> SeededHasher {
        SeededHasher { seeds: self.seeds, state: 0 }
    }
}

/// Multiplies the two halves of a key, each under its seed, and folds the product.
pub(super) struct SeededHasher {
    seeds: [u64; 2],
    state: u64,
}

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

impl Hasher for SeededHasher {
    fn finish(&self) -> u64 {
        self.state
    }

    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(16) {
            let mut key = [0; 16];
            key[..piece.len()].copy_from_slice(piece);
            self.write_u128(u128::from_le_bytes(key));
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.write_u128(u128::from(key));
    }

    fn write_u128(&mut self, key: u128) {
        let halves = fold(key as u64 ^ self.seeds[0], (key >> 64) as u64 ^ self.seeds[1]);
        self.state = fold(halves ^ self.state ^ self.seeds[1], ODD);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn neighbouring_keys_do_not_fall_together() {
        let seeded = Seeded::default();
        let hashes: HashSet<u64> = (0..100_000_u128).map(|key| seeded.hash_one(key << 32 | key >> 7)).collect();
        assert!(hashes.len() > 99_990, "{} hashes of 100,000 keys", hashes.len());
        assert_ne!(Seeded::default().hash_one(5_u128), seeded.hash_one(5_u128), "seeds are random");
    }
}
