"""ID tokens made by another library, with keys made for the test."""

from __future__ import annotations

import functools
import json

import jwt
import nhs_ig as ig
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from identity_planted import CLIENT, ISSUER, NOW
from support import NUMBER

SECONDS = int(NOW.timestamp())
USER = "555021935107"
ROLES = [
    {"person_roleid": "200000000001", "role_code": "S8000:G8000:R8001", "org_code": "RJ1", "role_name": "Planted Role"},
    {"person_roleid": "200000000002", "role_code": "S8000:G8000:R8000", "org_code": "RJ2", "activities": ["Planted"]},
]  # fmt: skip
CLAIMS = {
    "iss": ISSUER, "sub": USER, "aud": CLIENT, "exp": SECONDS + 300, "iat": SECONDS - 5, "nonce": "n",
    "nhsid_useruid": USER, "uid": USER, "idassurancelevel": "3", "selected_roleid": "200000000001",
    "nhsid_nrbac_roles": ROLES, "name": f"Planted {NUMBER}", "given_name": NUMBER, "family_name": NUMBER,
    "email": f"{NUMBER}@example.org",
}  # fmt: skip


@functools.cache
def private(kid: str):
    """Return a private key that is made once: ES256 for names with e, else RSA with the bits that the name ends with."""
    if kid.startswith("e"):
        return ec.generate_private_key(ec.SECP256R1() if kid.endswith("256") else ec.SECP384R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=int(kid.split("-")[1]))


def jwk(kid: str, /, **changed) -> dict:
    """Return the public key as the issuer publishes it."""
    algorithm = jwt.algorithms.ECAlgorithm if kid.startswith("e") else jwt.algorithms.RSAAlgorithm
    made = json.loads(algorithm.to_jwk(private(kid).public_key()))
    made.pop("key_ops", None)
    whole = {**made, "kid": kid, "use": "sig", **changed}
    return {name: value for name, value in whole.items() if value is not None}


def token(kid: str = "e-256", alg: str = "ES256", *, header: dict | None = None, **claims) -> str:
    """Return a signed token, with changed claims; a claim of None is left out."""
    whole = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode(whole, private(kid), algorithm=alg, headers={"kid": kid, **(header or {})})


def verifier(*keys: dict, **settings) -> ig.TokenVerifier:
    """Return a verifier with these keys."""
    settings = {"issuer": ISSUER, "audience": CLIENT, **settings}
    return ig.TokenVerifier(jwks={"keys": list(keys or [jwk("e-256")])}, **settings)
