//! What goes to the service.

use super::check_number::digits_of;
use super::check_settings::LINE_BYTES;
use super::{CheckNumber, CheckNumbers};
use crate::error::{AccessError, Result};
use crate::nhs_number::NumberSet;
use std::fmt;
use zeroize::Zeroizing;

/// A request file in memory; wiped when dropped.
pub struct RequestFile {
    name: String,
    bytes: Zeroizing<Vec<u8>>,
}

impl RequestFile {
    /// The file as the service takes it: ten digits and a comma a line, LF, no header.
    pub(super) fn new(stem: &str, numbers: &[u64]) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(numbers.len() * LINE_BYTES as usize));
        for number in numbers {
            bytes.extend_from_slice(&digits_of(*number));
            bytes.extend_from_slice(b",\n");
        }
        Self { name: format!("{stem}.dat"), bytes }
    }

    /// The name that the service expects.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What to send.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for RequestFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestFile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The different numbers in ascending order.
pub(super) fn different(
    cohort: impl IntoIterator<Item = CheckNumber>,
    mode: CheckNumbers,
) -> Result<Zeroizing<Vec<u64>>> {
    let mut others = Zeroizing::new(Vec::new());
    let valid = NumberSet::collect(cohort.into_iter().filter_map(|number| {
        let valid = number.valid();
        if valid.is_none() {
            others.push(number.value());
        }
        valid
    }));
    if mode == CheckNumbers::Valid && !others.is_empty() {
        return Err(AccessError::OptOutInvalidNumber { count: others.len() as u64 }.into());
    }
    // Room for all at once: a vector that grows leaves numbers behind that nobody wipes.
    let mut numbers = Zeroizing::new(Vec::with_capacity(valid.len() + others.len()));
    numbers.extend(valid.values().chain(others.iter().copied()));
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}
