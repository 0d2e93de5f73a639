//! Manifest, log and everything that is printed hold no number, no pseudonym and no key.

use super::{World, shows_no_secret, table};

#[test]
fn what_is_written_about_a_release_holds_no_person() {
    let world = World::new();
    let done = world.release().expect("released");
    let manifest = world.output("manifest.json");
    let written = [
        ("manifest", manifest),
        ("report", world.output("report.html")),
        ("log", world.log_text()),
        ("debug", format!("{done:?} {:?}", world.opt_outs())),
    ];
    let pseudonyms: Vec<String> =
        table(&world.output("imaging_records.csv")).iter().skip(1).flat_map(|row| row[..2].to_vec()).collect();
    assert_eq!(pseudonyms.len(), 2 * 444);
    for (what, text) in &written {
        shows_no_secret(what, text);
        assert!(!pseudonyms.iter().any(|pseudonym| text.contains(pseudonym.as_str())), "{what} holds a pseudonym");
        assert!(!text.contains(&world.folder.path().display().to_string()), "{what} holds a path of this machine");
    }
    let key = world.key.as_ref().expect("a key");
    for (what, text) in &written[..2] {
        assert!(text.contains(key.check_value()) && text.contains(key.id().as_str()), "{what}");
    }
}

#[test]
#[should_panic(expected = "holds digits of an input number")]
fn the_search_finds_a_planted_number() {
    shows_no_secret("planted", &format!("see {}", super::NUMBERS[7]));
}

#[test]
#[should_panic(expected = "planted")]
fn the_search_finds_a_planted_key() {
    shows_no_secret("planted", &super::key_hex().to_uppercase());
}
