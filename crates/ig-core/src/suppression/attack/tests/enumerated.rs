//! Every small table against all whole-number tables that look like it.

use super::super::{Attacker, AuditTask, Bounds, Method, Need, Needed, Recomputable, Verdict, audit};
use super::support::{Dice, STYLES, Style, Table, flat, nested, publish, read_proof};
use crate::suppression::{Dimension, Shown};

fn shapes(dice: &mut Dice, shape: usize) -> Table {
    let dimensions: Vec<Dimension> = match shape {
        0 => vec![flat(3), flat(3)],
        1 => vec![flat(4), flat(2)],
        2 => vec![flat(2), flat(2), flat(2)],
        3 => vec![flat(3), flat(2), flat(2)],
        4 => vec![nested(false), flat(2)],
        5 => vec![nested(true), flat(2)],
        6 => vec![nested(false)],
        _ => return Table::linked(3, dice),
    };
    Table::random(dimensions, dice)
}

#[test]
fn ranges_are_those_of_all_whole_number_tables() {
    let (mut tables, mut cells, mut gaps, mut holes) = (0, 0, 0, 0);
    let mut verdicts = [0; 4];
    for seed in 0..640 {
        let mut dice = Dice::new(seed);
        let style = STYLES[seed as usize % 4];
        let table = shapes(&mut dice, seed as usize / 4 % 8);
        let secondary = [10, 25, 45][dice.below(3)];
        let shown = publish(&table.counts, style, secondary, &mut dice);
        let Some(seen) = table.enumerate(&shown) else { continue };
        tables += 1;
        let counts = dice.chance(50).then_some(&table.counts[..]);
        for bounds in [Bounds::Full, Bounds::Enough] {
            let task = AuditTask { counts, bounds, ..AuditTask::new(&table.system, &shown) };
            let result = audit(&task).expect("consistent");
            for finding in &result.cells {
                let seen = &seen[finding.cell];
                let (least, greatest) = (*seen.first().expect("the table itself"), *seen.last().expect("the same"));
                let place = format!("seed {seed} cell {} {bounds:?} {finding:?}", finding.cell);
                assert!(finding.lower <= least && finding.upper.is_none_or(|upper| upper >= greatest), "{place}");
                if let Some((from, to)) = finding.found {
                    assert!(seen.contains(&from) && seen.contains(&to), "{place}");
                }
                assert_eq!(finding.verdict == Verdict::Exact, least == greatest, "{place}");
                if let Some(proof) = &finding.proof {
                    assert!(proof.holds(&table.system, &shown), "{place}");
                    let range = read_proof(proof, &table.system, &shown);
                    assert_eq!(range, (finding.lower, finding.upper), "{place}");
                }
                if finding.by_sums == Recomputable::Yes {
                    assert!(finding.verdict == Verdict::Exact && finding.proof.is_some(), "{place}");
                }
                let enough = greatest - least + 1 >= 3;
                match finding.verdict {
                    Verdict::Safe => assert!(enough || finding.method == Method::LinearProgram, "{place}"),
                    Verdict::TooNarrow => assert!(!enough, "{place}"),
                    Verdict::Exact => {}
                    Verdict::Undecided => panic!("{place}"),
                }
                if bounds == Bounds::Full {
                    cells += 1;
                    verdicts[finding.verdict as usize] += 1;
                    gaps += usize::from((finding.lower, finding.upper) != (least, Some(greatest)));
                    holes += usize::from(i64::try_from(seen.len()).expect("few") != greatest - least + 1);
                }
            }
        }
    }
    println!("{tables} tables, {cells} cells, {gaps} wider than enumeration, {holes} with holes, {verdicts:?}");
    assert!(tables > 400 && verdicts[0] > 100 && verdicts[1] > 100 && verdicts[3] > 100);
    assert_eq!(gaps, 0);
}

