//! Which earlier releases must be given, and what stands in for them.

use super::earlier::{counts, next, ruled};
use super::folder::{At, sources};
use super::{Effect, World};
use ig_core::audit::CorrelationId;
use ig_core::release::EarlierReleases;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicU64;

fn world() -> World {
    let world = ruled("by = [\"org_code\"]\ncount = \"breaches\"\npolicy = \"under5\"\nmargins = \"all\"");
    counts(&world, &[2, 12, 13, 50]);
    world
}

fn run(world: &mut World) -> String {
    world.run = CorrelationId::generate().expect("run");
    world.run.to_string()
}

#[test]
fn a_second_release_asks_for_the_first_before_any_row_is_read() {
    let mut world = world();
    let first = run(&mut world);
    next(&mut world, "first", &[]).expect("released");
    run(&mut world);
    fs::remove_file(&world.sources[1].1).expect("no row can be read");
    world.out = world.folder.path().join("second");
    let error = world.refuses("access.earlier_not_given", "refused");
    assert!(error.to_string().contains(&first), "{error}");
    let read = |record: &serde_json::Value| record["event"] == "read" && record["corr_id"] == world.run.to_string();
    assert!(!world.records().iter().any(read), "a row was read");
}

#[test]
fn the_manifest_names_what_was_given_and_the_files_stay_the_same() {
    let mut world = world();
    let first = run(&mut world);
    let made = next(&mut world, "first", &[]).expect("released");
    assert!(made.manifest.earlier.is_none());
    run(&mut world);
    let again = next(&mut world, "second", &["first"]).expect("released");
    let earlier = serde_json::to_value(&again.manifest.earlier).expect("plain");
    let expected = serde_json::json!({"given": [{"run_id": first, "manifest_sha256": made.manifest_sha256}]});
    assert_eq!(earlier, expected);
    // The same counts again show the same cells.
    assert_eq!(made.manifest.outputs[1].summary, again.manifest.outputs[1].summary);
    // A folder given twice is one release; the order of folders says nothing.
    next(&mut world, "third", &["second", "first", "second"]).expect("released");
}

#[test]
fn a_ticket_stands_in_for_releases_that_are_no_longer_held() {
    let mut world = world();
    let first = run(&mut world);
    next(&mut world, "first", &[]).expect("released");
    run(&mut world);
    world.earlier = EarlierReleases::none().with_unavailable("IG/2026/17");
    world.out = world.folder.path().join("second");
    let manifest = world.release().expect("a ticket").manifest;
    let earlier = serde_json::to_value(&manifest.earlier).expect("plain");
    assert_eq!((&earlier["reason_ref"], &earlier["unavailable"][0]["run_id"]), (&"IG/2026/17".into(), &first.into()));
    let records = world.records();
    let last = records.last().expect("a record");
    assert_eq!((&last["code"], &last["reason_ref"]), (&"release.complete".into(), &"IG/2026/17".into()));
    world.out = world.folder.path().join("third");
    for ticket in ["because", "N/A", "IG 17", "9990000018"] {
        world.earlier = EarlierReleases::none().with_unavailable(ticket);
        let code = world.release().expect_err("no ticket").code();
        assert!(["audit.field", "audit.identifier_in_field"].contains(&code), "{ticket}: {code}");
    }
}

#[test]
fn dry_runs_and_releases_of_rows_alone_are_not_asked_for_and_rehearsals_are() {
    let mut world = world();
    world.effect = Effect::DryRun;
    next(&mut world, "first", &[]).expect("a dry run");
    world.effect = Effect::Release;
    let agreement = world.agreement.clone();
    let output = agreement.find("[[output]]\nname = \"ae_breaches\"").expect("an output");
    let dataset = agreement.find("[[dataset]]\nname = \"ae_attendances\"").expect("a dataset");
    let rest = agreement.find("[retention]").expect("retention");
    world.agreement = format!(
        "{}{}{}",
        &agreement[..dataset],
        &agreement[agreement.find("[[output]]").expect("an output")..output],
        &agreement[rest..]
    );
    let table = world.sources.pop().expect("a table");
    next(&mut world, "rows", &[]).expect("rows alone");
    next(&mut world, "rows-again", &[]).expect("rows alone need nothing");
    world.agreement = agreement;
    world.sources.push(table);
    world.occasion = ig_core::release::Occasion::Rehearsal;
    next(&mut world, "second", &[]).expect("the first with tables");
    assert_eq!(next(&mut world, "third", &[]).expect_err("one is out").code(), "access.earlier_not_given");
    next(&mut world, "third", &["rows", "second"]).expect("both are of this agreement");
}

