//! Every act gives the cells that the core gives, however the column is cut and whichever way it goes.

use super::all_acts::{Case, cases};
use super::*;
use ig_core::columns::Place;
use std::collections::BTreeSet;

/// What the core makes of the column by itself.
fn expected(case: &Case) -> Vec<Option<String>> {
    let act = case.act.prepare().expect("prepared");
    let done = act.apply_chunks(&[Arc::clone(&case.array)], &Place::batch("x")).expect("done");
    done.chunks.iter().flat_map(arrow_cells).collect()
}

#[test]
fn a_column_and_an_expression_give_what_the_core_gives() {
    for case in cases() {
        let expected = expected(&case);
        assert!(expected.iter().any(Option::is_some), "{:?}", case.act);
        let eager = case.series.ig(case.act.clone()).expect("done");
        assert_eq!((cells(&eager), eager.name().as_str()), (expected.clone(), "x"), "{:?}", case.act);
        let lazy = collected(&case.series, &case.act).expect("done");
        assert_eq!(cells(&lazy), expected, "{:?}", case.act);
    }
}

#[test]
fn chunks_and_slices_give_the_same_cells() {
    for case in cases() {
        let expected = expected(&case);
        let mut chunked = case.series.slice(0, 1);
        chunked.append(&case.series.slice(1, 0)).expect("empty");
        chunked.append(&case.series.slice(1, 2)).expect("appended");
        chunked.append(&case.series.slice(3, 2)).expect("appended");
        assert!(chunked.n_chunks() > 2);
        assert_eq!(cells(&chunked.ig(case.act.clone()).expect("done")), expected, "{:?}", case.act);
        assert_eq!(cells(&collected(&chunked, &case.act).expect("done")), expected, "{:?}", case.act);
        for (start, offset, length) in [(1, 1, 3), (4, 4, 1), (2, 2, 0)] {
            let slice = case.series.slice(start, length).ig(case.act.clone()).expect("done");
            assert_eq!(cells(&slice), expected[offset..offset + length], "{:?}", case.act);
        }
    }
}

#[test]
fn the_planned_type_is_the_type_that_comes() {
    for case in cases() {
        let mut plan = frame(&case.series).lazy().select([col("x").ig(case.act.clone())]);
        let schema = plan.collect_schema().expect("planned");
        let done = plan.collect().expect("done");
        assert_eq!(schema.get("x"), Some(done.column("x").expect("x").dtype()), "{:?}", case.act);
    }
}

#[test]
fn no_act_is_left_out() {
    let names: BTreeSet<String> = cases().iter().map(|case| name_in_plan(&case.act)).collect();
    let known: BTreeSet<String> = every_act_of_the_core().iter().map(|name| format!("ig.{name}")).collect();
    assert!(known.contains("ig.redact"), "{known:?}");
    assert_eq!(names, known);
}

/// The names that the core's own reader of acts lists when it meets one that it does not know.
fn every_act_of_the_core() -> BTreeSet<String> {
    let unknown = Value::Dict([(HashableValue::String("act".into()), Value::String("explode".into()))].into());
    let error = serde_pickle::from_value::<ColumnAct>(unknown).expect_err("no such act").to_string();
    let (_, names) = error.split_once("expected one of ").expect("a list");
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
