use super::*;
use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

const NOW: u64 = 1_795_305_600;
const ISSUER: &str = "https://issuer.example.nhs.uk";
const CLIENT: &str = "client-1";

/// A key for these tests; it protects nothing.
fn signing_key(of: u8) -> SigningKey {
    SigningKey::from_slice(&[of; 32]).expect("a scalar")
}

fn jwk(of: u8, kid: Option<&str>) -> Value {
    let point = signing_key(of).verifying_key().to_encoded_point(false);
    let number = |bytes: Option<&p256::FieldBytes>| BASE64URL_NOPAD.encode(bytes.expect("a coordinate"));
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
        "x": number(point.x()), "y": number(point.y())})
}

fn keys(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn claims() -> Value {
    json!({"iss": ISSUER, "sub": "s-1", "aud": CLIENT, "exp": NOW + 600, "iat": NOW - 10,
        "nhsid_useruid": "555021935107", "uid": "555021935107", "idassurancelevel": "3",
        "selected_roleid": "200000000001", "nhsid_nrbac_roles": [role("200000000001", "R8001"), role("200000000002", "R8000")],
        "name": "Planted Person", "given_name": "Planted", "email": "planted@example.org"})
}

fn role(profile: &str, job: &str) -> Value {
    json!({"person_roleid": profile, "role_code": format!("S8000:G8000:{job}"), "org_code": "RJ1", "person_orgid": "1",
        "role_name": "Planted Name", "activities": ["Planted Activity"]})
}

fn with(changes: &Value) -> Value {
    let mut all = claims();
    for (name, value) in changes.as_object().expect("an object") {
        all[name] = value.clone();
    }
    // A claim of null stands for one that is not there.
    all.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    all
}

fn signed(header: &Value, claims: &Value) -> String {
    let text = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", text(header), text(claims));
    let signature: Signature = signing_key(7).sign(signed.as_bytes());
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature.to_bytes()))
}

fn token(changes: &Value) -> String {
    signed(&json!({"alg": "ES256", "kid": "a", "typ": "JWT"}), &with(changes))
}

fn verifier(jwks: &str) -> TokenVerifier {
    TokenVerifier::new(jwks, ISSUER, CLIENT, TokenRules::default()).expect("a verifier")
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix_micros(seconds * 1_000_000).expect("a time")
}

fn verify(token: &str, userinfo: Option<&Value>) -> Result<VerifiedActor, Error> {
    let userinfo = userinfo.map(Value::to_string);
    verifier(&keys(&[jwk(7, Some("a"))])).verify(token, userinfo.as_deref(), at(NOW))
}

fn code(changes: &Value) -> &'static str {
    let error = verify(&token(changes), None).expect_err("refused");
    let shown = format!("{error} {error:?} {:?}", error.context());
    for secret in ["lanted", "555021935107", "200000000001", "evil"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    error.code()
}

#[test]
fn a_good_token_gives_the_person_the_selected_role_and_nothing_else() {
    let actor = verify(&token(&json!({})), None).expect("verified");
    assert_eq!((actor.id(), actor.org(), actor.expires()), ("555021935107", Some("RJ1"), NOW + 600));
    assert_eq!((actor.role_code(), actor.job_role()), (Some("S8000:G8000:R8001"), Some("R8001")));
    assert_eq!((actor.role_profile(), actor.job_title()), (Some("200000000001"), Some("Nurse")));
    assert_eq!((actor.identity_assurance(), actor.authentication_assurance()), (3, None));
    assert!(!format!("{actor:?}").contains("lanted"));
    let run = CorrelationId::generate().expect("run");
    let event = actor.event(EventKind::Read, Outcome::Success, run).expect("event");
    assert!(format!("{event:?}").contains("S8000:G8000:R8001"));
    assert!(actor.event(EventKind::ChainRecovered, Outcome::Success, run).is_err());
}

#[test]
fn every_user_number_can_be_recorded_and_an_nhs_number_cannot() {
    // Ten of these digits have a fitting check digit.
    for number in ["999000001812", "129990000018", "199900000182"] {
        assert!(verify(&token(&json!({"nhsid_useruid": number, "uid": null})), None).is_ok(), "{number}");
    }
    assert_eq!(code(&json!({"nhsid_useruid": "9990000018", "uid": null})), "audit.identifier_in_field");
    assert_eq!(code(&json!({"nhsid_useruid": "a 9990000018", "uid": null})), "audit.identifier_in_field");
    assert_eq!(code(&json!({"nhsid_useruid": "system", "uid": null})), "audit.actor_generic");
    assert_eq!(code(&json!({"nhsid_useruid": "planted@example.org", "uid": null})), "audit.field");
}

