//! Linked tables: the classical trap, agreement between tables, and every small table by brute force.

use super::*;
use crate::suppression::{
    AuditTableOptions, AuditVerdict, Exemption, Hierarchy, Marked, Rounding, audit_table, suppress,
};
use proptest::prelude::*;

fn table(dimensions: &[&str], rows: &[(&[&str], i64)]) -> CountTable {
    let column = |place: usize| rows.iter().map(|(keys, _)| Some(keys[place])).collect();
    let keys = (0..dimensions.len()).map(column).collect();
    CountTable::new(dimensions.iter().copied(), keys, rows.iter().map(|(_, count)| Some(*count)).collect())
        .expect("table")
}

fn under5() -> SuppressionPolicy {
    SuppressionPolicy::preset("under5").expect("preset")
}

fn options(margins: Margins) -> SuppressOptions {
    SuppressOptions { margins, ..SuppressOptions::default() }
}

fn marked(result: &SuppressionResult) -> Vec<Marked> {
    result.publish().display().iter().map(|text| Marked::read(text, &[]).expect("a cell")).collect()
}

/// The finished tables, read back as anybody's.
fn audited(tables: &[(&str, &CountTable)], made: &[SuppressionResult]) -> Vec<TableAudit> {
    let cells: Vec<Vec<Marked>> = made.iter().map(marked).collect();
    let tables: Vec<_> =
        tables.iter().zip(&cells).map(|((name, table), cells)| (*name, *table, cells.as_slice())).collect();
    audit_tables_linked(&tables, &AuditTableOptions::default()).expect("audit")
}

#[test]
fn linked_tables_each_safe_alone_but_not_together() {
    // By sex and by age, each with its own pair of hidden cells, and both with the totals by site.
    let sex = table(
        &["site", "sex"],
        &[
            (&["A", "F"], 3),
            (&["A", "M"], 30),
            (&["B", "F"], 20),
            (&["B", "M"], 40),
            (&["C", "F"], 50),
            (&["C", "M"], 9),
        ],
    );
    let age = table(&["site"], &[(&["A"], 33), (&["B"], 60), (&["C"], 59)]);
    let alone = options(Margins::None);
    let parts = [suppress(&sex, &under5(), &alone), suppress(&age, &under5(), &alone)].map(|made| made.expect("alone"));
    for (made, table) in parts.iter().zip([&sex, &age]) {
        let none = AuditTableOptions { margins: Margins::None, ..AuditTableOptions::default() };
        let audit = audit_table(table, &marked(made), &none).expect("audit");
        assert_eq!(audit.summary().verdict, AuditVerdict::Protected, "each is safe alone");
    }
    assert_eq!(parts[0].counts().hidden, 1);
    let tables = [("by sex", &sex), ("by site", &age)];
    let together = audited(&tables, &parts);
    assert_eq!(together[0].summary().verdict, AuditVerdict::NotProtected, "but not together");
    assert_eq!((together[0].cells()[0].lower, together[0].cells()[0].upper), (3, Some(3)));
    let reason = together[0].cells()[0].reason.clone().expect("a calculation");
    assert_eq!(reason, "site A, sex F = site A (33) − site A, sex M (30) = 3\n");
    let made = suppress_linked(&tables, &under5(), &options(Margins::Given)).expect("linked");
    for audit in audited(&tables, &made) {
        assert!(audit.cells().iter().all(|cell| cell.upper.is_none_or(|upper| upper > cell.lower)));
    }
    assert!(made.iter().all(|made| made.audit().summary().verdict == AuditVerdict::Protected));
    assert!(made[0].counts().hidden + made[1].counts().hidden > 1);
}

#[test]
fn tables_without_any_total_still_have_theirs_in_common() {
    let sex = table(&["sex"], &[(&["F"], 3), (&["M"], 50)]);
    let age = table(&["age"], &[(&["0-39"], 20), (&["40+"], 33)]);
    let tables = [("by sex", &sex), ("by age", &age)];
    let made = suppress_linked(&tables, &under5(), &options(Margins::Given)).expect("linked");
    assert_eq!(made[0].counts().hidden + made[1].counts().hidden, 2);
    // Without anything small nothing is hidden, although no total is listed.
    let sex = table(&["sex"], &[(&["F"], 13), (&["M"], 40)]);
    let made = suppress_linked(&[("s", &sex), ("a", &age)], &under5(), &options(Margins::Given)).expect("linked");
    assert!(made.iter().all(|made| made.counts().hidden == 0));
}

