//! Every target over its corpus and over inputs made from it, on a stable compiler.
//!
//! A file whose name begins with `taken` must be read, one that begins with `refused` must not; others, such as
//! those that a fuzzer found, need only keep the promises. `IG_FUZZ_FACTOR=100` makes a hundred times as many
//! inputs, and `IG_FUZZ_SEED=7` other ones.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use ig_fuzz::{Random, TARGETS, Target, Verdict, mutated};
use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The names and contents of a target's corpus, in order of the names.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = root().join("corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|_| panic!("no corpus at {}", folder.display()))
        .map(|file| {
            let path = file.expect("listed").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("read"))
        })
        .collect();
    files.sort();
    files
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Runs a target; where a promise breaks, the input is shown, which is synthetic here.
fn run(target: &Target, input: &[u8], made: &str) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| target.2(input)))
        .unwrap_or_else(|_| panic!("{} breaks a promise on {made}: b\"{}\"", target.0, input.escape_ascii()))
}

#[test]
fn every_corpus_is_judged_as_its_names_say() {
    let mut wrong = Vec::new();
    for target in TARGETS {
        let mut seen = BTreeSet::new();
        for (name, input) in corpus(target.0) {
            let verdict = run(target, &input, &name);
            for (word, expected) in [("taken", Verdict::Taken), ("refused", Verdict::Refused)] {
                if name.starts_with(word) {
                    if verdict != expected {
                        wrong.push(format!("{}: {name} was {verdict:?}", target.0));
                    }
                    seen.insert(word);
                }
            }
        }
        assert_eq!(seen.len(), 2, "the corpus of {} has an input that is taken and one that is refused", target.0);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_made_up_input_breaks_a_promise() {
    let (factor, seed) = (setting("IG_FUZZ_FACTOR", 1), setting("IG_FUZZ_SEED", 20_261_122));
    for (target, salt) in TARGETS.iter().zip(0..) {
        let inputs: Vec<Vec<u8>> = corpus(target.0).into_iter().map(|(_, input)| input).collect();
        let mut random = Random::new(seed + salt);
        let mut taken = 0;
        let started = std::time::Instant::now();
        let runs = u64::from(target.1) * factor;
        for number in 0..runs {
            let input = mutated(&inputs, &mut random);
            taken += u64::from(run(target, &input, &format!("input {number} of seed {seed}")) == Verdict::Taken);
        }
        println!("{:20} {runs} inputs, {taken} taken, {:.2} s", target.0, started.elapsed().as_secs_f64());
    }
}

/// cargo-fuzz builds one program for each target; none may be forgotten.
#[test]
fn cargo_fuzz_has_the_same_targets() {
    let manifest = fs::read_to_string(root().join("cargo-fuzz/Cargo.toml")).expect("manifest");
    let listed: BTreeSet<&str> = manifest
        .split("[[bin]]")
        .skip(1)
        .filter_map(|part| part.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')))
        .collect();
    let targets: BTreeSet<&str> = TARGETS.iter().map(|target| target.0).collect();
    assert_eq!(listed, targets);
    for target in &targets {
        let path = root().join(format!("cargo-fuzz/fuzz_targets/{target}.rs"));
        let program = fs::read_to_string(&path).expect("a program for each target");
        assert!(program.contains(&format!("ig_fuzz::{target}(data)")), "{target}");
    }
    let folders = fs::read_dir(root().join("corpus")).expect("corpus");
    let folders: BTreeSet<String> =
        folders.map(|folder| folder.expect("listed").file_name().to_string_lossy().into_owned()).collect();
    assert!(folders.iter().map(String::as_str).eq(targets), "{folders:?}");
}
