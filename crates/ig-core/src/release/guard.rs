//! The last look before anything leaves: no output field may hold digits of an input number.

use super::folder::OutputFolder;
use super::manifest::ManifestOutput;
use super::output_file::rows_file;
use super::watch::{Watch, tick};
use crate::columns::{Numbers, shown_name};
use crate::error::{Error, ExportError, MisuseError};
use crate::files::{batch_error, read_written};
use crate::nhs_number::{NO_NUMBER, NumberSet, is_separator, with_check_digit};
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Date32Type, Float64Type, Int32Type, Int64Type, UInt32Type};
use zeroize::Zeroizing;

/// Nine digits give the tenth, so nine in a row are as good as the number.
const WINDOW: usize = 9;

/// What is looked for in the text of cells.
trait Search {
    fn is_in(&self, text: &str) -> bool;
    /// As [`Search::is_in`], for the text of a whole number, which is its digits alone.
    fn is_in_digits_of(&self, number: u64) -> bool;
}

/// Looks for as many digits as a number has, whatever number it be.
struct AnyNumber;

impl Search for AnyNumber {
    fn is_in(&self, text: &str) -> bool {
        text.len() >= WINDOW && text.bytes().filter(u8::is_ascii_digit).count() >= WINDOW
    }

    fn is_in_digits_of(&self, number: u64) -> bool {
        number >= 100_000_000
    }
}

/// Whether a cell of a column could hold an input number, for all that is known before the last of them came in.
pub(super) fn may_hold_numbers(column: &ArrayRef) -> bool {
    let mut any = false;
    each_hit(column, &AnyNumber, &mut |_| any = true).is_none() || any
}

/// Numbers that wait to be taken apart, in vectors that never grow: a grown one would leave a copy behind.
const WAITING: usize = if cfg!(test) { 1 << 8 } else { 1 << 20 };
const MOST_WAITING: usize = 16;

/// The numbers that came in; wiped when dropped.
///
/// Nearly every release ends without a need for them, so they are only kept in a row, and taken apart into runs of nine
/// digits when they are too many to wait or when a column asks for them.
pub(super) struct InputNumbers {
    waiting: Vec<Zeroizing<Vec<u32>>>,
    runs: DigitRuns,
}

impl Default for InputNumbers {
    fn default() -> Self {
        Self { waiting: Vec::new(), runs: DigitRuns(NumberSet::new()) }
    }
}

impl InputNumbers {
    /// Adds the numbers of a column, and the ten digits with a slip in them: nine of those may well be a person's.
    pub(super) fn add(&mut self, seen: &Numbers) {
        let mut last = NO_NUMBER;
        for &prefix in &seen.rows {
            // One person's rows often stand together.
            if prefix != last && prefix != NO_NUMBER {
                self.wait(prefix);
                last = prefix;
            }
        }
        seen.misprints.iter().for_each(|&digits| self.runs.add(digits));
    }

    fn wait(&mut self, prefix: u32) {
        match self.waiting.last_mut() {
            Some(waiting) if waiting.len() < WAITING => waiting.push(prefix),
            _ => {
                if self.waiting.len() == MOST_WAITING {
                    self.take_apart();
                }
                let mut waiting = Zeroizing::new(Vec::with_capacity(WAITING));
                waiting.push(prefix);
                self.waiting.push(waiting);
            }
        }
    }

    fn take_apart(&mut self) {
        for waiting in self.waiting.drain(..) {
            waiting.iter().for_each(|&prefix| self.runs.add(with_check_digit(prefix.into())));
        }
    }

    fn into_runs(mut self) -> DigitRuns {
        self.take_apart();
        self.runs
    }
}

/// Every run of nine consecutive digits of some numbers; wiped when dropped.
struct DigitRuns(NumberSet);

impl DigitRuns {
    fn add(&mut self, number: u64) {
        self.0.insert((number / 10) as u32);
        self.0.insert((number % 1_000_000_000) as u32);
    }

    fn is_known(&self, nine: u64) -> bool {
        self.0.found(&[nine as u32]) == 1
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
                if digits > WINDOW && self.is_known(value / 10) && self.is_known(value % 1_000_000_000) {
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
        let mut value = 0_u64;
        for byte in text.bytes() {
            if !byte.is_ascii_digit() {
                (digits, value) = (0, 0);
                continue;
            }
            digits += 1;
            value = (value % 100_000_000) * 10 + u64::from(byte - b'0');
            if digits >= WINDOW && self.is_known(value) {
                return true;
            }
        }
        false
    }
}

impl Search for DigitRuns {
    /// Nine digits in a row, or all ten as people write them.
    fn is_in(&self, text: &str) -> bool {
        // Either takes nine digits; most texts have fewer.
        AnyNumber.is_in(text) && (self.stand_in(text) || self.are_written_in(text))
    }

