//! Two releases of one agreement: what a reader who subtracts one from the other learns.

use super::{Effect, World, table};
use ig_core::Error;
use ig_core::release::{EarlierReleases, Release};
use std::collections::BTreeMap;
use std::path::PathBuf;

const RULE: &str = "by = [\"period\", \"org_code\", \"type\"]\ncount = \"breaches\"\npolicy = \"hes\"";
const TOTALS: &str = "by = [\"org_code\"]\ncount = \"breaches\"\npolicy = \"under5\"\nmargins = \"all\"";

/// A world whose tables of counts follow this rule.
pub(crate) fn ruled(rule: &str) -> World {
    World::new().agreed(RULE, rule)
}

/// A world without the records of persons.
pub(crate) fn tables_alone(rule: &str) -> World {
    let mut world = ruled(rule);
    for (from, to) in [
        ("[[dataset]]\nname = \"dids\"", "[[dataset]]\nname = \"ae_attendances\""),
        ("[[output]]\nname = \"imaging_records\"", "[[output]]\nname = \"ae_breaches\""),
    ] {
        let place = |text: &str| world.agreement.find(text).expect("there");
        world.agreement.replace_range(place(from)..place(to), "");
    }
    world.sources.remove(0);
    world
}

/// Counts of organisations A, B, C and so on, each by one type unless they come in pairs.
pub(crate) fn counts(world: &World, counts: &[u64]) {
    let row = |(place, count): (usize, &u64)| format!("2017-03-01,{},1,{count}\n", char::from(b'A' + place as u8));
    let rows: String = counts.iter().enumerate().map(row).collect();
    let path = &world.sources.last().expect("a source").1;
    std::fs::write(path, format!("period,org_code,type,breaches\n{rows}")).expect("written");
}

/// Releases into a folder of its own, beside the earlier ones.
pub(crate) fn next(world: &mut World, name: &str, earlier: &[&str]) -> Result<Release, Error> {
    let place = |name: &str| -> PathBuf { world.folder.path().join(name) };
    world.earlier = earlier.iter().fold(EarlierReleases::none(), |all, name| all.with_folder(place(name)));
    world.out = place(name);
    world.release()
}

/// What a release shows: the number of each organisation, none where it is hidden.
fn shown(world: &World, name: &str) -> BTreeMap<String, Option<u64>> {
    let text = std::fs::read_to_string(world.folder.path().join(name).join("ae_breaches.csv")).expect("output");
    table(&text)[1..].iter().map(|row| (row[0].clone(), row[1].parse().ok())).collect()
}

/// All the values that a small count can have, for a reader of both releases who knows that counts only grow: every
/// table of whole numbers is tried. For each release, and each of its hidden counts under five.
fn candidates(first: &World, second: &World, truth: [&[u64]; 2]) -> Vec<usize> {
    let pages = [shown(first, "first"), shown(second, "second")];
    let sites = truth[0].len();
    let name = |site: usize| char::from(b'A' + site as u8).to_string();
    let total: [Option<u64>; 2] = [0, 1].map(|when| pages[when]["Total"]);
    let most = truth[1].iter().sum::<u64>();
    let range = |when: usize, site: usize| match pages[when][&name(site)] {
        Some(count) => count..=count,
        None => 1..=most,
    };
    // Values of (first, second) that each site can have, then all ways to add sites up to the shown totals.
    let pairs = |site: usize| -> Vec<(u64, u64)> {
        range(0, site).flat_map(|a| range(1, site).filter(move |b| a <= *b).map(move |b| (a, b))).collect()
    };
    let fits = |(a, b): (u64, u64)| total[0].is_none_or(|total| total == a) && total[1].is_none_or(|total| total == b);
    let mut left = Vec::new();
    for (site, true_counts) in truth[0].iter().zip(truth[1]).map(|(a, b)| [*a, *b]).enumerate() {
        let small: Vec<usize> = (0..2).filter(|&when| (1..5).contains(&true_counts[when])).collect();
        if small.is_empty() {
            continue;
        }
        // Sums that all other sites together can have.
        let others = (0..sites).filter(|&other| other != site).fold(
            std::collections::BTreeSet::from([(0, 0)]),
            |sums, other| {
                let pairs = pairs(other);
                let add = |(a, b): (u64, u64)| {
                    pairs
                        .iter()
                        .map(move |(c, d)| (a + c, b + d))
                        .filter(|(a, b)| a.max(b) <= &most)
                        .collect::<Vec<_>>()
                };
                sums.into_iter().flat_map(add).collect()
            },
        );
        let possible: Vec<(u64, u64)> =
            pairs(site).into_iter().filter(|(a, b)| others.iter().any(|(c, d)| fits((a + c, b + d)))).collect();
        for when in small {
            let values: std::collections::BTreeSet<u64> =
                possible.iter().map(|pair| if when == 0 { pair.0 } else { pair.1 }).collect();
            assert!(values.contains(&true_counts[when]), "the truth is possible");
            left.push(values.len());
        }
    }
    left
}

