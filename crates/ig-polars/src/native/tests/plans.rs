//! Expressions in plans: what a plan shows, and that acts work wherever expressions stand.

use super::all_acts::{KEY, cases, key, pseudonymise};
use super::*;
use ig_core::{Encoding, OnInvalid};
use polars::prelude::{Expr, NULL, StructChunked, as_struct, lit};

#[test]
fn a_plan_shows_the_name_of_the_act_and_no_key() {
    let key_hex = format!("{:x}", u128::from_be_bytes(*KEY.first_chunk().expect("half a key")));
    let forbidden =
        [String::from_utf8_lossy(KEY).into_owned(), key_hex, format!("{KEY:?}"), key().check_value().to_owned()];
    for case in cases() {
        let expression: Expr = col("x").ig(case.act.clone());
        let shown = format!("{expression:?}");
        assert_eq!(shown, format!("col(\"x\").{}()", name_in_plan(&case.act)));
        let plan = frame(&case.series).lazy().select([expression]);
        let plans = [
            shown,
            plan.explain(false).expect("plan"),
            plan.explain(true).expect("plan"),
            plan.describe_plan_tree().expect("plan"),
            plan.describe_optimized_plan_tree().expect("plan"),
            format!("{:?}", plan.logical_plan),
        ];
        for plan in plans {
            assert!(forbidden.iter().all(|secret| !plan.contains(secret)), "{plan}");
        }
    }
}

#[test]
fn acts_work_in_groups_filters_and_chains() {
    let (column, _) = text(&[Some("999 000 0018"), Some("9990000026"), Some("9990000018"), None]);
    let digits = ColumnAct::NormaliseNhsNumber { on_invalid: OnInvalid::Null };
    let people = frame(&column).lazy().group_by([col("x").ig(digits.clone())]).agg([col("x").count().alias("rows")]);
    assert_eq!(people.collect().expect("done").height(), 3);
    let valid = frame(&column).lazy().filter(col("x").ig(ColumnAct::IsNhsNumber));
    assert_eq!(valid.collect().expect("done").height(), 3);
    let whole = frame(&column).lazy().with_column(col("x").ig(digits).alias("digits"));
    let twice = whole.select([col("digits").ig(pseudonymise(Encoding::Hex)).alias("x")]).collect().expect("done");
    let once = collected(&column, &pseudonymise(Encoding::Hex)).expect("done");
    assert_eq!(cells(twice.column("x").expect("x").as_materialized_series()), cells(&once));
    let grouped = frame(&column).lazy().group_by([lit(1)]).agg([col("x").ig(ColumnAct::Redact)]).collect();
    assert_eq!(
        grouped.expect("done").column("x").expect("x").list().expect("list").get_as_series(0).map(|s| s.len()),
        Some(4)
    );
}

#[test]
fn what_stands_in_the_plan_itself_fills_the_column() {
    let (column, _) = text(&[Some("a"), Some("b"), Some("c")]);
    let columns =
        [lit("9990000018").ig(ColumnAct::Redact).alias("text"), lit(5).ig(ColumnAct::IsNhsNumber).alias("number")];
    let done = frame(&column).lazy().with_columns(columns).collect().expect("done");
    assert_eq!(
        cells(done.column("text").expect("text").as_materialized_series()),
        vec![Some("[REDACTED]".to_owned()); 3]
    );
    assert_eq!(
        cells(done.column("number").expect("number").as_materialized_series()),
        vec![Some("false".to_owned()); 3]
    );
    let nulls = frame(&column).lazy().select([lit(NULL).ig(ColumnAct::Redact).alias("x")]).collect().expect("done");
    assert_eq!(nulls.column("x").expect("x").null_count(), nulls.height());
}

#[test]
fn several_columns_go_as_the_fields_of_a_struct() {
    for case in cases() {
        let Ok(fields) = case.series.struct_().map(StructChunked::fields_as_series) else { continue };
        let table = DataFrame::new_infer_height(fields.into_iter().map(Column::from).collect()).expect("columns");
        let act = as_struct(vec![col("a"), col("b")]).ig(case.act.clone()).alias("x");
        let done = table.lazy().select([act]).collect().expect("done");
        let done = done.column("x").expect("x").as_materialized_series();
        assert_eq!(cells(done), cells(&case.series.ig(case.act.clone()).expect("done")), "{:?}", case.act);
    }
}

#[test]
fn every_act_is_planned_as_row_by_row() {
    for case in cases() {
        // What the streaming engine asks before it hands a column over in pieces.
        let Expr::AnonymousFunction { options, .. } = col("x").ig(case.act) else { panic!("another kind") };
        assert!(options.is_elementwise());
    }
}

#[cfg(feature = "polars_streaming")]
#[test]
fn the_streaming_engine_gives_the_same_cells() {
    use polars::prelude::Engine;
    for case in cases() {
        let mut column = case.series.clone();
        for _ in 0..16 {
            column.append(&column.clone()).expect("appended");
        }
        assert_eq!(column.len(), 5 << 16);
        let plan = frame(&column.rechunk()).lazy().select([col("x").ig(case.act.clone())]);
        let streamed = plan.clone().collect_with_engine(Engine::Streaming).expect("done").unwrap_single();
        let streamed = streamed.column("x").expect("x").as_materialized_series().clone();
        assert_eq!(cells(&streamed), cells(&column.ig(case.act.clone()).expect("done")), "{:?}", case.act);
    }
}
