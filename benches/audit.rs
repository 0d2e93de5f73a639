//! Audit records from Rust against a plain line of JSON, in one process run.
//!
//!     cargo bench -p ig-core --bench audit               100,000 records a round
//!     cargo bench -p ig-core --bench audit -- 10000      another size
//!
//! Prints CPU nanoseconds a record (median of interleaved rounds, one thread, time of the system included) and ratios. The
//! plain line has the same fields, with a time and a random id, written by `serde_json` in one system call a record; it
//! has no checks, no lock and no chain. Every line of both is read back before it is timed.
#![allow(clippy::expect_used, reason = "a benchmark stops at the first surprise")]
#![allow(clippy::cast_precision_loss, reason = "times are far from the limits")]

use ig_core::audit::{self, AuditEvent, AuditLog, CorrelationId, EventKind, MerkleTree, Outcome};
use serde::Serialize;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const ROUNDS: usize = 7;

/// The same fields as a record, without its links.
#[derive(Serialize)]
struct Plain<'a> {
    actor: &'a str,
    corr_id: String,
    count: u64,
    dataset: &'a str,
    event: &'a str,
    id: String,
    outcome: &'a str,
    purpose: &'a str,
    ts: String,
}

fn plain_line(corr_id: CorrelationId, count: u64) -> Vec<u8> {
    let id = CorrelationId::generate().expect("id").to_string();
    let ts = OffsetDateTime::now_utc().format(&Rfc3339).expect("time");
    let line = Plain {
        actor: "a.analyst",
        corr_id: corr_id.to_string(),
        count,
        dataset: "dids_2026",
        event: "read",
        id,
        outcome: "success",
        purpose: "service evaluation",
        ts,
    };
    let mut line = serde_json::to_vec(&line).expect("line");
    line.push(b'\n');
    line
}

fn event(corr_id: CorrelationId, count: u64) -> AuditEvent {
    AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", corr_id)
        .and_then(|event| event.dataset("dids_2026")?.purpose("service evaluation")?.count(count))
        .expect("event")
}

/// CPU time of this process so far, of its own and of the system for it, in nanoseconds.
fn cpu_nanos() -> u64 {
    let schedule = std::fs::read_to_string("/proc/self/schedstat").expect("the time that the scheduler counts");
    schedule.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("nanoseconds")
}

fn median(mut times: Vec<u64>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2] as f64
}

fn appended(path: &Path) -> File {
    File::options().create(true).append(true).open(path).expect("file")
}

/// A way to write so many records, by its name.
type Writer = (&'static str, Box<dyn FnMut(u64)>);

fn writers(folder: &Path) -> Vec<Writer> {
    let run = CorrelationId::generate().expect("run");
    let mut plain = appended(&folder.join("plain.jsonl"));
    let shared = AuditLog::open(folder.join("shared.jsonl")).expect("log");
    let tree_log = AuditLog::open(folder.join("tree.jsonl")).expect("log");
    let mut tree = MerkleTree::default();
    vec![
        (
            "a plain line of JSON",
            Box::new(move |count| plain.write_all(&plain_line(run, count)).expect("written")) as Box<dyn FnMut(u64)>,
        ),
        (
            "audit record, many processes",
            Box::new(move |count| {
                shared.record(&event(run, count)).expect("recorded");
            }),
        ),
        (
            "audit record and Merkle tree",
            Box::new(move |count| {
                tree_log.record(&event(run, count)).expect("recorded");
                // As long as the line of the record.
                tree.push(MerkleTree::leaf(&[b' '; 338]));
            }),
        ),
    ]
}

fn main() {
    let records = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(100_000_u64);
    let folder = tempfile::tempdir().expect("folder");
    let mut writers = writers(folder.path());
    for (_, write) in &mut writers {
        write(1);
    }
    let first = std::fs::read_to_string(folder.path().join("plain.jsonl")).expect("line");
    let read: serde_json::Value = serde_json::from_str(&first).expect("JSON");
    assert_eq!((&read["actor"], &read["count"]), (&"a.analyst".into(), &1.into()));
    let mut times = vec![Vec::new(); writers.len()];
    for _ in 0..ROUNDS {
        for ((_, write), times) in writers.iter_mut().zip(&mut times) {
            let started = cpu_nanos();
            (0..records).for_each(&mut *write);
            times.push((cpu_nanos() - started) / records);
        }
    }
    let plain = median(times[0].clone());
    for ((name, _), times) in writers.iter().zip(times) {
        let taken = median(times);
        println!("{name:30} {taken:6.0} ns a record, {:4.2} x the plain line", taken / plain);
    }
    let path = folder.path().join("shared.jsonl");
    let all = records * ROUNDS as u64 + 1;
    let mut times = Vec::new();
    for _ in 0..3 {
        let started = cpu_nanos();
        assert_eq!(audit::verify(&path, None).expect("verifies").records, all);
        times.push((cpu_nanos() - started) / all);
    }
    println!("{:30} {:6.0} ns a record", "verify, with the tree", median(times));
}
