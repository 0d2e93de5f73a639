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
    std::fs::write(&world.sources[1].1, "period,org_code,type,breaches\n2017-03-01,b,c,9\n2017-03-01,b,c,-1\n")
        .expect("written");
    let error = world.refuses("policy.negative_count", "refused");
    assert!(error.context().contains(&("row", "2".to_owned())));
    assert_eq!(names(world.folder.path()), ["ae.csv", "audit.jsonl", "dids.csv"]);
}

const RULE: &str = "by = [\"period\", \"org_code\", \"type\"]\ncount = \"breaches\"\npolicy = \"hes\"";

/// Every row of a published table: its keys, and the number if it is shown.
fn cells(text: &str) -> Vec<(Vec<String>, Option<u64>)> {
    let rows = table(text);
    let keys = rows[0].len() - 2;
    rows[1..].iter().map(|row| (row[..keys].to_vec(), row[keys].parse().ok())).collect()
}

#[test]
fn agreed_totals_are_the_sums_and_give_no_small_count_back() {
    let rule = RULE.replace("\"hes\"", "\"under5\"\nmargins = \"all\"");
    let world = World::new().agreed(RULE, &rule);
    let few: String = AE.split_inclusive('\n').take(80).collect();
    std::fs::write(&world.sources[1].1, &few).expect("written");
    let manifest = world.release().expect("released").manifest;
    let disclosure = serde_json::to_value(&manifest.outputs[1].disclosure).expect("plain");
    assert_eq!((&disclosure["totals"], &disclosure["secondary"]), (&"all".into(), &"interval".into()));
    assert_eq!(disclosure["audit"], "protected");
    let published = cells(&world.output("ae_breaches.csv"));
    let source = table(&few);
    let parts = |keys: &[String]| -> u64 {
        let fits = |row: &&Vec<String>| (0..3).all(|place| keys[place] == "Total" || keys[place] == row[place]);
        source[1..].iter().filter(fits).map(|row| row[4].parse::<u64>().expect("a count")).sum()
    };
    let totals = published.iter().filter(|(keys, _)| keys.iter().any(|key| key == "Total"));
    let shown: Vec<_> = totals.filter_map(|(keys, count)| count.map(|count| (keys, count))).collect();
    assert!(shown.len() > 20, "{} totals are shown", shown.len());
    for (keys, count) in shown {
        assert_eq!(count, parts(keys), "{keys:?}");
    }
    assert!(published.iter().all(|(_, count)| count.is_none_or(|count| count == 0 || count >= 5)));
}

#[test]
fn agreed_hierarchies_add_the_totals_of_their_levels() {
    let table =
        "period,org_code,type,icb,breaches\n2017-03-01,A,1,North,40\n2017-03-01,B,1,North,9\n2017-03-01,C,1,South,30\n";
    let field = "[[dataset.field]]\nname = \"org_code\"";
    let icb = format!(
        "[[dataset.field]]\nname = \"icb\"\ntype = \"text\"\njustification = \"Compare areas\"\ntransform = \"keep\"\n\n{field}"
    );
    let rule = RULE
        .replace(
            "\"hes\"",
            "\"under5\"\nmargins = \"all\"\nhierarchy = [{ column = \"org_code\", levels = [\"icb\"] }]",
        )
        .replace("[\"period\", \"org_code\", \"type\"]", "[\"org_code\"]");
    let world = World::new().agreed(field, &icb).agreed(RULE, &rule);
    std::fs::write(&world.sources[1].1, table).expect("written");
    world.release().expect("released");
    let mut published = cells(&world.output("ae_breaches.csv"));
    published.sort();
    let expected = [("A", 40), ("B", 9), ("C", 30), ("North", 49), ("South", 30), ("Total", 79)];
    let expected: Vec<_> = expected.map(|(key, count)| (vec![key.to_owned()], Some(count))).into();
    assert_eq!(published, expected);
}
