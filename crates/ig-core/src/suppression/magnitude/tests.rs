//! Tables worked out by hand, and random ones against elimination over fractions.

use super::*;
use crate::suppression::{Margins, PublishedTable, Secondary, SuppressionPolicy, SuppressionResult, Zeros};
use crate::{Error, Result};
use proptest::prelude::*;

type Row<'a> = (&'a str, &'a str, &'a str, i64);

fn table(rows: &[Row]) -> ContributionTable {
    let column = |place: usize| rows.iter().map(|row| Some([row.0, row.1][place])).collect();
    let contributors: Vec<_> = rows.iter().map(|row| Some(row.2)).collect();
    let values: Vec<_> = rows.iter().map(|row| Some(row.3)).collect();
    ContributionTable::new(["site", "year"], &[column(0), column(1)], &contributors, None, &values).expect("table")
}

fn rule(secondary: Secondary) -> SuppressionPolicy {
    SuppressionPolicy::builder("costs", 3).p_percent(10).secondary(secondary).build().expect("rule")
}

fn with_totals(rows: &[Row], policy: &SuppressionPolicy) -> Result<SuppressionResult> {
    let options = MagnitudeOptions { margins: Margins::All, ..MagnitudeOptions::default() };
    suppress_magnitudes(&table(rows), policy, &options)
}

fn shown(result: &PublishedTable, site: &str, year: &str) -> Option<i64> {
    let is = |row: &usize| {
        let key = |place: usize| result.keys()[place][*row].as_deref();
        (key(0), key(1)) == (Some(site), Some(year))
    };
    result.counts()[(0..result.counts().len()).find(is).expect("cell")]
}

/// Three equal contributors of their own: safe by every rule here.
fn safe<'a>(site: &'a str, year: &'a str, names: [&'a str; 3], each: i64) -> Vec<Row<'a>> {
    names.map(|name| (site, year, name, each)).to_vec()
}

#[test]
fn two_single_contributors_do_not_protect_each_other() {
    // Hidden together in a row, each of x and y would subtract its own from the total of the row.
    let rows = [
        vec![("A", "1", "x", 500), ("A", "2", "y", 600)],
        safe("A", "3", ["p", "q", "r"], 400),
        safe("B", "1", ["p", "q", "r"], 300),
    ];
    let rows: Vec<Row> =
        [rows.concat(), safe("B", "2", ["p", "q", "r"], 350), safe("B", "3", ["p", "q", "r"], 360)].concat();
    for level in [Secondary::Exact, Secondary::Interval] {
        let result = with_totals(&rows, &rule(level)).expect("protected").publish();
        let known = [shown(&result, "A", "3"), shown(&result, "A", "Total")];
        assert!(known.contains(&None), "{level:?}");
        assert_eq!((shown(&result, "A", "1"), shown(&result, "A", "2")), (None, None));
    }
}

#[test]
fn a_holding_that_is_alone_in_two_cells_cannot_subtract_both() {
    // x is alone in A1 and A2 as the holding of two sites; y is alone in A3. Row and columns alone are not enough.
    let rows = [("A", "1", "x1", 500), ("A", "2", "x2", 600), ("A", "3", "y", 700)];
    let all: Vec<Row> = rows
        .into_iter()
        .chain(["1", "2", "3", "4"].into_iter().flat_map(|year| safe("B", year, ["p", "q", "r"], 900)))
        .chain(safe("A", "4", ["p", "q", "r"], 800))
        .collect();
    let column = |place: usize| all.iter().map(|row| Some([row.0, row.1][place])).collect();
    let contributors: Vec<_> = all.iter().map(|row| Some(row.2)).collect();
    let values: Vec<_> = all.iter().map(|row| Some(row.3)).collect();
    let holdings: Vec<_> = all.iter().map(|row| row.2.starts_with('x').then_some("X")).collect();
    let keys: Vec<Vec<Option<&str>>> = vec![column(0), column(1)];
    let options = MagnitudeOptions { margins: Margins::All, ..MagnitudeOptions::default() };
    let hidden_in_row = |holdings: Option<&[Option<&str>]>| {
        let table = ContributionTable::new(["site", "year"], &keys, &contributors, holdings, &values).expect("table");
        let result = suppress_magnitudes(&table, &rule(Secondary::Exact), &options).expect("protected").publish();
        ["4", "Total"].into_iter().filter(|year| shown(&result, "A", year).is_none()).count()
    };
    assert_eq!(hidden_in_row(None), 0);
    assert_eq!(hidden_in_row(Some(&holdings)), 1);
}