/// 80 − 50 − 14 = 16 people in A and C now; C had 13 before and can only have grown, so A has at most 3, and so on.
#[test]
fn a_few_rows_more_give_a_hidden_count_away_unless_the_earlier_release_is_known() {
    let (before, after) = (&[2_u64, 12, 13, 50][..], &[2_u64, 14, 13, 50][..]);
    let mut first = ruled(TOTALS);
    counts(&first, before);
    next(&mut first, "first", &[]).expect("released");
    // A log of its own knows of no earlier release.
    let mut alone = ruled(TOTALS);
    counts(&alone, after);
    next(&mut alone, "second", &[]).expect("released");
    let narrow = candidates(&first, &alone, [before, after]);
    assert!(narrow.iter().any(|&left| left < 3), "{narrow:?}: the releases were to give something away");
    counts(&first, after);
    let made = next(&mut first, "second", &["first"]).expect("released");
    let disclosure = serde_json::to_value(&made.manifest.outputs[1].disclosure).expect("plain");
    assert_eq!((&disclosure["earlier"], &disclosure["audit"]), (&"grown".into(), &"protected".into()));
    let left = candidates(&first, &first, [before, after]);
    assert!(left.iter().all(|&left| left >= 3), "{left:?}");
}

/// Many tables that grow by a few people: what both releases show leaves every small count open, or nothing leaves.
#[test]
fn no_pair_of_growing_tables_gives_a_small_count_away() {
    let mut state = 0x2026_u64;
    let mut below = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let (mut released, mut leaks) = (0, 0);
    for _ in 0..12 {
        let before: Vec<u64> = [1, 7, 7, 7].iter().map(|least| least + below(4)).collect();
        let after: Vec<u64> = before.iter().map(|count| count + below(3)).collect();
        let mut world = tables_alone(TOTALS);
        counts(&world, &before);
        // What is small in a table cannot always be protected in it.
        if next(&mut world, "first", &[]).is_err() {
            continue;
        }
        let mut alone = tables_alone(TOTALS);
        counts(&alone, &after);
        if next(&mut alone, "second", &[]).is_ok() {
            let narrow = candidates(&world, &alone, [&before, &after]);
            leaks += usize::from(narrow.iter().any(|&left| left < 3));
        }
        counts(&world, &after);
        match next(&mut world, "second", &["first"]) {
            Ok(_) => {
                released += 1;
                let left = candidates(&world, &world, [&before, &after]);
                assert!(left.iter().all(|&left| left >= 3), "{before:?} {after:?} {left:?}");
            }
            Err(error) => {
                assert!(["policy.not_protected", "policy.primary_given_away"].contains(&error.code()), "{error}");
            }
        }
    }
    assert!(released >= 4 && leaks >= 1, "{released} released, {leaks} leaks without earlier releases");
}

