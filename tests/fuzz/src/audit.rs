//! The audit log: one allowed form of a record, and a chain in which nothing can be dropped unseen.

use crate::quiet::shows_nothing;
use crate::{Verdict, text};
use ig_core::AuditError;
use ig_core::audit::{AuditRecord, CorrelationId, Digest, RecordId, Timestamp, Truncation, verify_reader};
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// A line that is read is the record's own line, byte for byte.
pub fn audit_record(data: &[u8]) -> Verdict {
    match AuditRecord::parse(data) {
        Err(error) => {
            shows_nothing(data, &error);
            Verdict::Refused
        }
        Ok(record) => {
            assert_eq!(record.to_line().as_bytes(), data);
            Verdict::Taken
        }
    }
}

/// A log that verifies is a chain of such lines; cut short, it no longer has the head that was held.
pub fn audit_log(data: &[u8]) -> Verdict {
    let report = match verify_reader(data, None) {
        Err(error) => {
            shows_nothing(data, &error);
            return Verdict::Refused;
        }
        Ok(report) => report,
    };
    assert_eq!(report.truncation, Truncation::NotExcluded);
    let held = verify_reader(data, Some(report.head())).expect("its own head");
    let excluded = Truncation::Excluded { records: report.records };
    assert_eq!(held.truncation, if report.records == 0 { Truncation::NotExcluded } else { excluded });
    assert_eq!((held.records, held.root), (report.records, report.root));
    assert!(data.is_empty() || data.ends_with(b"\n"), "every line is ended");
    if report.records > 0 {
        let body = &data[..data.len() - 1];
        let last = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        assert_eq!(Digest::of(&body[last..]), report.hash, "the head is the hash of the last line");
        assert!(verify_reader(&data[..last], Some(report.head())).is_err(), "a cut log has not the held head");
        assert!(verify_reader(body, None).is_err(), "a torn line is not passed over");
        let first = data.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        assert!(verify_reader(&data[first..], Some(report.head())).is_err(), "nor one without its first line");
    } else {
        assert!(data.is_empty(), "no records, no bytes");
    }
    Verdict::Taken
}

/// Times and digests have one text form; ids have others too (as UUIDs do), and come back from the one they print.
pub fn audit_fields(data: &[u8]) -> Verdict {
    let text = text(data);
    let judged = [
        printed_again::<Timestamp>(&text).inspect(|form| assert_eq!(*form, text)),
        printed_again::<Digest>(&text).inspect(|form| assert_eq!(*form, text)),
        printed_again::<RecordId>(&text),
        printed_again::<CorrelationId>(&text),
    ];
    if judged.iter().any(Option::is_some) { Verdict::Taken } else { Verdict::Refused }
}

/// What a value prints, if the text is one.
fn printed_again<T: FromStr<Err = AuditError> + Display + PartialEq + Debug>(text: &str) -> Option<String> {
    match text.parse::<T>() {
        Err(error) => {
            shows_nothing(text.as_bytes(), &error);
            None
        }
        Ok(value) => {
            let form = value.to_string();
            assert_eq!(form.parse::<T>().expect("its own text"), value);
            Some(form)
        }
    }
}
