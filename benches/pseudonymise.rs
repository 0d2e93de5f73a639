//! HMAC and whole-column pseudonymisation in Rust, against the `hmac` crate, in one process run.
//!
//!     cargo bench -p ig-core --bench pseudonymise                10,000, 1,000,000 and 10,000,000 rows
//!     cargo bench -p ig-core --bench pseudonymise -- 1000000     other sizes
//!
//! Prints CPU nanoseconds per row (median of interleaved rounds, one thread) and how many times faster than the
//! `hmac` crate that is. The numbers are those of `pseudonymise.py`, in the same order. Every output is checked
//! before it is timed.
#![allow(clippy::expect_used, reason = "a benchmark stops at the first surprise")]
#![allow(clippy::cast_possible_wrap, clippy::cast_precision_loss, reason = "rows and times are far from the limits")]

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, StringArray, StringViewArray};
use arrow::datatypes::Int32Type;
use hmac::{Hmac, KeyInit, Mac};
use ig_core::columns::{Place, PreparedAct};
use ig_core::{Context, Key, KeyId, Kind, OnInvalid, PseudonymFormat, Pseudonymiser};
use ig_hmac::{HmacSha256Key, Path};
use sha2::Sha256;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const ROUNDS: usize = 7;
/// How often the same number stands in a row in the column that is grouped by patient.
const ROWS_A_PATIENT: usize = 10;
const SECRET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
const CONTEXT: &str = "DSA-2026-014";

/// Valid numbers of the range 999, shuffled by a fixed stride, repeated if there are not enough.
fn numbers(rows: usize) -> Vec<[u8; 10]> {
    let mut valid = Vec::new();
    for nine in 999_000_000_u64..999_999_999 {
        let digits = (0..9).map(|place| nine / 10_u64.pow(8 - place) % 10);
        let sum: u64 = digits.zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
        let check = (11 - sum % 11) % 11;
        if check < 10 {
            valid.push(format!("{nine}{check}").as_bytes().try_into().expect("ten digits"));
        }
        if valid.len() == rows {
            break;
        }
    }
    (0..rows).map(|place| valid[place * 611_953 % valid.len()]).collect()
}

fn text_column(numbers: &[[u8; 10]]) -> ArrayRef {
    Arc::new(numbers.iter().map(|number| std::str::from_utf8(number).ok()).collect::<StringViewArray>())
}

fn dictionary(numbers: &[[u8; 10]]) -> ArrayRef {
    let values = StringArray::from_iter_values((0..1_000).map(|at| text(&numbers[at % numbers.len()])));
    let keys = (0..numbers.len()).map(|row| (row * 617 % 1_000) as i32).collect::<Vec<_>>();
    Arc::new(DictionaryArray::<Int32Type>::new(keys.into(), Arc::new(values)))
}

fn text(number: &[u8]) -> &str {
    std::str::from_utf8(number).expect("digits")
}

/// CPU time of this thread so far where the system tells it, else wall time, in nanoseconds.
fn clock(started: Instant) -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let cpu = told.split(' ').next().and_then(|first| first.parse().ok());
    cpu.unwrap_or_else(|| started.elapsed().as_nanos() as u64)
}

fn act() -> PreparedAct {
    let key = Key::from_bytes(KeyId::new("bench").expect("id"), SECRET).expect("key");
    let context = Context::new(CONTEXT).expect("context");
    let pseudonymiser = Pseudonymiser::new(&key, context, Kind::nhs_number(), PseudonymFormat::default()).expect("may");
    PreparedAct::pseudonymise(pseudonymiser, OnInvalid::Raise)
}

fn pseudonyms(act: &PreparedAct, column: &ArrayRef) -> ArrayRef {
    act.apply(column, &Place::column("n")).expect("valid numbers").0
}

