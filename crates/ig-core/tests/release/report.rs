//! The report of a real release, and what the manifest says of people and days.

use super::{DIDS, NUMBERS, TODAY, World, key_hex, names, table};
use ig_core::opt_out::Unchecked;
use ig_core::release::{Effect, Occasion, release_report};
use std::collections::BTreeSet;
use time::Duration;
use time::macros::date;

#[test]
fn the_page_in_the_folder_is_that_of_the_manifest() {
    let world = World::new();
    let done = world.release().expect("released");
    let page = world.output("report.html");
    assert_eq!(page, done.report_html);
    assert_eq!(page, release_report(&done.manifest, Some(&done.manifest_sha256)));
    assert!(page.contains(&done.manifest_sha256) && page.contains(&world.run.to_string()));
    assert!(page.contains("444 rows about 444 people"));
    // The manifest does not name the page, whose hash is in the log.
    assert!(!world.output("manifest.json").contains("report.html"));
}

/// No cell of the sources is on the page, pseudonyms neither. Cells of one to four signs are too short to tell.
#[test]
fn no_cell_is_on_the_page() {
    let world = World::new();
    let page = world.release().expect("released").report_html;
    let (input, output) = (table(DIDS), table(&world.output("imaging_records.csv")));
    let cells: BTreeSet<&String> =
        input[1..].iter().chain(&output[1..]).flatten().filter(|cell| cell.len() > 4).collect();
    assert!(cells.len() > 1_000);
    let found: Vec<_> = cells.iter().filter(|cell| page.contains(cell.as_str())).collect();
    assert!(found.is_empty(), "{} cells are on the page", found.len());
    assert!(!page.contains(&key_hex()[..16]));
}

#[test]
fn people_are_those_of_the_rows_that_went_on() {
    // Three more rows of the third person, two of the first, who opted out; rows of nobody.
    let mut lines: Vec<String> = DIDS.lines().map(str::to_owned).collect();
    let (first, third) = (lines[1].clone(), lines[3].clone());
    let nobody = third.replace(NUMBERS[2].as_str(), "9990000017");
    assert_ne!(nobody, third);
    lines.extend([third.clone(), nobody, third.clone(), first.clone(), third, first]);
    let world = World::new().dids(&(lines.join("\n") + "\n"));
    let done = world.release().expect("released");
    let dids = &done.manifest.datasets[0];
    let stays = |number: &&ig_core::NhsNumber| !world.opted_out.contains(number) && !world.denied.contains(number);
    let people: BTreeSet<_> = NUMBERS.iter().filter(stays).collect();
    assert_eq!((dids.rows_in, dids.invalid, dids.rows_out), (501, 1, 447));
    assert_eq!(dids.people, Some(people.len() as u64));
    assert_eq!(done.manifest.datasets[1].people, None);
    assert!(!world.output("manifest.json").contains("\"people\": null"));
    assert!(done.report_html.contains("447 rows about 444 people"));
}

#[test]
fn rows_that_stay_without_a_number_are_nobodys() {
    let lines: Vec<_> = DIDS.lines().collect();
    let nobody = lines[3].replace(NUMBERS[2].as_str(), "");
    let exempt = "rule = \"section_251\"\nno_number_exemption = \"IG/2026/17\"";
    let world = World::new().agreed("rule = \"section_251\"", exempt).dids(&format!("{DIDS}{nobody}\n"));
    let world = World::agreed(world, "kind = \"nhs_number\" }", "kind = \"nhs_number\", on_invalid = \"null\" }");
    let dids = world.release().expect("released").manifest.datasets.remove(0);
    assert_eq!((dids.rows_out, dids.people), (445, Some(444)));
}

#[test]
fn the_days_of_the_data_are_in_the_manifest_and_on_the_page() {
    let mut world = World::new();
    world.as_of = vec![("dids", date!(2026 - 10 - 31)), ("ae_attendances", TODAY)];
    let done = world.release().expect("released");
    let days: Vec<_> = done.manifest.datasets.iter().map(|dataset| dataset.as_of.as_deref()).collect();
    assert_eq!(days, [Some("2026-10-31"), Some("2026-11-22")]);
    assert!(done.report_html.contains("31 October 2026") && !done.report_html.contains("not stated"));
    let world = World::new();
    let done = world.release().expect("released");
    assert_eq!(done.manifest.datasets[0].as_of, None);
    assert!(!world.output("manifest.json").contains("as_of"));
    assert!(done.report_html.contains("not stated"));
}

#[test]
fn days_that_cannot_be_are_refused_before_anything_is_read() {
    for (name, day) in [("dids", TODAY + Duration::days(1)), ("other", TODAY)] {
        let mut world = World::new();
        world.as_of = vec![("ae_attendances", TODAY), (name, day)];
        let error = world.refuses("misuse.argument", "failure");
        assert!(error.to_string().starts_with("as_of is not usable"), "{error}");
        assert_eq!(world.records().len(), 2, "an attempt and its end");
    }
}

#[test]
fn a_dry_run_has_a_page_and_no_file() {
    let mut world = World::new();
    world.effect = Effect::DryRun;
    world.occasion = Occasion::Rehearsal;
    let done = world.release().expect("a dry run");
    for words in ["Dry run:", "Rehearsal:", "Nothing was released.", "none: no manifest was written"] {
        assert!(done.report_html.contains(words), "{words}");
    }
    assert!(!names(world.folder.path()).contains(&"out".to_owned()));
    assert!(world.records().iter().all(|record| record["code"] != "release.report"));
}

#[test]
fn who_was_never_checked_is_told() {
    let mut world = World::new();
    world.unchecked = Unchecked::Withhold;
    world.submitted.truncate(490);
    let done = world.release().expect("released");
    assert_eq!(done.manifest.datasets[0].refused, 5);
    assert!(done.report_html.contains("5 rows left out, because the check service was never asked about them."));
}
