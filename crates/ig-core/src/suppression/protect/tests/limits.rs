//! Tables at the edge, and refusals.

use super::tables::{cross_table, random};
use super::*;

#[test]
fn empty_and_tiny_tables_are_protected() {
    let nothing = Table::new(System::builder().build(), vec![]);
    assert_eq!(choose(&nothing.outsiders()).choices(), []);
    let mut builder = System::builder();
    builder.add_cells(1).expect("cell");
    let one = Table::new(builder.build(), vec![3]);
    for order in [PublishOrder::Best, PublishOrder::Value] {
        assert_eq!(choose(&ProtectTask { order, ..one.outsiders() }).choices(), [Choice::Primary]);
    }
    let zeros = cross_table(3, 3, &[0; 9]);
    assert_eq!(choose(&zeros.task(Singles::Ones, Insiders::Pooling)).secondary(), 0);
}

#[test]
fn counts_at_the_end_of_64_bits_do_not_overflow() {
    let large = i64::MAX / 4;
    let table = cross_table(2, 2, &[3, large, large, large]);
    let pattern = choose(&ProtectTask { order: PublishOrder::Best, ..table.outsiders() });
    assert_eq!(pattern.secondary(), 3);
    assert_eq!(pattern.secondary_value(), 3 * i128::from(large));
}

#[test]
fn relations_with_huge_factors_fail_closed() {
    // x1 = m·x0, x2 = m·x1, ...: what ties the ends has no place in 64 bits. The chain is refused or hidden.
    let mut builder = System::builder();
    builder.add_cells(8).expect("cells");
    let factor = i32::MAX;
    for cell in 0..6 {
        let terms = [(cell, factor), (cell + 1, -factor + 1), (cell + 2, 12_345 + i32::try_from(cell).expect("small"))];
        builder.add_relation(&terms.map(|(cell, factor)| Term { cell, factor })).expect("relation");
    }
    let mut table = Table::new(builder.build(), vec![0; 8]);
    table.fixed.fill(false);
    table.primary[7] = true;
    assert_eq!(refusal(&table.outsiders()), "policy.table_too_entangled");
}

#[test]
fn what_must_be_published_may_not_give_a_primary_cell_away() {
    let mut table = cross_table(2, 2, &[3, 20, 30, 40]);
    table.fixed.iter_mut().zip(&table.primary).for_each(|(fixed, primary)| *fixed = !primary);
    assert_eq!(refusal(&table.outsiders()), "policy.primary_given_away");
    // Two parts of a total of 2, both of one person, and the total exempted.
    let mut ones = cross_table(1, 3, &[1, 1, 9]);
    ones.fixed = vec![false, false, false, true, true, false, false, true];
    ones.primary = ones.counts.iter().map(|&count| count == 1).collect();
    assert_eq!(choose(&ones.outsiders()).secondary(), 0);
    assert_eq!(refusal(&ones.task(Singles::Ones, Insiders::Ignored)), "policy.primary_given_away");
}

#[test]
fn tasks_that_do_not_fit_their_system_are_refused() {
    let table = cross_table(2, 2, &[3, 20, 30, 40]);
    let task = table.outsiders();
    assert_eq!(refusal(&ProtectTask { counts: &table.counts[1..], ..task }), "misuse.argument");
    let mut counts = table.counts.clone();
    counts[4] = -1;
    assert_eq!(refusal(&ProtectTask { counts: &counts, ..task }), "policy.negative_count");
    counts[4] = 5;
    assert_eq!(refusal(&ProtectTask { counts: &counts, ..task }), "misuse.argument");
    assert_eq!(refusal(&ProtectTask { fixed: &table.primary, ..task }), "misuse.argument");
    for order in [&[0, 1, 2][..], &[0, 0], &[99], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 8]] {
        assert_eq!(refusal(&ProtectTask { order: PublishOrder::Given(order), ..task }), "misuse.argument");
    }
    choose(&ProtectTask { order: PublishOrder::Given(&[8, 7, 6, 5, 3, 2, 1, 0]), ..task });
}

#[test]
fn the_caller_can_stop_a_run_at_every_report() {
    let table = random(8);
    let task = ProtectTask { order: PublishOrder::Best, ..table.task(Singles::Ones, Insiders::Ignored) };
    let reports = std::cell::Cell::new(0);
    let stop_after = |limit: usize| {
        reports.set(0);
        choose_secondary(&task, &|progress| {
            assert!(progress.done <= progress.total);
            reports.set(reports.get() + 1);
            if reports.get() > limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    };
    assert!(stop_after(usize::MAX).is_ok() && reports.get() > 4);
    for limit in 0..4 {
        assert_eq!(stop_after(limit).expect_err("stopped").code(), "policy.interrupted");
        assert_eq!(reports.get(), limit + 1);
    }
}

#[test]
fn forced_cells_stay_hidden_and_secret() {
    let mut table = cross_table(3, 3, &[30, 20, 30, 20, 9, 30, 40, 50, 60]);
    table.forced[5] = true;
    let pattern = choose(&table.outsiders());
    assert_eq!(pattern.choices()[5], Choice::Secondary);
    assert_eq!(pattern.secondary(), 4);
    assert_eq!(oracle::computable(&table.system, &hidden(&pattern)), [0; 0]);
}

#[test]
fn nothing_that_debugs_shows_a_count() {
    let table = cross_table(2, 2, &[3, 77_771, 77_772, 77_773]);
    let pattern = choose(&table.outsiders());
    let text = format!("{:?} {pattern:?}", table.outsiders());
    assert!(!text.contains("7777") && !text.contains("Primary"), "{text}");
}
