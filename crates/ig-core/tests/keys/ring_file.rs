//! Making, reading and changing a ring.

use super::{LATER, MADE, context, id, key, read, ring_of_one, write};
use ig_core::KeyError;
use ig_core::keys::KeyStatus::{Pending, Primary, Retired};
use ig_core::keys::{Key, KeyFilePermissions, KeyRing, KeyRingFile, KeySource, KeyStatus};
use std::time::SystemTime;
use time::{Duration, OffsetDateTime};

#[test]
fn the_life_of_a_ring() {
    let (_folder, file) = ring_of_one();
    let purposes = [context("DSA-2026-014"), context("a \"quoted\" \\ one")];
    file.add(&key("second", 90), KeySource::Inline, &purposes, LATER).expect("added");
    let statuses = |file: &KeyRingFile| -> Vec<(String, KeyStatus)> {
        file.entries().expect("read").iter().map(|entry| (entry.id.to_string(), entry.status)).collect()
    };
    assert_eq!(statuses(&file), [("first".to_owned(), Primary), ("second".to_owned(), Pending)]);
    assert_eq!(file.retire(&id("first"), LATER).expect_err("primary").code(), "key.ring_primary");
    file.promote(&id("second"), LATER).expect("promoted");
    assert_eq!(statuses(&file), [("first".to_owned(), Retired), ("second".to_owned(), Primary)]);
    for code in
        [file.promote(&id("first"), LATER), file.promote(&id("second"), LATER), file.retire(&id("first"), LATER)]
    {
        assert_eq!(code.expect_err("not pending").code(), "key.ring_status");
    }
    assert_eq!(file.promote(&id("third"), LATER).expect_err("unknown").code(), "key.unavailable");
    let ring = read(file.path()).expect("read");
    assert_eq!(ring.primary().expect("primary").check_value(), key("second", 90).check_value());
    assert_eq!(ring.key(&id("first")).expect("kept").check_value(), key("first", 1).check_value());
    assert_eq!(ring.retired(&id("first")), Some(LATER));
    let second = ring.entries().find(|entry| entry.id == id("second")).expect("listed");
    assert_eq!((second.created, second.purposes.as_slice()), (Some(LATER), &purposes[..]));
    file.add(&key("third", 200), KeySource::Inline, &[], LATER).expect("added");
    assert_eq!(file.retire(&id("third"), MADE).expect_err("before it was made").code(), "key.ring_field");
    file.retire(&id("third"), LATER).expect("a pending key can be given up");
}

#[test]
fn a_ring_is_never_overwritten_and_never_loses_a_key_to_a_refusal() {
    let (_folder, file) = ring_of_one();
    let before = std::fs::read(file.path()).expect("bytes");
    let again = KeyRingFile::create(file.path(), &key("other", 9), &[], MADE);
    assert_eq!(again.expect_err("exists").code(), "key.file_exists");
    let add = |key: &Key, source| file.add(key, source, &[], MADE).expect_err("refused").code();
    assert_eq!(add(&key("first", 90), KeySource::Inline), "key.ring_duplicate");
    assert_eq!(add(&key("second", 1), KeySource::Inline), "key.ring_same_secret");
    assert_eq!(add(&key("second", 90), KeySource::File("none.key".to_owned())), "key.missing");
    let secret = "nhsig_sk_a_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    for source in [KeySource::Env(secret.to_owned()), KeySource::Env("A B".to_owned()), KeySource::File(secret.into())]
    {
        assert_eq!(add(&key("second", 90), source), "key.ring_field");
    }
    assert_eq!(std::fs::read(file.path()).expect("bytes"), before);
}

#[test]
fn each_source_is_asked_and_held_against_its_check_value() {
    let (folder, file) = ring_of_one();
    let (kept, asked) = (key("kept", 90), key("asked", 30));
    kept.write_new_file(&folder.path().join("kept.key")).expect("written");
    file.add(&kept, KeySource::File("kept.key".to_owned()), &[], MADE).expect("added");
    file.add(&asked, KeySource::Caller, &[], MADE).expect("added");
    file.add(&key("env", 60), KeySource::Env("NHS_IG_TEST_NO_SUCH_VARIABLE".to_owned()), &[], MADE).expect("added");
    let text = std::fs::read_to_string(file.path()).expect("text");
    assert_eq!(text.matches("nhsig_sk_").count(), 1, "only the first key is inside");

    let ring = |answer: fn() -> Result<Option<Key>, KeyError>| {
        KeyRing::from_file(file.path(), KeyFilePermissions::OwnerOnly, &mut |asked| {
            assert_eq!(asked.as_str(), "asked");
            answer()
        })
    };
    let whole = ring(|| Ok(Some(key("asked", 30)))).expect("read");
    let at_hand: Vec<(&str, bool)> = whole.entries().map(|entry| (entry.id.as_str(), entry.available)).collect();
    assert_eq!(at_hand, [("asked", true), ("env", false), ("first", true), ("kept", true)]);
    assert_eq!(whole.key(&id("env")).expect_err("not here").code(), "key.unavailable");
    assert!(ring(|| Ok(None)).expect("read").key(&id("asked")).is_err());
    assert_eq!(ring(|| Ok(Some(key("asked", 31)))).expect_err("another").code(), "key.mismatch");
    assert_eq!(ring(|| Ok(Some(key("other", 30)))).expect_err("another id").code(), "key.ring_field");
    assert_eq!(ring(|| Err(KeyError::Weak {})).expect_err("weak").code(), "key.weak");

    file.promote(&id("asked"), LATER).expect("promoted");
    assert_eq!(ring(|| Ok(None)).expect_err("the primary must be there").code(), "key.missing");
    let other = key("kept", 91);
    std::fs::remove_file(folder.path().join("kept.key")).expect("removed");
    other.write_new_file(&folder.path().join("kept.key")).expect("written");
    assert_eq!(ring(|| Ok(Some(key("asked", 30)))).expect_err("swapped").code(), "key.mismatch");
}

