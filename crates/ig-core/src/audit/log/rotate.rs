//! The next segment: when it is due, how it is begun, and how a handle follows one that another began.
//!
//! The order of the steps is the safety of it; each is one act of the file system. The live name always leads to a
//! whole segment, and whatever step a crash stops at, the next writer finds the record `chain.rotated` at the end of the
//! live file and does all steps after it again.

use super::append::Draft;
use super::{AuditLog, Live, State, not_recorded};
use crate::audit::segments::{archive_name, first_record, follow_archived, next_name, start_of_live};
use crate::audit::{AuditEvent, Timestamp};
use crate::error::AuditError;
use crate::platform;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

fn not_rotated(error: &io::Error) -> AuditError {
    AuditError::NotRotated { reason: error.to_string() }
}

impl AuditLog {
    /// Whether the file has had its share, counting only files with a record of a caller.
    pub(super) fn is_due(&self, draft: &Draft, state: &mut State) -> Result<bool, AuditError> {
        let chain = &draft.chain;
        if chain.head.records <= chain.segment + u64::from(chain.segment > 0) {
            return Ok(false);
        }
        if self.rotation.bytes.is_some_and(|limit| draft.length >= limit) {
            return Ok(true);
        }
        let Some(age) = self.rotation.age else { return Ok(false) };
        let began = match state.began {
            Some(began) => began,
            None => first_ts(&state.live.file)?,
        };
        state.began = Some(began);
        let now = self.stamps.now()?.unix_micros();
        Ok(u128::from(now.saturating_sub(began.unix_micros())) >= age.as_micros())
    }

    /// A link would be archived in place of the file that it leads to.
    pub(super) fn is_rotatable(&self) -> Result<(), AuditError> {
        match fs::symlink_metadata(&self.path) {
            Ok(found) if found.is_file() => Ok(()),
            Ok(_) => Err(AuditError::NotRotated { reason: "its name is a link; open it by its own name".into() }),
            Err(error) => Err(not_rotated(&error)),
        }
    }

    /// Begins the segment after the live one, which ends in `chain.rotated` and whose lock is held.
    pub(super) fn start_next(&self, state: &mut State, event: &AuditEvent) -> Result<(), AuditError> {
        // Whoever wrote the end of the segment may not have lived to sync it.
        self.group.wait(self.group.written()?)?;
        let first = state.settled.segment;
        let start = state.settled.next_segment();
        let next = next_name(&self.path);
        let file = self.make_next(&next, Draft { chain: start, bytes: Vec::new(), length: 0 }, event)?;

        let archive = archive_name(&self.path, first);
        match fs::hard_link(&self.path, &archive) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(not_rotated(&error)),
            // There already: by this very rotation, if it was interrupted.
            _ => {}
        }
        if !platform::is_same_file(&state.live.file, &archive).map_err(|error| not_rotated(&error))? {
            return Err(AuditError::SegmentForeign { first });
        }
        // Otherwise a power cut could keep the new name of the live file without the old file's.
        self.sync_names().map_err(|error| not_rotated(&error))?;
        fs::rename(&next, &self.path).map_err(|error| not_rotated(&error))?;
        let synced = self.sync_names();

        let live = Live::of(file)?;
        self.group.switch(Arc::clone(&live.file))?;
        (state.live, state.settled, state.began) = (live, start, None);
        synced.map_err(|error| {
            // A power cut could take the name of the new file, and with it records that were called synced.
            self.group.poison();
            not_rotated(&error)
        })
    }

    fn make_next(&self, next: &Path, mut draft: Draft, event: &AuditEvent) -> Result<File, AuditError> {
        let records = draft.chain.previous().map_or(0, |previous| draft.chain.segment - previous);
        self.add(&mut draft, &AuditEvent::continued(event, records))?;
        match fs::remove_file(next) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(not_rotated(&error)),
            _ => {}
        }
        let mut file = platform::create_append_private(next).map_err(|error| not_rotated(&error))?;
        file.write_all(&draft.bytes).map_err(|error| not_rotated(&error))?;
        self.group
            .sync_apart(&file)
            .map_err(|_| AuditError::NotRotated { reason: "the disk did not confirm it".into() })?;
        Ok(file)
    }

    fn sync_names(&self) -> io::Result<()> {
        self.path.parent().map_or(Ok(()), platform::sync_folder)
    }

    /// Goes on in the live file if this handle's was archived since; anything else put in its place is an error.
    pub(super) fn follow_rotation(&self, state: &mut State) -> Result<(), AuditError> {
        let archive = archive_name(&self.path, state.settled.segment);
        if !platform::is_same_file(&state.live.file, &archive).map_err(|error| not_recorded(&error))? {
            return Err(AuditError::LogReplaced {});
        }
        let live = match File::options().read(true).append(true).open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(AuditError::LogReplaced {}),
            opened => opened.map_err(|error| not_recorded(&error))?,
        };
        if !live.metadata().map_err(|error| not_recorded(&error))?.is_file() {
            return Err(AuditError::LogReplaced {});
        }
        let replaced = |fault| match fault {
            AuditError::SegmentForeign { .. } => AuditError::LogReplaced {},
            fault => fault,
        };
        let start = start_of_live(&live, &self.path).map_err(replaced)?;
        if start.segment <= state.settled.segment {
            return Err(AuditError::LogReplaced {});
        }
        let chain = follow_archived(&self.path, state.settled, &start, &mut |_| Ok(())).map_err(replaced)?;
        // Whoever began the segment may not have lived to put its name on the disk.
        self.sync_names().map_err(|error| not_recorded(&error))?;
        let live = Live::of(live)?;
        self.group.switch(Arc::clone(&live.file))?;
        (state.live, state.settled, state.head, state.began) = (live, chain, chain.head, None);
        Ok(())
    }
}

fn first_ts(file: &File) -> Result<Timestamp, AuditError> {
    match first_record(file)? {
        Some(first) => first.map(|record| record.ts()),
        None => Err(AuditError::LogShortened {}),
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
