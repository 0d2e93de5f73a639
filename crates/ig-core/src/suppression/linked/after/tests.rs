//! Suppression that knows earlier releases: what really leaks without it, and an audit over both passes.

use crate::suppression::attack::Verdict;
use crate::suppression::{
    About, AuditTableOptions, AuditVerdict, CountTable, EarlierCounts, Margins, Marked, Secondary, SuppressOptions,
    SuppressionPolicy, SuppressionResult, audit_releases, suppress, suppress_after,
};
use proptest::prelude::*;

const SITES: [&str; 4] = ["A", "B", "C", "Total"];

fn sites(counts: &[i64]) -> CountTable {
    let keys = SITES[..counts.len()].iter().map(|&site| Some(site)).collect();
    CountTable::new(["site"], vec![keys], counts.iter().map(|&count| Some(count)).collect()).expect("table")
}

fn cells<S: AsRef<str>>(texts: &[S]) -> Vec<Marked> {
    texts.iter().map(|text| Marked::read(text.as_ref(), &[]).expect("a cell")).collect()
}

fn under5() -> SuppressionPolicy {
    SuppressionPolicy::preset("under5").expect("preset")
}

fn options(margins: Margins) -> SuppressOptions {
    SuppressOptions { margins, ..SuppressOptions::default() }
}

fn after(
    table: &CountTable,
    before: (&CountTable, &[&str]),
    counts: EarlierCounts,
    margins: Margins,
) -> crate::Result<SuppressionResult> {
    suppress_after(table, &[(before.0, &cells(before.1))], counts, &under5(), &options(margins))
}

/// The auditor's word on a published table and an earlier release.
fn verdict(
    table: &CountTable,
    shown: &[String],
    before: (&CountTable, &[Marked]),
    counts: EarlierCounts,
) -> AuditVerdict {
    let shown = cells(shown);
    let found = audit_releases((table, &shown), &[before], counts, &AuditTableOptions::default()).expect("audit");
    found.summary().verdict
}

#[test]
fn a_pattern_that_is_safe_alone_is_not_safe_beside_an_earlier_one() {
    let (table, before) = (sites(&[3, 12, 40, 55]), cells(&["*", "12", "*", "55"]));
    let alone = suppress(&table, &under5(), &options(Margins::Given)).expect("result").publish();
    assert_eq!(alone.display(), ["*", "*", "40", "55"]);
    let leaks = verdict(&table, alone.display(), (&table, &before), EarlierCounts::Same);
    assert_eq!(leaks, AuditVerdict::NotProtected, "55 − 12 − 40 = 3");
    let known = (&table, &["*", "12", "*", "55"][..]);
    let both = after(&table, known, EarlierCounts::Same, Margins::Given).expect("result").publish();
    assert_eq!(both.display(), ["*", "12", "*", "55"]);
    assert_eq!(verdict(&table, both.display(), (&table, &before), EarlierCounts::Same), AuditVerdict::Protected);
}

#[test]
fn what_earlier_releases_give_away_is_refused() {
    let table = sites(&[3, 12, 40, 55]);
    let refused = |before: &[&str], margins| {
        let release = sites(&[0, 0, 0, 0][..before.len()]);
        let now = if margins == Margins::Given { table.clone() } else { sites(&[3, 12, 40]) };
        after(&now, (&release, before), EarlierCounts::Same, margins).expect_err("given away").code()
    };
    assert_eq!(refused(&["3", "12", "40", "55"], Margins::Given), "policy.not_protected", "shown before");
    assert_eq!(refused(&["*", "12", "40", "55"], Margins::Given), "policy.not_protected", "a difference before");
    assert_eq!(refused(&["3-4", "*", "*", "55"], Margins::All), "policy.not_protected", "narrowed before: 3 or 4");
    assert_eq!(refused(&["3", "*", "*"], Margins::None), "policy.not_protected");
    assert_eq!(refused(&["*", "13", "*", "55"], Margins::Given), "policy.releases_differ");
    // Totals that only the earlier release had are known all the same: 55 − 12 − 40.
    assert_eq!(refused(&["*", "12", "40", "55"], Margins::None), "policy.not_protected");
    let none = SuppressOptions { secondary: Some(Secondary::None), ..options(Margins::Given) };
    let before = cells(&["3", "*", "*", "55"]);
    let told = suppress_after(&table, &[(&table, &before)], EarlierCounts::Same, &under5(), &none).expect("told");
    assert_eq!(told.audit().summary().exact, 1);
}

