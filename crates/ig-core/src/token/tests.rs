//! The cipher by its standard.

use aes_siv::KeyInit;
use aes_siv::siv::{Aes128Siv, Aes256Siv};
use data_encoding::HEXLOWER;

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).expect("hex")
}

#[test]
fn the_examples_of_rfc_5297() {
    let key = bytes("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    let header = [bytes("101112131415161718191a1b1c1d1e1f2021222324252627")];
    let mut siv = Aes128Siv::new(key.as_slice().try_into().expect("32 bytes"));
    let sealed = siv.encrypt(&header, &bytes("112233445566778899aabbccddee")).expect("any length");
    assert_eq!(HEXLOWER.encode(&sealed), "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c");

    let key = bytes("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f");
    let headers = [
        bytes("00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100"),
        bytes("102030405060708090a0"),
        bytes("09f911029d74e35bd84156c5635688c0"),
    ];
    let plain = b"this is some plaintext to encrypt using SIV-AES";
    let mut siv = Aes128Siv::new(key.as_slice().try_into().expect("32 bytes"));
    let sealed = siv.encrypt(&headers, plain).expect("any length");
    let expected = "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17\
                    dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d";
    assert_eq!(HEXLOWER.encode(&sealed), expected);
    assert_eq!(siv.decrypt(&headers, &sealed).expect("own"), plain);
}

/// The halves of the key stand where the standard says: the first is that of the synthetic IV.
#[test]
fn the_first_half_of_the_key_makes_the_synthetic_iv() {
    let mut keys = [[7_u8; 64], [7; 64], [7; 64]];
    keys[1][63] = 8;
    keys[2][0] = 8;
    let sealed = keys.map(|key| Aes256Siv::new(&key.into()).encrypt([b"header"], b"plain text").expect("any length"));
    assert_eq!(sealed[0][..16], sealed[1][..16]);
    assert_ne!(sealed[0][16..], sealed[1][16..]);
    assert_ne!(sealed[0][..16], sealed[2][..16]);
}
