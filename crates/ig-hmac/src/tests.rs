//! Every path against the `hmac` crate and RFC 4231.

use crate::{HmacSha256Key, Path};
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
