//! Groups of digits with what separates them.

use super::passage::Passage;

/// What stands between two groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    Space,
    Dash,
    Dot,
    Slash,
    Line,
}

/// Reads a gap of one to four separators that a digit follows; gives its kind and its end.
pub(super) fn gap(passage: &Passage<'_>, start: usize) -> Option<(Gap, usize)> {
    let mut end = start;
    let mut kind = Gap::Space;
    for _ in 0..4 {
        let (width, seen) = match (passage.space_at(end), passage.dash_at(end), passage.at(end)) {
            (width @ 1.., ..) => (width, Gap::Space),
            (_, width @ 1.., _) => (width, Gap::Dash),
            (.., b'.') => (1, Gap::Dot),
            (.., b'/' | b'_') => (1, Gap::Slash),
            (.., b'\n' | b'\r') => (1, Gap::Line),
            _ => break,
        };
        if seen != Gap::Space {
            kind = seen;
        }
        end += width;
    }
    (end > start && passage.is_digit(end)).then_some((kind, end))
}

/// Ten digits in whole groups, beginning with the run at a position.
pub(super) struct TenDigits {
    pub(super) digits: [u8; 10],
    pub(super) end: usize,
    pub(super) shape: Shape,
}

/// How ten digits are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One run of ten.
    Run,
    /// 3-3-4.
    Display,
    /// 6-4, a date of birth and four digits.
    DateAndFour,
    /// Digit by digit.
    Spelled,
    /// Other groups with the same separator throughout.
    Even,
    /// Anything else.
    Uneven,
}

/// Reads ten digits; none if no group ends with the tenth.
pub(super) fn ten_digits(passage: &Passage<'_>, start: usize) -> Option<TenDigits> {
    let mut digits = [0_u8; 10];
    let (mut count, mut position) = (0, start);
    let mut lengths = [0_usize; 10];
    let mut gaps = [Gap::Space; 10];
    let mut groups = 0;
    loop {
        let end = passage.run_end(position);
        let run = passage.text.as_bytes().get(position..end)?;
        digits.get_mut(count..count + run.len())?.copy_from_slice(run);
        lengths[groups] = run.len();
        groups += 1;
        count += run.len();
        if count == 10 {
            let shape = shape(&lengths[..groups], &gaps[..groups - 1]);
            return Some(TenDigits { digits, end, shape });
        }
        (gaps[groups - 1], position) = gap(passage, end)?;
    }
}

fn shape(lengths: &[usize], gaps: &[Gap]) -> Shape {
    let even = gaps.windows(2).all(|pair| pair[0] == pair[1]) && !gaps.contains(&Gap::Line);
    match lengths {
        [10] => Shape::Run,
        [3, 3, 4] => Shape::Display,
        [6, 4] if even => Shape::DateAndFour,
        [1, ..] if even && lengths.len() == 10 => Shape::Spelled,
        _ if even && lengths.iter().all(|length| *length > 1) => Shape::Even,
        _ => Shape::Uneven,
    }
}
