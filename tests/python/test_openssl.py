"""Pseudonyms by another hand: the openssl program derives the key and makes the HMAC."""

import os
import shutil
import subprocess

import nhs_ig as ig
import pytest

SECRET = bytes(range(32))
CASES = [
    ("DSA-2026-014", "nhs_number", "9990000018"),
    ("p", "text", "Ward 9, bed 3"),
    ("Prüfung", "local_patient_id", "é" * 80),
]


@pytest.fixture(scope="module")
def openssl():
    program = shutil.which("openssl")
    if program is None:
        if os.environ.get("NHS_IG_REQUIRE") == "all":
            pytest.fail("openssl is not installed, and NHS_IG_REQUIRE=all")
        pytest.skip("openssl is not installed")
    return program


def run(*command, given=b""):
    done = subprocess.run(command, input=given, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.mark.parametrize(("context", "kind", "identifier"), CASES)
def test_openssl_makes_the_same_pseudonym(openssl, context, kind, identifier):
    info = b"nhs-ig/pseudonym/v1\0"
    for part in (context.encode(), kind.encode()):
        info += len(part).to_bytes(2, "big") + part
    options = ["digest:SHA2-256", f"hexkey:{SECRET.hex()}", f"hexinfo:{info.hex()}"]
    given = [word for option in options for word in ("-kdfopt", option)]
    derived = run(openssl, "kdf", "-keylen", "32", *given, "HKDF").replace(":", "")
    tag = run(
        openssl, "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{derived}", given=identifier.encode()
    )
    key = ig.Key.from_function(lambda: SECRET, id="openssl")
    made = ig.Pseudonymiser(key, context=context).pseudonymise(identifier, kind=kind, length=256)
    assert tag.split()[-1] == made


def test_openssl_makes_the_same_check_value(openssl):
    options = ["-mac", "HMAC", "-macopt", f"hexkey:{SECRET.hex()}"]
    tag = run(openssl, "dgst", "-sha256", *options, given=b"nhs-ig key check v1")
    key = ig.Key.from_function(lambda: SECRET, id="openssl")
    assert tag.split()[-1][:10] == key.check_value
