//! Numbers, days and sizes as people read them.

use crate::agreement::spoken;
use time::Date;
use time::macros::format_description;

/// `12,765`.
pub(super) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 row`, `2 rows`.
pub(super) fn counted(value: u64, one: &str, more: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { more })
}

pub(super) fn rows(value: u64) -> String {
    counted(value, "row", "rows")
}

pub(super) fn people(value: u64) -> String {
    counted(value, "person", "people")
}

/// `873 bytes`, `47.1 kB`: thousands, as file managers show them, the last digit cut off.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1_000 {
        return counted(bytes, "byte", "bytes");
    }
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let (unit, name) = units.into_iter().find(|(unit, _)| bytes >= *unit).unwrap_or((1_000, "kB"));
    format!("{}.{}\u{a0}{name}", number(bytes / unit), bytes % unit / (unit / 10))
}

/// `22 November 2026` for `2026-11-22`; anything else as it is.
pub(super) fn day(written: &str) -> String {
    Date::parse(written, format_description!("[year]-[month]-[day]")).map_or_else(|_| written.to_owned(), spoken)
}

/// `22 November 2026 at 19:05:10 UTC` for a timestamp of a manifest.
pub(super) fn moment(written: &str) -> String {
    match written.split_once('T') {
        Some((date, time)) => format!("{} at {} UTC", day(date), time.get(..8).unwrap_or(time)),
        None => written.to_owned(),
    }
}

/// The first twelve digits of a hash; enough to tell files apart by eye, the whole is in the manifest.
pub(super) fn short(sha256: &str) -> String {
    sha256.get(..12).map_or_else(|| sha256.to_owned(), str::to_owned)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_read_them() {
        assert_eq!(
            [0, 7, 999, 1_000, 12_765, 1_234_567].map(number),
            ["0", "7", "999", "1,000", "12,765", "1,234,567"]
        );
        assert_eq!([rows(1), rows(2), people(1), people(0)], ["1 row", "2 rows", "1 person", "0 people"]);
        assert_eq!(
            [0, 1, 999, 1_000, 47_199, 999_999, 5_000_000, 1_234_567_890_123].map(size),
            [
                "0 bytes",
                "1 byte",
                "999 bytes",
                "1.0\u{a0}kB",
                "47.1\u{a0}kB",
                "999.9\u{a0}kB",
                "5.0\u{a0}MB",
                "1,234.5\u{a0}GB"
            ]
        );
        assert_eq!([day("2026-11-02"), day("soon")], ["2 November 2026", "soon"]);
        assert_eq!(moment("2026-11-02T09:05:10.123456Z"), "2 November 2026 at 09:05:10 UTC");
        assert_eq!([short("0123456789abcdef"), short("01")], ["0123456789ab", "01"]);
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!([listed(&items[..1]), listed(&items[..2]), listed(&items)], ["a", "a and b", "a, b and c"]);
    }
}
