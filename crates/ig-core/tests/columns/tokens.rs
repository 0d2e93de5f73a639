//! Tokens: the frozen ones, every way to damage one, and the rules of bringing them back.

use super::{Cells, composite, over_shapes, place, shapes, texts};
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use data_encoding::BASE64URL_NOPAD;
use ig_core::audit::{AuditLog, CorrelationId, StampSource, SystemStamps, Timestamp};
use ig_core::columns::{ColumnAct, PreparedAct, Reidentify};
use ig_core::reidentify::ReidentifyRequest;
use ig_core::token::{TokenSpec, Tokeniser};
use ig_core::{AuditError, Context, Error, Key, Kind};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

pub(crate) fn file() -> Value {
    serde_json::from_str(include_str!("../../../../tests/vectors/token_v1.json")).expect("vector file")
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().expect("text")
}

fn tokeniser(vector: &Value, keys: &BTreeMap<String, Arc<Key>>) -> Tokeniser {
    let context = Context::new(text(vector, "context")).expect("context");
    Tokeniser::new(&keys[text(vector, "key")], context, Kind::new(text(vector, "kind")).expect("kind")).expect("may")
}

fn first() -> Tokeniser {
    let file = file();
    tokeniser(&file["vectors"][0], &composite::keys(&file))
}

fn prepared(spec: &TokenSpec, on_invalid: &str) -> PreparedAct {
    let mut value = serde_json::to_value(spec).expect("plain");
    value["act"] = "tokenise".into();
    value["on_invalid"] = on_invalid.into();
    serde_json::from_value::<ColumnAct>(value).expect("an act").prepare().expect("the key is here")
}

pub(crate) fn request() -> ReidentifyRequest {
    ReidentifyRequest::new("a.analyst", "IG/2026/17", CorrelationId::generate().expect("id"))
}

pub(crate) fn log() -> (TempDir, AuditLog) {
    let folder = tempfile::tempdir().expect("folder");
    let log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
    (folder, log)
}