#[test]
fn folders_that_are_not_what_the_log_says_are_refused() {
    let mut world = world();
    next(&mut world, "first", &[]).expect("released");
    let place = |name: &str| world.folder.path().join(name);
    let copy = |name: &str| {
        fs::create_dir(place(name)).expect("made");
        for file in ["manifest.json", "ae_breaches.csv"] {
            fs::copy(place("first").join(file), place(name).join(file)).expect("copied");
        }
    };
    let edit = |path: &Path, from: &str, to: &str| {
        let text = fs::read_to_string(path).expect("text");
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replacen(from, to, 1)).expect("written");
    };
    // A copy without the files of rows is enough.
    copy("moved");
    copy("table");
    edit(&place("table").join("ae_breaches.csv"), "50,50", "51,51");
    copy("manifest");
    edit(&place("manifest").join("manifest.json"), "\"sha256\": \"", "\"sha256\": \"0");
    copy("no-table");
    fs::remove_file(place("no-table").join("ae_breaches.csv")).expect("removed");
    copy("no-manifest");
    fs::remove_file(place("no-manifest").join("manifest.json")).expect("removed");
    copy("other-kind");
    fs::write(place("other-kind").join("manifest.json"), "[]").expect("written");
    copy("binary");
    fs::write(place("binary").join("ae_breaches.csv"), [0, 159, 1]).expect("written");
    let other = World::new().agreed("DSA-2026-014", "DSA-2026-015");
    other.release().expect("released");
    let unknown = self::world();
    unknown.release().expect("released");
    let foreign = place("foreign");
    let of_another_log = place("unknown");
    fs::rename(&other.out, &foreign).expect("moved");
    fs::rename(&unknown.out, &of_another_log).expect("moved");
    for (folder, code) in [
        ("table", "access.earlier_changed"),
        ("binary", "access.earlier_changed"),
        ("manifest", "access.earlier_changed"),
        ("no-table", "access.earlier_unreadable"),
        ("no-manifest", "access.earlier_unreadable"),
        ("other-kind", "access.earlier_unreadable"),
        ("nowhere", "access.earlier_unreadable"),
        ("foreign", "access.earlier_foreign"),
        ("unknown", "access.earlier_unknown"),
    ] {
        let error = next(&mut world, "second", &["first", folder]).expect_err(folder);
        assert_eq!(error.code(), code, "{folder}: {error}");
        assert!(error.to_string().contains(folder) && !error.to_string().contains("/tmp"), "{error}");
    }
    assert!(!world.folder.path().join("second").exists());
    next(&mut world, "second", &["moved"]).expect("released");
}

/// Another release of the agreement is completed while this one is being made.
#[test]
fn a_release_that_overtakes_stops_this_one() {
    let mut slow = world();
    run(&mut slow);
    let (log, out) = (slow.log_path(), slow.folder.path().join("fast"));
    let overtake = || {
        let mut fast = world();
        (fast.log, fast.out) = (Some(log.clone()), out.clone());
        fast.release().expect("released");
    };
    let watch = At(AtomicU64::new(0), 1, ControlFlow::Continue(()), overtake);
    let error = slow.release_from(sources(&slow), &watch).expect_err("overtaken");
    assert_eq!(error.code(), "access.earlier_not_given");
    assert!(!slow.out.exists());
}