/// Our column equals the single values, which the tests hold against the standard library of another language.
fn check_column(act: &PreparedAct, column: &ArrayRef, numbers: &[[u8; 10]]) {
    let key = Key::from_bytes(KeyId::new("bench").expect("id"), SECRET).expect("key");
    let context = Context::new(CONTEXT).expect("context");
    let one = Pseudonymiser::new(&key, context, Kind::nhs_number(), PseudonymFormat::default()).expect("may");
    let found = pseudonyms(act, column);
    let found = found.as_string::<i64>();
    for (row, number) in numbers.iter().enumerate().take(1_000) {
        assert_eq!(Some(found.value(row)), one.pseudonymise(text(number)).expect("valid").as_deref());
    }
}

fn hex(tag: &[u8], out: &mut [u8]) {
    data_encoding::HEXLOWER.encode_mut(&tag[..16], out);
}

fn compare(rows: usize) {
    let numbers = numbers(rows);
    let mut grouped = numbers.clone();
    for row in 0..rows {
        grouped[row] = numbers[row / ROWS_A_PATIENT];
    }
    let (random, by_patient, few) = (text_column(&numbers), text_column(&grouped), dictionary(&numbers));
    let act = act();
    check_column(&act, &random, &numbers);
    check_column(&act, &by_patient, &grouped);
    assert_eq!(pseudonyms(&act, &few).len(), rows);

    let mac = Hmac::<Sha256>::new_from_slice(SECRET).expect("any length");
    let ours = HmacSha256Key::new(SECRET);
    let tag_of = |number: &[u8; 10]| {
        let mut mac = mac.clone();
        mac.update(number);
        mac.finalize().into_bytes()
    };
    let mut peers: Vec<(String, Box<dyn Fn()>)> = Vec::new();
    {
        let numbers = numbers.clone();
        let mac = mac.clone();
        peers.push((
            "hmac crate, kept state, hex".to_owned(),
            Box::new(move || {
                let mut out = [0_u8; 32];
                for number in &numbers {
                    let mut mac = mac.clone();
                    mac.update(number);
                    hex(&mac.finalize().into_bytes(), &mut out);
                    black_box(&out);
                }
            }),
        ));
    }
    let ours = Arc::new(ours);
    for path in Path::all() {
        let mut tags = vec![[0; 32]; numbers.len().min(1_000)];
        ours.mac_many_on(path, &numbers[..tags.len()], &mut tags);
        assert!(tags.iter().zip(&numbers).all(|(tag, number)| tag[..] == tag_of(number)[..]), "{path:?} differs");
        let (ours, numbers) = (Arc::clone(&ours), numbers.clone());
        peers.push((
            format!("ours, {path:?}, hex"),
            Box::new(move || {
                let mut tags = vec![[0; 32]; 1024];
                let mut out = [0_u8; 32];
                for group in numbers.chunks(tags.len()) {
                    ours.mac_many_on(path, group, &mut tags[..group.len()]);
                    for tag in &tags[..group.len()] {
                        hex(tag, &mut out);
                        black_box(&out);
                    }
                }
            }),
        ));
    }
    let act = Arc::new(act);
    for (name, column) in [("random order", random), ("grouped by patient", by_patient), ("dictionary", few)] {
        let act = Arc::clone(&act);
        peers.push((
            format!("ours, column to column, {name}"),
            Box::new(move || drop(black_box(pseudonyms(&act, &column)))),
        ));
    }

    let started = Instant::now();
    let mut times = vec![Vec::new(); peers.len()];
    let repeats = (200_000 / rows).max(1);
    for _ in 0..ROUNDS {
        for ((_, run), times) in peers.iter().zip(&mut times) {
            let before = clock(started);
            (0..repeats).for_each(|_| run());
            times.push((clock(started) - before) as f64 / (rows * repeats) as f64);
        }
    }
    println!("\n{rows} rows, CPU time, one thread, median of {ROUNDS} interleaved rounds");
    let medians: Vec<f64> = times
        .iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            times[ROUNDS / 2]
        })
        .collect();
    for ((name, _), median) in peers.iter().zip(&medians) {
        println!("  {name:<48} {median:7.1} ns/row   {:5.2} x the hmac crate", medians[0] / median);
    }
}

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    for rows in if sizes.is_empty() { vec![10_000, 1_000_000, 10_000_000] } else { sizes } {
        compare(rows);
    }
}