#[test]
fn sums_alone_say_exact_where_rational_elimination_does() {
    for seed in 0..200 {
        let mut dice = Dice::new(1000 + seed);
        let table = shapes(&mut dice, seed as usize % 8);
        let shown = publish(&table.counts, Style::ZerosHidden, 30, &mut dice);
        let own: Vec<usize> = (0..shown.len()).filter(|&cell| table.counts[cell] == 1).collect();
        let task = AuditTask { own: &own, attacker: Attacker::Sums, ..AuditTask::new(&table.system, &shown) };
        let result = audit(&task).expect("consistent");
        let known: Vec<bool> = shown.iter().map(|shown| shown.is_one_count()).collect();
        let plus = |more: &[usize]| {
            let mut known = known.clone();
            more.iter().for_each(|&cell| known[cell] = true);
            determined(&table, &known)
        };
        let (alone, pooled) = (plus(&[]), plus(&own));
        let each: Vec<Vec<bool>> = own.iter().map(|&owner| plus(&[owner])).collect();
        for finding in &result.cells {
            let cell = finding.cell;
            assert_eq!(finding.verdict == Verdict::Exact, alone[cell], "seed {seed} cell {cell}");
            assert_eq!(finding.verdict == Verdict::Safe, !alone[cell]);
            let by_one = own.iter().zip(&each).any(|(&owner, known)| owner != cell && known[cell]);
            assert_eq!(finding.by_contributor.is_some(), by_one && !alone[cell], "seed {seed} cell {cell}");
            let by_all = alone[cell] || (pooled[cell] && !own.contains(&cell));
            assert_eq!(finding.by_pooling == Recomputable::Yes, by_all, "seed {seed} cell {cell}");
        }
    }
}

/// Which cells follow from known ones, by elimination in fractions of 128 bits on leaf counts.
fn determined(table: &Table, known: &[bool]) -> Vec<bool> {
    // Unknown cells are the columns; each relation is a row.
    let system = &table.system;
    let mut rows: Vec<Vec<i128>> = (0..system.relations())
        .map(|relation| {
            let mut row = vec![0_i128; system.cells()];
            for term in system.relation(relation).iter().filter(|term| !known[term.cell as usize]) {
                row[term.cell as usize] = term.factor.into();
            }
            row
        })
        .collect();
    let mut done = 0;
    let mut result = known.to_vec();
    for column in 0..system.cells() {
        let Some(at) = (done..rows.len()).find(|&row| rows[row][column] != 0) else { continue };
        rows.swap(done, at);
        let pivot = rows[done].clone();
        for (number, row) in rows.iter_mut().enumerate() {
            if number != done && row[column] != 0 {
                let (a, b) = (pivot[column], row[column]);
                row.iter_mut().zip(&pivot).for_each(|(entry, pivot)| *entry = *entry * a - pivot * b);
                let common = row.iter().fold(0_i128, |all, &entry| divisor(all, entry.abs())).max(1);
                row.iter_mut().for_each(|entry| *entry /= common);
            }
        }
        done += 1;
    }
    for row in &rows {
        let mut cells = row.iter().enumerate().filter(|&(_, &entry)| entry != 0);
        if let (Some((cell, _)), None) = (cells.next(), cells.next()) {
            result[cell] = true;
        }
    }
    result
}

fn divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { divisor(b, a % b) }
}

#[test]
fn publishing_more_never_makes_a_cell_safer() {
    for seed in 0..150 {
        let mut dice = Dice::new(5000 + seed);
        let table = shapes(&mut dice, seed as usize % 8);
        let shown = publish(&table.counts, STYLES[seed as usize % 4], 40, &mut dice);
        let hidden: Vec<usize> = (0..shown.len()).filter(|&cell| !shown[cell].is_one_count()).collect();
        if hidden.is_empty() {
            continue;
        }
        let mut more = shown.clone();
        let cell = hidden[dice.below(hidden.len() as u64)];
        more[cell] = Shown::Exactly(table.counts[cell]);
        let run = |shown: &[Shown]| {
            let task = AuditTask { bounds: Bounds::Full, ..AuditTask::new(&table.system, shown) };
            audit(&task).expect("consistent").cells
        };
        let before = run(&shown);
        for after in run(&more) {
            let before = before.iter().find(|finding| finding.cell == after.cell).expect("hidden before");
            assert!(after.verdict <= before.verdict, "seed {seed} cell {}", after.cell);
            assert!(
                after.lower >= before.lower && after.upper.is_some_and(|upper| before.upper.is_none_or(|b| upper <= b))
            );
        }
    }
}

#[test]
fn every_value_of_the_rule_can_be_asked_for() {
    for seed in 0..120 {
        let mut dice = Dice::new(9000 + seed);
        let table = shapes(&mut dice, seed as usize % 8);
        let shown = publish(&table.counts, Style::ZerosShown, 40, &mut dice);
        let Some(seen) = table.enumerate(&shown) else { continue };
        let whole = Need::Whole { low: 1, high: 4 };
        let needs: Vec<Need> = shown.iter().map(|_| whole).collect();
        for needed in [Needed::Each(whole), Needed::PerCell(&needs)] {
            let task = AuditTask { needed, ..AuditTask::new(&table.system, &shown) };
            for finding in audit(&task).expect("consistent").cells {
                let all = (1..=4).all(|count| seen[finding.cell].contains(&count));
                assert_eq!(finding.verdict == Verdict::Safe, all, "seed {seed} {finding:?}");
            }
        }
    }
}