#[test]
fn each_wrong_claim_has_its_code() {
    for (changes, expected) in [
        (json!({"iss": "https://evil.example.org"}), "access.token_issuer"),
        (json!({"iss": format!("{ISSUER}/")}), "access.token_issuer"),
        (json!({"aud": "evil"}), "access.token_audience"),
        (json!({"aud": []}), "access.token_audience"),
        (json!({"aud": [CLIENT, "evil"]}), "access.token_audience"),
        (json!({"aud": [CLIENT, "evil"], "azp": "evil"}), "access.token_audience"),
        (json!({"azp": "evil"}), "access.token_audience"),
        (json!({"exp": NOW - 30, "iat": NOW - 90}), "access.token_expired"),
        (json!({"iat": NOW + 31}), "access.token_not_yet_valid"),
        (json!({"nbf": NOW + 31}), "access.token_not_yet_valid"),
        (json!({"iat": NOW - 3631}), "access.token_too_old"),
        (json!({"iat": NOW - 10, "exp": NOW - 10}), "access.token_claim"),
        (json!({"exp": null}), "access.token_format"),
        (json!({"iat": null}), "access.token_format"),
        (json!({"exp": "soon"}), "access.token_format"),
        (json!({"exp": 1.5e10}), "access.token_format"),
        (json!({"exp": -1}), "access.token_format"),
        (json!({"sub": null}), "access.token_format"),
        (json!({"nhsid_useruid": null, "uid": null}), "access.token_claim"),
        (json!({"uid": "555021935108"}), "access.token_claim"),
        (json!({"idassurancelevel": "2"}), "access.token_assurance"),
        (json!({"idassurancelevel": null}), "access.token_assurance"),
        (json!({"idassurancelevel": "three"}), "access.token_claim"),
        (json!({"idassurancelevel": 4}), "access.token_claim"),
        (json!({"idassurancelevel": "03"}), "access.token_claim"),
        (json!({"idassurancelevel": 3, "id_assurance_level": 2}), "access.token_claim"),
        (json!({"selected_roleid": null}), "access.role_ambiguous"),
        (json!({"selected_roleid": "200000000009"}), "access.role_unknown"),
        (json!({"nhsid_nrbac_roles": []}), "access.role_unknown"),
        (json!({"selected_roleid": null, "nhsid_nrbac_roles": null}), "access.role_missing"),
        (
            json!({"nhsid_nrbac_roles": [role("200000000001", "R8001"), role("200000000001", "R8000")]}),
            "access.role_ambiguous",
        ),
        (json!({"nhsid_nrbac_roles": [role("200000000001", "Nurse")]}), "access.token_claim"),
        (json!({"nhsid_nrbac_roles": "none"}), "access.token_format"),
    ] {
        assert_eq!(code(&changes), expected, "{changes}");
    }
    for changes in [
        json!({"aud": [CLIENT]}),
        json!({"aud": [CLIENT, "other"], "azp": CLIENT}),
        json!({"azp": CLIENT}),
        json!({"exp": NOW - 29, "iat": NOW - 90}),
        json!({"iat": NOW + 30}),
        json!({"iat": NOW - 3630}),
        json!({"idassurancelevel": 3, "id_assurance_level": "3"}),
        json!({"idassurancelevel": null, "id_assurance_level": 3}),
        json!({"selected_roleid": null, "nhsid_nrbac_roles": [role("200000000002", "R8000")]}),
    ] {
        assert!(verify(&token(&changes), None).is_ok(), "{changes}");
    }
}

