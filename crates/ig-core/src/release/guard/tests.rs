use super::*;
use crate::NhsNumber;
use arrow::array::{BinaryArray, Date32Array, Float64Array, Int32Array, Int64Array, StringArray};
use std::sync::Arc;

fn of(number: &str) -> DigitRuns {
    let mut numbers = InputNumbers::default();
    let prefix = NhsNumber::parse(number).expect("valid").prefix();
    numbers.add(&Numbers { rows: vec![NO_NUMBER, prefix], misprints: Vec::new() });
    numbers.into_runs()
}

#[expect(clippy::needless_pass_by_value, reason = "columns are made where they are looked at")]
fn hits(column: ArrayRef, numbers: &DigitRuns) -> Option<Vec<usize>> {
    let mut rows = Vec::new();
    each_hit(&column, numbers, &mut |row| rows.push(row)).map(|()| rows)
}

#[test]
fn every_type_is_looked_at_as_its_text() {
    let numbers = of("9990000018");
    let whole = [1, 9_990_000_018, -9_990_000_018, 99_900_000_180, 999_000_001, 990_000_018, 99_900_000, 9_990_000_026];
    let column = Int64Array::from(whole.to_vec());
    let text = cast(&column, &DataType::Utf8).expect("text");
    let by_text = hits(Arc::clone(&text), &numbers).expect("text");
    assert_eq!(by_text, [1, 2, 3, 4, 5]);
    assert_eq!(hits(Arc::new(column.clone()), &numbers), Some(by_text.clone()));
    for like in [DataType::LargeUtf8, DataType::Utf8View, DataType::UInt64, DataType::Float64] {
        let cast = cast(&column.slice(0, 2), &like).expect("cast");
        assert_eq!(hits(cast, &numbers), Some(vec![1]), "{like}");
    }
    let few = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    assert_eq!(hits(cast(&text, &few).expect("dictionary"), &numbers), Some(by_text));
    let small = Int32Array::from(vec![Some(999_000_001), None, Some(-990_000_018), Some(i32::MIN)]);
    assert_eq!(hits(Arc::new(small), &numbers), Some(vec![0, 2]));
    assert_eq!(hits(Arc::new(BinaryArray::from_vec(vec![b"\xff"])), &numbers), None);
}

#[test]
fn a_number_with_few_digits_has_few_in_its_text() {
    let near = |number: f64| [number.next_down(), number, number.next_up()];
    let some = (0..2_000_u32).map(|n| f64::from(n * 49_999) / 1000.0);
    let all: Vec<f64> = some.flat_map(near).chain([99_999.999, 100_000.0, -0.0, 0.001, 1e-5, f64::NAN]).collect();
    let texts = cast(&Float64Array::from(all.clone()), &DataType::LargeUtf8).expect("text");
    for (number, text) in all.into_iter().zip(texts.as_string::<i64>().iter().flatten()) {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        assert!(!has_eight_digits(number) || digits <= 8, "{text}");
    }
    assert!(has_eight_digits(12_499.875) && has_eight_digits(-3.0) && !has_eight_digits(1.0_f64.next_up()));
}

#[test]
fn what_may_hold_a_number_is_looked_at_again() {
    let text = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec!["short", text])) };
    assert!(!may_hold_numbers(&text("12345678 x")) && may_hold_numbers(&text("1234567 x 89")));
    let whole = |number: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![1, number])) };
    assert!(!may_hold_numbers(&whole(-99_999_999)) && may_hold_numbers(&whole(100_000_000)));
    let bytes: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b"\xff"]));
    assert!(may_hold_numbers(&bytes));
}

#[test]
fn numbers_too_many_to_wait_are_known_all_the_same() {
    let mut numbers = InputNumbers::default();
    // One in eleven has no check digit.
    let is_of_number = |prefix: &u32| with_check_digit((*prefix).into()) / 10 == u64::from(*prefix);
    let count = WAITING as u32 * (MOST_WAITING as u32 + 2) + 5;
    for from in (0..count).step_by(1 << 6) {
        let rows = (from..count.min(from + (1 << 6))).map(|prefix| prefix + 900_000_000).filter(is_of_number).collect();
        numbers.add(&Numbers { rows, misprints: Vec::new() });
    }
    assert!(numbers.waiting.len() <= MOST_WAITING && numbers.runs.0.len() > 0);
    let runs = numbers.into_runs();
    let all = (900_000_000..900_000_000 + count).filter(is_of_number);
    assert!(all.map(u64::from).all(|prefix| runs.is_known(prefix)));
    assert!(!runs.is_known(899_999_999));
}

#[test]
fn dates_of_any_year_are_looked_at() {
    // 31 December 262142 is 2621421231 in digits.
    let numbers = {
        let mut numbers = DigitRuns(NumberSet::new());
        numbers.add(2_621_421_231);
        numbers
    };
    let far = Date32Array::from(vec![0, 95_026_236]);
    let text = cast(&far, &DataType::LargeUtf8).expect("text");
    let digits: String = text.as_string::<i64>().value(1).chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits, "2621421231");
    assert_eq!(hits(Arc::new(far), &numbers), Some(vec![1]));
    for day in [-719_162, 2_932_896] {
        let text = cast(&Date32Array::from(vec![day]), &DataType::LargeUtf8).expect("text");
        assert!(has_four_digit_year(day) && text.as_string::<i64>().value(0).len() == 10);
    }
    assert!(!has_four_digit_year(-719_163) && !has_four_digit_year(2_932_897));
}

#[test]
fn nine_neighbouring_digits_are_found_wherever_they_stand() {
    let numbers = of("9990000018");
    for text in ["9990000018", "999000001", "990000018", "RR864-9990000018-2", "0099900000187", "x990000018y"] {
        assert!(numbers.is_in(text), "{text}");
    }
}

#[test]
fn a_number_as_people_write_it_is_found() {
    let numbers = of("9990000018");
    for text in ["999 000 0018", "999-000-0018", "NHS 999 000 0018.", "1 9990000 018", "9\u{a0}990 000 01 8"] {
        assert!(numbers.is_in(text), "{text}");
    }
}

#[test]
fn a_misprint_is_found_like_a_number() {
    let mut numbers = InputNumbers::default();
    numbers.add(&Numbers { rows: vec![NO_NUMBER], misprints: vec![9_990_000_017] });
    let numbers = numbers.into_runs();
    assert!(numbers.is_in("RR8649990000017") && numbers.is_in("999 000 0017") && !numbers.is_in("999 000 0018"));
}

#[test]
fn eight_or_broken_or_other_digits_are_not() {
    let numbers = of("9990000018");
    for text in ["", "99900000", "999000 001", "999 000/0018", "9990000026", "1234567890123", "999 000 0026"] {
        assert!(!numbers.is_in(text), "{text}");
    }
}
