//! Wide tables against the long ones that they stand for.

use crate::suppression::{
    AuditTableOptions, CountTable, Margins, Marked, SuppressOptions, SuppressionPolicy, audit_table, suppress,
};
use proptest::prelude::*;

const MONTHS: [&str; 3] = ["Jan", "Feb", "Mar"];

fn wide(sites: &[&str], months: &[(&str, &[i64])]) -> crate::Result<CountTable> {
    let columns = months.iter().map(|(name, counts)| (*name, counts.iter().map(|&n| Some(n)).collect()));
    CountTable::from_wide(["site"], vec![sites.iter().map(|&site| Some(site)).collect()], "month", columns)
}

fn options(margins: Margins) -> SuppressOptions {
    SuppressOptions { margins, ..SuppressOptions::default() }
}

fn under5() -> SuppressionPolicy {
    SuppressionPolicy::preset("under5").expect("preset")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_wide_table_is_suppressed_as_its_long_form(counts in proptest::collection::vec(0..30_i64, 12)) {
        let sites = ["A", "B", "C", "D"];
        let columns: Vec<(&str, Vec<i64>)> = MONTHS
            .iter()
            .enumerate()
            .map(|(place, name)| (*name, counts.iter().skip(place).step_by(3).copied().collect()))
            .collect();
        let borrowed: Vec<(&str, &[i64])> = columns.iter().map(|(name, one)| (*name, one.as_slice())).collect();
        let table = wide(&sites, &borrowed).expect("table");
        let keys = vec![
            (0..12).map(|n| Some(sites[n / 3])).collect(),
            (0..12).map(|n| Some(MONTHS[n % 3])).collect(),
        ];
        let long = CountTable::new(["site", "month"], keys, counts.iter().map(|&n| Some(n)).collect()).expect("table");
        prop_assert_eq!(&table, &long);
        let one = suppress(&table, &under5(), &options(Margins::All));
        let other = suppress(&long, &under5(), &options(Margins::All));
        let (Ok(one), Ok(other)) = (one, other) else { return Ok(()) };
        prop_assert_eq!(one.publish(), other.publish());
        let shown = one.publish().wide().expect("a grid");
        prop_assert_eq!(shown.columns(), ["Jan", "Feb", "Mar", "Total"]);
        prop_assert_eq!(shown.keys()[0].len(), 5);
        let published = one.publish();
        for (place, column) in shown.display().iter().enumerate() {
            for (row, text) in column.iter().enumerate() {
                prop_assert_eq!(text, &published.display()[row * 4 + place]);
            }
        }
    }
}

#[test]
fn a_column_that_is_a_total_gives_its_row_back() {
    // Without knowing that the column Total is one, 3 alone would be hidden, and 45 − 42 gives it.
    let months: [(&str, &[i64]); 3] = [("Jan", &[3, 50]), ("Feb", &[42, 60]), ("Total", &[45, 110])];
    let table = wide(&["A", "B"], &months).expect("table");
    let refused = suppress(&table, &under5(), &options(Margins::None)).expect_err("a total");
    assert_eq!(refused.code(), "policy.total_row_found");
    assert_eq!(refused.context()[0], ("dimension", "month (column Total)".to_owned()));
    let made = suppress(&table, &under5(), &options(Margins::Given)).expect("result").publish().wide().expect("grid");
    assert_eq!(made.display().iter().filter(|column| column[0] == "*").count(), 2);
    let cells = [Marked::Hidden, Marked::Count(42), Marked::Count(45), Marked::Count(50), Marked::Count(60)];
    let cells: Vec<Marked> = cells.into_iter().chain([Marked::Count(110)]).collect();
    let audit = audit_table(&table, &cells, &AuditTableOptions::default()).expect("audit");
    assert_eq!((audit.cells()[0].lower, audit.cells()[0].upper), (3, Some(3)));
}

#[test]
fn errors_name_rows_and_columns_of_the_wide_table() {
    let code = |result: crate::Result<CountTable>| result.expect_err("refused");
    let twice = code(wide(&["A", "B", "A"], &[("Jan", &[1, 2, 3]), ("Feb", &[1, 2, 3])]));
    assert_eq!(twice.code(), "policy.duplicate_cell");
    assert_eq!(twice.context(), [("first", "1".to_owned()), ("second", "3".to_owned())]);
    let negative = code(wide(&["A", "B"], &[("Jan", &[1, 2]), ("Feb", &[1, -2])]));
    assert_eq!(negative.context(), [("row", "2".to_owned())]);
    let months: [(&str, &[i64]); 3] = [("Jan", &[3, 50]), ("Feb", &[42, 60]), ("Total", &[45, 111])];
    let table = wide(&["A", "B"], &months).expect("table");
    let wrong = suppress(&table, &under5(), &options(Margins::Given)).expect_err("50 + 60 is not 111");
    assert_eq!(wrong.code(), "policy.inconsistent_table");
    assert_eq!(wrong.context()[1], ("total", "in row 2, column Total".to_owned()));
    assert_eq!(wrong.context()[2].1, "row 2, column Feb; row 2, column Jan");
    let columns = vec![("Jan", vec![Some(9)]), ("Feb", vec![None])];
    let table = CountTable::from_wide(["site"], vec![vec![Some("A")]], "month", columns).expect("table");
    let missing = suppress(&table, &under5(), &options(Margins::None)).expect_err("no count");
    assert_eq!((missing.code(), missing.context()[0].1.as_str()), ("policy.missing_count", "1"));
}

#[test]
fn columns_with_two_tasks_or_none_are_refused() {
    let one = || vec![Some(9)];
    let table = |across: &str, columns: &[&str]| {
        let columns = columns.iter().map(|&name| (name, one()));
        CountTable::from_wide(["site"], vec![vec![Some("A")]], across, columns)
    };
    for result in [
        table("month", &[]),
        table("month", &["Jan", "Jan"]),
        table("month", &["site"]),
        table("site", &["Jan"]),
        table(" ", &["Jan"]),
        CountTable::from_wide(["site"], vec![vec![Some("A")]], "month", [("Jan", one()), ("Feb", vec![])]),
        CountTable::from_wide(["site"], vec![vec![Some("A"), None]], "month", [("Jan", one())]),
    ] {
        assert_eq!(result.expect_err("refused").code(), "misuse.argument");
    }
    assert!(table("month", &["Jan", "Feb"]).is_ok());
}

#[test]
fn tables_that_are_no_grid_have_no_wide_shape() {
    let keys = vec![vec![Some("A"), Some("A"), Some("B")], vec![Some("F"), Some("M"), Some("F")]];
    let ragged = CountTable::new(["site", "sex"], keys, vec![Some(9), Some(8), Some(7)]).expect("table");
    let flat = CountTable::new(["site"], vec![vec![Some("A")]], vec![Some(9)]).expect("table");
    for table in [ragged, flat] {
        let made = suppress(&table, &under5(), &options(Margins::None)).expect("result");
        assert_eq!(made.publish().wide().expect_err("no grid").code(), "misuse.argument");
    }
    let table = wide(&["A"], &[("Jan", &[77_731])]).expect("table");
    let made = suppress(&table, &under5(), &options(Margins::None)).expect("result").publish().wide().expect("grid");
    assert_eq!(format!("{made:?}"), "WideTable { dimensions: [\"site\"], columns: 1, .. }");
}
