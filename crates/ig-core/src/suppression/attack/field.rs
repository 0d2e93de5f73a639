//! Arithmetic modulo a prime of 61 bits, and the random choices of the audit.

use crate::suppression::{Shown, System};
use sha2::{Digest, Sha256};

/// Whole numbers modulo an odd prime below 2⁶¹, kept in Montgomery's form; zero is 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    prime: u64,
    negative_inverse: u64,
    square: u64,
    pub(super) one: u64,
}

impl Field {
    /// Takes an odd prime below 2⁶¹.
    pub(super) fn new(prime: u64) -> Self {
        let mut inverse = prime;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(prime.wrapping_mul(inverse)));
        }
        let one = ((1_u128 << 64) % u128::from(prime)) as u64;
        let square = (u128::from(one) * u128::from(one) % u128::from(prime)) as u64;
        Self { prime, negative_inverse: inverse.wrapping_neg(), square, one }
    }

    /// A random prime of 61 bits.
    pub(super) fn random(random: &mut Random) -> Self {
        loop {
            let candidate = (1 << 60) | (random.next() >> 4) | 1;
            if is_prime(candidate) {
                return Self::new(candidate);
            }
        }
    }

    fn reduce(self, product: u128) -> u64 {
        let factor = (product as u64).wrapping_mul(self.negative_inverse);
        let sum = product + u128::from(factor) * u128::from(self.prime);
        let result = (sum >> 64) as u64;
        if result >= self.prime { result - self.prime } else { result }
    }

    pub(super) fn multiply(self, a: u64, b: u64) -> u64 {
        self.reduce(u128::from(a) * u128::from(b))
    }

    pub(super) fn subtract(self, a: u64, b: u64) -> u64 {
        if a >= b { a - b } else { a + self.prime - b }
    }

    pub(super) fn negate(self, a: u64) -> u64 {
        self.subtract(0, a)
    }

    /// The inverse of what is not zero.
    pub(super) fn invert(self, a: u64) -> u64 {
        if a == self.one || a == self.negate(self.one) {
            return a;
        }
        let (mut power, mut result, mut exponent) = (a, self.one, self.prime - 2);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = self.multiply(result, power);
            }
            power = self.multiply(power, power);
            exponent >>= 1;
        }
        result
    }

    /// The class of a whole number.
    pub(super) fn class(self, value: i128) -> u64 {
        let rest = value.rem_euclid(i128::from(self.prime)) as u64;
        self.multiply(rest, self.square)
    }

    /// The whole number of least size in a class.
    pub(super) fn nearest(self, class: u64) -> i64 {
        let rest = self.reduce(u128::from(class)).cast_signed();
        if rest > self.prime.cast_signed() / 2 { rest - self.prime.cast_signed() } else { rest }
    }

    /// The fraction with numerator and denominator below 2²⁹ in a class, if there is one; there is never more
    /// than one.
    pub(super) fn fraction(self, class: u64) -> Option<(i64, i64)> {
        const LIMIT: i64 = 1 << 29;
        let whole = self.nearest(class);
        if whole.abs() < LIMIT {
            return Some((whole, 1));
        }
        let (mut before, mut now) = (self.prime.cast_signed(), self.reduce(u128::from(class)).cast_signed());
        let (mut factor_before, mut factor) = (0_i64, 1_i64);
        while now >= LIMIT {
            let quotient = before / now;
            (before, now) = (now, before - quotient * now);
            (factor_before, factor) = (factor, factor_before.checked_sub(quotient.checked_mul(factor)?)?);
        }
        let (numerator, denominator) = if factor < 0 { (-now, -factor) } else { (now, factor) };
        (denominator > 0 && denominator < LIMIT).then_some((numerator, denominator))
    }
}

