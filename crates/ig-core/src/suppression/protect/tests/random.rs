//! Properties over many small random tables.

use super::tables::{Dice, dimensions, fill, random};
use super::*;
use oracle::computable;

const TABLES: usize = 60;

const RULES: [(Singles, Insiders); 4] = [
    (Singles::Ignored, Insiders::Ignored),
    (Singles::Ones, Insiders::Ignored),
    (Singles::Ones, Insiders::Alone),
    (Singles::Ones, Insiders::Pooling),
];

fn primaries_among<'t>(table: &'t Table, cells: &'t [usize]) -> impl Iterator<Item = usize> + 't {
    cells.iter().copied().filter(|&cell| table.primary[cell])
}

#[test]
fn no_primary_cell_follows_from_what_is_published() {
    let mut lost_without = 0;
    for number in 0..TABLES {
        let table = random(number);
        lost_without += usize::from(!computable(&table.system, &table.primary).is_empty());
        for (singles, insiders) in RULES {
            for order in [PublishOrder::Value, PublishOrder::Coverage { shared: 30, opened: 50 }] {
                let pattern = choose(&ProtectTask { order, ..table.task(singles, insiders) });
                // Secondary cells neither: what determines one determines the primary cell that it protects.
                assert_eq!(computable(&table.system, &hidden(&pattern)), [0; 0], "table {number}");
                let mistaken = (0..table.counts.len()).find(|&cell| table.fixed[cell] && pattern.is_hidden(cell));
                assert_eq!(mistaken, None, "a zero that is shown is never hidden: table {number}");
            }
        }
    }
    assert!(lost_without > TABLES / 2, "tables that need no secondary cell test nothing");
}

#[test]
fn no_secondary_cell_can_be_given_back_alone() {
    for number in 0..TABLES {
        let table = random(number);
        for order in [PublishOrder::Value, PublishOrder::Best] {
            let pattern = choose(&ProtectTask { order, ..table.outsiders() });
            for cell in (0..table.counts.len()).filter(|&cell| pattern.choices()[cell] == Choice::Secondary) {
                let mut less = hidden(&pattern);
                less[cell] = false;
                let lost = computable(&table.system, &less);
                assert!(primaries_among(&table, &lost).next().is_some(), "table {number}, cell {cell}");
            }
        }
    }
}

#[test]
fn nobody_in_a_cell_of_one_or_two_learns_another_primary_cell() {
    for number in 0..TABLES {
        let table = random(number);
        // What was one and the same number before any choice stays so: with zeros alone published.
        let shape: Vec<bool> = table.fixed.iter().map(|&fixed| !fixed).collect();
        let knows = |unknown: &[bool], known: &[usize]| {
            let mut unknown = unknown.to_vec();
            for &cell in known {
                unknown[cell] = false;
            }
            computable(&table.system, &unknown)
        };
        let all_primary: Vec<usize> = (0..table.counts.len()).filter(|&cell| table.primary[cell]).collect();
        let ones: Vec<usize> = all_primary.iter().copied().filter(|&cell| table.counts[cell] == 1).collect();
        let alone = choose(&table.task(Singles::Ones, Insiders::Alone));
        let pooling =
            choose(&ProtectTask { order: PublishOrder::Best, ..table.task(Singles::Ones, Insiders::Pooling) });
        for pattern in [&alone, &pooling] {
            for &cell in all_primary.iter().filter(|&&cell| table.counts[cell] < 3) {
                let by_shape: Vec<usize> = knows(&shape, &[cell]);
                let learnt = knows(&hidden(pattern), &[cell]);
                let news: Vec<usize> = primaries_among(&table, &learnt).filter(|c| !by_shape.contains(c)).collect();
                assert_eq!(news, [0; 0], "table {number}, cell {cell}");
            }
        }
        let by_shape = knows(&shape, &ones);
        let learnt = knows(&hidden(&pooling), &ones);
        let news: Vec<usize> = primaries_among(&table, &learnt).filter(|c| !by_shape.contains(c)).collect();
        assert_eq!(news, [0; 0], "table {number}, pooling");
    }
}

