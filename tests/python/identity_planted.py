"""One ID token full of planted names and numbers. Its private key was made for it and thrown away."""

from __future__ import annotations

import datetime as dt
import functools

import nhs_ig as ig

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.timezone.utc)
ISSUER, CLIENT = "https://issuer.example.nhs.uk/realm", "client-1"
KEY = {
    "kty": "EC",
    "crv": "P-256",
    "kid": "e-256",
    "use": "sig",
    "x": "naIzF0CSyykbpNHLTWeDpkE8rJ0HV5aNFN3Qb0UbsEE",
    "y": "ZwezlRQlvbFeI4vYPSknvtdQgHmRx2iOJ-hjnkFleJ4",
}
TOKEN = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUtMjU2IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlLm5o"
    "cy51ay9yZWFsbSIsInN1YiI6IjU1NTAyMTkzNTEwNyIsImF1ZCI6ImNsaWVudC0xIiwiZXhwIjoxNzk1MzQwMTAwLCJpYXQiOjE3"
    "OTUzMzk3OTUsIm5vbmNlIjoibiIsIm5oc2lkX3VzZXJ1aWQiOiI1NTUwMjE5MzUxMDciLCJ1aWQiOiI1NTUwMjE5MzUxMDciLCJp"
    "ZGFzc3VyYW5jZWxldmVsIjoiMyIsInNlbGVjdGVkX3JvbGVpZCI6IjIwMDAwMDAwMDAwMSIsIm5oc2lkX25yYmFjX3JvbGVzIjpb"
    "eyJwZXJzb25fcm9sZWlkIjoiMjAwMDAwMDAwMDAxIiwicm9sZV9jb2RlIjoiUzgwMDA6RzgwMDA6UjgwMDEiLCJvcmdfY29kZSI6"
    "IlJKMSIsInJvbGVfbmFtZSI6IlBsYW50ZWQgUm9sZSJ9LHsicGVyc29uX3JvbGVpZCI6IjIwMDAwMDAwMDAwMiIsInJvbGVfY29k"
    "ZSI6IlM4MDAwOkc4MDAwOlI4MDAwIiwib3JnX2NvZGUiOiJSSjIiLCJhY3Rpdml0aWVzIjpbIlBsYW50ZWQiXX1dLCJuYW1lIjoi"
    "UGxhbnRlZCA5OTkwMDAwMDE4IiwiZ2l2ZW5fbmFtZSI6Ijk5OTAwMDAwMTgiLCJmYW1pbHlfbmFtZSI6Ijk5OTAwMDAwMTgiLCJl"
    "bWFpbCI6Ijk5OTAwMDAwMThAZXhhbXBsZS5vcmcifQ.W-EnMWD0-RMIQB69Rpa_iS0KPu-sDE-QG5RtRys_cKlvoAxaM5OSmVW66"
    "8xDBg43GBYL2JEcPpfzZP9ht6HB7A"
)


@functools.cache
def planted() -> tuple[ig.TokenVerifier, ig.VerifiedActor]:
    """Return a verifier, and the actor of the token."""
    made = ig.TokenVerifier(jwks={"keys": [KEY]}, issuer=ISSUER, audience=CLIENT)
    return made, made.verify(TOKEN, at=NOW)
