"""Pseudonymise NHS numbers: nhs_ig against named peers, in one process run.

    python benches/pseudonymise.py            10,000, 1,000,000 and 10,000,000 rows
    python benches/pseudonymise.py 1000000    other sizes

Prints CPU nanoseconds per row (median of interleaved rounds, one thread) and ratios; only ratios carry over to another
machine. Every peer's output is checked before it is timed. Then the time by the clock with one and with all cores, and
the memory that one run takes beside its input. Needs: polars, polars-hash, duckdb, pyarrow and nhs_ig.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["POLARS_MAX_THREADS"] = "1"

import duckdb
import nhs_ig as ig
import polars as pl
import polars_hash as plh

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
SIZES = [10_000, 1_000_000, 10_000_000]
CONTEXT = "DSA-2026-014"
SECRET = b"0123456789abcdefghijklmnopqrstuv"
MEMORY = "--memory"

# Rows that a slow peer works on; its time is scaled to all of them.
FEW = 100_000


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
    for nine in range(999_000_000, 999_999_999):
        check = (
            -sum(int(digit) * weight for digit, weight in zip(str(nine), range(10, 1, -1), strict=True)) % 11
        )
        # A check value of 10 has no digit.
        if check < 10:
            valid.append(f"{nine}{check}")
        if len(valid) == rows:
            break
    return [valid[place * 611_953 % len(valid)] for place in range(rows)]


def pseudonymiser() -> ig.Pseudonymiser:
    """Return a pseudonymiser under the key of these benchmarks."""
    return ig.Pseudonymiser(ig.Key.from_function(lambda: SECRET, id="bench"), context=CONTEXT)


def in_sql(key: bytes, function: str) -> str:
    """HMAC (RFC 2104) of column n of table few, composed of the functions that DuckDB has."""
    block = key.ljust(64, b"\0")
    inner = bytes(byte ^ 0x36 for byte in block).hex()
    outer = bytes(byte ^ 0x5C for byte in block).hex()
    mac = f"left(sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || n::blob))), 32)"
    return f"select {function}({mac}) from few"  # noqa: S608 - a fixed key, no input


def cpu_seconds(act: Callable[[], object]) -> float:
    """CPU time of one call."""
    started = time.process_time()
    act()
    return time.process_time() - started


def compare(rows: int) -> None:
    """Time every peer on the same column, interleaved."""
    column = numbers(rows)
    frame = pl.DataFrame({"n": column})
    few = column[:FEW]
    key = derived_key()
    ours = frame.lazy().select(pl.col("n").ig.pseudonymise(pseudonymiser()))
    theirs = frame.lazy().select(plh.col("n").chash.hmac_sha256(key=key.hex()))
    sql = duckdb.connect(config={"threads": 1})
    sql.register("source", frame.head(FEW).to_arrow())
    sql.execute("create table few as select n from source")
    peers: dict[str, tuple[Callable[[], object], float]] = {
        "nhs_ig (validated)": (ours.collect, 1),
        "polars-hash hmac_sha256 (not validated)": (theirs.collect, 1),
        "DuckDB, HMAC in SQL (not validated)": (
            lambda: sql.execute(in_sql(key, "max")).fetchall(),
            rows / len(few),
        ),
        "Python hmac loop (not validated)": (
            lambda: [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for text in few],
            rows / len(few),
        ),
    }
    check(column, key, ours, frame, sql)
    times: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(ROUNDS):
        for name, (act, scale) in peers.items():
            times[name].append(cpu_seconds(act) * scale)
    base = statistics.median(times["nhs_ig (validated)"])
    print(f"\n{rows:,} rows, CPU time, one thread, median of {ROUNDS} interleaved rounds")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"  {name:<42} {median / rows * 1e9:8.0f} ns/row   {median / base:6.2f} x nhs_ig")
    by_the_clock(frame)
    child = [sys.executable, str(Path(__file__).resolve()), MEMORY, str(rows)]
    # A process of its own, whose peak nothing else has raised.
    print(subprocess.run(child, check=True, capture_output=True, text=True).stdout, end="")  # noqa: S603


def check(
    column: list[str], key: bytes, ours: pl.LazyFrame, frame: pl.DataFrame, sql: duckdb.DuckDBPyConnection
) -> None:
    """Hold the first outputs against the standard library."""
    sample = column[:100]
    expected = [hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32] for text in sample]
    assert ours.collect()["n"].to_list()[:100] == expected, "nhs_ig differs"
    from_sql = sql.execute(in_sql(key, "list")).fetchall()[0][0][:100]
    assert from_sql == expected, "DuckDB differs"
    text_key = key.hex()
    theirs = frame.head(100).select(plh.col("n").chash.hmac_sha256(key=text_key))["n"].to_list()
    with_text_key = [
        hmac.new(text_key.encode(), text.encode(), hashlib.sha256).hexdigest() for text in sample
    ]
    assert theirs == with_text_key, "polars-hash differs"


def by_the_clock(frame: pl.DataFrame) -> None:
    """Compare the expression, which runs in one thread of the engine here, with a Series, which gets every core."""
    p = pseudonymiser()
    one, all_cores = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        frame.select(pl.col("n").ig.pseudonymise(p))
        one.append(time.perf_counter() - started)
        started = time.perf_counter()
        p.pseudonymise(frame["n"])
        all_cores.append(time.perf_counter() - started)
    ratio = statistics.median(one) / statistics.median(all_cores)
    print(
        f"  by the clock: Series with {os.cpu_count()} cores {ratio:.2f} x as fast as the expression with one"
    )


def memory(rows: int) -> None:
    """Print what one run takes at its peak beside its input. Linux only."""
    frame = pl.DataFrame({"n": numbers(rows)})
    p = pseudonymiser()
    frame.head(1).select(pl.col("n").ig.pseudonymise(p))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = status("VmRSS")
    done = frame.select(pl.col("n").ig.pseudonymise(p))
    peak = status("VmHWM") - before
    output = done.estimated_size() / 2**20
    print(f"  peak memory beside the input: {peak:.0f} MiB, of which the output column {output:.0f} MiB")


def status(field: str) -> float:
    """Return a figure of this process in MiB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    message = f"no {field}"
    raise LookupError(message)


def main() -> None:
    """Run the sizes asked for."""
    if sys.argv[1:2] == [MEMORY]:
        memory(int(sys.argv[2]))
        return
    versions = {"nhs_ig": ig, "polars": pl, "duckdb": duckdb}
    print(
        ", ".join(f"{name} {library.__version__}" for name, library in versions.items()),
        sys.version.split()[0],
    )
    for rows in [int(size) for size in sys.argv[1:]] or SIZES:
        compare(rows)


if __name__ == "__main__":
    main()
