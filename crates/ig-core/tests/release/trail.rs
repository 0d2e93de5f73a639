//! The audit records of a release.

use super::World;
use ig_core::audit::verify;
use ig_core::release::EarlierReleases;

#[test]
fn the_attempt_comes_first_and_success_last() {
    let world = World::new();
    let done = world.release().expect("released");
    let report = verify(world.log_path(), None).expect("verifies");
    let records = world.records();
    assert_eq!(report.records as usize, records.len());
    let brief: Vec<(&str, &str, &str)> = records
        .iter()
        .map(|record| {
            let text = |name: &str| record[name].as_str().unwrap_or("");
            (text("event"), text("outcome"), text("dataset"))
        })
        .collect();
    assert_eq!(
        brief,
        [
            ("export", "attempt", ""),
            ("read", "attempt", "dids"),
            ("opt_out_check", "success", "dids"),
            ("read", "success", "dids"),
            ("read", "attempt", "ae_attendances"),
            ("read", "success", "ae_attendances"),
            ("export", "success", "imaging_records"),
            ("export", "success", "ae_breaches"),
            ("export", "success", ""),
            ("export", "success", ""),
        ]
    );
    for record in &records {
        assert_eq!(record["corr_id"], world.run.to_string());
        for (name, value) in [
            ("actor", "a.analyst"),
            ("role", "analyst"),
            ("org", "Example Analytics Unit"),
            ("purpose", "service_evaluation"),
            ("agreement_id", "DSA-2026-014"),
            ("key_id", "release-test"),
        ] {
            assert_eq!(record[name], value, "{record}");
        }
    }
    assert_eq!(records[2]["count"], 444);
    assert_eq!(records[3]["count"], 495);
    assert_eq!(records[6]["object"], done.manifest.outputs[0].summary.sha256);
    let report = world.output("report.html");
    assert_eq!(records[8]["object"], ig_core::audit::Digest::of(report.as_bytes()).to_string());
    assert_eq!(records[8]["code"], "release.report");
    assert_eq!(records[9]["object"], done.manifest_sha256);
    assert_eq!(records[9]["code"], "release.complete");
}

#[test]
fn the_manifest_names_the_head_that_the_log_had() {
    let world = World::new();
    let done = world.release().expect("released");
    let lines: Vec<String> = world.log_text().lines().map(str::to_owned).collect();
    let held = &done.manifest.audit;
    assert_eq!(held.records, 6);
    assert_eq!(held.head, ig_core::audit::Digest::of(lines[5].as_bytes()).to_string());
}

#[test]
fn a_second_release_goes_on_with_the_same_log() {
    let mut world = World::new();
    world.release().expect("released");
    world.earlier = EarlierReleases::none().with_folder(&world.out);
    world.out = world.folder.path().join("again");
    world.release().expect("released");
    assert_eq!(verify(world.log_path(), None).expect("verifies").records, 20);
}
