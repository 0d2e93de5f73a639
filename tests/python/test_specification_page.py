"""The example on the page of the pseudonym specification, recomputed with the standard library and with nhs_ig."""

import hashlib
import hmac
import re
from pathlib import Path

import nhs_ig as ig

PAGE = Path(__file__).parents[2] / "crates" / "ig-core" / "docs" / "pseudonym_v1.md"


def test_the_example_of_the_page_is_right():
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    found = re.search(
        r"With the key .*? context `([^`]+)`, kind `([^`]+)`, the number ([0-9 ]+) has the pseudonym `([0-9a-f]+)`",
        text,
    )
    assert found is not None
    context, kind, number, pseudonym = found.groups()
    secret = bytes(range(32))
    info = b"nhs-ig/pseudonym/v1\0"
    for part in (context.encode(), kind.encode()):
        info += len(part).to_bytes(2, "big") + part
    extracted = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    derived = hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()
    tag = hmac.new(derived, number.replace(" ", "").encode(), hashlib.sha256).hexdigest()
    assert pseudonym == tag[:32]

    pseudonymiser = ig.Pseudonymiser(ig.Key.from_function(lambda: secret, id="page"), context=context)
    assert pseudonymiser.pseudonymise(number, kind=kind) == pseudonym