#[test]
fn a_finer_release_of_before_stays_hidden_behind_coarser_totals_of_now() {
    let keys = vec![vec![Some("A"), Some("A"), Some("B"), Some("B")], vec![Some("F"), Some("M"), Some("F"), Some("M")]];
    let finer = CountTable::new(["site", "sex"], keys, vec![None; 4]).expect("table");
    let keys = [["A", "B", "Total", "Total", "Total"], ["Total", "Total", "F", "M", "Total"]];
    let keys = keys.map(|column| column.map(Some).to_vec()).to_vec();
    let now = CountTable::new(["site", "sex"], keys, [13, 30, 15, 28, 43].map(Some).to_vec()).expect("table");
    let alone = suppress(&now, &under5(), &options(Margins::Given)).expect("result");
    assert_eq!(alone.counts().hidden, 0, "nothing is small now, but 13 − 10 = 3 women of A");
    let before = (&finer, &["*", "10", "*", "18"][..]);
    let made = after(&now, before, EarlierCounts::Same, Margins::Given).expect("result").publish();
    assert_eq!(made.display(), ["*", "*", "15", "28", "43"]);
    let sites = CountTable::new(["site"], vec![vec![Some("A"), Some("B")]], vec![Some(13), Some(30)]).expect("table");
    let refused = after(&sites, before, EarlierCounts::Same, Margins::None).expect_err("other key columns");
    assert_eq!(refused.code(), "misuse.argument");
}

#[test]
fn growth_is_a_small_count_of_its_own() {
    let (june, july) = (["10", "20", "40", "70"], sites(&[12, 31, 60, 103]));
    let alone = suppress(&july, &under5(), &options(Margins::Given)).expect("result").publish();
    assert_eq!(alone.display(), ["12", "31", "60", "103"], "nothing is small in July");
    let before = (&july, &cells(&june)[..]);
    assert_eq!(verdict(&july, alone.display(), before, EarlierCounts::Grown), AuditVerdict::NotProtected, "12 − 10");
    let made = after(&july, (&july, &june), EarlierCounts::Grown, Margins::Given).expect("result");
    assert_eq!(made.publish().display()[0], "*");
    assert_eq!(verdict(&july, made.publish().display(), before, EarlierCounts::Grown), AuditVerdict::Protected);
    assert!(made.audit().is_over_time());
    assert!(made.audit().cells().iter().any(|cell| (cell.about, cell.row) == (About::Growth, 0)));
    let shrunk = after(&sites(&[9, 31, 60, 100]), (&july, &june), EarlierCounts::Grown, Margins::Given);
    assert_eq!(shrunk.expect_err("fewer than before").code(), "policy.releases_differ");
    let gone = after(&sites(&[12, 31]), (&july, &june), EarlierCounts::Grown, Margins::All);
    assert_eq!(gone.expect_err("a row is gone").code(), "policy.releases_differ");
}

#[test]
fn nobody_in_a_total_that_is_not_listed_and_no_growth_are_no_contradiction() {
    let keys = [["A", "A", "B", "B", "Total"], ["F", "M", "F", "M", "Total"]].map(|column| column.map(Some).to_vec());
    let table = CountTable::new(["site", "sex"], keys.to_vec(), [0, 0, 3, 9, 12].map(Some).to_vec()).expect("table");
    let made = suppress(&table, &under5(), &options(Margins::Given)).expect("nobody in A, whose total is not listed");
    assert_eq!(made.publish().display()[2..4], ["*", "*"]);
    let june = ["*", "12", "*", "55"];
    let same = after(&sites(&[3, 12, 40, 55]), (&sites(&[0; 4]), &june), EarlierCounts::Grown, Margins::Given);
    assert_eq!(same.expect("nobody came").publish().display(), ["*", "12", "*", "55"]);
}

