"""What an opt-out check keeps on disk, from its specification page: the standard library alone."""

import base64
import hashlib
import hmac
import json

from pseudonym_v1 import hkdf_sha256

LABEL = b"nhs-ig/opt-out-cache/v1"


def derived(key: bytes, check_id: str, use: str) -> bytes:
    """The 32 bytes of one use."""
    parts = (check_id.encode(), use.encode())
    named = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return hkdf_sha256(key, LABEL + b"\0" + named, 32)


def pseudonym(key: bytes, check_id: str, digits: str) -> bytes:
    """The 8 bytes of one number."""
    return hmac.new(derived(key, check_id, "nhs_number"), digits.encode(), hashlib.sha256).digest()[:8]


def members(key: bytes, check_id: str, numbers: list[str]) -> str:
    """A set of numbers as the file has it."""
    return base64.b64encode(b"".join(sorted(pseudonym(key, check_id, digits) for digits in numbers))).decode()


def request_hash(key: bytes, check_id: str, content: bytes) -> str:
    """The keyed hash of a request file."""
    return hmac.new(derived(key, check_id, "request_file"), content, hashlib.sha256).hexdigest()


def seal(key: bytes, check_id: str, content: dict) -> str:
    """The seal of `check` or `list`."""
    text = json.dumps(content, separators=(",", ":"))
    return hmac.new(derived(key, check_id, "state"), text.encode(), hashlib.sha256).hexdigest()


def verified(key: bytes, text: str) -> dict:
    """The content of a state or list file whose seal fits."""
    whole = json.loads(text)
    content = whole.get("check") or whole["list"]
    assert list(whole) in (["seal", "check"], ["seal", "list"])
    assert hmac.compare_digest(whole["seal"], seal(key, content["check_id"], content))
    return content


if __name__ == "__main__":
    the_key, the_id = bytes(range(32)), "X26ABC1-221126-0001"
    print(derived(the_key, the_id, "nhs_number").hex())
    print(pseudonym(the_key, the_id, "9990000018").hex())
    print(members(the_key, the_id, ["9990000018", "9990000026", "9990000034"]))
    print(request_hash(the_key, the_id, b"9990000018,\n9990000026,\n9990000034,\n"))
    print(seal(the_key, the_id, {"format": "nhs-ig/opt-out-list/v1", "check_id": the_id}))
