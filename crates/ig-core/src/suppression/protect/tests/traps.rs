//! The ways in which hand-made suppression fails.

use super::tables::cross_table;
use super::*;
use oracle::computable;

/// Safe, and by hiding this many cells.
fn safe_with(table: &Table, task: &ProtectTask, secondary: usize) -> Pattern {
    let pattern = choose(task);
    assert_eq!(computable(&table.system, &hidden(&pattern)), [0; 0]);
    assert_eq!(pattern.secondary(), secondary);
    pattern
}

#[test]
fn a_single_suppression_in_a_row_takes_three_more() {
    let table = cross_table(3, 3, &[3, 20, 30, 20, 9, 30, 40, 50, 60]);
    assert_eq!(computable(&table.system, &table.primary), [5]);
    // The block of 3, 20, 20, 9 is the cheapest.
    let pattern = safe_with(&table, &table.outsiders(), 3);
    assert_eq!(pattern.secondary_value(), 49);
    safe_with(&table, &ProtectTask { order: PublishOrder::Best, ..table.outsiders() }, 3);
}

#[test]
fn a_block_of_two_by_two_needs_nothing_more() {
    let table = cross_table(3, 3, &[3, 2, 30, 4, 3, 30, 40, 50, 60]);
    safe_with(&table, &table.outsiders(), 0);
}

#[test]
fn two_in_a_row_but_alone_in_their_columns_are_not_enough() {
    let table = cross_table(3, 3, &[3, 2, 30, 25, 36, 31, 40, 50, 60]);
    assert_eq!(computable(&table.system, &table.primary), [5, 6]);
    safe_with(&table, &table.outsiders(), 2);
}

#[test]
fn a_pair_of_singletons_does_not_protect_itself() {
    // A row of two ones and a shown zero: its total of 2 tells each of the two people about the other.
    let table = cross_table(2, 3, &[1, 1, 9, 1, 1, 8]);
    safe_with(&table, &table.outsiders(), 0);
    for insiders in [Insiders::Ignored, Insiders::Alone, Insiders::Pooling] {
        let pattern = choose(&table.task(Singles::Ones, insiders));
        for first in [5, 6, 9, 10] {
            let mut unknown = hidden(&pattern);
            unknown[first] = false;
            let learnt = computable(&table.system, &unknown);
            assert!(learnt.iter().all(|&cell| !table.primary[cell]), "{insiders:?}: {learnt:?}");
        }
    }
}

#[test]
fn a_one_and_a_three_are_no_secret_to_the_one() {
    let table = cross_table(2, 3, &[1, 3, 9, 3, 1, 8]);
    let knows = |pattern: &Pattern| {
        let mut unknown = hidden(pattern);
        unknown[5] = false;
        computable(&table.system, &unknown)
    };
    assert!(!knows(&choose(&table.task(Singles::Ones, Insiders::Ignored))).is_empty());
    assert!(knows(&choose(&table.task(Singles::Ones, Insiders::Alone))).iter().all(|&cell| !table.primary[cell]));
}

#[test]
fn margins_of_zero_are_published_and_their_cells_with_them() {
    let table = cross_table(3, 3, &[0, 0, 0, 3, 20, 0, 9, 30, 0]);
    let pattern = safe_with(&table, &table.outsiders(), 3);
    assert!((0..16).all(|cell| table.counts[cell] != 0 || !pattern.is_hidden(cell)));
}

#[test]
fn a_column_protected_only_by_zeros_gives_up_its_total() {
    // The 3 stands alone in its column: the column's total has to go too, and then cells beside both.
    let table = cross_table(3, 2, &[3, 20, 0, 30, 0, 40]);
    let pattern = choose(&table.outsiders());
    assert!(pattern.is_hidden(4) && pattern.is_hidden(1));
    assert_eq!(computable(&table.system, &hidden(&pattern)), [0; 0]);
}

#[test]
fn a_total_equal_to_one_child_is_the_same_cell() {
    let table = cross_table(2, 2, &[3, 0, 20, 30]);
    let pattern = choose(&table.outsiders());
    // The row's total of 3 is primary as the 3 is; column total and grand total, or their like, protect both.
    assert!(pattern.is_hidden(3) && pattern.is_hidden(4));
    assert_eq!(computable(&table.system, &hidden(&pattern)), [0; 0]);
}

#[test]
fn linked_tables_each_safe_alone_are_not_safe_together() {
    // Two tables split one area's total differently; each hides two parts, and a third gives their difference.
    let counts = vec![23, 3, 20, 4, 19, 7, 24];
    let mut builder = System::builder();
    builder.add_cells(7).expect("cells");
    builder.add_sum(0, &[1, 2]).expect("sum");
    builder.add_sum(0, &[3, 4]).expect("sum");
    let separate = Table::new(builder.clone().build(), counts.clone());
    let alone = choose(&separate.outsiders());
    assert_eq!(computable(&separate.system, &hidden(&alone)), [0; 0]);
    // The third table: 7 = 3 + 4 and 24 = 20 + 4, published beside 23 = 3 + 20, gives every part.
    builder.add_sum(5, &[1, 3]).expect("sum");
    builder.add_sum(6, &[2, 3]).expect("sum");
    let together = Table::new(builder.build(), counts);
    assert!(!computable(&together.system, &hidden(&alone)).is_empty());
    let pattern = choose(&together.outsiders());
    assert_eq!(computable(&together.system, &hidden(&pattern)), [0; 0]);
    assert!(pattern.secondary() > alone.secondary());
}

#[test]
fn hidden_zeros_are_not_told_by_their_sum() {
    // Zeros are primary here: a total of 0 over two of them would tell both.
    let mut table = cross_table(3, 3, &[0, 0, 9, 0, 0, 8, 20, 30, 40]);
    table.primary = table.counts.iter().map(|&count| count < 5).collect();
    table.fixed.fill(false);
    let plain = choose(&table.outsiders());
    let pattern = choose(&table.task(Singles::Zeros, Insiders::Ignored));
    assert!(pattern.secondary() > plain.secondary());
    let mut unknown = hidden(&pattern);
    let shown: Vec<usize> = (0..16).filter(|&cell| !unknown[cell]).collect();
    for cell in shown {
        unknown[cell] = false;
    }
    assert_eq!(computable(&table.system, &unknown), [0; 0]);
}
