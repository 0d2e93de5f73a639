//! Earlier releases: the same counts hidden otherwise, and counts that have grown.

use crate::suppression::attack::Verdict;
use crate::suppression::{
    About, AuditTableOptions, AuditVerdict, CountTable, EarlierCounts, Margins, Marked, TableAudit, audit_releases,
    audit_table,
};
use proptest::prelude::*;

fn sites(names: &[&str]) -> CountTable {
    CountTable::new(["site"], vec![names.iter().map(|&name| Some(name)).collect()], vec![None; names.len()])
        .expect("table")
}

fn cells(texts: &[&str]) -> Vec<Marked> {
    texts.iter().map(|text| Marked::read(text, &[]).expect("a cell")).collect()
}

fn audit(now: (&[&str], &[&str]), earlier: &[(&[&str], &[&str])], counts: EarlierCounts) -> crate::Result<TableAudit> {
    let parts: Vec<_> =
        std::iter::once(&now).chain(earlier).map(|(names, shown)| (sites(names), cells(shown))).collect();
    let parts: Vec<_> = parts.iter().map(|(table, cells)| (table, cells.as_slice())).collect();
    let totals = std::iter::once(&now).chain(earlier).any(|(names, _)| names.contains(&"Total"));
    let margins = if totals { Margins::Given } else { Margins::None };
    audit_releases(parts[0], &parts[1..], counts, &AuditTableOptions { margins, ..AuditTableOptions::default() })
}

const ABC: &[&str] = &["A", "B", "C", "Total"];

#[test]
fn another_pattern_of_the_same_counts_gives_hidden_cells_away() {
    let now: (&[&str], &[&str]) = (ABC, &["*", "*", "40", "55"]);
    let alone = audit_table(&sites(ABC), &cells(now.1), &AuditTableOptions::default()).expect("audit");
    assert_eq!(alone.summary().verdict, AuditVerdict::Protected);
    let both = audit(now, &[(ABC, &["*", "12", "*", "55"])], EarlierCounts::Same).expect("audit");
    assert_eq!(both.summary().verdict, AuditVerdict::NotProtected);
    let found = |row: usize| &both.cells()[row];
    assert_eq!((found(0).lower, found(0).upper, found(0).verdict), (3, Some(3), Verdict::Exact));
    assert_eq!(found(0).reason.as_deref(), Some("site A = Total (55) − site B (12) − site C (40) = 3\n"));
    assert_eq!((found(1).verdict, found(1).reason.as_deref()), (Verdict::Exact, Some("site B = 12, as published\n")));
    // The rows may stand in another order, and ranges are cut down to what they share.
    let turned = audit(now, &[(&["C", "A"], &["40", "1-3"]), (&["A"], &["3-4"])], EarlierCounts::Same).expect("audit");
    assert_eq!((turned.cells()[0].lower, turned.cells()[0].upper), (3, Some(3)));
}

#[test]
fn two_releases_a_month_apart() {
    let (june, july): (&[&str], &[&str]) = (&["10", "*", "40", "53"], &["12", "*", "60", "75"]);
    for month in [june, july] {
        let alone = audit_table(&sites(ABC), &cells(month), &AuditTableOptions::default()).expect("audit");
        assert_eq!(alone.summary().exact, 1, "single suppression: the 3 is known in each month");
    }
    let both = audit((ABC, july), &[(ABC, june)], EarlierCounts::Grown).expect("audit");
    let about = |about: About, row: usize| both.cells().iter().find(|cell| (cell.about, cell.row) == (about, row));
    let growth = about(About::Growth, 0).expect("growth of A");
    assert_eq!((growth.lower, growth.upper, growth.verdict), (2, Some(2), Verdict::Exact));
    assert_eq!(growth.reason.as_deref(), Some("site A, growth = site A, now (12) − site A, before (10) = 2\n"));
    // B did not grow, and 20 people are no small count.
    assert_eq!(about(About::Growth, 1).map(|cell| (cell.upper, cell.verdict)), Some((Some(0), Verdict::Safe)));
    assert_eq!(about(About::Growth, 2).map(|cell| (cell.lower, cell.verdict)), Some((20, Verdict::Safe)));
    assert_eq!(about(About::Earlier, 1).map(|cell| cell.verdict), Some(Verdict::Exact));
    // Each month is safe alone: what is hidden in one follows from the other, since counts only grow.
    let (june, july): (&[&str], &[&str]) = (&["*", "*", "40", "45"], &["2", "*", "*", "49"]);
    let before = audit_table(&sites(ABC), &cells(june), &AuditTableOptions::default()).expect("audit");
    assert!(before.cells().iter().all(|cell| (cell.lower, cell.upper) == (1, Some(4))));
    let both = audit((ABC, july), &[(ABC, june)], EarlierCounts::Grown).expect("audit");
    let a = both.cells().iter().find(|cell| cell.about == About::Earlier && cell.row == 0).expect("A in June");
    assert_eq!((a.lower, a.upper, a.verdict), (1, Some(2), Verdict::TooNarrow));
}

