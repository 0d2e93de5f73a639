//! Shifted dates as columns: the frozen vectors, every type and shape, and what is refused.

use super::{place, shapes, test_key, texts};
use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Date64Array, Int64Array, StringArray, StructArray, TimestampNanosecondArray,
    TimestampSecondArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Date32Type, Date64Type, Field, TimestampNanosecondType, TimestampSecondType};
use ig_core::columns::PreparedAct;
use ig_core::mask::{DateShifter, ShiftRange};
use ig_core::{Context, Kind, OnInvalid};
use serde_json::Value;
use std::sync::Arc;

const DAY: i64 = 86_400;

fn shifter(kind: &str, range: ShiftRange) -> DateShifter {
    let context = Context::new("DSA-2026-014").expect("context");
    DateShifter::new(&test_key(), context, Kind::new(kind).expect("kind"), range).expect("may")
}

fn thirty(on_invalid: OnInvalid) -> PreparedAct {
    PreparedAct::shift_date(shifter("nhs_number", ShiftRange::days(30).expect("usable")), on_invalid)
}

fn pair(dates: ArrayRef, persons: ArrayRef) -> ArrayRef {
    let field = |name: &str, array: &ArrayRef| Field::new(name, array.data_type().clone(), true);
    let fields = vec![field("date", &dates), field("person", &persons)];
    Arc::new(StructArray::new(fields.into(), vec![dates, persons], None))
}

