"""Cell keys v1 from its specification page, with hmac, hashlib and math alone."""

import hashlib
import hmac
from math import gcd

from pseudonym_v1 import hkdf_sha256

LABEL = b"nhs-ig/record-key/v1"


def record_key(key: bytes, context: str, kind: str, canonical: bytes) -> int:
    """The record key of one person."""
    parts = (context.encode(), kind.encode())
    info = LABEL + b"\0" + b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    derived = hkdf_sha256(key, info, 32)
    return int.from_bytes(hmac.new(derived, canonical, hashlib.sha256).digest()[:4], "big")


def log2(x: int) -> int:
    """L of the page."""
    e = x.bit_length() - 1
    m, noted = x << (31 - e), 0
    for _ in range(16):
        m = (m * m) >> 31
        if m >= 1 << 32:
            m, noted = m >> 1, 2 * noted + 1
        else:
            noted = 2 * noted
    return e * 65536 + noted


def noise_row(n: int, bits: int, max_noise: int, variance: int, unpublished: int) -> dict[int, int]:
    """The units of every allowed noise of a count."""
    units, js = 1 << bits, unpublished
    row = {v: 0 for v in range(-max_noise, max_noise + 1) if n + v == 0 or n + v > js}
    if n > js:
        row[0] = units
    else:
        b, z = js + 1 - n, (n * units) % (js + 1)
        row[b + 1] = z
        row[b] = (n * units - (js + 2) * z) // (js + 1)
        row[-n] = units - row[b] - z
    values = sorted(row)
    while True:
        missing = variance * units - sum(v * v * p for v, p in row.items())
        best = None
        for a, b, c in zip(values, values[1:], values[2:]):
            g = gcd(b - a, c - b)
            width = (c - b) * (b - a) * (c - a)
            if row[b] < (c - a) // g or width // g > missing:
                continue
            gain = (c - a) * log2(row[b]) - (c - b) * log2(row[a] + 1) - (b - a) * log2(row[c] + 1)
            if best is None or gain * best[1] > best[0] * width:
                best = gain, width, a, b, c, g
        if best is None:
            return row
        _, _, a, b, c, g = best
        row[a] += (c - b) // g
        row[b] -= (c - a) // g
        row[c] += (b - a) // g


def noise(row: dict[int, int], bits: int, cell_key: int) -> int:
    """The noise of a cell key."""
    u = cell_key % (1 << bits)
    for v in sorted(row):
        u -= row[v]
        if u < 0:
            return v
    raise AssertionError("the units add up to 2^bits")
