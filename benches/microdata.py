"""Measure k, uniques, l and t of microdata: nhs_ig in one pass against Polars' separate queries, pycanon and anjana.

    python benches/microdata.py            1,000,000 rows, 4 quasi-identifiers, 1 sensitive column
    python benches/microdata.py 100000     another size

Each run is a process of its own, so that peak memory is its own. All answers are checked to be equal before times are
told: k, uniques, distinct l and t by equal distance. Polars is asked in four separate queries, as an analyst would, on
one thread and on all. pycanon and anjana (whose k is pycanon's) work class by class in Python, so they get fewer rows.
Needs: polars, and nhs_ig; pandas and pycanon for that peer.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
BY = ["age", "sex", "ethnicity", "district"]
SENSITIVE = "diagnosis"
PYCANON_ROWS = 20_000


def table(rows: int) -> dict[str, list[Any]]:
    """Return invented people: whole years of age, two sexes, 17 ethnic codes, 60 districts, 40 diagnoses."""
    draw = random.Random(2026)  # noqa: S311 - invented people
    ethnicities = "A" * 40 + "BCDEFGHJKLMNPRSZ"
    return {
        "age": [int(draw.random() * 90) for _ in range(rows)],
        "sex": [draw.choice("FM") for _ in range(rows)],
        "ethnicity": [draw.choice(ethnicities) for _ in range(rows)],
        "district": [f"WN{int(draw.random() ** 2 * 60)}" for _ in range(rows)],
        "diagnosis": [f"I{int(draw.random() ** 3 * 40)}" for _ in range(rows)],
    }


def ours(frame: Any) -> dict[str, float]:
    """Everything in one pass."""
    import nhs_ig as ig

    risk = ig.microdata_risk(frame, BY, SENSITIVE, k=5)
    own = risk.sensitive[SENSITIVE]
    return {"k": risk.k, "uniques": risk.uniques, "l": own.l_distinct, "t": own.t}


def k_alone(frame: Any) -> dict[str, float]:
    """One figure."""
    import nhs_ig as ig

    return {"k": ig.k_anonymity(frame, BY)}


def polars_k(frame: Any) -> dict[str, float]:
    """Count as an analyst would for one figure."""
    return {"k": frame.group_by(BY).len()["len"].min()}


def polars_queries(frame: Any) -> dict[str, float]:
    """One query for each figure."""
    import polars as pl

    pairs = frame.group_by([*BY, SENSITIVE]).len("pair")
    whole = frame.group_by(SENSITIVE).len("all").with_columns(p=pl.col("all") / frame.height)
    own = pairs.join(pairs.group_by(BY).agg(pl.col("pair").sum().alias("own")), on=BY)
    gaps = own.join(whole, on=SENSITIVE).with_columns(gap=pl.col("pair") / pl.col("own") - pl.col("p"))
    return {
        **polars_k(frame),
        "uniques": frame.group_by(BY).len().filter(pl.col("len") == 1).height,
        "l": frame.group_by(BY).agg(pl.col(SENSITIVE).n_unique())[SENSITIVE].min(),
        # What a class has too much of is what it has too little of.
        "t": gaps.group_by(BY).agg(pl.col("gap").clip(0).sum())["gap"].max(),
    }


def pycanon(frame: Any) -> dict[str, float]:
    """Three calls; pycanon has no uniques."""
    from pycanon import anonymity

    return {
        "k": int(anonymity.k_anonymity(frame, BY)),
        "l": int(anonymity.l_diversity(frame, BY, [SENSITIVE])),
        "t": float(anonymity.t_closeness(frame, BY, [SENSITIVE])),
    }


PEERS: dict[str, tuple[Callable[[Any], dict[str, float]], str]] = {
    "nhs_ig, one pass": (ours, "polars"),
    "Polars, four queries, 1 thread": (polars_queries, "polars"),
    "Polars, four queries, all threads": (polars_queries, "polars"),
    "nhs_ig, k": (k_alone, "polars"),
    "Polars, k, 1 thread": (polars_k, "polars"),
    "pycanon, k l t": (pycanon, "pandas"),
}


def memory_kib(figure: str, *, forget_peak: bool = False) -> int:
    """Return a figure of this process's memory (Linux); the peak is counted from the last call that forgets it."""
    if forget_peak:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(figure))


def child(name: str, rows: int, rounds: int) -> None:
    """Run one peer, and print its answer, times and peak memory."""
    act, kind = PEERS[name]
    if kind == "pandas":
        import pandas as pd

        frame: Any = pd.DataFrame(table(rows))
    else:
        import polars as pl

        frame = pl.DataFrame(table(rows))
    before = memory_kib("VmRSS", forget_peak=True)
    cpu, wall, answer = [], [], {}
    for _ in range(rounds):
        began, started = time.process_time(), time.perf_counter()
        answer = act(frame)
        cpu.append(time.process_time() - began)
        wall.append(time.perf_counter() - started)
    peak = memory_kib("VmHWM") - before
    times = {"cpu": statistics.median(cpu), "wall": statistics.median(wall)}
    print(json.dumps({"answer": answer, **times, "peak_mib": peak / 1024}))


def run(name: str, rows: int, rounds: int = ROUNDS) -> dict[str, Any] | None:
    """Run one peer in a process of its own; nothing if it is not installed."""
    environment = {**os.environ, **({"POLARS_MAX_THREADS": "1"} if "all threads" not in name else {})}
    command = [sys.executable, __file__, "--child", name, str(rows), str(rounds)]
    done = subprocess.run(  # noqa: S603 - this file
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1]
        print(f"  {name:<36} not run: {last}")
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compare(rows: int, names: list[str], rounds: int) -> None:
    """Run peers on the same rows, hold their answers against each other, and print ratios."""
    print(f"\n{rows:,} rows, 4 quasi-identifiers, 1 sensitive column; median of {rounds}")
    found = {name: result for name in names if (result := run(name, rows, rounds))}
    base = found[names[0]]
    for name, result in found.items():
        for figure, value in result["answer"].items():
            assert abs(base["answer"].get(figure, value) - value) < 1e-9, f"{name} differs in {figure}"
        ratio = result["cpu"] / base["cpu"]
        print(
            f"  {name:<36} {result['cpu'] * 1e3:10.1f} ms CPU {result['wall'] * 1e3:10.1f} ms "
            f"{result['peak_mib']:7.0f} MiB more {ratio:9.2f} x"
        )
    print(f"  all say {base['answer']}")


def main() -> None:
    """Run the sizes asked for."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
        return
    every = list(PEERS)
    for rows in [int(size) for size in sys.argv[1:]] or [1_000_000]:
        compare(rows, every[:3], ROUNDS)
        compare(rows, every[3:5], ROUNDS)
        compare(min(rows, PYCANON_ROWS), [every[0], every[5]], 1)


if __name__ == "__main__":
    main()
