//! Every result checked from outside, small tables against all roundings there are, chances counted.

use super::*;
use crate::key::Key;
use crate::pseudonym::{Context, Kind};
use crate::suppression::{Dimension, DimensionSum, Term};
use proptest::prelude::*;

const ONE: AdditiveRounding = AdditiveRounding { base: 5, max_bases: 1 };

fn flat(name: &str, parts: usize) -> Dimension {
    Dimension::with_total("all", (0..parts).map(|part| format!("{name}{part}")).collect()).expect("dimension")
}

/// all = (p, q), p and q of two practices each.
fn nested() -> Dimension {
    let names = ["all", "p", "q", "p1", "p2", "q1", "q2"].map(str::to_owned).to_vec();
    let sum = |total, parts: [usize; 2]| DimensionSum { total, parts: parts.to_vec() };
    Dimension::new(names, vec![sum(0, [1, 2]), sum(1, [3, 4]), sum(2, [5, 6])]).expect("dimension")
}

/// The same practices by another area too.
fn overlapping() -> Dimension {
    let mut names: Vec<String> = nested().categories().to_vec();
    names.extend(["x".to_owned(), "y".to_owned()]);
    let mut sums = nested().sums().to_vec();
    let sum = |total, parts: [usize; 2]| DimensionSum { total, parts: parts.to_vec() };
    sums.extend([sum(0, [7, 8]), sum(7, [3, 5]), sum(8, [4, 6])]);
    Dimension::new(names, sums).expect("dimension")
}

/// Counts of a cross from a number for each cell, of which only the innermost are used.
fn filled(system: &System, numbers: &[i64]) -> Vec<i64> {
    let sums = crate::suppression::sums::Sums::of(system).expect("sums");
    let mut counts: Vec<i64> = (0..system.cells()).map(|cell| numbers[cell % numbers.len()]).collect();
    for (total, relation) in sums.order {
        let parts = system.relation(relation).iter().filter(|term| term.cell as usize != total);
        counts[total] = parts.map(|term| counts[term.cell as usize]).sum();
    }
    assert_eq!(system.first_broken(&counts), None);
    counts
}

fn cross(dimensions: Vec<Dimension>) -> System {
    System::cross(dimensions).expect("cross")
}

/// What is promised, in other words than the code's own.
fn check_promise(system: &System, counts: &[i64], rounding: AdditiveRounding, rounded: &RoundedTable) {
    let base = i64::from(rounding.base);
    assert!(rounded.bases() <= rounding.max_bases);
    for (shown, count) in rounded.counts().iter().zip(counts) {
        assert!(*shown >= 0 && shown % base == 0 && (shown - count).abs() < base * i64::from(rounded.bases()));
    }
    for relation in 0..system.relations() {
        let of = |term: &Term| i64::from(term.factor) * rounded.counts()[term.cell as usize];
        assert_eq!(system.relation(relation).iter().map(of).sum::<i64>(), 0);
    }
}

/// Whether any rounding within one base keeps all sums: all choices for the innermost cells are tried.
fn exists(system: &System, counts: &[i64], base: i64) -> bool {
    let sums = crate::suppression::sums::Sums::of(system).expect("sums");
    let totals: Vec<usize> = sums.order.iter().map(|pair| pair.0).collect();
    let off = |cell: &usize| !totals.contains(cell) && counts[*cell] % base != 0;
    let inner: Vec<usize> = (0..system.cells()).filter(off).collect();
    assert!(inner.len() <= 16);
    (0..1_u32 << inner.len()).any(|choice| {
        let mut shown: Vec<i64> = counts.iter().map(|count| count - count % base).collect();
        for (place, &cell) in inner.iter().enumerate() {
            shown[cell] += base * i64::from(choice >> place & 1);
        }
        for &(total, relation) in &sums.order {
            let parts = system.relation(relation).iter().filter(|term| term.cell as usize != total);
            shown[total] = parts.map(|term| shown[term.cell as usize]).sum();
        }
        shown.iter().zip(counts).all(|(shown, count)| (shown - count).abs() < base)
            && system.first_broken(&shown).is_none()
    })
}