#[test]
fn rules_whose_totals_come_from_rounded_parts_have_no_earlier_releases() {
    let table = sites(&[3, 12, 40]);
    let policy = SuppressionPolicy::PRESETS
        .iter()
        .filter_map(|name| SuppressionPolicy::preset(name).ok())
        .find(|policy| policy.totals() == crate::suppression::Totals::SumOfRounded)
        .expect("a preset");
    let before = cells(&["*", "10", "40"]);
    let refused = suppress_after(&table, &[(&table, &before)], EarlierCounts::Same, &policy, &options(Margins::None));
    assert_eq!(refused.expect_err("refused").code(), "policy.margins_unavailable");
    let short =
        suppress_after(&table, &[(&table, &before[..2])], EarlierCounts::Same, &under5(), &options(Margins::None));
    assert_eq!(short.expect_err("cells").code(), "misuse.argument");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A second pass under another rule: whatever comes back is safe beside the first, or nothing does.
    #[test]
    fn two_passes_over_the_same_counts_are_safe_together(counts in proptest::collection::vec(0..25_i64, 9)) {
        let table = grid(&counts);
        let before = SuppressionPolicy::builder("before", 4).build().expect("rule");
        let Ok(first) = suppress(&table, &before, &options(Margins::All)) else { return Ok(()) };
        let (release, seen) = kept(&first);
        let earlier = [(&release, &seen[..])];
        let pass = |policy| suppress_after(&table, &earlier, EarlierCounts::Same, policy, &options(Margins::All));
        let again = pass(&before).expect("the same pattern is possible").publish();
        let first = first.publish();
        prop_assert_eq!(again.keys(), first.keys());
        let Ok(second) = pass(&under5()) else { return Ok(()) };
        let (_, shown) = kept(&second);
        let how = AuditTableOptions::default();
        let found = audit_releases((&release, &shown), &earlier, EarlierCounts::Same, &how).expect("audit");
        let owner = second.owner();
        for cell in found.cells() {
            prop_assert!(owner.status()[cell.row] != "primary" || cell.verdict == Verdict::Safe);
        }
    }

    /// Cumulative counts: no growth of 1 to 4 and no small count of either month is known from both.
    #[test]
    fn two_months_are_safe_together(
        before in proptest::collection::vec(0..25_i64, 6),
        more in proptest::collection::vec(0..9_i64, 6),
    ) {
        let counts: Vec<i64> = before.iter().zip(&more).map(|(one, more)| one + more).collect();
        let grown = grid(&more).with_totals(&options(Margins::All)).expect("totals");
        let Ok(june) = suppress(&grid(&before), &under5(), &options(Margins::All)) else { return Ok(()) };
        let (release, seen) = kept(&june);
        let earlier = [(&release, &seen[..])];
        let july = suppress_after(&grid(&counts), &earlier, EarlierCounts::Grown, &under5(), &options(Margins::All));
        let Ok(july) = july else { return Ok(()) };
        let (_, shown) = kept(&july);
        let how = AuditTableOptions::default();
        let found = audit_releases((&release, &shown), &earlier, EarlierCounts::Grown, &how).expect("audit");
        let (now, then) = (july.owner(), june.owner());
        for cell in found.cells().iter().filter(|cell| cell.verdict != Verdict::Safe) {
            // Cells that only protect others may be known, and a growth of enough people be told from few others.
            let small = match cell.about {
                About::Now => now.status()[cell.row] == "primary",
                About::Earlier => then.status()[cell.row] == "primary",
                About::Growth => grown.counts()[cell.row].is_some_and(|count| (1..5).contains(&count)),
            };
            prop_assert!(!small, "{:?}", cell);
        }
    }
}

/// Counts of three sites, line by line.
fn grid(counts: &[i64]) -> CountTable {
    let across = counts.len() / 3;
    let keys = vec![
        (0..counts.len()).map(|n| Some(["A", "B", "C"][n / across])).collect(),
        (0..counts.len()).map(|n| Some(["x", "y", "z"][n % across])).collect::<Vec<_>>(),
    ];
    CountTable::new(["site", "sex"], keys, counts.iter().copied().map(Some).collect()).expect("table")
}

/// What a reader has kept of a published table.
fn kept(result: &SuppressionResult) -> (CountTable, Vec<Marked>) {
    let table = result.publish();
    let rows = table.display().len();
    let keys = CountTable::new(["site", "sex"], table.keys().to_vec(), vec![None; rows]).expect("table");
    (keys, cells(table.display()))
}
