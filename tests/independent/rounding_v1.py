"""Random rounding v1 from its specification page, with hmac and hashlib alone."""

import hashlib
import hmac

from pseudonym_v1 import hkdf_sha256

LABEL = b"nhs-ig/rounding/v1"


def info_of(context: str, kind: str, base: int) -> bytes:
    """What the derived key is bound to."""
    parts = (context.encode(), kind.encode())
    named = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return LABEL + b"\0" + named + base.to_bytes(4, "big")


def text(value: str | None) -> bytes:
    """A category or the name of a dimension."""
    if value is None:
        return b"\xff" * 4
    return len(value.encode()).to_bytes(4, "big") + value.encode()


def cell_bytes(cell: dict | int) -> bytes:
    """A cell by its dimensions and categories, or by its cell key."""
    if isinstance(cell, int):
        return b"\1" + cell.to_bytes(8, "big")
    pairs = sorted((dimension.encode(), dimension, category) for dimension, category in cell.items())
    return b"\0" + len(pairs).to_bytes(2, "big") + b"".join(text(d) + text(c) for _, d, c in pairs)


def place_of(key: bytes, context: str, kind: str, base: int, cell: dict | int) -> int:
    """The number below the base that decides about a cell."""
    derived = hkdf_sha256(key, info_of(context, kind, base), 32)
    digest = hmac.new(derived, cell_bytes(cell), hashlib.sha256).digest()
    return int.from_bytes(digest[:16], "big") % base


def rounded(place: int, base: int, count: int) -> int:
    """The multiple of the base that is published."""
    below, rest = divmod(count, base)
    return (below + (place < rest)) * base
