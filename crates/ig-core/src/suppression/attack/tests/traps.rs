//! The classical ways in which a hidden cell comes back, by name, and hostile input.

use super::super::{
    Attacker, Audit, AuditTask, Bounds, Limits, Method, Need, Needed, Recomputable, Verdict, audit, audit_with_progress,
};
use super::support::{Dice, Style, Table, flat, nested, publish};
use crate::suppression::{Shown, System, Term};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

const POSITIVE: Shown = Shown::Between { low: 1, high: None };
const ANY: Shown = Shown::Between { low: 0, high: None };

fn full(system: &System, shown: &[Shown]) -> Audit {
    audit(&AuditTask { bounds: Bounds::Full, ..AuditTask::new(system, shown) }).expect("consistent")
}

fn exactly(counts: &[i64]) -> Vec<Shown> {
    counts.iter().map(|&count| Shown::Exactly(count)).collect()
}

/// Rows total, a, b and columns total, c, d.
fn two_by_two(counts: [i64; 4], hidden: &[usize], as_shown: Shown) -> (System, Vec<Shown>) {
    let [a, b, c, d] = counts;
    let system = System::cross(vec![flat(2), flat(2)]).expect("cross");
    let mut shown = exactly(&[a + b + c + d, a + c, b + d, a + b, a, b, c + d, c, d]);
    hidden.iter().for_each(|&cell| shown[cell] = as_shown);
    (system, shown)
}

fn ranges(audit: &Audit) -> Vec<(usize, i64, Option<i64>)> {
    audit.cells.iter().map(|cell| (cell.cell, cell.lower, cell.upper)).collect()
}

#[test]
fn a_single_suppression_in_a_row_comes_back() {
    let (system, shown) = two_by_two([3, 9, 20, 30], &[4, 5, 7], POSITIVE);
    let result = full(&system, &shown);
    assert_eq!(ranges(&result), [(4, 3, Some(3)), (5, 9, Some(9)), (7, 20, Some(20))]);
    assert!(result.cells.iter().all(|cell| cell.by_sums == Recomputable::Yes && cell.verdict == Verdict::Exact));
    let proof = result.cells[2].proof.as_ref().expect("a proof");
    let text = proof.render(&system, &shown, &|cell| format!("#{cell}"));
    assert!(text.ends_with("= 20\n") && text.contains("#6 (50)") && text.contains("#8 (30)"), "{text}");
    assert!(proof.published_cells(&system, &shown).contains(&8));
    assert!(!format!("{result:?} {proof:?}").contains("20"), "no counts in debug output");
}

#[test]
fn a_block_of_two_by_two_moves_as_one() {
    // Rows 12 and 24, columns 23 and 13: one free number, 1 to 11.
    let (system, shown) = two_by_two([3, 9, 20, 4], &[4, 5, 7, 8], POSITIVE);
    let result = full(&system, &shown);
    assert_eq!(ranges(&result), [(4, 1, Some(11)), (5, 1, Some(11)), (7, 12, Some(22)), (8, 2, Some(12))]);
    assert_eq!(result.count(Verdict::Safe), 4);
    assert!(result.passed());
}

#[test]
fn a_block_of_ones_is_exact_where_every_zero_is_shown() {
    let (system, shown) = two_by_two([1, 30, 30, 1], &[4, 5, 7, 8], POSITIVE);
    assert_eq!(full(&system, &shown).count(Verdict::Safe), 4);
    let (system, shown) = two_by_two([1, 1, 1, 1], &[4, 5, 7, 8], POSITIVE);
    let result = full(&system, &shown);
    assert_eq!(result.count_by(Verdict::Exact, Method::Propagation), 4);
    assert!(result.cells.iter().all(|cell| cell.by_sums == Recomputable::No));
}

#[test]
fn a_pair_of_singletons_gives_each_other_away() {
    // A flat row: two hidden ones. Either person subtracts themselves and knows the other.
    let system = System::cross(vec![flat(3)]).expect("cross");
    let shown = [Shown::Exactly(22), ANY, ANY, Shown::Exactly(20)];
    let task = AuditTask { own: &[1, 2], ..AuditTask::new(&system, &shown) };
    let result = audit(&task).expect("consistent");
    assert_eq!(result.cells.iter().map(|cell| cell.by_contributor).collect::<Vec<_>>(), [Some(2), Some(1)]);
    assert!(result.cells.iter().all(|cell| cell.verdict == Verdict::Safe) && !result.passed());
    // Three hidden cells: nobody alone, but two of them together know the third.
    let shown = [Shown::Exactly(22), ANY, ANY, ANY];
    let result = audit(&AuditTask { own: &[1, 2], ..AuditTask::new(&system, &shown) }).expect("consistent");
    assert!(result.cells.iter().all(|cell| cell.by_contributor.is_none()));
    assert_eq!(result.cells[2].by_pooling, Recomputable::Yes);
}

