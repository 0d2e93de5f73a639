//! Every act gives the same cells by every path: array, chunks, slices, dictionaries, views and threads.

use super::{Cells, place, shapes, texts};
use arrow::array::{Array, ArrayRef, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use ig_core::columns::{ColumnAct, PreparedAct, fields_column};
use ig_core::opt_out::{
    ExpectedOptOuts, FilterRef, NotOptedOut, OptOutFilter, OptOutRuling, OptOuts, Unchecked, register_opt_out_filter,
};
use ig_core::{Error, Key, KeyId, NhsNumber, process_keys};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};
use time::macros::date;

/// A layout as an engine may ask for it.
fn as_view(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::LargeUtf8 => cast(array, &DataType::Utf8View).expect("text"),
        DataType::LargeBinary => cast(array, &DataType::BinaryView).expect("bytes"),
        _ => Arc::clone(array),
    }
}

/// Every act, most with each way of dealing with invalid cells; keyed ones name a key of this process.
static ACTS: LazyLock<Vec<ColumnAct>> = LazyLock::new(|| {
    let bytes: Vec<u8> = (32..64).collect();
    let key = Key::from_bytes(KeyId::new("all-paths").expect("id"), &bytes).expect("key");
    let keyed = format!(
        r#","scheme":"v1","key_id":"all-paths","check_value":"{}","context":"DSA-2026-014""#,
        key.check_value()
    );
    process_keys(|ring| ring.add(Arc::new(key))).expect("added");
    let mut acts: Vec<String> =
        ["redact", "is_nhs_number", "invalid_reason", "scrub_text"].map(|name| format!(r#"{{"act":"{name}"}}"#)).into();
    acts.push(format!(r#"{{"act":"may_stay","filter_id":"{}"}}"#, opt_outs().filter_id));
    acts.push(r#"{"act":"mask_partial","keep_first":1,"keep_last":2}"#.to_owned());
    for bad in ["null", "raise"] {
        let mut add = |name: &str, rest: &str| acts.push(format!(r#"{{"act":"{name}","on_invalid":"{bad}"{rest}}}"#));
        add("pseudonymise", &format!(r#"{keyed},"kind":"nhs_number""#));
        add("pseudonymise", &format!(r#"{keyed},"kind":"text","length":256,"encoding":"bytes""#));
        add("pseudonymise_fields", &format!(r#"{keyed},"kinds":["nhs_number","text"]"#));
        add("tokenise", &format!(r#"{keyed},"kind":"text""#));
        #[cfg(feature = "format_preserving")]
        add("encrypt_numbers", &format!(r#"{keyed},"check":"invalid""#));
        add("shift_date", &format!(r#"{keyed},"kind":"text","max_days":30"#));
        add("generalise_date", r#","to":"quarter""#);
        add("top_code", r#","at":90"#);
        add("bottom_code", r#","at":1.5,"label":"low""#);
        add("round_to", r#","base":5"#);
        add("suppress_primary", r#","rule":{"threshold":8,"zeros":"keep","rounding":{"method":"nearest","base":5}}"#);
        add("age_band", "");
        add("postcode", r#","to":"sector""#);
        add("normalise_nhs_number", "");
        add("format_nhs_number", "");
        add("nhs_number_region", "");
    }
    acts.iter().map(|act| serde_json::from_str(act).expect("an act")).collect()
});

/// A filter under which one person of the cells has opted out, and whoever was never checked is withheld.
fn opt_outs() -> FilterRef {
    let [stays, goes] = ["9990000018", "9990000026"].map(|text| NhsNumber::parse(text).expect("valid"));
    let day = date!(2026 - 11 - 22);
    let answer = NotOptedOut::from_check_service([stays, goes], [stays], day, ExpectedOptOuts::Default).expect("fits");
    let lists = OptOuts::new().with_not_opted_out(answer);
    let filter = OptOutFilter::new(&OptOutRuling::unknown(), &lists, day, Unchecked::Withhold).expect("fresh");
    register_opt_out_filter(Arc::new(filter)).expect("random bytes")
}

#[test]
fn the_list_of_acts_is_complete() {
    let refused = serde_json::from_str::<ColumnAct>(r#"{"act":"none of them"}"#).expect_err("unknown").to_string();
    let known: BTreeSet<&str> = refused.split('`').skip(3).step_by(2).collect();
    let acts: Vec<serde_json::Value> = ACTS.iter().map(|act| serde_json::to_value(act).expect("plain data")).collect();
    let listed: BTreeSet<&str> = acts.iter().map(|act| act["act"].as_str().expect("a name")).collect();
    assert_eq!(listed, known);
}

const fn takes_two(act: &ColumnAct) -> bool {
    matches!(act, ColumnAct::PseudonymiseFields { .. } | ColumnAct::ShiftDate { .. })
}

/// The columns of an act: the cells alone, or beside themselves backwards.
fn inputs(act: &ColumnAct, cells: &[Option<String>]) -> Vec<(&'static str, Vec<ArrayRef>)> {
    if !takes_two(act) {
        return shapes(cells);
    }
    let backwards: Cells = cells.iter().rev().cloned().collect();
    let pairs = shapes(cells).into_iter().zip(shapes(&backwards));
    pairs
        .map(|((name, first), (_, second))| {
            let rows = first.into_iter().zip(second);
            (name, rows.map(|(a, b)| fields_column(vec![a, b]).expect("of one length")).collect())
        })
        .collect()
}

fn run(act: &PreparedAct, chunks: &[ArrayRef]) -> Result<(Cells, u64), Error> {
    let done = act.apply_chunks(chunks, &place())?;
    let plain = |chunk: &ArrayRef| match chunk.data_type() {
        DataType::Utf8View => texts(&cast(chunk, &DataType::LargeUtf8).expect("text")),
        DataType::BinaryView => texts(&cast(chunk, &DataType::LargeBinary).expect("bytes")),
        _ => texts(chunk),
    };
    Ok((done.chunks.iter().flat_map(plain).collect(), done.invalid))
}

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).expect("not zero")
}

fn cell() -> impl Strategy<Value = String> {
    let known = [
        "9990000018",
        "999 000 0018",
        "9990000026",
        "9990000017",
        "",
        " ",
        "2024-02-29",
        "2023-02-29",
        "1958-03-12T23:59:59",
        "42",
        "-1.5",
        "90.5",
        "149",
        "M13 9PL",
        "zz993vz",
        "tel 0161 496 0000",
        "é\u{301}",
    ];
    prop_oneof![3 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
}

fn cells() -> impl Strategy<Value = Cells> {
    vec((option::weighted(0.85, cell()), 1..4_usize), 0..16)
        .prop_map(|runs| runs.into_iter().flat_map(|(cell, times)| vec![cell; times]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_act_agrees_by_every_path(cells in cells()) {
        for act in &*ACTS {
            let prepared = act.prepare().expect("the key is here");
            let mut agreed = None;
            for (name, chunks) in inputs(act, &cells) {
                let found = run(&prepared, &chunks);
                let expected = agreed.get_or_insert_with(|| found.clone());
                prop_assert_eq!(&found, &*expected, "{} {:?}", name, act);
                let many = act.prepare().expect("here").with_threads(threads(3)).with_layout(as_view);
                prop_assert_eq!(&run(&many, &chunks), &*expected, "{} with threads and views {:?}", name, act);
                if let [chunk] = chunks.as_slice() {
                    let one = prepared.apply(chunk, &place()).map(|(made, invalid)| (texts(&made), invalid));
                    prop_assert_eq!(&one, &*expected, "{} as one array {:?}", name, act);
                }
            }
        }
    }
}

/// Threads and views cut only what is longer than any column above.
#[test]
fn every_act_agrees_on_a_column_that_threads_share() {
    let few = ["9990000018", "9990000018", "999 000 0026", "x", "2024-02-29", "42", "", "M13 9PL"];
    // More rows than a piece of either kind, with values where pieces begin and end, and nulls between: what is
    // checked here is that pieces are put together in order, not the cells.
    let near_a_cut =
        |row: usize| [0, 65_536, 70_001, 131_072, 135_537, 150_001].iter().any(|cut| row.abs_diff(*cut) < 40);
    let whole: StringArray = (0..150_001).map(|row| near_a_cut(row).then(|| few[row / 5 % few.len()])).collect();
    let whole: ArrayRef = Arc::new(whole);
    for act in ACTS.iter() {
        let column = if takes_two(act) {
            fields_column(vec![Arc::clone(&whole), Arc::clone(&whole)]).expect("of one length")
        } else {
            Arc::clone(&whole)
        };
        let plain = run(&act.prepare().expect("here"), &[Arc::clone(&column)]);
        let cut = [column.slice(0, 70_001), column.slice(70_001, 0), column.slice(70_001, 80_000)];
        for (count, views, chunks) in [(2, true, &cut[..]), (5, false, &[Arc::clone(&column)][..])] {
            let many = act.prepare().expect("here").with_threads(threads(count));
            let many = if views { many.with_layout(as_view) } else { many };
            assert!(run(&many, chunks) == plain, "{count} threads {act:?}");
        }
    }
}