#[test]
fn a_key_is_promoted_only_where_it_is_at_hand() {
    let (folder, file) = ring_of_one();
    let path = folder.path().join("kept.key");
    key("kept", 90).write_new_file(&path).expect("written");
    file.add(&key("kept", 90), KeySource::File("kept.key".to_owned()), &[], MADE).expect("added");
    let variable = KeySource::Env("NHS_IG_TEST_NO_SUCH_VARIABLE".to_owned());
    file.add(&key("env", 60), variable, &[], MADE).expect("added");
    let before = std::fs::read(file.path()).expect("bytes");
    let promote = |name: &str| file.promote(&id(name), LATER).map_err(|error| error.code());
    assert_eq!(promote("env"), Err("key.missing"));
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(promote("kept"), Err("key.missing"));
    key("kept", 91).write_new_file(&path).expect("written");
    assert_eq!(promote("kept"), Err("key.mismatch"));
    assert_eq!(std::fs::read(file.path()).expect("bytes"), before);
    std::fs::remove_file(&path).expect("removed");
    key("kept", 90).write_new_file(&path).expect("written");
    assert_eq!(promote("kept"), Ok(()));
    assert_eq!(read(file.path()).expect("read").primary().expect("primary").id(), &id("kept"));
}

#[test]
fn no_day_in_the_future_is_written() {
    let today = OffsetDateTime::from(SystemTime::now()).date();
    let future = today + Duration::days(2);
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("new.ring.toml");
    let made = KeyRingFile::create(&path, &key("a", 1), &[], future);
    assert_eq!(made.expect_err("future").code(), "key.ring_date");
    let file = KeyRingFile::create(&path, &key("a", 1), &[], today).expect("today");
    let code = |done: Result<(), KeyError>| done.map_err(|error| error.code());
    let add = |created| code(file.add(&key("b", 90), KeySource::Inline, &[], created));
    assert_eq!((add(future), add(today)), (Err("key.ring_date"), Ok(())));
    assert_eq!(code(file.retire(&id("b"), future)), Err("key.ring_date"));
    assert_eq!(code(file.promote(&id("b"), future)), Err("key.ring_date"));
    assert_eq!(code(file.promote(&id("b"), today)), Ok(()));
}

#[cfg(unix)]
#[test]
fn paths_are_from_the_folder_of_the_ring_itself_and_not_of_a_link_to_it() {
    let (folder, file) = ring_of_one();
    let elsewhere = tempfile::tempdir().expect("folder");
    let link = elsewhere.path().join("link.ring.toml");
    std::os::unix::fs::symlink(file.path(), &link).expect("link");
    key("kept", 90).write_new_file(&folder.path().join("kept.key")).expect("written");
    key("kept", 91).write_new_file(&elsewhere.path().join("kept.key")).expect("another of that name");
    let through = KeyRingFile::open(&link, KeyFilePermissions::OwnerOnly).expect("opened");
    through.add(&key("kept", 90), KeySource::File("kept.key".to_owned()), &[], MADE).expect("added");
    for path in [file.path(), &link] {
        let found = read(path).expect("read").key(&id("kept")).expect("at hand");
        assert_eq!(found.check_value(), key("kept", 90).check_value());
    }
    through.promote(&id("kept"), LATER).expect("promoted");
    assert!(std::fs::symlink_metadata(&link).expect("there").is_symlink(), "the link stays a link");
}

#[cfg(unix)]
#[test]
fn others_cannot_read_it_and_a_ring_that_they_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, file) = ring_of_one();
    let mode = || std::fs::metadata(file.path()).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    file.add(&key("second", 90), KeySource::Inline, &[], MADE).expect("added");
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o640)).expect("chmod");
    assert_eq!(read(file.path()).expect_err("exposed").code(), "key.file_exposed");
    assert_eq!(file.promote(&id("second"), LATER).expect_err("exposed").code(), "key.file_exposed");
    assert!(KeyRing::from_file(file.path(), KeyFilePermissions::ManagedMount, &mut |_| Ok(None)).is_ok());
}