#[test]
fn no_header_leads_to_another_key_or_algorithm() {
    let refused = |jwks: &str, header: Value| {
        let error = verifier(jwks).verify(&signed(&header, &claims()), None, at(NOW));
        error.expect_err("refused").code()
    };
    let (one, two) = (keys(&[jwk(7, Some("a"))]), keys(&[jwk(7, Some("a")), jwk(9, Some("b"))]));
    let unnamed = keys(&[jwk(7, None)]);
    for alg in ["none", "None", "HS256", "HS512", "ES384", "RS512", "EdDSA", "es256", ""] {
        assert_eq!(refused(&one, json!({"alg": alg, "kid": "a"})), "access.token_algorithm", "{alg}");
    }
    assert_eq!(refused(&one, json!({"alg": "RS256", "kid": "a"})), "access.token_key_disagrees");
    assert_eq!(refused(&one, json!({"alg": "ES256", "kid": "c"})), "access.token_key_unknown");
    assert_eq!(refused(&two, json!({"alg": "ES256"})), "access.token_key_unknown");
    assert_eq!(refused(&two, json!({"alg": "ES256", "kid": "b"})), "access.token_signature");
    assert_eq!(refused(&unnamed, json!({"alg": "ES256", "kid": "a"})), "access.token_key_unknown");
    // A key that the token brings along is not looked at.
    assert_eq!(
        refused(&keys(&[jwk(9, Some("a"))]), json!({"alg": "ES256", "kid": "a", "jwk": jwk(7, None)})),
        "access.token_signature"
    );
    for header in [
        json!({"kid": "a"}),
        json!({"alg": "ES256", "crit": ["b64"], "b64": false}),
        json!({"alg": "ES256", "typ": "at+jwt"}),
    ] {
        assert_eq!(refused(&one, header), "access.token_format");
    }
    assert!(verifier(&unnamed).verify(&signed(&json!({"alg": "ES256"}), &claims()), None, at(NOW)).is_ok());
    for change in
        [json!({"use": "enc"}), json!({"alg": "ES384"}), json!({"key_ops": ["encrypt"]}), json!({"kty": "OKP"})]
    {
        let mut other = jwk(7, Some("a"));
        for (name, value) in change.as_object().expect("an object") {
            other[name] = value.clone();
        }
        assert_eq!(refused(&keys(&[other]), json!({"alg": "ES256", "kid": "a"})), "access.token_key_disagrees");
    }
}

#[test]
fn no_other_text_is_the_token() {
    let good = token(&json!({}));
    let parts: Vec<&str> = good.split('.').collect();
    let other =
        BASE64URL_NOPAD.encode(with(&json!({"nhsid_useruid": "b.evil", "uid": "b.evil"})).to_string().as_bytes());
    for (text, expected) in [
        (format!("{}.{other}.{}", parts[0], parts[2]), "access.token_signature"),
        (format!("{}.{}.", parts[0], parts[1]), "access.token_signature"),
        (format!("{}.{}", parts[0], parts[1]), "access.token_format"),
        (format!("{good}="), "access.token_format"),
        (format!("{good} "), "access.token_format"),
        (format!("{good}.x"), "access.token_format"),
        ("a".repeat(70_000), "access.token_format"),
        (String::new(), "access.token_format"),
    ] {
        assert_eq!(verify(&text, None).expect_err(&text).code(), expected, "{text}");
    }
    // Every bit counts; a stride that shares no factor with 8 comes by each of a byte's.
    for bit in (0..good.len() * 8).step_by(37) {
        let mut bytes = good.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let Ok(text) = String::from_utf8(bytes) else { continue };
        assert!(verify(&text, None).is_err(), "bit {bit}");
    }
    // A claim given twice has no meaning.
    let twice = claims().to_string().replacen('{', "{\"sub\":\"s-1\",", 1);
    let text = format!("{}.{}", parts[0], BASE64URL_NOPAD.encode(twice.as_bytes()));
    let signature: Signature = signing_key(7).sign(text.as_bytes());
    let text = format!("{text}.{}", BASE64URL_NOPAD.encode(&signature.to_bytes()));
    assert_eq!(verify(&text, None).expect_err("twice").code(), "access.token_format");
}

#[test]
fn userinfo_adds_to_the_token_and_contradicts_it_nowhere() {
    let bare = token(
        &json!({"nhsid_useruid": null, "uid": null, "idassurancelevel": null, "selected_roleid": null, "nhsid_nrbac_roles": null}),
    );
    let info = claims();
    assert_eq!(verify(&bare, Some(&info)).expect("joined").job_role(), Some("R8001"));
    assert_eq!(verify(&bare, None).expect_err("alone").code(), "access.token_claim");
    for change in [
        json!({"sub": "s-2"}),
        json!({"nhsid_useruid": "555021935109", "uid": null}),
        json!({"idassurancelevel": 2}),
        json!({"selected_roleid": "200000000002"}),
        json!({"nhsid_nrbac_roles": [role("200000000001", "R8000")]}),
    ] {
        let error = verify(&token(&json!({})), Some(&with(&change))).expect_err("differs");
        assert_eq!(error.code(), "access.userinfo_differs", "{change}");
    }
    assert_eq!(verify(&bare, Some(&json!([]))).expect_err("no object").code(), "access.token_format");
}