fn text(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

#[test]
fn columns_of_every_shape_have_the_frozen_shifts() {
    let file: Value =
        serde_json::from_str(include_str!("../../../../tests/vectors/date_shift_v1.json")).expect("vector file");
    let of_one_setting = |vector: &&Value| {
        vector["key"] == "counting"
            && vector["context"] == "DSA-2026-014"
            && vector["kind"] == "nhs_number"
            && vector["max_days"] == 30
            && vector["keep_weekday"] == false
    };
    let vectors: Vec<&Value> = file["vectors"].as_array().expect("vectors").iter().filter(of_one_setting).collect();
    assert!(vectors.len() > 40);
    let cells = |name: &str| vectors.iter().map(|vector| vector[name].as_str().map(str::to_owned)).collect::<Vec<_>>();
    let wanted = (cells("output"), cells("error").iter().flatten().count() as u64);
    for (name, dates) in shapes(&cells("date")) {
        for (other, persons) in shapes(&cells("person")) {
            let [dates, persons] = [&dates, &persons].map(|chunks| {
                let chunks: Vec<&dyn Array> = chunks.iter().map(AsRef::as_ref).collect();
                arrow::compute::concat(&chunks).expect("one type")
            });
            let (made, invalid) = thirty(OnInvalid::Null).apply(&pair(dates, persons), &place()).expect("counted");
            assert_eq!((texts(&made), invalid), wanted, "{name} by {other}");
        }
    }
}

#[test]
fn dates_and_times_stay_what_they_are_and_keep_their_time_of_day() {
    let persons = || text(&[Some("9990000018"), Some("9990000018"), Some("9990000026"), None]);
    // 13 May 1969 at one second to midnight, and 29 February 2024: the shifts are -3 and -18 days.
    let days = [Some(-233_i32), Some(19_782), Some(19_782), None];
    let moved = [Some(-236_i32), Some(19_779), Some(19_764), None];
    let times =
        |a_day: i64, cells: [Option<i32>; 4]| cells.map(|day| day.map(|day| (i64::from(day) + 1) * a_day - 1)).to_vec();
    let act = thirty(OnInvalid::Raise);
    let run = |dates: ArrayRef| {
        let data_type = dates.data_type().clone();
        let column = pair(dates, persons());
        assert_eq!(act.act().output_type().data_type(column.data_type()), data_type);
        let (made, invalid) = act.apply(&column, &place()).expect("valid");
        assert_eq!((made.data_type(), invalid), (&data_type, 0));
        made
    };
    let made = run(Arc::new(Date32Array::from(days.to_vec())));
    assert_eq!(made.as_primitive::<Date32Type>().iter().collect::<Vec<_>>(), moved);
    let made = run(Arc::new(Date64Array::from(times(DAY * 1_000, days))));
    assert_eq!(made.as_primitive::<Date64Type>().iter().collect::<Vec<_>>(), times(DAY * 1_000, moved));
    let made = run(Arc::new(TimestampSecondArray::from(times(DAY, days))));
    assert_eq!(made.as_primitive::<TimestampSecondType>().iter().collect::<Vec<_>>(), times(DAY, moved));
    let made = run(Arc::new(TimestampNanosecondArray::from(times(DAY * 1_000_000_000, days))));
    let wanted = times(DAY * 1_000_000_000, moved);
    assert_eq!(made.as_primitive::<TimestampNanosecondType>().iter().collect::<Vec<_>>(), wanted);
}

#[test]
fn no_date_leaves_as_it_was() {
    let extremes = [i32::MIN, -25_567, 84_006, i32::MAX];
    let persons = text(&[Some("9990000018"); 4]);
    let (made, invalid) = thirty(OnInvalid::Null)
        .apply(&pair(Arc::new(Date32Array::from(extremes.to_vec())), Arc::clone(&persons)), &place())
        .expect("counted");
    assert_eq!((made.null_count(), invalid), (4, 4));
    let far = TimestampNanosecondArray::from(vec![i64::MIN, i64::MAX, -25_567 * DAY * 1_000_000_000, -1]);
    let (made, invalid) = thirty(OnInvalid::Null).apply(&pair(Arc::new(far), persons), &place()).expect("counted");
    // The largest time in nanoseconds lies in 2262; the last one is a second of 1969.
    assert_eq!((made.null_count(), invalid), (3, 3));
    for seed in 0..500 {
        let person = Int64Array::from(vec![Some(9_990_000_018); 1]);
        let dates = Date32Array::from(vec![seed * 100]);
        let (made, _) =
            thirty(OnInvalid::Raise).apply(&pair(Arc::new(dates), Arc::new(person)), &place()).expect("valid");
        assert_ne!(made.as_primitive::<Date32Type>().value(0), seed * 100);
    }
}

#[test]
fn a_pair_that_is_null_as_a_whole_has_no_date() {
    let fields = vec![Field::new("date", DataType::Date32, true), Field::new("person", DataType::Utf8, true)];
    let columns: Vec<ArrayRef> = vec![Arc::new(Date32Array::from(vec![1, 1])), text(&[Some("9990000018"), None])];
    let nulls = NullBuffer::from(vec![true, false]);
    let column: ArrayRef = Arc::new(StructArray::new(fields.into(), columns, Some(nulls)));
    let (made, invalid) = thirty(OnInvalid::Raise).apply(&column, &place()).expect("nothing invalid");
    assert_eq!((made.is_valid(0), made.is_null(1), invalid), (true, true, 0));
}

#[test]
fn other_columns_are_refused_before_any_row() {
    let dates = || -> ArrayRef { Arc::new(Date32Array::from(vec![1])) };
    let zoned = TimestampSecondArray::from(vec![1]).with_timezone("Europe/London");
    for column in [
        dates(),
        pair(Arc::new(zoned), text(&[None])),
        pair(Arc::new(Int64Array::from(vec![20_240_229])), text(&[None])),
        pair(dates(), dates()),
    ] {
        let error = thirty(OnInvalid::Null).check_type(column.data_type(), &place()).expect_err("refused");
        assert_eq!(error.code(), "misuse.column_type", "{}", column.data_type());
    }
    // Only NHS numbers come as numbers.
    let act = PreparedAct::shift_date(shifter("text", ShiftRange::days(30).expect("usable")), OnInvalid::Null);
    let error = act.apply(&pair(dates(), Arc::new(Int64Array::from(vec![1]))), &place()).expect_err("refused");
    assert_eq!(error.code(), "misuse.column_type");
}
