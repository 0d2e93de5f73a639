//! Types of column: those that acts take, and those that they refuse.

use super::all_acts::{cases, pseudonymise};
use super::*;
use ig_core::mask::{DateLevel, RoundTo};
use ig_core::{Encoding, OnInvalid};
use polars::prelude::DataType as T;
use polars::prelude::{Categories, DataType, FrozenCategories, IntoSeries, StructChunked, TimeUnit};

const CELLS: [Option<&str>; 5] = [Some("9990000018"), None, Some("9990000026"), Some("9990000018"), Some("x")];

#[test]
fn categories_and_enums_give_the_cells_of_text() {
    let act = pseudonymise(Encoding::Hex);
    let (plain, _) = text(&CELLS);
    let expected = cells(&plain.ig(act.clone()).expect("done"));
    let frozen = FrozenCategories::new(["x", "9990000026", "9990000018"]).expect("categories");
    for data_type in [DataType::from_categories(Categories::global()), DataType::from_frozen_categories(frozen)] {
        let mut column = plain.cast(&data_type).expect("cast");
        assert_eq!(cells(&collected(&column, &act).expect("done")), expected);
        column.append(&column.clone()).expect("appended");
        assert_eq!(cells(&column.ig(act.clone()).expect("done")), [expected.clone(), expected.clone()].concat());
    }
}

#[test]
fn numbers_of_every_width_are_rounded_and_keep_their_type() {
    let act = ColumnAct::RoundTo { round: RoundTo::new(5).expect("base"), on_invalid: OnInvalid::Raise };
    let numbers = Series::new("x".into(), [Some(13_i64), None, Some(7)]);
    let widths = [T::Int8, T::Int16, T::Int32, T::Int64, T::UInt8, T::UInt16, T::UInt32, T::UInt64];
    for data_type in widths.into_iter().chain([T::Float32, T::Float64]) {
        let done = collected(&numbers.cast(&data_type).expect("cast"), &act).expect("done");
        assert_eq!(done.dtype(), &data_type);
        let done = done.cast(&DataType::Int64).expect("cast");
        assert_eq!(cells(&done), [Some("15".into()), None, Some("5".into())], "{data_type}");
    }
}

#[test]
fn dates_and_times_of_every_unit_and_text_give_the_same_months() {
    let act = ColumnAct::GeneraliseDate { to: DateLevel::Month, on_invalid: OnInvalid::Raise };
    let days = Series::new("x".into(), [Some(19_856_i32), None]).cast(&DataType::Date).expect("dates");
    // 13 May 2024 is day 19856 by `date -d 2024-05-13 +%s` / 86400.
    let expected = [Some("2024-05".to_owned()), None];
    assert_eq!(cells(&days.ig(act.clone()).expect("done")), expected);
    for unit in [TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds] {
        let times = days.cast(&DataType::Datetime(unit, None)).expect("times");
        assert_eq!(cells(&collected(&times, &act).expect("done")), expected);
    }
    assert_eq!(cells(&collected(&text(&[Some("2024-05-13"), None]).0, &act).expect("done")), expected);
}

#[test]
fn nothing_but_nulls_and_no_rows_are_columns_too() {
    for case in cases() {
        let empty = case.series.slice(0, 0);
        assert_eq!(collected(&empty, &case.act).expect("no rows").len(), 0, "{:?}", case.act);
        let nulls = Series::new_null("x".into(), 3);
        match collected(&nulls, &case.act) {
            Ok(done) => assert_eq!((done.len(), done.null_count()), (3, 3), "{:?}", case.act),
            // Acts on several columns take no other column than a struct.
            Err(error) => assert!(error.to_string().contains("nhs_ig[misuse.column_type]"), "{error}"),
        }
    }
}

#[test]
fn types_that_an_act_does_not_take_are_errors_and_never_abort() {
    let numbers = Series::new("x".into(), [1_i64, 2]);
    let list = Series::new("x".into(), [numbers.clone(), numbers.clone()]);
    let nested = Series::new("x".into(), [list.clone(), list.clone()]);
    let of_lists = ["a", "b"].map(|name| list.clone().with_name(name.into()));
    let of_lists = StructChunked::from_series("x".into(), 2, of_lists.iter());
    let columns = [
        list,
        nested,
        of_lists.expect("fields").into_series(),
        numbers.cast(&DataType::Decimal(20, 2)).expect("decimal"),
        numbers.cast(&DataType::Time).expect("time"),
        numbers.cast(&DataType::Duration(TimeUnit::Microseconds)).expect("duration"),
        Series::new("x".into(), [b"ab".as_slice(), b"9990000018"]),
        Series::new("x".into(), [true, false]),
    ];
    for column in &columns {
        for case in cases() {
            let done = collected(column, &case.act);
            // A fixed word takes the place of any cell.
            if case.act == ColumnAct::Redact {
                assert_eq!(done.expect("redacted").len(), 2);
                continue;
            }
            let message = refused(done);
            assert!(message.starts_with("nhs_ig[misuse.column_type]: "), "{message}");
            assert!(!message.contains("9990000018"), "{message}");
        }
    }
}

#[test]
fn types_that_arrow_does_not_have_are_refused_before_the_engine_is_asked() {
    let unknown = [
        DataType::Int128,
        DataType::UInt128,
        DataType::Float16,
        DataType::BinaryOffset,
        DataType::Unknown(polars::prelude::UnknownKind::Any),
        DataType::List(Box::new(DataType::Int128)),
        DataType::Struct(vec![Field::new("9990000018".into(), DataType::Int128)]),
    ];
    for data_type in unknown {
        let error = check_known("x", &data_type).expect_err("refused").tagged();
        assert!(error.starts_with("nhs_ig[misuse.column_type]: column x is of type a"), "{error}");
        assert!(!error.contains("9990000018"), "{error}");
        let planned = planned_field(&ColumnAct::Redact, &Field::new("x".into(), data_type)).expect_err("refused");
        assert_eq!(planned.tagged(), error);
    }
}

#[test]
fn a_struct_may_have_fields_of_nothing_but_nulls() {
    for case in cases() {
        let Ok(fields) = case.series.struct_().map(StructChunked::fields_as_series) else { continue };
        let rows = fields[0].len();
        let with_nulls = |first: &Series| {
            let fields = [first.clone().with_name("a".into()), Series::new_null("b".into(), rows)];
            let column = StructChunked::from_series("x".into(), rows, fields.iter()).expect("fields").into_series();
            collected(&column, &case.act)
        };
        // The same as a column of text that is null throughout.
        let nulls = Series::full_null("b".into(), rows, &DataType::String);
        let text = StructChunked::from_series("x".into(), rows, [fields[0].clone(), nulls].iter()).expect("fields");
        let text = text.into_series().ig(case.act.clone()).expect("done");
        assert_eq!(cells(&with_nulls(&fields[0]).expect("done")), cells(&text), "{:?}", case.act);
        let all_null = with_nulls(&Series::new_null("a".into(), rows)).expect("done");
        assert_eq!((all_null.len(), all_null.null_count()), (rows, rows), "{:?}", case.act);
    }
}
