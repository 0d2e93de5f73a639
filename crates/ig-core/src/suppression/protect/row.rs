//! Sparse rows of whole numbers that count only up to a factor.

/// A coordinate and what stands there; never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub(super) coordinate: u32,
    pub(super) factor: i64,
}

/// What stands at a coordinate, or 0.
pub(super) fn factor_at(row: &[Entry], coordinate: u32) -> i64 {
    match row {
        [] => 0,
        [only] => only.factor * i64::from(only.coordinate == coordinate),
        _ => row.binary_search_by_key(&coordinate, |entry| entry.coordinate).map_or(0, |at| row[at].factor),
    }
}

/// Divides by the greatest common divisor: two rows are then proportional exactly if [`same_line`] says so.
pub(super) fn normalise(row: &mut [Entry]) {
    let mut divisor = 0;
    for entry in row.iter() {
        if divisor == 1 {
            return;
        }
        divisor = gcd(divisor, entry.factor.unsigned_abs());
    }
    // No entry is i64::MIN (see `combine`), so every divisor fits.
    if let Some(divisor) = i64::try_from(divisor).ok().filter(|&divisor| divisor > 1) {
        for entry in row {
            entry.factor /= divisor;
        }
    }
}

/// Whether two rows without a common divisor are equal or each other's opposite; empty ones are.
pub(super) fn same_line(one: &[Entry], other: &[Entry]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let opposite = one.first().map(|entry| entry.factor) != other.first().map(|entry| entry.factor);
    let sign = if opposite { -1 } else { 1 };
    one.iter().zip(other).all(|(a, b)| a.coordinate == b.coordinate && a.factor == sign * b.factor)
}

/// Subtracts the multiple of `pivot` that clears its coordinate `at` in `row`, up to a positive factor, into `out`.
///
/// Gives None if a number does not fit; `out` is then of no use.
pub(super) fn combine(row: &[Entry], pivot: &[Entry], at: u32, out: &mut Vec<Entry>) -> Option<()> {
    let (own, other) = (factor_at(row, at), factor_at(pivot, at));
    let divisor = i64::try_from(gcd(own.unsigned_abs(), other.unsigned_abs())).ok()?;
    let (by, with) = (other.abs() / divisor, own * other.signum() / divisor);
    let number = |left: i64, right: i64| {
        let number = by.checked_mul(left)?.checked_sub(with.checked_mul(right)?)?;
        Some(number).filter(|&number| number != i64::MIN)
    };
    out.clear();
    let (mut left, mut right) = (row, pivot);
    loop {
        let entry = match (left.split_first(), right.split_first()) {
            (Some((a, rest)), other) if other.is_none_or(|(b, _)| a.coordinate < b.coordinate) => {
                left = rest;
                Entry { coordinate: a.coordinate, factor: number(a.factor, 0)? }
            }
            (Some((a, left_rest)), Some((b, right_rest))) if a.coordinate == b.coordinate => {
                (left, right) = (left_rest, right_rest);
                Entry { coordinate: a.coordinate, factor: number(a.factor, b.factor)? }
            }
            (_, Some((b, rest))) => {
                right = rest;
                Entry { coordinate: b.coordinate, factor: number(0, b.factor)? }
            }
            (_, None) => break,
        };
        if entry.factor != 0 {
            out.push(entry);
        }
    }
    normalise(out);
    Some(())
}

/// Whether one is a multiple of the other; empty rows are multiples of empty rows alone.
pub(super) fn proportional(one: &[Entry], other: &[Entry]) -> bool {
    let (Some(first), Some(second)) = (one.first(), other.first()) else { return one.is_empty() && other.is_empty() };
    let same = |(a, b): (&Entry, &Entry)| {
        a.coordinate == b.coordinate
            && i128::from(a.factor) * i128::from(second.factor) == i128::from(b.factor) * i128::from(first.factor)
    };
    one.len() == other.len() && one.iter().zip(other).all(same)
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(entries: &[(u32, i64)]) -> Vec<Entry> {
        entries.iter().map(|&(coordinate, factor)| Entry { coordinate, factor }).collect()
    }

    #[test]
    fn combining_clears_the_coordinate_worked_out_by_hand() {
        // 3·(4, 6, 0) − 2·(6, 0, 5) clears the first place: (0, 18, −10), which is (0, 9, −5).
        let mut out = Vec::new();
        combine(&row(&[(0, 4), (1, 6)]), &row(&[(0, 6), (2, 5)]), 0, &mut out).expect("small");
        assert_eq!(out, row(&[(1, 9), (2, -5)]));
        // The sign of a row is kept, whatever the sign of the pivot: (1, 1) − (1, 3) and (1, 1) + (−1, −3).
        for pivot in [row(&[(0, 1), (1, 3)]), row(&[(0, -1), (1, -3)])] {
            combine(&row(&[(0, 1), (1, 1)]), &pivot, 0, &mut out).expect("small");
            assert_eq!(out, row(&[(1, -1)]));
        }
        combine(&row(&[(3, 2)]), &row(&[(3, 7)]), 3, &mut out).expect("small");
        assert_eq!(out, row(&[]));
    }

    #[test]
    fn numbers_that_do_not_fit_are_noticed() {
        let mut out = Vec::new();
        let (large, other) = (row(&[(0, i64::MAX), (1, 2)]), row(&[(0, i64::MAX - 1), (1, 3)]));
        assert_eq!(combine(&large, &other, 0, &mut out), Some(()).filter(|()| false));
        assert_eq!(combine(&large, &large, 0, &mut out), Some(()));
        assert_eq!(out, row(&[]));
    }

    #[test]
    fn multiples_are_recognised() {
        assert!(proportional(&row(&[(1, 2), (5, -4)]), &row(&[(1, -3), (5, 6)])));
        assert!(!proportional(&row(&[(1, 2), (5, -4)]), &row(&[(1, -3), (5, 7)])));
        assert!(!proportional(&row(&[(1, 2)]), &row(&[(2, 2)])));
        assert!(!proportional(&row(&[]), &row(&[(2, 2)])));
        assert!(proportional(&row(&[]), &row(&[])));
        assert!(same_line(&row(&[(1, 2), (5, -3)]), &row(&[(1, -2), (5, 3)])) && same_line(&row(&[]), &row(&[])));
        assert!(!same_line(&row(&[(1, 2), (5, -3)]), &row(&[(1, -2), (5, -3)])));
        assert!(!same_line(&row(&[(1, 2), (5, -3)]), &row(&[(1, 2)])));
        let wide = row(&[(0, i64::MAX), (1, i64::MAX - 1)]);
        assert!(proportional(&wide, &wide));
    }
}