#[test]
fn releases_that_contradict_each_other_are_refused_with_the_row() {
    let refused = |now: (&[&str], &[&str]), earlier: (&[&str], &[&str]), counts| {
        audit(now, &[earlier], counts).expect_err("contradiction")
    };
    let error = refused((ABC, &["*", "*", "40", "55"]), (ABC, &["*", "*", "41", "55"]), EarlierCounts::Same);
    assert_eq!(error.code(), "policy.releases_differ");
    assert_eq!(error.context()[0], ("row", "3".to_owned()));
    assert!(!error.to_string().contains("41"));
    let error = refused((&["A", "B"], &["7", "8"]), (&["A", "B"], &["7", "9"]), EarlierCounts::Grown);
    assert_eq!((error.code(), error.context()[0].1.as_str()), ("policy.releases_differ", "2"));
    let error = refused((&["A"], &["7"]), (&["A", "B"], &["7", "9"]), EarlierCounts::Grown);
    assert_eq!((error.code(), error.context()[0].1.as_str()), ("policy.releases_differ", "2"));
    // Sums contradict where single cells do not.
    let error = refused((ABC, &["*", "*", "40", "55"]), (ABC, &["9", "9", "*", "55"]), EarlierCounts::Same);
    assert_eq!(error.code(), "policy.releases_differ");
}

#[test]
fn tables_without_totals_have_releases_too() {
    let options = AuditTableOptions { margins: Margins::None, ..AuditTableOptions::default() };
    let (table, now, before) = (sites(&["A", "B"]), cells(&["*", "9"]), cells(&["4", "*"]));
    let known = audit_releases((&table, &now), &[(&table, &before)], EarlierCounts::Same, &options).expect("audit");
    assert_eq!((known.cells()[0].lower, known.cells()[0].upper), (4, Some(4)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Against all pairs of whole-number tables: before ≤ now, hidden cells 1 or more, the totals as shown.
    #[test]
    fn ranges_over_two_releases_equal_brute_force(
        before in proptest::collection::vec(1..5_i64, 3),
        more in proptest::collection::vec(0..3_i64, 3),
        hidden in proptest::collection::vec(any::<bool>(), 6),
    ) {
        let now: Vec<i64> = before.iter().zip(&more).map(|(count, more)| count + more).collect();
        let text = |counts: &[i64], hidden: &[bool]| -> Vec<String> {
            let cell = |(count, hidden): (&i64, &bool)| if *hidden { "*".to_owned() } else { count.to_string() };
            counts.iter().zip(hidden).map(cell).chain([counts.iter().sum::<i64>().to_string()]).collect()
        };
        let (june, july) = (text(&before, &hidden[..3]), text(&now, &hidden[3..]));
        let borrowed = |texts: &[String]| texts.to_vec();
        let (june, july) = (borrowed(&june), borrowed(&july));
        let june: Vec<&str> = june.iter().map(String::as_str).collect();
        let july: Vec<&str> = july.iter().map(String::as_str).collect();
        let found = audit((ABC, &july), &[(ABC, &june)], EarlierCounts::Grown).expect("audit");
        let fits = |shown: &[&str], table: &[i64]| {
            let cell = |(text, count): (&&str, &i64)| text.parse().map_or(*count >= 1, |shown: i64| shown == *count);
            shown.iter().zip(table).all(cell) && shown[3] == table.iter().sum::<i64>().to_string()
        };
        let all: Vec<Vec<i64>> = (0..27_000).map(|n| vec![n % 30, n / 30 % 30, n / 900]).collect();
        let junes: Vec<&Vec<i64>> = all.iter().filter(|table| fits(&june, table)).collect();
        let julys: Vec<&Vec<i64>> = all.iter().filter(|table| fits(&july, table)).collect();
        let pairs: Vec<_> = junes
            .iter()
            .flat_map(|june| julys.iter().map(move |july| (*june, *july)))
            .filter(|(june, july)| june.iter().zip(july.iter()).all(|(before, now)| before <= now))
            .collect();
        for cell in found.cells().iter().filter(|cell| cell.row < 3) {
            let values = pairs.iter().map(|(june, july)| match cell.about {
                About::Now => july[cell.row],
                About::Earlier => june[cell.row],
                About::Growth => july[cell.row] - june[cell.row],
            });
            prop_assert_eq!(Some(cell.lower), values.clone().min());
            prop_assert_eq!(cell.upper, values.max());
        }
    }
}
