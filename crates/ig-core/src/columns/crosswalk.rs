//! From the pseudonyms of one key to those of another, for the rotation of keys.

use super::canonical::write_canonical;
use super::cells::{Accepts, Cells, column_type};
use super::invalid::{Invalid, Place};
use crate::audit::{AuditEvent, AuditLog, CorrelationId, Digest, Durability, EventKind, Outcome};
use crate::error::{AuditError, Error, ExportError, KeyError, MisuseError};
use crate::key::{Key, KeyStatus, RetiredKeys};
use crate::platform::{Existing, write_private};
use crate::pseudonym::{Context, Encoding, Kind, PseudonymFormat, Pseudonymiser};
use crate::{KeyId, OnInvalid};
use arrow::array::{Array, ArrayRef};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use std::io;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What a crosswalk is made of: who makes it, why, from which key to which, and where it goes.
#[derive(Debug, Clone)]
pub struct Crosswalk<'a> {
    /// The key of the extract that exists; usually retired or about to be.
    pub old: &'a Key,
    /// The key that takes its place: pending or primary.
    pub new: &'a Key,
    /// The one agreement or project; both keys must be for it.
    pub context: Context,
    /// Kind of identifier.
    pub kind: Kind,
    /// Length and text form, as those of the extract.
    pub format: PseudonymFormat,
    /// What to do with invalid NHS numbers: refuse, or leave out and count.
    pub on_invalid: OnInvalid,
    /// The new file.
    pub out: &'a Path,
    /// Where it is recorded.
    pub audit: &'a AuditLog,
    /// The run.
    pub run: CorrelationId,
    /// Account of the person who makes it.
    pub actor: &'a str,
    /// The ticket that says why.
    pub reason_ref: &'a str,
    /// Who allowed it, if not the actor.
    pub authoriser: Option<&'a str>,
}

/// What a crosswalk holds, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CrosswalkReport {
    /// Cells that were given.
    pub cells: u64,
    /// Different valid identifiers, which are the rows of the file.
    pub pairs: u64,
    /// Cells without an identifier: null or blank.
    pub empty: u64,
    /// Cells that were not valid and were left out.
    pub invalid: u64,
    /// SHA-256 of the file, as the audit log has it.
    pub sha256: Digest,
}

/// Writes the old and the new pseudonym of every different identifier to a new CSV file.
///
/// Guarantees that the file holds pseudonyms only, is readable by its owner alone, did not exist before, and is
/// there whole or not at all; that its rows are in the order of the old pseudonyms, which tells nothing of the
/// order or the number of times they came in; that the attempt is in the audit log for both keys before an
/// identifier is looked at, and the end, with the hash of the file, before this returns.
///
/// What it does **not** protect against: whoever has the file and two extracts can link them, so it is as
/// sensitive as the link. Send it to those who hold the old extract alone, and delete it when they have used it.
///
/// The file: header `old_pseudonym,new_pseudonym`, one row a line, LF; `bytes` are written as hex.
///
/// # Errors
/// `key.purpose`; `key.pending` for an old key that was never used, `key.retired` for a new key that is;
/// `misuse.argument` if both are the same; `identifier.invalid_cells`, `misuse.column_type`;
/// `export.file_exists`, `export.write_failed`; those of the audit log. Nothing is left behind on any of them.
pub fn crosswalk(ids: &[ArrayRef], inputs: &Crosswalk<'_>) -> Result<CrosswalkReport, Error> {
    for key in [inputs.old, inputs.new] {
        inputs.record(key.id(), Outcome::Attempt, |event| event.code("key.crosswalk"))?;
    }
    let made = make(ids, inputs).and_then(|report| {
        let recorded = [inputs.old, inputs.new].iter().try_for_each(|key| {
            inputs.record(key.id(), Outcome::Success, |event| {
                event.code("key.crosswalk")?.count(report.pairs).map(|event| event.object(report.sha256))
            })
        });
        // A link between two extracts that no record tells of must not exist.
        recorded.inspect_err(|_| drop(std::fs::remove_file(inputs.out)))?;
        Ok(report)
    });
    made.inspect_err(|error| inputs.record_end(error))
}

