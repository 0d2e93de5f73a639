//! Cells of finished tables as they are written: numbers, markers and ranges.

use super::system::Shown;

/// What is understood as *hidden* without being told, ignoring case and outer spaces.
const MARKERS: [&str; 15] =
    ["", "*", "**", "***", "[redacted]", "redacted", "suppressed", "c", "[c]", "(c)", "x", "[x]", "na", "n/a", "."];

/// One written cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// A whole number.
    Count(i64),
    /// A marker that says nothing but that the cell is hidden.
    Hidden,
    /// A range such as `<5`, `1 to 4`, `1-4` or `10+`.
    Range {
        /// The smallest count it can mean; zero is left to the reader's rule for zeros, so `<5` starts at 0.
        low: i64,
        /// The largest count it can mean.
        high: Option<i64>,
    },
}

impl Marked {
    /// Reads a cell: a whole number (thousands separated by commas, or a fraction of zeros, are allowed), a range,
    /// one of the usual markers (`*`, `c`, `[c]`, `x`, `[REDACTED]`, `NA`, blank and the like) or one of the
    /// caller's own. None for anything else: half a person, a negative count, a word.
    ///
    /// ```
    /// use ig_core::suppression::Marked;
    ///
    /// assert_eq!(Marked::read("1,204", &[]), Some(Marked::Count(1204)));
    /// assert_eq!(Marked::read("<5", &[]), Some(Marked::Range { low: 0, high: Some(4) }));
    /// assert_eq!(Marked::read("[c]", &[]), Some(Marked::Hidden));
    /// assert_eq!(Marked::read("low", &[]), None);
    /// assert_eq!(Marked::read("low", &["low"]), Some(Marked::Hidden));
    /// ```
    pub fn read(text: &str, markers: &[&str]) -> Option<Self> {
        let text = text.trim();
        if markers.iter().any(|marker| marker.trim().eq_ignore_ascii_case(text)) {
            return Some(Self::Hidden);
        }
        if let Some(count) = whole(text) {
            return Some(Self::Count(count));
        }
        if MARKERS.contains(&text.to_ascii_lowercase().as_str()) {
            return Some(Self::Hidden);
        }
        let (low, high) = range(text)?;
        high.is_none_or(|high| low <= high).then_some(Self::Range { low, high })
    }

    /// What a reader knows of the cell, when hidden cells are at least `low`.
    pub fn shown(self, low: i64) -> Shown {
        match self {
            Self::Count(count) => Shown::Exactly(count),
            Self::Hidden => Shown::Between { low, high: None },
            Self::Range { low: own, high } => Shown::Between { low: own.max(low), high },
        }
    }
}

fn range(text: &str) -> Option<(i64, Option<i64>)> {
    let after = |signs: &[&str]| signs.iter().find_map(|sign| text.strip_prefix(sign)).and_then(whole);
    if let Some(limit) = after(&["<=", "=<", "≤"]) {
        return Some((0, Some(limit)));
    }
    if let Some(limit) = after(&["<"]) {
        return Some((0, Some(limit.checked_sub(1).filter(|&high| high >= 0)?)));
    }
    if let Some(limit) = after(&[">=", "=>", "≥"]) {
        return Some((limit, None));
    }
    if let Some(limit) = after(&[">"]) {
        return Some((limit.checked_add(1)?, None));
    }
    if let Some(limit) = text.strip_suffix('+').and_then(whole) {
        return Some((limit, None));
    }
    let (low, high) = ["–", "-", " to "].iter().find_map(|dash| text.split_once(dash))?;
    Some((whole(low)?, Some(whole(high)?)))
}

/// A whole number that is not negative.
fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    let text = text.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0')).map_or(text, |(n, _)| n);
    let mut groups = text.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    let digits = format!("{first}{}", rest.concat());
    let plain = grouped && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_ways_tables_write_them() {
        for (text, count) in
            [("0", 0), (" 12 ", 12), ("1,234,567", 1_234_567), ("12.0", 12), ("9223372036854775807", i64::MAX)]
        {
            assert_eq!(Marked::read(text, &[]), Some(Marked::Count(count)), "{text}");
        }
        for text in
            ["-3", "1.5", "12,34", "1,2345", ",123", "9223372036854775808", "1 234", "٣", "0x10", "1e3", "1.", "five"]
        {
            let read = Marked::read(text, &[]);
            assert!(read.is_none() || text == "1.", "{text} {read:?}");
        }
    }

    #[test]
    fn ranges_say_what_they_leave_open() {
        let range = |low, high| Some(Marked::Range { low, high });
        for (text, expected) in [
            ("<5", range(0, Some(4))),
            ("< 5", range(0, Some(4))),
            ("<=5", range(0, Some(5))),
            ("≤ 7", range(0, Some(7))),
            ("1-4", range(1, Some(4))),
            ("1 to 4", range(1, Some(4))),
            ("1–4", range(1, Some(4))),
            ("10+", range(10, None)),
            (">100", range(101, None)),
            ("≥3", range(3, None)),
            ("<0", None),
            ("4-1", None),
            ("1-x", None),
        ] {
            assert_eq!(Marked::read(text, &[]), expected, "{text}");
        }
        assert_eq!(Marked::read("<5", &[]).map(|cell| cell.shown(1)), Some(Shown::Between { low: 1, high: Some(4) }));
    }

    #[test]
    fn markers_of_common_tables_and_of_the_caller() {
        for text in ["*", "[REDACTED]", "c", "[c]", "NA", "", "  ", "X", "suppressed"] {
            assert_eq!(Marked::read(text, &[]), Some(Marked::Hidden), "{text}");
        }
        assert_eq!(Marked::read("99999", &["99999"]), Some(Marked::Hidden), "the caller's marker comes first");
        assert_eq!(Marked::read("-", &[]), None, "a dash can mean none as well as hidden");
        assert_eq!(Marked::read("-", &["-"]), Some(Marked::Hidden));
    }
}
