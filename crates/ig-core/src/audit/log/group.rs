//! One sync for the records of many threads.
//!
//! Whoever writes a record gets a ticket. Whoever needs his record on the disk waits until a sync that *began* after his
//! ticket was given has ended well; the first who finds none under way does it for everyone whose ticket was given by
//! then. There is one sync at a time: of two at once on one file, the system tells only one about an error.

use super::not_recorded;
use crate::error::AuditError;
use std::fs::File;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// How a file is put on the disk; tests put another in its place.
pub(super) type SyncFile = Box<dyn Fn(&File) -> io::Result<()> + Send + Sync>;

pub(super) struct Group {
    pub(super) sync: SyncFile,
    progress: Mutex<Progress>,
    ended: Condvar,
}

struct Progress {
    file: Arc<File>,
    /// Tickets given: so many writes have ended.
    written: u64,
    /// Of these, so many are on the disk.
    synced: u64,
    under_way: bool,
    /// After a failed sync nothing is known: the system may have dropped the pages, and then says ok to a second one.
    failed: bool,
}

/// The place of one write among all of a handle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

impl Group {
    pub(super) fn new(file: Arc<File>, sync: SyncFile) -> Self {
        let progress = Progress { file, written: 0, synced: 0, under_way: false, failed: false };
        Self { sync, progress: Mutex::new(progress), ended: Condvar::new() }
    }

    fn progress(&self) -> Result<MutexGuard<'_, Progress>, AuditError> {
        self.progress.lock().map_err(|_| AuditError::Poisoned {})
    }

    /// Fails after a failed sync.
    pub(super) fn check(&self) -> Result<(), AuditError> {
        if self.progress()?.failed { Err(AuditError::Poisoned {}) } else { Ok(()) }
    }

    /// To be called after a write has ended.
    pub(super) fn written(&self) -> Result<Ticket, AuditError> {
        let mut progress = self.progress()?;
        progress.written += 1;
        Ok(Ticket(progress.written))
    }

    /// Waits until a sync that began after the write of this ticket has ended well, or does it.
    pub(super) fn wait(&self, ticket: Ticket) -> Result<(), AuditError> {
        let mut progress = self.progress()?;
        loop {
            if progress.synced >= ticket.0 {
                return Ok(());
            }
            if progress.failed {
                return Err(AuditError::Poisoned {});
            }
            if !progress.under_way {
                break;
            }
            progress = self.ended.wait(progress).map_err(|_| AuditError::Poisoned {})?;
        }
        progress.under_way = true;
        let (file, target) = (Arc::clone(&progress.file), progress.written);
        drop(progress);
        let mut lead = Lead { group: self, on_disk: None };
        let result = (self.sync)(&file);
        if result.is_ok() {
            lead.on_disk = Some(target);
        }
        drop(lead);
        result.map_err(|error| AuditError::NotRecorded { reason: format!("the disk did not confirm it: {error}") })
    }

    /// Puts everything that was written on the disk and takes another file from here on.
    pub(super) fn switch(&self, file: Arc<File>) -> Result<(), AuditError> {
        let last = Ticket(self.progress()?.written);
        self.wait(last)?;
        self.progress()?.file = file;
        Ok(())
    }

    /// A fork has written nothing yet, and the sync that was under way in its parent does not end here.
    pub(super) fn after_fork(&self) -> Result<(), AuditError> {
        let mut progress = self.progress()?;
        progress.synced = progress.written;
        progress.under_way = false;
        Ok(())
    }

    /// Puts another file than that of the log on the disk.
    pub(super) fn sync_apart(&self, file: &File) -> Result<(), AuditError> {
        (self.sync)(file).map_err(|error| not_recorded(&error))
    }

    /// Lets nothing be recorded any more.
    pub(super) fn poison(&self) {
        if let Ok(mut progress) = self.progress.lock() {
            progress.failed = true;
        }
    }
}

/// Whoever does the sync; when dropped, everyone who waits is told, also if the sync panicked.
struct Lead<'a> {
    group: &'a Group,
    on_disk: Option<u64>,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        if let Ok(mut progress) = self.group.progress.lock() {
            progress.under_way = false;
            match self.on_disk {
                Some(target) => progress.synced = progress.synced.max(target),
                None => progress.failed = true,
            }
        }
        self.group.ended.notify_all();
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
