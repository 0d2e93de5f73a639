//! ID tokens, the keys of their issuer, and tables of incidents: nothing about a person comes out of them.

use crate::quiet::shows_nothing;
use crate::{Verdict, text};
use ig_core::audit::{IncidentGrid, Timestamp};
use ig_core::identity::{TokenRules, TokenVerifier};

/// The one key whose private half was thrown away, and when its one token is in force.
const KEYS: &str = r#"{"keys": [{"kty": "EC", "crv": "P-256", "kid": "e-256", "use": "sig", "x": "naIzF0CSyykbpNHLTWeDpkE8rJ0HV5aNFN3Qb0UbsEE", "y": "ZwezlRQlvbFeI4vYPSknvtdQgHmRx2iOJ-hjnkFleJ4"}]}"#;
const MICROS: u64 = 1_795_339_800_000_000;

fn verifier(keys: &str) -> Result<TokenVerifier, ig_core::Error> {
    TokenVerifier::new(keys, "https://issuer.example.nhs.uk/realm", "client-1", TokenRules::default())
}

/// Only the one token that the key signed is taken, and its names are not in what comes out.
pub fn identity_token(data: &[u8]) -> Verdict {
    let at = Timestamp::from_unix_micros(MICROS).expect("a time");
    let text = text(data);
    match verifier(KEYS).expect("its keys").verify(&text, None, at) {
        Err(error) => {
            shows_nothing(data, &error);
            Verdict::Refused
        }
        Ok(actor) => {
            let shown = format!("{actor:?}");
            assert!(!shown.contains("Planted") && !shown.contains("999000"), "a name came out");
            assert_eq!((actor.id(), actor.org()), ("555021935107", Some("RJ1")), "another person was vouched for");
            Verdict::Taken
        }
    }
}

/// Keys of an issuer are read or refused, and say nothing of what they were.
pub fn identity_keys(data: &[u8]) -> Verdict {
    match verifier(&text(data)) {
        Err(error) => {
            shows_nothing(data, &error);
            Verdict::Refused
        }
        Ok(_) => Verdict::Taken,
    }
}

/// A table that is read says in which version, and that it is to be checked.
pub fn incident_grid(data: &[u8]) -> Verdict {
    match IncidentGrid::from_toml(&text(data)) {
        Err(error) => {
            shows_nothing(data, &error);
            Verdict::Refused
        }
        Ok(grid) => {
            assert!(grid.notice().contains(grid.version()) && grid.notice().contains("check against"));
            Verdict::Taken
        }
    }
}