#[test]
fn a_cell_of_two_tables_is_hidden_in_both_or_in_none() {
    let sex = table(&["site", "sex"], &[(&["A", "F"], 2), (&["A", "M"], 1), (&["B", "F"], 20), (&["B", "M"], 40)]);
    let age = table(&["age", "site"], &[(&["0", "A"], 3), (&["0", "B"], 30), (&["1", "B"], 30)]);
    let tables = [("by sex", &sex), ("by age", &age)];
    let made = suppress_linked(&tables, &under5(), &options(Margins::All)).expect("linked").map_rows();
    let site = |keys: &[&str], place: usize| made[place].iter().find(|row| row.0 == keys).expect("row").1.clone();
    assert_eq!(site(&["A", "Total"], 0), site(&["Total", "A"], 1));
    assert_eq!(site(&["A", "Total"], 0), "*");
    assert_eq!(site(&["B", "Total"], 0), site(&["Total", "B"], 1));
    assert_eq!(site(&["Total", "Total"], 0), site(&["Total", "Total"], 1));
}

/// Rows as keys and what is shown.
trait Rows {
    fn map_rows(&self) -> Vec<Vec<(Vec<String>, String)>>;
}

impl Rows for Vec<SuppressionResult> {
    fn map_rows(&self) -> Vec<Vec<(Vec<String>, String)>> {
        let rows = |made: &SuppressionResult| {
            let shown = made.publish();
            let keys = |row: usize| shown.keys().iter().map(|column| column[row].clone().unwrap_or_default()).collect();
            (0..shown.counts().len()).map(|row| (keys(row), shown.display()[row].clone())).collect()
        };
        self.iter().map(rows).collect()
    }
}

#[test]
fn one_linked_table_is_that_table_alone() {
    let sex = table(&["site", "sex"], &[(&["A", "F"], 2), (&["A", "M"], 18), (&["B", "F"], 20), (&["B", "M"], 40)]);
    let alone = suppress(&sex, &under5(), &options(Margins::All)).expect("alone");
    let linked = suppress_linked(&[("only", &sex)], &under5(), &options(Margins::All)).expect("linked");
    assert_eq!(linked[0].publish(), alone.publish());
    assert_eq!(linked[0].owner().status(), alone.owner().status());
}

#[test]
fn tables_that_disagree_are_named_with_their_rows_and_without_counts() {
    let sex = table(&["sex"], &[(&["F"], 71), (&["M"], 50), (&["Total"], 121)]);
    let other = table(&["site"], &[(&["A"], 60), (&["Total"], 60)]);
    let tables = [("by sex", &sex), ("by site", &other)];
    let error = suppress_linked(&tables, &under5(), &options(Margins::Given)).expect_err("121 is not 60");
    assert_eq!(error.code(), "policy.linked_tables_differ");
    let text = error.to_string();
    assert!(text.contains("by sex and by site") && text.contains("row 3 ") && text.contains("row 2 "), "{text}");
    assert!(!text.contains("121") && !text.contains("60"), "{text}");
    let added = table(&["sex"], &[(&["F"], 71), (&["M"], 50)]);
    let error = suppress_linked(&[("a", &added), ("b", &other)], &under5(), &options(Margins::Given));
    assert_eq!(error.expect_err("121 is not 60").code(), "policy.linked_tables_differ");
    let finished = [("a", &added, &[Marked::Count(71), Marked::Count(50)][..]), ("b", &other, &[Marked::Count(60); 2])];
    let error = audit_tables_linked(&finished, &AuditTableOptions::default()).expect_err("121 is not 60");
    assert_eq!(error.code(), "policy.linked_tables_differ");
    let finished = [("a", &other, &[Marked::Count(60); 2][..]), ("b", &other, &[Marked::Count(61); 2])];
    let error = audit_tables_linked(&finished, &AuditTableOptions::default()).expect_err("one cell, two counts");
    assert_eq!(error.code(), "policy.linked_tables_differ");
}

#[test]
fn what_cannot_be_linked_is_refused() {
    let sex = table(&["sex"], &[(&["F"], 71), (&["M"], 50)]);
    let code = |tables: &[(&str, &CountTable)], policy: &SuppressionPolicy, options: &SuppressOptions| {
        suppress_linked(tables, policy, options).expect_err("refused").code()
    };
    assert_eq!(code(&[], &under5(), &options(Margins::All)), "misuse.argument");
    assert_eq!(code(&[("a", &sex), ("a", &sex)], &under5(), &options(Margins::All)), "misuse.argument");
    assert_eq!(code(&[("a", &sex)], &under5(), &options(Margins::None)), "misuse.argument");
    let rounded = SuppressionPolicy::preset("midpoint6").expect("preset");
    assert_eq!(code(&[("a", &sex)], &rounded, &options(Margins::All)), "policy.margins_unavailable");
    let trees = vec![Hierarchy::new("site", [("N", "A")])];
    let unknown = SuppressOptions { hierarchies: trees, ..options(Margins::All) };
    assert_eq!(code(&[("a", &sex)], &under5(), &unknown), "misuse.column_missing");
    let exempt = vec![Exemption { dimension: "region".into(), value: "England".into() }];
    let unknown = SuppressOptions { exempt, ..options(Margins::All) };
    assert_eq!(code(&[("a", &sex)], &under5(), &unknown), "misuse.column_missing");
    let none = AuditTableOptions { margins: Margins::None, ..AuditTableOptions::default() };
    let cells = [Marked::Hidden; 2];
    assert_eq!(audit_tables_linked(&[("a", &sex, &cells)], &none).expect_err("no margins").code(), "misuse.argument");
}