#[test]
fn sums_of_ones_are_not_published() {
    for number in 0..TABLES {
        let table = random(number);
        let pattern =
            choose(&ProtectTask { order: PublishOrder::Best, ..table.task(Singles::Ones, Insiders::Ignored) });
        let ones: Vec<usize> = (0..table.counts.len()).filter(|&cell| table.counts[cell] == 1).collect();
        // One person of a one learns no other one.
        let shape: Vec<bool> = table.fixed.iter().map(|&fixed| !fixed).collect();
        for &cell in &ones {
            let without = |marks: &[bool]| {
                let mut marks = marks.to_vec();
                marks[cell] = false;
                computable(&table.system, &marks)
            };
            let (by_shape, learnt) = (without(&shape), without(&hidden(&pattern)));
            let news: Vec<&usize> = learnt.iter().filter(|c| ones.contains(c) && !by_shape.contains(c)).collect();
            assert!(news.is_empty(), "table {number}, cell {cell}: {news:?}");
        }
    }
}

#[test]
fn hiding_the_hidden_again_hides_nothing_more() {
    for number in 0..TABLES {
        let mut table = random(number);
        for (singles, insiders) in RULES {
            let first = choose(&ProtectTask { order: PublishOrder::Best, ..table.task(singles, insiders) });
            let again = choose(&table.task(singles, insiders));
            assert_eq!(again, choose(&table.task(singles, insiders)));
            table.forced = (0..table.counts.len()).map(|cell| first.choices()[cell] == Choice::Secondary).collect();
            assert_eq!(choose(&table.task(singles, insiders)), first, "table {number}");
            table.forced.fill(false);
        }
    }
}

#[test]
fn the_order_alone_decides_not_the_numbering_of_the_cells() {
    for number in 0..TABLES {
        let table = random(number);
        let cells = table.counts.len();
        let mut dice = Dice(number as u64 + 77);
        let mut renumbered: Vec<usize> = (0..cells).collect();
        (1..cells).rev().for_each(|place| renumbered.swap(place, dice.below(place + 1)));
        let mut builder = System::builder();
        builder.add_cells(cells).expect("cells");
        for relation in (0..table.system.relations()).rev() {
            let renumber = |term: &Term| Term { cell: renumbered[term.cell as usize] as u32, factor: -term.factor };
            let terms: Vec<Term> = table.system.relation(relation).iter().map(renumber).collect();
            builder.add_relation(&terms).expect("relation");
        }
        let mut counts = vec![0; cells];
        (0..cells).for_each(|cell| counts[renumbered[cell]] = table.counts[cell]);
        let other = Table::new(builder.build(), counts);
        let mut order: Vec<u32> = (0..cells as u32).collect();
        order.sort_by_key(|&cell| std::cmp::Reverse(table.counts[cell as usize]));
        let other_order: Vec<u32> = order.iter().map(|&cell| renumbered[cell as usize] as u32).collect();
        for (singles, insiders) in [RULES[0], RULES[2], RULES[3]] {
            let one = choose(&ProtectTask { order: PublishOrder::Given(&order), ..table.task(singles, insiders) });
            let two =
                choose(&ProtectTask { order: PublishOrder::Given(&other_order), ..other.task(singles, insiders) });
            let moved: Vec<Choice> = (0..cells).map(|cell| two.choices()[renumbered[cell]]).collect();
            assert_eq!(one.choices(), moved, "table {number}");
        }
    }
}

#[test]
fn threads_change_nothing() {
    let system = System::cross([dimensions(2), dimensions(4)].concat()).expect("cross");
    let counts = fill(&system, &mut Dice(5));
    let table = Table::new(system, counts);
    let task = ProtectTask { order: PublishOrder::Best, ..table.task(Singles::Ones, Insiders::Ignored) };
    let with = |threads| choose_with(&task, &|_| ControlFlow::Continue(()), threads).expect("protected");
    let one = with(1);
    assert!(one.secondary() > 10);
    assert_eq!(one, with(2));
    assert_eq!(one, with(7));
    let value = choose(&ProtectTask { order: PublishOrder::Value, ..task });
    assert!(one.secondary_value() <= value.secondary_value(), "a search that makes things worse");
}