fn make(ids: &[ArrayRef], inputs: &Crosswalk<'_>) -> Result<CrosswalkReport, Error> {
    let (old, new) = inputs.pseudonymisers()?;
    if std::fs::symlink_metadata(inputs.out).is_ok() {
        return Err(ExportError::FileExists {}.into());
    }
    let numbers = inputs.kind.is_nhs_number();
    let accepts = if numbers { Accepts::TextOrNumbers } else { Accepts::Text };
    let place = Place::column("");
    let mut invalid = Invalid::default();
    let (mut pairs, mut cells, mut empty) = (Vec::<[[u8; 32]; 2]>::new(), 0, 0);
    let mut message = Zeroizing::new(Vec::with_capacity(256));
    for chunk in ids {
        let mut found = Invalid::default();
        let mut row = 0;
        Cells::of(&plain(chunk, &place)?, accepts, &place)?.visit(&mut |cell| {
            message.clear();
            match cell.map_or(Ok(false), |cell| write_canonical(numbers, cell, &mut message)) {
                Ok(true) => pairs.push([old.digest(&message), new.digest(&message)]),
                Ok(false) => empty += 1,
                Err(error) => found.add(row, error.code()),
            }
            row += 1;
        });
        invalid.join(&found, cells);
        cells += chunk.len() as u64;
    }
    let invalid = invalid.settle(inputs.on_invalid, &place)?;
    pairs.sort_unstable();
    pairs.dedup();
    let text = inputs.file_text(&pairs);
    write_private(inputs.out, &text, Existing::Refuse).map_err(|error| write_failed(&error))?;
    Ok(CrosswalkReport { cells, pairs: pairs.len() as u64, empty, invalid, sha256: Digest::of(&text) })
}

/// A categorical column as its rows: what it lists and no row has is not asked for.
fn plain(chunk: &ArrayRef, place: &Place) -> Result<ArrayRef, Error> {
    let DataType::Dictionary(_, values) = chunk.data_type() else { return Ok(Arc::clone(chunk)) };
    cast(chunk, values).map_err(|_| column_type(place, "text or whole numbers", chunk.data_type()))
}

impl Crosswalk<'_> {
    fn pseudonymisers(&self) -> Result<(Pseudonymiser, Pseudonymiser), Error> {
        if self.old.secret() == self.new.secret() {
            let expected = "two different keys".to_owned();
            return Err(MisuseError::Argument { name: "old and new".to_owned(), expected }.into());
        }
        self.old.check_use(&self.context, RetiredKeys::Allow)?;
        self.new.check_purpose(&self.context)?;
        if self.new.status() == Some(KeyStatus::Retired) {
            self.new.check_use(&self.context, RetiredKeys::Refuse)?;
        }
        let of = |key| Pseudonymiser::derive(key, self.context.clone(), self.kind.clone(), self.format);
        Ok((of(self.old), of(self.new)))
    }

    fn file_text(&self, pairs: &[[[u8; 32]; 2]]) -> Vec<u8> {
        const HEADER: &[u8] = b"old_pseudonym,new_pseudonym\n";
        let encoding = if self.format.encoding == Encoding::Bytes { Encoding::Hex } else { self.format.encoding };
        let format = PseudonymFormat { encoding, ..self.format };
        let mut text = Vec::with_capacity(HEADER.len() + pairs.len() * (format.width() + 1) * 2);
        text.extend_from_slice(HEADER);
        for [old, new] in pairs {
            format.append(old, &mut text);
            text.push(b',');
            format.append(new, &mut text);
            text.push(b'\n');
        }
        text
    }

    fn record(
        &self,
        key: &KeyId,
        outcome: Outcome,
        more: impl FnOnce(AuditEvent) -> Result<AuditEvent, AuditError>,
    ) -> Result<(), Error> {
        let mut event = AuditEvent::new(EventKind::KeyUse, outcome, self.actor, self.run)?
            .dataset("crosswalk")?
            .agreement_id(self.context.as_str())?
            .reason_ref(self.reason_ref)?
            .key_id(key.as_str())?;
        if let Some(authoriser) = self.authoriser {
            event = event.authoriser(authoriser)?;
        }
        // What has left cannot be looked at again, so its record must survive a power cut.
        self.audit.record_as(&more(event)?, Durability::Synced)?;
        Ok(())
    }

    /// The error goes to the caller in any case; where it cannot be recorded, the log shows an attempt without end.
    fn record_end(&self, error: &Error) {
        let outcome = match error {
            Error::Identifier(_)
            | Error::Misuse(_)
            | Error::Key(KeyError::Purpose { .. } | KeyError::Pending { .. } | KeyError::Retired { .. })
            | Error::Export(ExportError::FileExists {}) => Outcome::Refused,
            _ => Outcome::Failure,
        };
        for key in [self.old, self.new] {
            let _ = self.record(key.id(), outcome, |event| event.code(error.code()));
        }
    }
}

fn write_failed(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::AlreadyExists => ExportError::FileExists {}.into(),
        kind => ExportError::WriteFailed { file: "the crosswalk".to_owned(), reason: kind.to_string() }.into(),
    }
}
