//! One file that came back.

use super::CheckNumbers;
use super::cache::{Cache, PseudonymSet};
use super::check_file::{CheckFile, parse_lines};
use super::check_number::{CheckNumber, digits_of};
use super::check_state::FileState;
use crate::NhsNumber;
use crate::error::{AccessError, Result};
use zeroize::Zeroizing;

/// From so many numbers on, an answer with all of them is taken for the request itself: at one opt-out in twenty it
/// happens to four honest files in 100,000.
const TOO_MANY_FOR_NOBODY: usize = 200;

/// A file that came back, and the local id that came with it.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// The local id of the message or the name of the file; with a single request file it may be left out.
    pub local_id: Option<&'a str>,
}

/// What an answer that holds every number of its request means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NobodyOptedOut {
    /// It is taken for the request itself, sent back or mixed up.
    #[default]
    Refuse,
    /// Someone who knows where the file came from says that it is the answer.
    Allow,
}

/// What one answer holds.
pub(super) struct Parsed {
    pub(super) numbers: Zeroizing<Vec<u64>>,
}

impl Parsed {
    /// Reads an answer and holds it against what its request submitted.
    pub(super) fn new(
        bytes: &[u8],
        of: &FileState,
        submitted: &PseudonymSet,
        cache: &Cache,
        numbers: CheckNumbers,
    ) -> Result<Self> {
        if is_receipt(bytes) {
            return Err(AccessError::OptOutPendingReceipt {}.into());
        }
        let mut found = Zeroizing::new(Vec::with_capacity(bytes.len() / 12 + 1));
        parse_lines(bytes, CheckFile::Response, |digits| {
            let number = match numbers {
                CheckNumbers::Valid => NhsNumber::parse(digits)?.into(),
                CheckNumbers::FormatOnly => CheckNumber::format_only(digits)?,
            };
            found.push(number.value());
            Ok(())
        })?;
        found.sort_unstable();
        found.dedup();
        let count = found.iter().filter(|number| !submitted.contains(cache.pseudonym(&digits_of(**number)))).count();
        if count > 0 {
            return Err(AccessError::ReturnedNotSubmitted { count, submitted: of.numbers }.into());
        }
        Ok(Self { numbers: found })
    }

    /// Whether it could be the request itself.
    pub(super) fn looks_like_request(&self, of: &FileState) -> bool {
        self.numbers.len() == of.numbers && of.numbers >= TOO_MANY_FOR_NOBODY
    }
}

/// The service acknowledges a request with JSON before it answers.
fn is_receipt(bytes: &[u8]) -> bool {
    let Ok(serde_json::Value::Object(receipt)) = serde_json::from_slice(bytes.trim_ascii()) else { return false };
    receipt.get("status").and_then(serde_json::Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("pending"))
}
