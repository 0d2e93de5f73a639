"""Actors from ID tokens that another library signed, and the known attacks on such tokens."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import pickle
import sqlite3

import nhs_ig as ig
import pytest
from identity_planted import TOKEN, planted
from support import NUMBER, find_secrets, shown_by

if os.environ.get("NHS_IG_REQUIRE") != "all":
    pytest.importorskip("jwt", reason="pyjwt is not installed")
    pytest.importorskip("cryptography", reason="cryptography is not installed")
import jwt
from cryptography.hazmat.primitives import serialization
from identity_support import CLAIMS, CLIENT, ISSUER, NOW, ROLES, SECONDS, USER, jwk, private, token, verifier


def code_of(call, *given, **settings):
    with pytest.raises(ig.IgError) as caught:
        call(*given, **settings)
    shown = shown_by(caught.value)
    assert not find_secrets(shown)
    assert "Planted" not in shown
    assert USER not in shown
    return caught.value.code


def b64(data: bytes | dict) -> str:
    raw = json.dumps(data).encode() if isinstance(data, dict) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("kid", "alg"),
    [("r-2048", "RS256"), ("r-2048", "PS256"), ("r-3072", "RS256"), ("r-4096", "PS256"), ("e-256", "ES256")],
)
def test_tokens_of_another_library_are_verified(kid, alg):
    for key in (jwk(kid), jwk(kid, alg=alg), jwk(kid, kid=None, use=None)):
        header = {"kid": None} if "kid" not in key else {}
        keys = [key] if "kid" not in key else [jwk("e-256", kid="other"), key]
        text = token(kid, alg)
        if header:
            text = jwt.encode(CLAIMS, private(kid), algorithm=alg)
        # The other library agrees that this is a good token.
        jwt.decode(
            text,
            private(kid).public_key(),
            algorithms=[alg],
            audience=CLIENT,
            options={"verify_exp": False, "verify_iat": False},
        )
        actor = verifier(*keys).verify(text, at=NOW)
        assert (actor.id, actor.role, actor.job_role, actor.org) == (
            USER,
            "S8000:G8000:R8001",
            "R8001",
            "RJ1",
        )
        assert (actor.identity_assurance, actor.job_title, actor.expires) == (3, "Nurse", SECONDS + 300)
        changed = text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:]
        assert code_of(verifier(*keys).verify, changed, at=NOW) == "access.token_signature"


def test_a_key_set_as_text_and_the_clock_of_the_machine():
    keys = json.dumps({"keys": [jwk("e-256")]})
    now = int(dt.datetime.now(dt.timezone.utc).timestamp())
    checker = ig.TokenVerifier(jwks=keys, issuer=ISSUER, audience=CLIENT)
    assert checker.verify(token(iat=now, exp=now + 60)).id == USER
    assert code_of(checker.verify, token(iat=now - 90, exp=now - 60)) == "access.token_expired"
    assert code_of(checker.verify, token(iat=now + 90, exp=now + 160)) == "access.token_not_yet_valid"


def test_the_public_key_is_no_shared_secret():
    """Algorithm confusion: a token signed by HMAC with what everyone can read."""
    public = private("r-2048").public_key()
    forms = [
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1),
        json.dumps(jwk("r-2048")).encode(),
        base64.urlsafe_b64decode(jwk("r-2048")["n"] + "=="),
        b"",
    ]
    for secret in forms:
        for alg, digest in (("HS256", "sha256"), ("HS512", "sha512"), ("RS256", "sha256")):
            signed = f"{b64({'alg': alg, 'kid': 'r-2048', 'typ': 'JWT'})}.{b64(CLAIMS)}"
            text = f"{signed}.{b64(hmac.digest(secret, signed.encode(), digest))}"
            code = code_of(verifier(jwk("r-2048")).verify, text, at=NOW)
            assert code == ("access.token_signature" if alg == "RS256" else "access.token_algorithm")


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "nOnE", "RS1", "RS384", "PS512", "ES384", "ES256K", "EdDSA", "HS256"]
)
def test_no_other_algorithm(alg):
    for signature in ("", b64(hashlib.sha256(b"").digest()), token().rpartition(".")[2]):
        text = f"{b64({'alg': alg, 'kid': 'e-256'})}.{b64(CLAIMS)}.{signature}"
        assert code_of(verifier().verify, text, at=NOW) == "access.token_algorithm"


def test_keys_of_another_kind_use_or_strength():
    keys = {
        "e-384": [jwk("e-384", kid="e-256")],
        "another use": [jwk("e-256", use="enc")],
        "another algorithm": [jwk("e-256", alg="RS256")],
        "another type": [jwk("r-2048", kid="e-256")],
    }
    for name, given in keys.items():
        assert code_of(verifier(*given).verify, token(), at=NOW) == "access.token_key_disagrees", name
    # One of RSA's two algorithms is not the other.
    for alg, other in (("RS256", "PS256"), ("PS256", "RS256")):
        only = verifier(jwk("r-2048", alg=alg))
        assert code_of(only.verify, token("r-2048", other), at=NOW) == "access.token_key_disagrees"
    assert (
        code_of(verifier(jwk("r-1024")).verify, token("r-1024", "RS256"), at=NOW) == "access.token_key_weak"
    )
    assert code_of(verifier(jwk("r-2048")).verify, token(), at=NOW) == "access.token_key_unknown"
    unnamed = jwt.encode(CLAIMS, private("e-256"), algorithm="ES256")
    assert (
        code_of(verifier(jwk("e-256"), jwk("r-2048")).verify, unnamed, at=NOW) == "access.token_key_unknown"
    )
    # Signed by someone else, under the name of the key, with that key brought along.
    stranger = jwt.encode(
        CLAIMS,
        private("e-strange-256"),
        algorithm="ES256",
        headers={"kid": "e-256", "jwk": jwk("e-strange-256"), "jku": "https://x"},
    )
    assert code_of(verifier().verify, stranger, at=NOW) == "access.token_signature"
    # The same signature in the other form of ECDSA (DER), and the zero signature.
    signed = token().rpartition(".")[0]
    for signature in (bytes(64), bytes(63), bytes([1] * 72)):
        assert code_of(verifier().verify, f"{signed}.{b64(signature)}", at=NOW) == "access.token_signature"


def test_claims_that_are_refused():
    cases = {
        "access.token_issuer": [{"iss": "https://evil.example.org"}],
        "access.token_audience": [{"aud": "other"}, {"aud": [CLIENT, "other"]}, {"azp": "other"}],
        "access.token_expired": [{"iat": SECONDS - 99, "exp": SECONDS - 31}],
        "access.token_not_yet_valid": [{"iat": SECONDS + 60}, {"nbf": SECONDS + 60}],
        "access.token_too_old": [{"iat": SECONDS - 4000}],
        "access.token_claim": [
            {"nhsid_useruid": None, "uid": None},
            {"uid": "555021935108"},
            {"idassurancelevel": "high"},
        ],
        "access.token_assurance": [{"idassurancelevel": 2}, {"idassurancelevel": None}],
        "access.role_ambiguous": [{"selected_roleid": None}],
        "access.role_unknown": [{"selected_roleid": "200000000009"}],
        "access.role_missing": [{"selected_roleid": None, "nhsid_nrbac_roles": None}],
        "access.token_format": [{"sub": None}, {"nhsid_useruid": 5}],
        "audit.identifier_in_field": [{"nhsid_useruid": NUMBER, "uid": None}],
    }
    for code, changes in cases.items():
        for change in changes:
            assert code_of(verifier().verify, token(**change), at=NOW) == code, change
    for text in (
        "",
        "a",
        "a.b",
        "a.b.c",
        "..",
        NUMBER,
        f"{b64({'alg': 'ES256'})}.{b64(b'[]')}.",
        token() + ".",
    ):
        code = code_of(verifier().verify, text, at=NOW)
        assert code in {"access.token_format", "access.token_signature"}, text


def test_roles_come_from_the_answer_of_userinfo():
    bare = token(
        **dict.fromkeys(["nhsid_useruid", "uid", "idassurancelevel", "selected_roleid", "nhsid_nrbac_roles"])
    )
    info = {name: CLAIMS[name] for name in CLAIMS if name not in {"iss", "aud", "exp", "iat"}}
    for given in (info, json.dumps(info)):
        assert verifier().verify(bare, given, at=NOW).org == "RJ1"
    chosen = verifier().verify(bare, {**info, "selected_roleid": "200000000002"}, at=NOW)
    assert (chosen.job_role, chosen.org) == ("R8000", "RJ2")
    assert code_of(verifier().verify, bare, {**info, "sub": "other"}, at=NOW) == "access.userinfo_differs"
    assert (
        code_of(verifier().verify, token(), {**info, "nhsid_nrbac_roles": ROLES[:1]}, at=NOW)
        == "access.userinfo_differs"
    )
    assert code_of(verifier().verify, bare, "no JSON", at=NOW) == "access.token_format"
    assert code_of(verifier().verify, bare, at=NOW) == "access.token_claim"


@pytest.mark.parametrize("level", [3, "3"])
@pytest.mark.parametrize("name", ["idassurancelevel", "id_assurance_level"])
def test_levels_are_text_or_numbers(level, name):
    text = token(**{"idassurancelevel": None, name: level, "authentication_assurance_level": level})
    strict = verifier(minimum_assurance=3, minimum_authentication=3)
    assert strict.verify(text, at=NOW).authentication_assurance == 3
    low = token(authentication_assurance_level=2)
    assert code_of(strict.verify, low, at=NOW) == "access.token_assurance"


def test_people_without_a_role_only_where_that_is_allowed():
    text = token(
        selected_roleid=None,
        nhsid_nrbac_roles=None,
        nhsid_user_orgs=[{"org_code": "RJ3", "org_name": "Planted"}],
    )
    actor = verifier(role="if_given").verify(text, at=NOW)
    assert (actor.role, actor.job_role, actor.role_profile, actor.org) == (None, None, None, "RJ3")


def test_arguments_of_another_kind():
    for settings in (
        {"minimum_assurance": 4}, {"minimum_assurance": "3"}, {"minimum_assurance": -1}, {"role": "none"}, {"issuer": ""},
        {"issuer": 1}, {"audience": None}, {"max_age_seconds": -1}, {"clock_difference_seconds": 301},
    ):  # fmt: skip
        assert code_of(verifier, **settings) == "misuse.argument", settings
    settings = {"issuer": ISSUER, "audience": CLIENT}
    for odd in (None, 5, b"{}", {"keys": object()}):
        assert code_of(ig.TokenVerifier, jwks=odd, **settings) == "misuse.argument"
    for odd in (
        "",
        "{}",
        {"keys": []},
        {"keys": [jwk("e-256"), jwk("e-256")]},
        {"keys": [{"kty": "oct", "k": "AA"}]},
    ):
        assert code_of(ig.TokenVerifier, jwks=odd, **settings) == "access.token_key_set"
    secret = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private("e-256")))
    assert code_of(ig.TokenVerifier, jwks={"keys": [secret]}, **settings) == "access.token_key_set"
    for odd in (None, 5, b"a.b.c"):
        assert code_of(verifier().verify, odd) == "misuse.argument"
    for odd in (5, dt.date(2026, 11, 22), dt.datetime(2026, 11, 22)):
        assert code_of(verifier().verify, token(), at=odd) == "misuse.argument"
    assert code_of(verifier().verify, token(), 5, at=NOW) == "misuse.argument"


def test_an_actor_is_recorded_with_role_and_organisation(log, tmp_path, pseudonymiser):
    _, actor = planted()
    log.audit("read", "dids", actor=actor, count=5)
    with log.audited("write", "dids", actor=actor):
        pass
    table = sqlite3.connect(":memory:")
    table.executescript(ig.audit_sql_table("sqlite"))
    sink = log.sql_sink(table)
    sink.audit("read", "dids", actor=actor)
    tokens = pseudonymiser.tokenise([NUMBER])
    assert ig.reidentify(tokens, pseudonymiser, audit=log, actor=actor, reason_ref="IG/2026/17") == [NUMBER]
    stored = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    stored += [json.loads(line) for (line,) in table.execute("SELECT line FROM audit_record")]
    assert len(stored) == 6
    for record in stored:
        assert (record["actor"], record["role"], record["org"]) == (USER, "S8000:G8000:R8001", "RJ1")
    assert not find_secrets(json.dumps(stored))
    for field in ("role", "org"):
        assert code_of(log.audit, "read", actor=actor, **{field: "other"}) == "misuse.argument"
        assert (
            code_of(
                ig.reidentify,
                tokens,
                pseudonymiser,
                audit=log,
                actor=actor,
                reason_ref="IG/2026/17",
                **{field: "x"},
            )
            == "misuse.argument"
        )
    request = ig.Request(actor=actor, role="analyst", organisation="Example", purpose="audit")
    assert request.actor == USER
    assert code_of(log.audit, "read", actor=5) == "misuse.argument"


def test_every_number_of_a_user_can_be_recorded(log):
    # Of these, ten digits in a row have a fitting check digit: as the actor they are the number of a person.
    for number in ("129990000018", "999000001812", "199900000182"):
        actor = verifier().verify(token(nhsid_useruid=number, uid=None, sub=number), at=NOW)
        log.audit("read", actor=actor)
        log.audit("read", actor=number, authoriser=number)
        assert code_of(log.audit, "read", actor=actor, device=number) == "audit.identifier_in_field"


def test_nothing_else_of_the_person_is_anywhere():
    checker, actor = planted()
    # The token does hold them.
    assert find_secrets(base64.urlsafe_b64decode(TOKEN.split(".")[1] + "=="))
    attributes = {name: getattr(actor, name) for name in dir(actor) if not name.startswith("_")}
    shown = f"{actor!r} {actor} {attributes} {checker!r} {[getattr(checker, name) for name in dir(checker)]}"
    assert "Planted" not in shown
    assert not find_secrets(shown)
    assert USER not in repr(actor)
    with pytest.raises(TypeError):
        ig.VerifiedActor()
    with pytest.raises(TypeError):
        pickle.dumps(actor)
