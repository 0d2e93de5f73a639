"""Format-preserving numbers v1 from their specification page: the standard library, and FF1 by `aes_plain`."""

from aes_plain import ff1_encrypt
from composite_v1 import prefixed
from pseudonym_v1 import check_digit, hkdf_sha256

LABEL = b"nhs-ig/format-preserving/v1"


def derived_key(key: bytes, context: str) -> bytes:
    """The key of one context."""
    return hkdf_sha256(key, LABEL + b"\0" + prefixed(context) + prefixed("nhs_number"), 32)


def encrypted(key: bytes, context: str, check: str, digits: str) -> str:
    """The ten digits that stand for a number."""
    body = [int(digit) for digit in digits[:9]]
    while True:
        body = ff1_encrypt(derived_key(key, context), check.encode(), body, 10)
        nine = "".join(map(str, body))
        fitting = [last for last in "0123456789" if check_digit(nine + last)[0]]
        if check == "valid" and fitting:
            return nine + fitting[0]
        if check == "invalid":
            value = -sum((10 - place) * digit for place, digit in enumerate(body)) % 11
            return f"{nine}{(value + 1) % 10}"