    fn is_in_digits_of(&self, mut number: u64) -> bool {
        while number >= 100_000_000 {
            if self.is_known(number % 1_000_000_000) {
                return true;
            }
            number /= 10;
        }
        false
    }
}

/// Reads the written files again and looks at every field with as many digits as a number has, but the pseudonyms:
/// those are output of a keyed function, in which nine digits of some number stand by chance alone once an extract is
/// large.
pub(super) fn check_files(
    folder: &OutputFolder,
    outputs: &[ManifestOutput],
    numbers: InputNumbers,
    watch: &dyn Watch,
) -> Result<(), Error> {
    if outputs.iter().all(|output| output.to_check.is_empty()) {
        return Ok(());
    }
    let numbers = &numbers.into_runs();
    for output in outputs.iter().filter(|output| numbers.0.len() > 0 && !output.to_check.is_empty()) {
        let mut rows = 0;
        let rows_file = folder.path_of(&rows_file(&output.file, output.format));
        for batch in read_written(&rows_file, |_| Ok(output.to_check.clone()))? {
            let batch = batch.map_err(|error| batch_error(&output.file, &error))?;
            for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                check_column(&output.file, field.name(), column, numbers)?;
            }
            rows += batch.num_rows() as u64;
            tick(watch, "checking", &output.file, rows)?;
        }
    }
    Ok(())
}

fn check_column(file: &str, name: &str, column: &ArrayRef, numbers: &DigitRuns) -> Result<(), Error> {
    let mut count = 0;
    each_hit(column, numbers, &mut |_| count += 1).ok_or_else(|| MisuseError::ColumnType {
        column: shown_name(name),
        expected: "a type that can be written as text, so that it can be checked".to_owned(),
        found: "of bytes, or a nested type".to_owned(),
    })?;
    if count > 0 {
        let (file, column) = (file.to_owned(), shown_name(name));
        return Err(ExportError::IdentifierInOutput { file, column, count }.into());
    }
    Ok(())
}

/// Tells of every row whose text holds what is looked for; nothing if the column has no text.
fn each_hit(column: &ArrayRef, numbers: &impl Search, hit: &mut dyn FnMut(usize)) -> Option<()> {
    use DataType as T;
    match column.data_type() {
        T::Null | T::Boolean | T::Int8 | T::Int16 | T::UInt8 | T::UInt16 => {}
        T::Utf8 => in_texts(column.as_string::<i32>().iter(), numbers, hit),
        T::LargeUtf8 => in_texts(column.as_string::<i64>().iter(), numbers, hit),
        T::Utf8View => in_texts(column.as_string_view().iter(), numbers, hit),
        T::Int32 => in_numbers(widened::<Int32Type, i64>(column), numbers, hit),
        T::Int64 => in_numbers(widened::<Int64Type, i64>(column), numbers, hit),
        T::UInt32 => in_numbers(widened::<UInt32Type, i64>(column), numbers, hit),
        T::Float64 if column.as_primitive::<Float64Type>().iter().flatten().all(has_eight_digits) => {}
        T::Date32 if column.as_primitive::<Date32Type>().iter().flatten().all(has_four_digit_year) => {}
        T::Dictionary(_, _) => {
            let dictionary = column.as_any_dictionary();
            let mut known = vec![false; dictionary.values().len()];
            each_hit(dictionary.values(), numbers, &mut |value| known[value] = true)?;
            if known.contains(&true) {
                let keys = dictionary.normalized_keys();
                let rows = keys.into_iter().enumerate().filter(|(row, key)| column.is_valid(*row) && known[*key]);
                rows.for_each(|(row, _)| hit(row));
            }
        }
        _ => {
            let text = cast(column, &T::LargeUtf8).ok()?;
            if text.null_count() > column.logical_null_count() {
                return None;
            }
            in_texts(text.as_string::<i64>().iter(), numbers, hit);
        }
    }
    Some(())
}

fn in_texts<'a>(texts: impl Iterator<Item = Option<&'a str>>, numbers: &impl Search, hit: &mut dyn FnMut(usize)) {
    texts.enumerate().filter(|(_, text)| text.is_some_and(|text| numbers.is_in(text))).for_each(|(row, _)| hit(row));
}

fn in_numbers(values: impl Iterator<Item = Option<i64>>, numbers: &impl Search, hit: &mut dyn FnMut(usize)) {
    let known = |value: Option<i64>| value.is_some_and(|value| numbers.is_in_digits_of(value.unsigned_abs()));
    values.enumerate().filter(|(_, value)| known(*value)).for_each(|(row, _)| hit(row));
}

fn widened<T: ArrowPrimitiveType<Native: Into<W>>, W>(column: &ArrayRef) -> impl Iterator<Item = Option<W>> {
    column.as_primitive::<T>().iter().map(|value| value.map(Into::into))
}

/// Whether a number has at most five digits before its point and three after it: it is the one closest to so many
/// thousandths, so that its text needs no more.
fn has_eight_digits(number: f64) -> bool {
    let thousandths = (number * 1000.0).round();
    thousandths.abs() < 100_000_000.0 && (thousandths / 1000.0).total_cmp(&number).is_eq()
}

/// From year 1 to year 9999 a date has eight digits.
const fn has_four_digit_year(day: i32) -> bool {
    const FIRST: i32 = -719_162;
    const LAST: i32 = 2_932_896;
    FIRST <= day && day <= LAST
}

#[cfg(test)]
mod tests;
