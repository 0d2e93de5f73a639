//! Dates and times of every type, also before 1970 and where they overflow.

use super::{act, apply, texts};
use arrow::array::{
    ArrayRef, Date32Array, Date64Array, StringArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    TimestampNanosecondArray, TimestampSecondArray,
};
use std::sync::Arc;

const DAY: i64 = 86_400;

#[test]
fn a_time_of_day_never_moves_the_day() {
    let to_month = act(r#"{"act":"generalise_date","to":"month"}"#);
    // First and last days of months around 1970 and before, in days since then: half a day further is another month.
    for (day, month) in [
        (0, "1970-01"),
        (-1, "1969-12"),
        (-7977, "1948-02"),
        (-31, "1969-12"),
        (-7976, "1948-03"),
        (-25_567, "1900-01"),
        (20_000, "2024-10"),
    ] {
        for second in [0, 1, 43_200, 86_399] {
            let at = day * DAY + second;
            let columns: Vec<ArrayRef> = vec![
                Arc::new(Date32Array::from(vec![i32::try_from(day).expect("small")])),
                Arc::new(Date64Array::from(vec![at * 1000])),
                Arc::new(TimestampSecondArray::from(vec![at])),
                Arc::new(TimestampMillisecondArray::from(vec![at * 1000 + 999])),
                Arc::new(TimestampMicrosecondArray::from(vec![at * 1_000_000 + 999_999])),
                Arc::new(TimestampNanosecondArray::from(vec![at * 1_000_000_000 + 999_999_999])),
            ];
            for column in columns {
                let data_type = column.data_type().clone();
                let (out, _) = apply(&to_month, column).expect("dates");
                assert_eq!(texts(&out), [Some(month.to_owned())], "{data_type} {day} {second}");
            }
        }
    }
}

#[test]
fn a_time_that_is_no_date_is_counted_and_never_wraps() {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from(vec![Some(i32::MAX), Some(i32::MIN), None])),
        Arc::new(Date64Array::from(vec![Some(i64::MAX), Some(i64::MIN), None])),
        Arc::new(TimestampSecondArray::from(vec![Some(i64::MAX), Some(i64::MIN), None])),
        Arc::new(TimestampMillisecondArray::from(vec![Some(i64::MAX), Some(i64::MIN), None])),
    ];
    for column in columns {
        let (out, invalid) =
            apply(&act(r#"{"act":"generalise_date","to":"year","on_invalid":"null"}"#), Arc::clone(&column))
                .expect("counted");
        assert_eq!((texts(&out), invalid), (vec![None; 3], 2), "{}", column.data_type());
        let error = apply(&act(r#"{"act":"generalise_date","to":"year"}"#), column).expect_err("refused");
        assert_eq!(error.code(), "identifier.invalid_cells");
    }
}

#[test]
fn text_dates_are_of_one_form() {
    let to_year = act(r#"{"act":"generalise_date","to":"financial_year","on_invalid":"null"}"#);
    let cells = StringArray::from(vec![Some("2024-03-31"), Some("31/03/2024"), Some(" "), None]);
    let (out, invalid) = apply(&to_year, Arc::new(cells)).expect("counted");
    assert_eq!((texts(&out), invalid), (vec![Some("2023/24".to_owned()), None, None, None], 1));
}
