//! What a key of a ring may do, alone and through plans.

use super::{LATER, MADE, context, id, key, read, ring_of_one};
use ig_core::columns::ColumnAct;
use ig_core::keys::RetiredKeys::{self, Allow, Refuse};
use ig_core::keys::{Key, KeySource, process_keys};
use ig_core::{Kind, NhsNumber, OnInvalid, PseudonymFormat, Pseudonymiser};
use std::sync::Arc;

fn make(key: &Key, agreement: &str, retired: RetiredKeys) -> Result<String, &'static str> {
    let made = Pseudonymiser::with(key, context(agreement), Kind::nhs_number(), PseudonymFormat::default(), retired);
    let number = NhsNumber::parse("9990000018").expect("valid");
    made.map(|p| p.pseudonymise_nhs_number(number)).map_err(|error| error.code())
}

#[test]
fn a_ring_key_makes_the_pseudonyms_of_the_bare_key_and_only_where_it_may() {
    let (_folder, file) = ring_of_one();
    file.add(&key("use-second", 90), KeySource::Inline, &[context("DSA-1")], MADE).expect("added");
    let keys = || {
        let ring = read(file.path()).expect("read");
        (ring.key(&id("first")).expect("held"), ring.key(&id("use-second")).expect("held"))
    };
    let bare = make(&key("first", 1), "DSA-2", Refuse);
    let (first, second) = keys();
    assert_eq!(make(&first, "DSA-2", Refuse), bare);
    assert_eq!(make(&second, "DSA-1", Allow), Err("key.pending"));
    file.promote(&id("use-second"), LATER).expect("promoted");
    let (first, second) = keys();
    assert_eq!(make(&first, "DSA-2", Refuse), Err("key.retired"));
    assert_eq!(make(&first, "DSA-2", Allow), bare);
    assert_eq!(make(&second, "DSA-1", Refuse), make(&key("use-second", 90), "DSA-1", Refuse));
    assert_eq!(make(&second, "DSA-2", Allow), Err("key.purpose"));
}

#[test]
fn a_plan_of_a_key_that_was_retired_meanwhile_asks_for_a_choice() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("plan.ring.toml");
    let old = key("plan-old", 11);
    let file = ig_core::keys::KeyRingFile::create(&path, &old, &[], MADE).expect("made");
    let loaded = read(&path).expect("read").primary().expect("primary");
    let format = PseudonymFormat::default();
    let spec = Pseudonymiser::new(&loaded, context("DSA-1"), Kind::nhs_number(), format).expect("may").spec().clone();
    let plan = ColumnAct::Pseudonymise { spec, on_invalid: OnInvalid::Raise };
    let run = || plan.prepare().map(|_| ()).map_err(|error| error.code());
    assert_eq!(run(), Err("key.unavailable"));
    process_keys(|ring| ring.add(Arc::clone(&loaded))).expect("added");
    assert_eq!(run(), Ok(()));
    file.add(&key("plan-new", 12), KeySource::Inline, &[], MADE).expect("added");
    file.promote(&id("plan-new"), LATER).expect("promoted");
    // What was loaded before goes on; the ring that is loaded anew brings the retirement.
    assert_eq!(run(), Ok(()));
    let retired = read(&path).expect("read").key(&id("plan-old")).expect("held");
    process_keys(|ring| ring.add(Arc::clone(&retired))).expect("added");
    assert_eq!(run(), Err("key.retired"));
    process_keys(|ring| ring.add_for(retired, RetiredKeys::Allow)).expect("added");
    assert_eq!(run(), Ok(()));
}
