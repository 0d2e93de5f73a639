//! No error repeats what it was about.

use std::fmt::{Debug, Display};

/// Fails if an error shows ten digits or 40 hex digits in a row that stand in the input.
pub(crate) fn shows_nothing(data: &[u8], error: &(impl Display + Debug)) {
    shows_no_run(data, &format!("{error} {error:?}"), 10, u8::is_ascii_digit);
    shows_no_key(data, error);
}

/// Fails if something shows 40 hex digits in a row that stand in the input; ids of keys may be shown, and are shorter.
pub(crate) fn shows_no_key(data: &[u8], thing: &impl Debug) {
    shows_no_run(data, &format!("{thing:?}"), 40, u8::is_ascii_hexdigit);
}

fn shows_no_run(data: &[u8], shown: &str, least: usize, belongs: fn(&u8) -> bool) {
    for run in data.split(|byte| !belongs(byte)).filter(|run| run.len() >= least) {
        let run = std::str::from_utf8(run).expect("ASCII");
        assert!(!shown.contains(run), "the input is repeated: {shown}");
    }
}
