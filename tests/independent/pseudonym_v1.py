"""Pseudonym scheme v1 from its specification page, with hmac and hashlib alone."""

import base64
import hashlib
import hmac

LABEL = b"nhs-ig/pseudonym/v1"
CHECK_LABEL = b"nhs-ig key check v1"
SEPARATORS = " \t.-\u00a0\u2007\u202f\u2010\u2011"


def hkdf_sha256(key: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 without salt: a salt of zeros."""
    extracted = hmac.new(bytes(32), key, hashlib.sha256).digest()
    block, out, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.new(extracted, block + info + bytes([counter]), hashlib.sha256).digest()
        out += block
        counter += 1
    return out[:length]


def derived_key(key: bytes, context: str, kind: str) -> bytes:
    """The key of one context and kind."""
    parts = (context.encode(), kind.encode())
    info = LABEL + b"\0" + b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return hkdf_sha256(key, info, 32)


def check_value(key: bytes) -> str:
    """Ten hex digits by which key holders compare keys."""
    return hmac.new(key, CHECK_LABEL, hashlib.sha256).hexdigest()[:10]


def nhs_number(value: str | float) -> tuple[str | None, str | None]:
    """The ten digits of a value and the error code: one of them, or neither for a blank."""
    if isinstance(value, float):
        if value != value:
            return None, None
        if value in (float("inf"), float("-inf")) or value != int(value) or abs(value) >= 2**53:
            return None, "identifier.fraction"
        value = int(value)
    if isinstance(value, int):
        if value < 0:
            return None, "identifier.negative"
        text = f"{value:010}"
        return (None, "identifier.length") if len(text) > 10 else check_digit(text)
    if all(c in SEPARATORS or c.isspace() for c in value):
        return None, None
    text = "".join(c for c in value if c not in SEPARATORS)
    strange = [c for c in text if c not in "0123456789"]
    if strange:
        return None, "identifier.non_ascii_digit" if strange[0].isnumeric() else "identifier.character"
    return (None, "identifier.length") if len(text) != 10 else check_digit(text)


def check_digit(digits: str) -> tuple[str | None, str | None]:
    """Modulus 11 as the Data Dictionary words it, then the placeholders."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1)))
    check = 11 - total % 11
    if check == 10 or (0 if check == 11 else check) != int(digits[9]):
        return None, "identifier.check_digit"
    if len(set(digits)) == 1:
        return None, "identifier.placeholder"
    return digits, None


def pseudonym(
    key: bytes, context: str, kind: str, value: str | float | None, bits: int, encoding: str
) -> tuple[str | None, str | None]:
    """The pseudonym of one cell and the error code: one of them, or neither where the output is null."""
    if value is None:
        return None, None
    if kind == "nhs_number":
        canonical, error = nhs_number(value)
        if canonical is None:
            return None, error
    else:
        canonical = str(value)
        if not canonical:
            return None, None
    digest = hmac.new(derived_key(key, context, kind), canonical.encode(), hashlib.sha256).digest()[
        : bits // 8
    ]
    if encoding == "base32":
        return base64.b32encode(digest).decode().rstrip("=").lower(), None
    return digest.hex(), None  # bytes are written down as hex too
