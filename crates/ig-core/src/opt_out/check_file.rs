//! The files that go to the check service and come back.

use crate::NhsNumber;
use crate::error::{AccessError, IdentifierError, Result};

/// The one line that the service sends instead of an answer.
const REJECTED: &str = "The file contains one or more invalid NHS Numbers";

/// Which of the two files it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckFile {
    /// What was submitted.
    Request,
    /// What the service returned.
    Response,
}

impl CheckFile {
    const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// Reads a request or a response file: one NHS number and a comma a line, LF or CRLF.
///
/// Guarantees that every number is ten digits with a fitting check digit; an empty file is an empty list. The
/// result is plain numbers in memory: pass them on to [`super::NotOptedOut`], which wipes its own.
///
/// Does **not** check that the two files belong together; [`super::NotOptedOut::from_check_service`] does.
///
/// # Errors
/// `opt_out.service_rejected_file` for the service's one-line refusal in a response, `opt_out.file_line` for any
/// other line that is not a number and a comma, `opt_out.file_text` if it is not UTF-8.
///
/// Source of the rule: file layout of the check for national data opt-outs service.
///
/// ```
/// use ig_core::opt_out::{CheckFile, parse_check_file};
///
/// assert_eq!(parse_check_file(b"9990000018,\n9990000026,\n", CheckFile::Response)?.len(), 2);
/// let refused = parse_check_file(b"The file contains one or more invalid NHS Numbers.", CheckFile::Response);
/// assert_eq!(refused.unwrap_err().code(), "opt_out.service_rejected_file");
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn parse_check_file(bytes: &[u8], which: CheckFile) -> Result<Vec<NhsNumber>> {
    let mut numbers = Vec::new();
    parse_lines(bytes, which, |digits| {
        numbers.push(NhsNumber::parse(digits)?);
        Ok(())
    })?;
    Ok(numbers)
}

/// Gives the ten digits of every line to a function, which says what else is wrong with them.
pub(super) fn parse_lines(
    bytes: &[u8],
    which: CheckFile,
    mut take: impl FnMut(&str) -> Result<(), IdentifierError>,
) -> Result<()> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| AccessError::OptOutFileText { which: which.name().to_owned() })?;
    // Windows editors put a byte-order mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if which == CheckFile::Response && is_rejection(text) {
        return Err(AccessError::OptOutServiceRejectedFile {}.into());
    }
    for (line, at) in text.lines().zip(1..) {
        take_line(line, &mut take).map_err(|reason| AccessError::OptOutFileLine {
            line: at,
            which: which.name().to_owned(),
            reason: reason.to_owned(),
        })?;
    }
    Ok(())
}

fn is_rejection(text: &str) -> bool {
    let said = text.trim().trim_end_matches([',', '.', '"']).trim_start_matches('"');
    said.eq_ignore_ascii_case(REJECTED)
}

fn take_line(line: &str, take: &mut impl FnMut(&str) -> Result<(), IdentifierError>) -> Result<(), &'static str> {
    let digits = line.strip_suffix(',').ok_or("no comma at the end")?;
    if digits.len() != 10 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("not ten digits");
    }
    take(digits).map_err(|error| error.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_line_ends_and_no_last_line_end_are_read() {
        for text in ["9990000018,\n9990000026,\n", "9990000018,\r\n9990000026,\r\n", "\u{feff}9990000018,\n9990000026,"]
        {
            let numbers = parse_check_file(text.as_bytes(), CheckFile::Request).expect(text);
            let digits: Vec<_> = numbers.iter().map(NhsNumber::as_str).collect();
            assert_eq!(digits, ["9990000018", "9990000026"]);
        }
        assert_eq!(parse_check_file(b"", CheckFile::Response), Ok(vec![]));
    }

    #[test]
    fn a_bad_line_is_named_and_never_shown() {
        for bad in ["9990000019,", "9990000018", "999 000 0018,", "9990000018,,", "", "NHS,", "1111111111,"] {
            let text = format!("9990000018,\n{bad}\n9990000026,\n");
            let error = parse_check_file(text.as_bytes(), CheckFile::Response).expect_err(bad);
            assert_eq!(error.code(), "opt_out.file_line");
            let message = format!("{error} {error:?}");
            assert!(message.contains("line 2 of the response"), "{message}");
            assert!(!message.contains("99900") && !message.contains("1111"), "{message}");
        }
        assert_eq!(
            parse_check_file(b"\xff\xfe", CheckFile::Request).expect_err("not text").code(),
            "opt_out.file_text"
        );
    }

    #[test]
    fn the_refusal_of_the_service_is_not_an_empty_list() {
        for text in [
            "The file contains one or more invalid NHS Numbers.",
            "The file contains one or more invalid NHS Numbers.,\r\n",
            "the file contains one or more invalid nhs numbers\n",
        ] {
            let error = parse_check_file(text.as_bytes(), CheckFile::Response).expect_err(text);
            assert_eq!(error.code(), "opt_out.service_rejected_file");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = parse_check_file(&bytes, CheckFile::Response);
        }

        #[test]
        fn what_is_written_is_read(values in proptest::collection::vec(9_990_000_000..10_000_000_000_u64, 0..50)) {
            let numbers: Vec<_> = values.iter().filter_map(|&value| NhsNumber::from_unsigned(value).ok()).collect();
            let text: String = numbers.iter().flat_map(|number| [number.as_str(), ",\n"]).collect();
            prop_assert_eq!(parse_check_file(text.as_bytes(), CheckFile::Request), Ok(numbers));
        }
    }
}
