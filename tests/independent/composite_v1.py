"""Composite pseudonyms v1 from their specification page, with hmac and hashlib alone."""

import base64
import hashlib
import hmac

from pseudonym_v1 import hkdf_sha256, nhs_number

LABEL = b"nhs-ig/composite/v1"


def prefixed(name: str) -> bytes:
    """A name after its length in two bytes."""
    return len(name.encode()).to_bytes(2, "big") + name.encode()


def derived_key(key: bytes, context: str, kinds: list[str]) -> bytes:
    """The key of one context and list of kinds."""
    info = LABEL + b"\0" + prefixed(context) + len(kinds).to_bytes(2, "big") + b"".join(map(prefixed, kinds))
    return hkdf_sha256(key, info, 32)


def composite(
    key: bytes, context: str, kinds: list[str], fields: list[str | float | None], bits: int, encoding: str
) -> tuple[str | None, str | None]:
    """The pseudonym of one row and the error code: one of them, or neither where the output is null."""
    message, values = b"", 0
    for kind, field in zip(kinds, fields, strict=True):
        canonical = field
        if field is not None and kind == "nhs_number":
            canonical, error = nhs_number(field)
            if error:
                return None, error
        if canonical is None or canonical == "":
            message += b"\xff\xff\xff\xff"
            continue
        values += 1
        message += len(str(canonical).encode()).to_bytes(4, "big") + str(canonical).encode()
    if not values:
        return None, None
    digest = hmac.new(derived_key(key, context, kinds), message, hashlib.sha256).digest()[: bits // 8]
    if encoding == "base32":
        return base64.b32encode(digest).decode().rstrip("=").lower(), None
    return digest.hex(), None
