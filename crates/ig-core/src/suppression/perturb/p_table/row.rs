//! The noise of one count: from no noise, or as little as there may be, spread until it has the variance asked for.

use super::PerturbationTableSettings;

/// The noise that one count may get, and in how many of the 2^bits equally likely units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoiseRow {
    count: i64,
    noise: Vec<i64>,
    units: Vec<u32>,
}

/// Units moved from the middle one of three neighbours to the outer two: the mean stays as it is.
struct Step {
    middle: usize,
    to_left: u32,
    from_middle: u32,
    to_right: u32,
    /// By how much the sum of squares grows.
    squares: u64,
    gain: i64,
    width: i64,
}

impl NoiseRow {
    /// The count; the last row of a table stands for all larger ones too.
    pub const fn count(&self) -> i64 {
        self.count
    }

    /// The values that the noise may take, in rising order.
    pub fn noise(&self) -> &[i64] {
        &self.noise
    }

    /// For each value, how many of the 2^bits units it has.
    pub fn units(&self) -> &[u32] {
        &self.units
    }

    /// The variance of the noise times 2^bits; its mean is 0.
    pub fn squares(&self) -> u64 {
        self.noise.iter().zip(&self.units).map(|(noise, &units)| noise.unsigned_abs().pow(2) * u64::from(units)).sum()
    }

    /// The noise of one of the 2^bits units.
    pub(super) fn of_unit(&self, unit: u32) -> i64 {
        let mut passed = 0;
        let found = self.noise.iter().zip(&self.units).find(|&(_, &units)| {
            passed += units;
            passed > unit
        });
        found.map_or(0, |(&noise, _)| noise)
    }

    /// Spreads the noise of a count; `logarithms` holds those of 0 to 2^bits + 1.
    pub(super) fn spread(settings: PerturbationTableSettings, count: i64, logarithms: &[i64]) -> Self {
        let mut row = Self::narrowest(settings, count);
        let wanted = u64::from(settings.variance) << settings.bits;
        let mut squares = row.squares();
        while let Some(step) = row.best_step(wanted.saturating_sub(squares), logarithms) {
            row.units[step.middle - 1] += step.to_left;
            row.units[step.middle] -= step.from_middle;
            row.units[step.middle + 1] += step.to_right;
            squares += step.squares;
        }
        row
    }

    /// Noise of 0 if that is allowed, otherwise the least that is right on average.
    fn narrowest(settings: PerturbationTableSettings, count: i64) -> Self {
        let (most, unpublished) = (i64::from(settings.max_noise), i64::from(settings.unpublished));
        let noise: Vec<i64> =
            (-most..=most).filter(|noise| count + noise == 0 || count + noise > unpublished).collect();
        let all = 1_i64 << settings.bits;
        let start = if count > unpublished {
            vec![(0, all)]
        } else {
            let shortest = unpublished + 1 - count;
            let longer = (count * all) % (unpublished + 1);
            let short = (count * all - (unpublished + 2) * longer) / (unpublished + 1);
            vec![(-count, all - short - longer), (shortest, short), (shortest + 1, longer)]
        };
        let units_of = |value: &i64| {
            let units = start.iter().filter(|(noise, _)| noise == value).map(|(_, units)| units).sum::<i64>();
            u32::try_from(units).unwrap_or_default()
        };
        let units = noise.iter().map(units_of).collect();
        Self { count, noise, units }
    }

    /// The step with the most entropy for its squares, the first of equals.
    fn best_step(&self, missing: u64, logarithms: &[i64]) -> Option<Step> {
        let mut best: Option<Step> = None;
        for middle in 1..self.noise.len().saturating_sub(1) {
            let Some(step) = self.step(middle, missing, logarithms) else { continue };
            if best.as_ref().is_none_or(|best| step.gain * best.width > best.gain * step.width) {
                best = Some(step);
            }
        }
        best
    }

    fn step(&self, middle: usize, missing: u64, logarithms: &[i64]) -> Option<Step> {
        let (left, right) = (self.noise[middle] - self.noise[middle - 1], self.noise[middle + 1] - self.noise[middle]);
        let common = gcd(left, right);
        let width = left * right * (left + right);
        let squares = (width / common).unsigned_abs();
        let part = |units: i64| u32::try_from(units / common).unwrap_or_default();
        let from_middle = part(left + right);
        if self.units[middle] < from_middle || squares > missing {
            return None;
        }
        let logarithm = |units: u32| logarithms[units as usize];
        let gain = (left + right) * logarithm(self.units[middle])
            - right * logarithm(self.units[middle - 1] + 1)
            - left * logarithm(self.units[middle + 1] + 1);
        Some(Step { middle, to_left: part(right), from_middle, to_right: part(left), squares, gain, width })
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Binary logarithms of 0 to `most` in units of 2^-16, rounded down digit by digit; that of 0 is not used.
pub(super) fn logarithms(most: u32) -> Vec<i64> {
    (0..=most).map(|number| if number == 0 { 0 } else { logarithm(number) }).collect()
}

fn logarithm(number: u32) -> i64 {
    let exponent = number.ilog2();
    let mut mantissa = u64::from(number) << (31 - exponent);
    let mut digits = i64::from(exponent);
    for _ in 0..16 {
        mantissa = (mantissa * mantissa) >> 31;
        let digit = mantissa >> 32;
        mantissa >>= digit;
        digits = digits << 1 | i64::from(digit == 1);
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_agree_with_those_of_the_standard_library() {
        for (number, logarithm) in (0..5_000_u32).zip(logarithms(5_000)).skip(1) {
            let wanted = f64::from(number).log2() * 65_536.0;
            let found = f64::from(i32::try_from(logarithm).expect("small"));
            // Rounding down at each of 16 squarings costs less than a few units.
            assert!(wanted - 3.0 < found && found <= wanted + 1e-6, "{number}");
        }
    }
}
