//! The output folder: whole or not at all.

use super::{World, names};
use ig_core::audit::AuditLog;
use ig_core::release::{Effect, Manifest, Progress, Source, Watch};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// Breaks at the given call, and does something there.
pub(crate) struct At<F: Fn() + Sync>(pub(crate) AtomicU64, pub(crate) u64, pub(crate) ControlFlow<()>, pub(crate) F);

impl<F: Fn() + Sync> Watch for At<F> {
    fn progress(&self, _: Progress<'_>) -> ControlFlow<()> {
        if self.0.fetch_add(1, Ordering::SeqCst) == self.1 {
            (self.3)();
            return self.2;
        }
        ControlFlow::Continue(())
    }
}

pub(crate) fn sources(world: &World) -> impl Iterator<Item = (String, Source)> {
    world.sources.iter().map(|(name, path)| ((*name).to_owned(), Source::File(path.clone())))
}

#[test]
fn an_interruption_at_any_step_leaves_nothing() {
    let mut steps = 0;
    loop {
        let world = World::new();
        let before = names(world.folder.path());
        let watch = At(AtomicU64::new(0), steps, ControlFlow::Break(()), || {});
        match world.release_from(sources(&world), &watch) {
            Ok(_) => break,
            Err(error) => world.left_nothing(&before, &error, "misuse.interrupted", "failure"),
        }
        steps += 1;
    }
    // Both datasets are read, the table is protected, and both files are checked.
    assert!(steps >= 5, "{steps} steps");
}

#[test]
fn a_folder_that_is_used_is_refused_and_an_empty_one_taken() {
    let world = World::new();
    std::fs::create_dir(&world.out).expect("made");
    std::fs::write(world.out.join("a"), "kept").expect("written");
    world.refuses("export.output_exists", "failure");
    assert_eq!(world.output("a"), "kept");
    std::fs::remove_file(world.out.join("a")).expect("removed");
    world.release().expect("an empty folder is taken");
    let bytes = world.output("manifest.json");
    world.refuses("export.output_exists", "failure");
    assert_eq!(world.output("manifest.json"), bytes);
}

#[test]
fn a_dry_run_takes_every_step_and_leaves_nothing_but_its_records() {
    let mut world = World::new();
    let wet = World::new().release().expect("released").manifest;
    world.effect = Effect::DryRun;
    let before = names(world.folder.path());
    let dry = world.release().expect("a dry run");
    let mut after = names(world.folder.path());
    after.retain(|name| name != "audit.jsonl");
    assert_eq!((after, dry.manifest_sha256.as_str(), dry.manifest.dry_run), (before, "", true));
    let counts = |manifest: &Manifest| serde_json::to_value(&manifest.datasets).expect("plain");
    let hashes = |manifest: &Manifest| -> Vec<String> {
        manifest.outputs.iter().map(|output| output.summary.sha256.clone()).collect()
    };
    assert_eq!((counts(&dry.manifest), hashes(&dry.manifest)), (counts(&wet), hashes(&wet)));
    let last = world.records().pop().expect("a record");
    assert_eq!((&last["outcome"], &last["code"]), (&"success".into(), &"release.dry_run".into()));
    // What would stop a release stops a dry run.
    world.key = None;
    world.refuses("key.missing", "failure");
}

#[test]
fn what_an_ended_process_left_behind_goes_and_what_another_is_making_stays() {
    let world = World::new();
    let place = |run: &str, ending: &str| world.folder.path().join(format!(".out.nhs-ig-{run}.{ending}"));
    for run in ["gone", "running"] {
        std::fs::create_dir(place(run, "partial")).expect("made");
        std::fs::write(place(run, "partial").join("rows.csv"), "x").expect("written");
        std::fs::write(place(run, "lock"), "").expect("written");
    }
    let held = std::fs::File::open(place("running", "lock")).expect("there");
    held.lock().expect("free");
    world.release().expect("released");
    assert!(!place("gone", "partial").exists() && !place("gone", "lock").exists());
    assert!(place("running", "partial").join("rows.csv").exists() && place("running", "lock").exists());
    let of_this_run = names(world.folder.path()).into_iter().filter(|name| name.contains(&world.run.to_string()));
    assert_eq!(of_this_run.count(), 0);
}

#[test]
fn a_file_in_the_place_of_the_folder_stays() {
    let world = World::new();
    std::fs::write(&world.out, "kept").expect("written");
    world.refuses("export.output_exists", "failure");
    assert_eq!(std::fs::read_to_string(&world.out).expect("file"), "kept");
}

#[test]
fn a_folder_filled_meanwhile_stays_as_it_is() {
    let world = World::new();
    std::fs::create_dir(&world.out).expect("made");
    let fill = || std::fs::write(world.out.join("a"), "another's").expect("written");
    let watch = At(AtomicU64::new(0), 3, ControlFlow::Continue(()), fill);
    let before = names(world.folder.path());
    let error = world.release_from(sources(&world), &watch).expect_err("filled");
    world.left_nothing(&before, &error, "export.output_exists", "failure");
    assert_eq!(names(&world.out), ["a"]);
}

#[test]
fn missing_parents_are_made() {
    let mut world = World::new();
    world.out = world.folder.path().join("a/b/out");
    world.release().expect("released");
    assert_eq!(names(&world.out).len(), 4);
    assert_eq!(names(&world.folder.path().join("a/b")), ["out"]);
}

#[test]
fn paths_without_a_name_are_refused() {
    for path in ["/", ".."] {
        let mut world = World::new();
        world.out = PathBuf::from(path);
        assert_eq!(world.release().expect_err("no name").code(), "misuse.argument", "{path}");
    }
}

#[test]
fn the_audit_log_never_lies_inside() {
    let mut world = World::new();
    world.out = world.folder.path().to_owned();
    assert_eq!(world.release().expect_err("inside").code(), "misuse.argument");
    assert!(world.log_path().exists());
}

/// Replaces the audit log while the last rows are read.
struct Swap<'a>(&'a World);
impl Watch for Swap<'_> {
    fn progress(&self, progress: Progress<'_>) -> ControlFlow<()> {
        if progress.stage == "reading" && progress.name.starts_with("ae") {
            let log = self.0.log_path();
            std::fs::rename(&log, log.with_extension("moved")).expect("moved");
            drop(AuditLog::open(&log).expect("another log"));
        }
        ControlFlow::Continue(())
    }
}

/// Without a record there is no release.
#[test]
fn nothing_leaves_if_the_log_is_replaced_meanwhile() {
    let world = World::new();
    let before = names(world.folder.path());
    let error = world.release_from(sources(&world), &Swap(&world)).expect_err("the log is gone");
    assert!(error.code().starts_with("audit."), "{error}");
    let mut after = names(world.folder.path());
    after.retain(|name| !name.starts_with("audit."));
    assert_eq!(after, before);
}
