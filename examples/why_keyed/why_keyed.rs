//! Why pseudonyms need a key: every valid NHS number is tried against an unkeyed hash, and against a pseudonym.
//!
//!     cargo run --release -p ig-core --example why_keyed            all 909,090,910 valid numbers, about a minute
//!     cargo run --release -p ig-core --example why_keyed -- 999     only those that begin with 999, at once
//!
//! Hashing hides nothing where all possible inputs can be listed. A suffix or "salt" that is the same for every row
//! changes that only until somebody knows it; a key of 32 random bytes that the attacker does not have changes it
//! for good.

use ig_core::{Context, Key, Kind, NhsNumber, PseudonymFormat, Pseudonymiser};
use sha2::{Digest, Sha256, block_api::compress256};
use std::error::Error;
use std::ops::Range;
use std::time::Instant;

/// The state that SHA-256 starts from (FIPS 180-4, section 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// What an attacker holds: the first 16 bytes of two columns that were meant to hide the same number.
#[derive(Clone, Copy)]
struct Targets {
    hash: [u32; 4],
    pseudonym: [u32; 4],
}

#[derive(Default)]
struct Search {
    tried: u64,
    from_hash: Option<String>,
    from_pseudonym: Option<String>,
    cpu_seconds: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let victim = NhsNumber::parse("999 123 4578")?;
    let key = Key::generate()?;
    let context = Context::new("DSA-2026-014")?;
    let pseudonymiser = Pseudonymiser::new(&key, context, Kind::nhs_number(), PseudonymFormat::default())?;
    let pseudonym = pseudonymiser.pseudonymise_nhs_number(victim);
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(victim.as_bytes()));
    println!("unkeyed SHA-256  {hash}\npseudonym v1     {pseudonym}");
    let targets = Targets { hash: words(&hash)?, pseudonym: words(&pseudonym)? };

    let prefix = std::env::args().nth(1).unwrap_or_default();
    let bodies = bodies_with(&prefix)?;
    let started = Instant::now();
    let found = search_all(&bodies, targets);
    println!(
        "tried {} valid numbers in {:.1} CPU seconds, {:.1} seconds by the clock",
        found.tried,
        found.cpu_seconds,
        started.elapsed().as_secs_f64()
    );
    println!("from the hash:      {}", found.from_hash.as_deref().unwrap_or("not found"));
    println!("from the pseudonym: {}", found.from_pseudonym.as_deref().unwrap_or("not found"));
    let hash_fell = found.from_hash.as_deref() == Some(victim.as_str());
    if hash_fell && found.from_pseudonym.is_none() { Ok(()) } else { Err("not what this example is to show".into()) }
}

/// The nine-digit bodies that begin with these digits.
fn bodies_with(prefix: &str) -> Result<Range<u64>, Box<dyn Error>> {
    let free = 9_usize.checked_sub(prefix.len()).ok_or("at most nine digits")?;
    let step = 10_u64.pow(free as u32);
    let first = if prefix.is_empty() { 0 } else { prefix.parse::<u64>()? * step };
    Ok(first..first + step)
}

/// The first 16 bytes of a hex text, as the words of a SHA-256 state.
fn words(hex: &str) -> Result<[u32; 4], Box<dyn Error>> {
    let bytes = data_encoding::HEXLOWER.decode(&hex.as_bytes()[..32])?;
    let words: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|word| u32::from_be_bytes(*word)).collect();
    Ok(words.try_into().map_err(|_| "sixteen bytes")?)
}

fn search_all(bodies: &Range<u64>, targets: Targets) -> Search {
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let share = (bodies.end - bodies.start).div_ceil(threads);
    let shares = (0..threads).map(|thread| {
        let start = bodies.start + thread * share;
        start.min(bodies.end)..(start + share).min(bodies.end)
    });
    std::thread::scope(|scope| {
        let searches: Vec<_> = shares.map(|share| scope.spawn(move || search(share, targets))).collect();
        let mut all = Search::default();
        for one in searches.into_iter().filter_map(|search| search.join().ok()) {
            all.tried += one.tried;
            all.cpu_seconds += one.cpu_seconds;
            all.from_hash = all.from_hash.or(one.from_hash);
            all.from_pseudonym = all.from_pseudonym.or(one.from_pseudonym);
        }
        all
    })
}

fn search(bodies: Range<u64>, targets: Targets) -> Search {
    let started = Instant::now();
    let mut search = Search::default();
    // One block: ten digits, the padding byte, zeros, and the length of 80 bits.
    let mut block = [0_u8; 64];
    block[10] = 0x80;
    block[63] = 80;
    for body in bodies {
        let mut rest = body;
        let mut sum = 0;
        for (place, weight) in (0..9).rev().zip(2..) {
            let digit = rest % 10;
            rest /= 10;
            sum += digit * weight;
            block[place] = b'0' + digit as u8;
        }
        let check = (11 - sum % 11) % 11;
        if check == 10 {
            continue;
        }
        block[9] = b'0' + check as u8;
        search.tried += 1;
        let mut state = INITIAL;
        compress256(&mut state, std::slice::from_ref(&block));
        if state[..4] == targets.hash {
            search.from_hash = Some(String::from_utf8_lossy(&block[..10]).into_owned());
        }
        if state[..4] == targets.pseudonym {
            search.from_pseudonym = Some(String::from_utf8_lossy(&block[..10]).into_owned());
        }
    }
    search.cpu_seconds = cpu_seconds().unwrap_or_else(|| started.elapsed().as_secs_f64());
    search
}

/// CPU time of this thread, where the system tells it.
fn cpu_seconds() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e9)
}
