//! A damaged ring is refused or is what it was; and no secret is shown on the way.

use super::{LATER, MADE, context, id, key, read, ring_of_one, write};
use ig_core::keys::{KeyEntry, KeyFilePermissions, KeyRingFile, KeySource};

#[test]
fn a_ring_that_is_cut_anywhere_is_never_another_ring() {
    let (folder, file) = ring_of_one();
    file.add(&key("second", 90), KeySource::Inline, &[context("DSA-1"), context("DSA-12")], MADE).expect("added");
    file.add(&key("third", 30), KeySource::Caller, &[], MADE).expect("added");
    file.promote(&id("second"), LATER).expect("promoted");
    let text = std::fs::read_to_string(file.path()).expect("text");
    let whole = file.entries().expect("read");
    let mut loaded = 0;
    for cut in 0..text.len() {
        let Some(part) = text.get(..cut) else { continue };
        let path = write(&folder, part);
        match KeyRingFile::open(&path, KeyFilePermissions::OwnerOnly).and_then(|cut| cut.entries()) {
            Ok(entries) => {
                loaded += 1;
                assert_eq!(entries, whole, "cut at {cut}");
            }
            Err(error) => shows_no_secret(&text, &format!("{error} {error:?} {:?}", error.context())),
        }
    }
    // Without its last newline the file says the same.
    assert_eq!(loaded, 1);
}

/// Changes each byte to one of the same kind, so that the text stays TOML as often as possible.
#[test]
fn a_key_with_a_changed_digit_is_never_taken_for_the_key() {
    let (folder, file) = ring_of_one();
    file.add(&key("second", 90), KeySource::Inline, &[], MADE).expect("added");
    let text = std::fs::read_to_string(file.path()).expect("text");
    let secrets = |entries: &[KeyEntry]| -> Vec<String> {
        entries.iter().map(|entry| format!("{} {}", entry.id, entry.check_value)).collect()
    };
    let whole = secrets(&file.entries().expect("read"));
    for (at, byte) in text.bytes().enumerate() {
        let other = match byte {
            b'0'..=b'8' | b'a'..=b'e' => byte + 1,
            b'9' | b'f' => byte - 1,
            _ => continue,
        };
        let mut changed = text.clone().into_bytes();
        changed[at] = other;
        let changed = String::from_utf8(changed).expect("text");
        match read(&write(&folder, &changed)) {
            // Dates and comments may be changed; which key is which may not.
            Ok(ring) => assert_eq!(secrets(&ring.entries().cloned().collect::<Vec<_>>()), whole, "byte {at}"),
            Err(error) => shows_no_secret(&changed, &format!("{error} {error:?} {:?}", error.context())),
        }
    }
}

fn shows_no_secret(text: &str, shown: &str) {
    for (at, _) in text.match_indices("nhsig_sk_") {
        let secret = text[at..].split('"').next().unwrap_or_default();
        let hex = secret.rsplit('_').next().unwrap_or_default();
        for window in (0..hex.len().saturating_sub(8)).step_by(4) {
            assert!(!shown.contains(&hex[window..window + 8]), "{shown}");
        }
    }
}

#[test]
fn nothing_printed_of_a_ring_shows_a_secret() {
    let (_folder, file) = ring_of_one();
    let text = std::fs::read_to_string(file.path()).expect("text");
    let ring = read(file.path()).expect("read");
    let shown = format!("{ring:?} {file:?} {:?} {:?}", file.entries(), ring.primary());
    assert!(shown.contains("first"));
    shows_no_secret(&text, &shown);
    assert!(!shown.contains("nhsig_sk_") && !shown.contains("[1, 8, 15"));
}
