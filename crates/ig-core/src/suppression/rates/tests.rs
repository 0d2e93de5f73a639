//! Rates: what gives a part back is hidden, and the arithmetic is exact.

use super::*;
use proptest::prelude::*;

fn column(names: &[&str], counts: &[i64]) -> CountTable {
    let keys = vec![names.iter().map(|&name| Some(name)).collect()];
    CountTable::new(["site"], keys, counts.iter().map(|&count| Some(count)).collect()).expect("table")
}

fn under5() -> SuppressionPolicy {
    SuppressionPolicy::preset("under5").expect("preset")
}

fn rates(n: &[i64], d: &[i64], margins: Margins) -> Result<RatesResult> {
    let names = ["A", "B", "C"];
    let options = SuppressOptions { margins, ..SuppressOptions::default() };
    suppress_rates(
        &column(&names[..n.len()], n),
        &column(&names[..d.len()], d),
        RateFormat::default(),
        &under5(),
        &options,
    )
}

fn text(made: &RatesResult) -> Vec<&str> {
    made.rates().iter().map(|rate| rate.as_deref().unwrap_or("*")).collect()
}

#[test]
fn rate_with_known_denominator() {
    // 6.0 % of 50 gives the 3 back, so the rate goes with the numerator, though the denominator may stay.
    let made = rates(&[3, 20], &[50, 160], Margins::None).expect("made");
    assert_eq!(text(&made), ["*", "12.5"]);
    let shown = made.parts().publish();
    assert_eq!((shown.counts()[0], shown.counts()[2]), (None, Some(50)));
    assert_eq!(&shown.counts()[3..], [Some(20), Some(140), Some(160)]);
}

#[test]
fn a_small_rest_is_as_good_as_a_small_numerator() {
    // 48 of 50: two people are without, and 48 beside 50 would tell.
    let made = rates(&[48, 20], &[50, 160], Margins::None).expect("made");
    let shown = made.parts().publish();
    assert!(shown.counts()[0].is_none() || shown.counts()[2].is_none());
    assert_eq!(text(&made), ["*", "12.5"]);
    assert_eq!(made.parts().owner().status()[1], "primary");
}

#[test]
fn totals_of_both_parts_are_protected_together() {
    let made = rates(&[3, 20, 30], &[50, 160, 200], Margins::All).expect("made");
    assert_eq!(made.rates().len(), 4);
    let shown = made.parts().publish();
    assert!(shown.counts()[0].is_none());
    // The numerator of the total less those of the other sites would be 3.
    let others = [3, 6, 9].iter().filter(|&&cell| shown.counts()[cell].is_none()).count();
    assert!(others > 0);
    assert_eq!(made.parts().audit().summary().verdict, super::super::AuditVerdict::Protected);
}

#[test]
fn what_is_no_rate_is_refused_with_its_row() {
    let error = rates(&[3, 20], &[50, 19], Margins::None).expect_err("20 of 19");
    assert_eq!((error.code(), error.context()), ("policy.numerator_too_large", vec![("row", "2".to_owned())]));
    assert_eq!(rates(&[3, 20], &[50], Margins::None).expect_err("keys").code(), "misuse.argument");
    let (n, d) = (column(&["A", "B"], &[9, 9]), column(&["A", "B"], &[20, 20]));
    let options = SuppressOptions::default();
    for format in [RateFormat { per: 0, decimals: 1 }, RateFormat { per: 100, decimals: 10 }] {
        assert_eq!(suppress_rates(&n, &d, format, &under5(), &options).expect_err("format").code(), "misuse.argument");
    }
    let rounded = SuppressionPolicy::preset("midpoint6").expect("preset");
    let refused = suppress_rates(&n, &d, RateFormat::default(), &rounded, &options).expect_err("rounded totals");
    assert_eq!(refused.code(), "policy.margins_unavailable");
    let part = CountTable::new([PART], vec![vec![Some("A")]], vec![Some(9)]).expect("table");
    let refused = suppress_rates(&part, &part, RateFormat::default(), &under5(), &options).expect_err("part");
    assert_eq!(refused.code(), "misuse.argument");
    let n = column(&["A", "Total"], &[9, 9]);
    let refused = suppress_rates(&n, &n, RateFormat::default(), &under5(), &options).expect_err("a total");
    assert_eq!(refused.code(), "policy.total_row_found");
    let hole = CountTable::new(["site"], vec![vec![Some("A"), Some("B")]], vec![Some(9), None]).expect("table");
    let refused = suppress_rates(&hole, &d, RateFormat::default(), &under5(), &options).expect_err("missing");
    assert_eq!((refused.code(), refused.context()[0].1.as_str()), ("policy.missing_count", "2"));
}

#[test]
fn halves_are_rounded_up_and_nobody_has_no_rate() {
    let one = |n, d, per, decimals| written(n, d, RateFormat { per, decimals });
    assert_eq!(one(1, 8, 100, 1).as_deref(), Some("12.5"));
    assert_eq!(one(1, 8, 100, 0).as_deref(), Some("13"));
    assert_eq!(one(1, 3, 100_000, 2).as_deref(), Some("33333.33"));
    assert_eq!(one(5, 1_000, 1, 2).as_deref(), Some("0.01"));
    assert_eq!(one(i64::MAX, i64::MAX, u32::MAX, 9).as_deref(), Some("4294967295.000000000"));
    assert_eq!(one(0, 0, 100, 1), None);
}

proptest! {
    /// Long division by hand, digit by digit, one digit more than shown.
    #[test]
    fn rates_equal_long_division(d in 1..5_000_i64, share in 0..=1_000_i64, decimals in 0..6_u8) {
        let n = d * share / 1_000;
        let mut rest = n * 100;
        let mut digits = vec![rest / d];
        for _ in 0..=decimals {
            rest = rest % d * 10;
            digits.push(rest / d);
        }
        let up = digits.pop().expect("a digit") >= 5;
        let whole = digits.iter().skip(1).fold(digits[0], |all, digit| all * 10 + digit) + i64::from(up);
        let shown: i64 = written(n, d, RateFormat { per: 100, decimals }).expect("rate").replace('.', "").parse().expect("digits");
        prop_assert_eq!(shown, whole);
    }
}
