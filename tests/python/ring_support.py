"""What the tests of key rings share: days, a second planted key, and the search for both."""

from __future__ import annotations

import datetime as dt

import nhs_ig as ig
import pytest
from support import KEY_BYTES, find_secrets, shown_by

MADE, LATER = dt.date(2024, 11, 22), dt.date(2025, 11, 22)
OTHER_BYTES = KEY_BYTES[::-1]
CONTEXT = "DSA-2026-014"


def ring_secrets(content):
    """Return the planted secrets of either key in text or bytes."""
    data = content if isinstance(content, bytes) else str(content).encode()
    return find_secrets(data) + ([1] if OTHER_BYTES.hex().encode() in data or OTHER_BYTES in data else [])


def code_of(call, *args, **kwargs):
    """Return the code with which a call is refused, and check that the error shows no key."""
    with pytest.raises(ig.IgError) as caught:
        call(*args, **kwargs)
    assert not ring_secrets(shown_by(caught.value))
    return caught.value.code