#[test]
fn a_range_as_wide_as_the_rule_asks_may_need_dearer_cells() {
    // 5 beside 1,000 hides nothing of it: A1 is then known to within 5.
    let rows = [
        vec![("A", "1", "x", 1_000)],
        safe("A", "2", ["p", "q", "r"], 2),
        safe("A", "3", ["p", "q", "r"], 500),
        safe("B", "1", ["p", "q", "r"], 600),
        safe("B", "2", ["p", "q", "r"], 3),
        safe("B", "3", ["p", "q", "r"], 700),
    ]
    .concat();
    let exact = with_totals(&rows, &rule(Secondary::Exact)).expect("exact").publish();
    assert_eq!((shown(&exact, "A", "2"), shown(&exact, "A", "3")), (None, Some(1_500)));
    let wide = with_totals(&rows, &rule(Secondary::Interval)).expect("interval");
    assert_eq!(shown(&wide.publish(), "A", "3"), None);
    assert_eq!(wide.audit().unsafe_cells().count(), 0);
}

#[test]
fn without_secondary_cells_the_audit_says_what_is_open() {
    let rows = [vec![("A", "1", "x", 1_000)], safe("B", "1", ["p", "q", "r"], 500)].concat();
    let result = with_totals(&rows, &rule(Secondary::None)).expect("told");
    assert!(result.audit().summary().exact > 0);
    assert!(result.owner().status().contains(&"primary"));
}

#[test]
fn zeros_are_as_the_rule_says() {
    let rows = [
        safe("A", "1", ["p", "q", "r"], 0),
        safe("B", "1", ["p", "q", "r"], 500),
        safe("C", "1", ["p", "q", "r"], 700),
    ]
    .concat();
    let zero = |policy: &SuppressionPolicy| shown(&with_totals(&rows, policy).expect("protected").publish(), "A", "1");
    assert_eq!(zero(&rule(Secondary::Exact)), Some(0));
    assert_eq!(zero(&rule(Secondary::Exact).to_builder("hidden").zeros(Zeros::Hide).build().expect("rule")), None);
}

