//! Reads a log line by line and follows its chain; used by the writer to catch up and by `verify`.

use super::record::{AuditRecord, MAX_LINE};
use super::{Digest, EventKind, HeldHead};
use crate::error::AuditError;
use sha2::{Digest as _, Sha256};
use std::io::{BufRead, Read as _};

/// A place in a log up to which everything was accepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain {
    pub(super) head: HeldHead,
    /// The number of the first record of this file, which is the number of the segment.
    pub(super) segment: u64,
    /// The number of the segment before it.
    previous: u64,
    /// Bytes of this file up to and with the last accepted line.
    pub(super) offset: u64,
    /// Physical lines of the log up to there, those of earlier segments included.
    pub(super) line: u64,
    /// Whether the last record says that the log goes on in the next segment.
    pub(super) ended: bool,
    pub(super) recoveries: u64,
    pub(super) sealed_bytes: u64,
}

impl Chain {
    pub(super) const START: Self = Self {
        head: HeldHead { records: 0, hash: Digest::ZERO },
        segment: 0,
        previous: 0,
        offset: 0,
        line: 0,
        ended: false,
        recoveries: 0,
        sealed_bytes: 0,
    };

    /// The start of a file with this first record: of a later segment if it says so, else of the log.
    ///
    /// What stands in the segments before is taken from the record; lines are counted as if nothing was sealed there.
    pub(super) fn of_file(first: Option<&AuditRecord>) -> Self {
        let continued = first.filter(|record| record.event() == EventKind::ChainContinued);
        let length = continued.and_then(|record| record.seq().checked_sub(record.count()?));
        match (continued, length) {
            (Some(record), Some(previous)) if previous < record.seq() => Self {
                head: HeldHead { records: record.seq(), hash: record.prev() },
                segment: record.seq(),
                previous,
                line: record.seq(),
                ..Self::START
            },
            _ => Self::START,
        }
    }

    /// The start of the segment after one that ends here.
    pub(super) const fn next_segment(self) -> Self {
        Self { segment: self.head.records, previous: self.segment, offset: 0, ended: false, ..self }
    }

    /// The number of the segment before this one, if there is one.
    pub(super) const fn previous(&self) -> Option<u64> {
        if self.segment > 0 { Some(self.previous) } else { None }
    }

    /// Whether the next record must be the one that continues from the segment before.
    const fn opens_later_segment(&self) -> bool {
        self.segment > 0 && self.head.records == self.segment
    }

    /// Takes the next record in, whose line ends at `offset`.
    pub(super) fn accept(&mut self, line: &[u8], event: EventKind, offset: u64, number: u64) {
        self.head = HeldHead { records: self.head.records + 1, hash: Digest::of(line) };
        self.ended = event == EventKind::ChainRotated;
        self.offset = offset;
        self.line = number;
    }

    /// Reads a line that must be the next record.
    fn follow(&self, bytes: &[u8], line: u64) -> Result<AuditRecord, AuditError> {
        let record = AuditRecord::read(bytes, line)?;
        if self.opens_later_segment() {
            let expected = (EventKind::ChainContinued, self.head, Some(self.segment - self.previous));
            let head = HeldHead { records: record.seq(), hash: record.prev() };
            if (record.event(), head, record.count()) == expected {
                return Ok(record);
            }
            return Err(AuditError::SegmentForeign { first: self.segment });
        }
        if record.seq() != self.head.records {
            return Err(AuditError::Sequence { line, expected: self.head.records, found: record.seq() });
        }
        if record.prev() != self.head.hash {
            return Err(AuditError::ChainBroken { line });
        }
        match record.event() {
            EventKind::ChainRecovered => Err(AuditError::RecoveryUnmatched { line }),
            EventKind::ChainContinued => Err(AuditError::RotationUnmatched { line }),
            _ if self.ended => Err(AuditError::RotationUnmatched { line }),
            _ => Ok(record),
        }
    }
}

/// A record that was accepted, with the head after it.
pub(super) struct Accepted<'a> {
    pub(super) head: HeldHead,
    /// Its stored bytes, without the newline.
    pub(super) line: &'a [u8],
    /// The same behind a zero byte, as the tree hashes it.
    pub(super) leaf: &'a [u8],
    pub(super) record: AuditRecord,
}

/// Bytes after an accepted line that are not the next record.
pub(super) struct Gap {
    /// Why its first line is not the next record.
    pub(super) fault: AuditError,
    hasher: Sha256,
    length: u64,
    first: Vec<u8>,
    ends_line: bool,
    has_nul: bool,
    has_records: bool,
    newer: Option<AuditError>,
}

/// How every record of every version begins; a torn one is a piece of it, perhaps with zeros.
const OPENING: &[u8] = b"{\"actor\":\"";

