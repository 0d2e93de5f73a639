//! Decoders of tokens and numbers: what opens is what the encoder writes, to the letter.

use crate::quiet::shows_nothing;
use crate::{Verdict, text};
use ig_core::audit::{AuditLog, CorrelationId};
use ig_core::format_preserving::{CheckDigit, NumberCipher};
use ig_core::reidentify::ReidentifyRequest;
use ig_core::token::Tokeniser;
use ig_core::{Context, Error, Key, KeyId, Kind, NhsNumber};
use std::sync::LazyLock;

/// The bytes 0 to 31 under the id `counting`, as in the vectors.
pub(crate) fn counting() -> Key {
    let bytes: Vec<u8> = (0..32).collect();
    Key::from_bytes(KeyId::new("counting").expect("id"), &bytes).expect("key")
}

pub(crate) fn context() -> Context {
    Context::new("DSA-2026-014").expect("context")
}

/// Opening is an audited act, so there is a log; each record is synced, which sets the pace.
fn opened<T>(open: impl FnOnce(&ReidentifyRequest, &AuditLog) -> Result<T, Error>) -> Result<T, Error> {
    let folder = tempfile::tempdir().expect("folder");
    let log = AuditLog::open(folder.path().join("audit.jsonl")).expect("log");
    let request = ReidentifyRequest::new("a.analyst", "IG/2026/17", CorrelationId::generate().expect("id"));
    let done = open(&request, &log);
    let stored = std::fs::read_to_string(log.path()).expect("the log");
    assert_eq!(stored.lines().count(), 2, "an attempt and how it ended are recorded");
    let outcome = if done.is_ok() { r#""outcome":"success""# } else { r#""outcome":"failure""# };
    assert!(stored.lines().last().is_some_and(|line| line.contains(outcome)), "{outcome}");
    done
}

/// A token that opens is the one text of its identifier, and every text of kind `text` comes back from its token.
pub fn token(data: &[u8]) -> Verdict {
    static NUMBERS: LazyLock<Tokeniser> =
        LazyLock::new(|| Tokeniser::new(&counting(), context(), Kind::nhs_number()).expect("may"));
    static TEXTS: LazyLock<Tokeniser> =
        LazyLock::new(|| Tokeniser::new(&counting(), context(), Kind::text()).expect("may"));
    let given = text(data);
    if let Ok(Some(token)) = TEXTS.tokenise(&given) {
        let back = opened(|request, log| TEXTS.reidentify(&[Some(&token)], request, log)).expect("own token");
        assert_eq!(back, [Some(given.to_string())]);
        let wrong = opened(|request, log| NUMBERS.reidentify(&[Some(&token)], request, log));
        assert!(wrong.is_err(), "a token of another kind opened");
    }
    match opened(|request, log| NUMBERS.reidentify(&[Some(&given)], request, log)) {
        Err(error) => {
            shows_nothing(data, &error);
            Verdict::Refused
        }
        Ok(back) => {
            let number = back[0].as_deref().expect("a token stands for something");
            assert_eq!(NhsNumber::parse(number).expect("a number").as_str(), number, "in canonical form");
            assert_eq!(NUMBERS.tokenise(number).expect("valid").as_deref(), Some(&*given), "one text for each token");
            Verdict::Taken
        }
    }
}

/// Ten digits that open are those that the number becomes, under either check digit.
pub fn format_preserving(data: &[u8]) -> Verdict {
    static CIPHERS: LazyLock<[NumberCipher; 2]> = LazyLock::new(|| {
        [CheckDigit::Invalid, CheckDigit::Valid]
            .map(|check| NumberCipher::new(&counting(), context(), check).expect("may"))
    });
    let given = text(data);
    let mut verdict = Verdict::Refused;
    for cipher in &*CIPHERS {
        match opened(|request, log| cipher.reidentify(&[Some(&given)], request, log)) {
            Err(error) => shows_nothing(data, &error),
            Ok(back) => {
                let number = NhsNumber::parse(back[0].as_deref().expect("a value")).expect("a number");
                assert_eq!(cipher.encrypt(number).expect("done"), given);
                verdict = Verdict::Taken;
            }
        }
    }
    verdict
}
