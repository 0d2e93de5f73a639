use super::*;
use crate::audit::{AuditEvent, AuditLog, CorrelationId, Outcome};
use std::sync::atomic::{AtomicUsize, Ordering};

const LINES: usize = 50;

/// Where each line of a log begins, what was accepted by then, and the log.
fn fifty_lines() -> (Vec<u8>, Vec<Chain>) {
    let folder = tempfile::tempdir().expect("folder");
    let log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
    let run = CorrelationId::generate().expect("run");
    let event = AuditEvent::new(EventKind::Read, Outcome::Success, "a.analyst", run).expect("event");
    for _ in 0..LINES {
        log.record(&event).expect("recorded");
    }
    let bytes = std::fs::read(log.path()).expect("bytes");
    let mut chains = vec![Chain::START];
    while chains.len() <= LINES {
        let from = chains[chains.len() - 1];
        let rest = &bytes[usize::try_from(from.offset).expect("offset")..];
        let line = &rest[..=rest.iter().position(|byte| *byte == b'\n').expect("line")];
        chains.push(scan(line, from, |_| Ok(())).expect("scan").settled);
    }
    (bytes, chains)
}

/// Every bit of a log of 50 lines, against its held head.
///
/// What stands before a changed line is accepted as it was, and once a line is refused only a record that seals it, of
/// which there is none, could bring the log back. So it is enough to read on from the line before to the line after.
#[test]
fn every_single_bit_flip_of_fifty_lines_is_found() {
    let (bytes, chains) = fifty_lines();
    let (tried, found) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let at = |place: usize| usize::try_from(chains[place].offset).expect("offset");
    std::thread::scope(|scope| {
        for half in 0..2 {
            let (bytes, chains, at, tried, found) = (&bytes, &chains, &at, &tried, &found);
            scope.spawn(move || {
                for line in (half..LINES).step_by(2) {
                    let after = LINES.min(line + 2);
                    let mut part = bytes[at(line)..at(after)].to_vec();
                    for place in 0..at(line + 1) - at(line) {
                        for bit in 0..8 {
                            part[place] ^= 1 << bit;
                            let read = scan(&part[..], chains[line], |_| Ok(())).expect("scan");
                            let holds = matches!(read.tail, Tail::Clean) && read.chain.head == chains[after].head;
                            part[place] ^= 1 << bit;
                            tried.fetch_add(1, Ordering::Relaxed);
                            found.fetch_add(usize::from(!holds), Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    let (tried, found) = (tried.into_inner(), found.into_inner());
    println!("single bits of a log of {LINES} lines: {tried} flipped, {found} found");
    assert_eq!((tried, found), (bytes.len() * 8, bytes.len() * 8));
}