#[test]
fn hierarchies_and_rounding_hold_across_tables() {
    let tree = Hierarchy::new("site", [("N", "A"), ("N", "B"), ("S", "C")]);
    let sex = table(&["site", "sex"], &[(&["A", "F"], 3), (&["B", "F"], 40), (&["C", "M"], 50)]);
    let areas = table(&["site"], &[(&["N"], 43), (&["S"], 50), (&["Total"], 93)]);
    let policy = SuppressionPolicy::builder("rounded", 5).rounding(Rounding::None).build().expect("policy");
    let given = SuppressOptions { hierarchies: vec![tree.clone()], ..options(Margins::Given) };
    let made = suppress_linked(&[("sex", &sex), ("areas", &areas)], &policy, &given).expect("linked").map_rows();
    let hidden = |rows: &[(Vec<String>, String)]| rows.iter().filter(|row| row.1 == "*").count();
    assert_eq!(hidden(&made[0]) + hidden(&made[1]), 2, "{made:?}");
    let wrong = table(&["site"], &[(&["N"], 44), (&["S"], 50)]);
    let error = suppress_linked(&[("sex", &sex), ("areas", &wrong)], &policy, &given).expect_err("43 is not 44");
    assert_eq!(error.code(), "policy.linked_tables_differ");
}

/// Every whole-number solution for both tables, up to a limit: the values each hidden cell can take.
fn possible(shown: &[Vec<Option<i64>>], total: Option<i64>, limit: i64) -> Vec<Vec<Vec<i64>>> {
    fn fill(shown: &[Option<i64>], limit: i64) -> Vec<Vec<i64>> {
        shown.iter().fold(vec![vec![]], |tables, cell| {
            let values: Vec<i64> = cell.map_or_else(|| (1..=limit).collect(), |count| vec![count]);
            tables.iter().flat_map(|t| values.iter().map(|&v| t.iter().copied().chain([v]).collect())).collect()
        })
    }
    let tables: Vec<Vec<Vec<i64>>> = shown.iter().map(|shown| fill(shown, limit)).collect();
    let sums: Vec<std::collections::BTreeSet<i64>> =
        tables.iter().map(|tables| tables.iter().map(|t| t.iter().sum()).collect()).collect();
    let fits = |t: &Vec<i64>| {
        let sum: i64 = t.iter().sum();
        total.is_none_or(|total| total == sum) && sums.iter().all(|sums| sums.contains(&sum))
    };
    let values = |tables: &Vec<Vec<i64>>| {
        let fitting: Vec<&Vec<i64>> = tables.iter().filter(|t| fits(t)).collect();
        let of = |cell: usize| {
            let mut values: Vec<i64> = fitting.iter().map(|t| t[cell]).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        (0..tables[0].len()).map(of).collect()
    };
    tables.iter().map(values).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_small_count_is_left_to_fewer_than_three_whole_numbers(
        first in proptest::collection::vec(0..9_i64, 2..4),
        splits in proptest::collection::vec(0..9_i64, 1..3),
        listed in any::<bool>(),
        turned in any::<bool>(),
    ) {
        let total: i64 = first.iter().sum();
        let mut second = Vec::new();
        let mut rest = total;
        for split in splits {
            second.push(split.min(rest));
            rest -= split.min(rest);
        }
        second.push(rest);
        let made_of = |name: &str, counts: &[i64]| {
            let mut rows: Vec<(String, i64)> =
                counts.iter().enumerate().map(|(place, &count)| (format!("{name}{place}"), count)).collect();
            if listed {
                rows.push(("Total".into(), total));
            }
            if turned {
                rows.reverse();
            }
            let keys = rows.iter().map(|row| Some(row.0.clone())).collect();
            CountTable::new([name], vec![keys], rows.iter().map(|row| Some(row.1)).collect()).expect("table")
        };
        let (one, other) = (made_of("a", &first), made_of("b", &second));
        let Ok(made) = suppress_linked(&[("1", &one), ("2", &other)], &under5(), &options(Margins::Given)) else {
            // Refused: nothing is published, so nothing is given away.
            return Ok(());
        };
        let shown_of = |made: &SuppressionResult, cells: usize| {
            let mut shown = made.publish().counts().to_vec();
            if turned {
                shown.reverse();
            }
            (shown[..cells].to_vec(), shown.get(cells).copied().flatten())
        };
        let (a, total_a) = shown_of(&made[0], first.len());
        let (b, total_b) = shown_of(&made[1], second.len());
        prop_assert_eq!(total_a, total_b);
        let values = possible(&[a, b], total_a, 30);
        for (counts, values) in [&first, &second].into_iter().zip(&values) {
            for (count, values) in counts.iter().zip(values) {
                if (1..5).contains(count) {
                    prop_assert!(values.contains(count));
                    prop_assert!(values.len() >= 3, "{:?}", values);
                }
            }
        }
    }
}