/// Miller and Rabin's test with bases that decide every odd number from 41 to 2⁶⁴.
fn is_prime(candidate: u64) -> bool {
    let field = Field::new(candidate);
    let minus_one = field.negate(field.one);
    let twos = (candidate - 1).trailing_zeros();
    [2_i128, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37].iter().all(|&base| {
        let (mut power, mut result, mut exponent) = (field.class(base), field.one, (candidate - 1) >> twos);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = field.multiply(result, power);
            }
            power = field.multiply(power, power);
            exponent >>= 1;
        }
        if result == field.one || result == minus_one {
            return true;
        }
        (1..twos).any(|_| {
            result = field.multiply(result, result);
            result == minus_one
        })
    })
}

/// A stream of numbers that follows from its seed (the generator `SplitMix64`).
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A class of the field; each is as likely as any other, up to 2⁻⁶¹.
    pub(super) fn class(&mut self, field: Field) -> u64 {
        ((u128::from(self.next()) * u128::from(field.prime)) >> 64) as u64
    }
}

/// The seed of one table: whoever wants to steer the random choices would have to invert SHA-256.
pub(super) fn seed(system: &System, shown: &[Shown]) -> u64 {
    let mut hash = Sha256::new();
    let mut bytes = Vec::new();
    for relation in 0..system.relations() {
        bytes.clear();
        for term in system.relation(relation) {
            bytes.extend(term.cell.to_le_bytes());
            bytes.extend(term.factor.to_le_bytes());
        }
        bytes.extend(u32::MAX.to_le_bytes());
        hash.update(&bytes);
    }
    for chunk in shown.chunks(1024) {
        bytes.clear();
        for shown in chunk {
            bytes.extend(shown.low().to_le_bytes());
            bytes.extend(shown.high().map_or(0, |high| high.wrapping_add(1)).to_le_bytes());
        }
        hash.update(&bytes);
    }
    let digest = hash.finalize();
    digest.iter().take(8).fold(0, |seed, &byte| (seed << 8) | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_are_told_from_products_as_by_trial_division() {
        for candidate in (41_u64..20_000).step_by(2) {
            let divisor = (3..200).take_while(|d| d * d <= candidate).find(|d| candidate % d == 0);
            assert_eq!(is_prime(candidate), divisor.is_none(), "{candidate}");
        }
        assert!(is_prime((1 << 61) - 1));
        assert!(!is_prime(1_000_000_007 * 998_244_353));
        // Passes the test for the bases 2, 3, 5 and 7.
        assert!(!is_prime(3_215_031_751));
    }

    #[test]
    fn arithmetic_agrees_with_128_bit_remainders() {
        let mut random = Random::new(7);
        let field = Field::random(&mut random);
        let prime = i128::from(field.prime);
        assert!(field.prime > 1 << 60 && field.prime < 1 << 61);
        for _ in 0..2000 {
            let a = i128::from(random.next().cast_signed());
            let b = i128::from(random.next().cast_signed());
            let class = field.multiply(field.class(a), field.class(b));
            assert_eq!(i128::from(field.nearest(class)).rem_euclid(prime), (a % prime * (b % prime)).rem_euclid(prime));
            let difference = field.subtract(field.class(a + b), field.class(b));
            assert_eq!(difference, field.class(a));
            assert_eq!(field.multiply(field.class(a), field.invert(field.class(a))), field.one);
        }
    }

    #[test]
    fn fractions_come_back_from_their_classes() {
        let mut random = Random::new(11);
        let field = Field::random(&mut random);
        for _ in 0..2000 {
            let numerator = (random.next() % 4000).cast_signed() - 2000;
            let denominator = (random.next() % 2000).cast_signed() + 1;
            let class = field.multiply(field.class(numerator.into()), field.invert(field.class(denominator.into())));
            let (n, d) = field.fraction(class).expect("small");
            assert_eq!(n * denominator, numerator * d);
        }
        assert!((0..200).any(|_| field.fraction(random.class(field)).is_none()), "most classes hold no small fraction");
    }
}