pub(crate) fn lines(log: &AuditLog) -> Vec<Value> {
    let stored = std::fs::read_to_string(log.path()).expect("read");
    stored.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

/// Why a token is refused.
fn reason(tokeniser: &Tokeniser, token: &str, log: &AuditLog) -> String {
    let error = tokeniser.reidentify(&[None, Some(token)], &request(), log).expect_err("refused");
    assert_eq!(error.code(), "key.tokens_refused");
    let context: BTreeMap<_, _> = error.context().into_iter().collect();
    assert_eq!((context["count"].as_str(), context["row"].as_str()), ("1", "2"));
    assert!(token.len() < 12 || !format!("{error} {error:?}").contains(token));
    context["reason"].clone()
}

#[test]
fn single_values_have_the_frozen_tokens_and_come_back() {
    let (file, (_folder, log)) = (file(), log());
    let keys = composite::keys(&file);
    let vectors = file["vectors"].as_array().expect("vectors");
    assert!(vectors.len() > 45);
    for vector in vectors.iter().filter(|vector| vector["input"].is_string()) {
        let tokeniser = tokeniser(vector, &keys);
        let found = tokeniser.tokenise(text(vector, "input")).map_err(|error| error.code());
        match vector["error"].as_str() {
            Some(code) => assert_eq!(found, Err(code), "{vector}"),
            None => assert_eq!(found, Ok(vector["output"].as_str().map(str::to_owned)), "{vector}"),
        }
        let Ok(Some(token)) = found else { continue };
        let number = ig_core::NhsNumber::parse(text(vector, "input")).ok().filter(|_| vector["kind"] == "nhs_number");
        let wanted = number.map_or(text(vector, "input").to_owned(), |number| number.as_str().to_owned());
        let answer = tokeniser.reidentify(&[Some(&token), None], &request(), &log).expect("own token");
        assert_eq!(answer, [Some(wanted), None]);
    }
}

#[test]
fn columns_of_every_shape_have_the_frozen_tokens_and_come_back() {
    let (file, (_folder, log)) = (file(), log());
    let keys = composite::keys(&file);
    let mut groups: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for vector in file["vectors"].as_array().expect("vectors").iter().filter(|vector| !vector["input"].is_number()) {
        groups
            .entry(["key", "context", "kind"].map(|name| vector[name].to_string()).join(" "))
            .or_default()
            .push(vector);
    }
    for vectors in groups.values() {
        let spec = tokeniser(vectors[0], &keys).spec().clone();
        let inputs: Cells = vectors.iter().map(|vector| vector["input"].as_str().map(str::to_owned)).collect();
        let outputs: Cells = vectors.iter().map(|vector| vector["output"].as_str().map(str::to_owned)).collect();
        let invalid = vectors.iter().filter(|vector| !vector["error"].is_null()).count() as u64;
        assert_eq!(over_shapes(&prepared(&spec, "null"), &inputs), Ok((outputs.clone(), invalid)));
        assert_eq!(over_shapes(&prepared(&spec, "raise"), &inputs).is_err(), invalid > 0);
        let tokeniser = Tokeniser::from_process_keys(&spec).expect("the key is here");
        let tokens: Vec<_> = outputs.iter().map(Option::as_deref).collect();
        let wanted = tokeniser.reidentify(&tokens, &request(), &log).expect("own tokens");
        for (shape, chunks) in shapes(&outputs).into_iter().filter(|(shape, _)| !shape.contains("dictionary")) {
            let opened = Reidentify::Tokens(spec.clone()).column(&chunks, &place(), &request(), &log).expect("own");
            assert_eq!(opened.iter().flat_map(texts).collect::<Cells>(), wanted, "{shape}");
        }
    }
}

#[test]
fn numbers_have_the_frozen_tokens() {
    let file = file();
    let keys = composite::keys(&file);
    let whole = file["vectors"].as_array().expect("vectors").iter().filter(|vector| vector["input"].is_i64());
    for vector in whole.clone() {
        let act = prepared(tokeniser(vector, &keys).spec(), "null");
        let column: ArrayRef = Arc::new(Int64Array::from(vec![vector["input"].as_i64()]));
        let (out, invalid) = act.apply(&column, &place()).expect("taken");
        assert_eq!(texts(&out), [vector["output"].as_str().map(str::to_owned)]);
        assert_eq!(invalid, u64::from(!vector["error"].is_null()));
    }
    assert_eq!(whole.count(), 2);
}

#[test]
fn the_frozen_refusals_are_refused_for_the_frozen_reason() {
    let (file, (_folder, log)) = (file(), log());
    let keys = composite::keys(&file);
    let refused = file["refused"].as_array().expect("refused");
    assert!(refused.len() > 30);
    for vector in refused {
        let found = reason(&tokeniser(vector, &keys), text(vector, "token"), &log);
        assert_eq!(found, text(vector, "error"), "{vector}");
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let (tokeniser, (_folder, log)) = (first(), log());
    let token = tokeniser.tokenise("9990000018").expect("valid").expect("a token");
    let mut damaged = Vec::new();
    for at in 0..token.len() * 8 {
        let mut bytes = token.clone().into_bytes();
        bytes[at / 8] ^= 1 << (at % 8);
        // Bytes that are no text do not reach the library.
        damaged.extend(String::from_utf8(bytes).ok());
    }
    let written = damaged.len();
    assert!(written > token.len() * 6);
    let (prefix, body) = token.split_at(token.len() - 35);
    let sealed = BASE64URL_NOPAD.decode(body.as_bytes()).expect("base64url");
    assert_eq!(sealed.len(), 26);
    for at in 0..sealed.len() * 8 {
        let mut bytes = sealed.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        damaged.push(format!("{prefix}{}", BASE64URL_NOPAD.encode(&bytes)));
    }
    for length in 0..sealed.len() {
        damaged.push(format!("{prefix}{}", BASE64URL_NOPAD.encode(&sealed[..length])));
    }
    // All at once, so that the test is quick: every single one must be counted as refused.
    let cells: Vec<_> = damaged.iter().map(|token| Some(token.as_str())).collect();
    let error = tokeniser.reidentify(&cells, &request(), &log).expect_err("refused");
    assert!(error.context().contains(&("count", damaged.len().to_string())), "{error}");
    let every_reason: Vec<_> =
        damaged[written..].iter().step_by(37).map(|token| reason(&tokeniser, token, &log)).collect();
    assert!(every_reason.iter().any(|reason| reason == "key.token_changed"));
}

#[test]
fn one_refused_token_means_no_answer_and_a_recorded_failure() {
    let (tokeniser, (_folder, log)) = (first(), log());
    let good = tokeniser.tokenise("9990000018").expect("valid").expect("a token");
    let cells: ArrayRef = Arc::new(StringArray::from(vec![Some(good.as_str()), None, Some("x"), Some("y")]));
    let error = Reidentify::Tokens(tokeniser.spec().clone()).column(&[cells], &place(), &request(), &log);
    let error = error.expect_err("refused");
    assert_eq!(error.code(), "key.tokens_refused");
    let context: BTreeMap<_, _> = error.context().into_iter().collect();
    assert_eq!(
        (context["count"].as_str(), context["row"].as_str(), context["reason"].as_str()),
        ("2", "3", "key.token_form")
    );
    let lines = lines(&log);
    assert_eq!(lines.len(), 2);
    for (line, outcome) in lines.iter().zip(["attempt", "failure"]) {
        assert_eq!((text(line, "event"), text(line, "outcome")), ("reidentify", outcome));
        assert_eq!((text(line, "actor"), text(line, "reason_ref")), ("a.analyst", "IG/2026/17"));
        assert_eq!((text(line, "key_id"), line["count"].as_u64()), ("counting", Some(3)));
    }
    assert_eq!((&lines[0]["code"], &lines[1]["code"]), (&Value::Null, &"key.tokens_refused".into()));
    assert_eq!(lines[0]["corr_id"], lines[1]["corr_id"]);
}

#[test]
fn a_wrong_column_or_a_missing_key_is_a_recorded_failure_too() {
    let (tokeniser, (_folder, log)) = (first(), log());
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let ask = Reidentify::Tokens(tokeniser.spec().clone()).column(&[Arc::clone(&numbers)], &place(), &request(), &log);
    assert_eq!(ask.expect_err("no text").code(), "misuse.column_type");
    let mut spec = tokeniser.spec().clone();
    spec.key_id = ig_core::KeyId::new("not-here").expect("id");
    let ask = Reidentify::Tokens(spec).column(&[numbers], &place(), &request(), &log);
    assert_eq!(ask.expect_err("no key").code(), "key.unavailable");
    let outcomes: Vec<_> = lines(&log).iter().map(|line| (line["outcome"].clone(), line["code"].clone())).collect();
    assert_eq!(outcomes[1], ("failure".into(), "misuse.column_type".into()));
    assert_eq!(outcomes[3], ("failure".into(), "key.unavailable".into()));
}

#[test]
fn a_missing_column_and_a_refused_key_are_recorded_too() {
    let (tokeniser, (_folder, log)) = (first(), log());
    let cells: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    let batch = RecordBatch::try_from_iter([("tokens", cells)]).expect("a table");
    let what = Reidentify::Tokens(tokeniser.spec().clone());
    let asked = what.table(&batch.schema(), &[batch], "token", &request(), &log);
    assert_eq!(asked.err().map(|error| error.code()), Some("misuse.column_missing"));
    request().record_refusal(&log, &tokeniser.spec().key_id, "key.retired").expect("recorded");
    assert!(request().record_refusal(&log, &tokeniser.spec().key_id, "no code").is_err(), "nothing half recorded");
    let told: Vec<_> = lines(&log).iter().map(|line| (line["outcome"].clone(), line["code"].clone())).collect();
    let end = |outcome: &str, code: &str| (Value::from(outcome), Value::from(code));
    let attempt = || (Value::from("attempt"), Value::Null);
    let expected = [attempt(), end("failure", "misuse.column_missing"), attempt(), end("refused", "key.retired")];
    assert_eq!(told, expected);
    assert!(lines(&log).iter().all(|line| line["key_id"] == "counting" && line["count"].is_null()));
}

/// A source that gives out after some records, as a full disk would.
struct Failing(AtomicU32);

impl StampSource for Failing {
    fn now(&self) -> Result<Timestamp, AuditError> {
        if self.0.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.0.store(0, Ordering::SeqCst);
            return Err(AuditError::NotRecorded { reason: "a test".to_owned() });
        }
        SystemStamps.now()
    }

    fn random(&self) -> Result<[u8; 10], AuditError> {
        SystemStamps.random()
    }
}

#[test]
fn without_both_records_nothing_is_answered() {
    let tokeniser = first();
    let good = tokeniser.tokenise("9990000018").expect("valid").expect("a token");
    for (records, kept) in [(0, 0), (1, 1)] {
        let folder = tempfile::tempdir().expect("folder");
        let log = AuditLog::open_with(folder.path().join("audit.jsonl"), Failing(records.into())).expect("log");
        let error = tokeniser.reidentify(&[Some(&good)], &request(), &log).expect_err("not recorded");
        assert_eq!((error.code(), lines(&log).len()), ("audit.not_recorded", kept));
    }
    let (_folder, log) = log();
    std::fs::remove_file(log.path()).expect("removed");
    let error = tokeniser.reidentify(&[Some(&good)], &request(), &log).expect_err("no log");
    assert_eq!(error.code(), "audit.log_replaced");
}

#[test]
fn the_request_is_checked_before_anything_is_opened() {
    let (tokeniser, (_folder, log)) = (first(), log());
    let ask = |request: &ReidentifyRequest| -> Error {
        tokeniser.reidentify(&[Some("no token")], request, &log).expect_err("refused")
    };
    for (actor, reason_ref, code) in [
        ("system", "IG/2026/17", "audit.actor_generic"),
        ("", "IG/2026/17", "audit.field"),
        ("a.analyst", "", "audit.field"),
        ("a.analyst", "because I want to", "audit.field"),
        ("a.analyst", "IG/9990000018", "audit.identifier_in_field"),
    ] {
        let run = CorrelationId::generate().expect("id");
        assert_eq!(ask(&ReidentifyRequest::new(actor, reason_ref, run)).code(), code);
    }
    let mut unusable = request();
    unusable.purpose = Some("999 000 0018".to_owned());
    assert_eq!(ask(&unusable).code(), "audit.identifier_in_field");
    assert!(lines(&log).is_empty());
    let mut full = request();
    let said = |text: &str| Some(text.to_owned());
    (full.role, full.org, full.purpose) = (said("data manager"), said("RR8"), said("patient recall"));
    (full.agreement_id, full.dataset, full.authoriser) = (said("DSA-2026-014"), said("hes_2026"), said("b.guardian"));
    full.device = said("pc-17");
    tokeniser.reidentify(&[None], &full, &log).expect("nothing to open");
    for line in lines(&log) {
        for (name, value) in [
            ("role", "data manager"),
            ("org", "RR8"),
            ("purpose", "patient recall"),
            ("agreement_id", "DSA-2026-014"),
            ("dataset", "hes_2026"),
            ("authoriser", "b.guardian"),
            ("device", "pc-17"),
        ] {
            assert_eq!(text(&line, name), value);
        }
    }
}

#[test]
fn a_plan_cannot_hold_a_re_identification_and_nothing_shows_a_secret() {
    let tokeniser = first();
    let mut act = serde_json::to_value(Reidentify::Tokens(tokeniser.spec().clone())).expect("plain");
    for name in ["reidentify", "detokenise", "tokens"] {
        act["act"] = name.into();
        assert!(serde_json::from_value::<ColumnAct>(act.clone()).is_err());
    }
    let shown = format!("{tokeniser:?} {:?} {:?}", prepared(tokeniser.spec(), "raise"), tokeniser.spec());
    let derived = "000102030405";
    assert!(!shown.contains(derived) && !shown.contains("[0, 1, 2") && !shown.contains("secret"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_one_token_and_comes_back(cells in proptest::collection::vec(proptest::option::of(any::<String>()), 1..8)) {
        let spec = TokenSpec { kind: Kind::text(), ..first().spec().clone() };
        let tokeniser = Tokeniser::from_process_keys(&spec).expect("the key is here");
        let one = |cell: &Option<String>| cell.as_deref().and_then(|cell| tokeniser.tokenise(cell).expect("any text"));
        let tokens: Cells = cells.iter().map(one).collect();
        let (_folder, log) = log();
        let asked: Vec<_> = tokens.iter().map(Option::as_deref).collect();
        let wanted: Cells = cells.iter().map(|cell| cell.clone().filter(|cell| !cell.is_empty())).collect();
        prop_assert_eq!(tokeniser.reidentify(&asked, &request(), &log), Ok(wanted));
        for (cell, token) in cells.iter().flatten().zip(tokens.iter().flatten()) {
            prop_assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{}", cell);
        }
    }

    #[test]
    fn no_other_text_is_a_token(
        noise in any::<String>(),
        body in "[A-Za-z0-9_-]{0,80}",
        id in "[a-z0-9-]{0,34}",
    ) {
        let (tokeniser, (_folder, log)) = (first(), log());
        let forms = [noise.clone(), format!("nhsig_t1_counting_{noise}"), format!("nhsig_t1_counting_{body}"), format!("nhsig_t1_{id}_{body}"), body];
        let cells: Vec<_> = forms.iter().map(|text| Some(text.as_str())).collect();
        let error = tokeniser.reidentify(&cells, &request(), &log).expect_err("refused");
        prop_assert!(error.context().contains(&("count", forms.len().to_string())), "{}", error);
    }
}