#[test]
fn a_margin_of_zero_tells_all_its_cells() {
    let (system, shown) = two_by_two([0, 0, 5, 6], &[4, 5, 7, 8], ANY);
    let result = full(&system, &shown);
    assert_eq!(ranges(&result), [(4, 0, Some(0)), (5, 0, Some(0)), (7, 5, Some(5)), (8, 6, Some(6))]);
}

#[test]
fn a_column_protected_only_by_zeros_falls_when_zeros_are_shown() {
    let (system, mut shown) = two_by_two([3, 0, 0, 9], &[4, 5, 7, 8], ANY);
    assert_eq!(ranges(&full(&system, &shown))[0], (4, 0, Some(3)));
    // Had the zeros been shown, as the rule says, nothing would be hidden.
    (shown[5], shown[7]) = (Shown::Exactly(0), Shown::Exactly(0));
    assert_eq!(full(&system, &shown).count(Verdict::Exact), 2);
}

#[test]
fn a_total_equal_to_its_one_child_tells_it() {
    let mut builder = System::builder();
    builder.add_cells(2).expect("cells");
    builder.add_sum(0, &[1]).expect("sum");
    let system = builder.build();
    assert_eq!(ranges(&full(&system, &[Shown::Exactly(4), POSITIVE])), [(1, 4, Some(4))]);
    let both = full(&system, &[Shown::Between { low: 1, high: Some(4) }, POSITIVE]);
    assert_eq!(ranges(&both), [(0, 1, Some(4)), (1, 1, Some(4))]);
}

#[test]
fn linked_tables_that_are_safe_alone_are_not_together() {
    // Two tables split the same people by different keys and share one hidden row.
    let table = |linked: bool| {
        let mut builder = System::builder();
        builder.add_cells(8).expect("cells");
        builder.add_sum(0, &[1, 2, 3]).expect("sum");
        builder.add_sum(4, &[5, 6, 7]).expect("sum");
        if linked {
            let term = |cell, factor| Term { cell, factor };
            builder.add_relation(&[term(1, 1), term(5, -1)]).expect("link");
        }
        builder.build()
    };
    let mut shown = exactly(&[30, 3, 7, 20, 40, 3, 17, 20]);
    [1, 2, 6, 5].iter().for_each(|&cell| shown[cell] = POSITIVE);
    shown[6] = Shown::Between { low: 16, high: Some(18) };
    assert_eq!(full(&table(false), &shown).cells[0].upper, Some(9));
    let together = full(&table(true), &shown);
    assert_eq!((together.cells[0].lower, together.cells[0].upper), (2, Some(4)));
}

#[test]
fn a_rate_with_a_known_denominator_tells_its_numerator() {
    // 12.5 per cent of 40: 1000 · numerator = 125 · denominator.
    let mut builder = System::builder();
    builder.add_cells(2).expect("cells");
    builder.add_relation(&[Term { cell: 0, factor: 1000 }, Term { cell: 1, factor: -125 }]).expect("rate");
    let system = builder.build();
    let result = full(&system, &[POSITIVE, Shown::Exactly(40)]);
    assert_eq!(ranges(&result), [(0, 5, Some(5))]);
    // The denominator only known to be small: it must be a multiple of 8.
    let result = full(&system, &[POSITIVE, Shown::Between { low: 1, high: Some(20) }]);
    assert_eq!(ranges(&result), [(0, 1, Some(2)), (1, 8, Some(16))]);
}

#[test]
fn rounded_tables_are_narrowed_by_their_totals() {
    let system = System::cross(vec![flat(2)]).expect("cross");
    let rounded = |count: i64| Shown::Between { low: (count - 2).max(0), high: Some(count + 2) };
    // 5 + 5 shown as 15: the parts must be 6 or 7 each.
    let result = full(&system, &[rounded(15), rounded(5), rounded(5)]);
    assert_eq!(ranges(&result), [(0, 13, Some(14)), (1, 6, Some(7)), (2, 6, Some(7))]);
    let text = result.cells[1].proof.as_ref().expect("a proof").render(
        &system,
        &[rounded(15), rounded(5), rounded(5)],
        &|cell| format!("#{cell}"),
    );
    assert_eq!(text, "#1 ≥ #0 (at least 13) − #2 (at most 7) ≥ 6\n");
}

