"""Tokens v1 from their specification page: the standard library, and AES-SIV by `aes_plain`."""

import base64
import re

from aes_plain import siv_decrypt, siv_encrypt
from composite_v1 import prefixed
from pseudonym_v1 import hkdf_sha256, nhs_number

LABEL = b"nhs-ig/token/v1"


def derived_key(key: bytes, context: str, kind: str) -> bytes:
    """The 64 bytes of one context and kind."""
    return hkdf_sha256(key, LABEL + b"\0" + prefixed(context) + prefixed(kind), 64)


def header(key_id: str, context: str, kind: str) -> bytes:
    """What is authenticated and not stored."""
    return LABEL + b"\0" + prefixed(key_id) + prefixed(context) + prefixed(kind)


def token(
    key: bytes, key_id: str, context: str, kind: str, value: str | float | None
) -> tuple[str | None, str | None]:
    """The token of one cell and the error code: one of them, or neither where the output is null."""
    canonical, error = (value, None) if kind != "nhs_number" or value is None else nhs_number(value)
    if not canonical:
        return None, error
    sealed = siv_encrypt(derived_key(key, context, kind), [header(key_id, context, kind)], canonical.encode())
    return f"nhsig_t1_{key_id}_{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}", None


def opened(key: bytes, key_id: str, context: str, kind: str, text: str) -> tuple[str | None, str | None]:
    """The identifier of a token, or the code of why there is none."""
    found = re.fullmatch(r"nhsig_t1_([a-z0-9-]{1,32})_([A-Za-z0-9_-]*)", text)
    if found is None or text.endswith("\n"):
        return None, "key.token_form"
    if found[1] != key_id:
        return None, "key.token_key"
    body = found[2]
    if len(body) % 4 == 1:
        return None, "key.token_form"
    sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    if len(sealed) <= 16 or base64.urlsafe_b64encode(sealed).decode().rstrip("=") != body:
        return None, "key.token_form"
    plain = siv_decrypt(derived_key(key, context, kind), [header(key_id, context, kind)], sealed)
    return (None, "key.token_changed") if plain is None else (plain.decode(), None)