#[test]
fn people_who_add_at_the_same_time_lose_nothing() {
    let (_folder, file) = ring_of_one();
    std::thread::scope(|scope| {
        for worker in 0..4_u8 {
            let file = &file;
            scope.spawn(move || {
                for number in 0..5_u8 {
                    let name = format!("k-{worker}-{number}");
                    let added = key(&name, 100 + worker * 10 + number);
                    file.add(&added, KeySource::Inline, &[], MADE).expect("added");
                }
            });
        }
    });
    assert_eq!(file.entries().expect("read").len(), 21);
    assert!(read(file.path()).is_ok());
    let partial = std::fs::read_dir(file.path().parent().expect("folder")).expect("listed");
    let left = partial.filter(|entry| entry.as_ref().expect("entry").path().to_string_lossy().ends_with(".partial"));
    assert_eq!(left.count(), 0);
}

#[test]
fn what_is_written_by_hand_is_read_strictly() {
    let folder = tempfile::tempdir().expect("folder");
    let (first, second) = (key("first", 1), key("second", 90));
    let entry = |key: &Key, more: &str| {
        format!("[[key]]\nid = \"{}\"\ncheck_value = \"{}\"\n{more}\n", key.id(), key.check_value())
    };
    let primary = entry(&first, "status = \"primary\"\ncreated = 2026-01-01\ncaller = true");
    let good = format!("schema = 1\n{primary}[end]\nkeys = 1\n");
    let code =
        |text: &str| KeyRingFile::open(&write(&folder, text), KeyFilePermissions::OwnerOnly).map_err(|e| e.code());
    assert!(code(&good).is_ok());
    let two = |more: &str| format!("schema = 1\n{primary}{}[end]\nkeys = 2\n", entry(&second, more));
    let refused = [
        (good.replace("schema = 1", "schema = 2"), "key.ring_version"),
        (good.replace("schema = 1", "schema = \"1\""), "key.ring_version"),
        (good.replace("schema = 1\n", ""), "key.ring_version"),
        (good.replace("[[key]]", "[[key]"), "key.ring_syntax"),
        (good.replace("[[key]]", "colour = 1\n[[key]]"), "key.ring_field"),
        (good.replace("caller = true", "caller = true\npurpose = [\"DSA-1\"]"), "key.ring_field"),
        (good.replace("caller = true", "caller = false"), "key.ring_field"),
        (good.replace("caller = true", ""), "key.ring_field"),
        (good.replace("caller = true", "caller = true\nenv = \"A\""), "key.ring_field"),
        (good.replace("caller = true", "purposes = []\ncaller = true"), "key.ring_field"),
        (good.replace("caller = true", "purposes = [1]\ncaller = true"), "key.ring_field"),
        (good.replace("caller = true", "secret = \"nhsig_sk_first_00\""), "key.ring_field"),
        (good.replace("\"first\"", "\"First\""), "key.ring_field"),
        (good.replace("2026-01-01", "2026-02-29"), "key.ring_syntax"),
        (good.replace("2026-01-01", "\"2026-01-01\""), "key.ring_field"),
        (good.replace("2026-01-01", "2026-01-01T00:00:00Z"), "key.ring_field"),
        (good.replace("created = 2026-01-01", ""), "key.ring_field"),
        (good.replace("created = 2026-01-01", "created = 2026-01-01\nretired = 2026-01-01"), "key.ring_field"),
        (good.replace("\"primary\"", "\"active\""), "key.ring_field"),
        (good.replace("\"primary\"", "\"pending\""), "key.ring_primary"),
        (good.replace("keys = 1", "keys = 2"), "key.ring_incomplete"),
        (good.replace("keys = 1", "keys = 1\nmore = 1"), "key.ring_incomplete"),
        (good.replace("[end]\nkeys = 1\n", ""), "key.ring_incomplete"),
        (format!("schema = 1\n[end]\nkeys = 1\n{primary}"), "key.ring_incomplete"),
        ("schema = 1\nkey = []\n[end]\nkeys = 0\n".to_owned(), "key.ring_primary"),
        (two("status = \"primary\"\ncreated = 2026-01-01\ncaller = true"), "key.ring_primary"),
        (two("status = \"retired\"\ncreated = 2026-01-01\ncaller = true"), "key.ring_field"),
        (two("status = \"retired\"\ncreated = 2026-01-02\nretired = 2026-01-01\ncaller = true"), "key.ring_field"),
    ];
    for (text, expected) in refused {
        assert_eq!(code(&text).expect_err(&text), expected, "{text}");
    }
    let retired = "status = \"retired\"\ncreated = 2026-01-01\nretired = 2026-01-01\ncaller = true";
    assert!(code(&two(retired)).is_ok());
    assert_eq!(code(&two(retired).replace("\"second\"", "\"first\"")).expect_err("twice"), "key.ring_duplicate");
    let same = two(retired).replace(second.check_value(), first.check_value());
    assert_eq!(code(&same).expect_err("same"), "key.ring_same_secret");
}
