//! Holds every path of `ig-hmac` that this processor has against the `hmac` crate, without a thread of its own: the
//! user-mode emulator that stands in for a 64-bit ARM machine (see `run.sh`) may not run Rust's test harness.
#![allow(clippy::expect_used, reason = "a check stops at the first surprise")]

use hmac::{Hmac, KeyInit, Mac};
use ig_hmac::{HmacSha256Key, Path};
use sha2::Sha256;

/// Three test cases of RFC 4231 whose key is of 32 bytes or fewer, which HMAC pads with zeros.
const RFC_4231: [(&[u8], &[u8], &str); 3] = [
    (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
];

fn main() {
    let mut compared = 0;
    for path in Path::all() {
        for (key, message, expected) in RFC_4231 {
            let mut padded = [0; 32];
            padded[..key.len()].copy_from_slice(key);
            let mut tags = [[0; 32]; 5];
            HmacSha256Key::new(&padded).mac_many_on(path, &[message; 5], &mut tags);
            let expected: Vec<u8> =
                (0..32).map(|at| u8::from_str_radix(&expected[at * 2..at * 2 + 2], 16).expect("hex")).collect();
            assert!(tags.iter().all(|tag| tag[..] == expected), "{path:?}");
        }
        for length in 0..=200_usize {
            let key: [u8; 32] = std::array::from_fn(|at| (at * 37 + length) as u8);
            let messages: Vec<Vec<u8>> =
                (0..17).map(|lane| (0..length).map(|at| (at * 7 + lane * 31) as u8).collect()).collect();
            let mut tags = vec![[0; 32]; messages.len()];
            HmacSha256Key::new(&key).mac_many_on(path, &messages, &mut tags);
            for (message, tag) in messages.iter().zip(&tags) {
                let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
                mac.update(message);
                assert_eq!(mac.finalize().into_bytes()[..], tag[..], "{path:?}, {length} bytes");
                compared += 1;
            }
        }
    }
    println!("{:?}: {compared} tags equal those of the hmac crate, and RFC 4231 holds", Path::all());
}
