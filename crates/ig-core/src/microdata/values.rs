//! The distinct values of a column, as codes 0, 1, 2, … in order of first appearance.

use super::hash::Seeded;
use crate::columns::shown_name;
use crate::error::{Error, MisuseError};
use arrow::array::{Array, ArrayRef, AsArray, StringArrayType, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{self as types, ArrowPrimitiveType, DataType, UInt64Type};
use std::collections::HashMap;

/// Gives each distinct value of a column a code, batch by batch. Null is a value of its own.
pub(super) struct Encoder {
    /// Numbers, dates and truth values in an order-keeping form, and text of up to 15 bytes: exact, never a digest.
    short: HashMap<u128, u32, Seeded>,
    long: HashMap<Box<str>, u32>,
    null: Option<u32>,
    next: u32,
    ordered: bool,
}

/// What a floating-point value that is no number becomes.
const NAN: u128 = u128::MAX;

impl Encoder {
    pub(super) fn new() -> Self {
        Self { short: HashMap::default(), long: HashMap::new(), null: None, next: 0, ordered: false }
    }

    /// How many distinct values there are so far.
    pub(super) const fn len(&self) -> usize {
        self.next as usize
    }

    /// For each code the place of its value in the order of the values; nothing if they have no order, or if one
    /// of them is missing and so has no place in it.
    pub(super) fn ranks(&self) -> Option<Vec<u32>> {
        if !self.ordered || self.null.is_some() || self.short.contains_key(&NAN) {
            return None;
        }
        let mut order: Vec<(u128, u32)> = self.short.iter().map(|(&key, &code)| (key, code)).collect();
        order.sort_unstable();
        let mut ranks = vec![0; order.len()];
        for (rank, (_, code)) in order.into_iter().enumerate() {
            ranks[code as usize] = rank as u32;
        }
        Some(ranks)
    }

    /// Whether values of the column's type have an order.
    pub(super) const fn ordered(&self) -> bool {
        self.ordered
    }

    /// The code of every cell of an array; `codes` is emptied first.
    pub(super) fn encode(&mut self, name: &str, array: &ArrayRef, codes: &mut Vec<u32>) -> Result<(), Error> {
        use DataType as T;
        codes.clear();
        if self.len() + array.len() >= u32::MAX as usize {
            let expected = "a column of fewer than four thousand million distinct values".to_owned();
            return Err(MisuseError::Argument { name: shown_name(name), expected }.into());
        }
        self.ordered = has_order(array.data_type());
        match array.data_type() {
            T::Null => codes.extend((0..array.len()).map(|_| self.null_code())),
            T::Boolean => codes.extend(array.as_boolean().iter().map(|cell| match cell {
                None => self.null_code(),
                Some(value) => self.short_code(u128::from(value)),
            })),
            T::Int8 => self.numbers::<types::Int8Type>(array, codes, |n| whole(n.into())),
            T::Int16 => self.numbers::<types::Int16Type>(array, codes, |n| whole(n.into())),
            T::Int32 => self.numbers::<types::Int32Type>(array, codes, |n| whole(n.into())),
            T::Int64 => self.numbers::<types::Int64Type>(array, codes, |n| whole(n.into())),
            T::UInt8 => self.numbers::<types::UInt8Type>(array, codes, |n| whole(n.into())),
            T::UInt16 => self.numbers::<types::UInt16Type>(array, codes, |n| whole(n.into())),
            T::UInt32 => self.numbers::<types::UInt32Type>(array, codes, |n| whole(n.into())),
            T::UInt64 => self.numbers::<types::UInt64Type>(array, codes, |n| whole(n.into())),
            T::Float16 => self.numbers::<types::Float16Type>(array, codes, |n| floating(n.to_f64())),
            T::Float32 => self.numbers::<types::Float32Type>(array, codes, |n| floating(n.into())),
            T::Float64 => self.numbers::<types::Float64Type>(array, codes, floating),
            T::Decimal32(_, _) => self.numbers::<types::Decimal32Type>(array, codes, |n| whole(n.into())),
            T::Decimal64(_, _) => self.numbers::<types::Decimal64Type>(array, codes, |n| whole(n.into())),
            T::Decimal128(_, _) => self.numbers::<types::Decimal128Type>(array, codes, whole),
            T::Date32 | T::Time32(_) => {
                let days = as_integers(name, array, &T::Int32)?;
                self.numbers::<types::Int32Type>(&days, codes, |n| whole(n.into()));
            }
            T::Date64 | T::Time64(_) | T::Timestamp(_, _) | T::Duration(_) => {
                let times = as_integers(name, array, &T::Int64)?;
                self.numbers::<types::Int64Type>(&times, codes, |n| whole(n.into()));
            }
            T::Utf8 => self.text(&array.as_string::<i32>(), codes),
            T::LargeUtf8 => self.text(&array.as_string::<i64>(), codes),
            T::Utf8View => self.views(array.as_string_view(), codes),
            T::Dictionary(_, values) if !matches!(**values, T::Dictionary(_, _)) => {
                self.dictionary(name, array, codes)?;
            }
            other => return Err(unsupported(name, other)),
        }
        Ok(())
    }

    /// The values of a dictionary get codes once; its keys are looked up. A value that no row has gets none.
    fn dictionary(&mut self, name: &str, array: &ArrayRef, codes: &mut Vec<u32>) -> Result<(), Error> {
        let dictionary = array.as_any_dictionary();
        let keys = cast(dictionary.keys(), &DataType::UInt64).map_err(|_| unsupported(name, array.data_type()))?;
        let keys = keys.as_primitive::<UInt64Type>();
        let values = dictionary.values();
        let mut known: Vec<Option<u32>> = vec![None; values.len()];
        let mut one = Vec::with_capacity(1);
        codes.reserve(array.len());
        for key in keys {
            let code = match key.map(|key| key as usize) {
                None => self.null_code(),
                Some(key) => {
                    if let Some(code) = known[key] {
                        code
                    } else {
                        self.encode(name, &values.slice(key, 1), &mut one)?;
                        known[key] = one.first().copied();
                        one[0]
                    }
                }
            };
            codes.push(code);
        }
        self.ordered = false;
        Ok(())
    }

    fn numbers<T: ArrowPrimitiveType>(
        &mut self,
        array: &ArrayRef,
        codes: &mut Vec<u32>,
        key: impl Fn(T::Native) -> u128,
    ) {
        let array = array.as_primitive::<T>();
        codes.reserve(array.len());
        if array.null_count() > 0 {
            codes.extend(array.iter().map(|cell| match cell {
                None => self.null_code(),
                Some(value) => self.short_code(key(value)),
            }));
        } else {
            let mut last = None;
            codes.extend(array.values().iter().map(|&value| {
                let key = key(value);
                match last {
                    Some((same, code)) if same == key => code,
                    _ => {
                        let code = self.short_code(key);
                        last = Some((key, code));
                        code
                    }
                }
            }));
        }
    }

    fn text<'a>(&mut self, array: &impl StringArrayType<'a>, codes: &mut Vec<u32>) {
        codes.reserve(array.len());
        codes.extend(array.iter().map(|cell| match cell {
            None => self.null_code(),
            Some(text) => self.text_code(text),
        }));
    }

    /// As `text`, without a look at the text where a view holds all of it.
    fn views(&mut self, array: &StringViewArray, codes: &mut Vec<u32>) {
        codes.reserve(array.len());
        codes.extend(array.views().iter().enumerate().map(|(row, &view)| {
            let length = view as u32;
            if array.is_null(row) {
                self.null_code()
            } else if length <= 12 {
                let text = (view >> 32) & ((1 << (8 * length)) - 1);
                self.short_code(text | u128::from(length) << 120)
            } else {
                let text = array.value(row);
                self.text_code(text)
            }
        }));
    }

    fn text_code(&mut self, text: &str) -> u32 {
        match packed(text.as_bytes()) {
            Some(key) => self.short_code(key),
            None => self.long_code(text),
        }
    }

    fn short_code(&mut self, key: u128) -> u32 {
        if let Some(&code) = self.short.get(&key) {
            return code;
        }
        let code = self.new_code();
        self.short.insert(key, code);
        code
    }

    fn long_code(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.long.get(text) {
            return code;
        }
        let code = self.new_code();
        self.long.insert(text.into(), code);
        code
    }

    fn null_code(&mut self) -> u32 {
        if let Some(code) = self.null {
            return code;
        }
        let code = self.new_code();
        self.null = Some(code);
        code
    }

    fn new_code(&mut self) -> u32 {
        // `encode` refuses a batch that could take this past the range.
        self.next += 1;
        self.next - 1
    }
}