/// What was shown of organisations gives the types in them away: 20 − 17 = 3.
#[test]
fn an_earlier_table_with_fewer_key_columns_is_one_of_totals() {
    let coarse = "by = [\"org_code\"]\ncount = \"breaches\"\npolicy = \"under5\"";
    let fine = "by = [\"org_code\", \"type\"]\ncount = \"breaches\"\npolicy = \"under5\"\nmargins = \"all\"";
    let rows = "2017-03-01,A,1,3\n2017-03-01,A,2,17\n2017-03-01,A,3,9\n2017-03-01,B,1,30\n2017-03-01,B,2,40\n\
                2017-03-01,B,3,60\n";
    let mut world = ruled(coarse);
    counts(&world, &[29, 130]);
    next(&mut world, "first", &[]).expect("released");
    world.agreement = ruled(fine).agreement;
    std::fs::write(&world.sources[1].1, format!("period,org_code,type,breaches\n{rows}")).expect("written");
    let made = next(&mut world, "second", &["first"]).expect("released");
    let disclosure = serde_json::to_value(&made.manifest.outputs[1].disclosure).expect("plain");
    assert_eq!(disclosure["earlier"], "same");
    let cells = table(&world.output("ae_breaches.csv"));
    let of =
        |org: &str, kind: &str| cells.iter().find(|row| (&*row[0], &*row[1]) == (org, kind)).expect("row")[3].clone();
    assert_eq!(of("A", "1"), "*");
    // The total of A is known from before, so it is shown again, and two of its parts are hidden at least.
    assert_eq!(of("A", "Total"), "29");
    assert!(of("A", "2") == "*" || of("A", "3") == "*");
    // A total of now that is not the one of before is no growth if it fell.
    std::fs::write(&world.sources[1].1, format!("period,org_code,type,breaches\n{}", rows.replace("A,3,9", "A,3,8")))
        .expect("written");
    let error = next(&mut world, "third", &["first", "second"]).expect_err("fell");
    assert_eq!(error.code(), "access.earlier_not_comparable");
}

#[test]
fn counts_that_fell_are_refused_unless_the_agreement_says_that_they_are_of_others() {
    let mut world = ruled(TOTALS);
    counts(&world, &[2, 12, 13, 50]);
    next(&mut world, "first", &[]).expect("released");
    counts(&world, &[2, 12, 11, 52]);
    let error = next(&mut world, "second", &["first"]).expect_err("fell");
    assert_eq!(error.code(), "access.earlier_not_comparable");
    world.agreement = ruled(&format!("{TOTALS}\nearlier_releases = \"not_compared\"")).agreement;
    let made = next(&mut world, "second", &[]).expect("agreed");
    let outputs = serde_json::to_value(&made.manifest.outputs).expect("plain");
    assert_eq!(outputs[1]["disclosure"]["earlier"], "not_compared");
}

/// A rule of level none claims nothing about subtraction, so nothing stops it; the manifest says what was found.
#[test]
fn a_rule_that_rounds_goes_on_and_the_manifest_says_how_it_was_compared() {
    let compared = |release: Release| {
        serde_json::to_value(&release.manifest.outputs[1].disclosure).expect("plain")["earlier"].clone()
    };
    let mut world = ruled(&TOTALS.replace("under5", "hes"));
    counts(&world, &[2, 12, 13, 50]);
    assert_eq!(compared(next(&mut world, "first", &[]).expect("released")), "none_comparable");
    assert_eq!(compared(next(&mut world, "second", &["first"]).expect("released")), "same");
    counts(&world, &[2, 12, 13, 90]);
    assert_eq!(compared(next(&mut world, "third", &["second", "first"]).expect("released")), "grown");
    counts(&world, &[2, 12, 13, 20]);
    let all = ["first", "second", "third"];
    assert_eq!(compared(next(&mut world, "fourth", &all).expect("released")), "not_related");
    world.agreement = ruled(TOTALS).agreement;
    let all = ["first", "second", "third", "fourth"];
    let error = next(&mut world, "fifth", &all).expect_err("another rule");
    assert_eq!(error.code(), "access.earlier_not_comparable");
    world.effect = Effect::DryRun;
    assert_eq!(next(&mut world, "fifth", &all).expect_err("another rule").code(), "access.earlier_not_comparable");
}
