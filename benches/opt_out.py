"""Leave away who opted out: nhs_ig against named peers, in one process run.

    python benches/opt_out.py            10,000,000 rows
    python benches/opt_out.py 1000000    another size

Two shapes: a deny-list of 6 % of the people, and the answer of the check service, which names the other 94 %. Prints
CPU nanoseconds a row (median of interleaved rounds, one thread) and ratios; only ratios carry over to another machine.
nhs_ig normalises and validates every number and withholds rows without a valid one; the peers compare text and keep
rows whose number is null. Every peer's count is checked first. Needs: polars, duckdb, pyarrow and nhs_ig.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["POLARS_MAX_THREADS"] = "1"

import duckdb
import nhs_ig as ig
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
ROWS = 10_000_000
# Of a hundred people so many opted out.
SHARE = 6


def people(rows: int) -> pl.Series:
    """Return valid synthetic numbers of the ranges 900 to 999, each once, in an order that follows nothing."""
    # One in eleven has no check digit.
    nine = 900_000_000 + pl.int_range(rows * 111 // 100, eager=True).cast(pl.Int64) * 61_195_301 % 100_000_000
    check = sum((nine // 10**place % 10) * (place + 2) for place in range(9))
    check = (11 - check % 11) % 11
    frame = pl.DataFrame({"nine": nine, "check": check}).filter(pl.col("check") < 10).head(rows)
    numbers = (
        frame.select((pl.col("nine") * 10 + pl.col("check")).cast(pl.String))
        .to_series()
        .unique(maintain_order=True)
    )
    assert len(numbers) == rows, "numbers repeat"
    return numbers.alias("nhs_number")


def exempt() -> ig.Decision:
    """Decide under an agreement whose flow is exempt from the national opt-out, so that a deny-list alone is asked."""
    demo = (Path(ig.__file__).parent / "demo_data" / "agreement.toml").read_text(encoding="utf-8")
    upheld = 'applies = true\nrule = "section_251"'
    assert upheld in demo
    text = demo.replace(
        upheld, 'applies = false\nrule = "section_251_exempt"\nevidence = "letter 26/CAG/0014"'
    )
    return ig.Agreement.from_text(text).decide(
        ig.Request(
            actor="a.analyst",
            role="analyst",
            organisation="Example Analytics Unit",
            purpose="service_evaluation",
            date=dt.date(2026, 11, 22),
        ),
    )


def cpu_seconds(act: Callable[[], object]) -> float:
    """CPU time of one call."""
    started = time.process_time()
    act()
    return time.process_time() - started


def compare(rows: int) -> None:
    """Time every peer on the same columns, interleaved."""
    numbers = people(rows)
    frame = numbers.to_frame()
    out = numbers.gather_every(100 // SHARE)
    stay = frame.join(out.to_frame(), on="nhs_number", how="anti")["nhs_number"]
    today = dt.date(2026, 11, 22)
    denied = ig.OptedOut.from_list(out, source="bench")
    answer = ig.NotOptedOut.from_check_service(numbers, stay, checked_at=today)
    sql = duckdb.connect(config={"threads": 1})
    for name, column in (("source", numbers), ("outs", out), ("stays", stay)):
        sql.register(f"{name}_arrow", column.to_frame().to_arrow())
        sql.execute(f"create table {name} as select nhs_number from {name}_arrow")  # noqa: S608 - fixed names
    outs, stays = out.to_frame(), stay.to_frame()

    def duck(join: str, table: str) -> int:
        query = f"select count(*) from source {join} join {table} using (nhs_number)"  # noqa: S608 - fixed names
        return sql.execute(query).fetchall()[0][0]

    shapes: dict[str, dict[str, Callable[[], int]]] = {
        "answer of the check service (allow-list)": {
            "nhs_ig exclude_opted_out": lambda: len(ig.exclude_opted_out(frame, answer, on=today)),
            "Polars semi join": lambda: len(frame.join(stays, on="nhs_number", how="semi")),
            "Polars is_in": lambda: len(frame.filter(pl.col("nhs_number").is_in(stay.implode()))),
            "DuckDB semi join": lambda: duck("semi", "stays"),
        },
        "deny-list": {
            "nhs_ig exclude_opted_out": lambda: len(
                ig.exclude_opted_out(frame, denied, decision=exempt(), on=today)
            ),
            "Polars anti join": lambda: len(frame.join(outs, on="nhs_number", how="anti")),
            "Polars is_in": lambda: len(frame.filter(~pl.col("nhs_number").is_in(out.implode()))),
            "DuckDB anti join": lambda: duck("anti", "outs"),
        },
    }
    for shape, peers in shapes.items():
        lists, decision = (answer, None) if "allow" in shape else (denied, exempt())
        with ig.OptOutFilter(lists, decision=decision, on=today) as opt_outs:
            query = frame.lazy().filter(pl.col("nhs_number").ig.may_stay(opt_outs))
            peers["nhs_ig expression"] = lambda query=query: len(query.collect())
            counts = {name: act() for name, act in peers.items()}
            assert set(counts.values()) == {len(stay)}, counts
            times: dict[str, list[float]] = {name: [] for name in peers}
            for _ in range(ROUNDS):
                for name, act in peers.items():
                    times[name].append(cpu_seconds(act))
        base = statistics.median(times["nhs_ig exclude_opted_out"])
        print(f"\n{rows:,} rows, {shape}, CPU time, one thread, median of {ROUNDS} interleaved rounds")
        for name, seconds in times.items():
            median = statistics.median(seconds)
            print(f"  {name:<28} {median / rows * 1e9:7.1f} ns/row   {median / base:6.2f} x nhs_ig")


if __name__ == "__main__":
    compare(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