/// Text of up to 15 bytes with its length, which tells `"a"` from `"a\0"`.
fn packed(text: &[u8]) -> Option<u128> {
    let mut key = [0; 16];
    key.get_mut(..text.len()).filter(|place| place.len() < 16)?.copy_from_slice(text);
    key[15] = text.len() as u8;
    Some(u128::from_le_bytes(key))
}

/// A whole number so that the order of keys is that of numbers.
const fn whole(number: i128) -> u128 {
    number.cast_unsigned() ^ (1 << 127)
}

/// A floating-point number so that the order of keys is that of numbers: the two zeros are one, and what is not a
/// number is one value.
fn floating(number: f64) -> u128 {
    if number.is_nan() {
        return NAN;
    }
    let bits = if number == 0.0 { 0 } else { number.to_bits() };
    u128::from(if bits >> 63 == 1 { !bits } else { bits | (1 << 63) })
}

fn as_integers(name: &str, array: &ArrayRef, to: &DataType) -> Result<ArrayRef, Error> {
    cast(array, to).map_err(|_| unsupported(name, array.data_type()))
}

fn has_order(data_type: &DataType) -> bool {
    data_type.is_numeric() || data_type.is_temporal()
}

fn unsupported(name: &str, found: &DataType) -> Error {
    let found = match found {
        DataType::Dictionary(_, _) => "categorical of categories",
        found if found.is_nested() => "list, struct or map",
        DataType::Interval(_) => "interval",
        DataType::Decimal256(_, _) => "256-bit decimal",
        _ => "bytes",
    };
    let expected = "text, number, date, time, boolean or categorical".to_owned();
    MisuseError::ColumnType { column: shown_name(name), expected, found: found.to_owned() }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Float64Array, Int64Array, StringArray};
    use std::sync::Arc;

    fn codes(encoder: &mut Encoder, array: impl Array + 'static) -> Vec<u32> {
        let mut codes = vec![9];
        let array: ArrayRef = Arc::new(array);
        encoder.encode("c", &array, &mut codes).expect("supported");
        codes
    }

    #[test]
    fn distinct_texts_have_distinct_codes_whatever_their_length() {
        let texts = ["", "\0", "a", "a\0", "123456789012345", "1234567890123456", "a\0\0\0\0\0\0\0\0\0\0\0\0\0\x02"];
        let wanted: Vec<u32> = (0..7).chain(0..7).collect();
        let twice: Vec<&str> = [texts, texts].concat();
        assert_eq!(codes(&mut Encoder::new(), StringArray::from(twice.clone())), wanted);
        assert_eq!(codes(&mut Encoder::new(), StringViewArray::from(twice)), wanted);
    }

    #[test]
    fn zeros_are_one_value_and_so_is_what_is_no_number() {
        let other_nan = f64::from_bits(f64::NAN.to_bits() ^ 1 ^ (1 << 63));
        let array = Float64Array::from(vec![0.0, -0.0, f64::NAN, other_nan, -1.5, f64::INFINITY]);
        let mut encoder = Encoder::new();
        assert_eq!(codes(&mut encoder, array), [0, 0, 1, 1, 2, 3]);
        assert_eq!(encoder.ranks(), None);
    }

    #[test]
    fn ranks_are_in_the_order_of_numbers() {
        let mut encoder = Encoder::new();
        codes(&mut encoder, Float64Array::from(vec![2.5, -3.0, f64::NEG_INFINITY, 0.0, -0.5]));
        assert_eq!(encoder.ranks(), Some(vec![4, 1, 0, 3, 2]));
        let mut encoder = Encoder::new();
        codes(&mut encoder, Int64Array::from(vec![7, i64::MIN, i64::MAX, -1, 7]));
        assert_eq!(encoder.ranks(), Some(vec![2, 0, 3, 1]));
    }
}
