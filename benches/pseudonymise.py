"""Pseudonymise NHS numbers: nhs_ig against named peers, in one process run.

    python benches/pseudonymise.py            10,000 and 1,000,000 rows
    python benches/pseudonymise.py 10000000   other sizes

Prints CPU nanoseconds per row (median of interleaved rounds, one thread) and ratios; only ratios carry over to another
machine. Every peer's output is checked before it is timed. Needs: polars, polars-hash, and nhs_ig.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING

os.environ["POLARS_MAX_THREADS"] = "1"

import nhs_ig as ig
import polars as pl
import polars_hash as plh

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
CONTEXT = "DSA-2026-014"
SECRET = bytes(range(32))


def derived_key() -> bytes:
    """HKDF-SHA256 as the pseudonym v1 page says, with the standard library."""
    context, kind = CONTEXT.encode(), b"nhs_number"
    info = b"nhs-ig/pseudonym/v1\0"
    info += len(context).to_bytes(2, "big") + context + len(kind).to_bytes(2, "big") + kind
    extracted = hmac.new(bytes(32), SECRET, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


def numbers(rows: int) -> list[str]:
    """Return valid synthetic numbers of the range 999, shuffled by a fixed stride, repeated if there are not enough."""
    valid = []
    for nine in range(999_000_000, 1_000_000_000):
        check = (
            -sum(int(digit) * weight for digit, weight in zip(str(nine), range(10, 1, -1), strict=True)) % 11
        )
        if (
            check < 10 and nine != 999_999_999
        ):  # a check value of 10 has no digit; ten nines are a placeholder
            valid.append(f"{nine}{check}")
        if len(valid) == rows:
            break
    stride = 611_953
    return [valid[place * stride % len(valid)] for place in range(rows)]


def cpu_seconds(act: Callable[[], object]) -> float:
    """CPU time of one call."""
    started = time.process_time()
    act()
    return time.process_time() - started


def compare(rows: int) -> None:
    """Time every peer on the same column, interleaved."""
    column = numbers(rows)
    frame = pl.DataFrame({"n": column})
    key = derived_key()
    pseudonymiser = ig.Pseudonymiser(ig.Key.from_function(lambda: SECRET, id="bench"), context=CONTEXT)
    ours = frame.lazy().select(pl.col("n").ig.pseudonymise(pseudonymiser))
    theirs = frame.lazy().select(plh.col("n").chash.hmac_sha256(key=key.hex()))
    peers: dict[str, Callable[[], object]] = {
        "nhs_ig (validated)": ours.collect,
        "polars-hash hmac_sha256 (not validated)": theirs.collect,
    }
    few = column[: min(rows, 100_000)]
    scale = {"Python hmac loop (not validated)": rows / len(few)}
    peers["Python hmac loop (not validated)"] = lambda: [
        hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for text in few
    ]
    check(column, key, ours, frame)
    times: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(ROUNDS):
        for name, act in peers.items():
            times[name].append(cpu_seconds(act) * scale.get(name, 1))
    base = statistics.median(times["nhs_ig (validated)"])
    print(f"\n{rows:,} rows, CPU time, one thread, median of {ROUNDS} interleaved rounds")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"  {name:<42} {median / rows * 1e9:8.0f} ns/row   {median / base:6.2f} x nhs_ig")


def check(column: list[str], key: bytes, ours: pl.LazyFrame, frame: pl.DataFrame) -> None:
    """Hold the first outputs against the standard library."""
    sample = column[:100]
    expected = [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for text in sample]
    assert ours.collect()["n"].to_list()[:100] == [text[:32] for text in expected], "nhs_ig differs"
    text_key = key.hex()
    theirs = frame.head(100).select(plh.col("n").chash.hmac_sha256(key=text_key))["n"].to_list()
    with_text_key = [
        hmac.new(text_key.encode(), text.encode(), hashlib.sha256).hexdigest() for text in sample
    ]
    assert theirs == with_text_key, "polars-hash differs"


def main() -> None:
    """Run the sizes asked for."""
    print(f"nhs_ig {ig.__version__}, polars {pl.__version__}, Python {sys.version.split()[0]}")
    for rows in [int(size) for size in sys.argv[1:]] or [10_000, 1_000_000]:
        compare(rows)


if __name__ == "__main__":
    main()
