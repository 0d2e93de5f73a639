//! Appending to the file: under its lock, after what others wrote was followed.

use super::{AuditLog, Live, Receipt, State, group::Ticket, not_recorded};
use crate::audit::chain::{Chain, Scan, Tail};
use crate::audit::record::{Link, push_line};
use crate::audit::segments::{archive_name, is_there, log_of_archived, scan_file};
use crate::audit::{AuditEvent, Durability, RecordId};
use crate::error::AuditError;
use crate::platform;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

/// An exclusive lock until dropped.
pub(super) struct Locked<'a>(&'a File);

impl<'a> Locked<'a> {
    pub(super) fn new(file: &'a File) -> Result<Self, AuditError> {
        file.lock().map_err(|error| not_recorded(&error))?;
        Ok(Self(file))
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // Fails only if the lock is already gone.
        let _ = self.0.unlock();
    }
}

/// Lines to be appended in one write, and the chain as it will be then.
pub(super) struct Draft {
    pub(super) chain: Chain,
    pub(super) bytes: Vec<u8>,
    /// Of the file before they are written.
    pub(super) length: u64,
}

impl AuditLog {
    /// A process made by a fork opens the file anew.
    pub(super) fn own_file(&self, state: &mut State) -> Result<(), AuditError> {
        if state.process == std::process::id() {
            return Ok(());
        }
        self.group.after_fork()?;
        if self.is_live(&state.live.file)? {
            let own = File::options().read(true).append(true).open(&self.path).map_err(|error| not_recorded(&error))?;
            if !self.is_live(&state.live.file)? {
                return self.own_file(state);
            }
            state.live = Live::of(own)?;
            self.group.switch(Arc::clone(&state.live.file))?;
        } else {
            self.follow_rotation(state)?;
        }
        state.process = std::process::id();
        Ok(())
    }

    pub(super) fn is_live(&self, file: &File) -> Result<bool, AuditError> {
        platform::is_same_file(file, &self.path).map_err(|error| not_recorded(&error))
    }

    pub(super) fn append(
        &self,
        state: &mut State,
        event: &AuditEvent,
        durability: Durability,
    ) -> Result<(Receipt, Ticket), AuditError> {
        // Each turn but the last begins a segment or follows another process that did.
        loop {
            let file = Arc::clone(&state.live.file);
            let lock = Locked::new(&file)?;
            let Some(length) = state.live.number.length_at(&file, &self.path).map_err(|error| not_recorded(&error))?
            else {
                drop(lock);
                self.follow_rotation(state)?;
                continue;
            };
            let mut draft = if length == state.settled.offset {
                // Nobody wrote since.
                Draft { chain: state.settled, bytes: Vec::with_capacity(512), length }
            } else {
                self.caught_up(&file, state.settled, event)?
            };
            let ended = draft.chain.ended;
            if ended || self.is_due(&draft, state)? {
                self.is_rotatable()?;
                if !ended {
                    self.add(&mut draft, &AuditEvent::rotated(event))?;
                }
                self.write(state, &draft)?;
                self.start_next(state, event)?;
                continue;
            }
            let id = self.add(&mut draft, event)?;
            let ticket = self.write(state, &draft)?;
            let head = draft.chain.head;
            return Ok((Receipt { seq: head.records - 1, id, hash: head.hash, durability }, ticket));
        }
    }

    /// Follows what others wrote; the draft begins with what mends the end of the file, if that is needed.
    fn caught_up(&self, file: &File, settled: Chain, event: &AuditEvent) -> Result<Draft, AuditError> {
        let (scan, length) = scan_from(file, settled)?;
        may_go_on(&scan)?;
        let mut draft = Draft { chain: scan.chain, bytes: Vec::new(), length };
        draft.chain.line = scan.lines;
        match scan.tail {
            Tail::Clean => {}
            Tail::NoNewline => {
                draft.bytes.push(b'\n');
                draft.chain.offset = length + 1;
            }
            Tail::Torn(gap) => {
                let (newline, object, count) = gap.seal();
                if newline {
                    draft.bytes.push(b'\n');
                }
                draft.chain.recoveries += 1;
                draft.chain.sealed_bytes += count;
                self.add(&mut draft, &AuditEvent::recovered(event, object, count))?;
            }
        }
        Ok(draft)
    }

    pub(super) fn add(&self, draft: &mut Draft, event: &AuditEvent) -> Result<RecordId, AuditError> {
        let (chain, kind, ts) = (&mut draft.chain, event.kind(), self.stamps.now()?);
        let id = RecordId::new(ts, &self.stamps.random()?);
        let begin = draft.bytes.len();
        let link = Link { id, ts, seq: chain.head.records, prev: chain.head.hash };
        push_line(event, &link, &mut draft.bytes);
        let end = draft.bytes.len();
        draft.bytes.push(b'\n');
        chain.accept(&draft.bytes[begin..end], kind, draft.length + draft.bytes.len() as u64, chain.line + 1);
        Ok(id)
    }

    fn write(&self, state: &mut State, draft: &Draft) -> Result<Ticket, AuditError> {
        state.live.file.as_ref().write_all(&draft.bytes).map_err(|error| not_recorded(&error))?;
        state.settled = draft.chain;
        state.head = draft.chain.head;
        self.group.written()
    }
}

/// Refuses a log whose end no crash explains.
pub(super) fn may_go_on(scan: &Scan) -> Result<(), AuditError> {
    if let Tail::Torn(gap) = &scan.tail { gap.may_be_sealed(&scan.chain) } else { Ok(()) }
}

pub(super) fn open_file(path: &Path) -> Result<File, AuditError> {
    if log_of_archived(path).is_some() {
        let reason = "it is an archived segment; open the log that it belongs to";
        return Err(AuditError::NotRecorded { reason: reason.into() });
    }
    let is_there = |path: &Path| is_there(path).map_err(|error| not_recorded(&error));
    if !is_there(path)? && is_there(&archive_name(path, 0))? {
        // The live segment was taken away: a new log under its name would not be the same one.
        return Err(AuditError::SegmentMissing { first: 0 });
    }
    let (file, made) = platform::open_append_private(path).map_err(|error| not_recorded(&error))?;
    if let Some(folder) = path.parent() {
        // Otherwise a power cut could take the name, and with it records that were called synced. Whoever made the
        // file may have ended before he came to this; but a folder of somebody else may not be readable.
        match platform::sync_folder(folder) {
            Err(error) if made || error.kind() != io::ErrorKind::PermissionDenied => return Err(not_recorded(&error)),
            _ => {}
        }
    }
    Ok(file)
}

/// Follows what stands after a place already accepted; also tells the length of the file. Needs the lock.
pub(super) fn scan_from(file: &File, from: Chain) -> Result<(Scan, u64), AuditError> {
    let unreadable = |error: io::Error| AuditError::Unreadable { reason: error.kind().to_string() };
    let length = file.metadata().map_err(unreadable)?.len();
    Ok((scan_file(file, length, from, &mut |_| Ok(()))?, length))
}