#[test]
fn rules_can_be_loosened_only_by_saying_so() {
    let roleless = token(
        &json!({"selected_roleid": null, "nhsid_nrbac_roles": null, "nhsid_user_orgs": [{"org_name": "Planted", "org_code": "RJ2"}],
        "idassurancelevel": 1, "authentication_assurance_level": "2"}),
    );
    let rules = TokenRules {
        minimum_assurance: 1,
        minimum_authentication: Some(2),
        role: RoleRule::IfGiven,
        ..TokenRules::default()
    };
    let jwks = keys(&[jwk(7, Some("a"))]);
    let actor = TokenVerifier::new(&jwks, ISSUER, CLIENT, rules)
        .and_then(|v| v.verify(&roleless, None, at(NOW)))
        .expect("verified");
    assert_eq!((actor.role_code(), actor.org(), actor.authentication_assurance()), (None, Some("RJ2"), Some(2)));
    let stricter = TokenRules { minimum_authentication: Some(3), ..rules };
    let refused = TokenVerifier::new(&jwks, ISSUER, CLIENT, stricter).and_then(|v| v.verify(&roleless, None, at(NOW)));
    assert_eq!(refused.expect_err("too low").code(), "access.token_assurance");
    for rules in [
        TokenRules { minimum_assurance: 4, ..rules },
        TokenRules { minimum_authentication: Some(4), ..rules },
        TokenRules { clock_difference_seconds: 301, ..rules },
    ] {
        assert_eq!(TokenVerifier::new(&jwks, ISSUER, CLIENT, rules).expect_err("rules").code(), "misuse.argument");
    }
    assert_eq!(TokenVerifier::new(&jwks, "", CLIENT, rules).expect_err("issuer").code(), "misuse.argument");
}

#[test]
fn key_sets_that_cannot_be_are_refused() {
    let mut secret = jwk(7, Some("a"));
    secret["d"] = json!("AA");
    let mut nothing = jwk(7, Some("a"));
    nothing["d"] = json!(null);
    let mut prime = jwk(7, Some("a"));
    prime["p"] = json!("AA");
    let mut bent = jwk(7, Some("a"));
    bent["y"] = bent["x"].clone();
    let rsa =
        |n: &[u8], e: &[u8]| json!({"kty": "RSA", "n": BASE64URL_NOPAD.encode(n), "e": BASE64URL_NOPAD.encode(e)});
    for jwks in [
        String::new(),
        "{}".into(),
        keys(&[]),
        keys(&[secret]),
        keys(&[nothing]),
        keys(&[prime]),
        "[[]]".into(),
        keys(&[bent]),
        keys(&[jwk(7, Some("a")), jwk(9, Some("a"))]),
        keys(&[rsa(&[255; 256], &[1])]),
        keys(&[rsa(&[254; 256], &[1, 0, 1])]),
        keys(&[rsa(&[255; 600], &[1, 0, 1])]),
        keys(&[json!({"kty": "RSA", "n": "!", "e": "AQAB"})]),
        keys(&[json!({"kty": "RSA", "e": "AQAB"})]),
    ] {
        let refused = TokenVerifier::new(&jwks, ISSUER, CLIENT, TokenRules::default());
        assert_eq!(refused.expect_err(&jwks).code(), "access.token_key_set", "{jwks}");
    }
    let weak = verifier(&keys(&[rsa(&[255; 255], &[1, 0, 1])]));
    let refused = weak.verify(&signed(&json!({"alg": "RS256"}), &claims()), None, at(NOW));
    assert_eq!(refused.expect_err("weak").code(), "access.token_key_weak");
    let strong = verifier(&keys(&[rsa(&[255; 256], &[1, 0, 1])]));
    for alg in ["RS256", "PS256"] {
        let refused = strong.verify(&signed(&json!({"alg": alg}), &claims()), None, at(NOW));
        assert_eq!(refused.expect_err("no signature").code(), "access.token_signature");
    }
}

/// The derived readers take an array for the members of an object in their order.
#[test]
fn arrays_are_no_objects_and_an_extension_is_refused_whatever_it_says() {
    let made = verifier(&keys(&[jwk(7, Some("a"))]));
    for header in [json!(["ES256", "a", "JWT"]), json!({"alg": "ES256", "kid": "a", "crit": null})] {
        let refused = made.verify(&signed(&header, &claims()), None, at(NOW));
        assert_eq!(refused.expect_err("header").code(), "access.token_format");
    }
    let token = signed(&json!({"alg": "ES256", "kid": "a"}), &claims());
    assert!(made.verify(&token, None, at(NOW)).is_ok());
    assert_eq!(made.verify(&token, Some("[\"555\"]"), at(NOW)).expect_err("array").code(), "access.token_format");
    let listed = made.verify(&signed(&json!({"alg": "ES256", "kid": "a"}), &json!(["x"])), None, at(NOW));
    assert_eq!(listed.expect_err("array").code(), "access.token_format");
}
