//! Ten digits at once: eight in one machine word, two beside it.
//!
//! Columns of millions of numbers are checked one after the other, and this is most of what a valid number costs.

/// Every byte of a word.
const EACH_BYTE: u64 = 0x0101_0101_0101_0101;
/// Every second byte of a word, from the lowest on.
const EVEN_BYTES: u64 = 0x00ff_00ff_00ff_00ff;

/// Whether all ten bytes are ASCII digits.
#[inline]
pub(super) fn all_digits(bytes: [u8; 10]) -> bool {
    let (eight, rest) = split(bytes);
    // A digit has 3 as its upper half, and still has it when 6 is added.
    let upper_halves = eight & (0xf0 * EACH_BYTE);
    let of_sums = eight.wrapping_add(6 * EACH_BYTE) & (0xf0 * EACH_BYTE);
    upper_halves | (of_sums >> 4) == 0x33 * EACH_BYTE && rest.iter().all(u8::is_ascii_digit)
}

/// The digits weighted 10 to 1 and added up.
#[inline]
pub(super) fn weighted_sum(digits: [u8; 10]) -> u32 {
    let (eight, [ninth, check]) = split(digits);
    let values = eight & (0x0f * EACH_BYTE);
    // In each product the highest 16 bits are the sum of four values times their weights, at most 9 × 28; the
    // sums below it are smaller still, so nothing is carried.
    let odd_places = (values & EVEN_BYTES).wrapping_mul(10 << 48 | 8 << 32 | 6 << 16 | 4) >> 48;
    let even_places = (values >> 8 & EVEN_BYTES).wrapping_mul(9 << 48 | 7 << 32 | 5 << 16 | 3) >> 48;
    (odd_places + even_places) as u32 + 2 * u32::from(ninth & 0x0f) + u32::from(check & 0x0f)
}

/// Whether all ten are the same.
#[inline]
pub(super) fn all_the_same(digits: [u8; 10]) -> bool {
    let (eight, rest) = split(digits);
    eight == u64::from(digits[0]) * EACH_BYTE && rest == [digits[0]; 2]
}

/// The first nine digits as a number.
#[inline]
pub(super) fn first_nine(digits: [u8; 10]) -> u32 {
    let (eight, [ninth, _]) = split(digits);
    let values = eight & (0x0f * EACH_BYTE);
    // Neighbours join: eight digits, four pairs, two fours, one eight; no part grows into the next.
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8) & EVEN_BYTES;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let eight = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) as u32;
    eight * 10 + u32::from(ninth & 0x0f)
}

// Without a closure for each byte: it would be compiled apart from the loops that call this.
#[inline]
fn split([eight @ .., ninth, tenth]: [u8; 10]) -> (u64, [u8; 2]) {
    (u64::from_le_bytes(eight), [ninth, tenth])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_in_every_place() {
        for place in 0..10 {
            for byte in 0..=255 {
                let mut bytes = *b"9990000018";
                bytes[place] = byte;
                assert_eq!(all_digits(bytes), byte.is_ascii_digit(), "byte {byte} in place {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn equals_the_plain_way(bytes: [u8; 10], digits in proptest::array::uniform10(b'0'..=b'9')) {
            prop_assert_eq!(all_digits(bytes), bytes.iter().all(u8::is_ascii_digit));
            prop_assert!(all_digits(digits));
            let plain: u32 = digits.iter().zip((1..=10).rev()).map(|(d, weight)| u32::from(d - b'0') * weight).sum();
            prop_assert_eq!(weighted_sum(digits), plain);
            prop_assert_eq!(all_the_same(digits), digits.iter().all(|d| *d == digits[0]));
            prop_assert!(all_the_same([digits[0]; 10]));
            let text = std::str::from_utf8(&digits[..9]).expect("digits");
            prop_assert_eq!(first_nine(digits), text.parse::<u32>().expect("nine digits"));
        }
    }
}