#[test]
fn numbers_at_the_end_of_64_bits_do_not_wrap() {
    let system = System::cross(vec![flat(3)]).expect("cross");
    let shown = [Shown::Exactly(i64::MAX), ANY, Shown::Exactly(i64::MAX - 5), ANY];
    assert_eq!(ranges(&full(&system, &shown)), [(1, 0, Some(5)), (3, 0, Some(5))]);
    let shown = [ANY, Shown::Exactly(i64::MAX), Shown::Exactly(i64::MAX), ANY];
    let result = audit(&AuditTask::new(&system, &shown));
    assert!(result.is_ok_and(|audit| audit.cells.iter().all(|cell| cell.lower >= 0)));
    let wide = Shown::Between { low: i64::MIN, high: Some(i64::MAX) };
    let result = full(&system, &[wide, wide, wide, wide]);
    assert_eq!(result.cells.len(), 4);
    assert!(result.cells.iter().all(|cell| cell.lower == i64::MIN));
}

#[test]
fn nothing_hidden_everything_hidden_and_nothing_at_all() {
    let empty = System::builder().build();
    assert!(full(&empty, &[]).passed());
    let (system, shown) = two_by_two([1, 2, 3, 4], &[], ANY);
    assert!(full(&system, &shown).cells.is_empty());
    let all = [true; 9];
    let asked = audit(&AuditTask { targets: Some(&all), ..AuditTask::new(&system, &shown) }).expect("consistent");
    assert_eq!(asked.count_by(Verdict::Exact, Method::Published), 9);
    let result = full(&system, &[ANY; 9]);
    assert!(result.cells.iter().all(|cell| (cell.lower, cell.upper, cell.verdict) == (0, None, Verdict::Safe)));
    // A hidden cell in no equation.
    let mut builder = System::builder();
    builder.add_cells(2).expect("cells");
    let alone = full(&builder.build(), &[Shown::Between { low: 1, high: Some(2) }, POSITIVE]);
    assert_eq!((alone.cells[0].verdict, alone.cells[1].verdict), (Verdict::TooNarrow, Verdict::Safe));
    assert!(alone.cells[0].proof.is_none() && alone.components == 2);
}

#[test]
fn tables_that_cannot_be_are_refused_by_the_sum_that_shows_it() {
    let system = System::cross(vec![flat(2)]).expect("cross");
    let refuse = |shown: &[Shown]| audit(&AuditTask::new(&system, shown)).expect_err("impossible");
    for shown in [
        exactly(&[10, 4, 7]),
        vec![Shown::Exactly(10), Shown::Exactly(11), ANY],
        vec![Shown::Exactly(1), POSITIVE, POSITIVE],
        vec![Shown::Exactly(10), Shown::Between { low: 0, high: Some(4) }, Shown::Between { low: 0, high: Some(5) }],
    ] {
        let error = refuse(&shown);
        assert_eq!(
            (error.code(), error.context()),
            ("policy.inconsistent_relation", vec![("relation", "1".to_owned())])
        );
        assert!(!error.to_string().contains("10"));
    }
    // Two totals of the same hidden parts that differ.
    let mut builder = System::builder();
    builder.add_cells(4).expect("cells");
    builder.add_sum(0, &[2, 3]).expect("sum");
    builder.add_sum(1, &[2, 3]).expect("sum");
    let shown = [Shown::Exactly(5), Shown::Exactly(6), ANY, ANY];
    let error = audit(&AuditTask::new(&builder.build(), &shown)).expect_err("5 is not 6");
    assert_eq!(error.code(), "policy.inconsistent_relation");
}

