//! The aggregate, computed a second time; and aggregates of other shapes.

use super::{AE, World, names, table};
use std::collections::BTreeMap;

/// The rule of the Hospital Episode Statistics: 1 to 7 hidden, 0 shown, the rest to the nearest 5.
fn hes(n: i64) -> (String, String) {
    match n {
        0 => ("0".to_owned(), "0".to_owned()),
        1..=7 => (String::new(), "*".to_owned()),
        _ => {
            let rounded = (n + 2) / 5 * 5;
            (rounded.to_string(), rounded.to_string())
        }
    }
}

#[test]
fn every_cell_is_the_sum_of_its_rows_under_the_rule() {
    let world = World::new();
    world.release().expect("released");
    let mut sums: BTreeMap<Vec<String>, i64> = BTreeMap::new();
    for row in table(AE).iter().skip(1) {
        *sums.entry(row[..3].to_vec()).or_default() += row[4].parse::<i64>().expect("a count");
    }
    let output = table(&world.output("ae_breaches.csv"));
    assert_eq!(output[0], ["period", "org_code", "type", "breaches", "breaches_display"]);
    assert_eq!(output.len() - 1, sums.len());
    for row in &output[1..] {
        let sum = sums.remove(&row[..3]).expect("each cell once");
        assert_eq!((row[3].clone(), row[4].clone()), hes(sum), "{:?}", &row[..3]);
    }
}

#[test]
fn rows_of_persons_are_counted_after_the_opt_outs() {
    let world = World::new()
        .agreed("dataset = \"ae_attendances\"\nkind", "dataset = \"dids\"\nkind")
        .agreed("by = [\"period\", \"org_code\", \"type\"]\ncount = \"breaches\"", "by = [\"PERSON_GENDER_CODE\"]");
    let done = world.release().expect("released");
    let kept = table(&world.output("imaging_records.csv"));
    for row in table(&world.output("ae_breaches.csv")).iter().skip(1) {
        let n = kept[1..].iter().filter(|person| person[4] == row[0]).count();
        assert_eq!((row[1].clone(), row[2].clone()), hes(i64::try_from(n).expect("small")));
    }
    assert_eq!(done.manifest.datasets[0].rows_out as usize, kept.len() - 1);
}

#[test]
fn a_column_named_like_the_count_is_told_before_any_row_is_read() {
    let world = World::new()
        .agreed("name = \"period\"", "name = \"n\"")
        .agreed("by = [\"period\", \"org_code\", \"type\"]\ncount = \"breaches\"", "by = [\"n\"]");
    std::fs::write(&world.sources[1].1, "n,org_code,type,breaches\nragged\n").expect("written");
    world.refuses("misuse.argument", "failure");
}

#[test]
fn a_negative_part_is_refused_with_its_row() {
    let world = World::new();
    std::fs::write(&world.sources[1].1, "period,org_code,type,breaches\na,b,c,9\na,b,c,-1\n").expect("written");
    let error = world.refuses("policy.negative_count", "refused");
    assert!(error.context().contains(&("row", "2".to_owned())));
    assert_eq!(names(world.folder.path()), ["ae.csv", "audit.jsonl", "dids.csv"]);
}