fn source(table: &str) -> RoundingSource {
    let bytes: Vec<u8> = (0..32).collect();
    let key = Key::from_bytes(crate::KeyId::new("counting").expect("id"), &bytes).expect("key");
    let context = Context::new("a").expect("context");
    RoundingSource::new(&key, &context, &Kind::text(), table).expect("source")
}

#[test]
fn one_and_two_dimensions_with_nested_totals_are_networks_and_others_are_not() {
    let is_network = |dimensions| Network::of(&cross(dimensions)).is_some();
    assert!(is_network(vec![flat("a", 4)]));
    assert!(is_network(vec![nested()]));
    assert!(is_network(vec![overlapping()]));
    assert!(is_network(vec![flat("a", 3), flat("b", 4)]));
    assert!(is_network(vec![nested(), flat("b", 3)]));
    assert!(is_network(vec![flat("b", 3), nested()]));
    assert!(!is_network(vec![nested(), nested()]));
    assert!(!is_network(vec![overlapping(), flat("b", 2)]));
    assert!(!is_network(vec![flat("a", 2), flat("b", 2), flat("c", 2)]));
}

/// Over many tables' names, every cell comes to its count on average.
#[test]
fn rounding_in_a_network_is_right_on_average() {
    let system = cross(vec![flat("a", 2), flat("b", 2)]);
    let counts = filled(&system, &[3, 1, 4, 1, 5, 9, 2, 6, 7]);
    let mut sums = vec![0_i64; counts.len()];
    let tables = 20_000_i64;
    for table in 0..tables {
        let source = source(&table.to_string());
        let rounded = round_additively(&system, &counts, ONE, Choice::Keyed(&source)).expect("rounds");
        check_promise(&system, &counts, ONE, &rounded);
        for (sum, count) in sums.iter_mut().zip(rounded.counts()) {
            *sum += count;
        }
    }
    for (sum, count) in sums.iter().zip(&counts) {
        // The variance of one is at most 25 / 4, so six standard deviations of the sum are 2,121.
        assert!((sum - tables * count).abs() <= 2_121, "{sum} {count}");
    }
}

#[test]
fn a_three_way_table_without_a_solution_within_one_base_is_given_two_or_refused() {
    // All tables of 0 and 1.
    let system = cross(vec![flat("a", 2), flat("b", 2), flat("c", 2)]);
    let mut without = None;
    for pattern in 0..256_u32 {
        let numbers: Vec<i64> = (0..8).map(|place| i64::from(pattern >> place & 1)).collect();
        let mut inner = numbers.iter();
        let mut counts: Vec<i64> = vec![0; 27];
        for a in 1..3 {
            for b in 1..3 {
                for c in 1..3 {
                    counts[a * 9 + b * 3 + c] = *inner.next().expect("eight");
                }
            }
        }
        let counts = filled(&system, &counts);
        for base in [2, 3] {
            let rounding = AdditiveRounding { base, max_bases: 1 };
            let found = round_additively(&system, &counts, rounding, Choice::Closest);
            assert_eq!(found.is_ok(), exists(&system, &counts, base.into()), "{pattern} {base}");
            if let Err(error) = found {
                assert_eq!(error.code(), "policy.rounding_not_additive");
                let rounding = AdditiveRounding { base, max_bases: 3 };
                let wider = round_additively(&system, &counts, rounding, Choice::Closest).expect("wider");
                check_promise(&system, &counts, rounding, &wider);
                assert_eq!(wider.method(), RoundingMethod::Search);
                without = without.max(Some(wider.bases()));
            }
        }
    }
    assert_eq!(without, Some(2), "some tables have none");
}

