//! The whole act: vectors, refusals, and properties over random tables.

use super::*;
use crate::error::Result;
use proptest::prelude::*;

const NO_SECONDARY: Option<Secondary> = Some(Secondary::None);

fn options() -> SuppressOptions {
    SuppressOptions { secondary: NO_SECONDARY, ..SuppressOptions::default() }
}

fn preset(name: &str) -> SuppressionPolicy {
    SuppressionPolicy::preset(name).expect(name)
}

/// One cell per count, named by its place.
fn column_of(counts: &[Option<i64>]) -> CountTable {
    let names: Vec<_> = (0..counts.len()).map(|place| Some(format!("cell {place}"))).collect();
    CountTable::new(["place"], vec![names], counts.to_vec()).expect("table")
}

fn regions(keys: &[&str], counts: &[i64]) -> CountTable {
    let keys = keys.iter().map(|&key| Some(key)).collect();
    CountTable::new(["region"], vec![keys], counts.iter().map(|&count| Some(count)).collect()).expect("table")
}

fn code(result: Result<SuppressionResult>) -> &'static str {
    result.expect_err("refused").code()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    preset: String,
    n: Option<i64>,
    display: String,
    published: Option<i64>,
}

#[test]
fn vectors_suppression_presets() {
    let text = include_str!("../../../../tests/vectors/suppression_presets.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).expect("vector file");
    for name in SuppressionPolicy::PRESETS {
        assert!(vectors.iter().filter(|vector| vector.preset == name).count() >= 5, "{name} has vectors");
    }
    for vector in vectors {
        let table = column_of(&[vector.n]);
        let published = suppress(&table, &preset(&vector.preset), &options()).expect("decided").publish();
        let place = format!("{} {:?}", vector.preset, vector.n);
        assert_eq!(published.display(), [vector.display], "{place}");
        assert_eq!(published.counts(), [vector.published], "{place}");
    }
}

#[test]
fn a_row_of_totals_is_refused_unless_it_is_given() {
    let hes = preset("hes");
    for label in ["Total", "TOTAL", " total "] {
        let table = regions(&["North", label], &[3, 23]);
        let error = suppress(&table, &hes, &options()).expect_err(label);
        assert_eq!(error.code(), "policy.total_row_found");
        assert_eq!(error.context(), [("dimension", "region".to_owned()), ("row", "2".to_owned())]);
    }
    let table = regions(&["North", "South", "Total"], &[3, 20, 23]);
    let given = |secondary| SuppressOptions { secondary, margins: Margins::Given, ..SuppressOptions::default() };
    assert_eq!(code(suppress(&table, &preset("opensafely"), &given(NO_SECONDARY))), "policy.margins_unavailable");
    let result = suppress(&table, &hes, &given(NO_SECONDARY)).expect("given");
    assert_eq!(result.publish().display(), ["*", "20", "25"]);
    // 25 stands for 23 to 27 and 20 for 18 to 22, so that 1 to 7 all stay possible.
    assert_eq!(result.audit().summary().verdict, AuditVerdict::Protected);
    let all = SuppressOptions { margins: Margins::All, ..options() };
    assert_eq!(code(suppress(&table, &hes, &all)), "policy.total_row_found");
}

#[test]
fn the_label_of_totals_can_be_named_and_cannot_be_blank() {
    let table = regions(&["North", "England"], &[3, 23]);
    let labelled = |label: &str| SuppressOptions { total_label: label.into(), ..options() };
    assert_eq!(code(suppress(&table, &preset("hes"), &labelled("england"))), "policy.total_row_found");
    assert_eq!(code(suppress(&table, &preset("hes"), &labelled(" "))), "misuse.argument");
}

#[test]
fn exempt_rows_are_as_they_are_and_only_where_the_source_has_the_exemption() {
    let table = regions(&["North", "England"], &[3, 23]);
    let exempting = |dimension: &str, value: &str| SuppressOptions {
        exempt: vec![Exemption { dimension: dimension.into(), value: value.into() }],
        ..SuppressOptions::default()
    };
    for name in ["hes", "mhsds"] {
        let result = suppress(&table, &preset(name), &exempting("region", "England")).expect("exempt");
        assert_eq!(result.publish().display(), ["*", "23"], "{name}");
    }
    let refused = suppress(&table, &preset("opensafely"), &exempting("region", "England"));
    assert_eq!(code(refused), "policy.exemption_unavailable");
    assert_eq!(code(suppress(&table, &preset("hes"), &exempting("area", "England"))), "misuse.column_missing");
    // A small national figure is shown too: that is what the exemption means.
    let small = suppress(&regions(&["England"], &[2]), &preset("hes"), &exempting("region", "England"));
    assert_eq!(small.expect("exempt").publish().counts(), [Some(2)]);
    // Another spelling is another row.
    assert_eq!(code(suppress(&table, &preset("hes"), &exempting("region", "ENGLAND"))), "misuse.argument");
}

#[test]
fn an_exempt_row_without_a_count_stays_hidden() {
    let table = CountTable::new(["region"], vec![vec![Some("England")]], vec![None]).expect("table");
    let exempt = vec![Exemption { dimension: "region".into(), value: "England".into() }];
    let options = SuppressOptions { exempt, ..SuppressOptions::default() };
    let result = suppress(&table, &preset("mhsds"), &options).expect("decided");
    assert_eq!(result.cells(), [Cell::Suppressed(Reason::Missing)]);
}

#[test]
fn a_missing_count_is_refused_with_its_row_or_hidden_as_the_rule_says() {
    let table = column_of(&[Some(10), None]);
    let error = suppress(&table, &preset("hes"), &options()).expect_err("missing");
    assert_eq!((error.code(), error.context()), ("policy.missing_count", vec![("row", "2".to_owned())]));
    let result = suppress(&table, &preset("mhsds"), &options()).expect("hidden");
    assert_eq!(result.cells()[1], Cell::Suppressed(Reason::Missing));
}

#[test]
fn a_count_that_rounding_would_push_out_of_range_is_refused() {
    let ten = SuppressionPolicy::builder("ten", 10).rounding(Rounding::Nearest(10)).build().expect("rule");
    let error = suppress(&column_of(&[Some(0), Some(i64::MAX)]), &ten, &options()).expect_err("range");
    assert_eq!((error.code(), error.context()), ("policy.count_too_large", vec![("row", "2".to_owned())]));
    let shown = suppress(&column_of(&[Some(i64::MAX)]), &preset("under5"), &options()).expect("not rounded");
    assert_eq!(shown.publish().counts(), [Some(i64::MAX)]);
}

#[test]
fn the_two_faces_differ_by_the_status_alone() {
    let table = column_of(&[Some(0), Some(4), None, Some(77_777)]);
    let result = suppress(&table, &preset("mhsds"), &options()).expect("decided");
    let owner = result.owner();
    assert_eq!(owner.published(), &result.publish());
    assert_eq!(owner.status(), ["zero", "primary", "missing", "published"]);
    assert_eq!(result.publish().display(), ["*", "*", "*", "77775"]);
    assert_eq!(result.counts(), SuppressionCounts { published: 1, hidden: 3 });
    for shown in [format!("{result:?}"), format!("{:?}", result.publish()), format!("{owner:?}")] {
        assert!(shown.contains("rows: 4") && !shown.contains("Primary") && !shown.contains("777"), "{shown}");
    }
}

#[test]
fn an_empty_table_gives_an_empty_table() {
    let result = suppress(&column_of(&[]), &preset("hes"), &options()).expect("decided");
    assert_eq!(result.counts(), SuppressionCounts { published: 0, hidden: 0 });
    assert_eq!(result.publish().dimensions(), ["place"]);
}

#[test]
fn options_are_plain_data_and_unknown_ones_are_refused() {
    let read: SuppressOptions = serde_json::from_str(r#"{"secondary": "none", "margins": "given"}"#).expect("options");
    assert_eq!(read, SuppressOptions { margins: Margins::Given, ..options() });
    assert!(serde_json::from_str::<SuppressOptions>(r#"{"margin": "given"}"#).is_err());
}

prop_compose! {
    fn counts()(
        counts in proptest::collection::vec(prop_oneof![0..12_i64, 0..2_000_i64, 0..(1_i64 << 60)], 0..40),
    ) -> Vec<Option<i64>> {
        counts.into_iter().map(Some).collect()
    }
}

proptest! {
    #[test]
    fn row_order_changes_nothing((counts, order) in counts().prop_flat_map(|counts| {
        let rows: Vec<usize> = (0..counts.len()).collect();
        (Just(counts), Just(rows).prop_shuffle())
    }), name in proptest::sample::select(&SuppressionPolicy::PRESETS)) {
        let table = column_of(&counts);
        let keys: Vec<_> = order.iter().map(|&row| table.keys()[0][row].clone()).collect();
        let moved = order.iter().map(|&row| counts[row]).collect();
        let shuffled = CountTable::new(["place"], vec![keys], moved).expect("table");
        let before = suppress(&table, &preset(name), &options()).expect("decided");
        let after = suppress(&shuffled, &preset(name), &options()).expect("decided");
        for (place, &row) in order.iter().enumerate() {
            prop_assert_eq!(after.cells()[place], before.cells()[row]);
        }
    }

    #[test]
    fn published_output_put_in_again_stays_as_it_is(
        counts in counts(),
        name in proptest::sample::select(&SuppressionPolicy::PRESETS),
    ) {
        let first = suppress(&column_of(&counts), &preset(name), &options()).expect("decided").publish();
        let lenient = preset(name).to_builder("again").nulls(Nulls::Hide).build().expect("rule");
        let second = suppress(&column_of(first.counts()), &lenient, &options()).expect("decided").publish();
        prop_assert_eq!(first.counts(), second.counts());
        prop_assert_eq!(first.display(), second.display());
    }

    #[test]
    fn what_is_published_shows_the_rule_and_no_hidden_count(
        counts in counts(),
        name in proptest::sample::select(&SuppressionPolicy::PRESETS),
    ) {
        let policy = preset(name);
        let published = suppress(&column_of(&counts), &policy, &options()).expect("decided").publish();
        for ((count, shown), text) in counts.iter().flatten().zip(published.counts()).zip(published.display()) {
            let small = (1..i64::from(policy.threshold())).contains(count);
            let hidden = small || (*count == 0 && policy.zeros() == Zeros::Hide);
            prop_assert_eq!(shown.is_none(), hidden);
            match shown {
                None => prop_assert_eq!(text.as_str(), policy.marker()),
                Some(number) => prop_assert_eq!(text, &number.to_string()),
            }
        }
    }

    #[test]
    fn any_rule_hides_exactly_what_it_says(
        counts in counts(), threshold in 2..50_u32, base in 2..20_u32, hide in any::<bool>(),
    ) {
        let zeros = if hide { Zeros::Hide } else { Zeros::Keep };
        let rule = SuppressionPolicy::builder("own", threshold).zeros(zeros).rounding(Rounding::Nearest(base));
        let rule = rule.build().expect("rule");
        let result = suppress(&column_of(&counts), &rule, &options()).expect("decided");
        for (count, cell) in counts.iter().flatten().zip(result.cells()) {
            let expected = if *count == 0 && hide {
                Cell::Suppressed(Reason::Zero)
            } else if *count > 0 && *count < i64::from(threshold) {
                Cell::Suppressed(Reason::Primary)
            } else {
                let (base, down) = (i64::from(base), count % i64::from(base));
                Cell::Published(if down * 2 >= base { count - down + base } else { count - down })
            };
            prop_assert_eq!(*cell, expected);
        }
    }
}

/// A table of random counts with its totals added, by several rules.
fn random_tables() -> impl Strategy<Value = (Vec<usize>, Vec<i64>, &'static str)> {
    let sizes =
        prop_oneof![proptest::collection::vec(2..6_usize, 1..=2), proptest::collection::vec(2..4_usize, 3..=3),];
    sizes.prop_flat_map(|sizes| {
        let cells: usize = sizes.iter().product();
        let count = prop_oneof![2 => 0..3_i64, 3 => 1..6_i64, 3 => 5..60_i64];
        let names = proptest::sample::select(vec!["under5", "under10", "acro", "uk_llc"]);
        (Just(sizes), proptest::collection::vec(count, cells), names)
    })
}

fn crossed(sizes: &[usize], counts: &[i64]) -> CountTable {
    let mut columns = vec![Vec::new(); sizes.len()];
    for cell in 0..counts.len() {
        let mut rest = cell;
        for (column, size) in columns.iter_mut().zip(sizes).rev() {
            column.push(Some(format!("c{}", rest % size)));
            rest /= size;
        }
    }
    let names: Vec<String> = (0..sizes.len()).map(|place| format!("d{place}")).collect();
    CountTable::new(names, columns, counts.iter().map(|&count| Some(count)).collect()).expect("table")
}

proptest! {
    // Few, since each is audited many times while it is refined.
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn tables_with_all_totals_can_be_protected_and_row_order_changes_nothing(
        ((sizes, counts, name), seed) in (random_tables(), any::<u64>()),
    ) {
        let table = crossed(&sizes, &counts);
        let options = SuppressOptions { margins: Margins::All, ..SuppressOptions::default() };
        let result = suppress(&table, &preset(name), &options).expect("protected");
        prop_assert_eq!(result.audit().summary().verdict, AuditVerdict::Protected);
        let mut order: Vec<usize> = (0..counts.len()).collect();
        order.sort_by_key(|&row| (row as u64 ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let keys: Vec<Vec<_>> =
            table.keys().iter().map(|column| order.iter().map(|&row| column[row].clone()).collect()).collect();
        let names = table.dimensions().to_vec();
        let moved = CountTable::new(names, keys, order.iter().map(|&row| table.counts()[row]).collect());
        let again = suppress(&moved.expect("table"), &preset(name), &options).expect("protected");
        let cells = |result: &SuppressionResult| {
            let shown = result.publish();
            let key = |row: usize| shown.keys().iter().map(|column| column[row].clone()).collect::<Vec<_>>();
            (0..shown.counts().len()).map(|row| (key(row), shown.counts()[row])).collect::<std::collections::BTreeMap<_, _>>()
        };
        prop_assert_eq!(cells(&result), cells(&again));
    }
}