impl Gap {
    fn new(fault: AuditError) -> Self {
        Self {
            fault,
            hasher: Sha256::new(),
            length: 0,
            first: Vec::new(),
            ends_line: false,
            has_nul: false,
            has_records: false,
            newer: None,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        let wanted = OPENING.len() - self.first.len();
        self.first.extend(bytes.iter().take(wanted));
        self.ends_line = bytes.last() == Some(&b'\n');
        self.has_nul |= bytes.contains(&0);
    }

    fn note(&mut self, read: &Result<AuditRecord, AuditError>) {
        match read {
            Ok(_) => self.has_records = true,
            Err(newer @ AuditError::VersionUnknown { .. }) => {
                self.newer.get_or_insert_with(|| newer.clone());
            }
            Err(_) => {}
        }
    }

    fn is_closed_by(&self, chain: &Chain, record: &AuditRecord) -> bool {
        record.event() == EventKind::ChainRecovered
            && !chain.opens_later_segment()
            && record.seq() == chain.head.records
            && record.prev() == chain.head.hash
            && record.sealed() == Some((self.digest(), self.length))
    }

    fn digest(&self) -> Digest {
        Digest::from_bytes(self.hasher.clone().finalize().into())
    }

    /// How `verify` reports it: one unfinished line at the very end is a torn tail, all else is its own fault.
    pub(super) fn into_fault(self, lines: u64) -> AuditError {
        match self.fault {
            AuditError::RecordFormat { line, .. } if line == lines && !self.ends_line => AuditError::TornTail { line },
            fault => fault,
        }
    }

    /// What a record must say to seal these bytes: the missing newline (to be written first) counts in.
    pub(super) fn seal(mut self) -> (bool, Digest, u64) {
        let newline = !self.ends_line;
        if newline {
            self.push(b"\n");
        }
        (newline, self.digest(), self.length)
    }

    /// Only what a crash can leave may be sealed. Whole records out of place, with no zeroed block before or
    /// among them, were put there by someone: sealing them would make that look like an accident.
    pub(super) fn may_be_sealed(&self, chain: &Chain) -> Result<(), AuditError> {
        if let Some(newer) = &self.newer {
            return Err(newer.clone());
        }
        // A segment is whole on the disk before it gets its name, so no crash explains this one.
        if chain.opens_later_segment() {
            return Err(AuditError::SegmentForeign { first: chain.segment });
        }
        let begins_as_log = self.first.iter().zip(OPENING).all(|(found, expected)| [0, *expected].contains(found));
        if chain.head.records == 0 && !begins_as_log {
            return Err(AuditError::NotALog {});
        }
        if self.has_records && !self.has_nul {
            return Err(self.fault.clone());
        }
        Ok(())
    }
}

/// What stands after the last whole accepted line.
pub(super) enum Tail {
    Clean,
    /// The last record lacks only its newline; it is accepted.
    NoNewline,
    Torn(Box<Gap>),
}

pub(super) struct Scan {
    /// Up to the last accepted record.
    pub(super) chain: Chain,
    /// Up to the last accepted record that has its newline: where a later scan may begin.
    pub(super) settled: Chain,
    pub(super) tail: Tail,
    /// Physical lines in all.
    pub(super) lines: u64,
}

/// Follows the chain from a place already accepted to the end of the reader, calling `each` on every record.
pub(super) fn scan(
    mut reader: impl BufRead,
    from: Chain,
    mut each: impl FnMut(&Accepted<'_>) -> Result<(), AuditError>,
) -> Result<Scan, AuditError> {
    let (mut chain, mut settled, mut gap) = (from, from, None::<Gap>);
    let (mut offset, mut lines) = (from.offset, from.line);
    let (mut at_start, mut terminated) = (true, true);
    let mut buffer = Vec::with_capacity(MAX_LINE + 2);
    loop {
        buffer.clear();
        // The byte before every leaf of the tree, so that a line is hashed where it lies.
        buffer.push(0);
        let piece = reader.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', &mut buffer);
        let length = piece.map_err(|error| AuditError::Unreadable { reason: error.kind().to_string() })?;
        if length == 0 {
            break;
        }
        offset += length as u64;
        terminated = buffer.last() == Some(&b'\n');
        lines += u64::from(at_start);
        let read = &buffer[1..];
        let overlong = !terminated && length > MAX_LINE;
        let whole = at_start && !overlong;
        at_start = !overlong;
        let leaf = &buffer[..=length - usize::from(terminated)];
        let body = &leaf[1..];

        let accepted = match &mut gap {
            None => match chain.follow(body, lines) {
                Ok(record) => Some(record),
                Err(fault) => {
                    let gap = gap.insert(Gap::new(fault));
                    gap.note(&AuditRecord::read(body, lines));
                    gap.push(read);
                    None
                }
            },
            Some(open) => {
                let record = if whole && body.starts_with(b"{") { Some(AuditRecord::read(body, lines)) } else { None };
                match record {
                    Some(Ok(record)) if open.is_closed_by(&chain, &record) => {
                        chain.recoveries += 1;
                        chain.sealed_bytes += open.length;
                        gap = None;
                        Some(record)
                    }
                    other => {
                        if let Some(other) = &other {
                            open.note(other);
                        }
                        open.push(read);
                        None
                    }
                }
            }
        };
        if let Some(record) = accepted {
            chain.accept(body, record.event(), offset, lines);
            if terminated {
                settled = chain;
            }
            each(&Accepted { head: chain.head, line: body, leaf, record })?;
        }
    }
    let tail = match gap {
        Some(gap) => Tail::Torn(Box::new(gap)),
        None if terminated => Tail::Clean,
        None => Tail::NoNewline,
    };
    Ok(Scan { chain, settled, tail, lines })
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests;
