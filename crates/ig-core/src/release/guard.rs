//! The last look before anything leaves: no output field may hold digits of an input number.

use super::folder::OutputFolder;
use super::manifest::ManifestOutput;
use super::output_file::rows_file;
use super::watch::{Watch, tick};
use crate::columns::{Numbers, shown_name};
use crate::error::{Error, ExportError, MisuseError};
use crate::files::{batch_error, read_written};
use crate::nhs_number::is_separator;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use zeroize::Zeroize;

/// Nine digits give the tenth, so nine in a row are as good as the number.
const WINDOW: usize = 9;

/// Every run of nine consecutive digits of the numbers that came in; wiped when dropped.
#[derive(Default)]
pub(super) struct InputNumbers(Vec<u32>);

impl InputNumbers {
    /// Adds the numbers of a column, and the ten digits with a slip in them: nine of those may well be a person's.
    pub(super) fn add(&mut self, seen: &Numbers) {
        seen.rows.iter().flatten().for_each(|number| self.add_digits(number.to_u64()));
        seen.misprints.iter().for_each(|&digits| self.add_digits(digits));
    }

    fn add_digits(&mut self, number: u64) {
        // One person's rows often stand together.
        let runs = [(number / 10) as u32, (number % 1_000_000_000) as u32];
        if self.0.last_chunk() != Some(&runs) {
            self.0.extend(runs);
        }
    }

    fn sorted(mut self) -> SortedNumbers {
        self.0.sort_unstable();
        self.0.dedup();
        SortedNumbers(std::mem::take(&mut self.0))
    }
}

impl Drop for InputNumbers {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

struct SortedNumbers(Vec<u32>);

impl SortedNumbers {
    /// Whether a text holds an input number: nine digits in a row of it, or all ten as people write them.
    fn are_in(&self, text: &str) -> bool {
        self.stand_in(text) || self.are_written_in(text)
    }

    /// All ten digits of a number with the signs between them that are removed when a number is read. All ten are
    /// asked for here, so that a date of birth and a code beside it are hardly ever taken together.
    fn are_written_in(&self, text: &str) -> bool {
        let mut digits = 0;
        let mut value = 0_u64;
        for character in text.chars() {
            if let Some(digit) = character.to_digit(10) {
                digits += 1;
                value = (value % 1_000_000_000) * 10 + u64::from(digit);
                let known = |run: u64| self.0.binary_search(&(run as u32)).is_ok();
                if digits > WINDOW && known(value / 10) && known(value % 1_000_000_000) {
                    return true;
                }
            } else if !is_separator(character) {
                (digits, value) = (0, 0);
            }
        }
        false
    }

    /// Nine digits of a number, neighbours.
    fn stand_in(&self, text: &str) -> bool {
        let mut digits = 0;
        let mut value = 0_u32;
        for byte in text.bytes() {
            if !byte.is_ascii_digit() {
                (digits, value) = (0, 0);
                continue;
            }
            digits += 1;
            value = (value % 100_000_000) * 10 + u32::from(byte - b'0');
            if digits >= WINDOW && self.0.binary_search(&value).is_ok() {
                return true;
            }
        }
        false
    }
}

impl Drop for SortedNumbers {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Reads every written file again and looks at every field but the pseudonyms: those are output of a keyed
/// function, in which nine digits of some number stand by chance alone once an extract is large.
pub(super) fn check_files(
    folder: &OutputFolder,
    outputs: &[ManifestOutput],
    numbers: InputNumbers,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let numbers = numbers.sorted();
    if numbers.0.is_empty() {
        return Ok(());
    }
    for output in outputs {
        let mut rows = 0;
        for batch in read_written(&folder.path_of(&rows_file(&output.file, output.format)))? {
            let batch = batch.map_err(|error| batch_error(&output.file, &error))?;
            for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                if !output.is_pseudonym(field.name()) {
                    check_column(&output.file, field.name(), column, &numbers)?;
                }
            }
            rows += batch.num_rows() as u64;
            tick(watch, "checking", &output.file, rows)?;
        }
    }
    Ok(())
}

fn check_column(file: &str, name: &str, column: &ArrayRef, numbers: &SortedNumbers) -> Result<(), Error> {
    let unreadable = || MisuseError::ColumnType {
        column: shown_name(name),
        expected: "a type that can be written as text, so that it can be checked".to_owned(),
        found: "of bytes, or a nested type".to_owned(),
    };
    let text = cast(column, &DataType::LargeUtf8).map_err(|_| unreadable())?;
    let text = text.as_string::<i64>();
    if text.null_count() > column.logical_null_count() {
        return Err(unreadable().into());
    }
    let count = text.iter().flatten().filter(|text| numbers.are_in(text)).count() as u64;
    if count > 0 {
        let (file, column) = (file.to_owned(), shown_name(name));
        return Err(ExportError::IdentifierInOutput { file, column, count }.into());
    }
    debug_assert_eq!(text.len(), column.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NhsNumber;

    fn of(number: &str) -> SortedNumbers {
        let mut numbers = InputNumbers::default();
        numbers.add(&Numbers { rows: vec![NhsNumber::parse(number).ok()], misprints: Vec::new() });
        numbers.sorted()
    }

    #[test]
    fn nine_neighbouring_digits_are_found_wherever_they_stand() {
        let numbers = of("9990000018");
        for text in ["9990000018", "999000001", "990000018", "RR864-9990000018-2", "0099900000187", "x990000018y"] {
            assert!(numbers.are_in(text), "{text}");
        }
    }

    #[test]
    fn a_number_as_people_write_it_is_found() {
        let numbers = of("9990000018");
        for text in ["999 000 0018", "999-000-0018", "NHS 999 000 0018.", "1 9990000 018", "9\u{a0}990 000 01 8"] {
            assert!(numbers.are_in(text), "{text}");
        }
    }

    #[test]
    fn a_misprint_is_found_like_a_number() {
        let mut numbers = InputNumbers::default();
        numbers.add(&Numbers { rows: vec![None], misprints: vec![9_990_000_017] });
        let numbers = numbers.sorted();
        assert!(numbers.are_in("RR8649990000017") && numbers.are_in("999 000 0017") && !numbers.are_in("999 000 0018"));
    }

    #[test]
    fn eight_or_broken_or_other_digits_are_not() {
        let numbers = of("9990000018");
        for text in ["", "99900000", "999000 001", "999 000/0018", "9990000026", "1234567890123", "999 000 0026"] {
            assert!(!numbers.are_in(text), "{text}");
        }
    }
}