#[test]
fn what_cannot_be_protected_is_refused() {
    let code = |rows: &[Row], policy: &SuppressionPolicy, options: MagnitudeOptions| -> &'static str {
        suppress_magnitudes(&table(rows), policy, &options).expect_err("refused").code()
    };
    let rows = safe("A", "1", ["p", "q", "r"], 5);
    let none = MagnitudeOptions::default;
    let hes = SuppressionPolicy::preset("hes").expect("preset");
    assert_eq!(code(&rows, &hes, none()), "policy.not_for_magnitudes");
    let own = rule(Secondary::Exact);
    assert_eq!(code(&rows, &own, MagnitudeOptions { margins: Margins::Given, ..none() }), "policy.margins_unavailable");
    assert_eq!(code(&rows, &own, MagnitudeOptions { few_range_percent: 0, ..none() }), "misuse.argument");
    let rows = [rows, safe("A", "Total", ["p", "q", "r"], 5)].concat();
    let error: Error = suppress_magnitudes(&table(&rows), &own, &none()).expect_err("total");
    assert_eq!((error.code(), &error.context()[1]), ("policy.total_row_found", &("row", "4".to_owned())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// What is published, and what each contributor knows beside it, gives no unsafe cell: elimination over fractions,
    /// written here and sharing nothing with the library but the sums of a two-way table.
    #[test]
    fn nobody_computes_an_unsafe_cell(
        rows in prop::collection::vec((0..3_usize, 0..3_usize, 0..5_usize, 0..40_i64), 3..30),
    ) {
        const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
        let named: Vec<Row> = rows.iter().map(|row| (NAMES[row.0], NAMES[row.1], NAMES[row.2], row.3)).collect();
        let result = with_totals(&named, &rule(Secondary::Exact)).expect("always possible").publish();
        let labels = |place: usize| {
            let mut seen: Vec<&str> = result.keys()[place].iter().flatten().map(String::as_str).collect();
            seen.sort_unstable();
            seen.dedup();
            seen
        };
        let (sites, years) = (labels(0), labels(1));
        let inner = |site: &str, year: &str| (site == "Total", year == "Total");
        // A cell as a vector over inner cells.
        let leaves: Vec<(&str, &str)> = sites.iter().flat_map(|&s| years.iter().map(move |&y| (s, y)))
            .filter(|&(s, y)| inner(s, y) == (false, false)).collect();
        let vector = |site: &str, year: &str| -> Vec<f64> {
            leaves.iter().map(|leaf| {
                f64::from(u8::from((site == "Total" || leaf.0 == site) && (year == "Total" || leaf.1 == year)))
            }).collect()
        };
        let values = |site: &str, year: &str| -> Vec<(&str, i64)> {
            let mut by = std::collections::BTreeMap::new();
            for row in named.iter().filter(|row| (site == "Total" || row.0 == site) && (year == "Total" || row.1 == year)) {
                *by.entry(row.2).or_insert(0) += row.3;
            }
            by.into_iter().filter(|&(_, value)| value > 0).collect()
        };
        let all: Vec<(&str, &str)> = sites.iter().flat_map(|&s| years.iter().map(move |&y| (s, y))).collect();
        let is_unsafe = |&&(site, year): &&(&str, &str)| {
            let mut sizes: Vec<i64> = values(site, year).into_iter().map(|(_, value)| value).collect();
            sizes.sort_unstable_by(|a, b| b.cmp(a));
            let rest: i64 = sizes.iter().skip(2).sum();
            !sizes.is_empty() && (sizes.len() < 3 || 10 * rest < sizes[0])
        };
        let public: Vec<Vec<f64>> =
            all.iter().filter(|&&(s, y)| shown(&result, s, y).is_some()).map(|&(s, y)| vector(s, y)).collect();
        for attacker in ["nobody", "a", "b", "c", "d", "e"] {
            let alone = |site: &str, year: &str| matches!(values(site, year)[..], [(name, _)] if name == attacker);
            let mut known = public.clone();
            known.extend(all.iter().filter(|&&(s, y)| alone(s, y)).map(|&(s, y)| vector(s, y)));
            let rank_known = rank(known.clone());
            for &&(site, year) in all.iter().filter(is_unsafe).collect::<Vec<_>>().iter().filter(|&&&(s, y)| !alone(s, y)) {
                prop_assert_eq!(shown(&result, site, year), None);
                let mut more = known.clone();
                more.push(vector(site, year));
                prop_assert_eq!(rank(more), rank_known + 1, "{} {} by {}", site, year, attacker);
            }
        }
    }
}

/// The rank of a small matrix of zeros and ones.
fn rank(mut rows: Vec<Vec<f64>>) -> usize {
    let width = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..width {
        let Some(pivot) = (rank..rows.len()).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()))
        else {
            break;
        };
        if rows[pivot][column].abs() < 1e-9 {
            continue;
        }
        rows.swap(rank, pivot);
        for row in rank + 1..rows.len() {
            let pivot = rows[rank].clone();
            let times = rows[row][column] / pivot[column];
            for (entry, above) in rows[row].iter_mut().zip(&pivot) {
                *entry -= times * above;
            }
        }
        rank += 1;
    }
    rank
}