#[test]
fn what_cannot_be_rounded_is_refused() {
    let system = cross(vec![flat("a", 2)]);
    let code = |counts: &[i64], base, max_bases| {
        let rounding = AdditiveRounding { base, max_bases };
        round_additively(&system, counts, rounding, Choice::Closest).expect_err("refused").code()
    };
    assert_eq!(code(&[3, 1, 2], 1, 1), "misuse.argument");
    assert_eq!(code(&[3, 1, 2], 1001, 1), "misuse.argument");
    assert_eq!(code(&[3, 1, 2], 5, 0), "misuse.argument");
    assert_eq!(code(&[3, 1], 5, 1), "misuse.argument");
    assert_eq!(code(&[3, 1, 1], 5, 1), "misuse.argument");
    assert_eq!(code(&[1, 2, -1], 5, 1), "policy.negative_count");
    assert_eq!(code(&[i64::MAX, i64::MAX, 0], 1000, 1), "policy.count_too_large");
    let mut builder = System::builder();
    builder.add_cells(3).expect("cells");
    builder.add_relation(&[Term { cell: 0, factor: 2 }, Term { cell: 1, factor: -3 }]).expect("relation");
    let odd = round_additively(&builder.build(), &[3, 2, 0], ONE, Choice::Closest).expect_err("no sum");
    assert_eq!(odd.code(), "misuse.argument");
    let key = Key::generate().expect("key");
    let unnamed = RoundingSource::new(&key, &Context::new("a").expect("context"), &Kind::text(), "");
    assert_eq!(unnamed.expect_err("name").code(), "misuse.argument");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn networks_are_always_rounded_within_one_base(
        numbers in prop::collection::vec(0..40_i64, 60), base in 2..12_u32, keyed in any::<bool>(), shape in 0..6,
    ) {
        let system = match shape {
            0 => cross(vec![flat("a", 7)]),
            1 => cross(vec![overlapping()]),
            2 => cross(vec![flat("a", 3), flat("b", 5)]),
            3 => cross(vec![nested(), flat("b", 3)]),
            4 => cross(vec![flat("b", 3), nested()]),
            _ => cross(vec![Dimension::flat(vec!["x".into(), "y".into()]).expect("no sum"), nested()]),
        };
        let counts = filled(&system, &numbers);
        let (source, rounding) = (source("one"), AdditiveRounding { base, max_bases: 1 });
        let choice = if keyed { Choice::Keyed(&source) } else { Choice::Closest };
        let rounded = round_additively(&system, &counts, rounding, choice).expect("rounds");
        check_promise(&system, &counts, rounding, &rounded);
        prop_assert_eq!(rounded.method(), RoundingMethod::Network);
        prop_assert_eq!(&round_additively(&system, &counts, rounding, choice).expect("again"), &rounded);
    }
}

/// The same tables in every run: none that has a solution is missed.
#[test]
fn the_search_finds_a_solution_of_small_tables_whenever_there_is_one() {
    let systems = [
        cross(vec![flat("a", 2), flat("b", 2), flat("c", 3)]),
        cross(vec![nested(), nested()]),
        cross(vec![overlapping(), flat("b", 3)]),
    ];
    let mut state = 1_u64;
    let mut without = 0;
    for table in 0..90 {
        let mut number = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(state >> 40).expect("24 bits") % 20
        };
        let numbers: Vec<i64> = (0..60).map(|_| number()).collect();
        let (system, base) = (&systems[table % 3], u32::try_from(2 + table % 4).expect("small"));
        let counts = filled(system, &numbers);
        let rounding = AdditiveRounding { base, max_bases: 1 };
        let found = round_additively(system, &counts, rounding, Choice::Closest);
        assert_eq!(found.is_ok(), exists(system, &counts, base.into()), "{table}");
        without += usize::from(found.is_err());
        let rounding = AdditiveRounding { base, max_bases: 4 };
        let wider = round_additively(system, &counts, rounding, Choice::Closest).expect("wider");
        check_promise(system, &counts, rounding, &wider);
    }
    assert_eq!(without, 2, "tables without a solution within one base");
}
