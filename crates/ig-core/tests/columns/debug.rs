//! `Debug` of every public type that holds a key or cells.

use super::secrets::shows_nothing;
use super::{place, pseudonymise, test_key, tokens};
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use ig_core::columns::{ColumnAct, Reidentify};
use ig_core::composite::{CompositePseudonymiser, Kinds};
use ig_core::keys::{KeyFilePermissions, KeyRing, KeyRingFile};
use ig_core::mask::{DateShifter, ShiftRange};
use ig_core::opt_out::{ExpectedOptOuts, NotOptedOut, OptOuts, OptedOut};
use ig_core::scrub::{NameList, ScrubSettings, Scrubber};
use ig_core::suppression::{CountTable, SuppressOptions, SuppressionPolicy, suppress};
use ig_core::token::Tokeniser;
use ig_core::{Context, Kind, NhsNumber, OnInvalid, Postcode, PseudonymFormat, process_keys};
use std::sync::Arc;
use time::macros::date;

const NUMBER: &str = "9990000018";

fn context() -> Context {
    Context::new("DSA-2026-014").expect("context")
}

fn batch() -> RecordBatch {
    let numbers: ArrayRef = Arc::new(StringArray::from(vec![NUMBER, "999 000 0018"]));
    let counts: ArrayRef = Arc::new(Int64Array::from(vec![9_990_000_018, 1]));
    RecordBatch::try_from_iter([("nhs", numbers), ("n", counts)]).expect("batch")
}

#[test]
fn what_holds_a_key_does_not_show_it() {
    let (key, format) = (test_key(), PseudonymFormat::default());
    let kinds = Kinds::new(vec![Kind::nhs_number(), Kind::text()]).expect("kinds");
    let composite = CompositePseudonymiser::new(&key, context(), kinds, format).expect("may");
    let tokeniser = Tokeniser::new(&key, context(), Kind::text()).expect("may");
    let shifter = DateShifter::new(&key, context(), Kind::text(), ShiftRange::days(30).expect("range")).expect("may");
    shows_nothing("composite", &format!("{composite:?} {composite:#?}"));
    shows_nothing("tokeniser", &format!("{tokeniser:?} {tokeniser:#?}"));
    shows_nothing("shifter", &format!("{shifter:?} {shifter:#?}"));
    #[cfg(feature = "format_preserving")]
    {
        use ig_core::format_preserving::{CheckDigit, NumberCipher};
        let cipher = NumberCipher::new(&key, context(), CheckDigit::Invalid).expect("may");
        shows_nothing("cipher", &format!("{cipher:?} {cipher:#?}"));
    }
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("project.ring.toml");
    let file = KeyRingFile::create(&path, &key, &[], date!(2026 - 11 - 22)).expect("made");
    let ring = KeyRing::from_file(&path, KeyFilePermissions::OwnerOnly, &mut |_| Ok(None)).expect("read");
    shows_nothing("ring", &format!("{ring:?} {file:?} {:?}", file.entries()));
    assert!(format!("{ring:?}").contains("counting"), "and yet says which keys there are");
}

#[test]
fn what_holds_people_does_not_show_them() {
    let number = NhsNumber::parse(NUMBER).expect("valid");
    let day = date!(2026 - 11 - 20);
    let stays = NotOptedOut::from_check_service([number], [number], day, ExpectedOptOuts::Default).expect("a list");
    let goes = OptedOut::from_list([number], "type 1").expect("a list");
    shows_nothing("lists", &format!("{stays:?} {goes:?} {stays:#?}"));
    let lists = OptOuts::new().with_not_opted_out(stays).with_opted_out(goes);
    shows_nothing("lists", &format!("{lists:?} {number:?} {:?}", number.chi_date()));
    let names = Arc::new(NameList::new("clinic-7", [format!("Ann {NUMBER} Other")]).expect("a list"));
    let scrubber = Scrubber::with_names(&ScrubSettings::default(), Arc::clone(&names));
    let shown = format!("{names:?} {scrubber:?} {:?}", scrubber.findings("Ann Other 9990000018"));
    shows_nothing("names", &shown);
    assert!(!shown.contains("Other") && !shown.to_lowercase().contains("ann "), "{shown}");
    assert!(!format!("{:?}", Postcode::parse("M13 9PL").expect("valid")).contains("M13"));
}

#[test]
fn what_holds_cells_does_not_show_them() {
    let batch = batch();
    let act = pseudonymise(&Kind::nhs_number(), OnInvalid::Null);
    let digits: ColumnAct = serde_json::from_str(r#"{"act":"normalise_nhs_number"}"#).expect("an act");
    let digits = digits.prepare().expect("no key needed");
    let column = digits.apply_chunks(&[Arc::clone(batch.column(0))], &place()).expect("done");
    let table = digits.apply_to_table(&batch.schema(), std::slice::from_ref(&batch), "nhs").expect("done");
    shows_nothing("made", &format!("{column:?} {table:?} {act:?}"));
    assert!(format!("{column:?} {table:?}").contains('2'), "but how many there are");

    let tokeniser = Tokeniser::new(&test_key(), context(), Kind::nhs_number()).expect("may");
    let token = tokeniser.tokenise(NUMBER).expect("valid").expect("a token");
    let tokens: ArrayRef = Arc::new(StringArray::from(vec![token]));
    let tokens_table = RecordBatch::try_from_iter([("token", tokens)]).expect("batch");
    let (_folder, log) = tokens::log();
    process_keys(|ring| ring.add(Arc::new(test_key()))).expect("added");
    let back = Reidentify::Tokens(tokeniser.spec().clone())
        .table(&tokens_table.schema(), &[tokens_table], "token", &tokens::request(), &log)
        .expect("opened");
    shows_nothing("brought back", &format!("{back:?}"));

    let counts = CountTable::new(["nhs"], vec![vec![Some(NUMBER)]], vec![Some(3)]).expect("a table");
    let policy = SuppressionPolicy::preset("hes").expect("a preset");
    let done = suppress(&counts, &policy, &SuppressOptions::default()).expect("done");
    shows_nothing("suppressed", &format!("{counts:?} {done:?} {:?} {:?}", done.publish(), done.owner()));
}