#[test]
fn wrong_arguments_are_refused() {
    let (system, shown) = two_by_two([1, 2, 3, 4], &[4, 5, 7, 8], ANY);
    let task = AuditTask::new(&system, &shown);
    let upside_down = [Shown::Between { low: 2, high: Some(1) }; 9];
    let (short, counts) = ([true; 3], [10, 4, 6, 3, 1, 2, 7, 3, 4]);
    let mut wrong = counts;
    wrong[4] += 1;
    let elsewhere = [20, 8, 12, 6, 2, 4, 14, 6, 8];
    for (task, code) in [
        (AuditTask { shown: &shown[1..], ..task }, "misuse.argument"),
        (AuditTask { shown: &upside_down, ..task }, "misuse.argument"),
        (AuditTask { targets: Some(&short), ..task }, "misuse.argument"),
        (AuditTask { needed: Needed::PerCell(&[Need::Values(3)]), ..task }, "misuse.argument"),
        (AuditTask { own: &[9], ..task }, "misuse.argument"),
        (AuditTask { counts: Some(&counts[1..]), ..task }, "misuse.argument"),
        (AuditTask { counts: Some(&elsewhere), ..task }, "misuse.argument"),
        (AuditTask { counts: Some(&wrong), ..task }, "policy.inconsistent_relation"),
    ] {
        assert_eq!(audit(&task).expect_err("refused").code(), code);
    }
    assert!(audit(&AuditTask { counts: Some(&counts), ..task }).is_ok());
}

#[test]
fn an_audit_can_be_interrupted_and_runs_out_of_steps_unsafely() {
    let (system, shown) = two_by_two([3, 9, 20, 4], &[4, 5, 7, 8], POSITIVE);
    let task = AuditTask::new(&system, &shown);
    let error = audit_with_progress(&task, &|_| ControlFlow::Break(()));
    // A table this small may be done before it hears of it.
    assert!(error.as_ref().map_or_else(|error| error.code() == "policy.interrupted", |audit| audit.cells.len() == 4));
    let mut dice = Dice::new(3);
    let large = Table::random(vec![flat(60), flat(60)], &mut dice);
    let hidden = publish(&large.counts, Style::ZerosHidden, 60, &mut dice);
    let error = audit_with_progress(&AuditTask::new(&large.system, &hidden), &|_| ControlFlow::Break(()));
    assert_eq!(error.expect_err("interrupted").code(), "policy.interrupted");
    for steps in [0, 20, 60, 120] {
        let limits = Limits { steps, ..Limits::default() };
        let result = audit(&AuditTask { limits, ..task }).expect("consistent");
        assert!(result.cells.iter().all(|cell| matches!(cell.verdict, Verdict::Undecided | Verdict::Safe)));
        assert!(steps > 0 || result.count(Verdict::Undecided) == 4);
        let sums = audit(&AuditTask { limits, attacker: Attacker::Sums, ..task }).expect("consistent");
        assert!(steps > 0 || (!sums.passed() && sums.count(Verdict::Undecided) == 4));
    }
}

#[test]
fn the_number_of_threads_and_the_order_of_cells_change_nothing() {
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let table = Table::random(vec![nested(seed % 2 == 0), flat(3), flat(2)], &mut dice);
        let shown = publish(&table.counts, Style::ZerosShown, 20, &mut dice);
        let run = |threads| {
            let limits = Limits { threads: NonZeroUsize::new(threads), ..Limits::default() };
            audit(&AuditTask { limits, bounds: Bounds::Full, ..AuditTask::new(&table.system, &shown) })
                .expect("consistent")
        };
        let one = run(1);
        assert!(one == run(4));
        // The same cells under other numbers, relations in the other order.
        let cells = shown.len();
        assert_ne!(cells % 11, 0, "else two cells would get one number");
        let place = |cell: usize| (cell * 11 + 3) % cells;
        let mut builder = System::builder();
        builder.add_cells(cells).expect("cells");
        for relation in (0..table.system.relations()).rev() {
            let moved = |term: &Term| Term { cell: place(term.cell as usize) as u32, ..*term };
            builder
                .add_relation(&table.system.relation(relation).iter().map(moved).collect::<Vec<_>>())
                .expect("relation");
        }
        let mut moved = shown.clone();
        (0..cells).for_each(|cell| moved[place(cell)] = shown[cell]);
        let other = full(&builder.build(), &moved);
        for finding in &one.cells {
            let twin = other.cells.iter().find(|other| other.cell == place(finding.cell)).expect("the same cell");
            assert_eq!(
                (finding.lower, finding.upper, finding.verdict),
                (twin.lower, twin.upper, twin.verdict),
                "seed {seed}"
            );
            assert_eq!(finding.by_sums, twin.by_sums);
        }
    }
}
