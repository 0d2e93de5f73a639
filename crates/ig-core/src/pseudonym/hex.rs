//! Lower-case hex of many digests: eight digits at a time in one machine word.

/// Every byte of a word.
const EACH_BYTE: u64 = 0x0101_0101_0101_0101;

/// Writes two digits for each byte.
///
/// The number of bytes is a multiple of four, and there is room for twice as many digits; what has no room is left
/// out.
#[inline]
pub(super) fn write_hex(bytes: &[u8], digits: &mut [u8]) {
    for (four, eight) in bytes.as_chunks::<4>().0.iter().zip(digits.as_chunks_mut::<8>().0) {
        *eight = eight_digits(*four);
    }
}

#[inline]
fn eight_digits(bytes: [u8; 4]) -> [u8; 8] {
    // Spread the bytes: first two and two, then one and one, then the halves of each, upper half first.
    let word = u64::from(u32::from_le_bytes(bytes));
    let word = (word | word << 16) & 0x0000_ffff_0000_ffff;
    let word = (word | word << 8) & 0x00ff_00ff_00ff_00ff;
    let halves = (word >> 4 | word << 8) & (0x0f * EACH_BYTE);
    // 10 to 15 reach 16 when 6 is added; `a` is 39 past where the digits would go on. Shifts instead of a product, for
    // which vectors of 64-bit words have no instruction.
    let letters = (halves + 6 * EACH_BYTE) >> 4 & EACH_BYTE;
    let past = ((letters << 7) - letters) & (39 * EACH_BYTE);
    (halves + 0x30 * EACH_BYTE + past).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_the_hex_crate(fours in proptest::collection::vec(any::<[u8; 4]>(), 0..9)) {
            let bytes = fours.as_flattened();
            let mut digits = vec![0; bytes.len() * 2];
            write_hex(bytes, &mut digits);
            prop_assert_eq!(digits, data_encoding::HEXLOWER.encode(bytes).into_bytes());
        }
    }
}
